//! What stands before the edges: it asks each whether it is ready, as a load balancer does, and sends whoever comes to one that is.

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};

use http::Method;
use tokio::{
    task::JoinHandle,
    time::{Instant, MissedTickBehavior, interval},
};

use crate::{Http, HttpError};

/// How often an edge is asked; it says `not_ready` for two seconds before it sends anybody away.
const PROBE: Duration = Duration::from_millis(500);

/// Clones are the same balancer. It ends with the last of them.
#[derive(Debug, Clone)]
pub struct Balancer {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    edges: Arc<[Edge]>,
    next: AtomicUsize,
    log: Mutex<Log>,
    probing: JoinHandle<()>,
}

#[derive(Debug)]
struct Edge {
    address: SocketAddr,
    ready: AtomicBool,
}

/// What came through it.
#[derive(Debug, Clone, Default)]
struct Log {
    reads: Vec<Instant>,
    writes: u64,
    failed: Vec<String>,
}

impl Balancer {
    /// Before these edges, which are ready.
    pub fn before(edges: impl IntoIterator<Item = SocketAddr>) -> Self {
        let edges = edges.into_iter().map(|address| Edge {
            address,
            ready: AtomicBool::new(true),
        });
        let edges: Arc<[Edge]> = edges.collect();
        let inner = Inner {
            probing: tokio::spawn(probe(edges.clone())),
            edges,
            next: AtomicUsize::default(),
            log: Mutex::default(),
        };
        Self {
            inner: Arc::new(inner),
        }
    }

    /// Requests that read since a moment, and the most of them within a second.
    pub fn reads(&self, from: Instant, to: Instant) -> (usize, usize) {
        let mut within: Vec<Instant> = self.log().reads.clone();
        within.retain(|at| (from..to).contains(at));
        (within.len(), most_in_a_second(&mut within))
    }

    /// How many requests that write came through.
    pub fn writes(&self) -> u64 {
        self.log().writes
    }

    /// Requests that a client saw fail: without an answer, or refused for no fault of its own.
    pub fn failed(&self) -> Vec<String> {
        self.log().failed.clone()
    }

    /// The next edge that is ready; where none is, any.
    pub(crate) fn pick(&self) -> SocketAddr {
        let edges = &self.inner.edges;
        let first = self.inner.next.fetch_add(1, Relaxed);
        let turn = |step: usize| &edges[(first + step) % edges.len()];
        let ready = (0..edges.len()).map(turn).find(|edge| edge.ready.load(Relaxed));
        ready.unwrap_or_else(|| turn(0)).address
    }

    /// A request came back like this.
    pub(crate) fn notes(&self, method: &Method, path: &str, answer: &Result<crate::Answer, HttpError>) {
        let mut log = self.log();
        if *method == Method::GET {
            log.reads.push(Instant::now());
        } else {
            log.writes += 1;
        }
        match answer {
            Ok(answer) if matches!(answer.status.as_u16(), 429 | 500..) => {
                log.failed.push(format!("{method} {path}: {answer}"));
            }
            Ok(_) => {}
            Err(error) => log.failed.push(format!("{method} {path}: {error:?}")),
        }
    }

    fn log(&self) -> MutexGuard<'_, Log> {
        self.inner.log.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.probing.abort();
    }
}

async fn probe(edges: Arc<[Edge]>) {
    let http = Http::default();
    let mut tick = interval(PROBE);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tick.tick().await;
        for edge in edges.iter() {
            let url = format!("http://{}/health/ready", edge.address);
            let answer = http.ask(Method::GET, &url, &[], "").await;
            let ready = answer.is_ok_and(|answer| answer.status.is_success());
            edge.ready.store(ready, Relaxed);
        }
    }
}

/// The most of these moments that lie within one second.
pub(crate) fn most_in_a_second(moments: &mut [Instant]) -> usize {
    moments.sort_unstable();
    let mut first = 0;
    let mut most = 0;
    for (last, at) in moments.iter().enumerate() {
        while *at - moments[first] >= Duration::from_secs(1) {
            first += 1;
        }
        most = most.max(last + 1 - first);
    }
    most
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fullest_second_is_found_wherever_it_begins() {
        let begin = Instant::now();
        let at = |millis: &[u64]| {
            let moments = millis.iter().map(|millis| begin + Duration::from_millis(*millis));
            most_in_a_second(&mut moments.collect::<Vec<_>>())
        };
        assert_eq!(at(&[]), 0);
        assert_eq!(at(&[0, 1_000, 2_000]), 1);
        assert_eq!(at(&[2_100, 0, 900, 1_200, 1_700]), 3);
    }
}
