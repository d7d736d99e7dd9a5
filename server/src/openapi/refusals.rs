use std::collections::BTreeMap;

use mtchat_protocol::ErrorBody;
use utoipa::{
    IntoResponses, ToSchema,
    openapi::{
        ContentBuilder, Ref, RefOr,
        response::{Response, ResponseBuilder},
    },
};

/// How a read may be refused.
pub(crate) struct ReadRefusals;
/// How a write without a body may be refused that takes an idempotency key.
pub(crate) struct KeyedRefusals;
/// How a write with a body may be refused.
pub(crate) struct WriteRefusals;

const READ: [(u16, &str); 8] = [
    (400, "A value that can not be read, or a limit that is broken"),
    (401, "No identity, or a bad one"),
    (403, "The caller may not do this"),
    (404, "There is no such thing, or the caller may not know of it"),
    (405, "This path does not take this method"),
    (429, "More than a limit allows; `Retry-After` says when"),
    (500, "A fault of the server"),
    (503, "A part is down or full; `Retry-After` says when"),
];

const KEYED: (u16, &str) = (409, "The same id or key with another content");

const BODY: [(u16, &str); 3] = [
    (413, "The body is too large"),
    (415, "The body is not said to be JSON"),
    (422, "The body has another shape"),
];

impl IntoResponses for ReadRefusals {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        READ.into_iter().map(refusal).collect()
    }
}

impl IntoResponses for KeyedRefusals {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        READ.into_iter().chain([KEYED]).map(refusal).collect()
    }
}

impl IntoResponses for WriteRefusals {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        READ.into_iter().chain([KEYED]).chain(BODY).map(refusal).collect()
    }
}

fn refusal((status, about): (u16, &str)) -> (String, RefOr<Response>) {
    let body = ContentBuilder::new()
        .schema(Some(Ref::from_schema_name(ErrorBody::name())))
        .build();
    let response = ResponseBuilder::new()
        .description(about)
        .content("application/json", body);
    (status.to_string(), response.build().into())
}
