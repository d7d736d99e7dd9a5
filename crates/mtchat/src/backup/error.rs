use std::{io, path::PathBuf};

/// A backup can not be made or brought back.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BackupError {
    /// What came out of it is not what went in.
    #[error(
        "what was restored is not what was backed up: {0}. Nothing should be started on it: see docs/operations/backup.md"
    )]
    Differs(String),
    /// The directory holds something already.
    #[error("{} is not empty: choose another directory", .0.display())]
    DirectoryInUse(PathBuf),
    /// A file is not as the manifest says.
    #[error("{} is damaged: {reason}", .file.display())]
    Damaged {
        /// Which.
        file: PathBuf,
        /// In which way.
        reason: String,
    },
    /// The target holds something already.
    #[error("the target is not empty: {0}. `--replace` deletes that first")]
    InUse(String),
    /// A file can not be worked with.
    #[error("can not {action} {}: {source}", .path.display())]
    Io {
        /// What was tried, as a verb.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
    /// The log does not reach as far as the database: it lost its tail before.
    #[error(
        "the log ends at {log_end}, and the database is at {projected}: start a worker, which mends that, and try again"
    )]
    LogBehind {
        /// Where the log ends.
        log_end: u64,
        /// What is projected.
        projected: u64,
    },
    /// It was made by a later version, or is no manifest.
    #[error("{}: {reason}", .file.display())]
    Manifest {
        /// Which file.
        file: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// `pg_dump` or `pg_restore` is not there.
    #[error(
        "{0} is not on PATH: install the client programs of Postgres, or set POSTGRES_BIN_DIR to where they are"
    )]
    NoProgram(&'static str),
    /// There is nothing to back up.
    #[error("there is nothing to back up: {0}")]
    Nothing(String),
    /// `pg_dump` or `pg_restore` did not do it.
    #[error("{program} ended with {status}:\n{said}")]
    Program {
        /// Which.
        program: &'static str,
        /// How it ended.
        status: String,
        /// The end of what it said.
        said: String,
    },
    /// Edges or workers are at work on the target.
    #[error(
        "{0} readers follow the log on the target: stop all edges and workers first; of one that was killed they linger for half a minute"
    )]
    Running(usize),
}

impl BackupError {
    pub(super) fn io(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { action, path, source }
    }
}
