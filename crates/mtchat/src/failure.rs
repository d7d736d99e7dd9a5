use std::{error::Error, io, net::SocketAddr, path::PathBuf, process::ExitCode};

use mtchat_nats::{BrokerError, ReadError, SnapshotError, StreamError};
use mtchat_storage::StorageError;

use crate::{
    app::AppError, backup::BackupError, credentials::CredentialsError, embedded::EmbeddedError,
    import::ImportError, listen::ListenError, operate::OperateError, settings::SettingsError,
    token::TokenError,
};

/// Why a command could not be carried out. Each kind has its exit code, after `sysexits.h` where that has one.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Failure {
    /// An app could not be made or changed (65).
    #[error(transparent)]
    App(#[from] AppError),
    /// A backup can not be made or brought back (65; 72 when a program is missing, 74 when a file can not be worked with).
    #[error(transparent)]
    Backup(#[from] BackupError),
    /// The port can not be listened on (73).
    #[error("can not listen on {address}: {source}")]
    Bind {
        /// Where.
        address: SocketAddr,
        /// Why not.
        source: io::Error,
    },
    /// The broker can not be used (69).
    #[error("{0}. Is it running, and is NATS_URL right? `mtchat doctor` looks closer")]
    Broker(#[source] BrokerError),
    /// The credentials of a data directory can not be used (66).
    #[error(transparent)]
    Credentials(#[from] CredentialsError),
    /// The edge ended by itself (70).
    #[error("the edge ended: {0}")]
    Edge(#[source] Box<dyn Error + Send + Sync>),
    /// Our own nats-server or Postgres can not be run (72 when a program is missing or too old, else 71).
    #[error(transparent)]
    Embedded(#[from] EmbeddedError),
    /// An import can not go on (64, 65, 69, 75 or 78: each kind says).
    #[error(transparent)]
    Import(#[from] ImportError),
    /// Another `mtchat up` works in the directory (75).
    #[error("{} is in use by another mtchat (process {pid}): stop that one first, or choose another directory", .directory.display())]
    InUse {
        /// The data directory.
        directory: PathBuf,
        /// The other one's process id, as it says itself.
        pid: String,
    },
    /// A file can not be worked with (74).
    #[error("can not {action} {}: {source}", .path.display())]
    Io {
        /// What was tried, as a verb.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
    /// Listening ended badly (1, or 77 when the server refuses us).
    #[error(transparent)]
    Listen(#[from] ListenError),
    /// The log can not be read (69).
    #[error("{0}. `mtchat doctor` looks closer")]
    Log(#[from] ReadError),
    /// What an operator asked for can not be done (65).
    #[error(transparent)]
    Operate(#[from] OperateError),
    /// The configuration is wrong (78).
    #[error("{0}")]
    Settings(#[from] SettingsError),
    /// A stream can not be taken or made again (69).
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
    /// Signals of the operating system can not be received (71).
    #[error("signals can not be received: {0}")]
    Signals(#[source] io::Error),
    /// Postgres can not be used (69).
    #[error("{0}. Is Postgres running, and is DATABASE_URL right? `mtchat doctor` looks closer")]
    Storage(#[from] StorageError),
    /// The streams are not as configured (78), or JetStream does not answer (69).
    #[error("{0}")]
    Stream(#[from] StreamError),
    /// No token could be made (78).
    #[error(transparent)]
    Token(#[from] TokenError),
    /// Workers did not finish what they held (70).
    #[error("the worker ended: {0}")]
    Worker(#[source] Box<dyn Error + Send + Sync>),
}

impl Failure {
    /// The code that the process ends with.
    #[must_use]
    pub fn exit_code(&self) -> ExitCode {
        ExitCode::from(match self {
            Self::Listen(ListenError::Refused(_)) => 77,
            Self::Listen(_) => 1,
            Self::Backup(BackupError::NoProgram(_)) => 72,
            Self::Backup(BackupError::Io { .. }) => 74,
            Self::App(_) | Self::Backup(_) | Self::Operate(_) => 65,
            Self::Credentials(_) => 66,
            Self::Broker(_)
            | Self::Log(_)
            | Self::Snapshot(_)
            | Self::Storage(_)
            | Self::Stream(StreamError::JetStream { .. }) => 69,
            Self::Edge(_) | Self::Worker(_) => 70,
            Self::Embedded(EmbeddedError::Missing { .. } | EmbeddedError::Outdated { .. }) => 72,
            Self::Embedded(_) | Self::Signals(_) => 71,
            Self::Bind { .. } => 73,
            Self::Import(error) => error.exit_code(),
            Self::Io { .. } => 74,
            Self::InUse { .. } => 75,
            Self::Settings(_) | Self::Stream(StreamError::Destructive { .. }) | Self::Token(_) => 78,
        })
    }

    pub(crate) fn io(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { action, path, source }
    }
}
