use mtchat_protocol::{
    Company, DialogId, DialogItemView, DisplayName, Email, JoinedAs, MessageId, MessageView, ParticipantView,
    Phone, Role, Timestamp, UserId,
};
use serde::{Deserialize, Serialize};

use crate::OutboxEntry;

/// A dialog as the list shows it.
pub type DialogRow = DialogItemView;

/// Somebody in a dialog, as far as others may know.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ParticipantRow {
    /// Who.
    pub user_id: UserId,
    /// The name that others see.
    pub display_name: Option<DisplayName>,
    /// The company that others see.
    pub company: Option<Company>,
    /// Not for candidates.
    pub email: Option<Email>,
    /// Not for candidates.
    pub phone: Option<Phone>,
    /// How they came in.
    pub joined_as: JoinedAs,
    /// Since when they are there.
    pub joined_at: Timestamp,
    /// What they may do.
    pub role: Role,
    /// How far they have read. Who marks messages as unread does not take that back.
    pub last_read_message_id: Option<MessageId>,
    /// Whether they are connected.
    pub is_online: bool,
    /// When they were connected last, where that is known and they are not.
    pub last_seen: Option<Timestamp>,
}

impl From<ParticipantView> for ParticipantRow {
    fn from(view: ParticipantView) -> Self {
        Self {
            user_id: view.user_id,
            display_name: view.display_name,
            company: view.company,
            email: view.email,
            phone: view.phone,
            joined_as: view.joined_as,
            joined_at: view.joined_at,
            role: view.role,
            last_read_message_id: view.last_read_message_id,
            is_online: view.is_online == Some(true),
            last_seen: view.last_seen,
        }
    }
}

/// A row of a timeline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Row {
    /// Messages that are not loaded.
    Gap {
        /// They come after this one, if it is known.
        after: Option<MessageId>,
        /// They come before this one, if it is known.
        before: Option<MessageId>,
    },
    /// A message.
    Message(MessageView),
    /// A message on its way.
    Sending(OutboxEntry),
}

/// What is different in a timeline: rows that are replaced by others.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Change {
    /// The dialog.
    pub dialog: DialogId,
    /// From this row on …
    pub from: usize,
    /// … so many rows go …
    pub removed: usize,
    /// … and these come.
    pub rows: Vec<Row>,
}

impl Change {
    /// Do it to the rows as they were before.
    pub fn apply(self, rows: &mut Vec<Row>) {
        let until = self.from + self.removed;
        rows.splice(self.from..until, self.rows);
    }
}
