use mtchat_nats::Logged;
use mtchat_traces::{Kind, Span, TraceContext, is_on};

/// Most facts of a batch whose traces show it; of a batch of more, those that come first.
const MOST: usize = 64;

/// Spans of what is done with a batch of facts: one in the trace of each, and the first of them points to all the others. None where nothing is
/// recorded, and then nothing is looked at.
#[derive(Debug, Default)]
pub(crate) struct Traced(Vec<Span>);

impl Traced {
    pub(crate) fn begin(name: &'static str, batch: &[Logged]) -> Self {
        if !is_on() {
            return Self::default();
        }
        let traces = batch
            .iter()
            .filter_map(|logged| logged.trace.as_deref()?.parse().ok());
        let traces: Vec<TraceContext> = traces
            .filter(|trace: &TraceContext| trace.sampled)
            .take(MOST)
            .collect();
        let mut spans: Vec<Span> = traces
            .iter()
            .map(|trace| Span::part(name, Kind::Consumer, Some(*trace)))
            .collect();
        for span in &mut spans {
            span.set("messaging.system", "nats");
            span.set("messaging.batch.message_count", batch.len());
        }
        if let Some(first) = spans.first_mut() {
            traces.iter().skip(1).for_each(|trace| first.link(*trace));
        }
        Self(spans)
    }

    /// It is over.
    pub(crate) fn end(mut self, well: bool) {
        if !well {
            self.0.iter_mut().for_each(Span::fail);
        }
    }
}
