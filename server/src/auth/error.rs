use mtchat_protocol::ErrorCode;

/// The caller is nobody.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AuthError {
    /// The Management API has no token configured.
    #[error("the Management API is closed: no token is configured")]
    AdminClosed,
    /// The token is not one of the Management API's.
    #[error("the token is not a management token")]
    AdminToken,
    /// Insecure mode, and the query does not say who.
    #[error("user_id is missing in the query")]
    InsecureUser,
    /// A link to a file that is not good, or not any more.
    #[error("the link is not good any more: ask for a new one")]
    Link,
    /// No bearer token.
    #[error("a bearer token is needed in the Authorization header")]
    Missing,
    /// The host revoked the token, or banned the user.
    #[error("the access was revoked")]
    Revoked,
    /// The scope header can not be read.
    #[error("X-Scope-Config is not base64 of a JSON object with scope levels")]
    ScopeHeader,
    /// A ticket that is not good.
    #[error("the ticket is unknown, used, too old or was asked for elsewhere")]
    Ticket,
    /// A token that is not good.
    #[error(transparent)]
    Token(#[from] TokenError),
}

/// Why a token is not good. Said to the caller in general words only.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Signed with an algorithm for which there is no key.
    #[error("the token's algorithm is not accepted")]
    Algorithm,
    /// For somebody else, or from somebody else.
    #[error("the token is not meant for this service")]
    Audience,
    /// A claim that can not be read.
    #[error("the token's claims can not be read")]
    Claims,
    /// Its time is over.
    #[error("the token has expired")]
    Expired,
    /// `exp` is missing.
    #[error("the token has no expiry")]
    NoExpiry,
    /// Its time has not come.
    #[error("the token is not valid yet")]
    NotYet,
    /// Not signed by any of the keys.
    #[error("the token's signature is not valid")]
    Signature,
    /// Not a token at all.
    #[error("the token can not be read")]
    Malformed,
    /// Larger than any honest token.
    #[error("the token is too large")]
    TooLarge,
    /// The claim of the user id is missing or not an id.
    #[error("the token names no user")]
    User,
}

impl AuthError {
    /// The code on the wire.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::AdminClosed
            | Self::Link
            | Self::Missing
            | Self::Revoked
            | Self::Ticket
            | Self::Token(_) => ErrorCode::Unauthorized,
            Self::AdminToken => ErrorCode::Forbidden,
            Self::InsecureUser | Self::ScopeHeader => ErrorCode::BadRequest,
        }
    }
}
