use std::{sync::Arc, time::Duration};

use mtchat_nats::Broker;
use mtchat_protocol::ShardId;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::{WorkerOptions, departure::Departure, health::Reporter};

/// What a role gets while it is active.
pub(crate) struct Duty {
    pub(crate) broker: Broker,
    pub(crate) shard: ShardId,
    pub(crate) options: Arc<WorkerOptions>,
    pub(crate) report: Reporter,
    /// Cancelled when the worker is told to stop or the lease is lost.
    pub(crate) over: CancellationToken,
}

impl Duty {
    /// Wait; leaves at once when the duty is over.
    pub(crate) async fn pause(&self, delay: Duration) -> Result<(), Departure> {
        tokio::select! {
            biased;
            () = self.over.cancelled() => Err(Departure::Over),
            () = tokio::time::sleep(delay) => Ok(()),
        }
    }

    /// Whether the broker's connection was lost and came back, seen from now on.
    pub(crate) fn connection(&self) -> watch::Receiver<bool> {
        let mut connected = self.broker.connected();
        connected.mark_unchanged();
        connected
    }
}
