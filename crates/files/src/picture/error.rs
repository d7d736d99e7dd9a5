use std::io;

/// Why there is no thumbnail.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PictureError {
    /// The file is damaged, or is made so that it can not be read.
    #[error("the picture is broken")]
    Broken,
    /// No place became free in time.
    #[error("too many pictures are being worked on")]
    Busy,
    /// The process that does the work could not be started.
    #[error("the process for pictures does not start: {0}")]
    Child(#[source] io::Error),
    /// The process ended without an answer: it wanted more memory or time than it may have, or something ended it.
    #[error("the process for pictures ended without an answer")]
    Killed,
    /// The work was not done in time.
    #[error("the picture took too long")]
    Timeout,
    /// More pixels than are decoded, or more memory for them.
    #[error("{pixels} pixels are too many")]
    TooLarge {
        /// Width by height, as the file claims.
        pixels: u64,
    },
    /// More bytes than are read.
    #[error("{bytes} bytes are too many")]
    TooLong {
        /// At least so many there are.
        bytes: u64,
    },
    /// Not a picture, or of a kind that is not decoded.
    #[error("this is no picture of a known kind")]
    Unsupported,
}

impl PictureError {
    /// Whether the same picture may succeed later. Another try at one that took all of its time would only take it again.
    pub fn may_retry(&self) -> bool {
        matches!(self, Self::Busy | Self::Child(_))
    }

    /// The outcome's name in metrics.
    pub(super) fn as_str(&self) -> &'static str {
        match self {
            Self::Broken => "broken",
            Self::Busy => "busy",
            Self::Child(_) => "no_child",
            Self::Killed => "killed",
            Self::Timeout => "timeout",
            Self::TooLarge { .. } => "too_large",
            Self::TooLong { .. } => "too_long",
            Self::Unsupported => "unsupported",
        }
    }
}
