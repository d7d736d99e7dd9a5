use axum::{extract::FromRequestParts, http::request::Parts};
use mtchat_protocol::AppId;

use super::stranger;
use crate::{
    ApiError, Edge,
    auth::{AuthError, bearer},
    cors::Whose,
};

/// The host's backend, proven by a management token of its app or by the app's account on the broker, within the app's limits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostCaller {
    /// The app that the token manages.
    pub app: AppId,
}

impl HostCaller {
    /// A service that came to the subject of this app, to which the broker lets no other app's. The Management API must be open to the app,
    /// as over HTTP: what an operator has switched off does nothing on the broker either.
    pub(crate) fn on_broker(edge: &Edge, app: &AppId) -> Result<Self, ApiError> {
        if !edge.admin.manages(app) {
            return Err(AuthError::AdminClosed.into());
        }
        Self::within_limits(edge, app.clone())
    }

    fn within_limits(edge: &Edge, app: AppId) -> Result<Self, ApiError> {
        edge.limits.app(&app)?;
        Ok(Self { app })
    }
}

impl FromRequestParts<Edge> for HostCaller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, edge: &Edge) -> Result<Self, ApiError> {
        let app = edge.admin.app(bearer(&parts.headers));
        let app = app.map_err(|error| stranger(parts, edge, error))?;
        Whose::tell(&parts.extensions, &app);
        Self::within_limits(edge, app)
    }
}
