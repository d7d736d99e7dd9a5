use std::time::Duration;

use metrics::counter;
use mtchat_traces::Finished;
use tokio::{
    sync::mpsc,
    time::{Instant, sleep, timeout_at},
};
use tokio_util::sync::CancellationToken;

use super::message::{encode, rejected};
use crate::poster::Poster;

/// How long spans are gathered, so that they go together.
const GATHER: Duration = Duration::from_secs(1);
/// Most of them in one request.
const AT_ONCE: usize = 512;
/// The first pause before what was not taken is sent again; each further one is twice as long.
const PAUSE: Duration = Duration::from_millis(500);

/// Takes what waits, and sends it.
pub(super) struct Exporter {
    pub(super) poster: Poster,
    /// For one batch, with everything that is tried again.
    pub(super) timeout: Duration,
    pub(super) resource: Vec<(String, String)>,
    pub(super) stop: CancellationToken,
}

impl Exporter {
    /// Until told to stop; then what waits is sent, too.
    pub(super) async fn run(self, mut waiting: mpsc::Receiver<Finished>) {
        let mut well = true;
        let mut batch = Vec::with_capacity(AT_ONCE);
        loop {
            self.gather(&mut waiting, &mut batch).await;
            if batch.is_empty() {
                return;
            }
            let spans = std::mem::take(&mut batch);
            let (count, sent) = (spans.len() as u64, self.send(spans).await);
            let refused = sent.as_ref().map_or(count, |refused| (*refused).min(count));
            counter!("mtchat_spans_total", "outcome" => "exported").increment(count - refused);
            counter!("mtchat_spans_total", "outcome" => "failed").increment(refused);
            match (well, sent) {
                (true, Err(error)) => {
                    tracing::warn!(error, "the collector of traces takes nothing; spans are lost");
                    well = false;
                }
                (false, Ok(_)) => {
                    tracing::info!("the collector of traces takes spans again");
                    well = true;
                }
                (true, Ok(_)) | (false, Err(_)) => {}
            }
        }
    }

    /// The next spans; none: it is over.
    async fn gather(&self, waiting: &mut mpsc::Receiver<Finished>, batch: &mut Vec<Finished>) {
        tokio::select! {
            biased;
            () = self.stop.cancelled() => {
                waiting.close();
                waiting.recv_many(batch, AT_ONCE).await;
                return;
            }
            _ = waiting.recv_many(batch, AT_ONCE) => {}
        }
        let until = Instant::now() + GATHER;
        while !batch.is_empty() && batch.len() < AT_ONCE {
            let room = AT_ONCE - batch.len();
            let more = timeout_at(until, waiting.recv_many(batch, room));
            tokio::select! {
                () = self.stop.cancelled() => return,
                more = more => if !more.is_ok_and(|more| more > 0) {
                    return;
                },
            }
        }
    }

    /// How many of them were refused, or why none was taken.
    async fn send(&self, spans: Vec<Finished>) -> Result<u64, String> {
        let body = hyper::body::Bytes::from(encode(&self.resource, spans));
        let until = Instant::now() + self.timeout;
        let mut pause = PAUSE;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            let (trouble, wait) = match self.poster.post(body.clone(), left).await {
                Ok(posted) if posted.status.is_success() => return Ok(rejected(&posted.body)),
                Ok(posted) if matches!(posted.status.as_u16(), 429 | 502..=504) => {
                    (format!("it answered {}", posted.status), posted.retry_after)
                }
                Ok(posted) => return Err(format!("it answered {}", posted.status)),
                Err(trouble) => (trouble, None),
            };
            let wait = wait.unwrap_or(pause);
            if Instant::now() + wait >= until {
                return Err(trouble);
            }
            tokio::select! {
                () = self.stop.cancelled() => return Err(trouble),
                () = sleep(wait) => pause *= 2,
            }
        }
    }
}
