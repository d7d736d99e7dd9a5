use async_nats::jetstream::stream::Info;
use mtchat_protocol::{Epoch, Fact, FactId, ShardId};
use tokio::time::timeout;

use super::{ReadError, logged_at};
use crate::{Broker, broker::QUESTION, streams};

/// How a shard's log stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogState {
    /// The oldest sequence it holds.
    pub first_seq: u64,
    /// The newest sequence it ever gave.
    pub last_seq: u64,
    /// Its present life.
    pub epoch: Epoch,
    /// Its size in bytes.
    pub bytes: u64,
    /// How many bytes it may have.
    pub most_bytes: u64,
}

/// Ask how a shard's log stands.
pub async fn log_state(broker: &Broker, shard: ShardId) -> Result<LogState, ReadError> {
    let info = info(broker, shard).await?;
    let epoch = info.config.metadata.get(streams::EPOCH_KEY).cloned();
    Ok(LogState {
        first_seq: info.state.first_sequence,
        last_seq: info.state.last_sequence,
        epoch: Epoch(epoch.unwrap_or_else(|| "1-0".to_owned())),
        bytes: info.state.bytes,
        // Without a bound it is a negative number.
        most_bytes: u64::try_from(info.config.max_bytes).unwrap_or(u64::MAX),
    })
}

/// The id of the fact at a sequence. `None`: purged, never there, or not a fact.
pub async fn fact_at(broker: &Broker, shard: ShardId, log_seq: u64) -> Result<Option<FactId>, ReadError> {
    let found = logged_at(broker, shard, log_seq).await?;
    Ok(found.and_then(|logged| Some(Fact::decode(&logged.payload).ok()?.id)))
}

/// The log lost its tail: begin its next life, unless somebody who noticed the same has done it. Returns the epoch that holds now.
pub async fn next_epoch(broker: &Broker, shard: ShardId, from: &Epoch) -> Result<Epoch, ReadError> {
    let info = info(broker, shard).await?;
    let found = info
        .config
        .metadata
        .get(streams::EPOCH_KEY)
        .cloned()
        .map_or_else(|| from.clone(), Epoch);
    if found != *from {
        return Ok(found);
    }
    let next = streams::epoch_after(from);
    let mut config = info.config;
    config
        .metadata
        .insert(streams::EPOCH_KEY.to_owned(), next.0.clone());
    let update = timeout(QUESTION, broker.jetstream.update_stream(config)).await;
    update
        .map_err(|_| ReadError::Epoch("no answer in time".to_owned()))?
        .map_err(|error| ReadError::Epoch(error.to_string()))?;
    tracing::error!(%shard, epoch = %next, "the log lost facts that had been acknowledged: a new epoch begins");
    Ok(next)
}

async fn info(broker: &Broker, shard: ShardId) -> Result<Info, ReadError> {
    let asked = timeout(QUESTION, broker.jetstream.get_stream(streams::log_name(shard))).await;
    let stream = asked
        .map_err(|_| ReadError::late())?
        .map_err(|error| ReadError::Unavailable(error.to_string()))?;
    Ok(stream.cached_info().clone())
}
