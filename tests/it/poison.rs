//! Something in the log that is no fact.

use async_nats::jetstream;
use mtchat_protocol::DialogId;
use mtchat_tests::{PATIENCE, System, eventually};

#[tokio::test]
async fn what_can_not_be_read_goes_to_the_dead_letters_and_the_log_goes_on() {
    let system = System::start().await;
    let [alice, bob] = system.dialog().between(["alice", "bob"]).await;
    alice.send("before").await;

    let jetstream = jetstream::new(async_nats::connect(system.nats_url()).await.unwrap());
    let poison = DialogId::fresh();
    let app_subject = |kind: &str| format!("mtchat.log.0.default.{poison}.e.{kind}");
    let unlikely = [
        "not json",
        "{}",
        "",
        r#"{"v":99}"#,
        "\u{0}\u{1}",
        r#"{"v":1,"id":7}"#,
    ];
    for payload in unlikely {
        let sent = jetstream
            .publish(app_subject("message_created"), payload.into())
            .await
            .unwrap();
        sent.await.unwrap();
    }
    // Not the subject of a fact: nobody's business, and no letter either.
    let foreign = jetstream
        .publish("mtchat.log.0.no.such.subject", "?".into())
        .await
        .unwrap();
    foreign.await.unwrap();

    alice.send("after").await;
    bob.sees(["before", "after"]).await;
    let database = system.database().await;
    eventually("the dead letters", PATIENCE, async || {
        (database.dead_letters().await == unlikely.len() as i64).then_some(())
    })
    .await;
    assert_eq!(bob.reads().await, ["before", "after"]);
}

#[tokio::test]
async fn a_fact_that_the_database_can_not_take_stops_nobody_else() {
    let system = System::start().await;
    let [alice, bob] = system.dialog().between(["alice", "bob"]).await;
    alice.send("before").await;
    let jetstream = jetstream::new(async_nats::connect(system.nats_url()).await.unwrap());
    // A head beyond what the database's numbers can hold.
    let dialog = DialogId::fresh();
    let fact = serde_json::json!({
        "v": 1, "id": DialogId::fresh(), "app": "default", "dialog": dialog, "seq": u64::MAX, "kind": "message_created",
        "at": "2026-01-01T00:00:00Z", "actor": { "type": "user", "id": "alice" },
        "head": {
            "seq": u64::MAX, "count": u64::MAX, "object_type": "order", "object_id": "1", "members_rev": u64::MAX,
            "members": [{ "user_id": "alice", "display_name": "Alice" }],
        },
        "data": { "sender": { "user_id": "alice", "display_name": "Alice" }, "content": "?" },
    });
    let subject = format!("mtchat.log.0.default.{dialog}.e.message_created");
    jetstream
        .publish(subject, fact.to_string().into())
        .await
        .unwrap()
        .await
        .unwrap();
    alice.send("after").await;
    bob.sees(["before", "after"]).await;
    let database = system.database().await;
    eventually("the dead letter", PATIENCE, async || {
        (database.dead_letters().await == 1).then_some(())
    })
    .await;
    assert_eq!(bob.reads().await, ["before", "after"]);
}
