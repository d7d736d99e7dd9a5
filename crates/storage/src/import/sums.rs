//! Counts and hashes of what is brought, so that both sides can be compared without keeping either.

use mtchat_protocol::Timestamp;
use sha2::{Digest, Sha256};

use super::rows::{ImportedDialog, ImportedMessage, ImportedParticipant};

/// What is counted apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportKind {
    /// Dialogs themselves.
    Dialogs,
    /// Rules of who may join.
    Rules,
    /// People in dialogs, with their profiles and what they set.
    Participants,
    /// How much they have not read, and from where on.
    Unread,
    /// Messages.
    Messages,
    /// Earlier contents of messages.
    Versions,
    /// Files of messages.
    Attachments,
}

impl ImportKind {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Dialogs,
        Self::Rules,
        Self::Participants,
        Self::Unread,
        Self::Messages,
        Self::Versions,
        Self::Attachments,
    ];
}

/// Of a dialog or of many: how many there are of a kind, and the hash of all of them in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImportSum {
    /// How many.
    pub count: u64,
    /// SHA-256.
    pub hash: [u8; 32],
}

/// A sum of each kind that grows.
#[derive(Debug, Clone, Default)]
pub struct ImportSums {
    each: [(u64, Sha256); 7],
}

impl ImportSums {
    /// Take a dialog, with everybody in it.
    pub fn dialog(&mut self, dialog: &ImportedDialog) {
        let this = self.of(ImportKind::Dialogs, 1);
        this.id(dialog.id.0)
            .text(Some(dialog.object_type.as_str()))
            .text(Some(dialog.object_id.as_str()))
            .text(dialog.title.as_ref().map(mtchat_protocol::Title::as_str))
            .text(dialog.object_url.as_ref().map(mtchat_protocol::ObjectUrl::as_str))
            .text(dialog.created_by.as_ref().map(mtchat_protocol::UserId::as_str))
            .moment(dialog.created_at)
            .moment(dialog.active_at)
            .text(dialog.meta.as_deref())
            .number(dialog.seq)
            .number(dialog.count);
        for rule in &dialog.rules {
            let this = self.of(ImportKind::Rules, 1);
            this.id(rule.id.0).moment(rule.created_at);
            for level in rule.scopes.levels() {
                this.number(level.len() as u64);
                for value in level {
                    this.text(Some(value.as_str()));
                }
            }
        }
        for participant in &dialog.participants {
            self.participant(dialog, participant);
        }
    }

    /// Take a message, with its earlier contents and its files.
    pub fn message(&mut self, message: &ImportedMessage) {
        let this = self.of(ImportKind::Messages, 1);
        this.id(message.dialog.0)
            .id(message.id.0)
            .number(message.seq)
            .number(message.ordinal.unwrap_or_default())
            .text(message.sender.as_ref().map(mtchat_protocol::UserId::as_str))
            .text(Some(&message.content))
            .moment(message.sent_at)
            .number(u64::from(message.edited_at.is_some()))
            .number(u64::from(message.deleted_at.is_some()));
        if let Some(at) = message.edited_at {
            this.moment(at);
        }
        this.number(u64::from(message.reply_to.is_some()));
        if let Some(reply_to) = message.reply_to {
            this.id(reply_to.0);
        }
        for version in &message.versions {
            let this = self.of(ImportKind::Versions, 1);
            this.id(message.id.0)
                .number(version.seq)
                .moment(version.edited_at)
                .text(Some(&version.content));
        }
        for file in &message.attachments {
            let this = self.of(ImportKind::Attachments, 1);
            // Whether there is a small picture only the store of files knows.
            this.id(message.id.0)
                .id(file.id.0)
                .text(Some(file.filename.as_str()))
                .text(Some(file.content_type.as_str()))
                .number(file.size)
                .number(file.width.map_or(0, u64::from))
                .number(file.height.map_or(0, u64::from))
                .text(Some(file.key.as_str()));
        }
    }

    /// Take the sums of a dialog.
    pub fn add(&mut self, sums: &[ImportSum; 7]) {
        for ((count, hash), sum) in self.each.iter_mut().zip(sums) {
            *count += sum.count;
            hash.update(sum.hash);
        }
    }

    /// What has come together, in the order of [`ImportKind::ALL`].
    #[must_use]
    pub fn done(self) -> [ImportSum; 7] {
        self.each.map(|(count, hash)| ImportSum {
            count,
            hash: hash.finalize().into(),
        })
    }

    fn participant(&mut self, dialog: &ImportedDialog, one: &ImportedParticipant) {
        // Who has left is in the timeline only, and nobody counts them.
        let this = self.of(ImportKind::Participants, u64::from(one.present));
        this.id(dialog.id.0)
            .text(Some(one.user.as_str()))
            .number(u64::from(one.present))
            .moment(one.joined_at)
            .text(Some(one.joined_as.as_str()))
            .text(Some(one.display_name.as_str()))
            .text(one.company.as_ref().map(mtchat_protocol::Company::as_str))
            .text(one.email.as_ref().map(mtchat_protocol::Email::as_str))
            .text(one.phone.as_ref().map(mtchat_protocol::Phone::as_str))
            .number(u64::from(one.notifications))
            .number(u64::from(one.archived))
            .number(u64::from(one.pinned));
        let unread = if one.present { one.unread } else { 0 };
        let this = self.of(ImportKind::Unread, unread);
        this.id(dialog.id.0)
            .text(Some(one.user.as_str()))
            .number(unread)
            .number(one.read_seq)
            .number(u64::from(one.last_read.is_some()));
        if let Some(last_read) = one.last_read {
            this.id(last_read.0);
        }
    }

    fn of(&mut self, kind: ImportKind, more: u64) -> &mut Sha256 {
        let (count, hash) = &mut self.each[kind as usize];
        *count += more;
        hash
    }
}

/// Everything of a dialog in one hash.
pub(super) fn hash_of(sums: &[ImportSum; 7]) -> Vec<u8> {
    let mut hash = Sha256::new();
    for sum in sums {
        hash.update(sum.hash);
    }
    hash.finalize().to_vec()
}

/// Lengths before contents: no two rows have the same bytes.
trait Write {
    fn text(&mut self, text: Option<&str>) -> &mut Self;
    fn number(&mut self, number: u64) -> &mut Self;
    fn moment(&mut self, at: Timestamp) -> &mut Self;
    fn id(&mut self, id: uuid::Uuid) -> &mut Self;
}

impl Write for Sha256 {
    fn text(&mut self, text: Option<&str>) -> &mut Self {
        match text {
            None => self.update([0]),
            Some(text) => {
                self.update([1]);
                self.update((text.len() as u64).to_be_bytes());
                self.update(text);
            }
        }
        self
    }

    fn number(&mut self, number: u64) -> &mut Self {
        self.update(number.to_be_bytes());
        self
    }

    fn moment(&mut self, at: Timestamp) -> &mut Self {
        self.update(at.micros().to_be_bytes());
        self
    }

    fn id(&mut self, id: uuid::Uuid) -> &mut Self {
        self.update(id.as_bytes());
        self
    }
}
