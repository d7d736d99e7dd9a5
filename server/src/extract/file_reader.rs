use axum::{
    extract::{FromRequestParts, Path},
    http::request::Parts,
};
use mtchat_protocol::AttachmentId;
use url::form_urlencoded;

use super::stranger;
use crate::{
    ApiError, Edge,
    auth::AuthError,
    files::{FileLink, Wanted},
};

/// Who follows a link to a file: the reader for whom this deployment made it, within their limits, and not shut out since. There is no
/// other way to get one.
#[derive(Debug, Clone)]
pub struct FileReader {
    pub(crate) attachment: AttachmentId,
    pub(crate) link: FileLink,
    pub(crate) wanted: Wanted,
}

impl FromRequestParts<Edge> for FileReader {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, edge: &Edge) -> Result<Self, ApiError> {
        let files = edge.files()?;
        let Ok(Path(attachment)) = Path::<AttachmentId>::from_request_parts(parts, edge).await else {
            return Err(ApiError::AttachmentNotFound);
        };
        let wanted = match parts.uri.path().rsplit('/').next() {
            Some("thumbnail") => Wanted::Thumbnail,
            _ => Wanted::File,
        };
        let query = parts.uri.query().unwrap_or_default().as_bytes();
        let given = form_urlencoded::parse(query).find(|(name, _)| name == "link");
        let link = given.and_then(|(_, link)| files.read_link(attachment, wanted, &link));
        let Some(link) = link else {
            return Err(stranger(parts, edge, AuthError::Link));
        };
        let revocations = edge.auth.revocations();
        let shut_out = revocations.refuses(&link.app, &link.user, Some(link.issued_at));
        if shut_out || !edge.auth.knows_app(&link.app) {
            return Err(stranger(parts, edge, AuthError::Link));
        }
        edge.limits.user(&link.app, &link.user)?;
        Ok(Self {
            attachment,
            link,
            wanted,
        })
    }
}
