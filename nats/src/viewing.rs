use std::time::Duration;

use futures_util::{Stream, StreamExt, future};
use mtchat_protocol::{AppId, DialogId, UserId};
use serde::{Deserialize, Serialize};

use crate::{Broker, BrokerError, EdgeId, presence, subject};

/// How often an edge says again what is on the screens of its users.
pub const VIEWING_EVERY: Duration = Duration::from_secs(15);
/// How long it holds without being said again.
pub const VIEWING_LEASE: Duration = Duration::from_secs(45);

/// Whose screens show which dialogs of an app, as far as an edge knows. What is not said again ends by itself, so whatever is lost is
/// made up for, also when the edge itself is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Viewing {
    /// Which edge says so.
    pub edge: EdgeId,
    /// They have them on the screen.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shown: Vec<(DialogId, UserId)>,
    /// Not any more.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gone: Vec<(DialogId, UserId)>,
}

/// Tell the workers. At most once: it is said again.
pub async fn publish_viewing(broker: &Broker, app: &AppId, viewing: &Viewing) {
    presence::publish(broker, subject::viewing(app), viewing).await;
}

/// Hear what is on screens, in all apps. What can not be read is skipped.
pub async fn subscribe_viewing(
    broker: &Broker,
) -> Result<impl Stream<Item = (AppId, Viewing)> + use<>, BrokerError> {
    let subscribed = broker.client.subscribe(subject::viewing_of_all()).await;
    let heard = subscribed.map_err(|error| BrokerError::JetStream(error.to_string()))?;
    Ok(heard.filter_map(|message| {
        let app = subject::app_of_viewing(&message.subject);
        future::ready(app.zip(serde_json::from_slice(&message.payload).ok()))
    }))
}
