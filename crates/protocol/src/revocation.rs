use serde::{Deserialize, Serialize};

use crate::{AppId, Timestamp, UserId};

/// A user whose tokens are not all good: what edges tell each other, and what is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revocation {
    /// The app.
    pub app: AppId,
    /// The user.
    pub user: UserId,
    /// Which tokens are not good.
    #[serde(flatten)]
    pub revoked: Revoked,
}

/// Which tokens of a user are not good any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revoked {
    /// None is.
    pub banned: bool,
    /// Those that were made before, and those that do not say when they were.
    pub not_before: Option<Timestamp>,
    /// When this was last changed; what was changed later counts.
    pub changed_at: Timestamp,
}

impl Revoked {
    /// Whether a token that was made then is not good any more.
    pub fn refuses(&self, issued_at: Option<Timestamp>) -> bool {
        let too_old = |earliest| issued_at.is_none_or(|issued| issued < earliest);
        self.banned || self.not_before.is_some_and(too_old)
    }
}
