use axum::{
    extract::FromRequestParts,
    http::{HeaderValue, request::Parts},
};
use mtchat_protocol::limits;

use crate::ApiError;

/// What makes the repetitions of one write recognisable; without it every request is a write of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey(pub Option<String>);

impl IdempotencyKey {
    /// One that does not stand in a header; the same keys are good.
    pub(crate) fn of(key: Option<String>) -> Result<Self, ApiError> {
        match key.map(HeaderValue::try_from) {
            None => Ok(Self(None)),
            Some(Ok(key)) => Self::checked(&key),
            Some(Err(_)) => Err(not_a_key()),
        }
    }

    fn checked(key: &HeaderValue) -> Result<Self, ApiError> {
        match key.to_str() {
            Ok(text) if (1..=limits::IDEMPOTENCY_KEY).contains(&text.len()) => {
                Ok(Self(Some(text.to_owned())))
            }
            _ => Err(not_a_key()),
        }
    }
}

fn not_a_key() -> ApiError {
    ApiError::Parameter("Idempotency-Key is one value of 1 to 255 visible ASCII characters".to_owned())
}

impl<S: Send + Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let mut given = parts.headers.get_all("idempotency-key").iter();
        match (given.next(), given.next()) {
            (None, _) => Ok(Self(None)),
            (Some(key), None) => Self::checked(key),
            (Some(_), Some(_)) => Err(not_a_key()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_in_a_body_is_one_that_a_header_could_hold() {
        let of = |key: &str| IdempotencyKey::of(Some(key.to_owned()));
        assert_eq!(of("order-7").unwrap().0.as_deref(), Some("order-7"));
        assert_eq!(IdempotencyKey::of(None).unwrap(), IdempotencyKey(None));
        for bad in ["", "a\nb", "\u{fc}", &"k".repeat(256)] {
            assert!(matches!(of(bad), Err(ApiError::Parameter(_))), "{bad:?}");
        }
    }
}
