//! The broker's acknowledgement gets lost on its way.

use mtchat_protocol::MessageId;
use mtchat_tests::{NewFile, System, Traffic};

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

#[tokio::test]
async fn a_message_whose_ack_is_lost_keeps_its_files() {
    let system = System::with().bad_network().files().start().await;
    let [alice, bob] = system.dialog().between(["alice", "bob"]).await;
    alice.send("warm").await;
    let file = NewFile::new("a.txt", "text/plain", "kept");
    for _ in 0..3 {
        let upload = alice.upload(&file).await;
        system.network().swallow_acks(1);
        let id = MessageId::fresh();
        alice
            .try_send_files(id, "once", std::slice::from_ref(&upload))
            .await
            .expect(200);
        // What a retry copies beside it may go, and nothing else.
        alice.try_send_files(id, "once", &[upload]).await.expect(200);
    }
    assert_eq!(system.network().swallowed(), 3);
    let history = bob.history().await;
    assert_eq!(history.len(), 4);
    for message in &history[1..] {
        let shown = bob
            .get(message.attachments[0].url.as_deref().unwrap())
            .await
            .expect(200);
        assert_eq!(&shown.body[..], b"kept");
    }
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
