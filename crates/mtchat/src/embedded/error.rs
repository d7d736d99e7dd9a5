//! What can go wrong with an embedded server, in words for the person at the terminal.

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::time::Duration;

/// Why an embedded server could not be located, started or kept running.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EmbeddedError {
    /// The data directory belongs to another running process.
    #[error("{} is in use by another running mtchat: stop that one first, or choose another directory", .0.display())]
    Busy(PathBuf),
    /// The server ended before it was ready.
    #[error("{server} ended at once ({status}); the end of {}:\n{tail}", .log.display())]
    EndedAtStart {
        /// Which server.
        server: &'static str,
        /// How it ended.
        status: ExitStatus,
        /// Its log file.
        log: PathBuf,
        /// The last lines of the log.
        tail: String,
    },
    /// The server died again and again.
    #[error("{server} ended {deaths} times within {}s and is not restarted any more (last: {status})", .within.as_secs())]
    GaveUp {
        /// Which server.
        server: &'static str,
        /// How often it ended.
        deaths: usize,
        /// In which time.
        within: Duration,
        /// How it ended the last time.
        status: ExitStatus,
    },
    /// A file, directory or process could not be worked with.
    #[error("cannot {action} {}: {source}", .path.display())]
    Io {
        /// What was tried, as a verb.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
    /// The program is not on this machine.
    #[error("{program} was not found ({looked}): run `make tools` to fetch it, or set {variable}")]
    Missing {
        /// Which program.
        program: &'static str,
        /// Where it was looked for.
        looked: String,
        /// The environment variable that names it.
        variable: &'static str,
    },
    /// No free loopback port was found.
    #[error("no free port was found on 127.0.0.1 after {0} tries")]
    NoPort(u32),
    /// The server was not ready in time.
    #[error("{server} was not ready after {}s ({waiting_for}); the end of {}:\n{tail}", .after.as_secs(), .log.display())]
    NotReady {
        /// Which server.
        server: &'static str,
        /// What had not happened yet.
        waiting_for: &'static str,
        /// How long we waited.
        after: Duration,
        /// Its log file.
        log: PathBuf,
        /// The last lines of the log.
        tail: String,
    },
    /// The program is too old.
    #[error("{program} at {} is version {found}, but {wanted} or newer is needed: run `make tools`", .path.display())]
    Outdated {
        /// Which program.
        program: &'static str,
        /// Where it is.
        path: PathBuf,
        /// The version it reports.
        found: String,
        /// The oldest version that works.
        wanted: &'static str,
    },
    /// A server of an earlier run does not end.
    #[error("process {pid}, left on {} by an earlier run, does not end", .path.display())]
    StillRunning {
        /// The process.
        pid: i32,
        /// What it works on.
        path: PathBuf,
    },
    /// A preparing program reported a failure.
    #[error("{program} failed ({status}):\n{output}")]
    ToolFailed {
        /// Which program.
        program: &'static str,
        /// How it ended.
        status: ExitStatus,
        /// What it printed.
        output: String,
    },
    /// A preparing program took too long.
    #[error("{program} did not finish within {}s", .after.as_secs())]
    ToolTimeout {
        /// Which program.
        program: &'static str,
        /// How long it had.
        after: Duration,
    },
    /// A data directory was made by another major version of Postgres.
    #[error(
        "{} was made by Postgres {made_by}, but {} is version {found}: install Postgres {made_by} and set \
         POSTGRES_BIN_DIR, or choose another directory",
        .directory.display(), .binaries.display()
    )]
    OtherMajor {
        /// The data directory.
        directory: PathBuf,
        /// The major version that made it.
        made_by: String,
        /// The directory of the binaries found.
        binaries: PathBuf,
        /// Their major version.
        found: u32,
    },
    /// We are root and there is no other user to run Postgres as.
    #[error(
        "Postgres refuses to run as root and this machine has neither a user `postgres` nor a user `nobody`: \
         start as an ordinary user"
    )]
    NoUser,
    /// The unprivileged user may not run the binaries.
    #[error(
        "the user `{user}` may not run {}: move it to a directory that everybody may enter, or set POSTGRES_BIN_DIR",
        .path.display()
    )]
    NotExecutable {
        /// The user that Postgres runs as.
        user: String,
        /// The program.
        path: PathBuf,
    },
}

impl EmbeddedError {
    /// Wraps an IO error with what was tried on which path.
    pub(super) fn io<'path>(
        action: &'static str,
        path: &'path Path,
    ) -> impl FnOnce(io::Error) -> Self + use<'path> {
        move |source| Self::Io {
            action,
            path: path.to_owned(),
            source,
        }
    }
}
