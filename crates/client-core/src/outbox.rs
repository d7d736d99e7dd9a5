use std::collections::VecDeque;

use mtchat_protocol::{AttachmentInput, DialogId, ErrorCode, MessageId, Position};
use serde::{Deserialize, Serialize};

use crate::{Moment, map::Set};

/// A message on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct OutboxEntry {
    /// Made before the first try: however often it is tried, it is one message.
    pub id: MessageId,
    /// Where to.
    pub dialog: DialogId,
    /// HTML; empty where the files say it all.
    pub content: String,
    /// The message that it answers.
    pub reply_to: Option<MessageId>,
    /// Its files, as they were uploaded; left out when there are none.
    #[serde(
        default,
        skip_serializing_if = "Vec::is_empty",
        deserialize_with = "crate::uploads::read"
    )]
    pub attachments: Vec<AttachmentInput>,
    /// When the user sent it; no two have the same, so that their order is known after a reload.
    pub sent_at: Moment,
    /// How far it is.
    pub state: Sending,
}

impl OutboxEntry {
    pub(crate) fn has_files(&self) -> bool {
        !self.attachments.is_empty()
    }
}

/// How far a message is on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Sending {
    /// It is being tried until it is accepted.
    Sending,
    /// The server has it; it will not be lost.
    Accepted,
    /// The server refuses it, and would do so again.
    Failed(ErrorCode),
}

/// Messages on their way, in the order in which the user sent them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Outbox {
    entries: VecDeque<Held>,
    /// The dialogs of which something is different.
    touched: Set<DialogId>,
}

#[derive(Debug, Clone)]
struct Held {
    entry: OutboxEntry,
    /// Where its fact stands in the log, once it is accepted.
    at: Option<Position>,
}

impl Outbox {
    /// The time of a message that is sent now.
    pub(crate) fn time(&self, now: Moment) -> Moment {
        let newest = self.all().map(|entry| entry.sent_at).max();
        newest.map_or(now, |newest| now.max(Moment(newest.0 + 1)))
    }

    pub(crate) fn push(&mut self, entry: OutboxEntry) {
        if !self.entries.iter().any(|held| held.entry.id == entry.id) {
            self.touched.insert(entry.dialog);
            self.entries.push_back(Held { entry, at: None });
        }
    }

    /// What may be tried now: of each dialog the oldest that is not there yet, so that they arrive in order.
    pub(crate) fn due(&self) -> Vec<MessageId> {
        let mut dialogs: Vec<DialogId> = Vec::new();
        let mut due = Vec::new();
        for Held { entry, .. } in &self.entries {
            if entry.state == Sending::Sending && !dialogs.contains(&entry.dialog) {
                dialogs.push(entry.dialog);
                due.push(entry.id);
            }
        }
        due
    }

    pub(crate) fn get(&self, id: MessageId) -> Option<&OutboxEntry> {
        self.entries
            .iter()
            .map(|held| &held.entry)
            .find(|entry| entry.id == id)
    }

    pub(crate) fn set(&mut self, id: MessageId, state: Sending, at: Option<Position>) -> Option<OutboxEntry> {
        let held = self.entries.iter_mut().find(|held| held.entry.id == id)?;
        held.entry.state = state;
        held.at = at;
        self.touched.insert(held.entry.dialog);
        Some(held.entry.clone())
    }

    /// Only a mistake does this: see [`Flaw`](crate::Flaw).
    pub(crate) fn lose_files(&mut self, id: MessageId) {
        if let Some(held) = self.entries.iter_mut().find(|held| held.entry.id == id) {
            held.entry.attachments.clear();
        }
    }

    pub(crate) fn remove(&mut self, id: MessageId) -> Option<OutboxEntry> {
        let place = self.entries.iter().position(|held| held.entry.id == id)?;
        let entry = self.entries.remove(place)?.entry;
        self.touched.insert(entry.dialog);
        Some(entry)
    }

    /// The dialogs of which something is different since this was asked last.
    pub(crate) fn touched(&mut self) -> Set<DialogId> {
        std::mem::take(&mut self.touched)
    }

    /// The accepted ones that the timeline must hold by now, because everything up to here has been heard.
    pub(crate) fn arrived(&mut self, reached: u64) -> Vec<OutboxEntry> {
        self.take_accepted(|held| held.at.is_some_and(|at| at.log_seq <= reached))
    }

    /// The accepted ones, of which nothing will be heard any more by themselves.
    pub(crate) fn drop_accepted(&mut self) -> Vec<OutboxEntry> {
        self.take_accepted(|_| true)
    }

    fn take_accepted(&mut self, which: impl Fn(&Held) -> bool) -> Vec<OutboxEntry> {
        let mut taken = Vec::new();
        self.entries.retain(|held| {
            let goes = held.entry.state == Sending::Accepted && which(held);
            if goes {
                self.touched.insert(held.entry.dialog);
                taken.push(held.entry.clone());
            }
            !goes
        });
        taken
    }

    pub(crate) fn of(&self, dialog: DialogId) -> impl Iterator<Item = &OutboxEntry> {
        self.entries
            .iter()
            .map(|held| &held.entry)
            .filter(move |entry| entry.dialog == dialog)
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &OutboxEntry> {
        self.entries.iter().map(|held| &held.entry)
    }
}
