//! The client core against the real server.

use http::Method;
use mtchat_client_core::{Client, Input, Intent, Row};
use mtchat_protocol::{DialogId, MessageView};
use mtchat_tests::{Bot, PATIENCE, System, eventually, show_the_same};
use serde_json::json;

/// A dialog of two who are not connected otherwise.
async fn dialog(system: &System, users: [&str; 2]) -> DialogId {
    let [user, _] = system.dialog().offline().between(users).await;
    user.dialog()
}

fn unread(client: &Client, dialog: DialogId) -> Option<u64> {
    let item = client
        .dialogs()
        .into_iter()
        .find(|item| item.dialog.id == dialog)?;
    item.unread_count
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_says_the_other_sees_and_reads() {
    let system = System::with().edges(2).start().await;
    let place = dialog(&system, ["alice", "bob"]).await;
    let (alice, bob) = (Bot::start(&system, 0, "alice"), Bot::start(&system, 1, "bob"));
    for bot in [&alice, &bob] {
        bot.wants(Intent::Open(place));
        bot.settles().await;
    }
    for number in 0..5 {
        alice.send(place, &format!("text {number}"));
    }
    bob.until("five messages", |client| unread(client, place) == Some(5))
        .await;
    alice.settles().await;
    let same = async || (bob.texts(place) == alice.texts(place)).then_some(());
    eventually("the same at both", PATIENCE, same).await;
    let rows = bob.look(|client| client.rows(place)).unwrap();
    let mut ids = rows.iter().filter_map(|row| match row {
        Row::Message(MessageView { id, .. }) => Some(*id),
        _ => None,
    });
    let message = ids.next_back().unwrap();
    bob.wants(Intent::Read {
        dialog: place,
        message,
    });
    bob.until("nothing unread", |client| unread(client, place) == Some(0))
        .await;
    bob.until("nothing unread in all", |client| {
        client.unread().is_some_and(|total| total.unread_count == 0)
    })
    .await;
    show_the_same(&bob, &Bot::start(&system, 0, "bob"), &[place]).await;
}

/// What a fresh client shows is what one shows that lived through all of it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_edge_that_dies_loses_and_doubles_nothing() {
    let system = System::start().await;
    let place = dialog(&system, ["alice", "bob"]).await;
    let (alice, bob) = (Bot::start(&system, 0, "alice"), Bot::start(&system, 0, "bob"));
    for bot in [&alice, &bob] {
        bot.wants(Intent::Open(place));
        bot.settles().await;
    }
    let expected: Vec<String> = (0..120).map(|number| format!("text {number}")).collect();
    for (number, text) in expected.iter().enumerate() {
        alice.send(place, text);
        if number == 40 {
            bob.until("some of it", |client| {
                unread(client, place).is_some_and(|unread| unread > 5)
            })
            .await;
            system.edge(0).kill().await;
            system.edge(0).restart().await;
        }
    }
    for bot in [&alice, &bob] {
        let arrived = async || {
            // Where the edge had forgotten what was missed, the newest page is loaded, and the others when they are asked for.
            bot.wants(Intent::Older(place));
            (bot.texts(place) == expected).then_some(())
        };
        eventually("everything, once and in order", PATIENCE, arrived).await;
    }
    bob.settles().await;
    assert_eq!(bob.look(|client| unread(client, place)), Some(120));
    alice.settles().await;
    assert!(alice.look(|client| client.outbox().is_empty()));
    for (bot, name) in [(&alice, "alice"), (&bob, "bob")] {
        let fresh = Bot::start(&system, 0, name);
        fresh.wants(Intent::Open(place));
        show_the_same(bot, &fresh, &[place]).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_was_offline_catches_up_with_everything_that_changed() {
    let system = System::start().await;
    let [alice, _] = system.dialog().offline().between(["alice", "bob"]).await;
    let place = alice.dialog();
    let bob = Bot::start(&system, 0, "bob");
    bob.wants(Intent::Open(place));
    let first = alice.send("first").await;
    bob.until("a message", |client| unread(client, place) == Some(1))
        .await;
    bob.tell(Input::Online(false));
    alice.edit(first.id, "first, edited").await;
    let second = alice.send("second").await;
    alice.send("third").await;
    let path = format!("/api/v1/dialogs/{place}/messages/{}", second.id);
    alice.ask(Method::DELETE, &path, "").await.expect(204);
    system
        .admin(0)
        .patch(place, &json!({ "title": "Another title" }))
        .await;
    let other = dialog(&system, ["alice", "bob"]).await;
    bob.tell(Input::Online(true));
    bob.until("both dialogs", |client| {
        unread(client, place) == Some(2) && unread(client, other) == Some(0)
    })
    .await;
    bob.settles().await;
    assert_eq!(bob.texts(place), ["first, edited", "third"]);
    let fresh = Bot::start(&system, 0, "bob");
    fresh.wants(Intent::Open(place));
    show_the_same(&bob, &fresh, &[place]).await;
    system.admin(0).remove(place, "bob").await;
    bob.until("the dialog to go", |client| unread(client, place).is_none())
        .await;
    show_the_same(&bob, &Bot::start(&system, 0, "bob"), &[]).await;
}

/// A link into the middle of a dialog is followed by a page that was only just opened, whatever becomes of its connection.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_jump_that_is_wanted_before_anything_is_loaded_arrives() {
    let system = System::start().await;
    let [alice, _] = system.dialog().offline().between(["alice", "bob"]).await;
    let first = alice.send("the first text").await;
    for number in 0..150 {
        alice.send(&format!("text {number}")).await;
    }
    let bob = Bot::start(&system, 0, "bob");
    let (dialog, message) = (alice.dialog(), first.id);
    bob.wants(Intent::Open(dialog));
    bob.wants(Intent::Jump { dialog, message });
    let arrives = |client: &Client| {
        let rows = client.rows(dialog).unwrap_or_default();
        let is = |row: &Row| matches!(row, Row::Message(view) if view.id == message);
        client.is_fresh() && rows.iter().any(is)
    };
    bob.until("the first message", arrives).await;
    // What is newest is there as well.
    let shown = bob.texts(dialog);
    assert_eq!(shown.last().map(String::as_str), Some("text 149"), "{shown:?}");
}
