//! What everybody gets, a row for each route.

use http::Method;
use mtchat_tests::{Answer, System};

use super::people::Fixture;

pub(super) struct Row {
    pub(super) method: &'static str,
    pub(super) path: &'static str,
    /// Added to the path.
    query: &'static str,
    body: &'static str,
    pub(super) kind: Kind,
}

/// The statuses in the order of `USERS` and `HOSTS`.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Chat([u16; 11]),
    Management([u16; 5]),
    Open(u16),
}

impl Row {
    pub(super) async fn try_as(&self, system: &System, fixture: &Fixture, token: Option<&str>) -> Answer {
        let path = self
            .path
            .replace("{dialog}", &fixture.dialog.to_string())
            .replace("{message}", &fixture.message.to_string())
            .replace("{attachment}", &fixture.attachment.to_string())
            .replace("{endpoint}", &fixture.endpoint.to_string())
            // The test event before may have been told by now, with a small number.
            .replace("{no}", "4711")
            // Whoever is banned here is needed nowhere else.
            .replace("/users/{user}", "/users/nobody")
            .replace("{user}", "bob")
            .replace("{emoji}", "%F0%9F%91%8D")
            .replace("{object_type}", "order")
            .replace("{object_id}", "7");
        let body = self.body.replace("{message}", &fixture.message.to_string());
        let body = body.replace("{dialog}", &fixture.dialog.to_string());
        let bearer = token.map(|token| format!("Bearer {token}"));
        let mut headers = Vec::new();
        if let Some(bearer) = &bearer {
            headers.push(("Authorization", bearer.as_str()));
        }
        if !body.is_empty() {
            headers.push(("Content-Type", "application/json"));
        }
        let url = system.edge(0).url(&format!("{path}{}", self.query));
        let method: Method = self.method.parse().expect("a method");
        let answer = system.http().ask(method, &url, &headers, body).await;
        answer.expect("the edge answers")
    }
}

/// Who may know of the dialog sees it; who takes part acts in it; to everybody else it does not exist.
const fn chat(
    method: &'static str,
    path: &'static str,
    body: &'static str,
    [candidate, read_only, member, author]: [u16; 4],
) -> Row {
    Row {
        method,
        path,
        query: "",
        body,
        kind: Kind::Chat([
            401, 401, 401, 404, 404, 404, candidate, read_only, member, member, author,
        ]),
    }
}

/// The same where moderators may more than other members.
const fn moderated(
    method: &'static str,
    path: &'static str,
    [candidate, read_only, member, moderator, author]: [u16; 5],
) -> Row {
    Row {
        method,
        path,
        query: "",
        body: "",
        kind: Kind::Chat([
            401, 401, 401, 404, 404, 404, candidate, read_only, member, moderator, author,
        ]),
    }
}

/// Only the own app's backend gets anywhere; another's finds nothing, or (where that is harmless) nothing to do.
const fn host(method: &'static str, path: &'static str, body: &'static str, [other, own]: [u16; 2]) -> Row {
    Row {
        method,
        path,
        query: "",
        body,
        kind: Kind::Management([401, 403, 403, other, own]),
    }
}

/// Everybody gets their own answer; what stands in it is for the tests of lists and search.
const fn own(path: &'static str, query: &'static str) -> Row {
    Row {
        method: "GET",
        path,
        query,
        body: "",
        kind: Kind::Chat([401, 401, 401, 200, 200, 200, 200, 200, 200, 200, 200]),
    }
}

const fn open(path: &'static str, status: u16) -> Row {
    Row {
        method: "GET",
        path,
        query: "",
        body: "",
        kind: Kind::Open(status),
    }
}

const READ: &str = r#"{"last_read_message_id":"{message}"}"#;
const UNREAD: &str = r#"{"message_id":"{message}"}"#;
const TEXT: &str = r#"{"content":"text"}"#;
const UPLOAD: &str = r#"{"dialog_id":"{dialog}","filename":"a.txt","content_type":"text/plain","size":1}"#;
const COMPLETE: &str = r#"{"dialog_id":"{dialog}","s3_key":"a","upload_id":"b","etags":[]}"#;
const PROFILE: &str = r#"{"display_name":"Name","company":"Company"}"#;
const PERSON: &str = r#"{"user_id":"dave","display_name":"Dave"}"#;
/// Nothing of what happens here is told there.
pub(super) const ENDPOINT: &str = r#"{"url":"https://host.example/hook","events":["webhook.disabled"]}"#;
const OBJECT: &str = r#"{"object_type":"order","object_id":"8"}"#;

pub(super) const ROWS: &[Row] = &[
    own("/api/v1/dialogs", ""),
    own("/api/v1/dialogs/by-object/{object_type}/{object_id}", ""),
    own("/api/v1/dialogs/by-object/{object_type}/{object_id}/list", ""),
    own("/api/v1/unread", ""),
    Row {
        method: "POST",
        path: "/api/v1/ws/ticket",
        query: "",
        body: "",
        kind: Kind::Chat([401, 401, 401, 201, 201, 201, 201, 201, 201, 201, 201]),
    },
    chat("POST", "/api/v1/upload/presign", UPLOAD, [403, 403, 200, 200]),
    chat("POST", "/api/v1/upload/parts", UPLOAD, [403, 403, 200, 200]),
    chat("POST", "/api/v1/upload/complete", COMPLETE, [403, 403, 400, 400]),
    chat(
        "GET",
        "/api/v1/attachments/{attachment}/url",
        "",
        [404, 200, 200, 200],
    ),
    // A link says itself for whom it was made; without one there is nothing.
    open("/api/v1/attachments/{attachment}/file", 401),
    open("/api/v1/attachments/{attachment}/thumbnail", 401),
    open("/health", 200),
    open("/health/ready", 200),
    open("/metrics", 200),
    open("/api/openapi.json", 200),
    open("/api/docs", 200),
    // Without an upgrade there is no socket; who may open one is for the tests of sockets.
    open("/api/v1/ws", 400),
    chat("GET", "/api/v1/dialogs/{dialog}", "", [200, 200, 200, 200]),
    chat(
        "POST",
        "/api/v1/dialogs/{dialog}/join",
        PROFILE,
        [200, 400, 400, 400],
    ),
    chat("POST", "/api/v1/dialogs/{dialog}/leave", "", [200, 200, 200, 200]),
    chat(
        "GET",
        "/api/v1/dialogs/{dialog}/participants",
        "",
        [200, 200, 200, 200],
    ),
    chat(
        "GET",
        "/api/v1/dialogs/{dialog}/participants/former",
        "",
        [403, 200, 200, 200],
    ),
    chat(
        "GET",
        "/api/v1/dialogs/{dialog}/messages",
        "",
        [403, 200, 200, 200],
    ),
    chat(
        "POST",
        "/api/v1/dialogs/{dialog}/messages",
        TEXT,
        [403, 403, 200, 200],
    ),
    chat(
        "GET",
        "/api/v1/dialogs/{dialog}/messages/{message}",
        "",
        [403, 200, 200, 200],
    ),
    chat(
        "GET",
        "/api/v1/dialogs/{dialog}/messages/{message}/history",
        "",
        [403, 200, 200, 200],
    ),
    chat(
        "PUT",
        "/api/v1/dialogs/{dialog}/messages/{message}",
        TEXT,
        [403, 403, 403, 200],
    ),
    moderated(
        "DELETE",
        "/api/v1/dialogs/{dialog}/messages/{message}",
        [403, 403, 403, 204, 204],
    ),
    chat(
        "POST",
        "/api/v1/dialogs/{dialog}/archive",
        "",
        [403, 200, 200, 200],
    ),
    chat(
        "POST",
        "/api/v1/dialogs/{dialog}/unarchive",
        "",
        [403, 200, 200, 200],
    ),
    chat("POST", "/api/v1/dialogs/{dialog}/pin", "", [403, 200, 200, 200]),
    chat("POST", "/api/v1/dialogs/{dialog}/unpin", "", [403, 200, 200, 200]),
    chat(
        "POST",
        "/api/v1/dialogs/{dialog}/notifications",
        r#"{"enabled":false}"#,
        [403, 200, 200, 200],
    ),
    chat(
        "POST",
        "/api/v1/dialogs/{dialog}/read",
        READ,
        [403, 200, 200, 200],
    ),
    chat(
        "POST",
        "/api/v1/dialogs/{dialog}/unread",
        UNREAD,
        [403, 200, 200, 200],
    ),
    own("/api/v1/search", "?q=hello"),
    chat(
        "PUT",
        "/api/v1/dialogs/{dialog}/messages/{message}/reactions/{emoji}",
        "",
        [403, 403, 200, 200],
    ),
    chat(
        "DELETE",
        "/api/v1/dialogs/{dialog}/messages/{message}/reactions/{emoji}",
        "",
        [403, 403, 200, 200],
    ),
    host("POST", "/api/v1/management/dialogs", OBJECT, [200, 200]),
    host("POST", "/api/v1/management/dialogs/search", OBJECT, [200, 200]),
    host("GET", "/api/v1/management/dialogs", "", [200, 200]),
    host(
        "POST",
        "/api/v1/management/dialogs/find-or-create",
        OBJECT,
        [200, 200],
    ),
    host(
        "PATCH",
        "/api/v1/management/dialogs/{dialog}",
        r#"{"title":"new"}"#,
        [404, 200],
    ),
    host(
        "GET",
        "/api/v1/management/dialogs/{dialog}/export",
        "",
        [404, 200],
    ),
    host(
        "POST",
        "/api/v1/management/dialogs/{dialog}/messages",
        r#"{"text":"said"}"#,
        [404, 200],
    ),
    host(
        "PUT",
        "/api/v1/management/dialogs/{dialog}/participants/{user}/role",
        r#"{"role":"moderator"}"#,
        [404, 200],
    ),
    host("GET", "/api/v1/management/dialogs/{dialog}", "", [404, 200]),
    host("GET", "/api/v1/management/audit", "", [200, 200]),
    host("POST", "/api/v1/management/users/{user}/revoke", "{}", [200, 200]),
    host("POST", "/api/v1/management/users/{user}/ban", "", [204, 204]),
    host("DELETE", "/api/v1/management/users/{user}/ban", "", [204, 204]),
    host("POST", "/api/v1/management/users/{user}/erase", "", [202, 202]),
    host("GET", "/api/v1/management/users/{user}/erase", "", [200, 200]),
    host("DELETE", "/api/v1/management/dialogs/{dialog}", "", [204, 204]),
    host(
        "POST",
        "/api/v1/management/dialogs/{dialog}/participants",
        PERSON,
        [404, 201],
    ),
    host(
        "DELETE",
        "/api/v1/management/dialogs/{dialog}/participants/{user}",
        "",
        [204, 204],
    ),
    host(
        "PUT",
        "/api/v1/management/dialogs/{dialog}/access-scopes",
        r#"{"access_scopes":[]}"#,
        [404, 200],
    ),
    host("POST", "/api/v1/management/webhooks", ENDPOINT, [201, 201]),
    host("GET", "/api/v1/management/webhooks", "", [200, 200]),
    host("GET", "/api/v1/management/webhooks/{endpoint}", "", [404, 200]),
    host(
        "PATCH",
        "/api/v1/management/webhooks/{endpoint}",
        r#"{"description":"new"}"#,
        [404, 200],
    ),
    host(
        "POST",
        "/api/v1/management/webhooks/{endpoint}/secret",
        "{}",
        [404, 200],
    ),
    host(
        "POST",
        "/api/v1/management/webhooks/{endpoint}/test",
        "",
        [404, 202],
    ),
    host(
        "POST",
        "/api/v1/management/webhooks/{endpoint}/replay",
        r#"{"from_log_seq":1}"#,
        [404, 202],
    ),
    host(
        "GET",
        "/api/v1/management/webhooks/{endpoint}/deliveries",
        "",
        [404, 200],
    ),
    // It was told no such thing.
    host(
        "POST",
        "/api/v1/management/webhooks/{endpoint}/deliveries/{no}/retry",
        "",
        [404, 404],
    ),
    host(
        "GET",
        "/api/v1/management/webhooks/{endpoint}/dead-letters",
        "",
        [404, 200],
    ),
    host(
        "POST",
        "/api/v1/management/webhooks/{endpoint}/dead-letters/retry",
        r#"{"all":true}"#,
        [404, 202],
    ),
    host("DELETE", "/api/v1/management/webhooks/{endpoint}", "", [404, 204]),
];
