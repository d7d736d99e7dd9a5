use std::{convert::Infallible, sync::Arc};

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, request::Parts},
};

/// The W3C trace context of a request: the caller's `traceparent`, or a fresh one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trace(Arc<str>);

impl Trace {
    /// Read it, or begin one.
    pub fn of(headers: &HeaderMap) -> Self {
        Self::given(headers.get("traceparent").and_then(|value| value.to_str().ok()))
    }

    /// The same of a `traceparent` that came with something else.
    pub(crate) fn given(given: Option<&str>) -> Self {
        match given.filter(|text| is_traceparent(text)) {
            Some(text) => Self(Arc::from(text)),
            None => Self::fresh(),
        }
    }

    /// The whole context, to be handed on.
    pub fn parent(&self) -> &str {
        &self.0
    }

    /// The id that all parts of a trace share.
    pub fn id(&self) -> &str {
        self.0.get(3..35).unwrap_or_default()
    }

    fn fresh() -> Self {
        let (trace, span) = (fastrand::u128(1..), fastrand::u64(1..));
        Self(Arc::from(format!("00-{trace:032x}-{span:016x}-00")))
    }
}

/// `00-<32 hex>-<16 hex>-<2 hex>`, lower case, neither id all zero.
fn is_traceparent(text: &str) -> bool {
    let hex = |part: &str, length: usize| {
        part.len() == length
            && part
                .bytes()
                .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
    };
    let some = |part: &str| part.bytes().any(|b| b != b'0');
    let mut parts = text.split('-');
    match (
        parts.next(),
        parts.next(),
        parts.next(),
        parts.next(),
        parts.next(),
    ) {
        (Some("00"), Some(trace), Some(span), Some(flags), None) => {
            hex(trace, 32) && some(trace) && hex(span, 16) && some(span) && hex(flags, 2)
        }
        _ => false,
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Trace {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        // Put there by the layer around every request; a handler that is called without it still has a trace.
        Ok(parts
            .extensions
            .get::<Self>()
            .cloned()
            .unwrap_or_else(|| Self::of(&parts.headers)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(value: &str) -> Trace {
        Trace::of(&HeaderMap::from_iter([(
            "traceparent".parse().unwrap(),
            value.parse().unwrap(),
        )]))
    }

    #[test]
    fn a_given_trace_goes_on() {
        let given = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        assert_eq!(of(given).parent(), given);
        assert_eq!(of(given).id(), "4bf92f3577b34da6a3ce929d0e0e4736");
    }

    #[test]
    fn a_bad_one_is_replaced() {
        for bad in [
            "",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-x",
            "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        ] {
            assert_ne!(of(bad).parent(), bad);
            assert!(is_traceparent(of(bad).parent()));
        }
    }
}
