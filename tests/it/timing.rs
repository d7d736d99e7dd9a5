//! Tests that measure time. They have the machine to themselves (`.config/nextest.toml`).

use std::time::Duration;

use mtchat_tests::System;
use tokio::time::Instant;

/// A killed worker's roles are somebody else's within this.
const TAKEOVER: Duration = Duration::from_secs(5);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_workers_roles_are_taken_over_within_five_seconds() {
    let system = System::with().workers(2).start().await;
    let [alice, bob] = system.dialog().between(["alice", "bob"]).await;
    alice.send("warm").await;
    bob.sees("warm").await;
    // One of the two was the active one, so one of the two deaths is a takeover.
    for (worker, text) in system.workers().iter().zip(["first", "second"]) {
        worker.kill().await;
        let killed = Instant::now();
        alice.send_accepted(text).await;
        bob.sees(text).await;
        let heard = killed.elapsed();
        let database = system.database().await;
        database.has_everything(&system).await;
        let stored = killed.elapsed();
        assert!(heard < TAKEOVER, "fanned out after {heard:?}");
        assert!(stored < TAKEOVER, "stored after {stored:?}");
        worker.restart().await;
    }
}
