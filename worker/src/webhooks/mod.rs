//! Telling hosts what happens: an endpoint is a position in the log.
//!
//! What is to be done is decided without IO: [`queue`] knows what may go out and how far that makes the endpoint in the log, [`pace`] what
//! follows from an answer, [`address`] where requests may go. [`Deliverer`] carries it out.

mod address;
mod body;
mod client;
mod deliverer;
mod endpoint;
mod outcome;
mod pace;
mod queue;
mod signature;

use std::{convert::Infallible, time::Duration};

use mtchat_nats::log_state;
use mtchat_storage::{ApplyError, Storage, WaitingWebhook, WebhookStanding};

pub use address::{NotAWebhookUrl, WebhookReach, WebhookUrl};
pub use endpoint::{UnknownEvent, WebhookEvents, WebhookOptions};
pub use signature::{NotASecret, SigningSecret};

use self::{deliverer::Deliverer, endpoint::Endpoint, queue::Item};
use crate::{departure::Departure, duty::Duty, follow::Ground, projector::patiently};

/// How often it is looked whether an endpoint was switched on again.
const LOOK_WHETHER_ON: Duration = Duration::from_secs(5);

/// Deliver to the endpoint that is configured, from where it stands in the log.
pub(crate) async fn session(storage: &Storage, duty: &Duty) -> Result<Infallible, Departure> {
    let Some(options) = &duty.options.webhooks else {
        duty.report.started(0);
        duty.report.progress(0);
        duty.over.cancelled().await;
        return Err(Departure::Over);
    };
    let connected = duty.connection();
    let endpoint = Endpoint::configured(options, &duty.broker, duty.shard, duty.options.largest_fact);
    let place = endpoint.place();
    let log = log_state(&duty.broker, duty.shard).await?;
    let begin = || async {
        let url = options.url.as_str();
        let standing = storage
            .begin_webhooks(&place, url, &log.epoch, log.last_seq)
            .await?;
        Ok::<_, ApplyError>(standing)
    };
    let standing = patiently(duty, begin).await?;
    if standing.disabled.is_some() {
        return switched_off(storage, duty, &standing).await;
    }
    if standing.log_seq > 0 && standing.log_seq + 1 < log.first_seq {
        tracing::error!(
            endpoint.host = options.url.host(),
            endpoint.log_seq = standing.log_seq,
            log.first_seq,
            "the log was purged before an endpoint was told of it"
        );
    }
    let waiting = patiently(duty, || async { Ok(storage.waiting_webhooks(&place).await?) }).await?;
    let (sound, lost): (Vec<_>, Vec<_>) = waiting
        .into_iter()
        .partition(|waiting| waiting.log_seq <= log.last_seq);
    if !lost.is_empty() {
        tracing::error!(
            endpoint.host = options.url.host(),
            lost = lost.len(),
            "events that waited were lost with the log's tail"
        );
        let forget = || async { Ok(storage.forget_webhooks_after(&place, log.last_seq).await?) };
        patiently(duty, forget).await?;
    }
    let ground = Ground {
        connected,
        epoch: log.epoch,
    };
    let stored = sound.into_iter().map(item).collect();
    Deliverer::new(storage, duty, endpoint, standing, stored)
        .run(ground)
        .await
}

/// Wait until somebody switches the endpoint on.
async fn switched_off(
    storage: &Storage,
    duty: &Duty,
    standing: &WebhookStanding,
) -> Result<Infallible, Departure> {
    let why = standing.disabled.as_deref().unwrap_or_default();
    tracing::warn!(reason = why, "the endpoint is switched off and is told nothing");
    duty.report.started(standing.log_seq);
    loop {
        duty.report.progress(standing.log_seq);
        duty.pause(LOOK_WHETHER_ON).await?;
        if storage.webhook_disabled(&standing.place).await?.is_none() {
            return Err(Departure::LookAgain("the endpoint was switched on"));
        }
    }
}

/// An event that waits in the database.
fn item(waiting: WaitingWebhook) -> Item {
    Item {
        log_seq: waiting.log_seq,
        dialog: waiting.dialog,
        fact_id: waiting.fact_id,
        event: waiting.event,
        failures: waiting.failures,
        failing_since: waiting.failing_since,
        last_failed: None,
        due: waiting.due,
        stored: true,
    }
}
