use std::{any::Any, panic::AssertUnwindSafe, time::Instant};

use axum::{
    extract::{MatchedPath, Request},
    middleware::Next,
    response::{IntoResponse, Response},
};
use futures_util::FutureExt;
use mtchat_traces::{Span, is_on};
use tracing::Instrument;

use crate::{ApiError, extract::Trace};

/// Around every request: its trace, one span, its numbers, and an answer even when a handler panics. Paths are told as routes
/// and queries not at all, for ids and tokens may stand in them.
pub(crate) async fn observe(mut request: Request, next: Next) -> Response {
    let began = Instant::now();
    let matched = request.extensions().get::<MatchedPath>().cloned();
    let route = matched.as_ref().map_or("unknown", MatchedPath::as_str);
    let method = known_method(request.method().as_str());
    let (trace, mut recorded) = if is_recorded(route) {
        Trace::enter(request.headers(), format!("{method} {route}"))
    } else {
        (Trace::of(request.headers()), Span::none())
    };
    let span = tracing::info_span!(
        "request",
        http.method = method,
        http.route = route,
        trace.id = trace.id(),
        http.status = tracing::field::Empty,
    );
    request.extensions_mut().insert(trace);
    let answering = AssertUnwindSafe(next.run(request))
        .catch_unwind()
        .instrument(span.clone());
    let response = answering
        .await
        .unwrap_or_else(|panic| span.in_scope(|| panicked(panic.as_ref())));
    let status = response.status().as_u16();
    span.record("http.status", status);
    tell(&mut recorded, method, route, status);
    let labels = [
        ("route", metrics::SharedString::from(route.to_owned())),
        ("method", metrics::SharedString::const_str(method)),
        ("status", metrics::SharedString::const_str(class(status))),
    ];
    metrics::counter!("mtchat_http_requests_total", &labels).increment(1);
    metrics::histogram!("mtchat_http_request_seconds", &labels).record(began.elapsed());
    response
}

/// Probes and scrapers come all the time and say nothing of what users do. Names are put together only where somebody records.
fn is_recorded(route: &str) -> bool {
    is_on() && route != "/metrics" && !route.starts_with("/health")
}

fn tell(recorded: &mut Span, method: &'static str, route: &str, status: u16) {
    if !recorded.is_recorded() {
        return;
    }
    recorded.set("http.request.method", method);
    recorded.set("http.route", route.to_owned());
    recorded.set("http.response.status_code", status);
    if status >= 500 {
        recorded.fail();
    }
}

/// What a panic says may hold what a user wrote, so only the place is told, by the panic hook.
fn panicked(_: &(dyn Any + Send)) -> Response {
    metrics::counter!("mtchat_http_panics_total").increment(1);
    ApiError::Panic.into_response()
}

/// Methods are the caller's words; made-up ones do not become labels.
fn known_method(method: &str) -> &'static str {
    match method {
        "DELETE" => "DELETE",
        "GET" => "GET",
        "HEAD" => "HEAD",
        "OPTIONS" => "OPTIONS",
        "PATCH" => "PATCH",
        "POST" => "POST",
        "PUT" => "PUT",
        _ => "other",
    }
}

pub(crate) fn class(status: u16) -> &'static str {
    match status / 100 {
        1 => "1xx",
        2 => "2xx",
        3 => "3xx",
        4 => "4xx",
        _ => "5xx",
    }
}

#[cfg(test)]
mod tests {
    use axum::{Router, body::Body, middleware::from_fn, routing::get};
    use http_body_util::BodyExt;
    use tower::ServiceExt;

    use super::*;

    #[tokio::test]
    async fn a_panic_is_answered_and_tells_nothing() {
        async fn panics() {
            panic!("hush");
        }
        let router: Router = Router::new().route("/", get(panics)).layer(from_fn(observe));
        let response = router.oneshot(Request::new(Body::empty())).await.unwrap();
        assert_eq!(response.status(), 500);
        let body = response.into_body().collect().await.unwrap().to_bytes();
        assert_eq!(
            &body[..],
            br#"{"error":{"code":"INTERNAL_ERROR","message":"Internal server error"}}"#
        );
    }
}
