/// How far somebody has read in a dialog. Unread is arithmetic on it, not a counter that could drift.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reader {
    /// `seq` of the place up to which everything is read.
    pub seq: u64,
    /// How many user messages were sent up to there.
    pub count: u64,
    /// The `count` at which the dialog was archived.
    pub archived_count: Option<u64>,
}

impl Reader {
    /// Somebody who has just come in: everything so far is unread.
    pub fn fresh() -> Self {
        Self::default()
    }

    /// Everything up to a place is read: by saying so, or by sending a message there. Never moves back.
    pub fn read(&mut self, seq: u64, count: u64) {
        if self.seq < seq {
            self.seq = seq;
            self.count = count;
        }
    }

    /// Everything after a place counts as unread again. Never moves forward.
    pub fn mark_unread(&mut self, seq: u64, count: u64) {
        if self.seq > seq {
            self.seq = seq;
            self.count = count;
        }
    }

    /// How many messages are unread in a dialog where `count` were ever sent, of which `excepted` after the pointer do not count:
    /// they are deleted, or the reader's own.
    pub fn unread(&self, count: u64, excepted: u64) -> u64 {
        count.saturating_sub(self.count).saturating_sub(excepted)
    }

    /// Whether the dialog is archived: until a message comes that archiving has not seen.
    pub fn is_archived(&self, count: u64) -> bool {
        self.archived_count.is_some_and(|archived| archived >= count)
    }
}
