use futures_util::{Stream, StreamExt, future};
use mtchat_protocol::ShardId;

use crate::{Broker, BrokerError, subject};

/// Announce how far Postgres has committed a shard's log. At most once: the next announcement says it again.
pub async fn publish_stored(broker: &Broker, shard: ShardId, log_seq: u64) {
    if !*broker.connected().borrow() {
        return;
    }
    let payload = log_seq.to_string().into();
    if let Err(error) = broker.client.publish(subject::stored(shard), payload).await {
        tracing::debug!(%error, "the watermark was not announced");
    }
}

/// Hear how far Postgres has committed a shard's log. Announcements may be missed; numbers may repeat.
pub async fn subscribe_stored(
    broker: &Broker,
    shard: ShardId,
) -> Result<impl Stream<Item = u64> + use<>, BrokerError> {
    let subscribed = broker.client.subscribe(subject::stored(shard)).await;
    let heard = subscribed.map_err(|error| BrokerError::JetStream(error.to_string()))?;
    Ok(heard.filter_map(|message| {
        future::ready(
            std::str::from_utf8(&message.payload)
                .ok()
                .and_then(|text| text.parse().ok()),
        )
    }))
}
