//! A roll to the next version: for a while its edges write what this version has never heard of.

use async_nats::jetstream;
use mtchat_protocol::{DialogId, MessageId};
use mtchat_tests::{PATIENCE, System, eventually};
use serde_json::{Value, json};

/// The newest fact of a dialog, as it stands in the log.
async fn newest(jetstream: &jetstream::Context, dialog: DialogId) -> Value {
    let stream = jetstream.get_stream("MTCHAT_LOG_0").await.unwrap();
    let subject = format!("mtchat.log.0.default.{dialog}.e.*");
    let message = stream.get_last_raw_message_by_subject(&subject).await.unwrap();
    serde_json::from_slice(&message.payload).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_newer_edge_writes_is_kept_in_order_and_nobody_stumbles_over_it() {
    let system = System::with().edges(2).start().await;
    let [alice, bob] = system.dialog().on_edges([0, 1]).between(["alice", "bob"]).await;
    alice.send("before").await;
    let jetstream = jetstream::new(async_nats::connect(system.nats_url()).await.unwrap());

    // A kind of fact that is new.
    let mut unheard = newest(&jetstream, alice.dialog()).await;
    let seq = unheard["seq"].as_u64().unwrap() + 1;
    unheard["id"] = json!(MessageId::fresh());
    unheard["seq"] = json!(seq);
    unheard["kind"] = json!("poll_opened");
    unheard["head"]["seq"] = json!(seq);
    unheard["head"]["mood"] = json!({ "new": [1, 2] });
    unheard["data"] = json!({ "question": "tea?", "answers": ["yes", "no"] });
    unheard["region"] = json!("north");
    // And a known one with fields that are new.
    let mut richer = newest(&jetstream, alice.dialog()).await;
    richer["id"] = json!(MessageId::fresh());
    richer["seq"] = json!(seq + 1);
    richer["head"]["seq"] = json!(seq + 1);
    richer["head"]["count"] = json!(richer["head"]["count"].as_u64().unwrap() + 1);
    richer["data"]["content"] = json!("from a newer edge");
    richer["data"]["translations"] = json!({ "fr": "d’un serveur plus récent" });
    richer["actor"]["device"] = json!("a watch");
    for (kind, fact) in [("poll_opened", &unheard), ("message_created", &richer)] {
        let subject = format!("mtchat.log.0.default.{}.e.{kind}", alice.dialog());
        let sent = jetstream.publish(subject, fact.to_string().into()).await.unwrap();
        sent.await.unwrap();
    }

    bob.sees(["before", "from a newer edge"]).await;
    let after = alice.send("after").await;
    assert_eq!(after.seq, seq + 2, "numbers go on behind both");
    bob.sees("after").await;
    assert_eq!(bob.reads().await, ["before", "from a newer edge", "after"]);
    let database = system.database().await;
    database.has_everything(&system).await;
    assert_eq!(database.dead_letters().await, 0);
    // The same for who comes back, and whoever starts anew.
    system.edge(0).kill().await;
    system.edge(0).restart().await;
    system.worker(0).kill().await;
    system.worker(0).restart().await;
    alice.reconnect().await;
    let last = MessageId::fresh();
    eventually("a message through the new one", PATIENCE, async || {
        let answer = alice.try_send(last, "on we go").await.ok()?;
        answer.status.is_success().then_some(())
    })
    .await;
    bob.sees("on we go").await;
    assert_eq!(newest(&jetstream, alice.dialog()).await["id"], json!(last));
}
