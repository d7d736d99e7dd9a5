use std::{sync::Arc, time::Duration};

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::{charge::Progress, profile::EndpointKey};
use crate::{backoff::Backoff, departure::Departure};

/// Whoever was told for so long does not fail at the beginning.
const STEADY: Duration = Duration::from_secs(10);
/// Another worker tells the same endpoint. One of the two holds the lease, and the other one will know it by then.
const AFTER_ANOTHER: Duration = Duration::from_secs(2);

/// One endpoint, and whoever tells it.
#[derive(Debug)]
pub(super) struct Post {
    revision: i64,
    state: State,
    backoff: Backoff,
    /// What ended it last, as it was told.
    trouble: Option<String>,
    progress: Arc<Progress>,
}

/// What whoever tells an endpoint does.
#[derive(Debug)]
pub(super) enum State {
    /// It was told to end and has not yet.
    Ending,
    /// It has ended, or never begun, and may begin at this moment.
    Resting(Instant),
    /// At work.
    Serving { over: CancellationToken, since: Instant },
}

impl Post {
    /// One that may begin at once.
    pub(super) fn new(revision: i64) -> Self {
        Self {
            revision,
            state: State::Resting(Instant::now()),
            backoff: Backoff::endpoint(),
            trouble: None,
            progress: Arc::default(),
        }
    }

    /// It begins.
    pub(super) fn begins(&mut self, over: CancellationToken, now: Instant) {
        self.state = State::Serving { over, since: now };
    }

    /// Let it end. Says whether it has already.
    pub(super) fn end(&mut self) -> bool {
        match &self.state {
            State::Ending => false,
            State::Resting(_) => true,
            State::Serving { over, .. } => {
                over.cancel();
                self.state = State::Ending;
                false
            }
        }
    }

    /// It has ended although nobody told it to. The same reason is told once.
    pub(super) fn fell(&mut self, now: Instant, key: &EndpointKey, departure: &Departure) {
        if self.is_steady(now) {
            self.backoff.reset();
        }
        let mut pause = self.backoff.next();
        let reason = departure.to_string();
        let is_new = self.trouble.as_ref() != Some(&reason);
        match departure {
            Departure::Over => pause = Duration::ZERO,
            Departure::LookAgain(_) if is_new => {
                tracing::info!(endpoint = %key, reason = reason.as_str(), "telling an endpoint begins anew");
            }
            Departure::Fenced => {
                pause = pause.max(AFTER_ANOTHER);
                metrics::counter!("mtchat_worker_fenced_total", "role" => "webhooks").increment(1);
                if is_new {
                    tracing::warn!(endpoint = %key, "another worker tells the endpoint");
                }
            }
            Departure::Failed(_) if is_new => {
                tracing::warn!(endpoint = %key, reason = reason.as_str(), "an endpoint can not be told and it is tried again");
            }
            Departure::LookAgain(_) | Departure::Failed(_) => {}
        }
        self.trouble = Some(reason);
        self.state = State::Resting(now + pause);
    }

    /// What stood in the way of all is over.
    pub(super) fn rest_no_longer(&mut self) {
        if matches!(self.state, State::Resting(_)) {
            self.backoff.reset();
            self.state = State::Resting(Instant::now());
        }
    }

    /// One that lasts has no trouble any more.
    pub(super) fn settle_down(&mut self, now: Instant, key: &EndpointKey) {
        if self.is_steady(now) && self.trouble.take().is_some() {
            self.backoff.reset();
            tracing::info!(endpoint = %key, "the endpoint is told steadily");
        }
    }

    /// Whether it may begin now.
    pub(super) fn may_begin(&self, now: Instant) -> bool {
        self.rested_at().is_some_and(|at| at <= now)
    }

    /// When it may begin; `None`: it is at work.
    pub(super) fn rested_at(&self) -> Option<Instant> {
        match self.state {
            State::Resting(until) => Some(until),
            State::Ending | State::Serving { .. } => None,
        }
    }

    /// In which revision it is told.
    pub(super) fn revision(&self) -> i64 {
        self.revision
    }

    /// How far it is.
    pub(super) fn progress(&self) -> &Arc<Progress> {
        &self.progress
    }

    /// Whether it is at work.
    pub(super) fn serves(&self) -> bool {
        matches!(self.state, State::Serving { .. })
    }

    /// What it does.
    pub(super) fn state(&self) -> &State {
        &self.state
    }

    fn is_steady(&self, now: Instant) -> bool {
        match self.state {
            State::Serving { since, .. } => now.duration_since(since) >= STEADY,
            State::Ending | State::Resting(_) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> EndpointKey {
        EndpointKey::configured()
    }

    #[test]
    fn pauses_grow_to_half_a_minute_and_a_steady_one_begins_soon_again() {
        let mut post = Post::new(0);
        let mut now = Instant::now();
        let mut pauses = Vec::new();
        for _ in 0..20 {
            post.begins(CancellationToken::new(), now);
            post.fell(now, &key(), &Departure::LookAgain("a reason"));
            let until = post.rested_at().unwrap();
            assert!(!post.may_begin(now) && post.may_begin(until));
            pauses.push(until - now);
            now = until;
        }
        assert!(pauses[0] <= Duration::from_millis(50));
        assert!(pauses.iter().all(|pause| *pause <= Duration::from_secs(30)));
        assert!(pauses[19] >= Duration::from_secs(15));
        post.begins(CancellationToken::new(), now);
        post.fell(now + STEADY, &key(), &Departure::LookAgain("a reason"));
        assert!(post.may_begin(now + STEADY + Duration::from_millis(50)));
    }

    #[test]
    fn one_that_is_to_end_ends_first() {
        let mut post = Post::new(0);
        assert!(post.end(), "it had not begun");
        let over = CancellationToken::new();
        post.begins(over.clone(), Instant::now());
        assert!(!post.end() && over.is_cancelled());
        assert!(!post.may_begin(Instant::now()) && !post.serves());
    }

    #[test]
    fn who_finds_another_waits_until_the_lease_tells() {
        let mut post = Post::new(0);
        let now = Instant::now();
        post.begins(CancellationToken::new(), now);
        post.fell(now, &key(), &Departure::Fenced);
        assert!(post.rested_at().unwrap() >= now + AFTER_ANOTHER);
    }
}
