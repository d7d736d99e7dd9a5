use std::time::Duration;

use futures_util::StreamExt;
use mtchat_nats::{Broker, publish_revoked, subscribe_revoked};
use mtchat_protocol::{Revocation, Timestamp};
use mtchat_storage::{Storage, StorageError};
use tokio::{
    select,
    time::{MissedTickBehavior, interval, sleep, timeout},
};
use tokio_util::sync::CancellationToken;

use crate::{AuthOptions, auth::Revocations, gateway::Hub};

/// How often the database is asked for what was not announced, or not heard. With the read's own time this is well within the 5 s
/// after which nothing of a revoked token may work.
const LOOK: Duration = Duration::from_secs(2);
/// How long a look may take.
const PATIENCE: Duration = Duration::from_secs(2);
/// How far each look goes back behind the last one, in microseconds: transactions may commit in another order than their clocks
/// say, by as much as a statement may take.
const OVERLAP: i64 = 10_000_000;
/// Tokens are taken to end within so long of being made, where they must have an end: a revocation from before refuses nothing
/// and is not read at the start. 366 days in microseconds.
const LONGEST_TOKEN: i64 = 366 * 24 * 3_600 * 1_000_000;

/// Learns whose tokens are not good any more, from announcements and from the database, and ends their sockets.
#[derive(Clone)]
pub struct Revoking {
    revocations: Revocations,
    hub: Hub,
    tokens_end: bool,
}

impl Revoking {
    /// Nothing is known yet.
    pub fn new(auth: &AuthOptions, revocations: Revocations, hub: Hub) -> Self {
        let tokens_end = match auth {
            AuthOptions::Insecure { .. } => true,
            AuthOptions::Jwt(jwt) => jwt.require_exp,
        };
        Self {
            revocations,
            hub,
            tokens_end,
        }
    }

    /// Let a revocation hold on this edge.
    pub(crate) fn learn(&self, revocation: &Revocation) {
        if self.revocations.learn(revocation) {
            self.hub.revoke(revocation);
        }
    }

    /// Let it hold here at once, and on all other edges as soon as they hear of it.
    pub(crate) async fn announce(&self, broker: &Broker, revocation: &Revocation) {
        self.learn(revocation);
        publish_revoked(broker, revocation).await;
    }

    /// Learn what is in force before anybody is let in. Without the database nobody is revoked until it is back: the chat goes on.
    pub(crate) async fn begin(&self, storage: &Storage) {
        if !matches!(timeout(PATIENCE, self.load(storage)).await, Ok(Ok(()))) {
            tracing::warn!("revocations can not be read: nobody is banned until the database answers");
        }
    }

    /// Go on learning until told to stop.
    pub(crate) async fn run(self, broker: Broker, storage: Storage, stop: CancellationToken) {
        let learning = async { tokio::join!(self.hear(&broker), self.look(&storage)) };
        select! {
            () = stop.cancelled() => {}
            _ = learning => {}
        }
    }

    async fn hear(&self, broker: &Broker) {
        loop {
            match subscribe_revoked(broker).await {
                Ok(announced) => {
                    let mut announced = std::pin::pin!(announced);
                    while let Some(revocation) = announced.next().await {
                        self.learn(&revocation);
                    }
                }
                Err(error) => tracing::warn!(%error, "revocations can not be heard; trying again"),
            }
            sleep(LOOK).await;
        }
    }

    async fn look(&self, storage: &Storage) {
        let mut ticks = interval(LOOK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        // `None` until everything in force was read once.
        let mut seen: Option<Timestamp> = None;
        let mut told = false;
        loop {
            ticks.tick().await;
            let began = Timestamp::now();
            let read = async {
                match seen {
                    None => self.load(storage).await.map(|()| began),
                    Some(since) => self.changes(storage, since).await,
                }
            };
            match read.await {
                Ok(now_seen) => {
                    if told {
                        tracing::info!("revocations are read again");
                    }
                    (seen, told) = (Some(now_seen), false);
                }
                Err(error) if !told => {
                    tracing::warn!(%error, "revocations can not be read; trying again");
                    told = true;
                }
                Err(_) => {}
            }
            metrics::gauge!("mtchat_revocations").set(self.revocations.len() as f64);
        }
    }

    /// Everything that is in force.
    async fn load(&self, storage: &Storage) -> Result<(), StorageError> {
        let tokens_since = if self.tokens_end {
            Timestamp::from_micros(Timestamp::now().micros().saturating_sub(LONGEST_TOKEN))
        } else {
            Timestamp::from_micros(0)
        };
        let mut last: Option<Revocation> = None;
        loop {
            let page = storage.revocations_in_force(tokens_since, last.as_ref()).await?;
            page.iter().for_each(|revocation| self.learn(revocation));
            let Some(end) = page.into_iter().next_back() else {
                return Ok(());
            };
            last = Some(end);
        }
    }

    /// What has changed since then; how far that is.
    async fn changes(&self, storage: &Storage, seen: Timestamp) -> Result<Timestamp, StorageError> {
        let since = Timestamp::from_micros(seen.micros().saturating_sub(OVERLAP));
        let mut last: Option<Revocation> = None;
        loop {
            let page = storage.revocations_changed(since, last.as_ref()).await?;
            page.iter().for_each(|revocation| self.learn(revocation));
            let Some(end) = page.into_iter().next_back() else {
                let newest = last.map_or(seen, |last| last.revoked.changed_at);
                return Ok(newest.max(seen));
            };
            last = Some(end);
        }
    }
}
