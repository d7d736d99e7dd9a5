use std::collections::HashSet;

use mtchat_protocol::{DialogId, Epoch};

use super::{Roster, room::Room};
use crate::gateway::connection::Owner;

/// What a user was told after a point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Changed {
    /// Up to here.
    pub(crate) told: u64,
    /// Of these dialogs.
    pub(crate) dialogs: Vec<DialogId>,
}

impl Roster {
    /// Of which dialogs a user was told something after a point of an epoch; `None` when that is not known completely. What changes
    /// a user's list is told to them, on whatever edge they are, so in nothing else it has changed.
    pub(crate) fn changed_since(&self, owner: &Owner, epoch: &Epoch, after: u64) -> Option<Changed> {
        if self.epoch.as_ref() != Some(epoch) || after < self.ring.floor() || after > self.position {
            return None;
        }
        let nothing = Changed {
            told: self.position,
            dialogs: Vec::new(),
        };
        let Some(roster) = self.apps.get(&owner.app) else {
            return Some(nothing);
        };
        if roster.reset_due || after < roster.floor {
            return None;
        }
        let Some(slot) = roster.users.get(&owner.user) else {
            return Some(nothing);
        };
        let rooms = slot.stays.keys().filter(|dialog| {
            let newest = roster.rooms.get(dialog).and_then(Room::newest);
            newest.is_some_and(|newest| newest > after)
        });
        let mut changed: HashSet<DialogId> = rooms.copied().collect();
        let first = slot.recent.partition_point(|log_seq| *log_seq <= after);
        for log_seq in slot.recent.range(first..) {
            changed.insert(self.ring.find(*log_seq)?.dialog);
        }
        Some(Changed {
            dialogs: changed.into_iter().collect(),
            ..nothing
        })
    }
}
