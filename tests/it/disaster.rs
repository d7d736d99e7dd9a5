//! One of the two places that hold the truth is gone, and the other one is enough.

use std::process::Command;

use mtchat::embedded::binary;
use mtchat_client_core::{Input, Intent};
use mtchat_protocol::{DialogId, MessageId};
use mtchat_tests::{Bot, PATIENCE, System, eventually, show_the_same};

async fn pair(system: &System) -> (Bot, Bot, DialogId) {
    let [carol, _] = system.dialog().offline().between(["carol", "dave"]).await;
    let place = carol.dialog();
    let bots = [Bot::start(system, 0, "carol"), Bot::start(system, 0, "dave")];
    for bot in &bots {
        bot.wants(Intent::Open(place));
        bot.settles().await;
    }
    let [carol, dave] = bots;
    (carol, dave, place)
}

/// Everything is there, in order, once, for who lived through it and for who comes new.
async fn all_is_there(system: &System, (carol, dave, place): (&Bot, &Bot, DialogId), expected: &[&str]) {
    let last = *expected.last().unwrap();
    for bot in [carol, dave] {
        bot.tell(Input::Woke);
        let arrived = async || bot.texts(place).iter().any(|text| text == last).then_some(());
        eventually("the last message", PATIENCE, arrived).await;
    }
    let database = system.database().await;
    database.has_everything(system).await;
    let stored = async || {
        let stored = database.messages(place).await.into_iter();
        let stored: Vec<String> = stored.map(|message| message.content).collect();
        (stored == expected).then_some(())
    };
    eventually("exactly these to be stored", PATIENCE, stored).await;
    let fresh = Bot::start(system, 0, "dave");
    fresh.wants(Intent::Open(place));
    fresh.settles().await;
    show_the_same(dave, &fresh, &[place]).await;
    for bot in [carol, dave] {
        bot.settles().await;
        assert_eq!(bot.texts(place), expected);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_the_broker_the_database_is_enough() {
    let mut system = System::start().await;
    let (carol, dave, place) = pair(&system).await;
    for text in ["one", "two", "three"] {
        carol.send(place, text);
    }
    carol.settles().await;
    system.database().await.has_everything(&system).await;
    system.loses_the_broker().await;
    carol.send(place, "meanwhile");
    system.starts_again().await;
    all_is_there(
        &system,
        (&carol, &dave, place),
        &["one", "two", "three", "meanwhile"],
    )
    .await;
    // The empty log has an epoch of its own, and the projector begins another one when it finds its place missing.
    for bot in [carol, dave] {
        assert!(bot.reloads() <= 2, "it lost its place {} times", bot.reloads());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_the_database_its_backup_and_the_log_are_enough() {
    let mut system = System::start().await;
    let (carol, dave, place) = pair(&system).await;
    carol.send(place, "before the backup");
    carol.settles().await;
    let backup = system.directory().join("backup");
    runs_well(&system, &["backup", "--to", backup.to_str().unwrap()]).await;
    for text in ["after it", "and later"] {
        carol.send(place, text);
    }
    carol.settles().await;

    system.loses_the_database().await;
    carol.send(place, "meanwhile");
    // A dump brings no roles.
    runs_well(&system, &["migrate"]).await;
    let database = system.database().await;
    database
        .run("DROP SCHEMA public CASCADE; CREATE SCHEMA public; GRANT USAGE ON SCHEMA public TO PUBLIC")
        .await
        .unwrap();
    let status = Command::new(binary::postgres(None).unwrap().program("pg_restore"))
        .args([
            "--no-owner",
            "--exit-on-error",
            "--single-transaction",
            "--dbname",
        ])
        .arg(system.postgres().url())
        .arg(backup.join("postgres.dump"))
        .status()
        .unwrap();
    assert!(status.success());
    system.starts_again().await;
    let expected = ["before the backup", "after it", "and later", "meanwhile"];
    all_is_there(&system, (&carol, &dave, place), &expected).await;
    assert_eq!(
        (carol.reloads(), dave.reloads()),
        (0, 0),
        "the log is the one it was"
    );
}

async fn runs_well(system: &System, arguments: &[&str]) {
    let log = system.directory().join(format!("{}.log", MessageId::fresh()));
    let (status, printed) = system.program(arguments).into_file(log).run().await;
    assert!(status.success(), "{arguments:?}: {printed}");
}
