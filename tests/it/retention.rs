//! The log forgets what is old and stored. Nobody notices.

use std::time::Duration;

use mtchat_nats::{Broker, BrokerOptions, first_since, log_state};
use mtchat_protocol::{ShardId, Timestamp};
use mtchat_tests::{PATIENCE, System, User, eventually};

/// Until the log begins after this place.
async fn forgets(system: &System, log_seq: u64) {
    let broker = system.broker().await;
    let gone = async || {
        let state = log_state(&broker, ShardId(0)).await.ok()?;
        (state.first_seq > log_seq).then_some(())
    };
    eventually("the log forgets", Duration::from_secs(60), gone).await;
}

async fn end(system: &System) -> u64 {
    let broker = system.broker().await;
    log_state(&broker, ShardId(0)).await.unwrap().last_seq
}

async fn says(user: &User, texts: &[&str]) {
    for text in texts {
        user.send(text).await;
    }
}

#[tokio::test]
async fn what_is_young_is_found_however_slow_the_broker_is() {
    let system = System::with().bad_network().start().await;
    let began = Timestamp::now();
    let [alice, _bob] = system.dialog().offline().between(["alice", "bob"]).await;
    says(&alice, &["one", "two"]).await;
    let options = BrokerOptions {
        url: format!("nats://127.0.0.1:{}", system.network().port()),
        name: "slow".to_owned(),
        connect_timeout: Duration::from_secs(10),
    };
    let broker = Broker::connect(&options).await.unwrap();
    let shard = ShardId(0);
    let first = first_since(&broker, shard, began).await.unwrap();
    assert!(first.is_some());
    // A question is answered in time, and what was asked for comes later than any question may take.
    system.network().delay_answers(Duration::from_millis(1_500));
    assert_eq!(first_since(&broker, shard, began).await.unwrap(), first);
    let nothing = first_since(&broker, shard, Timestamp::now()).await.unwrap();
    assert_eq!(nothing, None);
}

#[tokio::test]
async fn what_the_log_has_forgotten_goes_on_as_if_it_had_not() {
    let system = System::with()
        .edges(2)
        .variable("LOG_KEEP_SECS", "1")
        .start()
        .await;
    let [alice, bob] = system.dialog().on_edges([0, 1]).between(["alice", "bob"]).await;
    let quiet = system.dialog().offline().between(["carol", "dave"]).await;
    says(&quiet[0], &["one", "two"]).await;
    says(&alice, &["a", "b", "c"]).await;
    bob.sees(["a", "b", "c"]).await;
    // Everything but what the readers stand on, which something newer lets go.
    let before = end(&system).await;
    alice.send("d").await;
    forgets(&system, before - 1).await;

    // An edge that knows nothing of the quiet dialog finds it in the database, and its numbers go on.
    system.edge(1).kill().await;
    system.edge(1).restart().await;
    let there = quiet[1].at_edge(1);
    let next = there.send("three").await;
    assert_eq!(quiet[0].reads().await, ["one", "two", "three"]);
    let history = quiet[0].history().await;
    let seqs: Vec<u64> = history.iter().map(|message| message.seq).collect();
    assert_eq!(seqs, [next.seq - 2, next.seq - 1, next.seq]);
    quiet[0].edit(history[0].id, "one, edited").await;

    // Whoever was away loads what was said.
    bob.reconnect().await;
    alice.send("e").await;
    bob.sees(["d", "e"]).await;
    assert_eq!(bob.reads().await, ["a", "b", "c", "d", "e"]);

    // A worker that begins again finds its place, and no new life of the log.
    system.worker(0).kill().await;
    alice.send_accepted("f").await;
    system.worker(0).restart().await;
    system.database().await.has_everything(&system).await;
    assert_eq!(alice.reads().await, ["a", "b", "c", "d", "e", "f"]);
    let epochs = system.worker(0).metric("mtchat_projector_epochs_total").await;
    assert!(epochs.abs() < f64::EPSILON, "{epochs} new epochs");
}

#[tokio::test]
async fn what_is_not_stored_is_not_forgotten() {
    let mut system = System::with().variable("LOG_KEEP_SECS", "1").start().await;
    let [alice, bob] = system.dialog().between(["alice", "bob"]).await;
    alice.send("stored").await;
    let stored = end(&system).await;
    system.postgres().stop().await;
    for text in ["x", "y", "z"] {
        alice.send_accepted(text).await;
    }
    bob.sees(["stored", "x", "y", "z"]).await;
    let broker = system.broker().await;
    // The sweeper looks every second, and finds that it can not know.
    let failures =
        async || (system.worker(0).metric("mtchat_log_look_failures_total").await >= 1.0).then_some(());
    eventually("looks that failed", PATIENCE, failures).await;
    let state = log_state(&broker, ShardId(0)).await.unwrap();
    assert!(
        state.first_seq <= stored,
        "the log begins at {}, {stored} was stored",
        state.first_seq
    );
    system.postgres().restart().await.expect("Postgres starts");
    system.database().await.has_everything(&system).await;
    assert_eq!(alice.reads().await, ["stored", "x", "y", "z"]);
}
