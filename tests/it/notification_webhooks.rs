//! What a host is told of messages that nobody read, at its endpoint.

use http::Method;
use mtchat_protocol::MessageId;
use mtchat_tests::{Delivery, PATIENCE, Receiver, System, User, eventually};
use serde_json::json;

use crate::webhooks::{SECRET, started, telling};

/// Whatever stands in the log at this moment is told or need not be.
async fn everything_is_told(system: &System) {
    let database = system.database().await;
    database.has_told_everything(system).await;
    database.has_everything(system).await;
    eventually("the endpoint to be told everything", PATIENCE, async || {
        (database.endpoint_position().await? >= database.position().await).then_some(())
    })
    .await;
}

async fn reads_to(user: &User, message: MessageId) {
    let path = format!("/api/v1/dialogs/{}/read", user.dialog());
    let body = json!({ "last_read_message_id": message }).to_string();
    user.ask(Method::POST, &path, &body).await.expect(200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_unread_messages_are_one_webhook_and_those_that_were_read_are_none() {
    let receiver = Receiver::start().await;
    let builder = telling(&receiver)
        .variable("WEBHOOK_EVENTS", "notification.pending")
        .variable("NOTIFICATION_DELAY_SECS", "5");
    let system = started(builder).await;
    let [alice, bob, carol] = system
        .dialog()
        .with("title", json!("Order 7"))
        .offline()
        .between(["alice", "bob", "carol"])
        .await;
    let [dan, erin] = system.dialog().offline().between(["dan", "erin"]).await;
    let first = alice.send_accepted("one of many").await;
    for _ in 0..98 {
        alice.send_accepted("one of many").await;
    }
    let last = alice.send_accepted("the last").await;
    reads_to(&carol, last.id).await;
    let read = dan.send("to be read").await;
    reads_to(&erin, read.id).await;

    receiver.takes(1).await;
    everything_is_told(&system).await;
    let deliveries = receiver.deliveries();
    let [told] = &deliveries[..] else {
        panic!("one is told of once: {deliveries:?}")
    };
    assert_eq!(told.event(), "notification.pending");
    assert_eq!(told.dialog(), alice.dialog().to_string());
    assert!(told.is_genuine(SECRET), "{told:?}");
    let body = told.json();
    let told = &body["payload"];
    assert_eq!(told["recipient_id"], bob.id());
    assert_eq!(told["chat_title"], "Order 7");
    assert_eq!(told["unread_count"], 100);
    assert_eq!(told["first_unread_message_id"], json!(first.id));
    assert_eq!(told["message"]["id"], json!(last.id));
    assert_eq!(told["message"]["content"], "the last");

    // The next quiet period is another notification, of all that is unread then.
    let more = alice.send("one more").await;
    reads_to(&carol, more.id).await;
    receiver.takes(2).await;
    everything_is_told(&system).await;
    let counts: Vec<u64> = receiver.deliveries().iter().map(unread).collect();
    assert_eq!(counts, [100, 101]);
}

fn unread(delivery: &Delivery) -> u64 {
    let body = delivery.json();
    body["payload"]["unread_count"].as_u64().expect("a number")
}
