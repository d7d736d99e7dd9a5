use std::{collections::BTreeSet, panic::AssertUnwindSafe, sync::Arc, time::Duration};

use futures_util::FutureExt;
use mtchat_domain::WEBHOOK_TEST;
use mtchat_protocol::{DialogId, FactId, ShardId, Timestamp};
use mtchat_storage::{Storage, StorageError, WebhookNote, WebhookTry};
use tokio::{task::JoinSet, time::Instant};
use uuid::Uuid;

use super::{
    body::Body,
    client::WebhookClient,
    outcome::Outcome,
    pace::later,
    profile::{EndpointKey, Profile},
    roster::Roster,
};

/// Who tells them, where there are several logs: they stand in none.
const SHARD: ShardId = ShardId(0);
/// To how many endpoints notes are told at once, of each one.
const MOST_AT_ONCE: usize = 64;
/// How many endpoints that have some are looked at.
const MOST_LOOKED_AT: u32 = 256;
/// How often one is told.
const TRIES: u32 = 5;

/// Tells endpoints what does not stand in the log: that their host tries them out, and that another one was switched off. In no order, and
/// not for days: who does not take one within some seconds does not get it.
pub(super) struct Notes {
    storage: Storage,
    client: WebhookClient,
    flights: JoinSet<EndpointKey>,
    /// Those that are told one at the moment.
    busy: BTreeSet<EndpointKey>,
}

impl Notes {
    pub(super) fn new(storage: &Storage, client: &WebhookClient) -> Self {
        Self {
            storage: storage.clone(),
            client: client.clone(),
            flights: JoinSet::new(),
            busy: BTreeSet::new(),
        }
    }

    /// Begin to tell those that are due.
    pub(super) async fn look(&mut self, shard: ShardId, roster: &Roster) -> Result<(), StorageError> {
        if shard != SHARD {
            return Ok(());
        }
        for note in self.storage.due_webhook_notes(MOST_LOOKED_AT).await? {
            let key = EndpointKey {
                app: note.app.clone(),
                endpoint: note.endpoint.clone(),
            };
            if self.flights.len() >= MOST_AT_ONCE {
                return Ok(());
            }
            // What is being removed takes its notes along.
            if roster.removed.contains(&key) || !self.busy.insert(key.clone()) {
                continue;
            }
            let profile = roster.known.get(&key).cloned();
            let (storage, client) = (self.storage.clone(), self.client.clone());
            self.flights.spawn(async move {
                let told = AssertUnwindSafe(tell(&storage, &client, profile, &note)).catch_unwind();
                match told.await {
                    Ok(Ok(())) => {}
                    // It stands where it stood and is found again.
                    Ok(Err(error)) => {
                        tracing::debug!(%error, "it could not be written down what became of a note");
                    }
                    Err(_panic) => tracing::error!(endpoint = %key, "telling a note panicked"),
                }
                key
            });
        }
        Ok(())
    }

    /// Wait until one has ended; for ever, when none is under way.
    pub(super) async fn ended(&mut self) {
        match self.flights.join_next().await {
            Some(Ok(key)) => {
                self.busy.remove(&key);
            }
            // They catch their own panics.
            Some(Err(_)) => {}
            None => std::future::pending().await,
        }
    }
}

async fn tell(
    storage: &Storage,
    client: &WebhookClient,
    profile: Option<Arc<Profile>>,
    note: &WebhookNote,
) -> Result<(), StorageError> {
    let wanted = |profile: &Arc<Profile>| note.event == WEBHOOK_TEST || profile.events.want(&note.event);
    let Some(profile) = profile.filter(wanted) else {
        return storage.drop_webhook_note(note).await;
    };
    let Some(body) = Body::note(note, profile.with_data) else {
        return storage.drop_webhook_note(note).await;
    };
    let began = Instant::now();
    let now = Timestamp::now();
    let headers = body.headers(profile.secrets(now), now);
    let answer = client.post(&profile.url, headers, body.bytes.clone()).await;
    let delivered = answer.outcome == Outcome::Delivered;
    let ended = Timestamp::now();
    let tried = WebhookTry {
        event_id: body.id,
        event: note.event.clone(),
        dialog: DialogId(Uuid::nil()),
        fact_id: FactId(Uuid::nil()),
        log_seq: 0,
        attempt: note.failures.saturating_add(1),
        outcome: answer.outcome.as_str(),
        status: answer.status,
        error: answer.error,
        latency_ms: u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX),
        body_sha256: body.sha256(),
        at: ended,
    };
    let again = pause_after(note.failures)
        .filter(|_| !delivered)
        .map(|pause| later(ended, pause));
    storage.webhook_note_tried(note, &tried, again).await
}

/// How long to wait after a failure that so many precede: 1, 2, 4 and 8 seconds; `None`: it is given up.
fn pause_after(failures: u32) -> Option<Duration> {
    (failures + 1 < TRIES).then(|| Duration::from_secs(1 << failures))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_told_five_times_at_most() {
        let pauses: Vec<Option<u64>> = (0..6)
            .map(|failures| pause_after(failures).map(|pause| pause.as_secs()))
            .collect();
        assert_eq!(pauses, [Some(1), Some(2), Some(4), Some(8), None, None]);
    }
}
