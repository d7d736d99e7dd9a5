//! The broker loses what it had acknowledged, as a power cut may do: it comes back with an older store.

use std::{path::Path, process::Command};

use mtchat_tests::{PATIENCE, System, User, eventually};

fn copy(from: &Path, to: &Path) {
    let status = Command::new("cp").arg("-a").arg(from).arg(to).status().unwrap();
    assert!(status.success());
}

async fn say(user: &User, texts: &[&str]) {
    for text in texts {
        user.send(text).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_stored_stays_and_the_conversation_goes_on() {
    let mut system = System::with().edges(2).start().await;
    let [alice, bob] = system.dialog().on_edges([0, 1]).between(["alice", "bob"]).await;
    for user in [&alice, &bob] {
        user.device().stay_connected();
    }
    say(&alice, &["one", "two"]).await;
    bob.sees(["one", "two"]).await;

    let store = system.nats().store_dir().join("jetstream");
    let older = system.directory().join("older");
    system.nats().stop().await;
    copy(&store, &older);
    system.nats().restart().await.unwrap();
    say(&alice, &["three", "four"]).await;
    bob.sees(["three", "four"]).await;

    system.nats().kill().await;
    std::fs::remove_dir_all(&store).unwrap();
    copy(&older, &store);
    system.nats().restart().await.unwrap();
    bob.device()
        .until("the lost place", |journal| journal.reloads > 0)
        .await;
    say(&bob, &["five"]).await;
    alice
        .device()
        .until("the new message", |journal| {
            journal
                .messages
                .last()
                .is_some_and(|message| message.content == "five")
        })
        .await;
    // Accepted comes before stored, and the projector first makes sure that the log really lost its tail.
    let database = system.database().await;
    eventually("the new message to be stored", PATIENCE, async || {
        (database.message_count().await == 5).then_some(())
    })
    .await;
    assert_eq!(alice.reads().await, ["one", "two", "three", "four", "five"]);
    let seen: Vec<_> = alice
        .device()
        .messages()
        .into_iter()
        .map(|message| message.content)
        .collect();
    assert_eq!(seen, ["one", "two", "three", "four", "five"]);
    let stored = database.messages(alice.dialog()).await;
    let first = stored[0].seq;
    let dense: Vec<u64> = (first..first + 5).collect();
    assert_eq!(
        stored.iter().map(|message| message.seq).collect::<Vec<_>>(),
        dense
    );
    let stored: Vec<_> = stored.iter().map(|message| (message.seq, message.id)).collect();
    for user in [&alice, &bob] {
        user.device().shows(&stored).await;
        assert_eq!(user.device().journal().faults, Vec::<String>::new());
    }
}
