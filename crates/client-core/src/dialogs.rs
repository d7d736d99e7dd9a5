use mtchat_protocol::{
    DialogId, DialogItemView, LastMessageView, MessageNewFrame, MessageType, ParticipantSummary, ServerFrame,
    UserId,
};

use crate::{
    Diff, Flaw,
    map::{Map, Set},
};

/// The dialogs that one takes part in and those that one may join, as far as they are loaded.
#[derive(Debug, Clone, Default)]
pub(crate) struct Dialogs {
    known: Map<DialogId, Entry>,
    /// Of another life of the log: they go when they are not loaded anew.
    stale: Set<DialogId>,
    changed: Set<DialogId>,
    /// As what each was told last.
    told: Map<DialogId, Kind>,
    /// Whether anybody wants to see what they may join.
    available: bool,
    /// Whether the pages of that have brought anything that was not known.
    found: bool,
}

/// Which list a dialog stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// One may join it.
    Available,
    /// One takes part in it.
    Own,
}

#[derive(Debug, Clone)]
struct Entry {
    item: DialogItemView,
    /// Up to where in the log this is known.
    as_of: u64,
}

/// What a frame means beyond what it changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Then {
    /// Nothing.
    Nothing,
    /// What it does to the dialog can not be told from it: the dialog is to be loaded.
    Load,
    /// The dialog is not one's own any more.
    Goes,
}

impl Dialogs {
    /// Take a dialog as it was when the log had come up to `as_of`. What is known may be newer; what happened since is then to be
    /// applied anew.
    pub(crate) fn take(&mut self, item: DialogItemView, as_of: u64) {
        let id = item.dialog.id;
        self.stale.remove(&id);
        if item.i_am_participant || (item.can_join && self.available) {
            self.known.insert(id, Entry { item, as_of });
            self.changed.insert(id);
        } else {
            self.remove(id);
        }
    }

    /// Take a page of what one may join, the first one or a further one. What is known is newer, where it is. Whether this pass through
    /// the pages has found anything that was not known.
    pub(crate) fn take_available(&mut self, items: Vec<DialogItemView>, as_of: u64, first: bool) -> bool {
        self.found &= !first;
        for item in items {
            let id = item.dialog.id;
            let known = self.known.get(&id).filter(|_| !self.stale.contains(&id));
            self.found |= known.is_none();
            if known.is_none_or(|known| known.as_of <= as_of) {
                self.take(item, as_of);
            }
        }
        self.found
    }

    /// See what one may join, or see it no longer; whether that is new.
    pub(crate) fn show_available(&mut self, available: bool) -> bool {
        let new = available && !self.available;
        self.available = available;
        if !available {
            for id in self.of(Kind::Available) {
                self.remove(id);
            }
        }
        new
    }

    pub(crate) fn shows_available(&self) -> bool {
        self.available
    }

    /// How many there are of a kind.
    pub(crate) fn count_of(&self, kind: Kind) -> usize {
        self.of(kind).len()
    }

    fn of(&self, kind: Kind) -> Vec<DialogId> {
        let of_it = self.known.iter().filter(|(_, entry)| entry.kind() == kind);
        of_it.map(|(id, _)| *id).collect()
    }

    pub(crate) fn remove(&mut self, id: DialogId) {
        self.stale.remove(&id);
        if self.known.remove(&id).is_some() {
            self.changed.insert(id);
        }
    }

    /// Nothing that comes fits to what is known, until it is loaded anew.
    pub(crate) fn become_stale(&mut self) {
        self.stale = self.known.keys().copied().collect();
    }

    /// A list is loaded: what was not in it is gone.
    pub(crate) fn drop_stale(&mut self, kind: Kind) {
        for id in self.of(kind) {
            if self.stale.contains(&id) {
                self.remove(id);
            }
        }
    }

    /// One of one's own.
    pub(crate) fn get(&self, id: DialogId) -> Option<&DialogItemView> {
        let entry = self.known.get(&id).filter(|entry| entry.kind() == Kind::Own);
        entry.map(|entry| &entry.item)
    }

    /// All of a kind: pinned first, then by their last message.
    pub(crate) fn in_order(&self, kind: Kind) -> Vec<&DialogItemView> {
        let entries = self.known.values().filter(|entry| entry.kind() == kind);
        let mut items: Vec<&DialogItemView> = entries.map(|entry| &entry.item).collect();
        items.sort_by_key(|item| {
            let active = item.last_message_at.unwrap_or(item.dialog.created_at);
            std::cmp::Reverse((item.is_pinned == Some(true), active, item.dialog.id))
        });
        items
    }

    /// What is different since this was asked last.
    pub(crate) fn changes(&mut self, flaw: Option<Flaw>) -> Vec<Diff> {
        let mut diffs = Vec::new();
        for id in std::mem::take(&mut self.changed) {
            let now = self.known.get(&id);
            let kind = now.map(Entry::kind);
            let before = match kind {
                Some(kind) => self.told.insert(id, kind),
                None => self.told.remove(&id),
            };
            if let Some(before) = before.filter(|before| Some(*before) != kind) {
                match before {
                    Kind::Own => diffs.push(Diff::DialogGone(id)),
                    Kind::Available if flaw == Some(Flaw::JoinsTwice) && kind.is_some() => {}
                    Kind::Available => diffs.push(Diff::AvailableGone(id)),
                }
            }
            if let Some(entry) = now {
                let row = Box::new(entry.item.clone());
                diffs.push(match entry.kind() {
                    Kind::Own => Diff::Dialog(row),
                    Kind::Available => Diff::Available(row),
                });
            }
        }
        diffs
    }

    /// What is left to read of a dialog, counted by somebody who has all of it.
    pub(crate) fn count(&mut self, id: DialogId, unread: u64) {
        if let Some(entry) = self.known.get_mut(&id)
            && entry.item.unread_count != Some(unread)
        {
            entry.item.unread_count = Some(unread);
            self.changed.insert(id);
        }
    }

    /// Apply what happened at a place of the log.
    pub(crate) fn apply(
        &mut self,
        frame: &ServerFrame,
        at: u64,
        me: Option<&UserId>,
        flaw: Option<Flaw>,
    ) -> Then {
        let Some(id) = dialog_of(frame) else {
            return Then::Nothing;
        };
        let new = match frame {
            // What moves up while the list is loaded page by page may be in none of them.
            ServerFrame::MessageNew(_)
            | ServerFrame::ParticipantJoined { .. }
            | ServerFrame::DialogPinned { .. } => true,
            ServerFrame::DialogAvailable { .. } => self.available,
            // One may be allowed to come back.
            ServerFrame::ParticipantLeft { user_id, .. } => self.available && me == Some(user_id),
            _ => false,
        };
        if self.stale.contains(&id) {
            return if new { Then::Load } else { Then::Nothing };
        }
        let gone = match frame {
            ServerFrame::DialogDeleted { .. } => true,
            ServerFrame::ParticipantLeft { user_id, .. } => {
                me == Some(user_id) && flaw != Some(Flaw::StaysWhenRemoved)
            }
            ServerFrame::DialogUnavailable { .. } => {
                let known = self.known.get(&id);
                known.is_some_and(|entry| entry.kind() == Kind::Available)
            }
            _ => false,
        };
        let Some(entry) = self.known.get_mut(&id) else {
            return if new && flaw != Some(Flaw::IgnoresNewDialogs) {
                Then::Load
            } else {
                Then::Nothing
            };
        };
        if entry.as_of >= at && flaw != Some(Flaw::IgnoresAsOf) {
            return Then::Nothing;
        }
        if gone {
            return Then::Goes;
        }
        if entry.kind() == Kind::Available {
            return if new { Then::Load } else { Then::Nothing };
        }
        // What has several frames is applied as a whole, so that they share a place.
        let Some(then) = entry.apply(frame, me, flaw) else {
            return Then::Nothing;
        };
        self.changed.insert(id);
        then
    }

    /// Everything of this place is applied.
    pub(crate) fn reached(&mut self, id: DialogId, at: u64) {
        if let Some(entry) = self.known.get_mut(&id)
            && !self.stale.contains(&id)
        {
            entry.as_of = entry.as_of.max(at);
        }
    }
}

impl Entry {
    fn kind(&self) -> Kind {
        if self.item.i_am_participant {
            Kind::Own
        } else {
            Kind::Available
        }
    }

    /// `None`: nothing of it is shown in the list.
    fn apply(&mut self, frame: &ServerFrame, me: Option<&UserId>, flaw: Option<Flaw>) -> Option<Then> {
        let item = &mut self.item;
        match frame {
            ServerFrame::MessageNew(new) => message(item, new, me, flaw),
            ServerFrame::MessageEdited { id, content, .. } => {
                let last = item.last_message.as_mut().filter(|last| last.id == *id)?;
                last.content = content.clone();
            }
            ServerFrame::MessageDeleted { id, .. } => {
                let last = item.last_message.as_ref().is_some_and(|last| last.id == *id);
                let counted = item.unread_count.unwrap_or(0) > 0;
                if (last || counted) && flaw != Some(Flaw::IgnoresDeletions) {
                    return Some(Then::Load);
                }
            }
            ServerFrame::MessageRead {
                user_id,
                unread_count: Some(unread),
                ..
            } if me == Some(user_id) => {
                item.unread_count = Some(*unread);
                // The receipt was written by an edge that may not have known of the newest messages.
                if flaw != Some(Flaw::BelievesReceipts) {
                    return Some(Then::Load);
                }
            }
            ServerFrame::MessageUnread { unread_count, .. } => {
                item.unread_count = Some(*unread_count);
                return Some(Then::Load);
            }
            ServerFrame::DialogArchived { .. } => {
                item.is_archived = Some(true);
                // It counts up to the message that the server knew of.
                return Some(Then::Load);
            }
            ServerFrame::DialogUnarchived { .. } if flaw != Some(Flaw::StaysArchived) => {
                let archived = item.is_archived.replace(false) == Some(true);
                // The message that it is told for may be one that was there when the dialog was archived once more.
                return archived.then_some(Then::Load);
            }
            ServerFrame::DialogPinned { .. } => item.is_pinned = Some(true),
            ServerFrame::DialogUnpinned { .. } => item.is_pinned = Some(false),
            ServerFrame::DialogNotifications {
                enabled,
                notification_level,
                ..
            } => {
                item.notifications_enabled = Some(*enabled);
                item.notification_level = *notification_level;
            }
            ServerFrame::DialogUpdated(update) => {
                item.dialog.title = update.title.clone();
                item.dialog.frozen = update.frozen;
                if let Some(url) = &update.object_url {
                    item.dialog.object_url = url.clone();
                }
                if let Some(meta) = &update.meta {
                    item.dialog.meta = meta.clone();
                }
            }
            ServerFrame::ParticipantJoined {
                user_id,
                display_name,
                company,
                ..
            } => {
                item.participants.retain(|one| one.user_id != *user_id);
                item.participants.push(ParticipantSummary {
                    user_id: user_id.clone(),
                    display_name: Some(display_name.clone()),
                    company: company.clone(),
                });
                item.participants_count = item.participants.len() as u64;
            }
            ServerFrame::ParticipantLeft { user_id, .. } => {
                item.participants.retain(|one| one.user_id != *user_id);
                item.participants_count = item.participants.len() as u64;
            }
            _ => return None,
        }
        Some(Then::Nothing)
    }
}

fn message(item: &mut DialogItemView, new: &MessageNewFrame, me: Option<&UserId>, flaw: Option<Flaw>) {
    let own = me.is_some() && me == new.sender_id.as_ref() && flaw != Some(Flaw::CountsOwnMessages);
    let counts = new.message_type == MessageType::User || flaw == Some(Flaw::CountsSystemMessages);
    if own {
        item.unread_count = Some(0);
    } else if counts {
        item.unread_count = Some(item.unread_count.unwrap_or(0) + 1);
    }
    if new.message_type == MessageType::User && flaw != Some(Flaw::StaysArchived) {
        item.is_archived = Some(false);
    }
    item.last_message_at = Some(new.sent_at);
    item.last_message = Some(LastMessageView {
        id: new.id,
        content: new.content.clone(),
        sender_id: new.sender_id.clone(),
        sender_name: new.sender.as_ref().map(|sender| sender.display_name.clone()),
        sent_at: new.sent_at,
        message_type: new.message_type,
    });
}

/// The dialog that a frame tells of, where it changes what is shown of it.
pub(crate) fn dialog_of(frame: &ServerFrame) -> Option<DialogId> {
    match frame {
        ServerFrame::DialogUpdated(frame) => Some(frame.dialog_id),
        ServerFrame::MessageNew(frame) => Some(frame.dialog_id),
        ServerFrame::DialogArchived { dialog_id, .. }
        | ServerFrame::DialogAvailable { dialog_id, .. }
        | ServerFrame::DialogUnavailable { dialog_id, .. }
        | ServerFrame::DialogDeleted { dialog_id, .. }
        | ServerFrame::DialogNotifications { dialog_id, .. }
        | ServerFrame::DialogPinned { dialog_id, .. }
        | ServerFrame::DialogUnarchived { dialog_id, .. }
        | ServerFrame::DialogUnpinned { dialog_id, .. }
        | ServerFrame::MessageDeleted { dialog_id, .. }
        | ServerFrame::MessageEdited { dialog_id, .. }
        | ServerFrame::MessageReaction { dialog_id, .. }
        | ServerFrame::MessageRead { dialog_id, .. }
        | ServerFrame::MessageUnread { dialog_id, .. }
        | ServerFrame::ParticipantJoined { dialog_id, .. }
        | ServerFrame::ParticipantLeft { dialog_id, .. }
        | ServerFrame::ParticipantUpdated { dialog_id, .. } => Some(*dialog_id),
        ServerFrame::Connected(_)
        | ServerFrame::Error { .. }
        | ServerFrame::Pong { .. }
        | ServerFrame::PresenceUpdate { .. }
        | ServerFrame::Resumed { .. }
        | ServerFrame::Typing { .. }
        | ServerFrame::UnreadTotal(_) => None,
    }
}
