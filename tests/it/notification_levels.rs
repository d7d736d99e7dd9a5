//! Users say of which messages of a dialog they want to be told: of all, of those that are meant for them, of none.

use http::Method;
use mtchat_protocol::{
    DialogItemView, FactData, MessageId, MessageView, NotificationLevel, NotificationPending, ServerFrame,
};
use mtchat_tests::{PATIENCE, Receiver, System, User, eventually, read_all};
use serde_json::{Value, json};

use crate::{
    notifications::{DELAY, pending, post},
    webhooks::{started, telling},
};

async fn wants(user: &User, level: &str) {
    post(
        user,
        "notifications",
        &json!({ "enabled": true, "notification_level": level }),
    )
    .await;
}

async fn answers(user: &User, message: MessageId) -> MessageView {
    let path = format!("/api/v1/dialogs/{}/messages", user.dialog());
    let body = json!({ "content": "an answer", "reply_to": message }).to_string();
    user.ask(Method::POST, &path, &body).await.expect(200).data()
}

fn mention(user: &User) -> String {
    let id = user.id();
    format!(
        r#"<span data-type="mention" data-id="{id}" data-label="{id}" class="mtchat-mention">@{id}</span>"#
    )
}

/// Who is told since the first so many notices, which message is shown, and whether they are mentioned or answered.
async fn told_since(system: &System, user: &User, before: usize) -> Vec<(String, MessageId, bool, bool)> {
    let all = pending(system, user.dialog()).await;
    let read = |pending: &NotificationPending| {
        (
            pending.user.as_str().to_owned(),
            pending.message.id,
            pending.mentioned,
            pending.replied,
        )
    };
    let mut told: Vec<_> = all[before..].iter().map(read).collect();
    told.sort_unstable();
    told
}

fn named(name: &str, shown: MessageId, mentioned: bool, replied: bool) -> (String, MessageId, bool, bool) {
    (name.to_owned(), shown, mentioned, replied)
}

#[tokio::test]
async fn each_is_told_of_what_they_want_to_be_told_of() {
    let system = System::with().variable(DELAY, "1").start().await;
    let names = ["alice", "bob", "carol", "dan"];
    let [alice, _bob, carol, dan] = system.dialog().offline().between(names).await;
    wants(&carol, "mentions").await;
    wants(&dan, "none").await;
    let question = carol.send("a question").await;
    let mut before = told_since(&system, &alice, 0).await.len();
    assert_eq!(before, 2, "alice and bob");

    let one = alice.send("to nobody in particular").await;
    let told = told_since(&system, &alice, before).await;
    assert_eq!(told, [named("bob", one.id, false, false)]);
    before += told.len();

    let two = alice.send(&(mention(&carol) + &mention(&dan))).await;
    let told = told_since(&system, &alice, before).await;
    let expected = [
        named("bob", two.id, false, false),
        named("carol", two.id, true, false),
    ];
    assert_eq!(told, expected);
    before += told.len();

    let three = answers(&alice, question.id).await;
    let told = told_since(&system, &alice, before).await;
    let expected = [
        named("bob", three.id, false, false),
        named("carol", three.id, false, true),
    ];
    assert_eq!(told, expected);
    before += told.len();

    // A client that knows no levels says the same as ever.
    post(&carol, "notifications", &json!({ "enabled": true })).await;
    let four = alice.send("to nobody in particular").await;
    let told = told_since(&system, &alice, before).await;
    let expected = [
        named("bob", four.id, false, false),
        named("carol", four.id, false, false),
    ];
    assert_eq!(told, expected);
}

#[tokio::test]
async fn a_mention_that_is_edited_away_in_time_does_not_count() {
    let system = System::with().variable(DELAY, "3").start().await;
    let [alice, bob, carol] = system.dialog().offline().between(["alice", "bob", "carol"]).await;
    wants(&bob, "mentions").await;
    wants(&carol, "mentions").await;
    let message = alice.send(&mention(&bob)).await;
    alice.edit(message.id, &mention(&carol)).await;
    let told = told_since(&system, &alice, 0).await;
    assert_eq!(told, [named("carol", message.id, true, false)]);
}

#[tokio::test]
async fn devices_follow_the_level_and_lists_show_it() {
    let system = System::start().await;
    let [alice, bob] = system.dialog().between(["alice", "bob"]).await;
    wants(&bob, "mentions").await;
    bob.device()
        .until("the level", |journal| {
            journal.frames.iter().any(|seen| {
                matches!(
                    seen.frame,
                    ServerFrame::DialogNotifications {
                        enabled: true,
                        notification_level: Some(NotificationLevel::Mentions),
                        ..
                    }
                )
            })
        })
        .await;
    let path = format!("/api/v1/dialogs/{}", bob.dialog());
    let item: DialogItemView = bob.ask(Method::GET, &path, "").await.expect(200).data();
    assert_eq!(
        (item.notifications_enabled, item.notification_level),
        (Some(true), Some(NotificationLevel::Mentions))
    );
    let path = format!("{path}/participants");
    let people: Vec<Value> = alice.ask(Method::GET, &path, "").await.expect(200).data();
    let levels: Vec<&Value> = people.iter().map(|one| &one["notification_level"]).collect();
    assert_eq!(levels, [&json!("all"), &json!("mentions")]);

    let path = format!("/api/v1/dialogs/{}/notifications", bob.dialog());
    for body in [
        json!({ "enabled": true, "notification_level": "some" }),
        json!({ "notification_level": "all" }),
    ] {
        bob.ask(Method::POST, &path, &body.to_string()).await.expect(422);
    }
    let body = json!({ "enabled": true, "notification_level": 1 }).to_string();
    bob.ask(Method::POST, &path, &body).await.expect(400);
    for (level, status) in [("none", "disabled"), ("mentions", "enabled"), ("all", "enabled")] {
        let body = json!({ "enabled": true, "notification_level": level }).to_string();
        let answer: Value = bob.ask(Method::POST, &path, &body).await.expect(200).json();
        assert_eq!(answer, json!({ "status": status }), "{level}");
    }
    // Off is off, whatever else is said.
    let body = json!({ "enabled": false, "notification_level": "all" }).to_string();
    let answer: Value = bob.ask(Method::POST, &path, &body).await.expect(200).json();
    assert_eq!(answer, json!({ "status": "disabled" }));
}

/// A71: whoever mentions everybody, and whoever is not there.
#[tokio::test]
async fn facts_say_whom_a_message_mentions_of_those_who_are_there() {
    let system = System::start().await;
    let [alice, bob] = system.dialog().offline().between(["alice", "bob"]).await;
    let crowd: String = (0..100)
        .map(|number| format!(r#"<span data-mention="stranger-{number}">@all</span>"#))
        .collect();
    let texts = [
        mention(&bob),
        format!(
            r#"{}<span data-mention="stranger">@Stranger</span>"#,
            mention(&alice)
        ),
        crowd + &mention(&bob),
    ];
    for text in &texts {
        alice.send(text).await;
    }
    let broker = system.broker().await;
    let end = mtchat_nats::log_state(&broker, mtchat_protocol::ShardId(0)).await;
    let facts = read_all(&broker, end.unwrap().last_seq).await;
    let mentioned: Vec<Vec<String>> = facts
        .into_iter()
        .filter_map(|fact| match fact.data {
            FactData::MessageCreated(message) => Some(message.mentions),
            _ => None,
        })
        .map(|users| users.iter().map(|user| user.as_str().to_owned()).collect())
        .collect();
    assert_eq!(mentioned, [vec!["bob"], vec![], vec![]]);
}

#[tokio::test]
async fn endpoints_are_told_whom_a_message_mentions() {
    let receiver = Receiver::start().await;
    let builder = telling(&receiver).variable(DELAY, "1").variable(
        "WEBHOOK_EVENTS",
        "message.new,message.edited,notification.pending",
    );
    let system = started(builder).await;
    let [alice, bob] = system.dialog().offline().between(["alice", "bob"]).await;
    wants(&bob, "mentions").await;
    let sent = alice.send(&mention(&bob)).await;
    let taken = receiver.takes(2).await;
    let [new, pending] = [taken[0].json(), taken[1].json()];
    assert_eq!(new["payload"]["message"]["mentions"], json!(["bob"]));
    assert_eq!(pending["event"], "notification.pending");
    let payload = &pending["payload"];
    assert_eq!(
        [
            &payload["mentioned"],
            &payload["replied"],
            &payload["message"]["id"]
        ],
        [&json!(true), &json!(false), &json!(sent.id)]
    );
    alice.edit(sent.id, "nobody").await;
    let edited = async || {
        let all = receiver.deliveries();
        all.iter().find(|one| one.event() == "message.edited").cloned()
    };
    let edited = eventually("the edit", PATIENCE, edited).await;
    assert!(edited.json()["payload"]["message"].get("mentions").is_none());
}
