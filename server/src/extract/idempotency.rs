use axum::{extract::FromRequestParts, http::request::Parts};
use mtchat_protocol::limits;

use crate::ApiError;

/// What makes the repetitions of one write recognisable; without it every request is a write of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey(pub Option<String>);

impl<S: Send + Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let mut given = parts.headers.get_all("idempotency-key").iter();
        let Some(key) = given.next() else {
            return Ok(Self(None));
        };
        let sound = given.next().is_none() && (1..=limits::IDEMPOTENCY_KEY).contains(&key.len());
        match key.to_str() {
            Ok(key) if sound => Ok(Self(Some(key.to_owned()))),
            _ => Err(ApiError::Parameter(
                "Idempotency-Key is one value of 1 to 255 visible ASCII characters".to_owned(),
            )),
        }
    }
}
