use bytes::Bytes;
use futures_util::{Stream, StreamExt, future};
use mtchat_protocol::{AppId, DialogId, UserId};
use serde::{Deserialize, Serialize};
use tokio::time::timeout;

use crate::{Broker, BrokerError, broker::QUESTION, subject};

/// Somebody is typing. Said at most once and never stored; it names who may hear of it, so that nobody has to look.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Typing {
    /// Where.
    pub dialog: DialogId,
    /// Who.
    pub user: UserId,
    /// They have stopped.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub stop: bool,
    /// Who is in the dialog, as the typing user's edge knows it.
    pub members: Vec<UserId>,
}

/// Tell every edge. At most once: what is lost is not said again.
pub async fn publish_typing(broker: &Broker, app: &AppId, typing: &Typing) {
    if !*broker.connected().borrow() {
        return;
    }
    let payload = match serde_json::to_vec(typing) {
        Ok(payload) => Bytes::from(payload),
        Err(error) => {
            tracing::error!(%error, "a typing notice could not be serialised");
            return;
        }
    };
    let published = broker.client.publish(subject::typing(app), payload);
    if !matches!(timeout(QUESTION, published).await, Ok(Ok(()))) {
        tracing::debug!("a typing notice was not published");
    }
}

/// Hear who is typing, in all apps. What can not be read is skipped.
pub async fn subscribe_typing(
    broker: &Broker,
) -> Result<impl Stream<Item = (AppId, Typing)> + use<>, BrokerError> {
    let subscribed = broker.client.subscribe(subject::typing_of_all()).await;
    let heard = subscribed.map_err(|error| BrokerError::JetStream(error.to_string()))?;
    Ok(heard.filter_map(|message| {
        let app = subject::app_of_typing(&message.subject);
        future::ready(app.zip(serde_json::from_slice(&message.payload).ok()))
    }))
}
