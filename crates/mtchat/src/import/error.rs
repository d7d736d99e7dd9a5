use mtchat_files::{FileError, FileOptionsError};
use mtchat_protocol::AppId;
use mtchat_storage::{SourceError, StorageError};

/// An import can not go on. What was brought so far stays, and the next import goes on behind it.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// Another import of this app is at work (75).
    #[error("another import into app `{0}` is at work")]
    AtWork(AppId),
    /// The address of the other database is no address (64).
    #[error("--from is no address of a Postgres: it must begin with postgres://")]
    Address,
    /// The store of files did not do it (69).
    #[error("{place} store of files: {source}. What was brought so far stays: run the import again")]
    Files {
        /// Whose.
        place: &'static str,
        /// Why not.
        source: FileError,
    },
    /// The store of files can not be used as it is configured (78).
    #[error("{place} store of files: {source}")]
    FileOptions {
        /// Whose.
        place: &'static str,
        /// Why not.
        source: FileOptionsError,
    },
    /// There are files, and nothing was said of them (64).
    #[error(
        "the other database has {0} files: say `--files copy` to copy them into our store of files, or `--files keep` if they \
         already lie in its bucket"
    )]
    FilesWanted(u64),
    /// Our own store of files is not configured (78).
    #[error(
        "--files needs our own store of files: set S3_ENDPOINT, S3_BUCKET, S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY"
    )]
    NoStore,
    /// Our own tables are not up to date (78).
    #[error("our own tables are not up to date: run `mtchat migrate` first")]
    NotMigrated,
    /// The other bucket is our own (64).
    #[error(
        "the files lie in our own bucket already: say `--files keep`, or name the other bucket with --files-bucket"
    )]
    SameBucket,
    /// The other database can not be read (65 when it is not of a schema that can be imported, else 69).
    #[error("the other database: {0}")]
    Source(#[from] SourceError),
    /// Our own database did not do it (69).
    #[error("our own database: {0}. What was brought so far stays: run the import again")]
    Target(#[from] StorageError),
    /// There is no such app (65).
    #[error("there is no app `{0}`: make it with `mtchat app create {0}`")]
    Unknown(AppId),
}

impl ImportError {
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Address | Self::FilesWanted(_) | Self::SameBucket => 64,
            Self::Source(SourceError::Schema(_)) | Self::Unknown(_) => 65,
            Self::Files { .. } | Self::Source(SourceError::Storage(_)) | Self::Target(_) => 69,
            Self::AtWork(_) => 75,
            Self::FileOptions { .. } | Self::NoStore | Self::NotMigrated => 78,
        }
    }
}
