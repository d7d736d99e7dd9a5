//! One of two workers dies or hangs: the other one follows it in every role, soon enough, and nothing is done twice.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use mtchat::settings::WorkerSettings;
use mtchat_tests::{PATIENCE, Process, Receiver, System, Traffic, User, eventually};

use crate::{
    archiver::archivals,
    notifications::told,
    webhooks::{repeats_are_the_same_and_order_holds, started, telling},
};

/// What is promised when the holder is gone …
const AFTER_A_DEATH: Duration = Duration::from_secs(5);
/// … and when it hangs: it may hold what the database must give up first.
const AFTER_A_HANG: Duration = Duration::from_secs(60);

fn roles() -> Vec<String> {
    let all = WorkerSettings::default().roles;
    all.iter().map(ToString::to_string).collect()
}

/// What each role is doing in a worker; nothing of one that does not answer.
async fn states(worker: &Process) -> BTreeMap<String, String> {
    let said = worker.readiness().await.unwrap_or_default();
    let word = |role: &serde_json::Value, name: &str| role[name].as_str().unwrap_or_default().to_owned();
    let roles = said["roles"].as_array().into_iter().flatten();
    roles
        .map(|role| (word(role, "role"), word(role, "state")))
        .collect()
}

/// Each role is active in exactly one worker; all of them say so.
async fn each_is_active_once(system: &System) {
    eventually("each role to be active in one worker", PATIENCE, async || {
        let mut active: BTreeMap<String, usize> = BTreeMap::new();
        for worker in system.workers() {
            let states = states(worker).await;
            if states.is_empty() {
                return None;
            }
            for (role, state) in states {
                *active.entry(role).or_default() += usize::from(state == "active");
            }
        }
        let once = roles().iter().all(|role| active.get(role) == Some(&1));
        once.then_some(())
    })
    .await;
}

/// How long after a moment each role is active in this worker.
async fn follows(heir: &Process, since: Instant, patience: Duration) -> BTreeMap<String, Duration> {
    let mut taken = BTreeMap::new();
    let expected = roles();
    eventually("every role to be taken over", patience * 2, async || {
        for (role, state) in states(heir).await {
            if state == "active" {
                taken.entry(role).or_insert_with(|| since.elapsed());
            }
        }
        let all = expected.iter().all(|role| taken.contains_key(role));
        all.then(|| taken.clone())
    })
    .await
}

fn in_time(how: &str, taken: &BTreeMap<String, Duration>, bound: Duration) {
    for (role, after) in taken {
        println!("{how}: {role} was taken over after {after:.2?}");
    }
    let late: Vec<_> = taken.iter().filter(|(_, after)| **after > bound).collect();
    assert!(late.is_empty(), "later than {bound:?}: {late:?}");
}

/// The first worker has no role, the second one all of them.
async fn all_in_the_second(system: &System) {
    system.worker(0).kill().await;
    follows(system.worker(1), Instant::now(), PATIENCE).await;
    system.worker(0).restart().await;
    each_is_active_once(system).await;
}

async fn start(receiver: &Receiver) -> System {
    let builder = telling(receiver)
        .workers(2)
        .variable("WEBHOOK_EVENTS", "message.new")
        .variable("NOTIFICATION_DELAY_SECS", "1")
        .variable("ARCHIVE_AFTER_SECS", "3")
        .variable("ARCHIVE_CRON", "* * * * * *");
    started(builder).await
}

/// Something that every role has to do with, said at the worst moment.
async fn quiet(system: &System, words: &str) -> User {
    let [dora, _] = system.dialog().offline().between(["dora", "emil"]).await;
    dora.send_accepted(words).await;
    dora
}

/// All of it was done, and once: told to the host, put out of sight, found by search, and all that the traffic says.
async fn everything_is_done_once(system: &System, receiver: &Receiver, traffic: Traffic, dora: &User) {
    traffic.arrives_exactly_once(system).await;
    assert_eq!(
        told(system, dora.dialog()).await,
        [("emil".to_owned(), 1)],
        "one notification for each who has not read it"
    );
    eventually("the quiet dialog to be archived", PATIENCE, async || {
        (archivals(system, &[dora.dialog()]).await != [0]).then_some(())
    })
    .await;
    eventually("search to know it", PATIENCE, async || {
        let found: serde_json::Value = dora
            .ask(http::Method::GET, "/api/v1/search?q=needle", "")
            .await
            .data();
        found.to_string().contains("needle").then_some(())
    })
    .await;
    let messages = system.database().await.message_count().await;
    let messages = usize::try_from(messages).unwrap();
    let taken = receiver.takes(messages).await;
    assert_eq!(taken.len(), messages, "as many events as messages");
    repeats_are_the_same_and_order_holds(&receiver.deliveries());
    assert_eq!(archivals(system, &[dora.dialog()]).await, [1]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_role_of_a_worker_that_is_killed_is_taken_over_within_five_seconds() {
    let receiver = Receiver::start().await;
    let system = start(&receiver).await;
    each_is_active_once(&system).await;
    all_in_the_second(&system).await;
    let dialogs = Traffic::dialogs(&system, 2, 3).await;
    let mut traffic = Traffic::over(&dialogs, 60);
    traffic.goes_on(60).await;

    let dora = quiet(&system, "the needle").await;
    system.worker(1).kill().await;
    let taken = follows(system.worker(0), Instant::now(), AFTER_A_DEATH).await;
    in_time("killed", &taken, AFTER_A_DEATH);

    traffic.goes_on(60).await;
    system.worker(1).restart().await;
    each_is_active_once(&system).await;
    everything_is_done_once(&system, &receiver, traffic, &dora).await;
}

/// When it goes on it still believes that it is the one, in every role.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_role_of_a_worker_that_hangs_is_taken_over_within_a_minute_and_the_woken_one_does_nothing_twice()
 {
    let receiver = Receiver::start().await;
    let system = start(&receiver).await;
    all_in_the_second(&system).await;
    let dialogs = Traffic::dialogs(&system, 2, 3).await;
    let mut traffic = Traffic::over(&dialogs, 60);
    traffic.goes_on(60).await;

    let dora = quiet(&system, "the needle").await;
    let hung = system.worker(1);
    hung.pause();
    let since = Instant::now();
    let taken = follows(system.worker(0), since, AFTER_A_HANG).await;
    in_time("hung", &taken, AFTER_A_HANG);
    // Not only in name: what was said meanwhile is stored.
    let database = system.database().await;
    database.has_everything(&system).await;
    let stored = since.elapsed();
    println!("hung: what was said is stored after {stored:.2?}");
    assert!(stored <= AFTER_A_HANG, "{stored:?}");

    hung.unpause();
    // What it believed to be its own for a moment it may get by right: whoever finds another one at work steps aside, the heir too.
    each_is_active_once(&system).await;
    traffic.goes_on(60).await;
    everything_is_done_once(&system, &receiver, traffic, &dora).await;
}
