//! Keeps an embedded server alive.

use std::collections::VecDeque;
use std::future::Future;
use std::process::ExitStatus;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};
use tokio_util::sync::{CancellationToken, DropGuard};

use super::EmbeddedError;

/// A server that can be watched and started again.
pub trait Service: Send + Sync + 'static {
    /// What it is called in logs and errors.
    const NAME: &'static str;

    /// The process id of the server that runs now, or ran last.
    fn pid(&self) -> u32;

    /// Waits until it has ended.
    fn wait_exit(&self) -> impl Future<Output = ExitStatus> + Send;

    /// Starts it again where it was.
    fn restart(&mut self) -> impl Future<Output = Result<(), EmbeddedError>> + Send;

    /// Ends it in an orderly way, within a deadline of its own.
    fn stop(&self) -> impl Future<Output = ExitStatus> + Send;
}

/// How long a server that keeps dying is started again.
#[derive(Clone, Copy, Debug)]
pub struct RestartPolicy {
    /// So many deaths…
    pub deaths: usize,
    /// …within this time are too many.
    pub within: Duration,
    /// The wait before the first restart; doubled with each further death in that time.
    pub first_delay: Duration,
    /// The longest wait.
    pub longest_delay: Duration,
}

impl Default for RestartPolicy {
    fn default() -> Self {
        Self {
            deaths: 5,
            within: Duration::from_secs(60),
            first_delay: Duration::from_millis(100),
            longest_delay: Duration::from_secs(5),
        }
    }
}

impl RestartPolicy {
    /// The wait before the next start after so many recent deaths; `None` when they are too many.
    fn delay(&self, recent_deaths: usize) -> Option<Duration> {
        if recent_deaths >= self.deaths {
            return None;
        }
        let doublings = u32::try_from(recent_deaths.saturating_sub(1))
            .unwrap_or(u32::MAX)
            .min(16);
        Some(
            self.first_delay
                .saturating_mul(1 << doublings)
                .min(self.longest_delay),
        )
    }
}

/// A server that is started again whenever it dies, until it is told to stop or dies too often.
#[derive(Debug)]
pub struct Supervised {
    pid: watch::Receiver<u32>,
    task: JoinHandle<Result<(), EmbeddedError>>,
    _stop_on_drop: DropGuard,
}

impl Supervised {
    /// Watches the server until `shutdown` is cancelled; then stops it.
    #[must_use]
    pub fn spawn<S: Service>(service: S, policy: RestartPolicy, shutdown: &CancellationToken) -> Self {
        let shutdown = shutdown.child_token();
        let (pids, pid) = watch::channel(service.pid());
        let task = tokio::spawn(keep_alive(service, policy, shutdown.clone(), pids));
        Self {
            pid,
            task,
            _stop_on_drop: shutdown.drop_guard(),
        }
    }

    /// The process id of the server that runs now, or ran last.
    #[must_use]
    pub fn pid(&self) -> u32 {
        *self.pid.borrow()
    }

    /// Waits until the server has been started again and returns its new process id; `None` when there will be no
    /// further start.
    pub async fn restarted(&mut self) -> Option<u32> {
        self.pid.changed().await.ok()?;
        Some(*self.pid.borrow_and_update())
    }

    /// Waits for the end: `Ok` when the server was told to stop and has stopped. Call it once; dropping the
    /// future before it is done is harmless.
    ///
    /// # Errors
    /// When the server died too often or could not be started again.
    pub async fn ended(&mut self) -> Result<(), EmbeddedError> {
        match (&mut self.task).await {
            Ok(result) => result,
            Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
            // The runtime is being shut down.
            Err(_) => Ok(()),
        }
    }
}

async fn keep_alive<S: Service>(
    mut service: S,
    policy: RestartPolicy,
    shutdown: CancellationToken,
    pids: watch::Sender<u32>,
) -> Result<(), EmbeddedError> {
    let mut deaths: VecDeque<Instant> = VecDeque::new();
    loop {
        let status = tokio::select! {
            biased;
            () = shutdown.cancelled() => {
                service.stop().await;
                return Ok(());
            }
            status = service.wait_exit() => status,
        };
        let now = Instant::now();
        deaths.push_back(now);
        deaths.retain(|death| now.duration_since(*death) < policy.within);
        let Some(delay) = policy.delay(deaths.len()) else {
            return Err(EmbeddedError::GaveUp {
                server: S::NAME,
                deaths: deaths.len(),
                within: policy.within,
                status,
            });
        };
        tracing::warn!(
            child.name = S::NAME,
            child.status = %status,
            child.deaths = deaths.len(),
            "a server ended unexpectedly and is started again"
        );
        tokio::select! {
            biased;
            () = shutdown.cancelled() => return Ok(()),
            () = sleep(delay) => {}
        }
        tokio::select! {
            biased;
            () = shutdown.cancelled() => return Ok(()),
            restarted = service.restart() => restarted?,
        }
        pids.send_replace(service.pid());
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[test]
    fn the_delay_grows_and_then_it_is_enough() {
        let policy = RestartPolicy::default();
        let delays: Vec<_> = (1..=5).map(|deaths| policy.delay(deaths)).collect();
        let milliseconds = |number| Some(Duration::from_millis(number));
        assert_eq!(
            delays,
            [
                milliseconds(100),
                milliseconds(200),
                milliseconds(400),
                milliseconds(800),
                None
            ]
        );
    }

    /// A server that dies as soon as it is started.
    struct Mayfly(Arc<AtomicU32>);

    impl Service for Mayfly {
        const NAME: &'static str = "mayfly";

        fn pid(&self) -> u32 {
            self.0.load(Ordering::Relaxed)
        }

        async fn wait_exit(&self) -> ExitStatus {
            std::future::ready(ExitStatus::default()).await
        }

        async fn restart(&mut self) -> Result<(), EmbeddedError> {
            self.0.fetch_add(1, Ordering::Relaxed);
            std::future::ready(Ok(())).await
        }

        async fn stop(&self) -> ExitStatus {
            std::future::ready(ExitStatus::default()).await
        }
    }

    #[tokio::test]
    async fn a_server_that_keeps_dying_is_given_up() {
        let starts = Arc::new(AtomicU32::new(0));
        let token = CancellationToken::new();
        let policy = RestartPolicy {
            first_delay: Duration::from_millis(1),
            ..RestartPolicy::default()
        };
        let mut supervised = Supervised::spawn(Mayfly(Arc::clone(&starts)), policy, &token);
        let ended = supervised.ended().await;
        assert!(matches!(
            ended,
            Err(EmbeddedError::GaveUp {
                server: "mayfly",
                deaths: 5,
                ..
            })
        ));
        assert_eq!(starts.load(Ordering::Relaxed), 4);
    }
}
