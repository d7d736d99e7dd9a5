use std::ops::Deref;

use sqlx::{Row, postgres::PgRow};

use crate::StorageError;

/// What was read, and how far the log was stored at that very moment: everything up to there is in it, and nothing from behind it.
#[derive(Debug, Clone, PartialEq)]
pub struct AsOf<T> {
    /// The place in the log.
    pub log_seq: u64,
    /// What was read.
    pub value: T,
}

/// The column that says so; in the statement that reads, so that one snapshot serves both.
macro_rules! stored_to {
    () => {
        "(SELECT log_seq FROM projection WHERE shard = 0) AS stored_to"
    };
}
pub(crate) use stored_to;

/// What stands in that column.
pub(crate) fn log_seq_of(row: &PgRow) -> Result<u64, StorageError> {
    let stored = row.try_get::<Option<i64>, _>("stored_to")?;
    Ok(stored.and_then(|stored| u64::try_from(stored).ok()).unwrap_or(0))
}

impl<T> Deref for AsOf<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}
