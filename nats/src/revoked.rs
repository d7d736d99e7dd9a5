use futures_util::{Stream, StreamExt, future};
use mtchat_protocol::Revocation;

use crate::{Broker, BrokerError, subject};

/// Announce to all edges whose tokens are not good any more. At most once: edges find in the database what they did not hear.
pub async fn publish_revoked(broker: &Broker, revocation: &Revocation) {
    if !*broker.connected().borrow() {
        return;
    }
    let Ok(payload) = serde_json::to_vec(revocation) else {
        return;
    };
    if let Err(error) = broker.client.publish(subject::REVOKED, payload.into()).await {
        tracing::debug!(%error, "a revocation was not announced");
    }
}

/// Hear whose tokens are not good any more. Announcements may be missed.
pub async fn subscribe_revoked(
    broker: &Broker,
) -> Result<impl Stream<Item = Revocation> + use<>, BrokerError> {
    let subscribed = broker.client.subscribe(subject::REVOKED).await;
    let heard = subscribed.map_err(|error| BrokerError::JetStream(error.to_string()))?;
    Ok(heard.filter_map(|message| future::ready(serde_json::from_slice(&message.payload).ok())))
}
