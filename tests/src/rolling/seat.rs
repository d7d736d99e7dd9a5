//! One client of many, watched.

use std::{collections::HashSet, sync::Arc, time::Duration};

use mtchat_protocol::{MessageType, ServerFrame, UserId};
use tokio::time::Instant;

use super::Shared;
use crate::{Heard, Refused, Tap};

/// What all clients have seen.
#[derive(Default)]
pub(super) struct Seen {
    /// Messages that came to a member, each once.
    pub(super) delivered: usize,
    pub(super) doubled: usize,
    pub(super) disordered: usize,
    /// When a message was due, and how long it took to another member.
    pub(super) deliveries: Vec<(Instant, Duration)>,
    pub(super) reloads: usize,
    pub(super) refused: usize,
    /// Of each client: its longest time without a connection, and how often it was given all that it had missed.
    pub(super) clients: Vec<(Duration, usize)>,
    /// When a handshake was answered, whichever way.
    pub(super) handshakes: Vec<Instant>,
}

pub(super) struct Seat {
    shared: Arc<Shared>,
    number: usize,
    /// The newest number of the dialog that came.
    newest: u64,
    /// The numbers of all that came.
    came: HashSet<u64>,
    me: Option<UserId>,
    away: Option<Instant>,
}

impl Seat {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        let number = {
            let clients = &mut shared.seen().clients;
            clients.push((Duration::ZERO, 0));
            clients.len() - 1
        };
        Self {
            shared,
            number,
            newest: 0,
            came: HashSet::new(),
            me: None,
            away: None,
        }
    }
}

impl Tap for Seat {
    fn is_refused(&mut self, _why: &Refused) {
        let mut seen = self.shared.seen();
        seen.refused += 1;
        seen.handshakes.push(Instant::now());
    }

    fn hears(&mut self, text: &str) {
        let Ok(frame) = serde_json::from_str(text) else {
            panic!("not a frame: {text}");
        };
        let mut seen = self.shared.seen();
        match frame {
            ServerFrame::Connected(hello) => {
                let now = Instant::now();
                seen.handshakes.push(now);
                match (&self.me, hello.recovered) {
                    (None, _) => {}
                    (Some(_), Some(true)) => seen.clients[self.number].1 += 1,
                    (Some(_), Some(false) | None) => seen.reloads += 1,
                }
                self.me = Some(hello.user_id);
                if let Some(away) = self.away.take() {
                    let longest = &mut seen.clients[self.number].0;
                    *longest = (*longest).max(now - away);
                }
            }
            ServerFrame::Resumed { recovered: false, .. } => seen.reloads += 1,
            ServerFrame::MessageNew(new) if new.message_type == MessageType::User => {
                if !self.came.insert(new.seq) {
                    seen.doubled += 1;
                    return;
                }
                seen.delivered += 1;
                seen.disordered += usize::from(new.seq < self.newest);
                self.newest = self.newest.max(new.seq);
                let number: usize = new.content.as_str().parse().expect("a number was sent");
                if new.sender_id != self.me {
                    let due = self.shared.due()[number];
                    seen.deliveries.push((due, due.elapsed()));
                }
            }
            _ => {}
        }
    }

    fn ends(&mut self, _how: Option<&Heard>) {
        // An attempt that comes to nothing prolongs the gap that it was to end.
        if self.me.is_some() {
            self.away.get_or_insert_with(Instant::now);
        }
    }
}
