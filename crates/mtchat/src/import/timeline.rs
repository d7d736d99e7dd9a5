//! What becomes of a dialog's messages. Its creation is fact 1, its messages are those after it in their order, and behind them come the
//! edits.

use std::collections::HashMap;

use mtchat_domain::without_person;
use mtchat_protocol::{
    Attachment, AttachmentId, Company, ContentType, DialogId, DisplayName, FileKey, FileName, MessageId,
    Thumbnail, Timestamp, UserId, limits,
};
use mtchat_storage::{ImportedMessage, ImportedVersion, SourceFile, SourceMessage};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{
    plan::{Notes, Rules, message_id},
    report::{Did, Note},
    texts,
    unread::{Item, ReadPlace},
};

/// How far a timeline has been taken.
pub(super) struct Timeline {
    seq: u64,
    edit_seq: u64,
    items: Vec<Item>,
    senders: HashMap<UserId, u32>,
    /// Of each sender: since when, and their newest message.
    known: Vec<(Timestamp, u64)>,
    last_at: Option<Timestamp>,
    deleted: bool,
    /// Where the messages are up to which somebody has read.
    pointers: HashMap<Uuid, Option<ReadPlace>>,
    forgotten: Vec<(DisplayName, Option<Company>)>,
    pub(super) versions_left_out: u64,
    pub(super) files_left_out: u64,
}

impl Timeline {
    pub(super) fn new(
        messages: u64,
        pointers: impl Iterator<Item = Uuid>,
        forgotten: Vec<(DisplayName, Option<Company>)>,
    ) -> Self {
        Self {
            seq: 1,
            edit_seq: 1 + messages,
            items: Vec::new(),
            senders: HashMap::new(),
            known: Vec::new(),
            last_at: None,
            deleted: false,
            pointers: pointers.map(|id| (id, None)).collect(),
            forgotten,
            versions_left_out: 0,
            files_left_out: 0,
        }
    }

    /// Take the next message.
    pub(super) fn take(
        &mut self,
        source: SourceMessage,
        rules: &Rules,
        all: &mut Vec<Note>,
    ) -> ImportedMessage {
        let notes = &mut Notes {
            dialog: source.dialog,
            all,
        };
        self.seq += 1;
        self.last_at = Some(source.sent_at);
        let sender = sender(&source, notes);
        let is_erased = sender.as_ref().is_some_and(|user| rules.erased.contains(user));
        let message = match &sender {
            Some(_) if is_erased => self.erased(&source, rules, notes),
            Some(_) => self.said(source, rules, notes),
            None => self.told(&source, notes),
        };
        let ordinal = sender.as_ref().map(|user| self.item(user, &message));
        if let Some(pointer) = self.pointers.get_mut(&message.id.0) {
            *pointer = Some(ReadPlace {
                message: Some(message.id),
                seq: self.seq,
                count: self.items.len() as u64,
            });
        }
        ImportedMessage {
            seq: self.seq,
            ordinal,
            sender,
            ..message
        }
    }

    pub(super) fn last_seq(&self) -> u64 {
        self.edit_seq
    }

    pub(super) fn count(&self) -> u64 {
        self.items.len() as u64
    }

    pub(super) fn has_deleted(&self) -> bool {
        self.deleted
    }

    pub(super) fn last_at(&self) -> Option<Timestamp> {
        self.last_at
    }

    pub(super) fn items(&self) -> &[Item] {
        &self.items
    }

    pub(super) fn sender(&self, user: &UserId) -> Option<u32> {
        self.senders.get(user).copied()
    }

    pub(super) fn own_seq(&self, sender: Option<u32>) -> u64 {
        let known = sender.and_then(|at| self.known.get(at as usize));
        known.map_or(0, |(_, own_seq)| *own_seq)
    }

    /// Everybody who wrote, with the moment of their first message and the number of their last, by id.
    pub(super) fn senders(&self) -> impl Iterator<Item = (&UserId, Timestamp, u64)> {
        let mut senders: Vec<_> = self.senders.iter().collect();
        senders.sort_unstable_by_key(|(user, _)| user.as_str());
        let known = senders.into_iter().filter_map(|(user, at)| {
            let (first, own_seq) = self.known.get(*at as usize)?;
            Some((user, *first, *own_seq))
        });
        known.collect::<Vec<_>>().into_iter()
    }

    /// Where a message is, if this dialog has it.
    pub(super) fn pointed(&self, message: Uuid) -> Option<ReadPlace> {
        self.pointers.get(&message).copied().flatten()
    }

    fn item(&mut self, user: &UserId, message: &ImportedMessage) -> u64 {
        let next = u32::try_from(self.known.len()).unwrap_or(u32::MAX);
        let sender = *self.senders.entry(user.clone()).or_insert(next);
        match self.known.get_mut(sender as usize) {
            Some(known) => known.1 = self.seq,
            None => self.known.push((message.sent_at, self.seq)),
        }
        let deleted = message.deleted_at.is_some();
        self.deleted |= deleted;
        self.items.push(Item {
            id: message.id,
            seq: self.seq,
            sender,
            deleted,
        });
        self.items.len() as u64
    }

    /// What a user wrote.
    fn said(&mut self, source: SourceMessage, rules: &Rules, notes: &mut Notes<'_>) -> ImportedMessage {
        let id = message_id(source.id);
        let mut clean = |text: String, field| {
            let cleaned = texts::content(text);
            if let Some(why) = cleaned.why {
                notes.add(Did::Changed, "message", field, Some(source.id.to_string()), why);
            }
            cleaned.text
        };
        let content = clean(source.content, "content");
        let mut versions = Vec::with_capacity(source.versions.len());
        for version in source.versions {
            self.edit_seq += 1;
            versions.push(ImportedVersion {
                seq: self.edit_seq,
                edited_at: version.edited_at,
                content: clean(version.content, "earlier content"),
            });
        }
        let edited_at = source
            .edited_at
            .or(versions.last().map(|version| version.edited_at));
        let files = source.files.iter();
        let attachments = files
            .map(|file| attachment(source.dialog, file, rules, notes))
            .collect();
        ImportedMessage {
            content,
            edited_at,
            reply_to: source.reply_to.map(MessageId),
            versions,
            attachments,
            ..bare(source.dialog, id, source.sent_at)
        }
    }

    /// What the dialog itself says, as it stands: clients show what they do not know as it is.
    fn told(&mut self, source: &SourceMessage, notes: &mut Notes<'_>) -> ImportedMessage {
        let id = || Some(source.id.to_string());
        self.leave_out(source, notes, "of what the dialog itself says");
        let content = if source.is_system {
            without_person(&source.content, &self.forgotten).unwrap_or_else(|| source.content.clone())
        } else {
            let cleaned = texts::content(source.content.clone());
            if let Some(why) = cleaned.why {
                notes.add(Did::Changed, "message", "content", id(), why);
            }
            cleaned.text
        };
        ImportedMessage {
            content,
            edited_at: source.edited_at,
            reply_to: source.reply_to.map(MessageId),
            ..bare(source.dialog, message_id(source.id), source.sent_at)
        }
    }

    /// Nothing of somebody who is forgotten here comes back but the place.
    fn erased(&mut self, source: &SourceMessage, rules: &Rules, notes: &mut Notes<'_>) -> ImportedMessage {
        let why = "the person is forgotten here";
        notes.add(
            Did::Changed,
            "message",
            "content",
            Some(source.id.to_string()),
            why,
        );
        self.leave_out(source, notes, why);
        ImportedMessage {
            edited_at: source.edited_at,
            deleted_at: Some(rules.began),
            ..bare(source.dialog, message_id(source.id), source.sent_at)
        }
    }

    fn leave_out(&mut self, source: &SourceMessage, notes: &mut Notes<'_>, why: &'static str) {
        for _ in &source.versions {
            self.versions_left_out += 1;
            notes.add(
                Did::LeftOut,
                "message",
                "earlier content",
                Some(source.id.to_string()),
                why,
            );
        }
        for file in &source.files {
            self.files_left_out += 1;
            notes.add(Did::LeftOut, "file", "attachment", Some(file.id.to_string()), why);
        }
    }
}

fn bare(dialog: Uuid, id: MessageId, sent_at: Timestamp) -> ImportedMessage {
    ImportedMessage {
        dialog: DialogId(dialog),
        id,
        seq: 0,
        ordinal: None,
        sender: None,
        content: String::new(),
        sent_at,
        edited_at: None,
        reply_to: None,
        deleted_at: None,
        versions: Vec::new(),
        attachments: Vec::new(),
    }
}

fn sender(source: &SourceMessage, notes: &mut Notes<'_>) -> Option<UserId> {
    let id = || Some(source.id.to_string());
    let sender = source.sender_id.as_deref().map(UserId::new);
    match (source.is_system, sender) {
        (true, None) => None,
        (true, Some(_)) => {
            notes.add(
                Did::Changed,
                "message",
                "sender_id",
                id(),
                "the dialog itself says it, so it has none",
            );
            None
        }
        (false, Some(Ok(user))) => Some(user),
        (false, None | Some(Err(_))) => {
            let why = "nobody can be its sender: the dialog itself says it";
            notes.add(Did::Changed, "message", "sender_id", id(), why);
            None
        }
    }
}

fn attachment(dialog: Uuid, file: &SourceFile, rules: &Rules, notes: &mut Notes<'_>) -> Attachment {
    let id = || Some(file.id.to_string());
    let content_type = ContentType::declared(&file.content_type).unwrap_or_else(|| {
        let why = "not a type that is accepted: shown as application/octet-stream";
        notes.add(Did::Changed, "file", "content_type", id(), why);
        ContentType::undetected()
    });
    let filename = FileName::new(texts::cut(&file.filename, limits::FILE_NAME));
    // Without NUL, which Postgres does not keep, and not too long it is a name.
    let filename = filename.unwrap_or_else(|_| FileName::unnamed());
    if filename.as_str() != file.filename {
        notes.add(
            Did::Changed,
            "file",
            "filename",
            id(),
            "without what does not belong into a name",
        );
    }
    let key = if rules.keep_files {
        FileKey::made(&file.key)
    } else {
        our_key(rules, dialog, file.id)
    };
    let pixels = |pixels: Option<i32>| pixels.and_then(|pixels| u32::try_from(pixels).ok());
    Attachment {
        id: AttachmentId(file.id),
        filename,
        content_type,
        size: u64::try_from(file.size).unwrap_or_default(),
        width: pixels(file.width),
        height: pixels(file.height),
        // The store of files says.
        thumbnail: Thumbnail::None,
        upload: key.clone(),
        key,
    }
}

/// The same at each try, so that what was copied before is found; like ours otherwise, which nobody can guess from outside either.
fn our_key(rules: &Rules, dialog: Uuid, file: Uuid) -> FileKey {
    let mut hash = Sha256::new();
    for part in [
        b"mtchat import".as_slice(),
        rules.app.as_str().as_bytes(),
        file.as_bytes(),
    ] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash.finalize()[..16]);
    let name = Uuid::from_bytes(bytes).simple();
    FileKey::made(&format!("{}/files/{dialog}/{name}", rules.app))
}
