//! Coming back after a while away.

use std::time::Duration;

use mtchat_tests::{SeenMessage, System, Traffic};
use tokio::time::{Instant, interval};

fn texts(range: std::ops::Range<usize>) -> Vec<String> {
    range.map(|number| format!("message {number}")).collect()
}

#[tokio::test]
async fn a_reconnecting_reader_misses_nothing() {
    let system = System::start().await;
    let [alice, bob] = system.dialog().between(["alice", "bob"]).await;
    alice.send("one").await;
    bob.sees("one").await;
    bob.drop_connection().await;
    alice.send("two").await;
    alice.send("three").await;
    bob.reconnect().await;
    bob.sees(["two", "three"]).await;
    assert_eq!(bob.device().journal().recovered, Some(true));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_was_away_for_a_minute_under_traffic_gets_every_frame_in_order_at_any_edge() {
    let system = System::with().edges(2).start().await;
    let [alice, bob] = system.dialog().between(["alice", "bob"]).await;
    let others = Traffic::dialogs(&system, 3, 3).await;
    let noise = Traffic::over(&others, 100);
    bob.drop_connection().await;
    let away_since = Instant::now();
    let mut pace = interval(Duration::from_millis(50));
    let mut missed = Vec::new();
    while away_since.elapsed() < Duration::from_secs(60) {
        pace.tick().await;
        let text = format!("message {}", missed.len());
        alice.send_accepted(&text).await;
        missed.push(text);
    }
    bob.use_edge(1);
    bob.reconnect().await;
    alice.send("now").await;
    bob.sees(missed).await;
    bob.sees("now").await;
    let journal = bob.device().journal();
    assert_eq!(journal.recovered, Some(true));
    assert_eq!(journal.reloads, 0);
    drop(journal);
    noise.arrives_exactly_once(&system).await;
}

#[tokio::test]
async fn an_edge_that_starts_while_the_broker_is_slow_knows_what_was_said_before_it() {
    let system = System::with().edges(2).bad_network().start().await;
    let [alice, bob] = system.dialog().between(["alice", "bob"]).await;
    alice.send("seen").await;
    bob.sees("seen").await;
    bob.drop_connection().await;
    alice.send("missed").await;
    system.edge(1).stop().await;
    system.network().delay_answers(Duration::from_millis(400));
    system.edge(1).restart().await;
    system.network().delay_answers(Duration::ZERO);
    bob.use_edge(1);
    bob.reconnect().await;
    bob.sees("missed").await;
    let journal = bob.device().journal();
    assert_eq!((journal.recovered, journal.reloads), (Some(true), 0));
}

#[tokio::test]
async fn a_client_that_was_away_longer_than_the_ring_reloads_and_misses_nothing() {
    let system = System::with()
        .edge_configuration("[gateway]\nring_bytes = 20000\n")
        .start()
        .await;
    let [alice, bob] = system.dialog().between(["alice", "bob"]).await;
    alice.send("seen").await;
    bob.sees("seen").await;
    bob.drop_connection().await;
    let missed = texts(0..300);
    for text in &missed {
        alice.send_accepted(text).await;
    }
    bob.reconnect().await;
    let lost_place = {
        let journal = bob.device().journal();
        (journal.recovered, journal.reloads)
    };
    assert_eq!(lost_place, (Some(false), 1));
    alice.send("now").await;
    bob.sees(missed).await;
    bob.sees("now").await;
    assert!(
        bob.device()
            .messages()
            .iter()
            .any(|message: &SeenMessage| message.reloaded)
    );
}

#[tokio::test]
async fn a_place_from_another_life_of_the_log_is_not_resumed() {
    let system = System::start().await;
    let [alice, bob] = system.dialog().between(["alice", "bob"]).await;
    alice.send("one").await;
    bob.sees("one").await;
    for query in ["&epoch=nonsense&pos=1", "&epoch=9-9&pos=999999"] {
        let query = format!("?token={}{query}", bob.token());
        let mut socket = mtchat_tests::Socket::open(system.edge(0).port(), &query)
            .await
            .unwrap();
        let hello = socket.hears().await;
        assert_eq!(
            (&hello["type"], &hello["recovered"]),
            (&"connected".into(), &false.into()),
            "{query}"
        );
    }
}

#[tokio::test]
async fn an_open_socket_can_ask_for_what_it_missed() {
    let system = System::start().await;
    let [alice, bob] = system.dialog().between(["alice", "bob"]).await;
    let place = bob.device().journal().place.clone().unwrap();
    alice.send("one").await;
    alice.send("two").await;
    bob.sees(["one", "two"]).await;
    let query = format!("?token={}", bob.token());
    let mut socket = mtchat_tests::Socket::open(system.edge(0).port(), &query)
        .await
        .unwrap();
    assert_eq!(socket.hears().await["type"], "connected");
    let ask = serde_json::json!({ "type": "resume", "epoch": place.0, "pos": place.1 });
    socket.say(&ask.to_string()).await;
    let resumed = socket.hears().await;
    assert_eq!(
        (&resumed["type"], &resumed["recovered"]),
        (&"resumed".into(), &true.into())
    );
    assert_eq!(socket.hears().await["content"], "one");
    assert_eq!(socket.hears().await["content"], "two");
}
