use axum::{
    body::Body,
    http::{Request, StatusCode},
    response::Response,
};
use http_body_util::BodyExt;
use mtchat_protocol::{DialogId, UserId};
use serde::Deserialize;
use serde_json::{Value, json};
use tower::ServiceExt;

use super::*;
use crate::extract::{ApiPath, ApiQuery};

#[derive(Deserialize)]
struct Limit {
    #[serde(rename = "limit")]
    _limit: Option<i64>,
}

async fn by_dialog(_: ApiPath<DialogId>, _: ApiQuery<Limit>) {}

async fn by_user(ApiPath((_, user)): ApiPath<(DialogId, UserId)>) -> String {
    user.to_string()
}

fn routes() -> Router {
    Router::new()
        .route("/dialogs/{dialog}", get(by_dialog))
        .route("/dialogs/{dialog}/participants/{user}", get(by_user))
        .fallback(unknown_route)
        .method_not_allowed_fallback(wrong_method)
        .layer(from_fn(observe))
}

async fn ask(request: Request<Body>) -> Response {
    routes().oneshot(request).await.unwrap()
}

async fn get_of(path: &str) -> (StatusCode, Value) {
    answer(ask(Request::get(path).body(Body::empty()).unwrap()).await).await
}

async fn answer(response: Response) -> (StatusCode, Value) {
    let status = response.status();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    let json = serde_json::from_slice(&body).unwrap_or_else(|_| json!(String::from_utf8_lossy(&body)));
    (status, json)
}

#[tokio::test]
async fn every_refusal_has_the_error_body() {
    let dialog = DialogId::fresh();
    let code = |body: &Value| body["error"]["code"].as_str().unwrap().to_owned();
    let (status, body) = get_of("/nowhere").await;
    assert_eq!((status, &*code(&body)), (StatusCode::NOT_FOUND, "NOT_FOUND"));
    let wrong_method = Request::delete(format!("/dialogs/{dialog}"))
        .body(Body::empty())
        .unwrap();
    let (status, body) = answer(ask(wrong_method).await).await;
    assert_eq!(
        (status, &*code(&body)),
        (StatusCode::METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED")
    );
    let limits = ["x", "", "1.5", "99999999999999999999"];
    for path in limits.map(|limit| format!("/dialogs/{dialog}?limit={limit}")) {
        let (status, body) = get_of(&path).await;
        assert_eq!(
            (status, &*code(&body)),
            (StatusCode::BAD_REQUEST, "BAD_REQUEST"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn ids_in_paths_can_not_smuggle_anything() {
    for id in [
        "x",
        "*",
        "%3E",
        "a.b",
        "%00",
        "%FF",
        "1",
        "00000000-0000-0000-0000-00000000000g",
        "..%2F..",
    ] {
        let (status, body) = get_of(&format!("/dialogs/{id}")).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{id}");
        assert_eq!(body["error"]["code"], "BAD_REQUEST");
    }
    let dialog = DialogId::fresh();
    let (_, user) = get_of(&format!("/dialogs/{dialog}/participants/%D1%8F%2F%2A.%3E%20")).await;
    assert_eq!(user, json!("я/*.> "));
    for user in ["%00", "%FF", &"a".repeat(256)] {
        let (status, _) = get_of(&format!("/dialogs/{dialog}/participants/{user}")).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
    }
}
