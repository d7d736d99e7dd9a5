use axum::{extract::FromRequestParts, http::request::Parts};
use mtchat_protocol::AppId;

use super::stranger;
use crate::{ApiError, Edge, auth::bearer, cors::Whose};

/// The host's backend, proven by a management token of its app, within the app's limits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostCaller {
    /// The app that the token manages.
    pub app: AppId,
}

impl FromRequestParts<Edge> for HostCaller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, edge: &Edge) -> Result<Self, ApiError> {
        let app = edge.admin.app(bearer(&parts.headers));
        let app = app.map_err(|error| stranger(parts, edge, error))?;
        Whose::tell(&parts.extensions, &app);
        edge.limits.app(&app)?;
        Ok(Self { app })
    }
}
