use http::StatusCode;

/// Why an address gave no keys. Those known before go on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum JwksError {
    /// Not a document with keys.
    #[error("it is not a JSON object with a list `keys`")]
    Malformed,
    /// It sends us elsewhere, where nobody told us to go.
    #[error("it redirects, which is not followed")]
    Redirect,
    /// Not a success.
    #[error("it answered {0}")]
    Status(StatusCode),
    /// Nothing complete came in time.
    #[error("it did not answer in time")]
    Timeout,
    /// More than any honest document.
    #[error("the document is too large")]
    TooLarge,
    /// More keys than an app can need.
    #[error("the document has too many keys")]
    TooManyKeys,
    /// There is no connection, or it broke.
    #[error("it can not be reached: {0}")]
    Unreachable(String),
}

impl JwksError {
    /// As a label of metrics.
    pub(super) fn as_str(&self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::Redirect => "redirect",
            Self::Status(_) => "status",
            Self::Timeout => "timeout",
            Self::TooLarge => "too_large",
            Self::TooManyKeys => "too_many_keys",
            Self::Unreachable(_) => "unreachable",
        }
    }
}
