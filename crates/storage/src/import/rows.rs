//! What is brought here, as our tables hold it.

use mtchat_protocol::{
    AccessRule, Attachment, Company, DialogId, DisplayName, Email, JoinedAs, MessageId, ObjectId, ObjectType,
    ObjectUrl, Phone, Timestamp, Title, UserId,
};

/// A dialog after everything that was said in it.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportedDialog {
    /// Its id.
    pub id: DialogId,
    /// What kind of object it is about.
    pub object_type: ObjectType,
    /// Which object.
    pub object_id: ObjectId,
    /// Its title.
    pub title: Option<Title>,
    /// The object's page.
    pub object_url: Option<ObjectUrl>,
    /// Who created it.
    pub created_by: Option<UserId>,
    /// When.
    pub created_at: Timestamp,
    /// The last message, else the creation.
    pub active_at: Timestamp,
    /// The host's own JSON, byte by byte.
    pub meta: Option<String>,
    /// The number of its last fact.
    pub seq: u64,
    /// How many messages of users it has, deleted ones included.
    pub count: u64,
    /// Whether one of them is deleted.
    pub erased: bool,
    /// Who may join.
    pub rules: Vec<AccessRule>,
    /// Who is or was in it.
    pub participants: Vec<ImportedParticipant>,
}

/// Somebody who is or was in a dialog.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportedParticipant {
    /// Who.
    pub user: UserId,
    /// Whether they are in it now.
    pub present: bool,
    /// Since when.
    pub joined_at: Timestamp,
    /// As what.
    pub joined_as: JoinedAs,
    /// Their name.
    pub display_name: DisplayName,
    /// Their company.
    pub company: Option<Company>,
    /// Their address.
    pub email: Option<Email>,
    /// Their number.
    pub phone: Option<Phone>,
    /// Whether they want to be told.
    pub notifications: bool,
    /// They have put it out of sight.
    pub archived: bool,
    /// They have pinned it.
    pub pinned: bool,
    /// Up to which message they have read.
    pub last_read: Option<MessageId>,
    /// Its number.
    pub read_seq: u64,
    /// How many messages of users stand up to there.
    pub read_count: u64,
    /// The number of their own newest message.
    pub own_seq: u64,
    /// How much they have not read, which must follow from the above.
    pub unread: u64,
}

/// An item of a timeline.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportedMessage {
    /// Its dialog.
    pub dialog: DialogId,
    /// Its id.
    pub id: MessageId,
    /// Its number.
    pub seq: u64,
    /// Which of the messages of users it is; `None` for what the dialog itself says.
    pub ordinal: Option<u64>,
    /// Who wrote it.
    pub sender: Option<UserId>,
    /// What it says, safe to show.
    pub content: String,
    /// When it was sent.
    pub sent_at: Timestamp,
    /// When it was edited last.
    pub edited_at: Option<Timestamp>,
    /// What it answers.
    pub reply_to: Option<MessageId>,
    /// It is deleted since then: its content is gone.
    pub deleted_at: Option<Timestamp>,
    /// What it said before, the oldest first.
    pub versions: Vec<ImportedVersion>,
    /// Its files.
    pub attachments: Vec<Attachment>,
}

/// What a message said until it was edited.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportedVersion {
    /// The number of the edit.
    pub seq: u64,
    /// When that was.
    pub edited_at: Timestamp,
    /// What it said before it.
    pub content: String,
}
