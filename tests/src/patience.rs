//! How long the harness waits, and how it waits for what no event tells.

use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};

/// How long anything may take that is expected to happen.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// How often what lives outside (a process, a database, a metric) is asked again.
const ASK_AGAIN: Duration = Duration::from_millis(10);

/// Ask until there is an answer; fails with what was waited for.
pub async fn eventually<T>(what: &str, patience: Duration, mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + patience;
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(
            Instant::now() < deadline,
            "waited {patience:?} in vain for {what}"
        );
        sleep(ASK_AGAIN).await;
    }
}

/// Wait for something that ends by itself; fails with what was waited for.
pub async fn within<T>(what: &str, patience: Duration, wait: impl Future<Output = T>) -> T {
    match timeout(patience, wait).await {
        Ok(done) => done,
        Err(_) => panic!("waited {patience:?} in vain for {what}"),
    }
}

/// A client's pause before it tries again, with jitter.
pub(crate) async fn pause_before_retry() {
    sleep(Duration::from_millis(fastrand::u64(30..120))).await;
}
