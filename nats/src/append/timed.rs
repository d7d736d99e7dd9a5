use mtchat_traces::{Kind, Span};
use tokio::time::Instant;

/// Tells how long an append took and how it went, when it is over, however it ends.
pub(super) struct Timed {
    began: Instant,
    outcome: &'static str,
    span: Span,
}

impl Timed {
    /// Of the trace of a request.
    pub(super) fn begin(trace: Option<&str>) -> Self {
        let mut span = Span::part_of("append", Kind::Producer, trace);
        span.set("messaging.system", "nats");
        Self {
            began: Instant::now(),
            outcome: "failed",
            span,
        }
    }

    pub(super) fn began(&self) -> Instant {
        self.began
    }

    /// What it comes to unless something else is said.
    pub(super) fn comes_to(&mut self, outcome: &'static str) {
        self.outcome = outcome;
    }

    /// What follows from it is a part of this, where it is recorded.
    pub(super) fn trace(&self) -> Option<String> {
        self.span.traceparent()
    }
}

impl Drop for Timed {
    fn drop(&mut self) {
        metrics::histogram!("mtchat_append_seconds", "outcome" => self.outcome).record(self.began.elapsed());
        self.span.set("mtchat.outcome", self.outcome);
        if self.outcome == "failed" {
            self.span.fail();
        }
    }
}
