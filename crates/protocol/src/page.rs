use crate::{MessageId, limits};

/// Which messages of a dialog a page shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PageQuery {
    /// Messages after this one, oldest first.
    After(MessageId),
    /// Half before, the message itself, half after.
    Around(MessageId),
    /// The messages before this one.
    Before(MessageId),
    /// The newest messages.
    Latest,
}

impl PageQuery {
    /// A page's size from what the caller asked for: 1–200, default 50.
    pub fn limit(asked: Option<i64>) -> u32 {
        let (default, most) = limits::MESSAGES_PAGE;
        match asked {
            None => default,
            Some(limit) => u32::try_from(limit.clamp(1, i64::from(most))).unwrap_or(default),
        }
    }
}
