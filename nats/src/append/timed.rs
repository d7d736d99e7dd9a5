use tokio::time::Instant;

/// Tells how long an append took and how it went, when it is over, however it ends.
pub(super) struct Timed {
    began: Instant,
    outcome: &'static str,
}

impl Timed {
    pub(super) fn begin() -> Self {
        Self {
            began: Instant::now(),
            outcome: "failed",
        }
    }

    pub(super) fn began(&self) -> Instant {
        self.began
    }

    /// What it comes to unless something else is said.
    pub(super) fn comes_to(&mut self, outcome: &'static str) {
        self.outcome = outcome;
    }
}

impl Drop for Timed {
    fn drop(&mut self) {
        metrics::histogram!("mtchat_append_seconds", "outcome" => self.outcome).record(self.began.elapsed());
    }
}
