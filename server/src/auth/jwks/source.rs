use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use mtchat_protocol::AppId;
use tokio::{
    select,
    sync::Notify,
    time::{Instant, sleep_until},
};
use tokio_util::sync::CancellationToken;

use super::{JwksUrl, client::Reading, document::PublishedKey, error::JwksError, freshness::Freshness};

/// However many unknown names tokens bring: one of them makes an address be read again, and then none for so long.
const ASKED_AGAIN: Duration = Duration::from_secs(30);

/// An address of an app: what it gave last, and when it is read next.
pub(super) struct Source {
    pub(super) app: AppId,
    pub(super) url: JwksUrl,
    state: Mutex<State>,
    asked: Notify,
    /// Nobody follows it any more.
    pub(super) stop: CancellationToken,
}

struct State {
    keys: Vec<PublishedKey>,
    freshness: Freshness,
    /// It is being read, or will be at once.
    reading: bool,
    asked_at: Option<Instant>,
}

impl Source {
    /// Nothing is known of it yet, and it is about to be read.
    pub(super) fn new(app: AppId, url: JwksUrl, now: Instant) -> Self {
        Self {
            app,
            url,
            state: Mutex::new(State {
                keys: Vec::new(),
                freshness: Freshness::new(now),
                reading: true,
                asked_at: None,
            }),
            asked: Notify::new(),
            stop: CancellationToken::new(),
        }
    }

    /// A token named a key that is not here: read it again, unless that is so already or was so lately.
    pub(super) fn ask(&self, kid: &str, now: Instant) {
        let mut state = self.state();
        let lately = state.asked_at.is_some_and(|at| now < at + ASKED_AGAIN);
        if state.reading || lately || state.knows(kid) {
            return;
        }
        state.asked_at = Some(now);
        state.reading = true;
        drop(state);
        self.asked.notify_one();
    }

    /// Whether it is being read and may bring this key.
    pub(super) fn may_bring(&self, kid: &str) -> bool {
        let state = self.state();
        state.reading && !state.knows(kid)
    }

    /// Wait until it is to be read again; `false` when nobody wants that any more.
    pub(super) async fn until_due(&self) -> bool {
        loop {
            let due = self.state().freshness.due();
            select! {
                () = self.stop.cancelled() => return false,
                () = sleep_until(due) => break,
                () = self.asked.notified() => {
                    // What was asked while it was being read is answered.
                    if self.state().reading {
                        break;
                    }
                }
            }
        }
        self.state().reading = true;
        true
    }

    /// Take what a reading brought; whether the keys are others now.
    pub(super) fn learn(&self, outcome: Result<Reading, JwksError>, now: Instant) -> bool {
        let outcome_label = outcome.as_ref().map_or_else(JwksError::as_str, |_| "read");
        metrics::counter!("mtchat_jwks_reads_total", "outcome" => outcome_label).increment(1);
        let mut state = self.state();
        match outcome {
            Ok(Reading { keys, max_age }) => {
                state.freshness.was_read(now, max_age);
                if keys.is_empty() {
                    tracing::warn!(app.id = %self.app, jwks.host = self.url.host(), "an app publishes no key that can be used");
                }
                let changed = state.keys != keys;
                state.keys = keys;
                changed
            }
            Err(error) => {
                let lapsed = state.freshness.has_failed(now) && !state.keys.is_empty();
                let (app, host) = (&self.app, self.url.host());
                if lapsed {
                    tracing::error!(app.id = %app, jwks.host = host, %error, "the keys of an app could not be read for a day; they end");
                    state.keys.clear();
                } else {
                    tracing::warn!(app.id = %app, jwks.host = host, %error, "the keys of an app can not be read now; those known go on");
                }
                lapsed
            }
        }
    }

    /// The reading is over, and what it brought is known.
    pub(super) fn was_read(&self) {
        self.state().reading = false;
    }

    /// The keys that it gave last.
    pub(super) fn keys(&self) -> Vec<PublishedKey> {
        self.state().keys.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn knows(&self, kid: &str) -> bool {
        self.keys.iter().any(|key| key.kid.as_deref() == Some(kid))
    }
}
