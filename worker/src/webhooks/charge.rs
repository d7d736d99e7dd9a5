use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use mtchat_nats::{Broker, LogState};
use mtchat_protocol::ShardId;
use mtchat_storage::{ApplyError, Storage};
use tokio::{
    sync::watch,
    time::{Instant, sleep},
};
use tokio_util::sync::CancellationToken;

use crate::{backoff::Backoff, departure::Departure, trouble::Trouble};

/// What whoever tells one endpoint gets: nothing of it is waited for by others.
pub(super) struct Charge {
    pub(super) storage: Storage,
    pub(super) broker: Broker,
    pub(super) shard: ShardId,
    pub(super) largest_fact: usize,
    /// Most requests at once.
    pub(super) concurrency: usize,
    /// An endpoint that takes nothing for so long is switched off.
    pub(super) disable_after: Duration,
    /// Cancelled when the duty is over, or the endpoint is to be told no more, or otherwise.
    pub(super) over: CancellationToken,
    /// How the log stands, looked at once for all endpoints.
    pub(super) log: watch::Receiver<Option<Looked>>,
    pub(super) report: Arc<Progress>,
}

/// How the log stood.
#[derive(Debug, Clone)]
pub(super) struct Looked {
    pub(super) log: LogState,
    /// When that was asked, which is before it was so.
    pub(super) asked_at: Instant,
}

/// How far an endpoint is.
#[derive(Debug)]
pub(super) struct Progress {
    position: AtomicU64,
    stored: AtomicUsize,
}

/// No place in any log.
const NOWHERE: u64 = u64::MAX;

impl Default for Progress {
    fn default() -> Self {
        Self {
            position: AtomicU64::new(NOWHERE),
            stored: AtomicUsize::new(0),
        }
    }
}

impl Progress {
    /// It is here, and so many events wait for it in the database.
    pub(super) fn reached(&self, position: u64, stored: usize) {
        self.position.store(position, Ordering::Relaxed);
        self.stored.store(stored, Ordering::Relaxed);
    }

    /// Where it is; `None`: nobody has begun to tell it.
    pub(super) fn position(&self) -> Option<u64> {
        Some(self.position.load(Ordering::Relaxed)).filter(|position| *position != NOWHERE)
    }

    /// How many events wait for it in the database.
    pub(super) fn stored(&self) -> usize {
        self.stored.load(Ordering::Relaxed)
    }
}

impl Charge {
    /// Ask the database until it answers. Only the end of the charge ends it; the supervisor says what is wrong with the database.
    pub(super) async fn patiently<T, F>(&self, mut ask: impl FnMut() -> F) -> Result<T, Departure>
    where
        F: Future<Output = Result<T, ApplyError>>,
    {
        let mut backoff = Backoff::database();
        loop {
            let trouble = match ask().await {
                Ok(answer) => return Ok(answer),
                Err(ApplyError::Fenced) => return Err(Departure::Fenced),
                Err(ApplyError::Storage(error)) => Trouble::of(&error),
            };
            if backoff.failures() == 0 {
                tracing::debug!(
                    reason = trouble.plain.as_str(),
                    "the database does not take what is known of an endpoint"
                );
            }
            tokio::select! {
                biased;
                () = self.over.cancelled() => return Err(Departure::Over),
                () = sleep(backoff.next()) => {}
            }
        }
    }
}
