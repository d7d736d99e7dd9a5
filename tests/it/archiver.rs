//! A dialog in which nothing is said for long is archived for everybody, once in the whole system, and never over a newer message.

use http::Method;
use mtchat::embedded::{NatsOptions, NatsServer};
use mtchat_domain::Reader;
use mtchat_nats::{Broker, BrokerOptions, StreamOptions, log_state, reconcile};
use mtchat_protocol::{DialogId, DialogItemView, FactData, ServerFrame, ShardId};
use mtchat_tests::{
    Database, Journal, PATIENCE, StoredRun, System, User, append_handles, eventually, race_archiver, read_all,
};

const RACES: usize = 1_000;

/// Every second what was silent for a second is archived.
async fn start(workers: usize) -> System {
    let system = System::with()
        .workers(workers)
        .variable("ARCHIVE_AFTER_SECS", "1")
        .variable("ARCHIVE_CRON", "* * * * * *");
    system.start().await
}

async fn item(user: &User) -> Option<DialogItemView> {
    let path = format!("/api/v1/dialogs/{}", user.dialog());
    let answer = user.ask(Method::GET, &path, "").await;
    answer.status.is_success().then(|| answer.data())
}

async fn has_it_archived(user: &User) {
    let what = format!("{} to have the dialog archived", user.id());
    eventually(&what, PATIENCE, async || {
        item(user).await.filter(|item| item.is_archived == Some(true))
    })
    .await;
}

/// What came behind a message.
fn after<'a>(journal: &'a Journal, text: &str) -> impl Iterator<Item = &'a ServerFrame> {
    let is_it =
        |frame: &ServerFrame| matches!(frame, ServerFrame::MessageNew(new) if new.content.as_str() == text);
    let frames = &journal.frames;
    let place = frames.iter().position(|seen| is_it(&seen.frame));
    let from = place.unwrap_or(frames.len());
    frames[from..].iter().map(|seen| &seen.frame)
}

/// How often the dialog was archived behind a message.
fn archived_after(journal: &Journal, text: &str) -> usize {
    let archived =
        |frame: &&ServerFrame| matches!(frame, ServerFrame::DialogArchived { pos, .. } if pos.is_some());
    after(journal, text).filter(archived).count()
}

async fn hears_that_it_is_archived_after(user: &User, text: &str) {
    user.device()
        .until("dialog.archived", |journal| archived_after(journal, text) > 0)
        .await;
}

async fn hears_that_it_is_back_after(user: &User, text: &str) {
    let is_back = |frame: &ServerFrame| matches!(frame, ServerFrame::DialogUnarchived { .. });
    user.device()
        .until("dialog.unarchived", |journal| after(journal, text).any(is_back))
        .await;
}

/// Wait until so many runs more are done.
async fn runs_go_on(database: &Database, more: usize) {
    let done = async || {
        let runs = database.runs("archiver").await;
        runs.iter()
            .filter(|run| run.outcome.as_deref() == Some("done"))
            .count()
    };
    let before = done().await;
    eventually("further runs", PATIENCE, async || {
        (done().await >= before + more).then_some(())
    })
    .await;
}

#[tokio::test]
async fn an_idle_dialog_is_archived_for_everybody_and_a_message_brings_it_back() {
    let system = start(1).await;
    let [alice, bob] = system.dialog().between(["alice", "bob"]).await;
    let other = bob.another_device(0).await;
    alice.send("one").await;
    for user in [&alice, &bob] {
        hears_that_it_is_archived_after(user, "one").await;
        has_it_archived(user).await;
    }
    other
        .until("dialog.archived", |journal| archived_after(journal, "one") > 0)
        .await;

    bob.send("two").await;
    for user in [&alice, &bob] {
        hears_that_it_is_back_after(user, "two").await;
        // And when nobody answers, it goes again.
        hears_that_it_is_archived_after(user, "two").await;
        has_it_archived(user).await;
        assert_eq!(user.device().journal().faults, Vec::<String>::new());
        user.sees(["one", "two"]).await;
    }
}

#[tokio::test]
async fn who_was_away_hears_of_it_in_its_place() {
    let system = start(1).await;
    let [alice, bob] = system.dialog().between(["alice", "bob"]).await;
    bob.drop_connection().await;
    alice.send("one").await;
    hears_that_it_is_archived_after(&alice, "one").await;
    bob.reconnect().await;
    hears_that_it_is_archived_after(&bob, "one").await;
    assert_eq!(bob.device().journal().recovered, Some(true));
    assert_eq!(bob.device().journal().faults, Vec::<String>::new());
}

#[tokio::test]
async fn who_takes_it_out_by_hand_keeps_it_until_something_is_said_again() {
    let system = start(1).await;
    let database = system.database().await;
    let [alice, bob] = system.dialog().between(["alice", "bob"]).await;
    alice.send("one").await;
    hears_that_it_is_archived_after(&alice, "one").await;
    let path = format!("/api/v1/dialogs/{}/unarchive", alice.dialog());
    alice.ask(Method::POST, &path, "").await.expect(200);
    runs_go_on(&database, 3).await;
    let archived = async |user: &User| item(user).await.and_then(|item| item.is_archived);
    assert_eq!(archived(&alice).await, Some(false));
    assert_eq!(archived(&bob).await, Some(true));
    assert_eq!(archived_after(&alice.device().journal(), "one"), 1);

    bob.send("two").await;
    hears_that_it_is_archived_after(&alice, "two").await;
    has_it_archived(&alice).await;
}

/// Which worker is active as the archiver.
async fn holder(system: &System) -> usize {
    eventually("an active archiver", PATIENCE, async || {
        for (index, worker) in system.workers().iter().enumerate() {
            let Some(said) = worker.readiness().await else {
                continue;
            };
            let active = said["roles"].as_array().is_some_and(|roles| {
                let mut archivers = roles.iter().filter(|role| role["role"] == "archiver");
                archivers.any(|role| role["state"] == "active")
            });
            if active {
                return Some(index);
            }
        }
        None
    })
    .await
}

/// How often these dialogs were archived, as the log says.
pub(crate) async fn archivals(system: &System, dialogs: &[DialogId]) -> Vec<usize> {
    let broker = system.broker().await;
    let end = log_state(&broker, ShardId(0)).await.unwrap().last_seq;
    let facts = read_all(&broker, end).await;
    let of = |dialog: &DialogId| {
        let archived = facts
            .iter()
            .filter(|fact| matches!(fact.data, FactData::DialogArchived(_)));
        archived.filter(|fact| fact.dialog == *dialog).count()
    };
    dialogs.iter().map(of).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_workers_make_each_run_once_and_one_that_is_killed_is_followed() {
    let system = start(2).await;
    let database = system.database().await;
    let [alice, _] = system.dialog().offline().between(["alice", "bob"]).await;
    has_it_archived(&alice).await;
    runs_go_on(&database, 2).await;
    let mut made = 0.0;
    for worker in system.workers() {
        made += worker.metric("mtchat_archiver_runs_total").await;
    }
    let planned = database.runs("archiver").await.len();
    assert!(
        (2.0..=planned as f64).contains(&made),
        "{made} runs were made of {planned}"
    );

    let killed = holder(&system).await;
    system.worker(killed).kill().await;
    let [carol, _] = system.dialog().offline().between(["carol", "dan"]).await;
    has_it_archived(&carol).await;
    runs_go_on(&database, 2).await;
    assert_ne!(holder(&system).await, killed);
    let runs = database.runs("archiver").await;
    let unfinished: Vec<&StoredRun> = runs.iter().filter(|run| !run.finished).collect();
    // The one that was cut short, if no other second had begun when it was followed, and the one that is being made.
    assert!(unfinished.len() <= 2, "{unfinished:?}");
    let archived: i64 = runs.iter().map(|run| run.done).sum();
    assert!(archived <= 2, "{runs:?}");
    let both = [alice.dialog(), carol.dialog()];
    assert_eq!(archivals(&system, &both).await, [1, 1]);
}

/// Guarantee G12.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_races_the_archiver_is_never_hidden() {
    let directory = tempfile::tempdir().unwrap();
    let server = NatsServer::start(NatsOptions::new(directory.path()))
        .await
        .unwrap();
    let options = BrokerOptions {
        url: server.url(),
        name: "test".to_owned(),
        connect_timeout: PATIENCE,
    };
    let broker = Broker::connect(&options).await.unwrap();
    reconcile(&broker, &StreamOptions::default()).await.unwrap();
    let handles = append_handles(&[server.url()], 2).await;

    let races = race_archiver(&handles, RACES).await;
    for race in &races {
        // The message came first and nothing was archived; or it came behind that.
        let expected = match race.archived {
            None => (None, race.seen + 1),
            Some(_) => (Some(race.seen + 1), race.seen + 2),
        };
        assert_eq!((race.archived, race.message), expected, "{race:?}");
    }
    let archived = races.iter().filter(|race| race.archived.is_some()).count();
    assert!(
        (1..RACES).contains(&archived),
        "{archived} of {RACES} were won by the archiver"
    );

    let end = log_state(&broker, ShardId(0)).await.unwrap().last_seq;
    let mut reader = Reader::fresh();
    let mut messages = 0;
    for fact in read_all(&broker, end).await {
        match &fact.data {
            FactData::DialogArchived(archived) => {
                assert_eq!(archived.count, messages);
                reader.archived_count = Some(archived.count);
            }
            FactData::MessageCreated(_) => {
                messages += 1;
                assert!(!reader.is_archived(fact.head.count), "{fact:?}");
            }
            _ => {}
        }
    }
    assert_eq!(messages, RACES as u64);
}
