use serde::{Deserialize, Serialize};

use crate::{MessageId, RichText, SenderView, Timestamp, UserId};

/// Data of [`FactKind::NotificationPending`](crate::FactKind::NotificationPending). The dialog's object and title stand in the head,
/// which only refers to its members.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotificationPending {
    /// Who is to be told.
    #[serde(rename = "user_id")]
    pub user: UserId,
    /// How many messages of the dialog they have not read, whether they were told of some of them before or not.
    pub unread_count: u64,
    /// The first of those.
    pub first_unread_message_id: MessageId,
    /// The newest one that they were not told of before.
    pub message: NotifiedMessage,
}

/// The message that stands for all that somebody has not read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
