//! The description of the log is up to date, and what stands in a real log is as it says.

use std::{collections::BTreeSet, path::Path};

use async_nats::jetstream::message::StreamMessage;
use http::Method;
use jsonschema::Validator;
use mtchat::{asyncapi, asyncapi_yaml};
use mtchat_tests::{System, User};
use serde_json::{Map, Value, json};

/// The headers that the description names.
const HEADERS: [&str; 8] = [
    "Nats-Msg-Id",
    "ce-id",
    "ce-source",
    "ce-specversion",
    "ce-subject",
    "ce-time",
    "ce-type",
    "content-type",
];

/// What is wrong with a value by a schema of the document.
fn judge(document: &Value, place: &str, value: &Value) -> Vec<String> {
    let schema = json!({ "$ref": format!("#/{place}"), "components": document["components"] });
    let validator = Validator::new(&schema).expect("a sound schema");
    let wrong = validator.iter_errors(value);
    wrong
        .map(|error| format!("{place}: {error} at {}", error.instance_path()))
        .collect()
}

fn judge_message(document: &Value, kind: &str, headers: &Value, payload: &Value) -> Vec<String> {
    let mut wrong = judge(document, "components/schemas/Headers", headers);
    wrong.extend(judge(
        document,
        &format!("components/messages/{kind}/payload"),
        payload,
    ));
    wrong
}

#[test]
fn the_checked_in_description_of_the_log_is_that_of_this_build() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../nats/asyncapi.yaml");
    let checked_in = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        checked_in == asyncapi_yaml(),
        "nats/asyncapi.yaml is out of date: target/debug/mtchat asyncapi > nats/asyncapi.yaml"
    );
}

#[test]
fn the_examples_of_the_description_are_as_it_says() {
    let document = asyncapi();
    let mut examples = 0;
    for (kind, message) in document["components"]["messages"].as_object().unwrap() {
        for example in message["examples"].as_array().into_iter().flatten() {
            examples += 1;
            let wrong = judge_message(&document, kind, &example["headers"], &example["payload"]);
            assert!(wrong.is_empty(), "{wrong:?}");
        }
    }
    assert!(examples > 0);
    let wrong = judge_message(&document, "read", &json!({}), &json!({ "v": 1, "kind": "read" }));
    assert!(!wrong.is_empty(), "anything is taken for a fact");
}

async fn post(user: &User, verb: &str, body: &Value) {
    let path = format!("/api/v1/dialogs/{}/{verb}", user.dialog());
    let body = if body.is_null() {
        String::new()
    } else {
        body.to_string()
    };
    user.ask(Method::POST, &path, &body).await.expect(200);
}

/// Everything that a test can make happen.
async fn happens(system: &System) {
    let dialog = system.dialog().offline().with("title", json!("Order 7"));
    let [alice, bob, carol] = dialog.between(["alice", "bob", "carol"]).await;
    let (admin, id) = (system.admin(0), alice.dialog());
    let first = alice.send("one").await.id;
    let second = alice.send("two").await.id;
    alice.edit(first, "one, edited").await;
    let emoji = format!("/api/v1/dialogs/{id}/messages/{first}/reactions/%F0%9F%91%8D");
    for method in [Method::PUT, Method::DELETE] {
        let answer = bob.ask(method, &emoji, "").await;
        assert!(answer.status.is_success());
    }
    post(&bob, "read", &json!({ "last_read_message_id": second })).await;
    post(&bob, "unread", &json!({ "message_id": second })).await;
    for verb in ["pin", "unpin", "archive", "unarchive"] {
        post(&bob, verb, &Value::Null).await;
    }
    post(&bob, "notifications", &json!({ "enabled": false })).await;
    alice.delete(second).await;
    let card = json!({ "type": "paid", "title": "Paid", "fields": [{ "name": "by", "value": "card" }] });
    admin.post(id, &json!({ "text": "Sent" })).await;
    admin.post(id, &json!({ "card": card })).await;
    admin.add(id, "dave").await;
    admin.change_role(id, "dave", "moderator").await;
    admin.remove(id, "dave").await;
    carol.leave().await;
    admin
        .patch(id, &json!({ "title": null, "meta": { "a": [1] } }))
        .await;
    let scopes = json!({ "access_scopes": [{ "scope_level0": ["acme"] }] }).to_string();
    let path = format!("/dialogs/{id}/access-scopes");
    admin.ask(Method::PUT, &path, &scopes).await.expect(200);
    admin.delete(id).await;
}

async fn log(system: &System) -> Vec<StreamMessage> {
    let client = async_nats::connect(system.nats_url()).await.unwrap();
    let stream = async_nats::jetstream::new(client)
        .get_stream("MTCHAT_LOG_0")
        .await
        .unwrap();
    let last = stream.cached_info().state.last_sequence;
    let mut messages = Vec::new();
    for sequence in 1..=last {
        messages.push(stream.get_raw_message(sequence).await.unwrap());
    }
    messages
}

#[tokio::test]
async fn what_stands_in_a_real_log_is_as_the_description_says() {
    let system = System::start().await;
    happens(&system).await;
    let document = asyncapi();
    let mut kinds = BTreeSet::new();
    let mut ids = BTreeSet::new();
    for message in log(&system).await {
        let headers: Map<String, Value> = HEADERS
            .into_iter()
            .filter_map(|name| {
                let value = message.headers.get(name)?.as_str();
                Some((name.to_owned(), Value::from(value)))
            })
            .collect();
        let payload: Value = serde_json::from_slice(&message.payload).expect("JSON");
        let kind = payload["kind"].as_str().expect("a fact").to_owned();
        let wrong = judge_message(&document, &kind, &Value::Object(headers.clone()), &payload);
        assert!(wrong.is_empty(), "{payload}: {wrong:?}");
        assert_eq!(headers["ce-id"], payload["id"]);
        assert_eq!(headers["ce-time"], payload["at"]);
        assert_eq!(headers["ce-type"], format!("mtchat.{kind}"));
        let source = format!("/apps/default/dialogs/{}", payload["dialog"].as_str().unwrap());
        assert_eq!(headers["ce-source"], source);
        assert!(
            ids.insert((source, payload["id"].to_string())),
            "an id comes twice"
        );
        kinds.insert(kind);
    }
    let expected = "archived dialog_created dialog_deleted dialog_updated marked_unread message_created message_deleted \
        message_edited notice_posted notifications_set participant_added participant_left participant_removed \
        participant_role_changed pinned reaction_added reaction_removed read scopes_replaced unarchived unpinned";
    let missing: Vec<&str> = expected
        .split_whitespace()
        .filter(|kind| !kinds.contains(*kind))
        .collect();
    assert!(missing.is_empty(), "no facts of {missing:?}, only of {kinds:?}");
}
