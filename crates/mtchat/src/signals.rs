//! Being told to stop.

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::Failure;

/// Says when to stop, and when to hurry.
#[derive(Debug, Clone, Default)]
pub struct Stop {
    /// Cancelled at the first Ctrl-C or SIGTERM: finish what is in hand, then end.
    pub asked: CancellationToken,
    /// Cancelled at the second one: end without finishing.
    pub hurry: CancellationToken,
}

impl Stop {
    /// Listens to Ctrl-C and SIGTERM from now on.
    ///
    /// # Errors
    /// When the system does not allow that.
    pub fn on_signals() -> Result<Self, Failure> {
        let mut interrupt = signal(SignalKind::interrupt()).map_err(Failure::Signals)?;
        let mut terminate = signal(SignalKind::terminate()).map_err(Failure::Signals)?;
        let stop = Self::default();
        let told = stop.clone();
        tokio::spawn(async move {
            for token in [&told.asked, &told.hurry] {
                tokio::select! {
                    _ = interrupt.recv() => {}
                    _ = terminate.recv() => {}
                }
                token.cancel();
            }
        });
        Ok(stop)
    }

    /// Does `work`, unless there is a hurry first.
    pub async fn unless_hurried<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            biased;
            () = self.hurry.cancelled() => None,
            done = work => Some(done),
        }
    }
}
