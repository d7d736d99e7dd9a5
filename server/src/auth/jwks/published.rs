use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use mtchat_protocol::AppId;
use tokio::{
    sync::watch,
    time::{Instant, timeout_at},
};

use super::{Index, JwksUrl, client::JwksClient, index::Shared, source::Source};
use crate::auth::{Signer, key::Terms};

/// All addresses that are followed, and the keys that they gave.
#[derive(Default)]
pub(in crate::auth) struct Published {
    client: OnceLock<JwksClient>,
    followed: Mutex<Vec<(Arc<Source>, Terms)>>,
    index: Shared,
    /// How many readings have ended, so that whoever waits for a key looks again.
    readings: watch::Sender<u64>,
}

/// An address of an app, and what its tokens must say.
pub(in crate::auth) struct Followed {
    pub(in crate::auth) app: AppId,
    pub(in crate::auth) url: JwksUrl,
    pub(in crate::auth) terms: Terms,
}

impl Published {
    /// Follow these addresses and no others. One that was followed goes on with its keys; those of one that is not named any more end now.
    pub(in crate::auth) fn follow(self: &Arc<Self>, wanted: Vec<Followed>) {
        let mut followed = self.followed();
        let mut before = std::mem::take(&mut *followed);
        for Followed { app, url, terms } in wanted {
            let known = before
                .iter()
                .position(|(source, _)| source.app == app && source.url == url);
            let source = known.map_or_else(|| self.begin(app, url), |known| before.swap_remove(known).0);
            followed.push((source, terms));
        }
        before.iter().for_each(|(source, _)| source.stop.cancel());
        self.index_again(&followed);
    }

    /// The keys that are known now.
    pub(in crate::auth) fn index(&self) -> Arc<Index> {
        self.index.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How many readings have ended.
    pub(in crate::auth) fn readings(&self) -> u64 {
        *self.readings.borrow()
    }

    /// A token named a key that did not help: have those addresses read again that do not know it.
    pub(in crate::auth) fn ask(&self, kid: &str) {
        let now = Instant::now();
        self.followed()
            .iter()
            .for_each(|(source, _)| source.ask(kid, now));
    }

    /// Wait until a reading has ended that was not among `seen`; `None` when none is under way that could bring the key, or at the
    /// deadline.
    pub(in crate::auth) async fn next_reading(&self, seen: u64, kid: &str, deadline: Instant) -> Option<u64> {
        let mut readings = self.readings.subscribe();
        loop {
            let ended = *readings.borrow_and_update();
            if ended != seen {
                return Some(ended);
            }
            if !self.followed().iter().any(|(source, _)| source.may_bring(kid)) {
                // A reading that ended between the two looks was counted before it was over.
                let ended = *readings.borrow();
                return (ended != seen).then_some(ended);
            }
            timeout_at(deadline, readings.changed()).await.ok()?.ok()?;
        }
    }

    fn begin(self: &Arc<Self>, app: AppId, url: JwksUrl) -> Arc<Source> {
        let source = Arc::new(Source::new(app, url, Instant::now()));
        tokio::spawn(self.clone().keep_reading(source.clone()));
        source
    }

    async fn keep_reading(self: Arc<Self>, source: Arc<Source>) {
        while source.until_due().await {
            let client = self.client.get_or_init(JwksClient::new);
            let outcome = tokio::select! {
                () = source.stop.cancelled() => return,
                outcome = client.read(&source.url) => outcome,
            };
            let changed = source.learn(outcome, Instant::now());
            if changed {
                let followed = self.followed();
                self.index_again(&followed);
            }
            // Counted first and over then: whoever sees that it is over sees that it was counted.
            self.readings.send_modify(|ended| *ended += 1);
            source.was_read();
        }
    }

    /// Under the lock of what is followed, so that an older index never replaces a newer one.
    fn index_again(&self, followed: &[(Arc<Source>, Terms)]) {
        let keys = followed.iter().map(|(source, terms)| {
            let address = Signer::address(&source.app, &source.url);
            (&source.app, address, terms, source.keys())
        });
        let index = Index::new(keys);
        *self.index.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(index);
    }

    fn followed(&self) -> MutexGuard<'_, Vec<(Arc<Source>, Terms)>> {
        self.followed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
