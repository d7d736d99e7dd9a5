use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};

use futures_util::StreamExt;
use mtchat_nats::{Broker, subscribe_stored};
use mtchat_protocol::{Epoch, Position, ShardId, Timestamp};
use mtchat_storage::Storage;
use tokio::{
    select,
    sync::watch,
    time::{Instant, MissedTickBehavior, interval, timeout},
};
use tokio_util::sync::CancellationToken;

/// How often the database is asked while somebody waits: what workers announce may get lost.
const LOOK_WHILE_WAITED_FOR: Duration = Duration::from_millis(250);
/// In how many of these looks the database is asked anyway, for a new epoch shows nowhere else.
const LOOK_ANYWAY: u32 = 20;
/// How long the database may take to say how far it is.
const PATIENCE: Duration = Duration::from_secs(2);

/// How far Postgres has committed the log, by shard.
#[derive(Clone)]
pub struct Watermark {
    shards: Arc<[Shard]>,
}

struct Shard {
    stored: watch::Sender<u64>,
    waiting: AtomicUsize,
}

impl Watermark {
    /// At the very beginning of all shards.
    pub fn new(shards: u16) -> Self {
        let shard = |_| Shard {
            stored: watch::Sender::new(0),
            waiting: AtomicUsize::new(0),
        };
        Self {
            shards: (0..shards.max(1)).map(shard).collect(),
        }
    }

    /// Postgres has come this far at least.
    pub fn advance(&self, shard: ShardId, log_seq: u64) {
        self.change(shard, |stored| log_seq > stored, log_seq);
    }

    /// Postgres stands exactly here: the log began a new life.
    pub fn restart(&self, shard: ShardId, log_seq: u64) {
        self.change(shard, |stored| log_seq != stored, log_seq);
    }

    /// Whether there is such a shard.
    pub fn knows(&self, shard: ShardId) -> bool {
        self.shard(shard).is_some()
    }

    /// How far a shard is.
    pub fn stored(&self, shard: ShardId) -> u64 {
        self.shard(shard).map_or(0, |shard| *shard.stored.borrow())
    }

    /// Hear of every change of a shard; a shard that there is not never changes.
    pub fn subscribe(&self, shard: ShardId) -> watch::Receiver<u64> {
        self.shard(shard)
            .map_or_else(|| watch::channel(0).1, |shard| shard.stored.subscribe())
    }

    /// Wait until a position is stored; `false` when it was not in time.
    pub async fn wait(&self, position: Position, patience: Duration) -> bool {
        let Some(shard) = self.shard(position.shard) else {
            return false;
        };
        if *shard.stored.borrow() >= position.log_seq {
            return true;
        }
        let _waiting = Waiting::new(&shard.waiting);
        let began = Instant::now();
        let mut stored = shard.stored.subscribe();
        let reached = stored.wait_for(|stored| *stored >= position.log_seq);
        let is_stored = matches!(timeout(patience, reached).await, Ok(Ok(_)));
        let outcome = if is_stored { "stored" } else { "late" };
        metrics::histogram!("mtchat_stored_wait_seconds", "outcome" => outcome).record(began.elapsed());
        is_stored
    }

    /// Keep it up to date until told to stop: by what workers announce, and by asking Postgres.
    pub async fn run(self, broker: Broker, storage: Storage, stop: CancellationToken) {
        let shards = (0..)
            .zip(self.shards.iter())
            .map(|(shard, _)| self.follow(ShardId(shard), &broker, &storage));
        let all = futures_util::future::join_all(shards);
        select! {
            () = stop.cancelled() => {}
            _ = all => {}
        }
    }

    async fn follow(&self, shard: ShardId, broker: &Broker, storage: &Storage) {
        let number = shard.to_string();
        let heard = metrics::gauge!("mtchat_watermark_heard_timestamp_seconds", "shard" => number.clone());
        let known = metrics::gauge!("mtchat_watermark_log_seq", "shard" => number);
        let announced = async {
            loop {
                match subscribe_stored(broker, shard).await {
                    Ok(announced) => {
                        let mut announced = std::pin::pin!(announced);
                        while let Some(log_seq) = announced.next().await {
                            self.advance(shard, log_seq);
                            heard.set(seconds(Timestamp::now()));
                            known.set(float(self.stored(shard)));
                        }
                    }
                    Err(error) => tracing::warn!(%error, "the watermark can not be followed; trying again"),
                }
                tokio::time::sleep(LOOK_WHILE_WAITED_FOR).await;
            }
        };
        tokio::join!(announced, self.look(shard, storage));
    }

    async fn look(&self, shard: ShardId, storage: &Storage) {
        let mut ticks = interval(LOOK_WHILE_WAITED_FOR);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut epoch: Option<Epoch> = None;
        for tick in (0..LOOK_ANYWAY).cycle() {
            ticks.tick().await;
            let waited_for = self
                .shard(shard)
                .is_some_and(|shard| shard.waiting.load(Relaxed) > 0);
            if tick > 0 && !waited_for {
                continue;
            }
            // When the database does not answer there is nothing to learn; whoever waits gives up in time.
            let Ok(Ok(Some(projection))) = timeout(PATIENCE, storage.projection(shard)).await else {
                continue;
            };
            let same_life = epoch.as_ref().is_none_or(|epoch| *epoch == projection.epoch);
            if same_life {
                self.advance(shard, projection.log_seq);
            } else {
                self.restart(shard, projection.log_seq);
            }
            epoch = Some(projection.epoch);
            metrics::gauge!("mtchat_watermark_log_seq", "shard" => shard.to_string())
                .set(float(self.stored(shard)));
        }
    }

    fn change(&self, shard: ShardId, changes: impl FnOnce(u64) -> bool, log_seq: u64) {
        let Some(shard) = self.shard(shard) else { return };
        shard.stored.send_if_modified(|stored| {
            let change = changes(*stored);
            if change {
                *stored = log_seq;
            }
            change
        });
    }

    fn shard(&self, shard: ShardId) -> Option<&Shard> {
        self.shards.get(usize::from(shard.0))
    }
}

#[allow(clippy::cast_precision_loss, reason = "a gauge is a float")]
fn float(number: u64) -> f64 {
    number as f64
}

/// Since the beginning of 1970.
#[allow(clippy::cast_precision_loss, reason = "a gauge is a float")]
fn seconds(at: Timestamp) -> f64 {
    at.micros() as f64 / 1_000_000.0
}

/// Counts somebody who waits.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn new(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Relaxed);
        Self(count)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn position(log_seq: u64) -> Position {
        Position {
            shard: ShardId(0),
            log_seq,
        }
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_waits_is_told_when_it_is_stored() {
        let watermark = Watermark::new(1);
        let waiting = {
            let watermark = watermark.clone();
            tokio::spawn(async move { watermark.wait(position(5), Duration::from_secs(1)).await })
        };
        tokio::task::yield_now().await;
        watermark.advance(ShardId(0), 4);
        watermark.advance(ShardId(0), 5);
        assert!(waiting.await.unwrap());
        assert!(!watermark.wait(position(6), Duration::from_secs(1)).await);
    }

    #[tokio::test]
    async fn it_goes_back_only_with_a_new_life() {
        let watermark = Watermark::new(1);
        watermark.advance(ShardId(0), 9);
        watermark.advance(ShardId(0), 3);
        assert_eq!(watermark.stored(ShardId(0)), 9);
        watermark.restart(ShardId(0), 3);
        assert_eq!(watermark.stored(ShardId(0)), 3);
        assert!(!watermark.knows(ShardId(1)));
        assert!(
            !watermark
                .wait(
                    Position {
                        shard: ShardId(7),
                        log_seq: 0
                    },
                    Duration::ZERO
                )
                .await
        );
    }
}
