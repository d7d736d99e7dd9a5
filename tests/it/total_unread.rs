//! How much one has not read in all: one call, and one event for the sockets that ask for it. Devices ask when they connect.

use http::Method;
use mtchat_protocol::{ServerFrame, TotalUnreadView};
use mtchat_tests::{Device, Socket, System, User};
use serde_json::{Value, json};

async fn counted(user: &User) -> TotalUnreadView {
    user.ask(Method::GET, "/api/v1/unread", "")
        .await
        .expect(200)
        .data()
}

/// What a device was told last.
fn told(device: &Device) -> Option<TotalUnreadView> {
    let journal = device.journal();
    journal.frames.iter().rev().find_map(|seen| match seen.frame {
        ServerFrame::UnreadTotal(total) => Some(total),
        _ => None,
    })
}

/// The device is told this, and it is what the call answers.
async fn is_told(user: &User, device: &Device, unread_count: u64, dialogs: u64) {
    let expected = TotalUnreadView {
        unread_count,
        dialogs,
    };
    let what = format!("{unread_count} in {dialogs}");
    device
        .until(&what, |journal| {
            let told = journal.frames.iter().rev().find_map(|seen| match seen.frame {
                ServerFrame::UnreadTotal(total) => Some(total),
                _ => None,
            });
            told == Some(expected)
        })
        .await;
    assert_eq!(counted(user).await, expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_total_is_told_at_once_and_whenever_it_changes() {
    let system = System::with().edges(2).start().await;
    let [alice, bob] = system.dialog().on_edges([0, 1]).between(["alice", "bob"]).await;
    let [carol, _] = system.dialog().offline().between(["carol", "bob"]).await;
    let before = alice.send("before").await;
    is_told(&bob, bob.device(), 1, 1).await;
    carol.send("elsewhere").await;
    is_told(&bob, bob.device(), 2, 2).await;
    let gone = alice.send("gone soon").await;
    is_told(&bob, bob.device(), 3, 2).await;
    alice.delete(gone.id).await;
    is_told(&bob, bob.device(), 2, 2).await;

    // Read on a device at another edge.
    let other = bob.another_device(0).await;
    is_told(&bob, &other, 2, 2).await;
    let path = format!("/api/v1/dialogs/{}/read", alice.dialog());
    let body = json!({ "last_read_message_id": before.id }).to_string();
    bob.ask(Method::POST, &path, &body).await.expect(200);
    is_told(&bob, bob.device(), 1, 1).await;
    is_told(&bob, &other, 1, 1).await;
    // What is one's own is read.
    bob.send("mine").await;
    system.admin(0).remove(carol.dialog(), "bob").await;
    is_told(&bob, bob.device(), 0, 0).await;
    is_told(&bob, &other, 0, 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_does_not_ask_or_asks_no_longer_is_told_nothing() {
    let system = System::start().await;
    let [alice, bob] = system.dialog().between(["alice", "bob"]).await;
    let query = format!("?token={}", alice.token());
    let mut silent = Socket::open(system.edge(0).port(), &query).await.unwrap();
    assert_eq!(silent.hears().await["type"], "connected");
    is_told(&bob, bob.device(), 0, 0).await;
    let asking = bob.another_device(0).await;
    is_told(&bob, &asking, 0, 0).await;
    bob.device()
        .say(r#"{"type":"watch_unread","enabled":false}"#)
        .await;
    alice.send("one").await;
    is_told(&bob, &asking, 1, 1).await;
    assert_eq!(told(bob.device()).map(|told| told.unread_count), Some(0));
    // What alice's device is told by then, her socket that did not ask is not.
    let last = bob.send("two").await;
    is_told(&alice, alice.device(), 1, 1).await;
    silent.say(r#"{"type":"ping"}"#).await;
    let mut heard = Vec::new();
    while heard.last().is_none_or(|frame: &Value| frame["type"] != "pong") {
        heard.push(silent.hears().await);
    }
    assert!(heard.iter().any(|frame| frame["id"] == json!(last.id)));
    let told = heard.iter().find(|frame| frame["type"] == "unread.total");
    assert_eq!(told, None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_total_is_right_again_after_the_broker_and_the_database_were_away() {
    let mut system = System::start().await;
    let [alice, bob] = system.dialog().between(["alice", "bob"]).await;
    is_told(&bob, bob.device(), 0, 0).await;
    system.postgres().kill().await;
    alice.send_accepted("while it is away").await;
    system.postgres().restart().await.unwrap();
    is_told(&bob, bob.device(), 1, 1).await;
    system.nats().kill().await;
    system.nats().restart().await.unwrap();
    alice.send("after").await;
    is_told(&bob, bob.device(), 2, 1).await;
}
