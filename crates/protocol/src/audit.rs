use serde::{Deserialize, Serialize};

use crate::{DialogId, Timestamp, UserId};

macro_rules! actions {
    ($($(#[$doc:meta])* $variant:ident = $word:literal,)*) => {
        /// What an entry of the audit log says was done: a closed list.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum AuditAction {
            $($(#[$doc])* #[serde(rename = $word)] $variant,)*
        }

        impl AuditAction {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The word on the wire and in the table.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                }
            }

            /// Read the word.
            pub fn parse(word: &str) -> Option<Self> {
                match word {
                    $($word => Some(Self::$variant),)*
                    _ => None,
                }
            }
        }
    };
}

actions! {
    /// An app was made or changed at the command line.
    AppChanged = "app_changed",
    /// A dialog was created.
    DialogCreated = "dialog_created",
    /// A dialog was deleted.
    DialogDeleted = "dialog_deleted",
    /// A dialog was given out whole.
    DialogExported = "dialog_exported",
    /// Title, link or meta changed, or the dialog was frozen or opened again.
    DialogUpdated = "dialog_updated",
    /// Dialogs were brought from the database of another deployment.
    Imported = "imported",
    /// A message was deleted by the host.
    MessageDeleted = "message_deleted",
    /// The host said something.
    NoticePosted = "notice_posted",
    /// A participant was added.
    ParticipantAdded = "participant_added",
    /// A participant was removed.
    ParticipantRemoved = "participant_removed",
    /// A participant has another role.
    ParticipantRoleChanged = "participant_role_changed",
    /// All access-scope rules were replaced.
    ScopesReplaced = "scopes_replaced",
    /// A user was banned.
    UserBanned = "user_banned",
    /// A user is to be forgotten.
    UserErased = "user_erased",
    /// A user's tokens were revoked.
    UserRevoked = "user_revoked",
    /// A user was let in again.
    UserUnbanned = "user_unbanned",
    /// A webhook endpoint was changed, paused, or switched on.
    WebhookChanged = "webhook_changed",
    /// A webhook endpoint was made.
    WebhookCreated = "webhook_created",
    /// A webhook endpoint was deleted.
    WebhookDeleted = "webhook_deleted",
    /// A webhook endpoint is told again from an earlier place of the log.
    WebhookReplayed = "webhook_replayed",
    /// Events are delivered again.
    WebhookRetried = "webhook_retried",
    /// A webhook endpoint has another secret.
    WebhookSecretRotated = "webhook_secret_rotated",
}

/// Who did it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AuditActor {
    /// The host's backend, through the Management API.
    Host,
    /// Somebody at the command line of the deployment.
    Operator,
}

impl AuditActor {
    /// The word on the wire and in the table.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Host => "host",
            Self::Operator => "operator",
        }
    }

    /// Read the word.
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "host" => Some(Self::Host),
            "operator" => Some(Self::Operator),
            _ => None,
        }
    }
}

/// An entry of an app's audit log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditEntryView {
    /// 1, 2, 3, … without a hole in the app.
    pub seq: u64,
    /// When it was done.
    pub at: Timestamp,
    /// Who did it.
    pub actor: AuditActor,
    /// What.
    pub action: AuditAction,
    /// In which dialog.
    pub dialog_id: Option<DialogId>,
    /// To whom.
    pub user_id: Option<UserId>,
    /// More about it; never a message's text or a name.
    pub details: serde_json::Value,
    /// SHA-256 over this entry and the hash of the one before it, in hexadecimal.
    pub hash: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_the_wire_and_of_the_table_are_the_same() {
        for action in [
            AuditAction::AppChanged,
            AuditAction::UserUnbanned,
            AuditAction::ScopesReplaced,
        ] {
            assert_eq!(serde_json::to_value(action).unwrap(), action.as_str());
            assert_eq!(AuditAction::parse(action.as_str()), Some(action));
        }
        for actor in [AuditActor::Host, AuditActor::Operator] {
            assert_eq!(serde_json::to_value(actor).unwrap(), actor.as_str());
            assert_eq!(AuditActor::parse(actor.as_str()), Some(actor));
        }
    }
}
