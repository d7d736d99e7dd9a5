use std::{collections::VecDeque, sync::Arc};

use mtchat_domain::Offer;
use mtchat_protocol::{AppId, DialogId, UserId};
use smallvec::SmallVec;

use super::delivery::Frames;

/// What a fact brought, kept for those who come back.
#[derive(Debug)]
pub(crate) struct Kept {
    pub(crate) log_seq: u64,
    /// In the hub's seconds.
    pub(crate) at: u32,
    pub(crate) app: AppId,
    /// What it is about.
    pub(crate) dialog: DialogId,
    /// The dialog whose members were told.
    pub(crate) room: Option<DialogId>,
    /// Who is concerned in particular.
    pub(crate) former: SmallVec<[UserId; 1]>,
    /// For whom else, by their scopes.
    pub(crate) offer: Option<Arc<Offer>>,
    pub(crate) frames: Frames,
}

/// The last minutes of the live path, bounded by age and bytes. Complete above its floor: what is not in it concerned nobody.
#[derive(Debug)]
pub(crate) struct Ring {
    entries: VecDeque<Kept>,
    floor: u64,
    bytes: usize,
    window: u32,
    most_bytes: usize,
}

impl Ring {
    pub(crate) fn new(window: u32, most_bytes: usize) -> Self {
        Self {
            entries: VecDeque::new(),
            floor: 0,
            bytes: 0,
            window,
            most_bytes,
        }
    }

    /// Keep an entry; newer than all before it.
    pub(crate) fn push(&mut self, entry: Kept) {
        self.bytes += entry.bytes();
        self.entries.push_back(entry);
    }

    /// Let go of the oldest entry when it is too old, or the ring too large.
    pub(crate) fn pop_overdue(&mut self, now: u32) -> Option<Kept> {
        let oldest = self.entries.front()?;
        if self.bytes <= self.most_bytes && now.saturating_sub(oldest.at) < self.window {
            return None;
        }
        let gone = self.entries.pop_front()?;
        self.bytes -= gone.bytes();
        self.floor = gone.log_seq;
        Some(gone)
    }

    /// What is kept beside the entries, and goes with them, has become so much larger, and smaller.
    pub(crate) fn recharge(&mut self, grown: usize, shrunk: usize) {
        self.bytes = (self.bytes + grown).saturating_sub(shrunk);
    }

    /// Forget everything; complete above `floor` from now on.
    pub(crate) fn restart(&mut self, floor: u64) {
        self.entries = VecDeque::new();
        self.bytes = 0;
        self.floor = floor;
    }

    /// Everything newer than this is here.
    pub(crate) fn floor(&self) -> u64 {
        self.floor
    }

    /// The entry of a fact.
    pub(crate) fn find(&self, log_seq: u64) -> Option<&Kept> {
        let index = self
            .entries
            .binary_search_by_key(&log_seq, |entry| entry.log_seq)
            .ok()?;
        self.entries.get(index)
    }

    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }
}

impl Kept {
    /// Whether it need not be kept.
    pub(crate) fn concerns_nobody(&self) -> bool {
        self.room.is_none() && self.former.is_empty() && self.offer.is_none()
    }

    /// What it costs, the indexes included.
    fn bytes(&self) -> usize {
        const INDEX: usize = 16;
        let frames: usize = self
            .frames
            .iter()
            .map(|frame| frame.text.len() + size_of_val(frame))
            .sum();
        size_of::<Self>() + INDEX + frames + self.former.len() * (size_of::<UserId>() + INDEX)
    }
}

#[cfg(test)]
mod tests {
    use axum::extract::ws::Utf8Bytes;
    use smallvec::smallvec;

    use super::{super::delivery::OutboundFrame, *};

    fn kept(log_seq: u64, at: u32, length: usize) -> Kept {
        let frame = OutboundFrame {
            text: Utf8Bytes::from("x".repeat(length)),
            to: mtchat_domain::To::Members,
        };
        let former = smallvec![UserId::new("alice").unwrap()];
        Kept {
            log_seq,
            at,
            app: AppId::default_app(),
            dialog: DialogId::fresh(),
            room: None,
            former,
            offer: None,
            frames: smallvec![frame],
        }
    }

    #[test]
    fn old_entries_go_and_raise_the_floor() {
        let mut ring = Ring::new(10, 1 << 20);
        ring.restart(4);
        ring.push(kept(5, 0, 1));
        ring.push(kept(9, 8, 1));
        assert!(ring.pop_overdue(9).is_none());
        assert_eq!(ring.floor(), 4);
        assert_eq!(ring.pop_overdue(10).unwrap().log_seq, 5);
        assert!(ring.pop_overdue(10).is_none());
        assert_eq!(ring.floor(), 5);
        assert!(ring.find(5).is_none());
        assert_eq!(ring.find(9).unwrap().log_seq, 9);
        assert!(ring.find(7).is_none());
    }

    #[test]
    fn bytes_are_bounded_and_counted_exactly() {
        let mut ring = Ring::new(1_000, 5_000);
        for log_seq in 1..100 {
            ring.push(kept(log_seq, 0, 1_000));
            while ring.pop_overdue(0).is_some() {}
            assert!(ring.bytes() <= 5_000);
        }
        assert!(ring.find(99).is_some());
        while ring.pop_overdue(1_000).is_some() {}
        assert_eq!(ring.bytes(), 0);
        assert_eq!(ring.floor(), 99);
    }
}
