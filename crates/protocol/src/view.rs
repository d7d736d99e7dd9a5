use serde::{Deserialize, Serialize};

use crate::{
    AccessRule, AttachmentView, Company, DialogId, DisplayName, Email, JoinedAs, MessageId,
    NotificationLevel, ObjectId, ObjectType, ObjectUrl, OpaqueJson, Participant, Phone, ReactionSummary,
    RichText, Role, ScopeId, ScopeValue, Timestamp, Title, UserId,
};

/// `{"data": …}`, the form of every success that is not told otherwise.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Data<T> {
    /// The answer.
    pub data: T,
}

/// A dialog as the Management API shows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DialogView {
    /// The dialog.
    pub id: DialogId,
    /// Which business object.
    pub object_id: ObjectId,
    /// Which kind of business object.
    pub object_type: ObjectType,
    /// The title.
    pub title: Option<Title>,
    /// Link back to the host's page.
    pub object_url: Option<ObjectUrl>,
    /// For whom it was created.
    pub created_by: Option<UserId>,
    /// Since when it exists.
    pub created_at: Timestamp,
    /// Opaque JSON of the host, absent when never set.
    #[cfg_attr(feature = "ts", ts(type = "unknown"))]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<serde_json::Value>))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meta: Option<OpaqueJson>,
    /// Nothing may be written any more; left out while it may.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub frozen: bool,
}

/// A dialog with participants and rules, as the Management API shows one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DialogDetailView {
    /// The dialog.
    #[serde(flatten)]
    pub dialog: DialogView,
    /// Everybody in it, by join time.
    pub participants: Vec<ParticipantView>,
    /// Who may join.
    pub access_scopes: Vec<AccessScopeView>,
}

/// A dialog as one user sees it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(from = "crate::view_read::FlatItem")]
pub struct DialogItemView {
    /// The dialog.
    #[serde(flatten)]
    pub dialog: DialogView,
    /// How many take part.
    pub participants_count: u64,
    /// Whether the caller takes part.
    pub i_am_participant: bool,
    /// Whether the caller may join.
    pub can_join: bool,
    /// Messages the caller has not read; participants only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unread_count: Option<u64>,
    /// Archived by the caller; participants only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_archived: Option<bool>,
    /// Pinned by the caller; participants only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_pinned: Option<bool>,
    /// Notifications on; participants only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notifications_enabled: Option<bool>,
    /// Of which messages they tell; participants only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notification_level: Option<NotificationLevel>,
    /// Time of the last message; participants only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_message_at: Option<Timestamp>,
    /// The last message; participants only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_message: Option<LastMessageView>,
    /// Everybody in it.
    pub participants: Vec<ParticipantSummary>,
}

/// How much a user has not read, in all dialogs together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TotalUnreadView {
    /// Messages.
    pub unread_count: u64,
    /// Dialogs with such messages.
    pub dialogs: u64,
}

/// The newest message of a dialog, for lists.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LastMessageView {
    /// The message.
    pub id: MessageId,
    /// Its content.
    pub content: RichText,
    /// Absent on system messages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sender_id: Option<UserId>,
    /// Absent on system messages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sender_name: Option<DisplayName>,
    /// When it was sent.
    pub sent_at: Timestamp,
    /// User or system.
    pub message_type: MessageType,
}

/// A participant in lists of dialogs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ParticipantSummary {
    /// Who.
    pub user_id: UserId,
    /// The name others see.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<DisplayName>,
    /// The company others see.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company: Option<Company>,
}

/// A participant in full.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ParticipantView {
    /// The dialog.
    pub dialog_id: DialogId,
    /// Who.
    pub user_id: UserId,
    /// Since when.
    pub joined_at: Timestamp,
    /// How they came in.
    pub joined_as: JoinedAs,
    /// What they may do; left out for ordinary members.
    #[serde(default, skip_serializing_if = "crate::member::is_default")]
    pub role: Role,
    /// Notifications on.
    pub notifications_enabled: bool,
    /// Of which messages they tell.
    #[serde(default)]
    pub notification_level: NotificationLevel,
    /// How far they have read.
    pub last_read_message_id: Option<MessageId>,
    /// Messages they have not read.
    pub unread_count: u64,
    /// The name others see.
    pub display_name: Option<DisplayName>,
    /// The company others see.
    pub company: Option<Company>,
    /// Null for candidates.
    pub email: Option<Email>,
    /// Null for candidates.
    pub phone: Option<Phone>,
    /// Archived by them.
    pub is_archived: bool,
    /// Pinned by them.
    pub is_pinned: bool,
    /// Connected now; Chat API only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_online: Option<bool>,
    /// When they were connected last; absent while they are, when it is not known, and for candidates.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_seen: Option<Timestamp>,
}

/// An access-scope rule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AccessScopeView {
    /// The rule.
    pub id: ScopeId,
    /// The dialog.
    pub dialog_id: DialogId,
    /// Tenants.
    pub scope_level0: Vec<ScopeValue>,
    /// Departments, by convention.
    pub scope_level1: Vec<ScopeValue>,
    /// Permissions, by convention.
    pub scope_level2: Vec<ScopeValue>,
    /// Since when it holds.
    pub created_at: Timestamp,
    /// Level 0, when it has exactly one value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant_uid: Option<ScopeValue>,
}

impl AccessScopeView {
    /// The rule of a dialog as it is shown.
    pub fn new(dialog_id: DialogId, rule: AccessRule) -> Self {
        let tenant_uid = match rule.scopes.scope_level0.as_slice() {
            [only] => Some(only.clone()),
            _ => None,
        };
        Self {
            id: rule.id,
            dialog_id,
            scope_level0: rule.scopes.scope_level0,
            scope_level1: rule.scopes.scope_level1,
            scope_level2: rule.scopes.scope_level2,
            created_at: rule.created_at,
            tenant_uid,
        }
    }
}

/// Who sent a message, as others saw them then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SenderView {
    /// Who.
    pub user_id: UserId,
    /// Their name.
    pub display_name: DisplayName,
    /// Their company.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company: Option<Company>,
}

/// Whether a person or the dialog itself speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum MessageType {
    /// The dialog: somebody came or went. Never counts as unread.
    System,
    /// A person.
    User,
}

impl MessageType {
    /// The word on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::User => "user",
        }
    }
}

/// A message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MessageView {
    /// The message.
    pub id: MessageId,
    /// The dialog.
    pub dialog_id: DialogId,
    /// Null on system messages.
    pub sender_id: Option<UserId>,
    /// Sanitised HTML, or the JSON of a system message.
    pub content: RichText,
    /// When it was sent.
    pub sent_at: Timestamp,
    /// When it was last edited.
    pub last_edited_at: Option<Timestamp>,
    /// The message that this one answers.
    pub reply_to_id: Option<MessageId>,
    /// User or system.
    pub message_type: MessageType,
    /// Its number in the dialog.
    pub seq: u64,
    /// What members have put on it, by the first of each emoji.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reactions: Vec<ReactionSummary>,
    /// Its files; left out when there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<AttachmentView>,
}

/// What a message said before an edit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MessageVersion {
    /// What it said.
    pub content: RichText,
    /// When that was replaced.
    pub edited_at: Timestamp,
}

/// A page of messages, oldest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MessagesPage {
    /// The messages.
    pub messages: Vec<MessageView>,
    /// First message in this page that the caller has not read; never with `around`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_unread_message_id: Option<MessageId>,
    /// Whether there are older ones.
    pub has_more_before: bool,
    /// Whether there are newer ones.
    pub has_more_after: bool,
}

impl From<&Participant> for ParticipantSummary {
    fn from(participant: &Participant) -> Self {
        Self {
            user_id: participant.user.clone(),
            display_name: Some(participant.profile.display_name.clone()),
            company: participant.profile.company.clone(),
        }
    }
}
