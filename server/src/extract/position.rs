use axum::{extract::FromRequestParts, http::request::Parts};
use mtchat_protocol::Position;

use crate::{ApiError, Edge};

/// Proof that the projection has reached what the caller has seen: a read with `Mtchat-Position` has waited for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MtchatPosition(pub Option<Position>);

impl FromRequestParts<Edge> for MtchatPosition {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, edge: &Edge) -> Result<Self, ApiError> {
        let Some(header) = parts.headers.get("mtchat-position") else {
            return Ok(Self(None));
        };
        let text = header.to_str().unwrap_or_default();
        let position: Position = text
            .parse()
            .map_err(|error: mtchat_protocol::Invalid| ApiError::Parameter(error.to_string()))?;
        if !edge.watermark.knows(position.shard) {
            return Err(ApiError::Parameter(
                "Mtchat-Position names a shard that does not exist".to_owned(),
            ));
        }
        if !edge.watermark.wait(position, edge.options.read_wait).await {
            return Err(ApiError::NotStored);
        }
        Ok(Self(Some(position)))
    }
}
