use serde::{Deserialize, Serialize};

use crate::{
    Card, CreateDialog, Invalid, Notice, NoticeText, ObjectUrl, Reason, Role, Title, fact::patch,
    request::optional,
};

/// Body of `PATCH /management/dialogs/{id}`: what is absent stays, `null` clears.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PatchDialog {
    /// The new title.
    #[serde(default, with = "patch", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Title>))]
    pub title: Option<Option<String>>,
    /// The new link.
    #[serde(default, with = "patch", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<ObjectUrl>))]
    pub object_url: Option<Option<String>>,
    /// The new opaque JSON.
    #[serde(default, with = "patch", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<serde_json::Value>))]
    pub meta: Option<Option<serde_json::Value>>,
    /// Whether nothing may be written any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frozen: Option<bool>,
}

/// A title and a link: absent, cleared or given.
pub type LabelChanges = (Option<Option<Title>>, Option<Option<ObjectUrl>>);

impl PatchDialog {
    /// Check title and link.
    pub fn labels(&self) -> Result<LabelChanges, Invalid> {
        let title = self
            .title
            .as_ref()
            .map(|title| optional(title.as_deref(), Title::new));
        let url = self
            .object_url
            .as_ref()
            .map(|url| optional(url.as_deref(), ObjectUrl::new));
        Ok((title.transpose()?, url.transpose()?))
    }
}

/// Body of `POST /management/dialogs/find-or-create`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FindOrCreateDialog {
    /// The dialog, if it has to be created.
    #[serde(flatten)]
    pub dialog: CreateDialog,
    /// Which of the object's dialogs.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = crate::ObjectKey))]
    pub key: String,
}

/// Body of `PUT /management/dialogs/{id}/participants/{user}/role`.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChangeRole {
    /// The role from now on.
    pub role: Role,
}

/// Body of `POST /management/dialogs/{id}/messages`: a text or a card.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PostNotice {
    /// Plain text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::NoticeText>))]
    pub text: Option<String>,
    /// An event of the business object.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub card: Option<Card>,
}

impl PostNotice {
    /// Check that it is one of the two, and its limits.
    pub fn check(self) -> Result<Notice, Invalid> {
        match (self.text, self.card) {
            (Some(text), None) => Ok(Notice::Text(NoticeText::new(&text)?)),
            (None, Some(card)) => {
                card.check()?;
                Ok(Notice::Card(card))
            }
            (None, None) | (Some(_), Some(_)) => Err(Invalid::new(
                "text",
                Reason::Malformed("given, or a card, and not both"),
            )),
        }
    }
}
