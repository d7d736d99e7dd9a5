use std::{borrow::Cow, convert::Infallible, sync::Arc};

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, request::Parts},
};
use mtchat_traces::{Kind, Span, TraceContext, is_on};

/// The W3C trace context of a request: the caller's `traceparent`, or a fresh one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trace(Arc<str>);

impl Trace {
    /// Read it, or begin one.
    pub fn of(headers: &HeaderMap) -> Self {
        Self::from(given(headers).unwrap_or_else(TraceContext::fresh))
    }

    /// The same, with a span of what is done in it.
    pub(crate) fn enter(headers: &HeaderMap, name: impl Into<Cow<'static, str>>) -> (Self, Span) {
        Self::enter_given(given(headers), name)
    }

    /// The same of a `traceparent` that came with something else.
    pub(crate) fn enter_given(
        given: Option<TraceContext>,
        name: impl Into<Cow<'static, str>>,
    ) -> (Self, Span) {
        let span = Span::entry(name, Kind::Server, given);
        let context = span.context().unwrap_or_else(|| match given {
            // What is not recorded here is not recorded further on either; who records nothing has no say.
            Some(given) => TraceContext {
                sampled: given.sampled && !is_on(),
                ..given
            },
            None => TraceContext::fresh(),
        });
        (Self::from(context), span)
    }

    /// The whole context, to be handed on.
    pub fn parent(&self) -> &str {
        &self.0
    }

    /// The id that all parts of a trace share.
    pub fn id(&self) -> &str {
        self.0.get(3..35).unwrap_or_default()
    }
}

impl From<TraceContext> for Trace {
    fn from(context: TraceContext) -> Self {
        Self(Arc::from(context.to_string()))
    }
}

fn given(headers: &HeaderMap) -> Option<TraceContext> {
    headers.get("traceparent")?.to_str().ok()?.parse().ok()
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
            assert!(of(bad).parent().parse::<TraceContext>().is_ok());
        }
    }
}
