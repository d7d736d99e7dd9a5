use serde::{Deserialize, Serialize};

use crate::{FactData, MessageId, NotificationLevel, UserId};

/// Data of the facts that only say whose state it is: unarchived, pinned, unpinned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OwnState {
    /// Whose.
    #[serde(rename = "user_id")]
    pub user: UserId,
}

/// Data of [`FactKind::Archived`](crate::FactKind::Archived).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Archived {
    /// Whose.
    #[serde(rename = "user_id")]
    pub user: UserId,
    /// How many messages had been sent as far as the archiving edge knew. Any further one brings the dialog back, so archiving
    /// never hides a message that it has not seen.
    pub count: u64,
}

/// Data of [`FactKind::NotificationsSet`](crate::FactKind::NotificationsSet).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NotificationsSet {
    /// Whose.
    #[serde(rename = "user_id")]
    pub user: UserId,
    /// Whether they want to be told of messages.
    pub enabled: bool,
    /// Of which; absent in facts that are older than levels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notification_level: Option<NotificationLevel>,
}

impl NotificationsSet {
    /// Of which messages they want to be told.
    pub fn level(&self) -> NotificationLevel {
        NotificationLevel::of(self.enabled, self.notification_level)
    }
}

/// Data of [`FactKind::Read`](crate::FactKind::Read).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReadTo {
    /// Whose pointer.
    #[serde(rename = "user_id")]
    pub user: UserId,
    /// The newest message that is read.
    pub message_id: MessageId,
    /// Its number in the dialog.
    pub seq: u64,
    /// How many user messages were sent up to and with it.
    pub count: u64,
    /// What then was left to read.
    pub unread_count: u64,
}

/// Data of [`FactKind::MarkedUnread`](crate::FactKind::MarkedUnread).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MarkedUnread {
    /// Whose pointer.
    #[serde(rename = "user_id")]
    pub user: UserId,
    /// The first message that counts as unread again.
    pub message_id: MessageId,
    /// Where the pointer stands then: right before that message.
    pub seq: u64,
    /// How many user messages were sent before that message.
    pub count: u64,
    /// What then was left to read.
    pub unread_count: u64,
}

/// Data of [`FactKind::DialogUnarchived`](crate::FactKind::DialogUnarchived).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DialogUnarchived {
    /// Who had it archived.
    pub user_ids: Vec<UserId>,
}

/// What class of fact, which decides about its subject and its order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FactClass {
    /// Derived by workers.
    Notice,
    /// Numbered in its dialog, appended by comparison.
    Ordered,
    /// One user's own state: the last one in the log holds.
    Own,
}

impl FactData {
    /// The class of this fact. What is not known counts as ordered.
    pub fn class(&self) -> FactClass {
        match self {
            Self::Archived(_)
            | Self::MarkedUnread(_)
            | Self::NotificationsSet(_)
            | Self::Pinned(_)
            | Self::Read(_)
            | Self::Unarchived(_)
            | Self::Unpinned(_) => FactClass::Own,
            Self::DialogUnarchived(_) | Self::NotificationPending(_) => FactClass::Notice,
            Self::DialogArchived(_)
            | Self::DialogCreated(_)
            | Self::DialogDeleted(_)
            | Self::DialogUpdated(_)
            | Self::MessageCreated(_)
            | Self::MessageDeleted(_)
            | Self::MessageEdited(_)
            | Self::ParticipantAdded(_)
            | Self::ParticipantJoined(_)
            | Self::ParticipantLeft(_)
            | Self::ParticipantRemoved(_)
            | Self::ReactionAdded(_)
            | Self::ReactionRemoved(_)
            | Self::NoticePosted(_)
            | Self::ParticipantRoleChanged(_)
            | Self::ScopesReplaced(_)
            | Self::Unknown(_) => FactClass::Ordered,
        }
    }

    /// Whose own state this fact is about.
    pub fn own_user(&self) -> Option<&UserId> {
        match self {
            Self::Archived(archived) => Some(&archived.user),
            Self::MarkedUnread(marked) => Some(&marked.user),
            Self::NotificationsSet(set) => Some(&set.user),
            Self::Pinned(own) | Self::Unarchived(own) | Self::Unpinned(own) => Some(&own.user),
            Self::Read(read) => Some(&read.user),
            Self::DialogArchived(_)
            | Self::DialogCreated(_)
            | Self::DialogDeleted(_)
            | Self::DialogUnarchived(_)
            | Self::DialogUpdated(_)
            | Self::MessageCreated(_)
            | Self::MessageDeleted(_)
            | Self::MessageEdited(_)
            | Self::ParticipantAdded(_)
            | Self::ParticipantJoined(_)
            | Self::ParticipantLeft(_)
            | Self::ParticipantRemoved(_)
            | Self::ReactionAdded(_)
            | Self::ReactionRemoved(_)
            | Self::NoticePosted(_)
            | Self::NotificationPending(_)
            | Self::ParticipantRoleChanged(_)
            | Self::ScopesReplaced(_)
            | Self::Unknown(_) => None,
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that can not go on has failed")]
mod tests {
    use super::*;

    #[test]
    fn a_switch_that_is_older_than_levels_is_read() {
        for (written, level) in [
            (r#"{"user_id":"bob","enabled":true}"#, NotificationLevel::All),
            (r#"{"user_id":"bob","enabled":false}"#, NotificationLevel::None),
            (
                r#"{"user_id":"bob","enabled":true,"notification_level":"mentions"}"#,
                NotificationLevel::Mentions,
            ),
        ] {
            let set: NotificationsSet = serde_json::from_str(written).unwrap();
            assert_eq!(set.level(), level, "{written}");
            assert_eq!(serde_json::to_string(&set).unwrap(), written);
        }
    }
}
