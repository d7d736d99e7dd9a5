//! One message id, many tries.

use futures_util::future::join_all;
use mtchat_protocol::{ErrorCode, MessageId, MessageView};
use mtchat_tests::System;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_id_sent_fifty_times_at_once_is_one_message_and_fifty_equal_answers() {
    let system = System::with().edges(2).start().await;
    let [alice, bob] = system.dialog().between(["alice", "bob"]).await;
    let id = MessageId::fresh();
    let elsewhere = alice.at_edge(1);
    let tries = (0..50).map(|number| {
        let user = if number % 2 == 0 { &alice } else { &elsewhere };
        user.try_send(id, "once")
    });
    let answers: Vec<MessageView> = join_all(tries)
        .await
        .into_iter()
        .map(|answer| answer.unwrap().data())
        .collect();
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    alice.send("marker").await;
    bob.sees(["once", "marker"]).await;
    assert_eq!(bob.reads().await, ["once", "marker"]);
}

#[tokio::test]
async fn the_same_id_with_other_content_is_a_conflict() {
    let system = System::with().edges(2).start().await;
    let [alice, bob] = system.dialog().between(["alice", "bob"]).await;
    let sent = alice.send("this").await;
    for user in [&alice, &alice.at_edge(1)] {
        let refused = user.try_send(sent.id, "that").await.unwrap();
        assert_eq!(refused.code(), ErrorCode::Conflict);
        assert_eq!(refused.status.as_u16(), 409);
    }
    let stolen = bob.try_send(sent.id, "this").await.unwrap();
    assert_eq!(stolen.code(), ErrorCode::Conflict, "the id is another author's");
    let repeated: MessageView = alice.try_send(sent.id, "this").await.unwrap().data();
    assert_eq!(repeated, sent);
    assert_eq!(bob.reads().await, ["this"]);
}
