use axum::{extract::FromRequestParts, http::request::Parts};
use mtchat_protocol::AppId;

use crate::{ApiError, Edge, auth::bearer};

/// The host's backend, proven by a management token of its app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostCaller {
    /// The app that the token manages.
    pub app: AppId,
}

impl FromRequestParts<Edge> for HostCaller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, edge: &Edge) -> Result<Self, ApiError> {
        Ok(Self {
            app: edge.admin.app(bearer(&parts.headers))?,
        })
    }
}
