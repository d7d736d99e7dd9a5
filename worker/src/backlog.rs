use std::time::Duration;

use metrics::gauge;
use mtchat_protocol::{ShardId, Timestamp};
use mtchat_storage::{Backlog, Storage, StorageError};
use tokio::time::Instant;

/// How often it is counted, at most.
const COUNT_EVERY: Duration = Duration::from_secs(10);

/// Counts what waits for somebody or something, and shows it: whoever is to be woken by a number must find it although nothing moves.
pub(crate) struct BacklogGauges {
    storage: Storage,
    shard: ShardId,
    next_count: Instant,
}

impl BacklogGauges {
    pub(crate) fn new(storage: &Storage, shard: ShardId) -> Self {
        Self {
            storage: storage.clone(),
            shard,
            next_count: Instant::now(),
        }
    }

    /// Count when it is time to.
    pub(crate) async fn look(&mut self) -> Result<(), StorageError> {
        if Instant::now() < self.next_count {
            return Ok(());
        }
        self.next_count = Instant::now() + COUNT_EVERY;
        let backlog = self.storage.backlog(self.shard).await?;
        self.show(&backlog);
        Ok(())
    }

    #[allow(clippy::cast_precision_loss, reason = "a gauge is a float")]
    fn show(&self, backlog: &Backlog) {
        let shard = self.shard.to_string();
        let set = |name: &'static str, value: f64| gauge!(name, "shard" => shard.clone()).set(value);
        set("mtchat_dead_letters", backlog.dead_letters as f64);
        set("mtchat_timers_pending", backlog.timers as f64);
        set("mtchat_timers_oldest_seconds", age(backlog.oldest_timer));
        set("mtchat_webhook_dead_letters", backlog.webhooks_dead as f64);
    }
}

/// How long ago it was, in seconds; 0 for what is not.
#[allow(clippy::cast_precision_loss, reason = "a gauge is a float")]
pub(crate) fn age(since: Option<Timestamp>) -> f64 {
    let Some(since) = since else { return 0.0 };
    let micros = Timestamp::now().micros().saturating_sub(since.micros()).max(0);
    micros as f64 / 1_000_000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_has_no_age_and_what_is_to_come_none_either() {
        let now = Timestamp::now().micros();
        let of = |micros| age(Some(Timestamp::from_micros(micros)));
        assert!(age(None).abs() < f64::EPSILON && of(now + 60_000_000).abs() < f64::EPSILON);
        assert!((59.0..70.0).contains(&of(now - 60_000_000)));
    }
}
