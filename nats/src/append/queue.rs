use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use mtchat_protocol::{AppId, DialogId};
use tokio::sync::OwnedMutexGuard;

pub(crate) type Key = (AppId, DialogId);

/// Appends of one dialog on one edge stand in line, so edges conflict only with other edges.
#[derive(Default)]
pub(crate) struct Queues {
    lines: Mutex<HashMap<Key, Line>>,
}

#[derive(Clone, Default)]
struct Line {
    turn: Arc<tokio::sync::Mutex<()>>,
    waiting: Arc<AtomicUsize>,
}

/// One's turn in a dialog's line; the next one's comes when it is dropped.
pub(crate) struct Place {
    queues: Arc<Queues>,
    key: Key,
    waiting: Arc<AtomicUsize>,
    turn: Option<OwnedMutexGuard<()>>,
}

impl Queues {
    /// Stand in line; `None` when `most` are waiting already.
    pub(crate) fn stand(self: &Arc<Self>, key: Key, most: usize) -> Option<Waiting> {
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        let line = lines.entry(key.clone()).or_default();
        if line.waiting.load(Ordering::Relaxed) >= most {
            return None;
        }
        line.waiting.fetch_add(1, Ordering::Relaxed);
        let place = Place {
            queues: self.clone(),
            key,
            waiting: line.waiting.clone(),
            turn: None,
        };
        Some(Waiting {
            place,
            turn: line.turn.clone(),
        })
    }

    #[cfg(test)]
    fn lines(&self) -> usize {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}

/// Somebody in line.
pub(crate) struct Waiting {
    place: Place,
    turn: Arc<tokio::sync::Mutex<()>>,
}

impl Waiting {
    /// Wait for one's turn.
    pub(crate) async fn turn(self) -> Place {
        let Self { mut place, turn } = self;
        place.turn = Some(turn.lock_owned().await);
        place
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut lines = self.queues.lines.lock().unwrap_or_else(PoisonError::into_inner);
        // Newcomers count themselves under the same lock, so the last one out may take the line away.
        if self.waiting.fetch_sub(1, Ordering::Relaxed) == 1 {
            lines.remove(&self.key);
        }
        self.turn.take();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_line_is_bounded_and_leaves_nothing_behind() {
        let queues = Arc::new(Queues::default());
        let key = (AppId::default_app(), DialogId::fresh());
        let first = queues.stand(key.clone(), 2).unwrap().turn().await;
        let second = queues.stand(key.clone(), 2).unwrap();
        assert!(queues.stand(key.clone(), 2).is_none());
        drop(first);
        drop(second.turn().await);
        assert_eq!(queues.lines(), 0);
    }
}
