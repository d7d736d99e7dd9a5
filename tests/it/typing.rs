//! Who is typing: told to the other members of the dialog, and never stored.

use mtchat_protocol::ServerFrame;
use mtchat_tests::{Journal, System, User};
use serde_json::json;

/// Who is typing, as the device was told.
fn typists(journal: &Journal) -> Vec<String> {
    let frames = journal.frames.iter();
    frames
        .filter_map(|seen| match &seen.frame {
            ServerFrame::Typing { user_id, .. } => Some(user_id.as_str().to_owned()),
            _ => None,
        })
        .collect()
}

async fn types(user: &User) {
    let frame = json!({"type": "typing", "dialog_id": user.dialog()});
    user.device().say(&frame.to_string()).await;
}

#[tokio::test]
async fn the_other_members_hear_of_it_on_every_edge_and_nothing_is_stored() {
    let system = System::with().edges(2).start().await;
    let [alice, bob] = system.dialog().on_edges([0, 1]).between(["alice", "bob"]).await;
    let alices_other = alice.another_device(1).await;
    let bobs_other = bob.another_device(0).await;
    let before = alice.send("before").await;

    types(&alice).await;
    types(&alice).await;
    for device in [bob.device(), &bobs_other] {
        device
            .until("alice typing", |journal| !typists(journal).is_empty())
            .await;
    }

    let after = alice.send("after").await;
    bob.sees(["before", "after"]).await;
    alices_other
        .sees(&["before".to_owned(), "after".to_owned()])
        .await;
    assert_eq!(after.seq, before.seq + 1, "typing took a number in the log");
    assert_eq!(bob.reads().await, ["before", "after"]);
    assert_eq!(typists(&bob.device().journal()), ["alice"]);
    for device in [alice.device(), &alices_other] {
        assert_eq!(typists(&device.journal()), Vec::<String>::new());
    }
}

#[tokio::test]
async fn a_stranger_who_types_is_not_heard() {
    let system = System::start().await;
    let [alice, bob] = system.dialog().between(["alice", "bob"]).await;
    let [mallory] = system.dialog().between(["mallory"]).await;
    let frame = json!({"type": "typing", "dialog_id": alice.dialog()});
    mallory.device().say(&frame.to_string()).await;
    types(&alice).await;
    bob.device()
        .until("alice typing", |journal| !typists(journal).is_empty())
        .await;
    assert_eq!(typists(&bob.device().journal()), ["alice"]);
    assert_eq!(typists(&alice.device().journal()), Vec::<String>::new());
    mallory.hears_nothing_else().await;
}
