use mtchat_nats::{AppendError, LiveError, ReadError};
use mtchat_storage::StorageError;

/// Why a role left its work; it never ends by itself.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Departure {
    /// It can not go on at the moment.
    #[error(transparent)]
    Failed(#[from] RoleError),
    /// Somebody else does the same work: their write came first.
    #[error("somebody else is active in this role")]
    Fenced,
    /// What the work was built on has changed; it begins by looking again.
    #[error("it has to look again: {0}")]
    LookAgain(&'static str),
    /// Told to stop, or the lease is lost.
    #[error("it was told to stop")]
    Over,
}

/// What a role can not work without.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RoleError {
    /// Appending to the log.
    #[error(transparent)]
    Append(AppendError),
    /// The database.
    #[error(transparent)]
    Database(StorageError),
    /// The live path.
    #[error(transparent)]
    Live(LiveError),
    /// A defect of the role itself.
    #[error("the role panicked")]
    Panicked,
    /// The log.
    #[error(transparent)]
    Read(ReadError),
}

impl From<ReadError> for Departure {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::TailLost { .. } => Self::LookAgain("the log ends before the position"),
            ReadError::Epoch(_) | ReadError::Unavailable(_) => Self::Failed(RoleError::Read(error)),
        }
    }
}

impl From<LiveError> for Departure {
    fn from(error: LiveError) -> Self {
        match error {
            LiveError::Fenced => Self::Fenced,
            LiveError::Read(error) => error.into(),
            LiveError::Stream(_) | LiveError::Unavailable(_) => Self::Failed(RoleError::Live(error)),
        }
    }
}

impl From<AppendError> for Departure {
    fn from(error: AppendError) -> Self {
        Self::Failed(RoleError::Append(error))
    }
}

impl From<StorageError> for Departure {
    fn from(error: StorageError) -> Self {
        Self::Failed(RoleError::Database(error))
    }
}
