use mtchat_protocol::{AppId, Scopes, UserId};

/// Who asks, verified. Made only from a valid token (or, in insecure mode on a loopback bind, from the query).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The app whose key signed the token.
    pub app: AppId,
    /// The user.
    pub user: UserId,
    /// The scopes that the caller acts with, already narrowed to what was asked for.
    pub scopes: Scopes,
    /// What the host allows beyond membership.
    pub permissions: Vec<String>,
}

impl Caller {
    /// Whether the host lets the caller moderate every dialog that they are in.
    pub fn moderates(&self) -> bool {
        self.permissions.iter().any(|permission| permission == "moderate")
    }
}
