use std::time::Duration;

use metrics::gauge;
use mtchat_nats::{Broker, ReadError, entered_at};
use mtchat_protocol::{ShardId, Timestamp};
use mtchat_storage::{Backlog, EndpointStanding, Storage, StorageError};
use tokio::time::Instant;

/// How often it is counted, at most.
const COUNT_EVERY: Duration = Duration::from_secs(10);

/// Counts what waits for somebody or something, and shows it: whoever is to be woken by a number must find it although nothing moves.
pub(crate) struct BacklogGauges {
    storage: Storage,
    broker: Broker,
    shard: ShardId,
    next_count: Instant,
}

/// Why it was not counted; the next look counts again.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BacklogError {
    #[error(transparent)]
    Log(#[from] ReadError),
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl BacklogGauges {
    pub(crate) fn new(storage: &Storage, broker: &Broker, shard: ShardId) -> Self {
        Self {
            storage: storage.clone(),
            broker: broker.clone(),
            shard,
            next_count: Instant::now(),
        }
    }

    /// Count when it is time to.
    pub(crate) async fn look(&mut self) -> Result<(), BacklogError> {
        if Instant::now() < self.next_count {
            return Ok(());
        }
        self.next_count = Instant::now() + COUNT_EVERY;
        let backlog = self.storage.backlog(self.shard).await?;
        let endpoints = self.storage.endpoint_standings(self.shard).await?;
        let oldest = match oldest_waiting(&endpoints) {
            Some(log_seq) => entered_at(&self.broker, self.shard, log_seq).await?,
            None => None,
        };
        self.show(&backlog, oldest);
        Ok(())
    }

    #[allow(clippy::cast_precision_loss, reason = "a gauge is a float")]
    fn show(&self, backlog: &Backlog, oldest_event: Option<Timestamp>) {
        let shard = self.shard.to_string();
        let set = |name: &'static str, value: f64| gauge!(name, "shard" => shard.clone()).set(value);
        set("mtchat_dead_letters", backlog.dead_letters as f64);
        set("mtchat_timers_pending", backlog.timers as f64);
        set("mtchat_timers_oldest_seconds", age(backlog.oldest_timer));
        set("mtchat_webhook_dead_letters", backlog.webhooks_dead as f64);
        set("mtchat_webhook_oldest_seconds", age(oldest_event));
    }
}

/// The first place of the log with something in it that is still to be told to somebody who wants to be told; it may be its end.
fn oldest_waiting(endpoints: &[EndpointStanding]) -> Option<u64> {
    let wanting = endpoints
        .iter()
        .filter(|endpoint| !endpoint.paused && endpoint.disabled.is_none());
    let places = wanting.map(|endpoint| {
        let next = endpoint.log_seq.saturating_add(1);
        endpoint.oldest_pending.map_or(next, |waits| waits.min(next))
    });
    places.min()
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
    use mtchat_protocol::AppId;
    use mtchat_storage::WebhookPlace;

    use super::*;

    fn at(log_seq: u64, oldest_pending: Option<u64>) -> EndpointStanding {
        EndpointStanding {
            place: WebhookPlace {
                app: AppId::default_app(),
                endpoint: "configured".to_owned(),
                shard: ShardId(0),
            },
            log_seq,
            paused: false,
            disabled: None,
            failing_since: None,
            pending: 0,
            oldest_pending,
            dead: 0,
        }
    }

    #[test]
    fn what_waits_longest_counts_unless_its_endpoint_stands_still() {
        assert_eq!(oldest_waiting(&[]), None);
        assert_eq!(oldest_waiting(&[at(7, None), at(9, None)]), Some(8));
        assert_eq!(oldest_waiting(&[at(7, None), at(9, Some(3))]), Some(3));
        let paused = EndpointStanding {
            paused: true,
            ..at(1, None)
        };
        let off = EndpointStanding {
            disabled: Some("410".to_owned()),
            ..at(2, None)
        };
        assert_eq!(oldest_waiting(&[paused, off, at(7, None)]), Some(8));
    }

    #[test]
    fn what_is_not_has_no_age_and_what_is_to_come_none_either() {
        let now = Timestamp::now().micros();
        let of = |micros| age(Some(Timestamp::from_micros(micros)));
        assert!(age(None).abs() < f64::EPSILON && of(now + 60_000_000).abs() < f64::EPSILON);
        assert!((59.0..70.0).contains(&of(now - 60_000_000)));
    }
}
