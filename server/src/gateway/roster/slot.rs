use std::{collections::VecDeque, sync::Arc};

use axum::extract::ws::Utf8Bytes;
use mtchat_domain::{To, Turn};
use mtchat_protocol::UserId;
use smallvec::SmallVec;

use crate::gateway::{connection::Connection, delivery::Frames};

/// One user: connected here, or named by the ring.
#[derive(Debug)]
pub(super) struct Slot {
    /// The key again: all of the ring's entries share its bytes.
    pub(super) user: UserId,
    pub(super) connections: SmallVec<[Attached; 1]>,
    pub(super) recent: VecDeque<Recent>,
}

/// A connection of the user.
#[derive(Debug)]
pub(super) struct Attached {
    pub(super) connection: Arc<Connection>,
    /// The client has seen everything up to here on another edge.
    pub(super) skip_until: u64,
}

/// An entry of the ring that concerns the user.
#[derive(Debug, Clone, Copy)]
pub(super) struct Recent {
    pub(super) log_seq: u64,
    pub(super) former: bool,
}

impl Slot {
    pub(super) fn new(user: UserId) -> Self {
        Self {
            user,
            connections: SmallVec::new(),
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

    /// Tell every connection to start afresh.
    pub(super) fn reset(&mut self, resumed: Option<&Utf8Bytes>) {
        for attached in &mut self.connections {
            attached.skip_until = 0;
            if let Some(resumed) = resumed {
                attached.connection.send(resumed.clone());
            }
        }
    }

    pub(super) fn is_unused(&self) -> bool {
        self.connections.is_empty() && self.recent.is_empty()
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
