//! The broker's acknowledgement gets lost on its way.

use mtchat_protocol::MessageId;
use mtchat_tests::{System, Traffic};

#[tokio::test]
async fn a_send_whose_ack_is_lost_succeeds_and_happens_once() {
    let system = System::with().bad_network().start().await;
    let [alice, bob] = system.dialog().between(["alice", "bob"]).await;
    alice.send("warm").await;
    system.network().swallow_acks(1);
    let id = MessageId::fresh();
    let sent = alice.send_as(id, "once").await;
    assert_eq!(system.network().swallowed(), 1);
    let again = alice.send_as(id, "once").await;
    assert_eq!(sent, again);
    bob.sees(["warm", "once"]).await;
    alice.send("marker").await;
    bob.sees("marker").await;
    assert_eq!(bob.reads().await, ["warm", "once", "marker"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_or_doubled_while_acks_are_lost_under_load() {
    let system = System::with().bad_network().edges(2).start().await;
    let dialogs = Traffic::dialogs(&system, 4, 3).await;
    let mut traffic = Traffic::over(&dialogs, 200);
    for _ in 0..3 {
        traffic.goes_on(100).await;
        system.network().swallow_acks(10);
    }
    traffic.goes_on(100).await;
    assert_eq!(system.network().swallowed(), 30);
    traffic.arrives_exactly_once(&system).await;
}
