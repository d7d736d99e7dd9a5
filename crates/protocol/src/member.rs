use serde::{Deserialize, Serialize};

use crate::{Company, DisplayName, Email, Phone, Timestamp, UserId};

/// How somebody came into a dialog.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum JoinedAs {
    /// The one for whom the dialog was created.
    Creator,
    /// Joined by access scope.
    Joined,
    /// Added by the host.
    Participant,
}

impl JoinedAs {
    /// The word on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Creator => "creator",
            Self::Joined => "joined",
            Self::Participant => "participant",
        }
    }

    /// Read the word on the wire and in the database.
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "creator" => Some(Self::Creator),
            "joined" => Some(Self::Joined),
            "participant" => Some(Self::Participant),
            _ => None,
        }
    }
}

/// What a member may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Reads and writes.
    #[default]
    Member,
    /// Deletes messages of others, too.
    Moderator,
    /// Whose dialog it is; may what a moderator may.
    Owner,
    /// Reads, and writes nothing.
    ReadOnly,
}

impl Role {
    /// The word on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Moderator => "moderator",
            Self::Owner => "owner",
            Self::ReadOnly => "read_only",
        }
    }

    /// Read the word on the wire and in the database.
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "member" => Some(Self::Member),
            "moderator" => Some(Self::Moderator),
            "owner" => Some(Self::Owner),
            "read_only" => Some(Self::ReadOnly),
            _ => None,
        }
    }
}

/// A participant as each fact's head carries it: enough to route an event and to name a sender.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Member {
    /// Who.
    #[serde(rename = "user_id")]
    pub user: UserId,
    /// The member's role; left out for ordinary members.
    #[serde(default, skip_serializing_if = "is_default")]
    pub role: Role,
    /// The name others see.
    pub display_name: DisplayName,
    /// The company others see.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company: Option<Company>,
}

pub(crate) fn is_default(role: &Role) -> bool {
    *role == Role::default()
}

/// A participant's profile in one dialog.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Profile {
    /// The name others see.
    pub display_name: DisplayName,
    /// The company others see.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company: Option<Company>,
    /// Seen by participants only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<Email>,
    /// Seen by participants only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<Phone>,
}

/// A participant as facts record it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Participant {
    /// Who.
    #[serde(rename = "user_id")]
    pub user: UserId,
    /// How they came in.
    pub joined_as: JoinedAs,
    /// Since when.
    pub joined_at: Timestamp,
    /// The role they came in with; left out for ordinary members.
    #[serde(default, skip_serializing_if = "is_default")]
    pub role: Role,
    /// Their profile here.
    #[serde(flatten)]
    pub profile: Profile,
}

impl Participant {
    /// What the head carries of this participant.
    pub fn member(&self) -> Member {
        Member {
            user: self.user.clone(),
            role: self.role,
            display_name: self.profile.display_name.clone(),
            company: self.profile.company.clone(),
        }
    }
}
