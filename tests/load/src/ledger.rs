//! What was sent when, and what came of it.

use std::{
    sync::{
        Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use hdrhistogram::Histogram;
use serde::Serialize;
use tokio::time::Instant;

/// Room in a run without a rate: more messages a second than any system takes.
const MOST_PER_SECOND: u64 = 30_000;

pub(crate) struct Ledger {
    /// When the clock was started, once everybody was there.
    start: OnceLock<Instant>,
    /// When each message was due, in microseconds after the start, plus one; 0: never.
    due: Vec<AtomicU64>,
    accepted: AtomicU64,
    refused: AtomicU64,
    delivered: AtomicU64,
    disorder: AtomicU64,
    answer: Mutex<Histogram<u64>>,
    delivery: Mutex<Histogram<u64>>,
}

/// A distribution of times, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(crate) struct Latency {
    pub(crate) p50: f64,
    pub(crate) p90: f64,
    pub(crate) p99: f64,
    pub(crate) p999: f64,
    pub(crate) max: f64,
}

impl Ledger {
    pub(crate) fn new(rate: Option<u32>, seconds: u64) -> Self {
        let capacity = rate.map_or(MOST_PER_SECOND, u64::from) * seconds + 1;
        Self {
            start: OnceLock::new(),
            due: (0..capacity).map(|_| AtomicU64::new(0)).collect(),
            accepted: AtomicU64::default(),
            refused: AtomicU64::default(),
            delivered: AtomicU64::default(),
            disorder: AtomicU64::default(),
            answer: Mutex::new(histogram()),
            delivery: Mutex::new(histogram()),
        }
    }

    pub(crate) fn start_clock(&self) {
        self.start.get_or_init(Instant::now);
    }

    pub(crate) fn start(&self) -> Instant {
        *self.start.get().expect("the clock runs before anything is sent")
    }

    /// Whether there is room for this message.
    pub(crate) fn has_room(&self, message: u32) -> bool {
        (message as usize) < self.due.len()
    }

    pub(crate) fn begins(&self, message: u32, due: Instant) {
        let micros = micros(due.saturating_duration_since(self.start()));
        self.due[message as usize].store(micros + 1, Relaxed);
    }

    pub(crate) fn is_answered(&self, status: u16, due: Instant) {
        if status == 200 {
            self.accepted.fetch_add(1, Relaxed);
            record(&self.answer, due.elapsed());
        } else {
            self.refused.fetch_add(1, Relaxed);
        }
    }

    /// A message has reached a socket; the sender's own counts, its time does not.
    pub(crate) fn is_delivered(&self, message: u32, own: bool) {
        let now = self.start().elapsed();
        let Some(due) = self
            .due
            .get(message as usize)
            .map(|due| due.load(Relaxed))
            .filter(|due| *due > 0)
        else {
            self.disorder.fetch_add(1, Relaxed);
            return;
        };
        self.delivered.fetch_add(1, Relaxed);
        if !own {
            record(&self.delivery, now.saturating_sub(Duration::from_micros(due - 1)));
        }
    }

    /// A socket saw a number of its dialog twice, or not in its turn.
    pub(crate) fn is_out_of_order(&self) {
        self.disorder.fetch_add(1, Relaxed);
    }

    pub(crate) fn accepted(&self) -> u64 {
        self.accepted.load(Relaxed)
    }

    pub(crate) fn refused(&self) -> u64 {
        self.refused.load(Relaxed)
    }

    pub(crate) fn delivered(&self) -> u64 {
        self.delivered.load(Relaxed)
    }

    pub(crate) fn disorder(&self) -> u64 {
        self.disorder.load(Relaxed)
    }

    /// From the moment a message was due to its answer.
    pub(crate) fn answer_latency(&self) -> Latency {
        Latency::of(&lock(&self.answer))
    }

    /// From the moment a message was due to another member's socket.
    pub(crate) fn delivery_latency(&self) -> Latency {
        Latency::of(&lock(&self.delivery))
    }
}

impl Latency {
    pub(crate) fn of(times: &Histogram<u64>) -> Self {
        let at = |quantile: f64| times.value_at_quantile(quantile) as f64 / 1e3;
        Self {
            p50: at(0.5),
            p90: at(0.9),
            p99: at(0.99),
            p999: at(0.999),
            max: times.max() as f64 / 1e3,
        }
    }
}

impl std::fmt::Display for Latency {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            p50,
            p90,
            p99,
            p999,
            max,
        } = self;
        write!(
            f,
            "p50 {p50:.1} ms, p90 {p90:.1} ms, p99 {p99:.1} ms, p99.9 {p999:.1} ms, max {max:.1} ms"
        )
    }
}

/// Microseconds up to two minutes, three digits exact.
pub(crate) fn histogram() -> Histogram<u64> {
    Histogram::new_with_bounds(1, 120_000_000, 3).expect("the bounds are good")
}

pub(crate) fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

fn record(histogram: &Mutex<Histogram<u64>>, time: Duration) {
    lock(histogram).saturating_record(micros(time).max(1));
}

fn lock(histogram: &Mutex<Histogram<u64>>) -> MutexGuard<'_, Histogram<u64>> {
    histogram.lock().unwrap_or_else(PoisonError::into_inner)
}
