use serde::{Deserialize, Serialize};

use crate::{MessageId, RichText, SenderView, Timestamp, UserId};

/// Of which messages of a dialog a user wants to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum NotificationLevel {
    /// Of all.
    #[default]
    All,
    /// Of those that mention them or answer a message of theirs.
    Mentions,
    /// Of none.
    None,
}

impl NotificationLevel {
    /// What somebody says who may know of no levels: off is none, on is all unless a level says otherwise.
    pub fn of(enabled: bool, level: Option<Self>) -> Self {
        if enabled {
            level.unwrap_or_default()
        } else {
            Self::None
        }
    }

    /// Whether they want to be told of any.
    pub fn enabled(self) -> bool {
        self != Self::None
    }
}

/// Data of [`FactKind::NotificationPending`](crate::FactKind::NotificationPending). The dialog's object and title stand in the head,
/// which only refers to its members.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NotificationPending {
    /// Who is to be told.
    #[serde(rename = "user_id")]
    pub user: UserId,
    /// How many messages of the dialog they have not read, whether they were told of some of them before or not.
    pub unread_count: u64,
    /// The first of those.
    pub first_unread_message_id: MessageId,
    /// The newest one that they were not told of before; of somebody who wants to be told of mentions and answers only, the newest of
    /// those.
    pub message: NotifiedMessage,
    /// One of those that they were not told of before mentions them.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub mentioned: bool,
    /// One of those that they were not told of before answers a message of theirs.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub replied: bool,
}

/// The message that stands for all that somebody has not read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NotifiedMessage {
    /// The message.
    pub id: MessageId,
    /// Its number in the dialog.
    pub seq: u64,
    /// Who sent it, as others see them now.
    pub sender: SenderView,
    /// Sanitised HTML; of a long message only its beginning, without tags.
    pub content: RichText,
    /// The message that it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<MessageId>,
    /// When it was sent.
    pub sent_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn off_is_none_and_on_is_all_unless_a_level_says_otherwise() {
        use NotificationLevel::{All, Mentions, None as Nothing};
        for (enabled, level, expected) in [
            (false, None, Nothing),
            (false, Some(All), Nothing),
            (false, Some(Mentions), Nothing),
            (true, None, All),
            (true, Some(All), All),
            (true, Some(Mentions), Mentions),
            (true, Some(Nothing), Nothing),
        ] {
            let level = NotificationLevel::of(enabled, level);
            assert_eq!(level, expected);
            assert_eq!(level.enabled(), expected != Nothing);
        }
    }
}
