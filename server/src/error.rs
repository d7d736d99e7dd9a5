use axum::{
    Json,
    http::{HeaderValue, StatusCode, header::RETRY_AFTER},
    response::{IntoResponse, Response},
};
use mtchat_domain::{NotAWebhookUrl, Rejection};
use mtchat_files::FileError;
use mtchat_nats::{AppendError, ReadError};
use mtchat_protocol::{ErrorBody, ErrorCode, FileRefused, Invalid, limits};
use mtchat_storage::StorageError;

use crate::{
    auth::{AuthError, NoTicket},
    limit::Excess,
};

/// After how many seconds to try again what failed because a part was down or full.
const RETRY_AFTER_SECONDS: &str = "1";

/// Why a request was not done. Every answer that is not a success is made here.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// There is no ticket for a socket now.
    #[error(transparent)]
    NoTicket(#[from] NoTicket),
    /// Nothing was appended.
    #[error(transparent)]
    Append(AppendError),
    /// No identity, or a bad one.
    #[error(transparent)]
    Auth(#[from] AuthError),
    /// The body did not arrive.
    #[error("the body did not arrive completely or in time")]
    BodyIncomplete,
    /// The body's shape.
    #[error("the body has the wrong shape: {0}")]
    BodyShape(String),
    /// The body is not JSON.
    #[error("the body is not JSON in UTF-8: {0}")]
    BodySyntax(String),
    /// The body is larger than the limit.
    #[error("the body is larger than {} bytes", limits::BODY_BYTES)]
    BodyTooLarge,
    /// As much is worked on as may be at once, or it took too long.
    #[error("too much is going on")]
    Busy,
    /// The same id with other content.
    #[error("this id was used for another message")]
    Conflict,
    /// The attachment is unknown, or the caller may not know of it.
    #[error("the attachment does not exist")]
    AttachmentNotFound,
    /// A file that is not accepted.
    #[error(transparent)]
    File(#[from] FileRefused),
    /// The file store failed.
    #[error(transparent)]
    Files(FileError),
    /// The file store does not answer.
    #[error("files can not be taken now: try again")]
    FilesDown,
    /// What was uploaded is not what was said of it.
    #[error("the upload has another size or type than the message says")]
    NotAsDeclared,
    /// Somebody uploaded again while the message was sent.
    #[error("the upload changed while it was looked at")]
    UploadChanged,
    /// The same idempotency key with another request.
    #[error("this Idempotency-Key was used for another request")]
    KeyReused,
    /// The body is not said to be JSON.
    #[error("Content-Type must be application/json")]
    ContentType,
    /// The dialog is unknown, or the caller may not know of it.
    #[error("the dialog does not exist")]
    DialogNotFound,
    /// The same for hosts.
    #[error("the dialog does not exist")]
    HostDialogNotFound,
    /// Nobody asked to have this person forgotten.
    #[error("nobody asked for this erasure")]
    ErasureNotFound,
    /// A limit or a field rule is broken.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// More than a limit allows.
    #[error(transparent)]
    Limited(#[from] Excess),
    /// The log does not say.
    #[error(transparent)]
    LogUnread(#[from] ReadError),
    /// The message is unknown, deleted, or not the caller's to see.
    #[error("the message does not exist")]
    MessageNotFound,
    /// Known path, wrong method.
    #[error("this path does not take this method")]
    Method,
    /// The caller sees the dialog and has not joined.
    #[error("only participants may do this")]
    NotParticipant,
    /// The database has not come as far yet as the caller has seen.
    #[error("what was written is not stored yet: try again")]
    NotStored,
    /// Files are switched off.
    #[error("files are not switched on here")]
    FilesOff,
    /// A handler panicked; the panic hook has told of it.
    #[error("a handler panicked")]
    Panic,
    /// A value in path, query or header.
    #[error("{0}")]
    Parameter(String),
    /// The command was refused.
    #[error(transparent)]
    Rejected(Rejection),
    /// The message that is answered is not one of this dialog.
    #[error("reply_to is not a message of this dialog")]
    ReplyTo,
    /// Unknown path.
    #[error("this path does not exist")]
    Route,
    /// An insecure caller must say the scopes.
    #[error("X-Scope-Config is needed here")]
    ScopesMissing,
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// Events that do not exist.
    #[error("there is no event {0}")]
    UnknownEvents(String),
    /// What happened can not be: the log answered a command with something else.
    #[error("{0}")]
    Unexpected(&'static str),
    /// The endpoint, or the delivery, is unknown.
    #[error("{0} does not exist")]
    WebhookNotFound(&'static str),
    /// What an endpoint's state does not let happen.
    #[error("{0}")]
    WebhookRefused(&'static str),
    /// One endpoint more than an app may have.
    #[error("there are {} endpoints already, as many as there may be", limits::WEBHOOKS)]
    WebhooksFull,
    /// No address for an endpoint.
    #[error("url can not be taken: {0}")]
    WebhookUrl(#[from] NotAWebhookUrl),
}

impl ApiError {
    /// The code on the wire.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Append(error) => match error {
                AppendError::Rejected(rejection) => rejection.code(),
                AppendError::Encode(_) => ErrorCode::InternalError,
                AppendError::TooLarge(_) => ErrorCode::PayloadTooLarge,
                AppendError::Busy | AppendError::LogFull | AppendError::Unavailable(_) => {
                    ErrorCode::ServiceUnavailable
                }
            },
            Self::Auth(error) => error.code(),
            Self::BodyIncomplete
            | Self::BodyShape(_)
            | Self::BodySyntax(_)
            | Self::ContentType
            | Self::Parameter(_)
            | Self::ReplyTo
            | Self::ScopesMissing => ErrorCode::BadRequest,
            Self::BodyTooLarge => ErrorCode::PayloadTooLarge,
            Self::AttachmentNotFound => ErrorCode::AttachmentNotFound,
            Self::Conflict | Self::KeyReused | Self::UploadChanged | Self::WebhookRefused(_) => {
                ErrorCode::Conflict
            }
            Self::File(refused) => match refused {
                FileRefused::TooLarge(_) => ErrorCode::FileTooLarge,
                FileRefused::TooMany => ErrorCode::TooManyAttachments,
                FileRefused::Type => ErrorCode::UnsupportedFileType,
            },
            Self::DialogNotFound => ErrorCode::DialogNotFound,
            Self::ErasureNotFound | Self::HostDialogNotFound | Self::Route | Self::WebhookNotFound(_) => {
                ErrorCode::NotFound
            }
            Self::Invalid(_) | Self::NotAsDeclared | Self::UnknownEvents(_) | Self::WebhookUrl(_) => {
                ErrorCode::InvalidInput
            }
            Self::Limited(_) => ErrorCode::RateLimitExceeded,
            Self::MessageNotFound => ErrorCode::MessageNotFound,
            Self::Method => ErrorCode::MethodNotAllowed,
            Self::NotParticipant => ErrorCode::NotParticipant,
            Self::Busy
            | Self::Files(_)
            | Self::FilesDown
            | Self::FilesOff
            | Self::LogUnread(_)
            | Self::NoTicket(_)
            | Self::NotStored => ErrorCode::ServiceUnavailable,
            Self::WebhooksFull => ErrorCode::Forbidden,
            Self::Panic | Self::Unexpected(_) => ErrorCode::InternalError,
            Self::Rejected(rejection) => rejection.code(),
            Self::Storage(error) => match error {
                StorageError::Unavailable(_) => ErrorCode::ServiceUnavailable,
                StorageError::Corrupt { .. } | StorageError::Database(_) | StorageError::Migrate(_) => {
                    ErrorCode::InternalError
                }
            },
        }
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::BodyShape(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::ContentType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            other => StatusCode::from_u16(other.code().status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
        }
    }

    /// What the caller is told. A fault of ours is nobody else's business.
    fn message(&self, code: ErrorCode) -> String {
        match (code, self) {
            (ErrorCode::InternalError, _) => "Internal server error".to_owned(),
            (ErrorCode::ServiceUnavailable, Self::FilesDown | Self::FilesOff | Self::NotStored) => {
                self.to_string()
            }
            (ErrorCode::ServiceUnavailable, _) => "the service can not do this now: try again".to_owned(),
            // Unknown and invisible must not differ in a single byte.
            (ErrorCode::MessageNotFound, _) => Self::MessageNotFound.to_string(),
            _ => self.to_string(),
        }
    }
}

impl From<AppendError> for ApiError {
    fn from(error: AppendError) -> Self {
        match error {
            AppendError::Rejected(rejection) => Self::Rejected(rejection),
            other => Self::Append(other),
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let code = self.code();
        match code {
            ErrorCode::InternalError => tracing::error!(error = %self, "the request failed"),
            ErrorCode::ServiceUnavailable => tracing::warn!(error = %self, "the request can not be done now"),
            _ => tracing::debug!(error.code = code.as_str(), "the request was refused"),
        }
        let body = Json(ErrorBody::new(code, self.message(code)));
        let mut response = (self.status(), body).into_response();
        if matches!(code, ErrorCode::ServiceUnavailable | ErrorCode::RateLimitExceeded) {
            response
                .headers_mut()
                .insert(RETRY_AFTER, HeaderValue::from_static(RETRY_AFTER_SECONDS));
        }
        if let Self::Limited(excess) = &self {
            excess.tell(response.headers_mut());
        }
        response
    }
}
