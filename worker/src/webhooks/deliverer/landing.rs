use std::time::Duration;

use mtchat_protocol::Timestamp;
use mtchat_storage::{WaitingWebhook, WebhookFailing, WebhookOff, WebhookTry};
use tokio::task::JoinError;

use super::{Deliverer, Landed};
use crate::{
    departure::{Departure, RoleError},
    webhooks::{
        endpoint::{Asked, Missing, Tried},
        outcome::Outcome,
        pace::{Step, Tries, later},
        queue::Item,
        streak::{Turn, reason},
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
                self.keep_streak(now, asked.answer.outcome == Outcome::Delivered);
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
                self.queue.stay(item.dialog);
                self.switch_off("it answered 410 Gone".to_owned());
            }
        }
    }

    /// Whoever takes nothing for days is not asked for ever.
    fn keep_streak(&mut self, now: Timestamp, delivered: bool) {
        match self.streak.after(now, delivered) {
            Turn::Began(since) => self.changes.failing = Some(WebhookFailing::Since(since)),
            Turn::Ended => self.changes.failing = Some(WebhookFailing::Not),
            Turn::Lasts(_) => self.switch_off(reason(self.charge.disable_after)),
            Turn::Same => {}
        }
    }

    fn switch_off(&mut self, reason: String) {
        if self.changes.off.is_some() {
            return;
        }
        let profile = &self.endpoint.profile;
        tracing::error!(
            endpoint = %profile.key,
            endpoint.host = profile.url.host(),
            reason = reason.as_str(),
            "the endpoint is switched off"
        );
        metrics::counter!("mtchat_webhook_endpoints_disabled_total").increment(1);
        self.changes.off = Some(WebhookOff {
            reason,
            url_host: profile.url.host().to_owned(),
            since: self.streak.since(),
        });
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
            endpoint = %self.endpoint.profile.key,
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
            fact_id: item.fact_id,
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
        let profile = &self.endpoint.profile;
        let host = profile.url.host();
        let reason = asked.answer.error.as_deref().unwrap_or_default();
        match (was_down, self.health.is_down()) {
            (false, true) => {
                tracing::warn!(
                    endpoint = %profile.key,
                    endpoint.host = host,
                    reason,
                    "the endpoint takes nothing and is asked again later"
                );
            }
            (true, false) => {
                tracing::info!(endpoint = %profile.key, endpoint.host = host, "the endpoint takes events again");
            }
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
