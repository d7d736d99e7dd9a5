use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::{
    AccessRule, Archived, Attachment, DialogUnarchived, DisplayName, Emoji, MarkedUnread, MessageId, Notice,
    NotificationPending, NotificationsSet, ObjectKey, ObjectUrl, OwnState, Participant, ReadTo, RichText,
    Role, SenderView, Title, UserId,
};

macro_rules! kinds {
    ($($(#[$doc:meta])* $variant:ident($data:ty) = $word:literal,)*) => {
        /// What kind of fact: the last token of its subject.
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        pub enum FactKind {
            $($(#[$doc])* $variant,)*
            /// A kind that this version does not know; kept in order, never interpreted.
            Unknown(String),
        }

        impl FactKind {
            /// The word in subjects and envelopes.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $word,)*
                    Self::Unknown(word) => word,
                }
            }

            /// Read the word.
            pub fn parse(word: &str) -> Self {
                match word {
                    $($word => Self::$variant,)*
                    other => Self::Unknown(other.to_owned()),
                }
            }
        }

        /// What a fact says beside the head.
        #[derive(Debug, Clone, PartialEq)]
        pub enum FactData {
            $($(#[$doc])* $variant($data),)*
            /// Data of a kind that this version does not know.
            Unknown(UnknownData),
        }

        impl FactData {
            /// The kind of this data.
            pub fn kind(&self) -> FactKind {
                match self {
                    $(Self::$variant(_) => FactKind::$variant,)*
                    Self::Unknown(unknown) => FactKind::Unknown(unknown.kind.clone()),
                }
            }

            /// The word of the kind, without allocating.
            pub fn kind_str(&self) -> &str {
                match self {
                    $(Self::$variant(_) => $word,)*
                    Self::Unknown(unknown) => &unknown.kind,
                }
            }

            pub(crate) fn parse(kind: &str, data: &RawValue) -> Result<Self, serde_json::Error> {
                Ok(match kind {
                    $($word => Self::$variant(serde_json::from_str(data.get())?),)*
                    other => Self::Unknown(UnknownData { kind: other.to_owned(), data: data.to_owned() }),
                })
            }
        }

        /// The schemas of each kind's data, and of all that it is made of; the data's own comes first.
        #[cfg(feature = "openapi")]
        pub(crate) fn data_schemas() -> Vec<(&'static str, Vec<crate::openapi::NamedSchema>)> {
            vec![$(($word, crate::openapi::with_its_parts::<$data>()),)*]
        }

        impl Serialize for FactData {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self {
                    $(Self::$variant(data) => data.serialize(serializer),)*
                    Self::Unknown(unknown) => unknown.data.serialize(serializer),
                }
            }
        }
    };
}

kinds! {
    /// Own state: somebody archived the dialog for themselves.
    Archived(Archived) = "archived",
    /// The dialog was put out of everybody's sight, because nothing was said in it for long.
    DialogArchived(DialogAutoArchived) = "dialog_archived",
    /// The dialog came to be, with its first participants and rules. Shown as a system message when there are participants.
    DialogCreated(DialogCreated) = "dialog_created",
    /// The dialog and everything of it is gone.
    DialogDeleted(DialogDeleted) = "dialog_deleted",
    /// A notice: a new message brought the dialog back for those who had archived it.
    DialogUnarchived(DialogUnarchived) = "dialog_unarchived",
    /// Title, link or meta changed, or the dialog was frozen or opened again.
    DialogUpdated(DialogUpdated) = "dialog_updated",
    /// Own state: messages count as unread again.
    MarkedUnread(MarkedUnread) = "marked_unread",
    /// A user message was sent; the fact's id is the message's id.
    MessageCreated(MessageCreated) = "message_created",
    /// A message's content is gone.
    MessageDeleted(MessageDeleted) = "message_deleted",
    /// A message's content was replaced by its author.
    MessageEdited(MessageEdited) = "message_edited",
    /// A notice: somebody has not read for a while what was said. For hosts; sockets do not hear of it.
    NotificationPending(NotificationPending) = "notification_pending",
    /// Own state: notifications of the dialog were switched.
    NotificationsSet(NotificationsSet) = "notifications_set",
    /// The host said something. Shown as a system message.
    NoticePosted(NoticePosted) = "notice_posted",
    /// The host added a participant. Shown as a system message.
    ParticipantAdded(ParticipantIn) = "participant_added",
    /// A candidate joined. Shown as a system message.
    ParticipantJoined(ParticipantIn) = "participant_joined",
    /// A participant left. Shown as a system message.
    ParticipantLeft(ParticipantGone) = "participant_left",
    /// The host removed a participant. Shown as a system message.
    ParticipantRemoved(ParticipantGone) = "participant_removed",
    /// A member put an emoji on a message.
    ReactionAdded(Reaction) = "reaction_added",
    /// A member took their emoji from a message.
    ReactionRemoved(Reaction) = "reaction_removed",
    /// Own state: the dialog was pinned.
    Pinned(OwnState) = "pinned",
    /// Own state: messages were read.
    Read(ReadTo) = "read",
    /// The host gave a participant another role.
    ParticipantRoleChanged(ParticipantRoleChanged) = "participant_role_changed",
    /// All access-scope rules were replaced.
    ScopesReplaced(ScopesReplaced) = "scopes_replaced",
    /// Own state: somebody took the dialog out of their archive.
    Unarchived(OwnState) = "unarchived",
    /// Own state: the dialog was unpinned.
    Unpinned(OwnState) = "unpinned",
}

/// Data of [`FactKind::DialogArchived`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DialogAutoArchived {
    /// How many user messages were ever sent up to it. Any further one brings the dialog back for everybody.
    pub count: u64,
}

/// Data of [`FactKind::DialogCreated`]; object and title stand in the head.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DialogCreated {
    /// Link back to the host's page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object_url: Option<ObjectUrl>,
    /// Opaque JSON of the host.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meta: Option<serde_json::Value>,
    /// For whom it was created.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_by: Option<UserId>,
    /// The first participants.
    #[serde(default)]
    pub participants: Vec<Participant>,
    /// Who may join.
    #[serde(default)]
    pub access_scopes: Vec<AccessRule>,
    /// Under which key of its object it is found again; only of dialogs that were found or created.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<ObjectKey>,
}

/// Data of [`FactKind::DialogDeleted`]; the head has no members any more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DialogDeleted {
    /// Who was in it and must hear of the end.
    pub former_members: Vec<UserId>,
    /// The rules that it had, by which whoever could have joined is told; empty also when they are too large to be carried.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub former_access_scopes: Vec<AccessRule>,
}

/// Data of [`FactKind::DialogUpdated`]: what is absent stayed as it was, `null` cleared it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DialogUpdated {
    /// The new title.
    #[serde(default, with = "patch", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Title>))]
    pub title: Option<Option<Title>>,
    /// The new link.
    #[serde(default, with = "patch", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<ObjectUrl>))]
    pub object_url: Option<Option<ObjectUrl>>,
    /// The new opaque JSON.
    #[serde(default, with = "patch", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<serde_json::Value>))]
    pub meta: Option<Option<serde_json::Value>>,
    /// Whether nothing may be written any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frozen: Option<bool>,
}

/// Data of [`FactKind::MessageCreated`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MessageCreated {
    /// Who sent it, as others see them at this moment.
    pub sender: SenderView,
    /// Sanitised HTML.
    pub content: RichText,
    /// The message that this one answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<MessageId>,
    /// Its files.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
    /// Whom it mentions, of those who were in the dialog then: nobody need read the HTML for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mentions: Vec<UserId>,
}

/// Data of [`FactKind::MessageDeleted`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MessageDeleted {
    /// The message.
    pub message_id: MessageId,
}

/// Data of [`FactKind::MessageEdited`]; the fact's `at` is the time of the edit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MessageEdited {
    /// The message.
    pub message_id: MessageId,
    /// Sanitised HTML.
    pub content: RichText,
    /// Whom it mentions now, of those who were in the dialog then.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mentions: Vec<UserId>,
}

/// Data of [`FactKind::NoticePosted`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NoticePosted {
    /// What the host says.
    #[serde(flatten)]
    pub notice: Notice,
}

/// Data of [`FactKind::ParticipantAdded`] and [`FactKind::ParticipantJoined`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ParticipantIn {
    /// Who came in.
    pub participant: Participant,
}

/// Data of [`FactKind::ParticipantLeft`] and [`FactKind::ParticipantRemoved`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ParticipantGone {
    /// Who went.
    #[serde(rename = "user_id")]
    pub user: UserId,
    /// The name they had.
    pub display_name: DisplayName,
}

/// Data of [`FactKind::ReactionAdded`] and [`FactKind::ReactionRemoved`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Reaction {
    /// The message.
    pub message_id: MessageId,
    /// The emoji.
    pub emoji: Emoji,
    /// Whose it is.
    #[serde(rename = "user_id")]
    pub user: UserId,
}

/// Data of [`FactKind::ParticipantRoleChanged`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ParticipantRoleChanged {
    /// Whose.
    #[serde(rename = "user_id")]
    pub user: UserId,
    /// The role from now on.
    pub role: Role,
}

/// Data of [`FactKind::ScopesReplaced`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ScopesReplaced {
    /// The rules from now on.
    pub access_scopes: Vec<AccessRule>,
    /// The rules until now, by which whoever may not join any more is told; empty also when they are too large to be carried.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub former_access_scopes: Vec<AccessRule>,
}

/// The kind and the untouched data of a fact that this version does not know.
#[derive(Clone)]
pub struct UnknownData {
    /// The kind's word.
    pub kind: String,
    /// The data as it stands in the log.
    pub data: Box<RawValue>,
}

impl fmt::Debug for UnknownData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UnknownData({}, {} bytes)", self.kind, self.data.get().len())
    }
}

impl PartialEq for UnknownData {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind && self.data.get() == other.data.get()
    }
}

/// `null` is a value here, so an absent field and a cleared one are told apart.
pub(crate) mod patch {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[allow(clippy::ref_option, reason = "serde fixes the signature")]
    pub(crate) fn serialize<T: Serialize, S: Serializer>(
        value: &Option<Option<T>>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        value.as_ref().and_then(Option::as_ref).serialize(serializer)
    }

    pub(crate) fn deserialize<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Option<T>>, D::Error> {
        Option::<T>::deserialize(deserializer).map(Some)
    }
}
