//! F15: a log that is full takes nothing more and forgets nothing; what is old makes room.

use std::time::Duration;

use http::Method;
use mtchat_nats::log_state;
use mtchat_protocol::{ErrorCode, MessageId, ShardId};
use mtchat_tests::{Answer, PATIENCE, System, User, eventually, within};

/// Of the log, in bytes.
const ROOM: u64 = 1_000_000;
/// So long that some fifty fill the log, and the last one that finds no room leaves little.
const LONG: usize = 20_000;

/// A system with so little room, and the directory with its configuration.
async fn start() -> (System, tempfile::TempDir) {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("mtchat.toml");
    std::fs::write(&file, format!("[nats]\nlog_max_bytes = {ROOM}\n")).unwrap();
    let system = System::with()
        .edges(2)
        .variable("MTCHAT_CONFIG", &file.to_string_lossy())
        .variable("LOG_KEEP_SECS", "3600")
        .variable("NOTIFICATION_DELAY_SECS", "3600")
        .start()
        .await;
    (system, directory)
}

/// Say something long until it is refused: what was taken, and the refusal.
async fn fill(user: &User) -> (Vec<String>, Answer) {
    let mut taken = Vec::new();
    let refused = eventually("the log to be full", PATIENCE * 3, async || {
        let text = format!("{} {}", taken.len(), "x".repeat(LONG));
        let answer = user.try_send(MessageId::fresh(), &text).await.ok()?;
        match answer.status.as_u16() {
            503 => return Some(answer),
            429 => {}
            _ => {
                assert!(answer.status.is_success(), "{answer}");
                taken.push(text);
            }
        }
        None
    })
    .await;
    (taken, refused)
}

/// How much of its room the log takes.
async fn used(system: &System) -> f64 {
    let broker = system.broker().await;
    let log = log_state(&broker, ShardId(0)).await.unwrap();
    log.bytes as f64 / log.most_bytes as f64
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_that_is_full_refuses_writes_and_nothing_else_until_there_is_room() {
    let (system, _configuration) = start().await;
    let [alice, bob] = system.dialog().on_edges([0, 1]).between(["alice", "bob"]).await;
    alice.send("before").await;
    let (long, refused) = fill(&alice).await;
    assert_eq!(refused.code(), ErrorCode::ServiceUnavailable);
    assert!(refused.header("Retry-After").is_some(), "{refused}");
    let full = used(&system).await;
    assert!((0.95..=1.0).contains(&full), "{full}");

    // Whatever reads goes on, and so do sockets, on every edge.
    let mut all = vec!["before".to_owned()];
    all.extend(long);
    assert_eq!(alice.reads().await, all);
    assert_eq!(bob.reads().await, all);
    bob.sees(all.clone()).await;
    bob.reconnect().await;
    assert_eq!(bob.device().journal().faults, Vec::<String>::new());
    for user in [&alice, &bob] {
        user.ask(Method::GET, "/api/v1/dialogs", "").await.expect(200);
    }

    // Whoever operates it sees why. A worker looks at the log when it starts.
    system.worker(0).stop().await;
    system.worker(0).restart().await;
    eventually("the gauge of the log", PATIENCE, async || {
        let used = system.worker(0).metric("mtchat_log_used_ratio").await;
        (used >= 0.95).then_some(())
    })
    .await;

    // Nothing is dropped for a new message, and what was refused is nowhere.
    let again = alice.try_send(MessageId::fresh(), &"y".repeat(LONG)).await;
    assert_eq!(again.unwrap().status.as_u16(), 503);
    assert_eq!(bob.reads().await, all);

    makes_room(&system, &alice).await;
    all.push("after".to_owned());
    assert_eq!(alice.reads().await, all);
    bob.sees("after").await;
    let stored = system.database().await.messages(alice.dialog()).await;
    let seqs: Vec<u64> = stored.iter().map(|message| message.seq).collect();
    assert!(seqs.windows(2).all(|two| two[0] + 1 == two[1]), "{seqs:?}");
}

/// A worker that keeps nothing for longer than a second takes the place of the other one.
async fn makes_room(system: &System, alice: &User) {
    system.worker(0).stop().await;
    let worker = system
        .program(&["worker"])
        .with("WORKER_PORT", "0")
        .with("LOG_KEEP_SECS", "1")
        .into_file(system.directory().join("worker-that-forgets.log"));
    let mut child = worker.spawn();
    eventually("old facts to go", Duration::from_secs(60), async || {
        (used(system).await < 0.5).then_some(())
    })
    .await;
    alice.send("after").await;
    child.kill().await.unwrap();
    let ended = within("the other worker's end", PATIENCE, child.wait()).await;
    ended.unwrap();
    system.worker(0).restart().await;
}
