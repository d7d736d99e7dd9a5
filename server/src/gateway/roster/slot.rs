use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
};

use axum::extract::ws::Utf8Bytes;
use mtchat_domain::{To, Turn};
use mtchat_protocol::{DialogId, UserId};
use smallvec::SmallVec;

use crate::gateway::{connection::Connection, delivery::Frames};

/// One user: connected here, or named by the ring.
#[derive(Debug)]
pub(super) struct Slot {
    /// The key again: all of the ring's entries share its bytes.
    pub(super) user: UserId,
    pub(super) connections: SmallVec<[Attached; 1]>,
    /// In the rooms that there are.
    pub(super) stays: HashMap<DialogId, SmallVec<[Stay; 1]>>,
    /// The ring's entries that concern the user in particular.
    pub(super) recent: VecDeque<u64>,
}

/// Between which entries of the ring somebody was a member of a dialog, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stay {
    pub(super) from: u64,
    pub(super) until: u64,
}

/// A connection of the user.
#[derive(Debug)]
pub(super) struct Attached {
    pub(super) connection: Arc<Connection>,
    /// The client has seen everything up to here on another edge.
    pub(super) skip_until: u64,
    /// It is told its user's total of unread messages.
    pub(super) counts_unread: bool,
}

impl Stay {
    /// From this entry on.
    pub(super) fn from(log_seq: u64) -> Self {
        Self {
            from: log_seq,
            until: u64::MAX,
        }
    }

    pub(super) fn is_open(&self) -> bool {
        self.until == u64::MAX
    }

    pub(super) fn covers(&self, log_seq: u64) -> bool {
        (self.from..=self.until).contains(&log_seq)
    }
}

impl Slot {
    pub(super) fn new(user: UserId) -> Self {
        Self {
            user,
            connections: SmallVec::new(),
            stays: HashMap::new(),
            recent: VecDeque::new(),
        }
    }

    /// Queue a fact's frames to every connection that has not seen it; returns how many.
    pub(super) fn send(&self, log_seq: u64, former: bool, frames: &Frames) -> usize {
        let mut queued = 0;
        for attached in self
            .connections
            .iter()
            .filter(|attached| attached.skip_until < log_seq)
        {
            for bytes in concerning(former, frames) {
                attached.connection.send(bytes.clone());
                queued += 1;
            }
        }
        queued
    }

    /// A connection, if it has not seen this.
    pub(super) fn unseen(&self, id: u64, log_seq: u64) -> Option<&Attached> {
        self.connections
            .iter()
            .find(|attached| attached.connection.id == id && attached.skip_until < log_seq)
    }

    /// Whether a connection is told the user's total of unread messages.
    pub(super) fn counts_unread(&self) -> bool {
        self.connections.iter().any(|attached| attached.counts_unread)
    }

    /// Tell every connection to start afresh.
    pub(super) fn reset(&mut self, resumed: Option<&Utf8Bytes>) {
        for attached in &mut self.connections {
            attached.skip_until = 0;
            if let Some(resumed) = resumed {
                attached.connection.send(resumed.clone());
            }
        }
    }

    /// Rooms in which the user is now.
    pub(super) fn rooms(&self) -> impl Iterator<Item = &DialogId> {
        let open = |stays: &SmallVec<[Stay; 1]>| stays.last().is_some_and(Stay::is_open);
        self.stays
            .iter()
            .filter(move |(_, stays)| open(stays))
            .map(|(dialog, _)| dialog)
    }

    pub(super) fn is_unused(&self) -> bool {
        self.connections.is_empty() && self.recent.is_empty() && self.stays.is_empty()
    }
}

/// The frames that a candidate gets for whom an offer means this.
pub(super) fn offered(turn: Turn, frames: &Frames) -> impl Iterator<Item = &Utf8Bytes> {
    frames
        .iter()
        .filter(move |frame| frame.to == To::Candidates(turn))
        .map(|frame| &frame.text)
}

/// The frames that a member, or somebody who is concerned in particular, gets.
pub(super) fn concerning(former: bool, frames: &Frames) -> impl Iterator<Item = &Utf8Bytes> {
    frames
        .iter()
        .filter(move |frame| frame.to.reaches(former))
        .map(|frame| &frame.text)
}
