//! What the other database holds, as it stands there: none of it keeps our limits yet.

use mtchat_protocol::Timestamp;
use uuid::Uuid;

/// A dialog with everything of it but its messages.
#[derive(Debug, Clone)]
pub struct SourceDialog {
    /// Its id.
    pub id: Uuid,
    /// What kind of object it is about.
    pub object_type: String,
    /// Which object.
    pub object_id: String,
    /// Its title.
    pub title: Option<String>,
    /// The object's page.
    pub object_url: Option<String>,
    /// Who created it.
    pub created_by: Option<String>,
    /// When.
    pub created_at: Timestamp,
    /// The host's own JSON.
    pub meta: Option<String>,
    /// How many messages it has, those of the dialog itself included.
    pub messages: u64,
    /// Who is in it, by time of joining.
    pub participants: Vec<SourceParticipant>,
    /// Who may join, the oldest rule first.
    pub rules: Vec<SourceRule>,
}

/// Somebody in a dialog.
#[derive(Debug, Clone)]
pub struct SourceParticipant {
    /// Who.
    pub user_id: String,
    /// Since when.
    pub joined_at: Timestamp,
    /// As what.
    pub joined_as: String,
    /// Up to where they have read.
    pub last_read: Option<Uuid>,
    /// The counter of what they have not read.
    pub unread: i64,
    /// Whether they want to be told.
    pub notifications: bool,
    /// They have put it out of sight.
    pub archived: bool,
    /// They have pinned it.
    pub pinned: bool,
    /// Their name in this dialog.
    pub display_name: Option<String>,
    /// Their company.
    pub company: Option<String>,
    /// Their address.
    pub email: Option<String>,
    /// Their number.
    pub phone: Option<String>,
}

/// One rule of who may join. A value may be missing, as may a level.
#[derive(Debug, Clone)]
pub struct SourceRule {
    /// Its id.
    pub id: Uuid,
    /// Since when it holds.
    pub created_at: Timestamp,
    /// The three levels.
    pub levels: [Vec<Option<String>>; 3],
}

/// A message with everything of it.
#[derive(Debug, Clone)]
pub struct SourceMessage {
    /// Its dialog.
    pub dialog: Uuid,
    /// Its id.
    pub id: Uuid,
    /// Who wrote it.
    pub sender_id: Option<String>,
    /// What it says.
    pub content: String,
    /// When it was sent.
    pub sent_at: Timestamp,
    /// When it was edited last.
    pub edited_at: Option<Timestamp>,
    /// What it answers.
    pub reply_to: Option<Uuid>,
    /// The dialog itself says it.
    pub is_system: bool,
    /// What it said before, the oldest first.
    pub versions: Vec<SourceVersion>,
    /// Its files, by time.
    pub files: Vec<SourceFile>,
}

/// What a message said until it was edited.
#[derive(Debug, Clone)]
pub struct SourceVersion {
    /// When it ended.
    pub edited_at: Timestamp,
    /// What it said.
    pub content: String,
}

/// A file of a message.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// Its id.
    pub id: Uuid,
    /// What it is called.
    pub filename: String,
    /// What it is.
    pub content_type: String,
    /// How many bytes.
    pub size: i64,
    /// Where the bytes are.
    pub key: String,
    /// Pixels from left to right.
    pub width: Option<i32>,
    /// Pixels from top to bottom.
    pub height: Option<i32>,
    /// Where its small picture is.
    pub thumbnail_key: Option<String>,
}
