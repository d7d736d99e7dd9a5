use mtchat_protocol::{ShardId, Timestamp};
use tokio::time::timeout;

use crate::{
    Broker, ReadError,
    broker::QUESTION,
    read::{Start, Tail, log_stream},
    streams,
};

/// The sequence of the first fact that a shard's log got at or after a moment, `None` when it got none since. A broker that is too slow
/// to say is an error and never «none»: whoever keeps what is young would let go of it.
pub async fn first_since(
    broker: &Broker,
    shard: ShardId,
    moment: Timestamp,
) -> Result<Option<u64>, ReadError> {
    let mut tail = Tail::new(broker, streams::log_name(shard), Start::At(moment));
    Ok(tail.first().await?.map(|first| first.sequence))
}

/// Remove everything before this sequence from a shard's log. Doing it again changes nothing. How many messages went comes back.
pub async fn purge_before(broker: &Broker, shard: ShardId, log_seq: u64) -> Result<u64, ReadError> {
    let stream = log_stream(broker, shard).await?;
    let purged = timeout(QUESTION, async { stream.purge().sequence(log_seq).await }).await;
    let purged = purged.map_err(|_| ReadError::late())?;
    let purged = purged.map_err(|error| ReadError::Unavailable(error.to_string()))?;
    Ok(purged.purged)
}
