//! Spans on their way to a collector, by OTLP over HTTP with protobuf. Off, and without any cost, unless an endpoint is set.

mod export;
mod message;

use std::time::Duration;

use hyper::{
    Uri,
    header::{HeaderName, HeaderValue},
};
use metrics::counter;
use mtchat_traces::Sampler;
use tokio::{sync::mpsc, task::JoinHandle};
use tokio_util::sync::CancellationToken;

use crate::poster::Poster;
use export::Exporter;

/// Most spans that wait: some seconds of a busy process. More are dropped, and counted.
const QUEUE: usize = 8_192;
/// How long what still waits may take when the process ends.
const LAST_WORDS: Duration = Duration::from_secs(3);

/// Where spans go, and as whose.
#[derive(Clone)]
pub(crate) struct TraceOptions {
    pub(crate) endpoint: Uri,
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    pub(crate) timeout: Duration,
    pub(crate) sampler: Sampler,
    /// `service.name` and what else is said of this process.
    pub(crate) resource: Vec<(String, String)>,
}

/// The way to the collector; ends with [`Traces::stop`].
#[derive(Default)]
pub(crate) struct Traces(Option<(CancellationToken, JoinHandle<()>)>);

impl Traces {
    /// Starts recording, inside a runtime; nothing without options. The second call in one process changes nothing.
    pub(crate) fn start(options: Option<TraceOptions>) -> Self {
        let Some(options) = options else {
            return Self::default();
        };
        let (sender, waiting) = mpsc::channel(QUEUE);
        let sink = move |finished| {
            if sender.try_send(finished).is_err() {
                counter!("mtchat_spans_total", "outcome" => "dropped").increment(1);
            }
        };
        if !mtchat_traces::begin(options.sampler, Box::new(sink)) {
            return Self::default();
        }
        let stop = CancellationToken::new();
        let exporter = Exporter {
            poster: Poster::new(options.endpoint, "application/x-protobuf", options.headers),
            timeout: options.timeout,
            resource: options.resource,
            stop: stop.clone(),
        };
        Self(Some((stop, tokio::spawn(exporter.run(waiting)))))
    }

    /// Sends what still waits, if that goes quickly.
    pub(crate) async fn stop(self) {
        if let Some((stop, running)) = self.0 {
            stop.cancel();
            let _ = tokio::time::timeout(LAST_WORDS, running).await;
        }
    }
}
