//! Dialogs in which nothing was said for long: which are found, what becomes of them, and that a run of a job is made once.

use mtchat_domain::{Command, OwnCommand};
use mtchat_protocol::{Actor, AppId, DialogId, JoinedAs, Timestamp};
use mtchat_storage::{IdleDialog, JobRun, Projection, RunOutcome, Storage};
use sqlx::Connection;
use uuid::Uuid;

use crate::support::{
    Database, epoch,
    history::{History, participant, user},
};

/// Later than everything in a history.
const LATER: Timestamp = Timestamp::from_micros(1_765_000_000_000_000);

fn app() -> AppId {
    AppId::default_app()
}

/// Archive a dialog as the archiver does that has seen its newest fact.
fn archive(history: &mut History, dialog: DialogId) -> bool {
    let seq = history.dialogs[&(app(), dialog)].state.seq;
    let command = Command::ArchiveIdle { seq };
    history.attempt(&app(), dialog, command, Actor::System).unwrap()
}

/// When the newest fact of a history happened.
fn now(history: &History) -> Timestamp {
    history.entries.last().unwrap().fact.as_ref().unwrap().at
}

async fn idle(storage: &Storage, since: Timestamp) -> Vec<IdleDialog> {
    storage.idle_dialogs(since, None, 100).await.unwrap()
}

/// Those that somebody has in sight.
async fn due(storage: &Storage, since: Timestamp) -> Vec<DialogId> {
    let found = idle(storage, since).await.into_iter();
    found
        .filter(|idle| idle.in_sight)
        .map(|idle| idle.dialog)
        .collect()
}

/// Who has a dialog archived, by join time.
async fn archived(storage: &Storage, dialog: DialogId) -> Vec<bool> {
    let views = storage.participants(&app(), dialog).await.unwrap();
    views.iter().map(|view| view.is_archived).collect()
}

/// What the tables say after these entries, given as one batch, one by one, and once more from the beginning.
async fn is_the_same_however_given(history: &History, dialog: DialogId, expected: &[bool]) {
    for size in [usize::MAX, 1, 2] {
        let database = Database::start().await;
        let storage = &database.storage;
        let mut at = database.start.clone();
        for batch in history.entries.chunks(size.min(history.entries.len())) {
            at = storage.apply(&at, batch).await.unwrap();
        }
        assert_eq!(archived(storage, dialog).await, expected, "in batches of {size}");
        let again: Projection = storage.restart_projection(&at, &epoch(2)).await.unwrap();
        storage.apply(&again, &history.entries).await.unwrap();
        assert_eq!(archived(storage, dialog).await, expected, "given again");
    }
}

#[tokio::test]
async fn those_are_found_in_which_nothing_was_said_and_creation_counts() {
    let (database, mut history) = (Database::start().await, History::default());
    let created = history.create(&["alice", "bob"]);
    let talked = history.create(&["alice", "bob", "carol"]);
    let empty = history.create(&[]);
    let gone = history.create(&["alice"]);
    history.host(&app(), gone, Command::Delete { rules: Vec::new() });
    let hidden = history.create(&["alice"]);
    history.own("alice", hidden, OwnCommand::Archive);
    let left = history.create(&["alice"]);
    history.by("alice", left, Command::Leave);
    let before = now(&history);
    history.send("alice", talked, "hi");
    let storage = &database.storage;
    storage.apply(&database.start, &history.entries).await.unwrap();

    assert_eq!(due(storage, Timestamp::from_micros(0)).await, []);
    assert_eq!(due(storage, before).await, [created], "what is newer is not idle");
    assert_eq!(due(storage, LATER).await, [created, talked]);
    let found = idle(storage, LATER).await;
    let of = |dialog: DialogId| found.iter().find(|idle| idle.dialog == dialog);
    assert_eq!(of(talked).map(|idle| (idle.seq, idle.people)), Some((2, 3)));
    for nobody_sees in [empty, hidden, left] {
        assert_eq!(of(nobody_sees).map(|idle| idle.in_sight), Some(false));
    }
    assert_eq!(of(gone), None);

    // Page by page it is the same.
    let (mut paged, mut last) = (Vec::new(), None);
    loop {
        let page = storage.idle_dialogs(LATER, last.as_ref(), 2).await.unwrap();
        let Some(end) = page.last() else { break };
        last = Some(end.clone());
        paged.extend(page);
    }
    assert_eq!(paged, found);
}

#[tokio::test]
async fn a_day_that_has_only_just_begun_is_not_idle_as_a_whole() {
    let (database, mut history) = (Database::start().await, History::default());
    let first = history.create(&["alice"]);
    let between = now(&history);
    let second = history.create(&["alice"]);
    let storage = &database.storage;
    storage.apply(&database.start, &history.entries).await.unwrap();
    // Both are of one day.
    let next = Timestamp::from_micros(between.micros() + 1);
    assert_eq!(due(storage, between).await, []);
    assert_eq!(due(storage, next).await, [first]);
    assert_eq!(due(storage, LATER).await, [first, second]);
}

#[tokio::test]
async fn once_archived_it_is_left_alone_until_something_is_said_again() {
    let (database, mut history) = (Database::start().await, History::default());
    let dialog = history.create(&["alice", "bob"]);
    let storage = &database.storage;
    let at = storage.apply(&database.start, &history.entries).await.unwrap();
    assert!(archive(&mut history, dialog));
    let at = storage.apply(&at, &history.entries).await.unwrap();
    assert_eq!(archived(storage, dialog).await, [true, true]);
    assert_eq!(idle(storage, LATER).await, []);

    // Who takes it out again by hand keeps it.
    history.own("alice", dialog, OwnCommand::Unarchive);
    let at = storage.apply(&at, &history.entries).await.unwrap();
    assert_eq!(archived(storage, dialog).await, [false, true]);
    assert_eq!(idle(storage, LATER).await, []);

    history.send("bob", dialog, "anybody?");
    let applied = storage.project(&at, &history.entries).await.unwrap();
    assert_eq!(archived(storage, dialog).await, [false, false]);
    let told: Vec<_> = applied.unarchived.iter().flat_map(|one| &one.users).collect();
    assert_eq!(told, [&user("bob")], "who had it archived is told");
    assert_eq!(due(storage, LATER).await, [dialog]);

    assert!(archive(&mut history, dialog));
    storage
        .apply(&applied.projection, &history.entries)
        .await
        .unwrap();
    assert_eq!(archived(storage, dialog).await, [true, true]);
    assert_eq!(idle(storage, LATER).await, []);
}

#[tokio::test]
async fn a_message_behind_it_in_one_batch_brings_it_back() {
    let mut history = History::default();
    let dialog = history.create(&["alice", "bob"]);
    archive(&mut history, dialog);
    history.send("alice", dialog, "hi");
    is_the_same_however_given(&history, dialog, &[false, false]).await;
}

#[tokio::test]
async fn a_message_before_it_does_not() {
    let mut history = History::default();
    let dialog = history.create(&["alice", "bob"]);
    history.send("alice", dialog, "hi");
    archive(&mut history, dialog);
    is_the_same_however_given(&history, dialog, &[true, true]).await;
}

#[tokio::test]
async fn what_users_do_before_it_is_overtaken_and_what_they_do_behind_it_holds() {
    let mut history = History::default();
    let dialog = history.create(&["alice", "bob", "carol", "dan"]);
    history.send("alice", dialog, "hi");
    history.own("alice", dialog, OwnCommand::Archive);
    history.own("bob", dialog, OwnCommand::Archive);
    history.own("bob", dialog, OwnCommand::Unarchive);
    history.own("carol", dialog, OwnCommand::Pin);
    archive(&mut history, dialog);
    history.own("carol", dialog, OwnCommand::Unarchive);
    history.own("dan", dialog, OwnCommand::Unarchive);
    history.own("dan", dialog, OwnCommand::Archive);
    is_the_same_however_given(&history, dialog, &[true, true, false, true]).await;
}

#[tokio::test]
async fn who_comes_later_has_it_in_sight() {
    let mut history = History::default();
    let dialog = history.create(&["alice", "bob"]);
    history.by("bob", dialog, Command::Leave);
    archive(&mut history, dialog);
    for name in ["bob", "carol"] {
        let came = participant(name, JoinedAs::Participant);
        history.host(&app(), dialog, Command::AddParticipant(came));
    }
    is_the_same_however_given(&history, dialog, &[true, false, false]).await;
}

#[tokio::test]
async fn who_leaves_and_comes_back_begins_anew() {
    let mut history = History::default();
    let dialog = history.create(&["alice", "bob"]);
    archive(&mut history, dialog);
    history.by("alice", dialog, Command::Leave);
    let came = participant("alice", JoinedAs::Participant);
    history.host(&app(), dialog, Command::AddParticipant(came));
    is_the_same_however_given(&history, dialog, &[true, false]).await;
}

fn run(second: i64) -> JobRun {
    JobRun {
        job: "archiver",
        scheduled_at: Timestamp::from_micros(second * 1_000_000),
        id: Uuid::now_v7(),
    }
}

#[tokio::test]
async fn a_run_is_made_once_and_one_that_was_cut_short_is_gone_on_with() {
    let database = Database::start().await;
    let storage = &database.storage;
    let first = run(100);
    assert!(storage.begin_run(&first).await.unwrap());
    // Its holder died; who takes over goes on with it, and the one before is the one no longer.
    let second = run(100);
    assert!(storage.begin_run(&second).await.unwrap());
    assert!(!storage.end_run(&first, RunOutcome::Done, 7).await.unwrap());
    assert!(storage.end_run(&second, RunOutcome::Failed, 3).await.unwrap());
    let third = run(100);
    assert!(
        storage.begin_run(&third).await.unwrap(),
        "it is done again until it is done"
    );
    assert!(storage.end_run(&third, RunOutcome::Partly, 4).await.unwrap());
    assert!(!storage.begin_run(&run(100)).await.unwrap(), "it is done");

    assert!(storage.begin_run(&run(300)).await.unwrap());
    assert!(
        !storage.begin_run(&run(200)).await.unwrap(),
        "something later has begun"
    );
    let other = JobRun {
        job: "another",
        ..run(200)
    };
    assert!(storage.begin_run(&other).await.unwrap(), "jobs are apart");

    let mut look = database.look().await;
    let kept: Vec<(i64, Option<String>, i64, bool)> = sqlx::query_as(
        "SELECT extract(epoch FROM scheduled_at)::bigint, outcome, done, finished_at IS NULL FROM job_runs
        WHERE job = 'archiver' ORDER BY 1",
    )
    .fetch_all(&mut look)
    .await
    .unwrap();
    assert_eq!(
        kept,
        [(100, Some("partly".to_owned()), 7, false), (300, None, 0, true)]
    );
    look.close().await.unwrap();
}

#[tokio::test]
async fn the_newest_runs_are_remembered_and_no_others() {
    let database = Database::start().await;
    let storage = &database.storage;
    for second in 1..=130 {
        let run = run(second);
        assert!(storage.begin_run(&run).await.unwrap());
        assert!(storage.end_run(&run, RunOutcome::Done, 1).await.unwrap());
    }
    let mut look = database.look().await;
    let kept: (i64, i64) = sqlx::query_as(
        "SELECT count(*), extract(epoch FROM min(scheduled_at))::bigint FROM job_runs WHERE job = 'archiver'",
    )
    .fetch_one(&mut look)
    .await
    .unwrap();
    assert_eq!(kept, (100, 31));
    look.close().await.unwrap();
}
