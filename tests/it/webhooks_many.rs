//! Many endpoints: each is told by itself, and what befalls one is no matter for the others.

use futures_util::future::join_all;
use http::Method;
use mtchat_protocol::{DialogView, Timestamp};
use mtchat_tests::{
    Delivery, HostApp, HostWebhook, PATIENCE, Receiver, Reply, System, SystemBuilder, User, eventually,
};
use serde_json::{Value, json};

use crate::webhooks::{by_dialog, repeats_are_the_same_and_order_holds};

/// A system that may tell endpoints on this machine, and has none configured.
fn open() -> SystemBuilder {
    System::with().variable("WEBHOOK_ALLOW_PRIVATE", "true")
}

fn messages() -> Value {
    json!({ "events": ["message.new"] })
}

async fn alone(system: &System) -> User {
    let [alice] = system.dialog().offline().between(["alice"]).await;
    alice
}

fn is_told_all(taken: &[Delivery], users: &[User], texts: &[&str]) {
    let contents = by_dialog(taken);
    for user in users {
        assert_eq!(contents[&user.dialog().to_string()], texts, "{contents:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn eight_are_told_everything_while_one_never_answers_and_one_fails() {
    let system = open().start().await;
    let admin = system.admin(0);
    let receivers: Vec<Receiver> = join_all((0..10).map(|_| Receiver::start())).await;
    let mut endpoints = Vec::new();
    for receiver in &receivers {
        endpoints.push(HostWebhook::create(&admin, receiver, &messages()).await);
    }
    let (bad, good) = receivers.split_at(2);
    bad[0].answers(Reply::Never);
    bad[1].answers(Reply::Status(500));
    let users = [alone(&system).await, alone(&system).await, alone(&system).await];
    let texts = ["one", "two", "three", "four"];
    for text in texts {
        for user in &users {
            user.send(text).await;
        }
    }
    let everything = texts.len() * users.len();
    let now = Timestamp::now().micros() / 1_000_000;
    for (receiver, endpoint) in good.iter().zip(&endpoints[2..]) {
        let taken = receiver.takes(everything).await;
        is_told_all(&taken, &users, &texts);
        let genuine = |delivery: &Delivery| delivery.is_standard(&endpoint.secret, now);
        assert!(taken.iter().all(genuine), "{endpoint:?}");
        repeats_are_the_same_and_order_holds(&receiver.deliveries());
    }
    assert!(bad.iter().all(|receiver| !receiver.deliveries().is_empty()));
    // And whoever was unwell gets it all later.
    bad[1].answers(Reply::Status(200));
    is_told_all(&bad[1].takes(everything).await, &users, &texts);
    repeats_are_the_same_and_order_holds(&bad[1].deliveries());
}

#[tokio::test]
async fn whoever_takes_nothing_for_too_long_is_switched_off_and_the_others_are_told() {
    let system = open().variable("WEBHOOK_DISABLE_AFTER_SECS", "2").start().await;
    let admin = system.admin(0);
    let (failing, well, other) = (
        Receiver::start().await,
        Receiver::start().await,
        Receiver::start().await,
    );
    let dead = HostWebhook::create(&admin, &failing, &messages()).await;
    HostWebhook::create(&admin, &well, &json!({})).await;
    HostWebhook::create(&admin, &other, &messages()).await;
    failing.answers(Reply::Status(500));
    let alice = alone(&system).await;
    alice.send("one").await;
    let note = well
        .until("the others to be told", |deliveries| {
            let mut taken = deliveries.iter().filter(|delivery| delivery.was_taken());
            taken
                .find(|delivery| delivery.event() == "webhook.disabled")
                .cloned()
        })
        .await
        .json();
    assert_eq!(note["type"], "webhook_disabled");
    assert_eq!(note["payload"]["endpoint"], json!(dead.id));
    assert_eq!(note["payload"]["url_host"], "127.0.0.1");
    assert_eq!(note["payload"]["reason"], "nothing was taken for 2 s");
    assert!(note["payload"]["since"].is_string(), "{note}");
    let database = system.database().await;
    let why = database.endpoint_disabled().await;
    assert_eq!(why.as_deref(), Some("nothing was taken for 2 s"));

    // It is asked no more, and the others are told as before.
    let before = failing.deliveries().len();
    alice.send("two").await;
    let told = other.takes(2).await;
    is_told_all(&told, &[alice], &["one", "two"]);
    assert_eq!(failing.deliveries().len(), before);
    assert!(
        told.iter().all(|delivery| delivery.event() == "message.new"),
        "it has not asked for more: {told:?}"
    );
}

#[tokio::test]
async fn an_endpoint_is_told_of_its_types_of_object_and_in_its_shape() {
    let system = open().start().await;
    let receiver = Receiver::start().await;
    let wishes = json!({ "events": ["message.new"], "object_types": ["offer"], "with_data": false });
    HostWebhook::create(&system.admin(0), &receiver, &wishes).await;
    let order = alone(&system).await;
    let builder = system.dialog().offline().with("object_type", json!("offer"));
    let [offer] = builder.between(["alice"]).await;
    order.send("of an order").await;
    offer.send("of an offer").await;
    let taken = receiver.takes(1).await;
    is_told_all(&taken, &[offer], &["of an offer"]);
    let body = taken[0].json();
    assert!(
        body.get("data").is_none() && body.get("replayed").is_none(),
        "{body}"
    );
    // What is not wanted was passed by, not put aside.
    let database = system.database().await;
    database.has_everything(&system).await;
    eventually("the endpoint to be past everything", PATIENCE, async || {
        let stands = database.endpoint_position().await?;
        (stands == database.position().await).then_some(())
    })
    .await;
    assert_eq!(receiver.deliveries().len(), 1);
}

async fn says(app: &HostApp, canary: &str) {
    let people = [json!({ "user_id": "alice", "display_name": canary })];
    let dialog = json!({ "object_type": "order", "object_id": "1", "title": canary, "participants": people });
    let dialog: DialogView = app.manage(Method::POST, "/dialogs", &dialog).await.data();
    let path = format!("/api/v1/dialogs/{}/messages", dialog.id);
    let said = app
        .ask(Method::POST, &path, "alice", &json!({ "content": canary }))
        .await;
    said.expect(200);
}

#[tokio::test]
async fn the_endpoints_of_two_apps_never_hear_of_each_other() {
    let system = open().start().await;
    let mut told = Vec::new();
    for (app, canary) in [("acme", "canary4e1a"), ("umbrella", "canary9b7c")] {
        let app = HostApp::create(&system, app).await;
        let receiver = Receiver::start().await;
        HostWebhook::create_for(&app, &receiver, &json!({})).await;
        told.push((app, receiver, canary));
    }
    for (app, _, canary) in &told {
        says(app, canary).await;
    }
    let is_own = |canary: &'static str| {
        move |deliveries: &[Delivery]| {
            let mut taken = deliveries.iter().filter(|delivery| delivery.was_taken());
            taken.find(|delivery| delivery.content() == canary).map(|_| ())
        }
    };
    for &(_, ref receiver, canary) in &told {
        receiver.until("what the own app said", is_own(canary)).await;
    }
    for (_, receiver, own) in &told {
        for delivery in receiver.deliveries() {
            let body = String::from_utf8_lossy(&delivery.body).into_owned();
            let others = told.iter().filter(|(_, _, canary)| canary != own);
            assert!(
                others.clone().all(|(_, _, canary)| !body.contains(canary)),
                "{body}"
            );
        }
    }
}
