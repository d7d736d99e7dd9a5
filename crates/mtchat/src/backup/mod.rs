//! `mtchat backup` and `mtchat restore`: the database and the log in one directory, and back from it.
//!
//! First the database, then the log, so that the log is never behind what was projected from it: after a restore the projector finds
//! its place and goes on from there.

mod error;
mod manifest;
mod measured;
mod own;
mod postgres;
mod restore;
mod take;

use std::path::PathBuf;

use clap::Args;

pub use error::BackupError;
pub(crate) use restore::restore;
pub(crate) use take::backup;

/// What `mtchat backup` is asked for.
#[derive(Debug, Clone, Args)]
pub struct BackupArguments {
    /// The data directory of a running `mtchat up`
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Where to: a directory that is empty or not there yet
    #[arg(long, value_name = "DIR")]
    to: PathBuf,
}

/// What `mtchat restore` is asked for.
#[derive(Debug, Clone, Args)]
pub struct RestoreArguments {
    /// The data directory of an `mtchat up` that is stopped, or of one to come
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// What `mtchat backup` made
    #[arg(long, value_name = "DIR")]
    from: PathBuf,
    /// Delete what the broker and the database hold of MTChat now
    #[arg(long, conflicts_with = "check")]
    replace: bool,
    /// Only look whether the backup is whole; nothing is connected to, nothing is changed
    #[arg(long, conflicts_with = "data")]
    check: bool,
}
