//! Who may make which endpoints, and what is refused.

use http::Method;
use mtchat_protocol::{
    AuditAction, AuditEntryView, ErrorCode, WebhookState, WebhookView, WebhookWithSecretView,
};
use mtchat_tests::{Admin, Answer, Delivery, HostApp, Receiver, System};
use serde_json::{Value, json};

use crate::webhooks::{SECRET, started, telling};

const URL: &str = "https://host.example/hook";

async fn create(admin: &Admin, request: &Value) -> Answer {
    admin.ask(Method::POST, "/webhooks", &request.to_string()).await
}

/// A56: an address that must not be called is not even kept.
#[tokio::test]
async fn an_address_of_a_private_network_is_refused_when_it_is_named() {
    let system = System::with().workers(0).start().await;
    let admin = system.admin(0);
    let webhook = admin.webhook(&json!({ "url": URL })).await;
    for url in [
        "https://127.0.0.1/hook",
        "https://[::1]/",
        "https://2130706433/",
        "https://10.0.0.1/",
        "https://169.254.169.254/latest/meta-data/",
        "https://localhost/",
        "https://backend/",
        "http://host.example/",
        "https://user:password@host.example/",
        "https://host.example:22/",
        "file:///etc/passwd",
        "",
    ] {
        let made = create(&admin, &json!({ "url": url })).await.expect(400);
        assert_eq!(made.code(), ErrorCode::InvalidInput, "{url}");
        let changed = webhook.ask(Method::PATCH, "", &json!({ "url": url })).await;
        assert_eq!(changed.expect(400).code(), ErrorCode::InvalidInput, "{url}");
    }
    let all: Vec<WebhookView> = admin.ask(Method::GET, "/webhooks", "").await.data();
    assert_eq!(all.len(), 1);
    assert_eq!(all[0].url, URL);
}

#[tokio::test]
async fn what_is_no_endpoint_is_refused_and_told_why() {
    let system = System::with().workers(0).start().await;
    let admin = system.admin(0);
    for (more, named) in [
        (json!({ "events": ["message.new", "message_new"] }), "message_new"),
        (json!({ "events": ["*"] }), "*"),
        (json!({ "events": [] }), "events"),
        (json!({ "events": vec!["message.new"; 65] }), "events"),
        (json!({ "object_types": vec!["order"; 65] }), "object_types"),
        (json!({ "object_types": [""] }), "object_types"),
        (json!({ "description": "x".repeat(501) }), "description"),
        (json!({ "secret": "whsec_c2hvcnQ=" }), "secret"),
        (
            json!({ "secret": "not after Standard Webhooks at all" }),
            "secret",
        ),
    ] {
        let mut request = more.clone();
        request["url"] = json!(URL);
        let refused = create(&admin, &request).await.expect(400);
        let told = refused.json::<Value>()["error"]["message"].to_string();
        assert!(told.contains(named), "{more}: {told}");
        assert!(!told.contains("Standard"), "a secret is not repeated: {told}");
    }
    create(&admin, &json!({})).await.expect(422);
    let webhook = admin.webhook(&json!({ "url": URL })).await;
    for (path, body) in [
        ("/secret", json!({ "overlap_secs": 604_801 })),
        ("/replay", json!({})),
        (
            "/replay",
            json!({ "from_log_seq": 1, "from_time": "2026-01-01T00:00:00Z" }),
        ),
        ("/dead-letters/retry", json!({})),
    ] {
        webhook.ask(Method::POST, path, &body).await.expect(400);
    }
    for query in ["?cursor=x", "?limit=x"] {
        for path in ["/deliveries", "/dead-letters"] {
            let path = format!("{path}{query}");
            webhook.ask(Method::GET, &path, &Value::Null).await.expect(400);
        }
    }
    let nobody = format!("/webhooks/{}", mtchat_protocol::DialogId::fresh());
    for path in [
        nobody.as_str(),
        "/webhooks/configured",
        "/webhooks/%00",
        "/webhooks/*",
    ] {
        admin.ask(Method::GET, path, "").await.expect(404);
    }
}

#[tokio::test]
async fn a_description_is_what_it_is_and_nothing_more() {
    let system = System::with().workers(0).start().await;
    let admin = system.admin(0);
    let hostile = "</script><img src=x onerror=alert(1)>\" \u{2028}\u{202e}'; DROP TABLE dialogs; --\r\n";
    let named = "{{7*7}}<b>";
    let request = json!({ "url": URL, "description": hostile, "object_types": [named] });
    let webhook = admin.webhook(&request).await;
    let shown = webhook.ask(Method::GET, "", &Value::Null).await;
    assert_eq!(shown.headers["content-type"], "application/json");
    let view: WebhookView = shown.data();
    assert_eq!(view.description, hostile);
    assert_eq!(view.object_types, Some(vec![named.to_owned()]));
}

#[tokio::test]
async fn a_key_makes_one_endpoint() {
    let system = System::with().workers(0).start().await;
    let admin = system.admin(0);
    let body = json!({ "url": URL }).to_string();
    let first = admin
        .keyed("a", Method::POST, "/webhooks", &body)
        .await
        .expect(201);
    let first: WebhookWithSecretView = first.data();
    let again = admin
        .keyed("a", Method::POST, "/webhooks", &body)
        .await
        .expect(201);
    assert_eq!(again.data::<WebhookWithSecretView>().secret, first.secret);
    let other = json!({ "url": "https://host.example/other" }).to_string();
    let other = admin.keyed("a", Method::POST, "/webhooks", &other).await;
    assert_eq!(other.expect(409).code(), ErrorCode::Conflict);
    let all: Vec<WebhookView> = admin.ask(Method::GET, "/webhooks", "").await.data();
    assert_eq!(all.len(), 1);
    assert_eq!(all[0].id, first.webhook.id);
}

#[tokio::test]
async fn an_app_has_as_many_endpoints_as_it_may_and_sees_no_others() {
    let system = System::with().workers(0).start().await;
    let admin = system.admin(0);
    let webhook = admin.webhook(&json!({ "url": URL })).await;
    for _ in 1..32 {
        admin.webhook(&json!({ "url": URL })).await;
    }
    let full = create(&admin, &json!({ "url": URL })).await;
    assert_eq!(full.expect(403).code(), ErrorCode::Forbidden);
    webhook.delete().await;
    let webhook = admin.webhook(&json!({ "url": URL })).await;

    let other = HostApp::create(&system, "other").await;
    let path = format!("/webhooks/{}", webhook.id);
    for (method, more, body) in [
        (Method::GET, "", Value::Null),
        (Method::PATCH, "", json!({ "state": "paused" })),
        (Method::DELETE, "", Value::Null),
        (Method::POST, "/secret", json!({})),
        (Method::POST, "/test", Value::Null),
        (Method::POST, "/replay", json!({ "from_log_seq": 1 })),
        (Method::GET, "/deliveries", Value::Null),
        (Method::POST, "/deliveries/1/retry", Value::Null),
        (Method::GET, "/dead-letters", Value::Null),
        (Method::POST, "/dead-letters/retry", json!({ "all": true })),
    ] {
        let answer = other.manage(method, &format!("{path}{more}"), &body).await;
        assert_eq!(answer.expect(404).code(), ErrorCode::NotFound, "{more}");
    }
    let all = other.manage(Method::GET, "/webhooks", &Value::Null).await;
    assert_eq!(all.data::<Vec<WebhookView>>(), []);
    assert_eq!(webhook.view().await.state, WebhookState::Active);
}

#[tokio::test]
async fn what_a_host_does_to_its_endpoints_is_written_down_without_secrets() {
    let system = System::with().workers(0).start().await;
    let admin = system.admin(0);
    let request = json!({ "url": "https://host.example/hook?canary", "description": "canary" });
    let webhook = admin.webhook(&request).await;
    webhook
        .patch(&json!({ "description": "canary", "state": "paused" }))
        .await;
    webhook.patch(&json!({})).await;
    webhook.rotate(0).await;
    webhook.replay(&json!({ "from_log_seq": 1 })).await;
    webhook.delete().await;
    let log = admin.ask(Method::GET, "/audit", "").await;
    let told = log.to_string();
    assert!(!told.contains("whsec_") && !told.contains("canary"), "{told}");
    let entries: Vec<AuditEntryView> = log.data();
    let actions: Vec<AuditAction> = entries.iter().map(|entry| entry.action).collect();
    assert_eq!(
        actions,
        [
            AuditAction::WebhookCreated,
            AuditAction::WebhookChanged,
            AuditAction::WebhookSecretRotated,
            AuditAction::WebhookReplayed,
            AuditAction::WebhookDeleted,
        ]
    );
    assert!(
        entries
            .iter()
            .all(|entry| entry.details["endpoint"] == json!(webhook.id))
    );
}

#[tokio::test]
async fn the_configured_endpoint_is_looked_at_and_tried_out_but_not_changed() {
    let receiver = Receiver::start().await;
    let system = started(telling(&receiver)).await;
    let webhook = system.admin(0).configured_webhook(SECRET);
    let view = webhook.view().await;
    assert_eq!((view.url, view.state), (receiver.url(), WebhookState::Active));
    for (method, path, body) in [
        (Method::PATCH, "", json!({ "url": URL })),
        (Method::PATCH, "", json!({ "state": "paused" })),
        (Method::POST, "/secret", json!({})),
        (Method::DELETE, "", Value::Null),
    ] {
        let refused = webhook.ask(method, path, &body).await.expect(409);
        assert_eq!(refused.code(), ErrorCode::Conflict, "{body}");
    }
    webhook.patch(&json!({ "state": "active" })).await;
    let id = webhook.test().await;
    let test = receiver.takes(1).await.remove(0);
    assert_eq!((test.event().as_str(), test.id()), ("webhook.test", id.as_str()));
    let [alice] = system.dialog().offline().between(["alice"]).await;
    alice.send("again").await;
    receiver.takes(2).await;
    webhook.replay(&json!({ "from_log_seq": 1 })).await;
    receiver
        .until("the message again", |deliveries| {
            let again = deliveries.iter().filter(|one| one.json()["replayed"] == true);
            again.map(Delivery::content).find(|content| content == "again")
        })
        .await;
}
