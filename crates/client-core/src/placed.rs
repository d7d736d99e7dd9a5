use mtchat_protocol::MessageId;

use crate::{OutboxEntry, Row, Sending, message::Held};

/// A row where it is kept.
pub(crate) enum Placed<'a> {
    Gap {
        after: Option<MessageId>,
        before: Option<MessageId>,
    },
    Message(&'a Held),
    Sending(&'a OutboxEntry),
}

impl Placed<'_> {
    /// What it is, and which version of it.
    pub(crate) fn name(&self) -> (u128, u64) {
        let number = |id: &MessageId| id.0.as_u128();
        match self {
            Self::Gap { after, before } => {
                let [after, before] = [after, before].map(|id| id.as_ref().map_or(0, number));
                (after.rotate_left(1) ^ before, u64::MAX)
            }
            Self::Message(held) => (number(&held.view.id), held.version),
            Self::Sending(entry) => {
                let version = match entry.state {
                    Sending::Sending => 0,
                    Sending::Accepted => 1,
                    Sending::Failed(_) => 2,
                };
                (!number(&entry.id), version)
            }
        }
    }

    pub(crate) fn row(&self) -> Row {
        match self {
            Self::Gap { after, before } => Row::Gap {
                after: *after,
                before: *before,
            },
            Self::Message(held) => Row::Message(held.view.clone()),
            Self::Sending(entry) => Row::Sending((*entry).clone()),
        }
    }
}
