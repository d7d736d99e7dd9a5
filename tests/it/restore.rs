//! Backups: everything is lost, and comes back from one.

use std::{collections::BTreeMap, path::Path};

use http::Method;
use mtchat_client_core::{Input, Intent};
use mtchat_protocol::{DialogId, MessageId, MessageView};
use mtchat_tests::{Bot, NewFile, PATIENCE, Receiver, System, User, eventually, png, show_the_same};
use serde_json::{Value, json};

use crate::{
    notifications::{post, told},
    webhooks::{started, telling},
};

/// Runs a command once: whether it ended well, and what it printed.
async fn runs(system: &System, arguments: &[&str]) -> (bool, String) {
    let log = system.directory().join(format!("{}.log", MessageId::fresh()));
    let (status, printed) = system.program(arguments).into_file(log).run().await;
    (status.success(), printed)
}

async fn runs_well(system: &System, arguments: &[&str]) -> String {
    let (well, printed) = runs(system, arguments).await;
    assert!(well, "{arguments:?}: {printed}");
    printed
}

/// Why it does not.
async fn is_refused(system: &System, arguments: &[&str], why: &str) {
    let (well, printed) = runs(system, arguments).await;
    assert!(!well && printed.contains(why), "{arguments:?}: {printed}");
}

fn manifest(backup: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(backup.join("manifest.json")).unwrap()).unwrap()
}

/// How many rows each table had when it was backed up.
fn rows(manifest: &Value) -> BTreeMap<String, u64> {
    let tables = manifest["tables"].as_array().unwrap().iter();
    tables
        .map(|table| {
            let name = table["table"].as_str().unwrap().to_owned();
            (name, table["rows"].as_u64().unwrap())
        })
        .collect()
}

/// A dialog with one of everything in it. Gives back its history.
async fn one_of_everything(system: &System) -> (User, Vec<MessageView>) {
    let [alice, bob] = system.dialog().offline().between(["alice", "bob"]).await;
    let first = alice.send("first").await;
    let file = NewFile::new("photo.png", "image/png", png(80, 60));
    alice.send_files("a picture", &[file]).await;
    alice.edit(first.id, "first, mended").await;
    let gone = bob.send("gone").await;
    bob.delete(gone.id).await;
    post(&bob, "read", &json!({ "last_read_message_id": first.id })).await;
    let reaction = format!(
        "/api/v1/dialogs/{}/messages/{}/reactions/%F0%9F%91%8D",
        bob.dialog(),
        first.id
    );
    bob.ask(Method::PUT, &reaction, "").await;
    let history = alice.history().await;
    assert!(
        history.iter().any(|one| !one.reactions.is_empty())
            && history.iter().any(|one| !one.attachments.is_empty())
    );
    (alice, history)
}

/// Without links to files, of which each answer has its own.
fn plain(history: Vec<MessageView>) -> Value {
    let mut history = serde_json::to_value(history).unwrap();
    for message in history.as_array_mut().unwrap() {
        for file in message["attachments"].as_array_mut().into_iter().flatten() {
            let file = file.as_object_mut().unwrap();
            file.retain(|name, _| !name.ends_with("url"));
        }
    }
    history
}

async fn opened(system: &System, edge: usize, user: &str, place: DialogId) -> Bot {
    let bot = Bot::start(system, edge, user);
    bot.wants(Intent::Open(place));
    bot.settles().await;
    bot
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_comes_back_from_a_backup_and_clients_converge() {
    let receiver = Receiver::start().await;
    let builder = telling(&receiver).edges(2).workers(2).files();
    let mut system = started(builder.variable("NOTIFICATION_DELAY_SECS", "8")).await;
    let (kept, history) = one_of_everything(&system).await;
    let [carol, _] = system.dialog().offline().between(["carol", "dave"]).await;
    let place = carol.dialog();
    let (carol, dave) = (
        opened(&system, 0, "carol", place).await,
        opened(&system, 1, "dave", place).await,
    );
    let [dora, _] = system.dialog().offline().between(["dora", "emil"]).await;
    dora.send("are you there?").await;

    // The traffic goes on while the backup is made.
    let backup = system.directory().join("backup");
    let to = backup.to_str().unwrap();
    let sent = std::sync::atomic::AtomicUsize::new(0);
    let talking = async {
        let mut pace = tokio::time::interval(std::time::Duration::from_millis(10));
        loop {
            pace.tick().await;
            let number = sent.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            carol.send(place, &format!("text {number}"));
        }
    };
    let command = ["backup", "--to", to];
    let printed = tokio::select! {
        () = talking => unreachable!("it talks for ever"),
        printed = runs_well(&system, &command) => printed,
    };
    println!("{printed}");
    carol.send(place, "after the backup");
    carol.settles().await;
    dave.until("the last word", |client| {
        let rows = client.rows(place).unwrap_or_default();
        rows.iter().any(|row| matches!(row, mtchat_client_core::Row::Message(view) if view.content.as_str() == "after the backup"))
    })
    .await;

    system.loses_everything().await;
    carol.send(place, "while nothing was there");
    let printed = runs_well(&system, &["restore", "--from", to]).await;
    println!("{printed}");
    assert_eq!(
        system.database().await.rows().await,
        rows(&manifest(&backup)),
        "{printed}"
    );

    system.starts_again().await;
    for bot in [&carol, &dave] {
        bot.tell(Input::Woke);
    }
    assert_eq!(plain(kept.history().await), plain(history));
    converge(&system, &carol, &dave, place).await;
    assert_eq!(told(&system, dora.dialog()).await, [("emil".to_owned(), 1)]);
    // Whatever is there now, the host was told of, whether before or after.
    carol.send(place, "and on it goes");
    carol.settles().await;
    let expected = system.database().await.messages(place).await;
    let all = receiver.until("an event of each message", |deliveries| {
        let ids = deliveries
            .iter()
            .filter(|one| one.was_taken() && one.event() == "message.new");
        let ids: Vec<String> = ids
            .map(|one| one.json()["payload"]["message"]["id"].to_string())
            .collect();
        let told = |id: &MessageId| ids.contains(&format!("\"{id}\""));
        expected.iter().all(|message| told(&message.id)).then_some(())
    });
    all.await;
}

/// Those who lived through it show what a fresh client is shown, and what waited to be sent is there. Nobody loads more than once.
async fn converge(system: &System, carol: &Bot, dave: &Bot, place: DialogId) {
    let last = "while nothing was there";
    let arrived = async || dave.texts(place).iter().any(|text| text == last).then_some(());
    eventually("what waited to be sent", PATIENCE, arrived).await;
    system.database().await.has_everything(system).await;
    let fresh = [
        opened(system, 1, "carol", place).await,
        opened(system, 0, "dave", place).await,
    ];
    show_the_same(carol, &fresh[0], &[place]).await;
    show_the_same(dave, &fresh[1], &[place]).await;
    let stored = system.database().await.messages(place).await;
    let stored: Vec<String> = stored.into_iter().map(|message| message.content).collect();
    let shown = carol.texts(place);
    assert_eq!(
        stored[stored.len() - shown.len()..],
        shown,
        "shown is what is stored"
    );
    assert_eq!(stored.iter().filter(|text| *text == last).count(), 1);
    assert!(
        !shown.contains(&"after the backup".to_owned()),
        "it was stored, and is lost: {shown:?}"
    );
    for bot in [carol, dave] {
        assert!(bot.reloads() <= 1, "it lost its place {} times", bot.reloads());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_target_in_use_and_a_damaged_backup_are_refused_and_a_restore_can_be_repeated() {
    let system = System::start().await;
    let [alice] = system.dialog().offline().between(["alice"]).await;
    alice.send("one").await;
    let backup = system.directory().join("backup");
    let from = backup.to_str().unwrap();
    runs_well(&system, &["backup", "--to", from]).await;
    is_refused(&system, &["backup", "--to", from], "is not empty").await;
    alice.send("two").await;
    is_refused(
        &system,
        &["restore", "--from", from, "--replace"],
        "stop all edges and workers first",
    )
    .await;
    for process in system.edges().iter().chain(system.workers()) {
        process.stop().await;
    }
    let nobody = async || {
        let (_, printed) = runs(&system, &["restore", "--from", from]).await;
        printed.contains("--replace` deletes that first").then_some(())
    };
    // What read the log lingers in the broker for half a minute.
    eventually("the refusal of a target that is not empty", PATIENCE * 3, nobody).await;

    let stream = backup.join("MTCHAT_LOG_0.stream");
    let whole = std::fs::read(&stream).unwrap();
    let mut damaged = whole.clone();
    damaged[whole.len() / 2] ^= 1;
    std::fs::write(&stream, &damaged).unwrap();
    is_refused(&system, &["restore", "--from", from, "--replace"], "is damaged").await;
    is_refused(&system, &["restore", "--from", from, "--check"], "is damaged").await;
    std::fs::write(&stream, &whole).unwrap();
    let printed = runs_well(&system, &["restore", "--from", from, "--check"]).await;
    assert!(printed.contains("is whole"), "{printed}");
    assert_eq!(
        system.database().await.message_count().await,
        2,
        "nothing was touched"
    );

    for _ in 0..2 {
        // The consumers of those who read the log when it was backed up come back with it, and linger in the same way.
        eventually("a restore", PATIENCE * 3, async || {
            let (well, printed) = runs(&system, &["restore", "--from", from, "--replace"]).await;
            assert!(
                well || printed.contains("stop all edges and workers first"),
                "{printed}"
            );
            well.then_some(())
        })
        .await;
    }
    system.starts_again().await;
    // Not through the API: this user's position is one of the life before, and would be waited for.
    let database = system.database().await;
    let stored = async || -> Vec<String> {
        let messages = database.messages(alice.dialog()).await;
        messages.into_iter().map(|message| message.content).collect()
    };
    assert_eq!(stored().await, ["one"]);
    alice.send_accepted("three").await;
    database.has_everything(&system).await;
    assert_eq!(stored().await, ["one", "three"]);
}

#[tokio::test]
async fn without_a_manifest_there_is_no_backup() {
    let system = System::start().await;
    let here = system.directory().join("nothing");
    std::fs::create_dir(&here).unwrap();
    is_refused(
        &system,
        &["restore", "--from", here.to_str().unwrap(), "--check"],
        "manifest.json",
    )
    .await;
    std::fs::write(here.join("manifest.json"), r#"{"format":2}"#).unwrap();
    is_refused(
        &system,
        &["restore", "--from", here.to_str().unwrap(), "--check"],
        "format 2",
    )
    .await;
}
