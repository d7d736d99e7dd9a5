use std::time::Duration;

use mtchat_protocol::{AppId, Epoch, ShardId};
use tokio::time::Instant;

use super::{
    checkpoint::{self, Checkpoint},
    end::End,
    entry,
};
use crate::{
    Broker, Logged, ReadError, StreamError,
    broker::QUESTION,
    headers, log_state, next_epoch,
    publish::{Published, publish},
    streams, subject,
};

/// How far back the fan-out goes when the live path is new: edges drop what they have had, so too much costs only time.
const MARGIN: u64 = 10_000;
/// Most bytes of facts in one entry.
const ENTRY_BYTES: usize = 256 * 1024;
/// How often the checkpoint is moved.
const CHECKPOINT_EVERY: Duration = Duration::from_secs(1);

/// The live path can not be written.
#[derive(Debug, thiserror::Error)]
pub enum LiveError {
    /// Another writer is active: look where it is and go on, or step aside.
    #[error("another fan-out is writing")]
    Fenced,
    /// The log or the live path can not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The stream can not be made.
    #[error(transparent)]
    Stream(#[from] StreamError),
    /// No answer: the entry may be written or not. Open again; the position is in what was written.
    #[error("the live path can not be written: {0}")]
    Unavailable(String),
}

/// The fan-out's pen: each fact goes into the live path once and in order, because each entry is written only behind the one
/// before it and says how far it reaches.
pub struct LiveWriter {
    broker: Broker,
    shard: ShardId,
    epoch: Epoch,
    /// Last sequence of the LIVE stream.
    live_seq: u64,
    /// Everything of the log up to here is written.
    position: u64,
    checkpoint_at: Instant,
    checkpointed: u64,
}

impl LiveWriter {
    /// Go on where the last writer stopped.
    pub async fn open(broker: &Broker, shard: ShardId) -> Result<Self, LiveError> {
        streams::ensure_live(broker, shard).await?;
        let log = log_state(broker, shard).await?;
        let end = End::of(broker, shard).await?;
        let live_seq = end.sequence;
        let checkpoint = checkpoint::read(broker, shard)
            .await?
            .filter(|kept| kept.epoch == log.epoch);
        let oldest = log.first_seq.saturating_sub(1);
        let position = match (end.entry, checkpoint) {
            (Some(last), _) if last.epoch == log.epoch => last.to,
            // Entries aged away, none was lost: the checkpoint is exact.
            (None, Some(kept)) if live_seq > 0 => kept.log_seq,
            (_, Some(kept)) => kept.log_seq.min(log.last_seq).saturating_sub(MARGIN),
            (_, None) => log.last_seq.saturating_sub(MARGIN),
        };
        let (mut epoch, mut position) = (log.epoch, position.max(oldest));
        if position > log.last_seq {
            epoch = next_epoch(broker, shard, &epoch).await?;
            position = log.last_seq.saturating_sub(MARGIN).max(oldest);
        }
        let broker = broker.clone();
        let checkpoint_at = Instant::now();
        Ok(Self {
            broker,
            shard,
            epoch,
            live_seq,
            position,
            checkpoint_at,
            checkpointed: 0,
        })
    }

    /// The log sequence up to which everything is written.
    pub fn position(&self) -> u64 {
        self.position
    }

    /// Write what was read from the log after [`position`](Self::position).
    pub async fn write(&mut self, batch: &[Logged]) -> Result<(), LiveError> {
        let facts: Vec<(AppId, &Logged)> = batch
            .iter()
            .filter_map(|logged| {
                subject::parse(&logged.subject)
                    .ok()
                    .map(|parsed| (parsed.app, logged))
            })
            .collect();
        let mut rest = &facts[..];
        while let Some((app, _)) = rest.first() {
            let (run, later) = rest.split_at(run_length(app, rest));
            let facts: Vec<Logged> = run.iter().map(|(_, logged)| (*logged).clone()).collect();
            self.write_entry(app, &facts).await?;
            rest = later;
        }
        if Instant::now() >= self.checkpoint_at {
            self.checkpoint().await;
        }
        Ok(())
    }

    /// Keep the position for a successor that finds the live path gone. A failure costs that successor only time.
    pub async fn checkpoint(&mut self) {
        self.checkpoint_at = Instant::now() + CHECKPOINT_EVERY;
        if self.checkpointed == self.position {
            return;
        }
        let here = Checkpoint {
            epoch: self.epoch.clone(),
            log_seq: self.position,
        };
        match checkpoint::write(&self.broker, self.shard, &here).await {
            Ok(()) => self.checkpointed = self.position,
            Err(error) => tracing::warn!(%error, "the fan-out's checkpoint was not kept"),
        }
    }

    async fn write_entry(&mut self, app: &AppId, facts: &[Logged]) -> Result<(), LiveError> {
        let Some(to) = facts.last().map(|fact| fact.log_seq) else {
            return Ok(());
        };
        let mut head = entry::header(&self.epoch, self.position, to);
        head.insert(headers::EXPECTED_LAST_SEQ, self.live_seq.to_string());
        let subject = subject::live(self.shard, app);
        match publish(&self.broker, subject, head, entry::encode(facts), QUESTION).await {
            Published::Stored(live_seq) | Published::Duplicate(live_seq) => {
                self.live_seq = live_seq;
                self.position = to;
                Ok(())
            }
            Published::WrongSequence | Published::InFlight => Err(LiveError::Fenced),
            Published::Full => Err(LiveError::Unavailable("the live path is full".to_owned())),
            Published::Unknown => Err(LiveError::Unavailable("no answer in time".to_owned())),
            Published::Unavailable(reason) => Err(LiveError::Unavailable(reason)),
        }
    }
}

/// How many of the facts go into one entry: those of one app, up to the size of an entry.
fn run_length(app: &AppId, facts: &[(AppId, &Logged)]) -> usize {
    let mut bytes = 0;
    let fits = facts.iter().take_while(|(of, logged)| {
        bytes += logged.payload.len();
        of == app && bytes <= ENTRY_BYTES
    });
    fits.count().max(1)
}
