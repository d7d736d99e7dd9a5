use std::{convert::Infallible, time::Duration};

use mtchat_nats::{Depth, LogReader, Logged, entered_at, log_state};
use mtchat_protocol::{Epoch, Timestamp};
use tokio::{sync::watch, time::Instant};

use crate::{departure::Departure, duty::Duty};

/// How often a follower looks up from its work, and the longest wait for something to do.
const LOOK_UP_EVERY: Duration = Duration::from_secs(1);

/// Takes a shard's log in order. Its effects and its position move together.
pub(crate) trait Follower {
    /// How much of each fact it looks at.
    const DEPTH: Depth = Depth::Whole;

    /// Everything in the log up to here is done.
    fn position(&self) -> u64;

    /// Do what comes next in the log, and move the position.
    fn take(&mut self, batch: Vec<Logged>) -> impl Future<Output = Result<(), Departure>> + Send;

    /// About once a second: say or keep how far it is.
    fn look_up(&mut self) -> impl Future<Output = ()> + Send;
}

/// How much a follower takes at once.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    pub(crate) most: usize,
    /// How long to gather while facts come in quick succession; a fact after a pause is never held up.
    pub(crate) linger: Duration,
}

/// A batch so soon after the one before it is one of many: gathering then saves more than it costs.
const QUICK_SUCCESSION: Duration = Duration::from_millis(10);

/// The ground a follower stands on. When it moves, the follower must look anew where it is.
pub(crate) struct Ground {
    /// The broker's connection, watched since before the look.
    pub(crate) connected: watch::Receiver<bool>,
    /// The log's life at the look.
    pub(crate) epoch: Epoch,
}

/// Hand the log to a follower, batch after batch, until something ends it. The batch in hand is always finished.
pub(crate) async fn follow<F: Follower + Send>(
    duty: &Duty,
    mut ground: Ground,
    pace: Pace,
    follower: &mut F,
) -> Result<Infallible, Departure> {
    let mut reader = LogReader::open(&duty.broker, duty.shard, follower.position(), F::DEPTH).await?;
    duty.report.started(follower.position());
    let mut look_up_at = Instant::now();
    let mut busy_until = Instant::now();
    loop {
        if Instant::now() >= look_up_at {
            look_up(duty, &ground, follower).await?;
            look_up_at = Instant::now() + LOOK_UP_EVERY;
        }
        let linger = if Instant::now() < busy_until {
            pace.linger
        } else {
            Duration::ZERO
        };
        let batch = tokio::select! {
            biased;
            () = duty.over.cancelled() => return Err(Departure::Over),
            () = reconnected(&mut ground.connected) => return Err(Departure::LookAgain("the broker was away")),
            batch = reader.next_batch(pace.most, linger, LOOK_UP_EVERY) => batch?,
        };
        if !batch.is_empty() {
            let position = follower.position();
            tokio::select! {
                biased;
                taken = follower.take(batch) => taken?,
                never = keep_telling(duty, position) => match never {},
            }
            busy_until = Instant::now() + QUICK_SUCCESSION;
            duty.report.progress(follower.position());
        }
    }
}

async fn look_up<F: Follower>(duty: &Duty, ground: &Ground, follower: &mut F) -> Result<(), Departure> {
    if !*ground.connected.borrow() {
        duty.report.failing("the broker is not connected");
        return Ok(());
    }
    match log_state(&duty.broker, duty.shard).await {
        Ok(log) if log.epoch != ground.epoch => return Err(Departure::LookAgain("another epoch began")),
        Ok(log) if log.last_seq < follower.position() => {
            return Err(Departure::LookAgain("the log ends before the position"));
        }
        Ok(log) => {
            let position = follower.position();
            duty.report.seen(position, log.last_seq);
            let oldest = oldest(duty, position, log.last_seq).await;
            duty.report.behind(position, log.last_seq, oldest);
        }
        Err(error) => duty.report.failing(&error.to_string()),
    }
    follower.look_up().await;
    Ok(())
}

/// Tell how far behind a follower is while a batch takes long: when it is stuck these are the numbers that somebody must see grow.
async fn keep_telling(duty: &Duty, position: u64) -> Infallible {
    loop {
        tokio::time::sleep(LOOK_UP_EVERY).await;
        if let Ok(log) = log_state(&duty.broker, duty.shard).await {
            let oldest = oldest(duty, position, log.last_seq).await;
            duty.report.behind(position, log.last_seq, oldest);
        }
    }
}

/// Since when the first entry stands in the log that is not done. Asked only by who is behind; without an answer nothing is shown.
async fn oldest(duty: &Duty, position: u64, last_seq: u64) -> Option<Timestamp> {
    if position >= last_seq {
        return None;
    }
    entered_at(&duty.broker, duty.shard, position + 1)
        .await
        .ok()
        .flatten()
}

/// Resolves when the connection was lost and stands again.
pub(crate) async fn reconnected(connected: &mut watch::Receiver<bool>) {
    loop {
        if connected.changed().await.is_err() {
            // The client is gone; the reader says so.
            return std::future::pending().await;
        }
        if *connected.borrow_and_update() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_a_connection_that_came_back_counts() {
        let (connection, mut connected) = watch::channel(true);
        connected.mark_unchanged();
        connection.send_replace(false);
        let mut waiting = Box::pin(reconnected(&mut connected));
        assert!(futures_util::poll!(&mut waiting).is_pending());
        connection.send_replace(true);
        assert!(futures_util::poll!(&mut waiting).is_ready());
    }
}
