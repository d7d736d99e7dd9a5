use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};

/// The store did not do it.
///
/// Holds neither what the store printed nor what was asked: both may quote signatures.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// The object is another one by now.
    #[error("the file has changed")]
    Changed,
    /// There is no such object, or no such upload.
    #[error("there is no such file")]
    Missing,
    /// The store says no, and will say it again: credentials, rights, the bucket, the request itself.
    #[error("the file store refused: {0}")]
    Refused(String),
    /// The object is longer than the caller takes.
    #[error("the file is too large")]
    TooLarge,
    /// The store is away or overloaded; the same call may succeed later.
    #[error("the file store is not available: {0}")]
    Unavailable(String),
}

impl FileError {
    /// Whether the same call may succeed later.
    pub fn may_retry(&self) -> bool {
        matches!(self, Self::Unavailable(_))
    }

    pub(crate) fn unavailable(reason: &str) -> Self {
        Self::Unavailable(reason.to_owned())
    }

    /// The request could not even be made: a key or a type that no header takes.
    pub(crate) fn unusable_request() -> Self {
        Self::Refused("InvalidRequest".to_owned())
    }

    /// What the store said: a status, and the code of its error document, which answers to HEAD do not have.
    pub(crate) fn said(status: u16, code: Option<&str>) -> Self {
        match code {
            Some("NoSuchKey" | "NoSuchUpload" | "NotFound") => return Self::Missing,
            Some("PreconditionFailed") => return Self::Changed,
            _ => {}
        }
        let word = match code {
            // What is told on is a word, whatever the store made of it.
            Some(code) if is_word(code) => code.to_owned(),
            _ => format!("HTTP {status}"),
        };
        match (status, code) {
            (404, None) => Self::Missing,
            (412, _) => Self::Changed,
            // Nobody will have implemented it in a minute.
            (501 | 505, _) => Self::Refused(word),
            (408 | 429 | 500.., _) => Self::Unavailable(word),
            (_, Some(code)) if is_passing(code) => Self::Unavailable(word),
            _ => Self::Refused(word),
        }
    }

    pub(crate) fn outcome(&self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::Missing => "missing",
            Self::Refused(_) => "refused",
            Self::TooLarge => "too_large",
            Self::Unavailable(_) => "unavailable",
        }
    }
}

impl<E: ProvideErrorMetadata> From<SdkError<E>> for FileError {
    fn from(error: SdkError<E>) -> Self {
        match &error {
            SdkError::ConstructionFailure(_) => Self::unusable_request(),
            SdkError::DispatchFailure(failure) if failure.is_user() => Self::unusable_request(),
            SdkError::DispatchFailure(failure) if failure.is_timeout() => {
                Self::unavailable("no connection in time")
            }
            SdkError::ServiceError(failure) => {
                Self::said(failure.raw().status().as_u16(), failure.err().code())
            }
            SdkError::TimeoutError(_) => Self::unavailable("no answer in time"),
            SdkError::DispatchFailure(_) => Self::unavailable("no connection"),
            // The enum is not exhaustive.
            _ => Self::unavailable("an answer that can not be read"),
        }
    }
}

/// Codes of states that pass by themselves, where their status does not say it.
fn is_passing(code: &str) -> bool {
    matches!(
        code,
        "ConditionalRequestConflict"
            | "InternalError"
            | "OperationAborted"
            | "RequestTimeout"
            | "ServiceUnavailable"
            | "SlowDown"
    )
}

fn is_word(code: &str) -> bool {
    (1..=64).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_passes_by_itself_may_be_tried_again() {
        for (status, code) in [
            (500, None),
            (503, Some("SlowDown")),
            (502, None),
            (429, None),
            (400, Some("RequestTimeout")),
            (409, Some("OperationAborted")),
        ] {
            assert!(FileError::said(status, code).may_retry(), "{status} {code:?}");
        }
        for (status, code) in [
            (403, None),
            (403, Some("SignatureDoesNotMatch")),
            (404, Some("NoSuchBucket")),
            (400, Some("InvalidPart")),
            (501, Some("NotImplemented")),
        ] {
            let error = FileError::said(status, code);
            assert!(
                matches!(error, FileError::Refused(_)) && !error.may_retry(),
                "{error}"
            );
        }
    }

    #[test]
    fn missing_and_changed_are_told_apart() {
        assert_eq!(FileError::said(404, None), FileError::Missing);
        assert_eq!(FileError::said(404, Some("NoSuchKey")), FileError::Missing);
        assert_eq!(FileError::said(404, Some("NoSuchUpload")), FileError::Missing);
        assert_eq!(FileError::said(412, None), FileError::Changed);
        assert_eq!(
            FileError::said(412, Some("PreconditionFailed")),
            FileError::Changed
        );
    }

    #[test]
    fn only_words_are_told_on() {
        let refused = |word: &str| FileError::Refused(word.to_owned());
        assert_eq!(
            FileError::said(403, Some("AccessDenied")),
            refused("AccessDenied")
        );
        assert_eq!(FileError::said(403, Some("key=secret&x")), refused("HTTP 403"));
        assert_eq!(FileError::said(403, Some(&"a".repeat(65))), refused("HTTP 403"));
    }
}
