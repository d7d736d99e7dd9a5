use serde::{Deserialize, Serialize};

use crate::UserId;

/// Who made a fact happen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Actor {
    /// The host's backend, through the Management API.
    Host,
    /// MTChat itself.
    System,
    /// A user of the host.
    User {
        /// The verified user.
        id: UserId,
    },
}

impl Actor {
    /// The user, when a user acted.
    pub fn user(&self) -> Option<&UserId> {
        match self {
            Self::User { id } => Some(id),
            Self::Host | Self::System => None,
        }
    }
}
