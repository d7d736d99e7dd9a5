use std::time::Duration;

use mtchat_protocol::UserId;

use crate::{
    settings::AuthSettings,
    token::{TokenError, TokenRequest, mint},
};

/// A new token is made for every connection; one that outlives the connection is enough.
const TTL: Duration = Duration::from_secs(12 * 3_600);

/// As whom we connect.
pub(super) enum Identity {
    /// With tokens that we make ourselves.
    Minted {
        user: UserId,
        auth: Box<AuthSettings>,
        secret: String,
    },
    /// By saying so, where that is enough.
    Named(UserId),
    /// With a token that somebody gave us.
    Token(String),
}

impl Identity {
    /// The token for the next connection, if it needs one.
    pub(super) fn token(&self) -> Result<Option<String>, TokenError> {
        match self {
            Self::Minted { user, auth, secret } => {
                let request = TokenRequest {
                    user: user.clone(),
                    ttl: TTL,
                    scopes: Default::default(),
                };
                mint(&request, auth, secret).map(Some)
            }
            Self::Named(_) => Ok(None),
            Self::Token(token) => Ok(Some(token.clone())),
        }
    }

    /// Whether the next token is another one, so that being refused for an old one is not the end.
    pub(super) const fn renews(&self) -> bool {
        matches!(self, Self::Minted { .. })
    }
}
