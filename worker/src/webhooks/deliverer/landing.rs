use std::time::Duration;

use mtchat_protocol::Timestamp;
use mtchat_storage::{WaitingWebhook, WebhookTry};
use tokio::task::JoinError;

use super::{Deliverer, Landed};
use crate::{
    departure::{Departure, RoleError},
    webhooks::{
        endpoint::{Asked, Missing, Tried},
        pace::{Step, Tries, later},
        queue::Item,
    },
};

/// When the log does not say what an event was, nothing is sent for so long.
const READ_AGAIN: Duration = Duration::from_secs(1);

impl Deliverer<'_> {
    /// A try has ended: what follows from that for its event.
    pub(super) fn landed(&mut self, landed: Result<Landed, JoinError>) -> Result<(), Departure> {
        // A try catches its own panics.
        let Landed { item, probe, tried } = landed.map_err(|_| Departure::Failed(RoleError::Panicked))?;
        let now = Timestamp::now();
        match tried {
            Tried::Asked(asked) => {
                self.tell(now, &item, &asked);
                let was_down = self.health.is_down();
                let tries = Tries {
                    dialog: item.dialog,
                    failures: item.failures,
                    failing_since: item.failing_since,
                    last_failed: item.last_failed,
                    probe,
                };
                let step = self
                    .health
                    .after(now, tries, asked.answer.outcome, fastrand::f64());
                self.tell_health(was_down, &asked);
                self.step(now, &item, step, asked.answer.status, asked.answer.error);
            }
            Tried::Missing(Missing::Erased) => self.settle(&item),
            Tried::Missing(Missing::Purged) => {
                self.bury(
                    &item,
                    None,
                    Some("the log was purged before it was delivered".to_owned()),
                );
            }
            Tried::Missing(Missing::Unread(error)) => {
                tracing::debug!(%error, "the log does not say what an endpoint is to be told");
                self.queue.stay(item.dialog);
                self.health.wait_until(later(now, READ_AGAIN));
            }
            Tried::Panicked => self.bury(&item, None, Some("telling it panicked".to_owned())),
        }
        Ok(())
    }

    fn step(&mut self, now: Timestamp, item: &Item, step: Step, status: Option<u16>, error: Option<String>) {
        match step {
            Step::Done { revived } => {
                self.settle(item);
                if revived {
                    self.queue.wake();
                }
            }
            Step::Retry(due) => {
                if let Some(item) = self.queue.retry(item.dialog, now, due) {
                    let waiting = waiting(&item, status, error);
                    self.changes.waiting.insert(item.log_seq, waiting);
                }
            }
            Step::Stay => self.queue.stay(item.dialog),
            Step::Bury => self.bury(item, status, error),
            Step::Disable => {
                tracing::error!(
                    endpoint.host = self.endpoint.options.url.host(),
                    "the endpoint answered 410 and is switched off"
                );
                self.queue.stay(item.dialog);
                self.changes.disabled = Some("it answered 410 Gone".to_owned());
            }
        }
    }

    /// Nothing is left to do for an event.
    fn settle(&mut self, item: &Item) {
        self.queue.settle(item.dialog);
        if item.stored || self.changes.waiting.contains_key(&item.log_seq) {
            self.changes.waiting.remove(&item.log_seq);
            self.changes.settled.insert(item.log_seq);
        }
    }

    fn bury(&mut self, item: &Item, status: Option<u16>, error: Option<String>) {
        tracing::warn!(
            dialog.id = %item.dialog,
            event = item.event,
            log_seq = item.log_seq,
            status,
            "an endpoint does not take an event, which is given up"
        );
        metrics::counter!("mtchat_webhook_dead_letters_total").increment(1);
        let failed = Item {
            failures: item.failures.saturating_add(1),
            ..item.clone()
        };
        self.changes.dead.push(waiting(&failed, status, error));
        self.settle(item);
    }

    fn tell(&mut self, now: Timestamp, item: &Item, asked: &Asked) {
        let outcome = asked.answer.outcome.as_str();
        metrics::counter!("mtchat_webhook_deliveries_total", "outcome" => outcome).increment(1);
        metrics::histogram!("mtchat_webhook_delivery_seconds").record(asked.latency);
        self.changes.tries.push(WebhookTry {
            event_id: asked.event_id,
            event: item.event.clone(),
            dialog: item.dialog,
            log_seq: item.log_seq,
            attempt: item.failures.saturating_add(1),
            outcome,
            status: asked.answer.status,
            error: asked.answer.error.clone(),
            latency_ms: u64::try_from(asked.latency.as_millis()).unwrap_or(u64::MAX),
            body_sha256: asked.body_sha256,
            at: now,
        });
    }

    /// Only the beginning and the end of a time of trouble are told.
    fn tell_health(&self, was_down: bool, asked: &Asked) {
        let host = self.endpoint.options.url.host();
        let reason = asked.answer.error.as_deref().unwrap_or_default();
        match (was_down, self.health.is_down()) {
            (false, true) => {
                tracing::warn!(
                    endpoint.host = host,
                    reason,
                    "the endpoint takes nothing and is asked again later"
                );
            }
            (true, false) => tracing::info!(endpoint.host = host, "the endpoint takes events again"),
            (false, false) | (true, true) => {}
        }
    }
}

/// An event as it is written down while it waits.
pub(super) fn waiting(item: &Item, status: Option<u16>, error: Option<String>) -> WaitingWebhook {
    WaitingWebhook {
        log_seq: item.log_seq,
        dialog: item.dialog,
        fact_id: item.fact_id,
        event: item.event.clone(),
        failures: item.failures,
        failing_since: item.failing_since,
        due: item.due,
        status,
        error,
    }
}
