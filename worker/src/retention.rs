use std::time::Duration;

use metrics::{counter, gauge};
use mtchat_nats::{Broker, ReadError, fanout_position, first_since, log_state, purge_before};
use mtchat_protocol::{ShardId, Timestamp};
use mtchat_storage::{Storage, StorageError};
use tokio::time::Instant;

/// How often a log is looked at, at most.
const LOOK_EVERY: Duration = Duration::from_secs(60);

/// Sees to it that a shard's log holds what may still be needed and does not grow for ever: what is older than the time it is
/// kept goes, but never anything that one of its readers has not passed.
///
/// What has gone is in Postgres. A dialog of which the log holds nothing any more begins there (design, section 2).
pub(crate) struct Retention {
    storage: Storage,
    broker: Broker,
    shard: ShardId,
    keep: Duration,
    next_look: Instant,
    fullness: Fullness,
}

/// Why a look was not made; the next one makes it again.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RetentionError {
    #[error(transparent)]
    Log(#[from] ReadError),
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// How much of its room a log takes, in the steps that an operator hears of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fullness {
    Fine,
    /// 70 % and more.
    Filling,
    /// 85 % and more.
    NearlyFull,
    /// 95 % and more: at the whole of it, writes are refused.
    Full,
}

impl Fullness {
    fn of(bytes: u64, most: u64) -> Self {
        match percent(bytes, most) {
            95.. => Self::Full,
            85.. => Self::NearlyFull,
            70.. => Self::Filling,
            _ => Self::Fine,
        }
    }
}

fn percent(bytes: u64, most: u64) -> u64 {
    let share = u128::from(bytes) * 100 / u128::from(most.max(1));
    u64::try_from(share).unwrap_or(u64::MAX)
}

impl Retention {
    pub(crate) fn new(storage: &Storage, broker: &Broker, shard: ShardId, keep: Duration) -> Self {
        Self {
            storage: storage.clone(),
            broker: broker.clone(),
            shard,
            keep,
            next_look: Instant::now(),
            fullness: Fullness::Fine,
        }
    }

    /// Look at the log when it is time to.
    pub(crate) async fn look(&mut self) -> Result<(), RetentionError> {
        if Instant::now() < self.next_look {
            return Ok(());
        }
        self.next_look = Instant::now() + LOOK_EVERY.min(self.keep);
        let log = log_state(&self.broker, self.shard).await?;
        self.tell_fullness(log.bytes, log.most_bytes);
        let end = log.last_seq + 1;
        let old = Timestamp::now().micros() - i64::try_from(self.keep.as_micros()).unwrap_or(i64::MAX);
        let young = first_since(&self.broker, self.shard, Timestamp::from_micros(old.max(0))).await?;
        // What a reader stands on stays: when it begins again it looks whether that is still what it was.
        let keep_from = young.unwrap_or(end).min(self.slowest_reader().await?);
        if keep_from > log.first_seq {
            let purged = purge_before(&self.broker, self.shard, keep_from).await?;
            counter!("mtchat_log_purged_total", "shard" => self.shard.to_string()).increment(purged);
            tracing::info!(shard = %self.shard, log.seq = keep_from, log.purged = purged, "old facts went from the log");
        }
        Ok(())
    }

    /// How far whoever reads the log is at least. Where nobody indexes or notifies, nobody will.
    async fn slowest_reader(&self) -> Result<u64, RetentionError> {
        let projected = self.storage.projection(self.shard).await?;
        let projected = projected.map_or(0, |projection| projection.log_seq);
        let indexed = self.storage.indexed(self.shard).await?.unwrap_or(u64::MAX);
        let told = fanout_position(&self.broker, self.shard).await?;
        let notified = self.storage.notifying(self.shard).await?.unwrap_or(u64::MAX);
        Ok(projected.min(indexed).min(notified).min(told))
    }

    fn tell_fullness(&mut self, bytes: u64, most: u64) {
        let shard = self.shard.to_string();
        gauge!("mtchat_log_bytes", "shard" => shard.clone()).set(bytes as f64);
        gauge!("mtchat_log_used_ratio", "shard" => shard).set(bytes as f64 / most.max(1) as f64);
        let fullness = Fullness::of(bytes, most);
        if fullness > self.fullness {
            let used = percent(bytes, most);
            if fullness == Fullness::Full {
                tracing::error!(shard = %self.shard, log.used = used, "the log is nearly full: at 100 % writes are refused");
            } else {
                tracing::warn!(shard = %self.shard, log.used = used, "the log fills up; what is old enough goes when all readers are past it");
            }
        }
        self.fullness = fullness;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fullness_has_steps() {
        let of = |bytes| Fullness::of(bytes, 1_000);
        assert_eq!([of(0), of(699)], [Fullness::Fine; 2]);
        assert_eq!([of(700), of(849)], [Fullness::Filling; 2]);
        assert_eq!([of(850), of(949)], [Fullness::NearlyFull; 2]);
        assert_eq!([of(950), of(2_000)], [Fullness::Full; 2]);
        assert_eq!(Fullness::of(u64::MAX, 0), Fullness::Full);
    }
}
