//! Hosts are told what happens: what, in which order, and how they know that it is true.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::join_all;
use http::Method;
use mtchat_protocol::{MessageView, Timestamp};
use mtchat_tests::{Delivery, PATIENCE, Receiver, System, SystemBuilder, User, eventually};
use serde_json::{Value, json};

/// As Standard Webhooks write it.
pub(crate) const SECRET: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

/// A system that tells this endpoint.
pub(crate) fn telling(receiver: &Receiver) -> SystemBuilder {
    System::with()
        .variable("WEBHOOK_URL", &receiver.url())
        .variable("WEBHOOK_SECRET", SECRET)
        .variable("WEBHOOK_ALLOW_PRIVATE", "true")
}

/// Started, and so far that whatever happens from now on is told.
pub(crate) async fn started(builder: SystemBuilder) -> System {
    let system = builder.start().await;
    system.database().await.has_endpoint().await;
    system
}

fn now() -> i64 {
    Timestamp::now().micros() / 1_000_000
}

/// The contents of taken messages, dialog by dialog, in the order in which they came.
pub(crate) fn by_dialog(taken: &[Delivery]) -> BTreeMap<String, Vec<String>> {
    let mut contents: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for delivery in taken.iter().filter(|delivery| delivery.event() == "message.new") {
        contents
            .entry(delivery.dialog())
            .or_default()
            .push(delivery.content());
    }
    contents
}

/// Whatever came again was the same, byte by byte, and nothing came for the first time before what precedes it in its dialog.
pub(crate) fn repeats_are_the_same_and_order_holds(deliveries: &[Delivery]) {
    let mut bodies = BTreeMap::new();
    let mut seqs: BTreeMap<String, u64> = BTreeMap::new();
    for delivery in deliveries.iter().filter(|delivery| delivery.was_taken()) {
        if let Some(body) = bodies.insert(delivery.id().to_owned(), delivery.body.clone()) {
            assert_eq!(body, delivery.body, "the same id with another body");
            continue;
        }
        let before = seqs.insert(delivery.dialog(), delivery.seq()).unwrap_or_default();
        assert!(before < delivery.seq(), "{delivery:?} came after {before}");
    }
}

#[tokio::test]
async fn events_arrive_signed_and_in_the_known_shape() {
    let receiver = Receiver::start().await;
    let system = started(telling(&receiver)).await;
    let builder = system.dialog().offline().with("object_id", json!("7"));
    let [alice] = builder.between(["alice"]).await;
    let sent = alice.send("hi <b>there</b>").await;
    let admin = system.admin(0);
    admin.add(alice.dialog(), "carol").await;
    admin.remove(alice.dialog(), "carol").await;
    let taken = receiver.takes(3).await;

    let events: Vec<String> = taken.iter().map(Delivery::event).collect();
    assert_eq!(events, ["message.new", "participant.joined", "participant.left"]);
    for delivery in &taken {
        assert_eq!(delivery.header("content-type"), "application/json");
        assert_eq!(delivery.header("x-webhook-event"), delivery.event());
        assert_eq!(delivery.header("x-webhook-id"), delivery.id());
        assert_eq!(delivery.json()["id"], delivery.id());
        assert!(
            delivery.is_genuine(SECRET) && delivery.is_standard(SECRET, now()),
            "{delivery:?}"
        );
    }
    let told = taken[0].json();
    let payload = json!({
        "dialog_id": alice.dialog(), "object_id": "7", "object_type": "order", "seq": sent.seq,
        "position": told["payload"]["position"],
        "message": {
            "id": sent.id, "sender_id": "alice", "content": sent.content, "created_at": sent.sent_at,
            "message_type": "user",
        },
    });
    let expected = json!({
        "id": taken[0].id(), "type": "message_new", "event": "message.new", "timestamp": sent.sent_at,
        "payload": payload, "data": payload,
    });
    assert_eq!(told, expected);
    let (joined, left) = (taken[1].json(), taken[2].json());
    assert_eq!(joined["type"], "participant_joined");
    assert_eq!(
        [&joined["payload"]["user_id"], &joined["payload"]["joined_as"]],
        [&json!("carol"), &json!("participant")]
    );
    assert!(joined["payload"]["joined_at"].is_string() && left["payload"]["left_at"].is_string());
    assert_eq!(left["data"]["user_id"], "carol");
}

/// A60: the receiver's side of it, tried on what was really sent.
#[tokio::test]
async fn only_what_was_signed_a_moment_ago_is_genuine() {
    let receiver = Receiver::start().await;
    let second = "the secret that comes next";
    let both = format!("{SECRET},{second}");
    let system = started(telling(&receiver).variable("WEBHOOK_SECRETS", &both)).await;
    let [alice] = system.dialog().offline().between(["alice"]).await;
    alice.send("true").await;
    let sent = receiver.takes(1).await.remove(0);
    assert!(sent.is_standard(SECRET, now()) && sent.is_standard(second, now()));
    assert!(!sent.is_standard("of another endpoint", now()) && !sent.is_genuine(second));
    assert!(!sent.is_standard(SECRET, now() + 360), "it is too old");

    let altered = |name: &'static str, value: Option<&'static str>| {
        let mut altered = sent.clone();
        altered.headers.remove(name);
        if let Some(value) = value {
            altered.headers.insert(name, value.parse().unwrap());
        }
        altered.is_standard(SECRET, now())
    };
    assert!(!altered("webhook-id", Some("another")));
    assert!(!altered("webhook-timestamp", Some("7")));
    for name in ["webhook-id", "webhook-timestamp", "webhook-signature"] {
        assert!(!altered(name, None), "without {name}");
    }
    let mut body = sent.body.to_vec();
    body.push(b' ');
    let longer = Delivery {
        body: body.into(),
        ..sent
    };
    assert!(!longer.is_standard(SECRET, now()) && !longer.is_genuine(SECRET));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dialogs_events_arrive_in_order_while_dialogs_go_side_by_side() {
    const EACH: usize = 15;
    let receiver = Receiver::start().await;
    let system = started(telling(&receiver)).await;
    let mut users: Vec<User> = Vec::new();
    for _ in 0..6 {
        users.extend(system.dialog().offline().between(["alice"]).await);
    }
    let talk = users.iter().map(|user| async move {
        for number in 0..EACH {
            user.send(&number.to_string()).await;
        }
    });
    join_all(talk).await;
    let taken = receiver.takes(users.len() * EACH).await;
    let expected: Vec<String> = (0..EACH).map(|number| number.to_string()).collect();
    let contents = by_dialog(&taken);
    assert_eq!(contents.len(), users.len());
    assert!(contents.values().all(|order| *order == expected), "{contents:?}");
    repeats_are_the_same_and_order_holds(&receiver.deliveries());
    assert_eq!(
        receiver.deliveries().len(),
        taken.len(),
        "nothing failed, so nothing came twice"
    );
}

#[tokio::test]
async fn who_wants_everything_is_told_everything() {
    let receiver = Receiver::start().await;
    let system = started(telling(&receiver).variable("WEBHOOK_EVENTS", "*")).await;
    let admin = system.admin(0);
    let [alice, bob] = system.dialog().offline().between(["alice", "bob"]).await;
    let sent = alice.send("hi").await;
    alice.edit(sent.id, "hello").await;
    let dialog = format!("/api/v1/dialogs/{}", alice.dialog());
    let reaction = format!("{dialog}/messages/{}/reactions/%F0%9F%91%8D", sent.id);
    bob.ask(Method::PUT, &reaction, "").await.expect(200);
    let read = json!({ "last_read_message_id": sent.id }).to_string();
    let read = bob.ask(Method::POST, &format!("{dialog}/read"), &read).await;
    assert!(read.status.is_success(), "{read}");
    let archived = bob.ask(Method::POST, &format!("{dialog}/archive"), "").await;
    assert!(archived.status.is_success(), "{archived}");
    alice.delete(sent.id).await;
    admin.change_role(alice.dialog(), "bob", "moderator").await;
    admin.patch(alice.dialog(), &json!({ "title": "New" })).await;
    let notice: MessageView = admin.post(alice.dialog(), &json!({ "text": "shipped" })).await;
    admin.delete(alice.dialog()).await;

    let expected = BTreeSet::from([
        "dialog.archived",
        "dialog.created",
        "dialog.deleted",
        "dialog.updated",
        "message.deleted",
        "message.edited",
        "message.new",
        "message.reaction",
        "message.read",
        "participant.updated",
    ]);
    let told = receiver
        .until("every kind of event", |deliveries| {
            let names: BTreeSet<String> = deliveries.iter().map(Delivery::event).collect();
            let all = expected.iter().all(|name| names.contains(*name));
            all.then(|| deliveries.to_vec())
        })
        .await;
    let one = |name: &str| -> Value {
        let told = told.iter().rev().find(|delivery| delivery.event() == name);
        told.unwrap().json()["payload"].clone()
    };
    assert_eq!(one("dialog.created")["participants"][1]["user_id"], "bob");
    assert_eq!(one("message.edited")["message"]["content"], "hello");
    assert_eq!(one("message.reaction")["emoji"], "👍");
    assert_eq!(one("message.read")["last_read_message_id"], json!(sent.id));
    assert_eq!(one("dialog.updated")["title"], "New");
    assert_eq!(one("message.new")["message"]["id"], json!(notice.id));
    assert_eq!(one("message.new")["message"]["message_type"], "system");
    assert!(one("message.new")["message"].get("sender_id").is_none());
}

#[tokio::test]
async fn what_happened_before_there_was_an_endpoint_is_not_told() {
    let receiver = Receiver::start().await;
    let system = telling(&receiver).workers(0).start().await;
    let worker = system.program(&["worker"]).with("WORKER_PORT", "0");
    let without = worker.clone().with("WEBHOOK_URL", "").spawn();
    let [alice] = system.dialog().offline().between(["alice"]).await;
    alice.send("before").await;
    drop(without);
    let _with = worker.spawn();
    system.database().await.has_endpoint().await;
    let after = alice.send("after").await;
    let taken = receiver.takes(1).await;
    assert_eq!(taken[0].json()["payload"]["message"]["id"], json!(after.id));
}

/// A56: refused before anything is sent.
#[tokio::test]
async fn an_endpoint_in_a_private_network_needs_the_switch() {
    let receiver = Receiver::start().await;
    let system = System::with().workers(0).start().await;
    let worker = system.program(&["worker"]).with("WORKER_PORT", "0");
    let port = receiver.url().rsplit(':').next().unwrap().to_owned();
    for url in [
        receiver.url(),
        format!("https://127.0.0.1:{port}"),
        format!("https://2130706433:{port}"),
        format!("https://localhost:{port}"),
        "https://169.254.169.254/latest/meta-data/".to_owned(),
        "file:///etc/passwd".to_owned(),
    ] {
        let started = worker
            .clone()
            .with("WEBHOOK_URL", &url)
            .with("WEBHOOK_SECRET", SECRET);
        let (status, printed) = started.run().await;
        assert!(!status.success(), "{url} was taken");
        assert!(printed.contains("WEBHOOK_URL: "), "{url}: {printed}");
    }
    assert!(receiver.deliveries().is_empty());
}

#[tokio::test]
async fn half_an_endpoint_is_none_and_the_worker_says_so() {
    let receiver = Receiver::start().await;
    let system = System::with()
        .variable("WEBHOOK_URL", &receiver.url())
        .start()
        .await;
    let [alice, bob] = system.dialog().between(["alice", "bob"]).await;
    alice.send("hi").await;
    bob.sees("hi").await;
    eventually("the warning", PATIENCE, async || {
        system
            .worker(0)
            .printed()
            .contains("webhooks are off")
            .then_some(())
    })
    .await;
    assert!(receiver.deliveries().is_empty());
    assert_eq!(system.database().await.endpoint_position().await, None);
}
