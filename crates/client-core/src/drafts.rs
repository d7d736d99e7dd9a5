use mtchat_protocol::DialogId;
use serde::{Deserialize, Serialize};

use crate::map::{Map, Set};

/// What is written and not sent yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Draft {
    /// Where.
    pub dialog: DialogId,
    /// HTML, as it would be sent; empty: nothing.
    pub content: String,
}

/// The drafts of all dialogs.
#[derive(Debug, Clone, Default)]
pub(crate) struct Drafts {
    all: Map<DialogId, String>,
    changed: Set<DialogId>,
}

impl Drafts {
    /// Whether it is another one than before.
    pub(crate) fn set(&mut self, draft: Draft) -> bool {
        let Draft { dialog, content } = draft;
        let changed = if content.is_empty() {
            self.all.remove(&dialog).is_some()
        } else {
            self.all.get(&dialog) != Some(&content)
        };
        if changed {
            if !content.is_empty() {
                self.all.insert(dialog, content);
            }
            self.changed.insert(dialog);
        }
        changed
    }

    pub(crate) fn get(&self, dialog: DialogId) -> &str {
        self.all.get(&dialog).map_or("", String::as_str)
    }

    /// Which are different since this was asked last.
    pub(crate) fn changes(&mut self) -> Vec<Draft> {
        let changed = std::mem::take(&mut self.changed);
        changed
            .into_iter()
            .map(|dialog| Draft {
                dialog,
                content: self.get(dialog).to_owned(),
            })
            .collect()
    }
}
