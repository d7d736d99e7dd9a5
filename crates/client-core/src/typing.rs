use std::time::Duration;

use mtchat_protocol::{DialogId, UserId};

use crate::{
    Moment,
    map::{Map, Set},
};

/// How long somebody counts as typing after the last word of it.
const SHOWN: Duration = Duration::from_secs(5);
/// How often one's own typing is told.
const TOLD: Duration = Duration::from_secs(3);

/// Who is typing where.
#[derive(Debug, Clone, Default)]
pub(crate) struct Typing {
    until: Map<(DialogId, UserId), Moment>,
    own: Map<DialogId, Moment>,
    changed: Set<DialogId>,
}

impl Typing {
    pub(crate) fn starts(&mut self, dialog: DialogId, user: UserId, now: Moment) {
        if self.until.insert((dialog, user), now + SHOWN).is_none() {
            self.changed.insert(dialog);
        }
    }

    pub(crate) fn stops(&mut self, dialog: DialogId, user: &UserId) {
        if self.until.remove(&(dialog, user.clone())).is_some() {
            self.changed.insert(dialog);
        }
    }

    /// Whether a key pressed now is to be told.
    pub(crate) fn own(&mut self, dialog: DialogId, now: Moment) -> bool {
        let due = self.own.get(&dialog).is_none_or(|told| now.since(*told) >= TOLD);
        if due {
            self.own.insert(dialog, now);
        }
        due
    }

    pub(crate) fn sent(&mut self, dialog: DialogId) {
        self.own.remove(&dialog);
    }

    pub(crate) fn forget(&mut self, now: Moment) {
        let over: Vec<(DialogId, UserId)> = self
            .until
            .iter()
            .filter(|(_, until)| **until <= now)
            .map(|(who, _)| who.clone())
            .collect();
        for (dialog, user) in over {
            self.stops(dialog, &user);
        }
    }

    pub(crate) fn changes(&mut self) -> impl Iterator<Item = (DialogId, Vec<UserId>)> + use<> {
        let changed = std::mem::take(&mut self.changed);
        let told: Vec<(DialogId, Vec<UserId>)> = changed
            .into_iter()
            .map(|dialog| {
                let there = self.until.keys().filter(|(place, _)| *place == dialog);
                (dialog, there.map(|(_, user)| user.clone()).collect())
            })
            .collect();
        told.into_iter()
    }

    pub(crate) fn next_timeout(&self) -> Option<Moment> {
        self.until.values().min().copied()
    }
}
