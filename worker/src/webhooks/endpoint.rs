use std::{sync::Arc, time::Duration};

use http::{HeaderName, HeaderValue};
use mtchat_domain::webhook_name;
use mtchat_nats::{Broker, Logged, ReadError, log_state, logged_at, subject};
use mtchat_protocol::{Fact, FactKind, Position, ShardId, Timestamp};
use mtchat_traces::{Kind, Span};
use tokio::time::Instant;
use uuid::Uuid;

use super::{
    body::{Body, Shape},
    client::{Answer, WebhookClient},
    outcome::Outcome,
    profile::Profile,
    queue::Item,
};
use crate::dead_letter;

/// W3C trace context: which request the event follows from.
const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// An endpoint, and the way from the log to it.
pub(super) struct Endpoint {
    pub(super) profile: Arc<Profile>,
    pub(super) client: WebhookClient,
    pub(super) broker: Broker,
    pub(super) shard: ShardId,
    pub(super) largest_fact: usize,
    /// What stands up to here it was told before.
    pub(super) replayed_to: u64,
}

/// A fact as it was read from the log.
pub(super) struct Known {
    pub(super) fact: Fact,
    /// The `traceparent` of what made it.
    pub(super) trace: Option<String>,
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
    /// The event and its fact, if an entry of the log is one that the endpoint wants. What it does not want is not even decoded.
    pub(super) fn event(&self, logged: &Logged) -> Option<(Item, Fact)> {
        let place = subject::parse(&logged.subject)
            .ok()
            .filter(|place| place.app == self.profile.key.app)?;
        let event =
            webhook_name(&FactKind::parse(place.kind)).filter(|name| self.profile.events.want(name))?;
        let fact = dead_letter::any_fact(logged, self.largest_fact)
            .filter(|fact| self.profile.wants_object(fact.head.object_type.as_str()))?;
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
    pub(super) async fn tell(&self, item: &Item, known: Option<Known>) -> Tried {
        let Known { fact, trace } = match known {
            Some(known) => known,
            None => match self.read(item).await {
                Ok(known) => known,
                Err(missing) => return Tried::Missing(missing),
            },
        };
        let position = Position {
            shard: self.shard,
            log_seq: item.log_seq,
        };
        let Some(body) = Body::of(&self.profile.key.endpoint, &fact, position, self.shape(item)) else {
            return Tried::Missing(Missing::Erased);
        };
        let began = Instant::now();
        let now = Timestamp::now();
        let mut headers = body.headers(self.profile.secrets(now), now);
        let mut span = Span::part_of("webhook", Kind::Client, trace.as_deref());
        if let Some(trace) = span.traceparent().or(trace)
            && let Ok(value) = HeaderValue::try_from(trace)
        {
            headers.insert(TRACEPARENT, value);
        }
        let answer = self
            .client
            .post(&self.profile.url, headers, body.bytes.clone())
            .await;
        tell_span(&mut span, item, &answer);
        Tried::Asked(Asked {
            event_id: body.id,
            body_sha256: body.sha256(),
            answer,
            latency: began.elapsed(),
        })
    }

    fn shape(&self, item: &Item) -> Shape {
        Shape {
            with_data: self.profile.with_data,
            replayed: item.log_seq <= self.replayed_to,
        }
    }

    async fn read(&self, item: &Item) -> Result<Known, Missing> {
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
        let fact = dead_letter::any_fact(&logged, self.largest_fact)
            .filter(|fact| fact.id == item.fact_id && fact.app == self.profile.key.app)
            .ok_or(Missing::Erased)?;
        Ok(Known {
            fact,
            trace: logged.trace,
        })
    }
}

fn tell_span(span: &mut Span, item: &Item, answer: &Answer) {
    if !span.is_recorded() {
        return;
    }
    span.set("mtchat.event", item.event.clone());
    span.set("mtchat.outcome", answer.outcome.as_str());
    span.set("http.request.resend_count", i64::from(item.failures));
    if let Some(status) = answer.status {
        span.set("http.response.status_code", status);
    }
    if answer.outcome != Outcome::Delivered {
        span.fail();
    }
}
