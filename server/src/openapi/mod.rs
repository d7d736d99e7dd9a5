//! What the API takes and answers, after OpenAPI 3.1: put together from the handlers, whose descriptions stand beside them.

mod headers;
mod html;
mod refusals;

use std::sync::LazyLock;

use axum::{
    http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use utoipa::{
    Modify, OpenApi,
    openapi::{
        OpenApi as Document,
        security::{Http, HttpAuthScheme, SecurityScheme},
    },
};

pub(crate) use headers::{HostWriteHeaders, KeyHeader, ReadHeaders, WriteHeaders};
pub(crate) use refusals::{KeyedRefusals, ReadRefusals, WriteRefusals};

use crate::router::Operations;

static JSON: LazyLock<Bytes> = LazyLock::new(|| Bytes::from(openapi_json()));
static PAGE: LazyLock<html::Page> = LazyLock::new(|| html::Page::of(&document()));

/// The description of the API as JSON, in a stable order.
pub fn openapi_json() -> String {
    // It is made of strings and lists, which JSON can not refuse.
    let mut json = serde_json::to_string_pretty(&document()).unwrap_or_default();
    json.push('\n');
    json
}

/// This description.
#[utoipa::path(
    get, path = "/api/openapi.json", operation_id = "describe", tag = "Operation",
    responses((status = 200, description = "OpenAPI 3.1", body = serde_json::Value)),
    security(())
)]
pub(crate) async fn describe() -> Response {
    ([(CONTENT_TYPE, "application/json")], JSON.clone()).into_response()
}

/// This description as a page to read.
#[utoipa::path(
    get, path = "/api/docs", operation_id = "readDescription", tag = "Operation",
    responses((status = 200, description = "A page", body = String, content_type = "text/html")),
    security(())
)]
pub(crate) async fn page() -> Response {
    let headers = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CONTENT_SECURITY_POLICY, PAGE.policy.as_str()),
    ];
    (headers, PAGE.bytes.clone()).into_response()
}

fn document() -> Document {
    let mut document = Operations::openapi();
    Schemes.modify(&mut document);
    document
}

/// Who asks.
struct Schemes;

impl Modify for Schemes {
    fn modify(&self, document: &mut Document) {
        document.info.title = "MTChat".to_owned();
        document.info.description = Some(
            "Chat for business objects. The Management API is for host backends, the Chat API for their users. \
             Unknown fields of answers are to be ignored: there may be further ones."
                .to_owned(),
        );
        let bearer = |about: &str| {
            let mut http = Http::new(HttpAuthScheme::Bearer);
            http.description = Some(about.to_owned());
            SecurityScheme::Http(http)
        };
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("host", bearer("A token of the Management API of an app."));
        components.add_security_scheme("user", bearer("A JWT of a user, signed by the host."));
    }
}
