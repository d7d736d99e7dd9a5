//! Postgres dies or is away: sending and receiving go on.

use std::time::Duration;

use http::Method;
use mtchat_tests::{System, Traffic};
use tokio::time::Instant;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_or_doubled_when_postgres_is_killed() {
    let mut system = System::with().edges(2).workers(2).start().await;
    let dialogs = Traffic::dialogs(&system, 4, 3).await;
    let mut traffic = Traffic::over(&dialogs, 200);
    for _ in 0..2 {
        traffic.goes_on(300).await;
        system.postgres().kill().await;
        traffic.goes_on(100).await;
        system.postgres().restart().await.unwrap();
    }
    traffic.goes_on(200).await;
    traffic.arrives_exactly_once(&system).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_postgres_is_stopped_for_thirty_seconds_messages_are_sent_and_seen() {
    let mut system = System::with().edges(2).start().await;
    let dialogs = Traffic::dialogs(&system, 2, 3).await;
    let [alice, bob] = system.dialog().on_edges([0, 1]).between(["alice", "bob"]).await;
    alice.send("before").await;
    bob.sees("before").await;
    let mut traffic = Traffic::over(&dialogs, 50);
    traffic.goes_on(50).await;
    system.postgres().stop().await;
    let stopped = Instant::now();
    for edge in system.edges() {
        let said = edge.says_ready(&["degraded"]).await;
        assert_eq!(said["code"], 200, "{said}");
    }
    let mut number = 0;
    while stopped.elapsed() < Duration::from_secs(30) {
        traffic.goes_on(50).await;
        let text = format!("meanwhile {number}");
        alice.send(&text).await;
        bob.sees(text.as_str()).await;
        let path = format!("/api/v1/dialogs/{}/messages", bob.dialog());
        let asked = Instant::now();
        let refused = bob.ask(Method::GET, &path, "").await;
        assert_eq!(refused.status.as_u16(), 503, "{refused}");
        assert!(refused.header("Retry-After").is_some());
        assert!(
            asked.elapsed() < Duration::from_secs(5),
            "the refusal took {:?}",
            asked.elapsed()
        );
        for edge in system.edges() {
            assert_eq!(edge.readiness().await.unwrap()["status"], "degraded");
        }
        number += 1;
    }
    system.postgres().restart().await.unwrap();
    for edge in system.edges() {
        edge.is_ready().await;
    }
    traffic.goes_on(50).await;
    traffic.arrives_exactly_once(&system).await;
    assert_eq!(bob.reads().await.len(), number + 1);
}

/// Everything that is needed to send stands in the log, so an edge may even start without a database.
#[tokio::test]
async fn an_edge_that_starts_without_postgres_takes_messages() {
    let mut system = System::with().edges(2).start().await;
    let [alice, bob] = system.dialog().between(["alice", "bob"]).await;
    alice.send("before").await;
    bob.sees("before").await;
    system.edge(1).stop().await;
    system.postgres().stop().await;
    system.edge(1).launch();
    system.edge(1).says_ready(&["degraded"]).await;
    alice.use_edge(1);
    alice.send("meanwhile").await;
    bob.sees("meanwhile").await;
}
