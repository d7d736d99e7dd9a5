//! The broker dies, or the way to it breaks, under load.

use std::time::Duration;

use mtchat_protocol::MessageId;
use mtchat_tests::{PATIENCE, System, Traffic, eventually};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_or_doubled_when_the_broker_is_killed() {
    let mut system = System::with().edges(2).workers(2).start().await;
    let dialogs = Traffic::dialogs(&system, 4, 3).await;
    let mut traffic = Traffic::over(&dialogs, 200);
    for _ in 0..2 {
        traffic.goes_on(300).await;
        system.nats().kill().await;
        system.nats().restart().await.unwrap();
    }
    traffic.goes_on(300).await;
    for edge in system.edges() {
        edge.is_ready().await;
    }
    traffic.arrives_exactly_once(&system).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_broker_sends_are_retryable_and_the_edge_says_that_it_is_not_ready() {
    let mut system = System::start().await;
    let [alice, bob] = system.dialog().between(["alice", "bob"]).await;
    alice.send("before").await;
    system.nats().kill().await;
    let said = system.edge(0).says_ready(&["not_ready"]).await;
    assert_eq!(said["code"], 503);
    let id = MessageId::fresh();
    let refused = alice.try_send(id, "meanwhile").await.unwrap();
    assert_eq!(refused.status.as_u16(), 503, "{refused}");
    assert!(refused.header("Retry-After").is_some());
    assert_eq!(bob.reads().await, ["before"], "reads go on from the database");

    system.nats().restart().await.unwrap();
    system.edge(0).is_ready().await;
    alice.send_as(id, "meanwhile").await;
    bob.sees(["before", "meanwhile"]).await;
    assert_eq!(bob.reads().await, ["before", "meanwhile"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_or_doubled_when_the_way_to_the_broker_freezes_and_breaks() {
    let system = System::with().bad_network().start().await;
    let dialogs = Traffic::dialogs(&system, 4, 3).await;
    let mut traffic = Traffic::over(&dialogs, 200);
    traffic.goes_on(200).await;
    system.network().cut();
    eventually("the edge to notice", PATIENCE, async || {
        (system.edge(0).readiness().await?["status"] == "not_ready").then_some(())
    })
    .await;
    system.network().mend();
    traffic.goes_on(200).await;
    system.network().freeze();
    eventually("the edge to notice", PATIENCE, async || {
        (system.edge(0).readiness().await?["status"] == "not_ready").then_some(())
    })
    .await;
    system.network().mend();
    traffic.goes_on(200).await;
    system.network().delay_answers(Duration::from_millis(50));
    traffic.goes_on(50).await;
    system.network().delay_answers(Duration::ZERO);
    traffic.arrives_exactly_once(&system).await;
}
