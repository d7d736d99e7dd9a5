use std::collections::HashMap;

use axum::{Router, body::Body, middleware::from_fn_with_state, routing::get};
use tower::ServiceExt;

use super::*;

const ACME: &str = "https://acme.example";
const ADMIN: &str = "https://admin.example";
const EVIL: &str = "https://evil.example";

async fn of_acme(request: Request) {
    Whose::tell(request.extensions(), &AppId::new("acme").unwrap());
}

async fn of_umbrella(request: Request) {
    Whose::tell(request.extensions(), &AppId::new("umbrella").unwrap());
}

async fn refused() -> StatusCode {
    StatusCode::UNAUTHORIZED
}

fn routes(options: &CorsOptions) -> Router {
    let origins = AppOrigins::default();
    let acme = AppId::new("acme").unwrap();
    origins.replace(HashMap::from([(acme, vec![ACME.parse().unwrap()])]));
    Router::new()
        .route("/acme", get(of_acme))
        .route("/umbrella", get(of_umbrella))
        .route("/health", get(|| async {}))
        .route("/refused", get(refused))
        .layer(from_fn_with_state(Arc::new(Cors::new(options, origins)), cors))
}

fn listed(origins: &[&str], credentials: bool) -> CorsOptions {
    CorsOptions {
        origins: origins.iter().map(|origin| (*origin).to_owned()).collect(),
        credentials,
        ..CorsOptions::default()
    }
}

async fn answer(options: &CorsOptions, method: Method, path: &str, origin: &str) -> HeaderMap {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("origin", origin)
        .header("access-control-request-method", "PUT")
        .header("access-control-request-headers", "authorization")
        .body(Body::empty())
        .unwrap();
    routes(options).oneshot(request).await.unwrap().headers().clone()
}

fn says(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name).map(|value| value.to_str().unwrap().to_owned())
}

/// The origin that an answer allows.
async fn allows(options: &CorsOptions, path: &str, origin: &str) -> Option<String> {
    let headers = answer(options, Method::GET, path, origin).await;
    assert_eq!(says(&headers, "vary").as_deref(), Some("origin"));
    says(&headers, "access-control-allow-origin")
}

/// The origin that a preflight allows, and whether with credentials.
async fn preflight(options: &CorsOptions, origin: &str) -> (Option<String>, Option<String>) {
    let headers = answer(options, Method::OPTIONS, "/acme", origin).await;
    assert!(says(&headers, "vary").is_some_and(|vary| vary.contains("origin")));
    (
        says(&headers, "access-control-allow-origin"),
        says(&headers, "access-control-allow-credentials"),
    )
}

#[tokio::test]
async fn any_origin_never_goes_with_credentials() {
    let options = listed(&["*"], true);
    assert_eq!(preflight(&options, EVIL).await, (Some("*".to_owned()), None));
    assert_eq!(preflight(&options, ACME).await, (Some(ACME.to_owned()), None));
    let headers = answer(&options, Method::GET, "/acme", ACME).await;
    assert_eq!(says(&headers, "access-control-allow-credentials"), None);
}

#[tokio::test]
async fn credentials_go_to_listed_origins_only() {
    let options = listed(&[ADMIN], true);
    for good in [ADMIN, ACME] {
        let with = (Some(good.to_owned()), Some("true".to_owned()));
        assert_eq!(preflight(&options, good).await, with);
    }
    for evil in [
        EVIL,
        "https://admin.example.evil.example",
        "https://eviladmin.example",
        "https://sub.admin.example",
        "https://admin.example:8443",
        "http://admin.example",
        "null",
        "",
        "*",
    ] {
        assert_eq!(preflight(&options, evil).await, (None, None), "{evil}");
    }
    let asked = answer(&options, Method::OPTIONS, "/acme", ADMIN).await;
    assert_eq!(
        says(&asked, "access-control-allow-headers").as_deref(),
        Some("authorization")
    );
    assert_eq!(
        says(&asked, "access-control-allow-methods").as_deref(),
        Some("GET,POST,PUT,DELETE,OPTIONS")
    );
    assert_eq!(says(&asked, "access-control-max-age").as_deref(), Some("3600"));
}

#[tokio::test]
async fn an_answer_is_for_the_pages_of_its_app() {
    let options = listed(&[ADMIN], false);
    let some = |origin: &str| Some(origin.to_owned());
    assert_eq!(allows(&options, "/acme", ACME).await, some(ACME));
    assert_eq!(
        allows(&options, "/acme", ADMIN).await,
        None,
        "its own list holds in place of the configured one"
    );
    assert_eq!(allows(&options, "/umbrella", ACME).await, None);
    assert_eq!(allows(&options, "/umbrella", ADMIN).await, some(ADMIN));
    assert_eq!(
        allows(&options, "/refused", ACME).await,
        some(ACME),
        "it must learn that it was refused"
    );
    assert_eq!(allows(&options, "/refused", EVIL).await, None);
    assert_eq!(allows(&options, "/health", ACME).await, None);
    assert_eq!(allows(&options, "/health", ADMIN).await, some(ADMIN));
    let any = listed(&["*"], false);
    assert_eq!(allows(&any, "/acme", EVIL).await, None);
    assert_eq!(allows(&any, "/umbrella", EVIL).await, some("*"));
    assert_eq!(allows(&any, "/acme", "null").await, None);
}
