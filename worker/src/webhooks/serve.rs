use std::{convert::Infallible, sync::Arc};

use mtchat_nats::{LogState, log_state};
use mtchat_storage::{WaitingWebhook, WebhookPlace};

use super::{
    charge::Charge, client::WebhookClient, deliverer::Deliverer, endpoint::Endpoint, profile::Profile,
    queue::Item,
};
use crate::{departure::Departure, follow::Ground};

/// Tell one endpoint of the log, from where it stands, until something ends it.
pub(super) async fn serve(
    charge: &Charge,
    profile: Arc<Profile>,
    client: WebhookClient,
) -> Result<Infallible, Departure> {
    let mut connected = charge.broker.connected();
    connected.mark_unchanged();
    let log = log_state(&charge.broker, charge.shard).await?;
    let place = WebhookPlace {
        app: profile.key.app.clone(),
        endpoint: profile.key.endpoint.clone(),
        shard: charge.shard,
    };
    let url = profile.key.is_configured().then(|| profile.url.as_str());
    let begin = || {
        charge
            .storage
            .begin_webhooks(&place, url, &log.epoch, log.last_seq)
    };
    let standing = charge.patiently(begin).await?;
    if standing.disabled.is_some() {
        return Err(Departure::LookAgain("the endpoint is switched off"));
    }
    if standing.log_seq > 0 && standing.log_seq + 1 < log.first_seq {
        tracing::error!(
            endpoint = %profile.key,
            endpoint.log_seq = standing.log_seq,
            log.first_seq,
            "the log was purged before an endpoint was told of it"
        );
    }
    let stored = stored(charge, &profile, &place, &log).await?;
    let endpoint = Endpoint {
        profile,
        client,
        broker: charge.broker.clone(),
        shard: charge.shard,
        largest_fact: charge.largest_fact,
        replayed_to: standing.replayed_to,
    };
    let ground = Ground {
        connected,
        epoch: log.epoch,
    };
    Deliverer::new(charge, endpoint, standing, stored)
        .run(ground)
        .await
}

/// What waits in the database, without what was lost with the log's tail.
async fn stored(
    charge: &Charge,
    profile: &Profile,
    place: &WebhookPlace,
    log: &LogState,
) -> Result<Vec<Item>, Departure> {
    let waiting = || async { Ok(charge.storage.waiting_webhooks(place).await?) };
    let waiting = charge.patiently(waiting).await?;
    let (sound, lost): (Vec<_>, Vec<_>) = waiting
        .into_iter()
        .partition(|waiting| waiting.log_seq <= log.last_seq);
    if !lost.is_empty() {
        tracing::error!(
            endpoint = %profile.key,
            lost = lost.len(),
            "events that waited were lost with the log's tail"
        );
        let forget = || async { Ok(charge.storage.forget_webhooks_after(place, log.last_seq).await?) };
        charge.patiently(forget).await?;
    }
    Ok(sound.into_iter().map(item).collect())
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
