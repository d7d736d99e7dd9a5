use serde::{Deserialize, Serialize};

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $word:literal, $status:literal, $retry:literal;)*) => {
        /// The closed list of error codes of the wire.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "ts", derive(ts_rs::TS))]
        pub enum ErrorCode {
            $($(#[$doc])* #[serde(rename = $word)] $variant,)*
        }

        impl ErrorCode {
            /// All codes.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The code on the wire.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// The HTTP status that usually goes with it.
            pub fn status(self) -> u16 {
                match self { $(Self::$variant => $status,)* }
            }

            /// Whether the same request may succeed later.
            pub fn may_retry(self) -> bool {
                match self { $(Self::$variant => $retry,)* }
            }
        }
    };
}

codes! {
    /// The attachment is unknown, or invisible to the caller.
    AttachmentNotFound = "ATTACHMENT_NOT_FOUND", 404, false;
    /// Malformed in a way that has no code of its own (also with 415 and 422).
    BadRequest = "BAD_REQUEST", 400, false;
    /// The same id with other content.
    Conflict = "CONFLICT", 409, false;
    /// The dialog is unknown, or invisible to the caller.
    DialogNotFound = "DIALOG_NOT_FOUND", 404, false;
    /// A file is larger than the limit.
    FileTooLarge = "FILE_TOO_LARGE", 400, false;
    /// Refused: wrong admin token, or a rule without a code of its own.
    Forbidden = "FORBIDDEN", 403, false;
    /// A fault of the server; nothing is told of it.
    InternalError = "INTERNAL_ERROR", 500, true;
    /// A limit or a field rule is broken.
    InvalidInput = "INVALID_INPUT", 400, false;
    /// The message is unknown, deleted, or invisible to the caller.
    MessageNotFound = "MESSAGE_NOT_FOUND", 404, false;
    /// The path does not exist with this method.
    MethodNotAllowed = "METHOD_NOT_ALLOWED", 405, false;
    /// Unknown route; unknown dialog in the Management API.
    NotFound = "NOT_FOUND", 404, false;
    /// Only the author may change a message.
    NotMessageAuthor = "NOT_MESSAGE_AUTHOR", 403, false;
    /// Needs membership; the dialog is visible.
    NotParticipant = "NOT_PARTICIPANT", 403, false;
    /// The participant is unknown.
    ParticipantNotFound = "PARTICIPANT_NOT_FOUND", 404, false;
    /// The body is larger than the limit.
    PayloadTooLarge = "PAYLOAD_TOO_LARGE", 413, false;
    /// Too many requests; `Retry-After` says when.
    RateLimitExceeded = "RATE_LIMIT_EXCEEDED", 429, true;
    /// Visible, but not under the narrowed scope.
    ScopeMismatch = "SCOPE_MISMATCH", 403, false;
    /// A part is down or full; `Retry-After` says when.
    ServiceUnavailable = "SERVICE_UNAVAILABLE", 503, true;
    /// More files than a message may have.
    TooManyAttachments = "TOO_MANY_ATTACHMENTS", 400, false;
    /// A file of a type that is not accepted, or not of the type that it is said to be.
    UnsupportedFileType = "UNSUPPORTED_FILE_TYPE", 400, false;
    /// No identity, or a bad one.
    Unauthorized = "UNAUTHORIZED", 401, false;
}

/// The body of every error, on every route.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ErrorBody {
    /// What went wrong.
    pub error: ErrorDetail,
}

/// What went wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ErrorDetail {
    /// For programs.
    pub code: ErrorCode,
    /// For people.
    pub message: String,
}

impl ErrorBody {
    /// The body of an error.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self {
            error: ErrorDetail {
                code,
                message: message.into(),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_on_the_wire_is_the_code() {
        for code in ErrorCode::ALL {
            assert_eq!(
                serde_json::to_string(code).unwrap(),
                format!("\"{}\"", code.as_str())
            );
        }
    }
}
