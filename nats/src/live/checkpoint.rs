use async_nats::jetstream::kv::Store;
use mtchat_protocol::{Epoch, ShardId};
use serde::{Deserialize, Serialize};
use tokio::time::timeout;

use crate::{Broker, ReadError, broker::QUESTION, streams};

/// How far the fan-out had written, kept in a file: the live path itself is in memory and gone after a restart of the broker.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Checkpoint {
    pub(super) epoch: Epoch,
    pub(super) log_seq: u64,
}

pub(super) async fn read(broker: &Broker, shard: ShardId) -> Result<Option<Checkpoint>, ReadError> {
    let asked = timeout(QUESTION, bucket(broker).await?.get(key(shard))).await;
    let value = asked
        .map_err(|_| ReadError::late())?
        .map_err(|error| ReadError::Unavailable(error.to_string()))?;
    Ok(value.and_then(|value| serde_json::from_slice(&value).ok()))
}

pub(super) async fn write(broker: &Broker, shard: ShardId, checkpoint: &Checkpoint) -> Result<(), ReadError> {
    let value = serde_json::to_vec(checkpoint).map_err(|error| ReadError::Unavailable(error.to_string()))?;
    let put = timeout(QUESTION, bucket(broker).await?.put(key(shard), value.into())).await;
    put.map_err(|_| ReadError::late())?
        .map_err(|error| ReadError::Unavailable(error.to_string()))?;
    Ok(())
}

fn key(shard: ShardId) -> String {
    format!("checkpoint.fanout.{shard}")
}

async fn bucket(broker: &Broker) -> Result<Store, ReadError> {
    let found = timeout(QUESTION, broker.jetstream.get_key_value(streams::LEASES)).await;
    found
        .map_err(|_| ReadError::late())?
        .map_err(|error| ReadError::Unavailable(error.to_string()))
}
