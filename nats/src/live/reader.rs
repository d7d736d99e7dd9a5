use std::time::Duration;

use mtchat_protocol::{ShardId, Timestamp};
use time::OffsetDateTime;
use tokio::time::{Instant, timeout};

use super::{
    LiveEntry, checkpoint,
    end::{End, LastEntry},
    entry,
};
use crate::{
    Broker, ReadError,
    broker::QUESTION,
    log_state,
    read::{Start, Tail},
    streams,
};

/// Most entries taken at once.
const BATCH: usize = 256;

/// An edge's view of the live path. It survives restarts of the broker: the stream is in memory and begins anew after one, but its
/// entries name their stretch of the log, so the edge goes on where it stood.
pub struct LiveReader {
    broker: Broker,
    shard: ShardId,
    tail: Tail,
    created: OffsetDateTime,
    /// How many consumers the tail had made when `created` was last compared.
    compared: u64,
    beginning: Option<LiveEntry>,
    /// Last sequence of LIVE when it was opened: what is older is history, not news.
    backlog: u64,
}

impl LiveReader {
    /// Read from `window` ago on. The first entry returned says where reading begins.
    pub async fn open(broker: &Broker, shard: ShardId, window: Duration) -> Result<Self, ReadError> {
        let created = ensure(broker, shard).await?;
        let end = End::of(broker, shard).await?;
        let since = Timestamp::from_micros(
            Timestamp::now().micros() - i64::try_from(window.as_micros()).unwrap_or(i64::MAX / 2),
        );
        let beginning = match end.entry {
            // Where reading begins is asked below.
            Some(_) => None,
            None => Some(quiet(broker, shard).await?),
        };
        let tail = Tail::new(broker, streams::live_name(shard), Start::At(since));
        let mut reader = Self {
            broker: broker.clone(),
            shard,
            tail,
            created,
            compared: 0,
            beginning,
            backlog: end.sequence,
        };
        if let Some(last) = end.entry {
            reader.beginning = Some(reader.window_begins(last).await?);
        }
        Ok(reader)
    }

    /// The next entries in order; empty when none came within `patience`.
    pub async fn next(&mut self, patience: Duration) -> Result<Vec<LiveEntry>, ReadError> {
        if let Some(beginning) = self.beginning.take() {
            return Ok(vec![beginning]);
        }
        let first = match self.tail.next(Instant::now() + patience).await {
            Ok(first) => first,
            Err(error) => {
                // A stream that is shorter than the place read is a new one; other trouble is told.
                return match (self.began_anew().await?, error) {
                    (true, _) | (false, ReadError::TailLost { .. }) => Ok(Vec::new()),
                    (false, other) => Err(other),
                };
            }
        };
        // A consumer made anew may sit on a stream made anew, whose sequences mean something else.
        if self.compared != self.tail.subscriptions() {
            self.compared = self.tail.subscriptions();
            if self.began_anew().await? {
                return Ok(Vec::new());
            }
        }
        let Some(first) = first else { return Ok(Vec::new()) };
        let mut entries: Vec<LiveEntry> = entry::decode(&first.message).into_iter().collect();
        while entries.len() < BATCH {
            let Some(next) = self.tail.take_ready() else { break };
            entries.extend(entry::decode(&next.message));
        }
        Ok(entries)
    }

    /// Whether everything that was in the live path when it was opened has been returned.
    pub async fn caught_up(&self) -> Result<bool, ReadError> {
        if self.beginning.is_some() {
            return Ok(false);
        }
        match self.tail.position() {
            Some(position) => Ok(position >= self.backlog),
            None => {
                let end = End::of(&self.broker, self.shard).await?;
                Ok(end.entry.is_none() || end.sequence == 0)
            }
        }
    }

    /// Reading begins with the first entry of the window, or behind the last entry when that is older. Whoever began behind a window
    /// that is only slow to come would know nothing of what clients missed, and have them load everything again.
    async fn window_begins(&mut self, last: LastEntry) -> Result<LiveEntry, ReadError> {
        let behind = LiveEntry {
            epoch: last.epoch,
            from: last.to,
            to: last.to,
            facts: Vec::new(),
        };
        match self.tail.first().await? {
            // Handing it out as the beginning keeps its facts.
            Some(first) => Ok(entry::decode(&first.message).unwrap_or(behind)),
            None => {
                self.tail.restart(Start::After(self.backlog));
                Ok(behind)
            }
        }
    }

    /// After a restart of the broker the stream is missing, or a new one stands in its place.
    async fn began_anew(&mut self) -> Result<bool, ReadError> {
        if !*self.broker.connected().borrow() {
            return Ok(false);
        }
        let created = ensure(&self.broker, self.shard).await?;
        let anew = created != self.created;
        if anew {
            tracing::warn!(shard = %self.shard, "the live path began anew");
            metrics::counter!("mtchat_live_recreated_total").increment(1);
            self.created = created;
            self.backlog = 0;
            self.tail.restart(Start::After(0));
        }
        Ok(anew)
    }
}

/// The live path holds nothing: the log stands where the fan-out's checkpoint says, or nothing was ever written.
async fn quiet(broker: &Broker, shard: ShardId) -> Result<LiveEntry, ReadError> {
    let log = log_state(broker, shard).await?;
    let kept = checkpoint::read(broker, shard)
        .await?
        .filter(|kept| kept.epoch == log.epoch);
    let at = kept.map_or(0, |kept| kept.log_seq);
    Ok(LiveEntry {
        epoch: log.epoch,
        from: at,
        to: at,
        facts: Vec::new(),
    })
}

async fn ensure(broker: &Broker, shard: ShardId) -> Result<OffsetDateTime, ReadError> {
    let unavailable = |error: String| ReadError::Unavailable(error);
    streams::ensure_live(broker, shard)
        .await
        .map_err(|error| unavailable(error.to_string()))?;
    let asked = timeout(QUESTION, broker.jetstream.get_stream(streams::live_name(shard))).await;
    let stream = asked
        .map_err(|_| unavailable("no answer in time".to_owned()))?
        .map_err(|error| unavailable(error.to_string()))?;
    Ok(stream.cached_info().created)
}
