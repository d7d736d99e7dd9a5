//! Who is online, and who is told of it.

use std::collections::{BTreeMap, BTreeSet};

use mtchat_protocol::{ServerFrame, Timestamp, UserId};

/// Of dialogs with more members than this only those are told who watch. The server's bound is higher.
pub const CONTACTS: usize = 2;

#[derive(Default)]
pub struct Presence {
    online: BTreeSet<UserId>,
    last_seen: BTreeMap<UserId, Timestamp>,
    /// Who came online or went offline and nobody was told.
    changes: Vec<ServerFrame>,
    /// Who has a connection that belongs to none of the devices.
    pub elsewhere: BTreeSet<UserId>,
}

impl Presence {
    /// These are connected now and nobody else; whether that is news.
    pub fn are_there(&mut self, mut there: BTreeSet<UserId>, now: Timestamp) -> bool {
        there.extend(self.elsewhere.iter().cloned());
        for user in self.online.difference(&there) {
            self.last_seen.insert(user.clone(), now);
        }
        let changed: Vec<UserId> = self.online.symmetric_difference(&there).cloned().collect();
        self.online = there;
        let changes: Vec<ServerFrame> = changed.iter().map(|user| self.of(user)).collect();
        self.changes.extend(changes);
        !changed.is_empty()
    }

    pub fn is_online(&self, user: &UserId) -> bool {
        self.online.contains(user)
    }

    /// When somebody was there last who is not.
    pub fn last_seen(&self, user: &UserId) -> Option<Timestamp> {
        let last = self.last_seen.get(user).copied();
        last.filter(|_| !self.is_online(user))
    }

    /// How it is with somebody.
    pub fn of(&self, user: &UserId) -> ServerFrame {
        ServerFrame::PresenceUpdate {
            user_id: user.clone(),
            is_online: self.is_online(user),
            last_seen: self.last_seen(user),
        }
    }

    /// What is to be told now.
    pub fn changes(&mut self) -> Vec<ServerFrame> {
        std::mem::take(&mut self.changes)
    }

    pub fn is_told(&self) -> bool {
        self.changes.is_empty()
    }
}
