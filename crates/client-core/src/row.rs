use mtchat_protocol::{DialogId, DialogItemView, MessageId, MessageView};
use serde::{Deserialize, Serialize};

use crate::OutboxEntry;

/// A dialog as the list shows it.
pub type DialogRow = DialogItemView;

/// A row of a timeline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
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
