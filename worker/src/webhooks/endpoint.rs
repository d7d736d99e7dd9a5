use std::{collections::BTreeSet, time::Duration};

use mtchat_domain::{WEBHOOK_EVENTS, webhook_name};
use mtchat_nats::{Broker, Logged, ReadError, log_state, logged_at, subject};
use mtchat_protocol::{AppId, Fact, FactKind, Position, ShardId, Timestamp};
use mtchat_storage::WebhookPlace;
use tokio::time::Instant;
use uuid::Uuid;

use super::{
    SigningSecret, WebhookReach, WebhookUrl,
    body::Body,
    client::{Answer, WebhookClient},
    queue::Item,
};
use crate::dead_letter;

/// The name of the endpoint that is configured. Those of the Management API will have ids.
const CONFIGURED: &str = "configured";

/// The endpoint that is configured.
#[derive(Debug, Clone)]
pub struct WebhookOptions {
    /// Where it takes its requests.
    pub url: WebhookUrl,
    /// What they are signed with, at least one: with each of them, so that they can be changed without a break.
    pub secrets: Vec<SigningSecret>,
    /// What it wants to hear of.
    pub events: WebhookEvents,
    /// Where it may be.
    pub reach: WebhookReach,
    /// Most requests at once.
    pub concurrency: usize,
}

/// Which events an endpoint wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WebhookEvents {
    /// All there are, and will be.
    All,
    /// Those with these names.
    Named(BTreeSet<String>),
}

/// A name that no event has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no event {0:?}; there are {names} and *", names = WEBHOOK_EVENTS.join(", "))]
pub struct UnknownEvent(pub String);

impl WebhookEvents {
    /// Read a list of names; `*` is all of them.
    pub fn new<'a>(names: impl IntoIterator<Item = &'a str>) -> Result<Self, UnknownEvent> {
        let mut named = BTreeSet::new();
        let mut all = false;
        for name in names {
            all |= name == "*";
            if name != "*" && !WEBHOOK_EVENTS.contains(&name) {
                return Err(UnknownEvent(name.to_owned()));
            }
            named.insert(name.to_owned());
        }
        Ok(if all { Self::All } else { Self::Named(named) })
    }

    fn want(&self, name: &str) -> bool {
        match self {
            Self::All => true,
            Self::Named(names) => names.contains(name),
        }
    }
}

/// An endpoint of an app, and the way to it.
pub(super) struct Endpoint {
    pub(super) app: AppId,
    pub(super) name: &'static str,
    pub(super) options: WebhookOptions,
    client: WebhookClient,
    broker: Broker,
    pub(super) shard: ShardId,
    largest_fact: usize,
}

/// What became of a try.
#[derive(Debug)]
pub(super) enum Tried {
    /// The endpoint was asked.
    Asked(Asked),
    /// It was not: there is nothing to tell it.
    Missing(Missing),
    /// A defect of ours.
    Panicked,
}

/// Why there is nothing to tell.
#[derive(Debug)]
pub(super) enum Missing {
    /// The fact was erased since, or is not what it was.
    Erased,
    /// The log was purged beyond the fact.
    Purged,
    /// The log did not say.
    Unread(ReadError),
}

/// A request, and what came of it.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) event_id: Uuid,
    pub(super) body_sha256: [u8; 32],
    pub(super) answer: Answer,
    pub(super) latency: Duration,
}

impl Endpoint {
    /// The one that is configured, of the app `default`.
    pub(super) fn configured(
        options: &WebhookOptions,
        broker: &Broker,
        shard: ShardId,
        largest_fact: usize,
    ) -> Self {
        Self {
            app: AppId::default_app(),
            name: CONFIGURED,
            client: WebhookClient::new(options.reach.private, options.concurrency),
            options: options.clone(),
            broker: broker.clone(),
            shard,
            largest_fact,
        }
    }

    /// Its place in the shard's log.
    pub(super) fn place(&self) -> WebhookPlace {
        WebhookPlace {
            app: self.app.clone(),
            endpoint: self.name.to_owned(),
            shard: self.shard,
        }
    }

    /// The event and its fact, if an entry of the log is one that the endpoint wants. What it does not want is not even decoded.
    pub(super) fn event(&self, logged: &Logged) -> Option<(Item, Fact)> {
        let place = subject::parse(&logged.subject)
            .ok()
            .filter(|place| place.app == self.app)?;
        let event =
            webhook_name(&FactKind::parse(place.kind)).filter(|name| self.options.events.want(name))?;
        let fact = dead_letter::any_fact(logged, self.largest_fact)?;
        let item = Item {
            log_seq: logged.log_seq,
            dialog: fact.dialog,
            fact_id: fact.id,
            event: event.to_owned(),
            failures: 0,
            failing_since: None,
            last_failed: None,
            due: None,
            stored: false,
        };
        Some((item, fact))
    }

    /// Tell the endpoint of an event. A fact that was read a while ago is read again: it may have been erased.
    pub(super) async fn tell(&self, item: &Item, fact: Option<Fact>) -> Tried {
        let fact = match fact {
            Some(fact) => fact,
            None => match self.read(item).await {
                Ok(fact) => fact,
                Err(missing) => return Tried::Missing(missing),
            },
        };
        let position = Position {
            shard: self.shard,
            log_seq: item.log_seq,
        };
        let Some(body) = Body::of(self.name, &fact, position) else {
            return Tried::Missing(Missing::Erased);
        };
        let began = Instant::now();
        let headers = body.headers(&self.options.secrets, Timestamp::now());
        let answer = self
            .client
            .post(&self.options.url, headers, body.bytes.clone())
            .await;
        Tried::Asked(Asked {
            event_id: body.id,
            body_sha256: body.sha256(),
            answer,
            latency: began.elapsed(),
        })
    }

    async fn read(&self, item: &Item) -> Result<Fact, Missing> {
        let found = logged_at(&self.broker, self.shard, item.log_seq).await;
        let Some(logged) = found.map_err(Missing::Unread)? else {
            let log = log_state(&self.broker, self.shard)
                .await
                .map_err(Missing::Unread)?;
            return Err(if item.log_seq < log.first_seq {
                Missing::Purged
            } else {
                Missing::Erased
            });
        };
        dead_letter::any_fact(&logged, self.largest_fact)
            .filter(|fact| fact.id == item.fact_id && fact.app == self.app)
            .ok_or(Missing::Erased)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_wanted_by_name_or_all() {
        let some = WebhookEvents::new(["message.new", "participant.left"]).unwrap();
        assert!(some.want("message.new") && !some.want("message.read"));
        assert_eq!(WebhookEvents::new(["message.new", "*"]), Ok(WebhookEvents::All));
        assert!(WebhookEvents::All.want("message.read"));
        let unknown = WebhookEvents::new(["message_new"]);
        assert_eq!(unknown, Err(UnknownEvent("message_new".to_owned())));
    }
}
