//! Endpoints that hosts make themselves: what they are told, and what can be asked for.

use std::collections::BTreeSet;

use http::Method;
use mtchat_protocol::{DeliveryView, Timestamp, WebhookState};
use mtchat_tests::{Delivery, PATIENCE, Receiver, Reply, System, SystemBuilder, User, Webhook, eventually};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// A system whose hosts may name endpoints on this machine.
fn open() -> SystemBuilder {
    System::with().variable("WEBHOOK_ALLOW_PRIVATE", "true")
}

/// An endpoint that is told of messages.
async fn told_of_messages(system: &System, receiver: &Receiver) -> Webhook {
    let request = json!({ "url": receiver.url(), "events": ["message.new"] });
    system.admin(0).webhook(&request).await
}

fn now() -> i64 {
    Timestamp::now().micros() / 1_000_000
}

fn contents(deliveries: &[Delivery]) -> Vec<String> {
    deliveries.iter().map(Delivery::content).collect()
}

/// Send a message and wait until it is delivered.
async fn told(user: &User, receiver: &Receiver) -> Delivery {
    let sent = json!(user.send("tell").await.id);
    receiver
        .until("the message", |deliveries| {
            let this = |delivery: &&Delivery| {
                delivery.was_taken() && delivery.json()["payload"]["message"]["id"] == sent
            };
            deliveries.iter().find(this).cloned()
        })
        .await
}

fn is_replayed(delivery: &Delivery) -> bool {
    delivery.json()["replayed"] == true
}

/// Wait for so many events that were told again.
async fn told_again(receiver: &Receiver, events: usize) -> Vec<Delivery> {
    receiver
        .until("events to be told again", |deliveries| {
            let again = deliveries
                .iter()
                .filter(|one| one.was_taken() && is_replayed(one));
            let again: Vec<Delivery> = again.cloned().collect();
            let ids: BTreeSet<&str> = again.iter().map(Delivery::id).collect();
            (ids.len() >= events).then(|| again.clone())
        })
        .await
}

#[tokio::test]
async fn an_endpoint_is_told_what_happens_after_it_was_made_signed_with_its_secret() {
    let receiver = Receiver::start().await;
    let system = open().start().await;
    let [alice] = system.dialog().offline().between(["alice"]).await;
    alice.send("before").await;
    let webhook = told_of_messages(&system, &receiver).await;
    alice.send("after").await;
    let taken = receiver.takes(1).await;
    assert_eq!(contents(&taken), ["after"]);
    assert!(
        taken[0].is_standard(&webhook.secret, now()) && taken[0].is_genuine(&webhook.secret),
        "{:?}",
        taken[0]
    );
    let shown = webhook.ask(Method::GET, "", &Value::Null).await;
    assert!(!shown.to_string().contains("whsec_"), "a secret is shown once");
    let view = webhook.caught_up().await;
    assert_eq!((view.state, view.dead_letters), (WebhookState::Active, 0));
    assert_eq!(receiver.deliveries().len(), 1);
}

#[tokio::test]
async fn an_endpoint_is_told_of_its_events_and_its_objects_only() {
    let [people, tenders] = [Receiver::start().await, Receiver::start().await];
    let system = open().start().await;
    let admin = system.admin(0);
    let request = json!({ "url": people.url(), "events": ["participant.joined"], "with_data": false });
    let joined = admin.webhook(&request).await;
    let request = json!({ "url": tenders.url(), "object_types": ["tender"] });
    let of_tenders = admin.webhook(&request).await;
    let [alice] = system.dialog().offline().between(["alice"]).await;
    let builder = system.dialog().offline().with("object_type", json!("tender"));
    let [bob] = builder.between(["bob"]).await;
    alice.send("about an order").await;
    bob.send("about a tender").await;
    admin.add(alice.dialog(), "carol").await;
    people.takes(1).await;
    // The dialog was created, and something was said in it.
    tenders.takes(2).await;
    joined.caught_up().await;
    of_tenders.caught_up().await;
    let events = |receiver: &Receiver| -> Vec<String> {
        let deliveries = receiver.deliveries();
        deliveries.iter().map(Delivery::event).collect()
    };
    assert_eq!(events(&people), ["participant.joined"]);
    assert!(people.deliveries()[0].json().get("data").is_none());
    assert_eq!(events(&tenders), ["dialog.created", "message.new"]);
    let all_of_tenders = tenders
        .deliveries()
        .iter()
        .all(|delivery| delivery.json()["payload"]["object_type"] == "tender");
    assert!(all_of_tenders);
}

#[tokio::test]
async fn whoever_waits_is_told_afterwards_without_a_loss() {
    let receiver = Receiver::start().await;
    let system = open().start().await;
    let webhook = told_of_messages(&system, &receiver).await;
    let [alice] = system.dialog().offline().between(["alice"]).await;
    alice.send("0").await;
    receiver.takes(1).await;
    let paused = webhook.patch(&json!({ "state": "paused" })).await;
    assert_eq!(paused.state, WebhookState::Paused);
    for number in 1..5 {
        alice.send(&number.to_string()).await;
    }
    let active = webhook.patch(&json!({ "state": "active" })).await;
    assert_eq!(active.state, WebhookState::Active);
    let taken = receiver.takes(5).await;
    assert_eq!(contents(&taken), ["0", "1", "2", "3", "4"]);
}

#[tokio::test]
async fn while_a_secret_changes_both_sign_and_then_the_new_one_alone() {
    let receiver = Receiver::start().await;
    let system = open().start().await;
    let webhook = told_of_messages(&system, &receiver).await;
    let [alice] = system.dialog().offline().between(["alice"]).await;
    let next = webhook.rotate(3_600).await;
    assert!(webhook.view().await.old_secret_until.is_some());
    eventually("both secrets to sign", PATIENCE, async || {
        let delivery = told(&alice, &receiver).await;
        assert!(
            delivery.is_standard(&webhook.secret, now()),
            "the old one signs on"
        );
        delivery.is_standard(&next, now()).then_some(())
    })
    .await;
    let last = webhook.rotate(0).await;
    eventually("the new secret to sign alone", PATIENCE, async || {
        let delivery = told(&alice, &receiver).await;
        let old = [&webhook.secret, &next].map(|secret| delivery.is_standard(secret, now()));
        (delivery.is_standard(&last, now()) && old == [false; 2]).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_deleted_endpoint_is_told_nothing_any_more_and_leaves_nothing() {
    let [gone, there] = [Receiver::start().await, Receiver::start().await];
    let system = open().start().await;
    let webhook = told_of_messages(&system, &gone).await;
    told_of_messages(&system, &there).await;
    let [alice] = system.dialog().offline().between(["alice"]).await;
    alice.send("one").await;
    gone.takes(1).await;
    webhook.delete().await;
    for path in ["", "/deliveries", "/dead-letters"] {
        webhook.ask(Method::GET, path, &Value::Null).await.expect(404);
    }
    let database = system.database().await;
    eventually("everything of it to be removed", PATIENCE, async || {
        (database.rows_of_endpoint(&webhook.id).await == 0).then_some(())
    })
    .await;
    alice.send("two").await;
    there.takes(2).await;
    assert_eq!(gone.deliveries().len(), 1);
}

#[tokio::test]
async fn an_endpoint_that_was_made_today_is_told_what_happened_before() {
    let receiver = Receiver::start().await;
    let system = open().start().await;
    let [alice] = system.dialog().offline().between(["alice"]).await;
    let mut sent = Vec::new();
    for number in 0..5 {
        sent.push(alice.send(&number.to_string()).await);
    }
    let webhook = told_of_messages(&system, &receiver).await;
    let replay = webhook.replay(&json!({ "from_log_seq": 1 })).await;
    assert!(replay.from_log_seq <= replay.to_log_seq);
    let again = told_again(&receiver, 5).await;
    assert_eq!(contents(&again), ["0", "1", "2", "3", "4"]);
    webhook.caught_up().await;
    assert!(
        !is_replayed(&told(&alice, &receiver).await),
        "what is new is told as ever"
    );

    // From a moment: the third of them and what came after it, under the same ids and with the same content.
    let first: BTreeSet<String> = again[2..].iter().map(|one| one.id().to_owned()).collect();
    let before = receiver.deliveries().len();
    webhook.replay(&json!({ "from_time": sent[2].sent_at })).await;
    let since = receiver
        .until("four events again", |deliveries| {
            let since = deliveries[before..].iter().filter(|one| one.was_taken());
            let since: Vec<Delivery> = since.cloned().collect();
            let ids: BTreeSet<&str> = since.iter().map(Delivery::id).collect();
            (ids.len() == 4).then(|| since.clone())
        })
        .await;
    webhook.caught_up().await;
    assert!(since.iter().all(is_replayed));
    let ids: BTreeSet<String> = since.iter().map(|one| one.id().to_owned()).collect();
    assert!(ids.is_superset(&first), "{ids:?} without {first:?}");
    assert_eq!(since[0].body, again[2].body);
    assert!(!contents(&receiver.deliveries()[before..]).contains(&"1".to_owned()));
}

#[tokio::test]
async fn a_test_event_arrives_and_stands_in_the_log_of_deliveries() {
    let receiver = Receiver::start().await;
    let system = open().start().await;
    let webhook = told_of_messages(&system, &receiver).await;
    webhook.patch(&json!({ "state": "paused" })).await;
    let id = webhook.test().await;
    let test = receiver.takes(1).await.remove(0);
    assert_eq!((test.event().as_str(), test.id()), ("webhook.test", id.as_str()));
    assert_eq!(test.json()["payload"]["endpoint"], json!(webhook.id));
    assert!(test.is_standard(&webhook.secret, now()));
    let tried = tried(&webhook, "webhook.test").await;
    assert_eq!(
        (tried.status, tried.dialog_id, &tried.position),
        (Some(200), None, &None)
    );
    let path = format!("/deliveries/{}/retry", tried.no);
    webhook.ask(Method::POST, &path, &Value::Null).await.expect(409);
}

/// Wait until a try stands in the log of deliveries.
async fn tried(webhook: &Webhook, event: &str) -> DeliveryView {
    eventually("the delivery to be noted", PATIENCE, async || {
        let deliveries = webhook.deliveries().await;
        deliveries.into_iter().find(|delivery| delivery.event == event)
    })
    .await
}

#[tokio::test]
async fn a_delivery_is_noted_as_it_was_and_can_be_repeated() {
    let receiver = Receiver::start().await;
    let system = open().start().await;
    let webhook = told_of_messages(&system, &receiver).await;
    let [alice] = system.dialog().offline().between(["alice"]).await;
    let delivery = told(&alice, &receiver).await;
    let tried = tried(&webhook, "message.new").await;
    let hash: String = Sha256::digest(&delivery.body)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    assert_eq!(
        (tried.status, tried.attempt, &tried.body_sha256),
        (Some(200), 1, &hash)
    );
    assert_eq!(tried.event_id.to_string(), delivery.id());
    assert_eq!(tried.dialog_id, Some(alice.dialog()));
    assert_eq!(
        json!(tried.position),
        delivery.json()["payload"]["position"],
        "where its fact stands"
    );
    let path = format!("/deliveries/{}/retry", tried.no);
    webhook.ask(Method::POST, &path, &Value::Null).await.expect(202);
    receiver
        .until("the same event again", |deliveries| {
            let same = deliveries.iter().filter(|one| one.id() == delivery.id());
            (same.count() >= 2).then_some(())
        })
        .await;
}

#[tokio::test]
async fn what_was_given_up_is_delivered_when_the_host_says_so() {
    let receiver = Receiver::start().await;
    receiver.answers(Reply::Status(400));
    let system = open().start().await;
    let webhook = told_of_messages(&system, &receiver).await;
    let [alice] = system.dialog().offline().between(["alice"]).await;
    let sent = alice.send("refused").await;
    let letter = eventually("the event to be given up", PATIENCE * 2, async || {
        webhook.dead_letters().await.pop()
    })
    .await;
    assert_eq!(
        (letter.event.as_str(), letter.status, letter.dialog_id),
        ("message.new", Some(400), alice.dialog())
    );
    receiver.answers(Reply::Status(200));
    let which = json!({ "log_seqs": [letter.log_seq] });
    assert_eq!(webhook.retry_dead_letters(&which).await, 1);
    let taken = receiver.takes(1).await;
    assert_eq!(taken[0].json()["payload"]["message"]["id"], json!(sent.id));
    webhook.caught_up().await;
    assert_eq!(webhook.dead_letters().await, []);
    assert_eq!(webhook.retry_dead_letters(&json!({ "all": true })).await, 0);
}
