use std::fmt;

use bytes::Bytes;
use futures_util::{Stream, StreamExt, future, stream};
use mtchat_protocol::{AppId, UserId};
use serde::{Deserialize, Serialize};
use tokio::time::timeout;
use uuid::Uuid;

use crate::{Broker, BrokerError, broker::QUESTION, subject};

/// One life of an edge: a restart is another edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EdgeId(Uuid);

impl EdgeId {
    /// One that nobody has.
    pub fn fresh() -> Self {
        Self(Uuid::now_v7())
    }
}

impl fmt::Display for EdgeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What an edge says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EdgeSays {
    /// It is there; whom it said to be online still are.
    Alive,
    /// It does not know who is online elsewhere: the others tell their whole sets.
    Asking,
    /// It stops; nobody is online there any more.
    Leaving,
}

/// What an edge says of the users of an app.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UsersSaid {
    /// Their first connection there came, or their last one went.
    Changed {
        /// Online from now on.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        came: Vec<UserId>,
        /// Not any more.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        went: Vec<UserId>,
    },
    /// Of those whose [`part`](Self::part_of) is this one, exactly these are online there. All parts together are the whole set,
    /// and each repairs on its own what was missed.
    Whole {
        /// Which part.
        part: u32,
        /// How many there are.
        parts: u32,
        /// Who is online.
        users: Vec<UserId>,
    },
}

impl UsersSaid {
    /// The part that tells of a user when there are so many.
    pub fn part_of(user: &UserId, parts: u32) -> u32 {
        // FNV-1a: every version of every edge must come to the same.
        let hash = user.as_str().bytes().fold(0x811c_9dc5_u32, |hash, byte| {
            (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
        });
        hash % parts.max(1)
    }
}

/// What was heard of presence, and from which edge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PresenceHeard {
    /// Of an edge.
    Edge(EdgeId, EdgeSays),
    /// Of users of an app.
    Users(EdgeId, AppId, UsersSaid),
}

#[derive(Serialize, Deserialize)]
struct Signed<T> {
    edge: EdgeId,
    says: T,
}

/// Tell every edge something of this one. At most once.
pub async fn publish_edge(broker: &Broker, edge: EdgeId, says: EdgeSays) {
    publish(broker, subject::EDGES.to_owned(), &Signed { edge, says }).await;
}

/// Tell every edge who is online on this one. At most once: the whole set repairs what is lost.
pub async fn publish_users(broker: &Broker, edge: EdgeId, app: &AppId, says: &UsersSaid) {
    publish(broker, subject::presence(app), &Signed { edge, says }).await;
}

/// Hear of presence, in all apps; one's own words come back too. What can not be read is skipped.
pub async fn subscribe_presence(
    broker: &Broker,
) -> Result<impl Stream<Item = PresenceHeard> + use<>, BrokerError> {
    let failed = |error: async_nats::SubscribeError| BrokerError::JetStream(error.to_string());
    let edges = broker.client.subscribe(subject::EDGES).await.map_err(failed)?;
    let users = broker
        .client
        .subscribe(subject::presence_of_all())
        .await
        .map_err(failed)?;
    let edges = edges.filter_map(|message| {
        let signed: Option<Signed<EdgeSays>> = serde_json::from_slice(&message.payload).ok();
        future::ready(signed.map(|signed| PresenceHeard::Edge(signed.edge, signed.says)))
    });
    let users = users.filter_map(|message| {
        let app = subject::app_of_presence(&message.subject);
        let signed: Option<Signed<UsersSaid>> = serde_json::from_slice(&message.payload).ok();
        let heard = app.zip(signed);
        future::ready(heard.map(|(app, signed)| PresenceHeard::Users(signed.edge, app, signed.says)))
    });
    Ok(stream::select(edges, users))
}

pub(crate) async fn publish(broker: &Broker, subject: String, said: &impl Serialize) {
    if !*broker.connected().borrow() {
        return;
    }
    let payload = match serde_json::to_vec(said) {
        Ok(payload) => Bytes::from(payload),
        Err(error) => {
            tracing::error!(%error, "presence could not be serialised");
            return;
        }
    };
    if !matches!(
        timeout(QUESTION, broker.client.publish(subject, payload)).await,
        Ok(Ok(()))
    ) {
        tracing::debug!("presence was not published");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_user_is_in_one_part_and_parts_are_even() {
        let mut counts = [0_u32; 7];
        for number in 0..7_000 {
            let user = UserId::new(&format!("user-{number}")).unwrap();
            counts[UsersSaid::part_of(&user, 7) as usize] += 1;
        }
        assert!(
            counts.iter().all(|count| (800..1_200).contains(count)),
            "{counts:?}"
        );
    }

    #[test]
    fn what_is_said_is_read_back() {
        let says = UsersSaid::Whole {
            part: 1,
            parts: 3,
            users: vec![UserId::new("alice").unwrap()],
        };
        let signed = Signed {
            edge: EdgeId::fresh(),
            says: says.clone(),
        };
        let read: Signed<UsersSaid> = serde_json::from_slice(&serde_json::to_vec(&signed).unwrap()).unwrap();
        assert_eq!((read.edge, read.says), (signed.edge, says));
    }
}
