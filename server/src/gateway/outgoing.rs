use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
};

use axum::extract::ws::Utf8Bytes;
use tokio::sync::Notify;

/// What waits to be written to one connection. Bounded; an idle one holds no memory of its own.
///
/// Replayed frames are the ring's own bytes and few enough by the ring's own rule, so they do not count against the bounds:
/// otherwise nobody could come back after a busy minute.
#[derive(Debug)]
pub(crate) struct Outgoing {
    queue: Mutex<Queue>,
    filled: Notify,
    most_frames: usize,
    most_bytes: usize,
}

#[derive(Debug, Default)]
struct Queue {
    frames: VecDeque<Utf8Bytes>,
    /// How many frames at the front are replayed ones.
    replayed: usize,
    /// Bytes of the others.
    bytes: usize,
    closed: bool,
}

/// The connection reads slower than it is sent to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Overflow;

impl Outgoing {
    pub(crate) fn new(most_frames: usize, most_bytes: usize) -> Self {
        Self {
            queue: Mutex::default(),
            filled: Notify::new(),
            most_frames,
            most_bytes,
        }
    }

    /// Put a frame at the end.
    pub(crate) fn push(&self, frame: Utf8Bytes) -> Result<(), Overflow> {
        let mut queue = self.lock();
        if queue.closed {
            return Ok(());
        }
        let waiting = queue.frames.len() - queue.replayed;
        // A frame that waits alone always fits: else one larger than the bound could never be sent.
        if waiting > 0 && (waiting >= self.most_frames || queue.bytes + frame.len() > self.most_bytes) {
            return Err(Overflow);
        }
        queue.bytes += frame.len();
        queue.frames.push_back(frame);
        let first = queue.frames.len() == 1;
        drop(queue);
        if first {
            self.filled.notify_one();
        }
        Ok(())
    }

    /// Put a frame at the end that nobody misses: not when the queue is half full. Whether it was taken.
    pub(crate) fn push_if_roomy(&self, frame: Utf8Bytes) -> bool {
        let roomy = {
            let queue = self.lock();
            let waiting = queue.frames.len() - queue.replayed;
            !queue.closed
                && queue.replayed == 0
                && waiting < self.most_frames / 2
                && queue.bytes + frame.len() <= self.most_bytes / 2
        };
        let taken = roomy && self.push(frame).is_ok();
        if !taken {
            metrics::counter!("mtchat_gateway_skipped_total").increment(1);
        }
        taken
    }

    /// Drop what waits and put these in its place.
    pub(crate) fn replay(&self, frames: impl IntoIterator<Item = Utf8Bytes>) {
        let mut queue = self.lock();
        if queue.closed {
            return;
        }
        queue.frames = frames.into_iter().collect();
        queue.replayed = queue.frames.len();
        queue.bytes = 0;
        drop(queue);
        self.filled.notify_one();
    }

    /// Take up to `most` frames from the front.
    pub(crate) fn take(&self, most: usize) -> VecDeque<Utf8Bytes> {
        let mut queue = self.lock();
        if queue.frames.len() <= most {
            queue.replayed = 0;
            queue.bytes = 0;
            return std::mem::take(&mut queue.frames);
        }
        let taken: VecDeque<_> = queue.frames.drain(..most).collect();
        let replayed = queue.replayed.min(taken.len());
        queue.replayed -= replayed;
        queue.bytes -= taken
            .iter()
            .skip(replayed)
            .map(|frame| frame.len())
            .sum::<usize>();
        taken
    }

    /// Drop what waits and take nothing more.
    pub(crate) fn close(&self) {
        *self.lock() = Queue {
            closed: true,
            ..Queue::default()
        };
    }

    /// Wait until there is something to take. For the one task that writes.
    pub(crate) async fn filled(&self) {
        while self.is_empty() {
            self.filled.notified().await;
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.lock().frames.is_empty()
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(text: &str) -> Utf8Bytes {
        Utf8Bytes::from(text)
    }

    #[test]
    fn frames_come_out_in_order() {
        let outgoing = Outgoing::new(10, 100);
        for text in ["a", "b", "c"] {
            outgoing.push(frame(text)).unwrap();
        }
        assert_eq!(outgoing.take(2), [frame("a"), frame("b")]);
        assert_eq!(outgoing.take(2), [frame("c")]);
        assert!(outgoing.is_empty());
    }

    #[test]
    fn more_frames_or_bytes_than_the_bound_overflow() {
        let by_count = Outgoing::new(2, 100);
        by_count.push(frame("a")).unwrap();
        by_count.push(frame("b")).unwrap();
        assert_eq!(by_count.push(frame("c")), Err(Overflow));

        let by_bytes = Outgoing::new(10, 5);
        by_bytes.push(frame("abc")).unwrap();
        assert_eq!(by_bytes.push(frame("def")), Err(Overflow));
        by_bytes.push(frame("de")).unwrap();
        by_bytes.take(1);
        by_bytes.push(frame("fgh")).unwrap();
    }

    #[test]
    fn what_nobody_misses_stays_out_of_a_queue_that_is_half_full() {
        let outgoing = Outgoing::new(4, 100);
        assert!(outgoing.push_if_roomy(frame("t1")));
        assert!(outgoing.push_if_roomy(frame("t2")));
        assert!(!outgoing.push_if_roomy(frame("t3")));
        outgoing.push(frame("a")).unwrap();
        assert_eq!(outgoing.take(9), [frame("t1"), frame("t2"), frame("a")]);
        outgoing.replay([frame("r")]);
        assert!(!outgoing.push_if_roomy(frame("t4")));
    }

    #[test]
    fn one_large_frame_alone_always_fits() {
        let outgoing = Outgoing::new(10, 5);
        outgoing.push(frame("longer than the bound")).unwrap();
        assert_eq!(outgoing.push(frame("x")), Err(Overflow));
    }

    #[test]
    fn a_replay_takes_the_place_of_what_waits_and_does_not_count() {
        let outgoing = Outgoing::new(1, 3);
        outgoing.push(frame("old")).unwrap();
        outgoing.replay(["r1", "r2", "r3"].map(frame));
        outgoing.push(frame("new")).unwrap();
        assert_eq!(outgoing.push(frame("x")), Err(Overflow));
        assert_eq!(outgoing.take(2), [frame("r1"), frame("r2")]);
        assert_eq!(outgoing.push(frame("x")), Err(Overflow));
        assert_eq!(outgoing.take(2), [frame("r3"), frame("new")]);
        outgoing.push(frame("x")).unwrap();
    }

    #[test]
    fn a_closed_queue_takes_nothing() {
        let outgoing = Outgoing::new(2, 100);
        outgoing.push(frame("a")).unwrap();
        outgoing.close();
        outgoing.push(frame("b")).unwrap();
        assert!(outgoing.is_empty());
    }

    #[tokio::test]
    async fn the_writer_is_woken_for_what_came_before_it_waited() {
        let outgoing = Outgoing::new(2, 100);
        outgoing.push(frame("a")).unwrap();
        outgoing.filled().await;
        outgoing.take(64);
        let (woken, ()) = tokio::join!(outgoing.filled(), async { outgoing.push(frame("b")).unwrap() });
        assert_eq!(woken, ());
    }
}
