use std::io;

use mtchat_protocol::Invalid;
use sqlx::migrate::MigrateError;

/// Why the database did not answer.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// A row holds what no constructor of its type takes.
    #[error("the database holds an unusable {what}: {source}")]
    Corrupt {
        /// Which column.
        what: &'static str,
        /// What is wrong with it.
        source: Invalid,
    },
    /// The database refused, and will refuse again.
    #[error("the database refused: {0}")]
    Database(#[source] sqlx::Error),
    /// The schema could not be brought up to date.
    #[error("the migrations failed: {0}")]
    Migrate(#[source] MigrateError),
    /// The database is away, starting, stopping or overloaded; the same request may succeed later.
    #[error("the database is not available: {0}")]
    Unavailable(#[source] sqlx::Error),
}

/// Why a batch was not applied. Nothing of it was written.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// The projection is not where this projector left it: another one is at work.
    #[error("another projector moved the projection")]
    Fenced,
    /// The database did not take it.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl StorageError {
    /// Whether the same request may succeed later.
    pub fn may_retry(&self) -> bool {
        matches!(self, Self::Unavailable(_))
    }

    /// Whether the database can not take the *values*, which no repetition changes: data exceptions, broken constraints,
    /// exceeded limits of the program.
    pub(crate) fn is_about_values(&self) -> bool {
        let Self::Database(sqlx::Error::Database(error)) = self else {
            return false;
        };
        let code = error.code();
        let class = code.as_deref().and_then(|code| code.get(..2));
        matches!(class, Some("22" | "23" | "54"))
    }

    pub(crate) fn timed_out() -> Self {
        let late = io::Error::new(io::ErrorKind::TimedOut, "no answer within the deadline");
        Self::Unavailable(sqlx::Error::Io(late))
    }
}

impl From<sqlx::Error> for StorageError {
    fn from(error: sqlx::Error) -> Self {
        if is_unavailable(&error) {
            Self::Unavailable(error)
        } else {
            Self::Database(error)
        }
    }
}

impl From<sqlx::Error> for ApplyError {
    fn from(error: sqlx::Error) -> Self {
        Self::Storage(error.into())
    }
}

impl From<MigrateError> for StorageError {
    fn from(error: MigrateError) -> Self {
        match error {
            MigrateError::Execute(error) if is_unavailable(&error) => Self::Unavailable(error),
            error => Self::Migrate(error),
        }
    }
}

fn is_unavailable(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::BeginFailed
        | sqlx::Error::Io(_)
        | sqlx::Error::PoolClosed
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::Protocol(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::WorkerCrashed => true,
        sqlx::Error::Database(error) => error.code().is_some_and(|code| is_passing(&code)),
        _ => false,
    }
}

/// States that pass by themselves: a lost connection, a deadlock, a full server, a shutdown, a statement that took too long,
/// a transaction in which we hung, and a primary that has become a standby.
fn is_passing(code: &str) -> bool {
    let class = code.get(..2).unwrap_or_default();
    matches!(class, "08" | "40" | "53" | "57") || matches!(code, "25006" | "25P03" | "55P03")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_passes_by_itself_may_be_tried_again() {
        for code in [
            "57P01", "57P03", "57014", "08006", "53300", "40P01", "25006", "25P03",
        ] {
            assert!(is_passing(code), "{code}");
        }
        for code in ["23505", "42P01", "22021", "28P01", ""] {
            assert!(!is_passing(code), "{code}");
        }
        assert!(StorageError::from(sqlx::Error::PoolTimedOut).may_retry());
        assert!(StorageError::timed_out().may_retry());
        assert!(!StorageError::from(sqlx::Error::RowNotFound).may_retry());
    }
}
