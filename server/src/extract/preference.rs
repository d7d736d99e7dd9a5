use std::convert::Infallible;

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, request::Parts},
};

/// What the caller prefers (RFC 7240).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Preference {
    /// Answer once accepted instead of stored.
    pub respond_async: bool,
}

impl Preference {
    fn of(headers: &HeaderMap) -> Self {
        let preferences = headers
            .get_all("prefer")
            .iter()
            .filter_map(|value| value.to_str().ok());
        let mut words = preferences.flat_map(|value| value.split([',', ';']));
        Self {
            respond_async: words.any(|word| word.trim().eq_ignore_ascii_case("respond-async")),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Preference {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.headers))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn respond_async_is_found_among_others() {
        let reads = |value: &str| {
            let headers = HeaderMap::from_iter([("prefer".parse().unwrap(), value.parse().unwrap())]);
            Preference::of(&headers).respond_async
        };
        assert!(reads("handling=lenient, Respond-Async; wait=10"));
        assert!(!reads("respond-asynchronously"));
        assert!(!Preference::of(&HeaderMap::new()).respond_async);
    }
}
