//! Request bodies as clients send them. Fields hold raw text: a wrong *type* is a 422 of the reader, a broken *limit* is an
//! `INVALID_INPUT` of the constructor that turns the text into its type.

use serde::{Deserialize, Serialize};

use crate::{
    Company, DisplayName, Email, Invalid, MessageId, NotificationLevel, ObjectId, ObjectType, ObjectUrl,
    Phone, Profile, Reason, Role, ScopeValue, Scopes, Title, UserId, limits,
};

/// Body of `POST /management/dialogs`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreateDialog {
    /// Which business object.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::ObjectId))]
    pub object_id: String,
    /// Which kind of business object.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::ObjectType))]
    pub object_type: String,
    /// The title.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::Title>))]
    pub title: Option<String>,
    /// Link back to the host's page.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::ObjectUrl>))]
    pub object_url: Option<String>,
    /// The first participants; may be empty.
    #[serde(default)]
    pub participants: Vec<CreateParticipant>,
    /// Who may join.
    #[serde(default)]
    pub access_scopes: Vec<AccessScopeInput>,
    /// Opaque JSON, returned verbatim.
    #[serde(default)]
    pub meta: Option<serde_json::Value>,
    /// For whom; without it the first participant.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::UserId>))]
    pub created_by: Option<String>,
}

/// A participant at creation: an object, or just the user id, which then is the name too.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(untagged)]
pub enum CreateParticipant {
    /// Only the user id.
    Id(String),
    /// With a profile.
    Full {
        /// The participant.
        #[serde(flatten)]
        participant: AddParticipant,
        /// `creator` or nothing.
        #[serde(default)]
        joined_as: Option<crate::JoinedAs>,
    },
}

/// Body of `POST /management/dialogs/{id}/participants`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AddParticipant {
    /// Who.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::UserId))]
    pub user_id: String,
    /// The name others see.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::DisplayName))]
    pub display_name: String,
    /// The company others see.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::Company>))]
    pub company: Option<String>,
    /// Seen by participants only.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::Email>))]
    pub email: Option<String>,
    /// Seen by participants only.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::Phone>))]
    pub phone: Option<String>,
    /// What they may do; without it an ordinary member.
    #[serde(default)]
    pub role: Option<Role>,
}

impl AddParticipant {
    /// Check the limits.
    pub fn check(&self) -> Result<(UserId, Profile), Invalid> {
        let profile = Profile {
            display_name: DisplayName::new(&self.display_name)?,
            company: optional(self.company.as_deref(), Company::new)?,
            email: optional(self.email.as_deref(), Email::new)?,
            phone: optional(self.phone.as_deref(), Phone::new)?,
        };
        Ok((UserId::new(&self.user_id)?, profile))
    }
}

/// Body of `POST /management/dialogs/search`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SearchDialog {
    /// Which business object.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::ObjectId))]
    pub object_id: String,
    /// Which kind of business object.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::ObjectType))]
    pub object_type: String,
    /// The exact set of rules, in any order.
    #[serde(default)]
    pub access_scopes: Vec<AccessScopeInput>,
}

/// Body of `PUT /management/dialogs/{id}/access-scopes`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReplaceAccessScopes {
    /// The rules from now on; none removes all.
    pub access_scopes: Vec<AccessScopeInput>,
}

/// One access-scope rule, in any of the accepted spellings.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AccessScopeInput {
    /// Tenants.
    #[serde(default, alias = "scopeLevel0")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Vec<crate::ScopeValue>>))]
    pub scope_level0: Option<Vec<String>>,
    /// Departments, by convention.
    #[serde(default, alias = "scopeLevel1")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Vec<crate::ScopeValue>>))]
    pub scope_level1: Option<Vec<String>>,
    /// Permissions, by convention.
    #[serde(default, alias = "scopeLevel2")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Vec<crate::ScopeValue>>))]
    pub scope_level2: Option<Vec<String>>,
    /// Short for a level 0 of one value.
    #[serde(default, alias = "tenantUid", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::ScopeValue>))]
    pub tenant_uid: Option<String>,
}

impl AccessScopeInput {
    /// Check the limits. `tenant_uid` is read when level 0 is not given.
    pub fn check(&self) -> Result<Scopes, Invalid> {
        let level0 = match (&self.scope_level0, &self.tenant_uid) {
            (Some(values), _) => level(values)?,
            (None, Some(tenant)) => level(std::slice::from_ref(tenant))?,
            (None, None) => Vec::new(),
        };
        Ok(Scopes {
            scope_level0: level0,
            scope_level1: level(self.scope_level1.as_deref().unwrap_or_default())?,
            scope_level2: level(self.scope_level2.as_deref().unwrap_or_default())?,
        })
    }
}

fn level(values: &[String]) -> Result<Vec<ScopeValue>, Invalid> {
    if values.len() > limits::SCOPE_VALUES {
        return Err(Invalid::new("scope level", Reason::TooLong(limits::SCOPE_VALUES)));
    }
    values.iter().map(|value| ScopeValue::new(value)).collect()
}

/// Body of `POST /dialogs/{id}/messages`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SendMessage {
    /// HTML; text without tags is text.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = crate::MessageText))]
    pub content: String,
    /// A message of this dialog.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<MessageId>,
    /// Files that were uploaded for this dialog, at most 10, in the order in which they are shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attachments: Option<Vec<crate::AttachmentInput>>,
    /// Made by the client (UUIDv7) before its first try, so that a retry has one effect.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<MessageId>,
}

/// Body of `PUT /dialogs/{id}/messages/{mid}`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EditMessage {
    /// HTML; text without tags is text.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::MessageText))]
    pub content: String,
}

/// Body of `POST /dialogs/{id}/notifications`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SetNotifications {
    /// Whether the user wants to be told of messages.
    pub enabled: bool,
    /// Of which, when they want to be told; by default of all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notification_level: Option<NotificationLevel>,
}

/// Body of `POST /dialogs/{id}/read`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MarkRead {
    /// The newest message that is read, deleted or not.
    pub last_read_message_id: MessageId,
}

/// Body of `POST /dialogs/{id}/unread`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MarkUnread {
    /// The first message that counts as unread again.
    pub message_id: MessageId,
}

impl CreateDialog {
    /// Check the object.
    pub fn object(&self) -> Result<(ObjectType, ObjectId), Invalid> {
        Ok((
            ObjectType::new(&self.object_type)?,
            ObjectId::new(&self.object_id)?,
        ))
    }

    /// Check title and link.
    pub fn labels(&self) -> Result<(Option<Title>, Option<ObjectUrl>), Invalid> {
        Ok((
            optional(self.title.as_deref(), Title::new)?,
            optional(self.object_url.as_deref(), ObjectUrl::new)?,
        ))
    }
}

pub(crate) fn optional<T>(
    text: Option<&str>,
    new: impl Fn(&str) -> Result<T, Invalid>,
) -> Result<Option<T>, Invalid> {
    text.map(new).transpose()
}
