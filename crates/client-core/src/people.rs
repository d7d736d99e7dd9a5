use mtchat_protocol::{DialogId, MessageId, ServerFrame, Timestamp, UserId, limits};

use crate::{
    Diff, Flaw, ParticipantRow,
    dialogs::Then,
    map::{Map, Set},
};

/// Who is in the dialogs that are looked at, how far they have read, and who is online.
#[derive(Debug, Clone, Default)]
pub(crate) struct People {
    dialogs: Map<DialogId, Entry>,
    /// Who came online or went offline since the connection is open: that is newer than any list.
    online: Map<UserId, (bool, Option<Timestamp>)>,
    /// Whom the server was asked to tell of.
    watched: Vec<UserId>,
    /// Others may be in the dialogs than those.
    others: bool,
}

#[derive(Debug, Clone, Default)]
struct Entry {
    rows: Vec<ParticipantRow>,
    /// Up to where in the log this is known; `None`: nothing that comes fits to it until it is loaded anew.
    as_of: Option<u64>,
    changed: Changed,
}

#[derive(Debug, Clone, Default)]
enum Changed {
    #[default]
    Nothing,
    Some(Set<UserId>),
    Everything,
}

impl Changed {
    fn one(&mut self, user: &UserId) {
        match self {
            Self::Nothing => *self = Self::Some([user.clone()].into_iter().collect()),
            Self::Some(users) => users.insert(user.clone()),
            Self::Everything => {}
        }
    }
}

impl People {
    /// A dialog is looked at from now on.
    pub(crate) fn open(&mut self, dialog: DialogId) {
        if !self.dialogs.contains_key(&dialog) {
            self.dialogs.insert(dialog, Entry::default());
        }
    }

    /// A dialog is looked at no longer.
    pub(crate) fn close(&mut self, dialog: DialogId) {
        self.dialogs.remove(&dialog);
        self.others = true;
    }

    /// The dialog is not one's own any more: nobody is shown.
    pub(crate) fn clear(&mut self, dialog: DialogId) {
        if let Some(entry) = self.dialogs.get_mut(&dialog) {
            entry.as_of = None;
            if !entry.rows.is_empty() {
                self.others = true;
                entry.rows.clear();
                entry.changed = Changed::Everything;
            }
        }
    }

    pub(crate) fn become_stale(&mut self) {
        for entry in self.dialogs.values_mut() {
            entry.as_of = None;
        }
    }

    pub(crate) fn is_stale(&self, dialog: DialogId) -> bool {
        self.dialogs
            .get(&dialog)
            .is_some_and(|entry| entry.as_of.is_none())
    }

    /// A connection is new: who was online may have gone without a word.
    pub(crate) fn forget_who_is_online(&mut self) {
        self.online.clear();
        self.watched.clear();
        self.others = true;
    }

    /// Everybody in a dialog, as it was when the log had come up to `as_of`.
    pub(crate) fn take(
        &mut self,
        dialog: DialogId,
        mut rows: Vec<ParticipantRow>,
        as_of: u64,
        me: Option<&UserId>,
        flaw: Option<Flaw>,
    ) {
        let Some(entry) = self.dialogs.get_mut(&dialog) else {
            return;
        };
        for row in &mut rows {
            if me == Some(&row.user_id) {
                // Of oneself one is told nothing, and whoever looks is there.
                (row.is_online, row.last_seen) = (true, None);
            } else if let Some((online, seen)) = self.online.get(&row.user_id)
                && flaw != Some(Flaw::TrustsOldPresence)
            {
                (row.is_online, row.last_seen) = (*online, *seen);
            }
        }
        let known = |row: &ParticipantRow| entry.rows.iter().any(|before| before.user_id == row.user_id);
        let stale = entry.as_of.replace(as_of).is_none();
        if (stale || !rows.iter().all(known)) && flaw != Some(Flaw::WatchesOnce) {
            // As long as one shared no dialog with somebody one was not told of them, even if one had asked.
            self.watched.clear();
            self.others = true;
        }
        if entry.rows != rows {
            self.others = true;
            entry.rows = rows;
            entry.changed = Changed::Everything;
        }
    }

    pub(crate) fn rows(&self, dialog: DialogId) -> Option<&[ParticipantRow]> {
        Some(&self.dialogs.get(&dialog)?.rows)
    }

    /// Somebody came online or went offline; whether that was not known.
    pub(crate) fn sees(&mut self, user: &UserId, online: bool, seen: Option<Timestamp>) -> bool {
        let before = self.online.insert(user.clone(), (online, seen));
        for entry in self.dialogs.values_mut() {
            if let Some(row) = entry.rows.iter_mut().find(|row| row.user_id == *user)
                && (row.is_online, row.last_seen) != (online, seen)
            {
                (row.is_online, row.last_seen) = (online, seen);
                entry.changed.one(user);
            }
        }
        before.is_none_or(|(before, _)| before != online)
    }

    /// Apply what happened at a place of the log. `is_later` says whether a message came after another, if that is known.
    pub(crate) fn apply(
        &mut self,
        dialog: DialogId,
        frame: &ServerFrame,
        at: u64,
        (me, flaw): (Option<&UserId>, Option<Flaw>),
        is_later: impl Fn(MessageId, MessageId) -> Option<bool>,
    ) -> Then {
        let Some(entry) = self.dialogs.get_mut(&dialog) else {
            return Then::Nothing;
        };
        if let (None, ServerFrame::DialogAvailable { .. }) = (entry.as_of, frame) {
            // One may see who is in it from now on.
            return Then::Load;
        }
        if entry.as_of.is_none_or(|as_of| as_of >= at) {
            return Then::Nothing;
        }
        match frame {
            ServerFrame::ParticipantJoined { .. } => return Then::Load,
            ServerFrame::ParticipantLeft { user_id, .. } if me == Some(user_id) => {
                self.clear(dialog);
                return Then::Goes;
            }
            ServerFrame::DialogDeleted { .. } | ServerFrame::DialogUnavailable { .. } => {
                self.clear(dialog);
                return Then::Goes;
            }
            ServerFrame::ParticipantLeft { user_id, .. } => {
                let before = entry.rows.len();
                entry
                    .rows
                    .retain(|row| row.user_id != *user_id || flaw == Some(Flaw::KeepsWhoLeft));
                if entry.rows.len() != before {
                    self.others = true;
                    entry.changed = Changed::Everything;
                }
            }
            ServerFrame::ParticipantUpdated { user_id, role, .. } => {
                if let Some(row) = entry.row(user_id) {
                    row.role = *role;
                    entry.changed.one(user_id);
                }
            }
            ServerFrame::MessageNew(new) => {
                // Who writes has read what is there.
                if let Some(sender) = &new.sender_id
                    && let Some(row) = entry.row(sender)
                {
                    row.last_read_message_id = Some(new.id);
                    entry.changed.one(sender);
                }
            }
            ServerFrame::MessageRead {
                user_id,
                last_read_message_id: read,
                ..
            } => {
                let Some(row) = entry.row(user_id) else {
                    return Then::Nothing;
                };
                let later = match row.last_read_message_id {
                    None => Some(true),
                    Some(before) if before == *read => Some(false),
                    // A receipt may come after one of later messages.
                    Some(before) => is_later(*read, before),
                };
                match later {
                    Some(false) if flaw != Some(Flaw::TakesEveryReceipt) => {}
                    Some(_) => {
                        row.last_read_message_id = Some(*read);
                        entry.changed.one(user_id);
                    }
                    None => return Then::Load,
                }
            }
            ServerFrame::MessageUnread { .. } => return Then::Load,
            _ => {}
        }
        Then::Nothing
    }

    /// Everything of this place is applied.
    pub(crate) fn reached(&mut self, dialog: DialogId, at: u64) {
        if let Some(entry) = self.dialogs.get_mut(&dialog) {
            entry.as_of = entry.as_of.map(|as_of| as_of.max(at));
        }
    }

    /// Whom the server should tell of from now on, if that is somebody else than before.
    pub(crate) fn watch(&mut self) -> Option<Vec<UserId>> {
        if !std::mem::take(&mut self.others) {
            return None;
        }
        let users: Set<&UserId> = self
            .dialogs
            .values()
            .flat_map(|entry| &entry.rows)
            .map(|row| &row.user_id)
            .collect();
        let wanted = users.iter().take(limits::WATCHED);
        if wanted.clone().copied().eq(&self.watched) {
            return None;
        }
        let users: Vec<UserId> = wanted.map(|user| (*user).clone()).collect();
        self.watched = users.clone();
        Some(users)
    }

    /// What is different since this was asked last.
    pub(crate) fn changes(&mut self) -> Vec<Diff> {
        let mut diffs = Vec::new();
        for (dialog, entry) in self.dialogs.iter_mut() {
            let dialog = *dialog;
            match std::mem::take(&mut entry.changed) {
                Changed::Nothing => {}
                Changed::Everything => diffs.push(Diff::Participants {
                    dialog,
                    participants: entry.rows.clone(),
                }),
                Changed::Some(users) => {
                    let rows = entry.rows.iter().filter(|row| users.contains(&row.user_id));
                    diffs.extend(rows.map(|row| Diff::Participant {
                        dialog,
                        participant: Box::new(row.clone()),
                    }));
                }
            }
        }
        diffs
    }
}

impl Entry {
    fn row(&mut self, user: &UserId) -> Option<&mut ParticipantRow> {
        self.rows.iter_mut().find(|row| row.user_id == *user)
    }
}
