use std::{borrow::Cow, error::Error, io};

use mtchat_storage::StorageError;

use crate::parts::Blame;

/// Why the database did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Trouble {
    pub(crate) blame: Blame,
    /// For logs and the status; quotes nothing that people wrote.
    pub(crate) plain: String,
    /// All that is known, for a dead letter.
    pub(crate) reason: String,
}

impl Trouble {
    /// Judge an error of the database.
    pub(crate) fn of(error: &StorageError) -> Self {
        let reason = error.to_string();
        let code = code(error);
        let blame = match error {
            StorageError::Corrupt { .. } => Blame::Facts,
            StorageError::Database(_) => code.as_deref().map_or(Blame::Facts, blame),
            StorageError::Migrate(_) => Blame::Elsewhere,
            StorageError::Unavailable(_) if is_late(error) => Blame::Size,
            StorageError::Unavailable(_) => code.as_deref().map_or(Blame::Elsewhere, blame),
        };
        // What is wrong with a fact is told with the fact's own values.
        let plain = match (blame, code) {
            (Blame::Elsewhere | Blame::Size, _) => reason.clone(),
            (Blame::Facts, Some(code)) => format!("the database refuses a fact (SQLSTATE {code})"),
            (Blame::Facts, None) => "the database can not take a fact".to_owned(),
        };
        Self { blame, plain, reason }
    }

    /// Applying it panicked.
    pub(crate) fn panicked() -> Self {
        let reason = "applying it panicked".to_owned();
        Self {
            blame: Blame::Facts,
            plain: reason.clone(),
            reason,
        }
    }
}

/// What Postgres calls it.
fn code(error: &StorageError) -> Option<Cow<'_, str>> {
    match error {
        StorageError::Database(source) | StorageError::Unavailable(source) => {
            source.as_database_error()?.code()
        }
        StorageError::Corrupt { .. } | StorageError::Migrate(_) => None,
    }
}

/// Whether a deadline of our own came first.
fn is_late(error: &StorageError) -> bool {
    let mut cause = error.source();
    while let Some(present) = cause {
        let io = present.downcast_ref::<io::Error>();
        if io.is_some_and(|error| error.kind() == io::ErrorKind::TimedOut) {
            return true;
        }
        cause = present.source();
    }
    false
}

/// Who is to blame for an SQLSTATE. A class that is not listed speaks of the data (22, 23, 54, ...) or is unknown; then the
/// facts are suspected, and only one that fails alone, three times, is put aside.
fn blame(code: &str) -> Blame {
    match code {
        // A statement was cancelled: its timeout.
        "57014" => Blame::Size,
        _ => match code.get(..2) {
            // A prepared statement that a migration made obsolete, connection, transaction state (read-only after a failover,
            // a snapshot too old), authorisation, deadlock and serialization, missing tables and rights (a migration is
            // pending), resources, locks, an operator's hand, the machine, configuration.
            Some(
                "0A" | "08" | "25" | "26" | "28" | "3D" | "3F" | "40" | "42" | "53" | "55" | "57" | "58"
                | "72" | "F0",
            ) => Blame::Elsewhere,
            _ => Blame::Facts,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fact_is_blamed_for_its_data_only() {
        for (code, expected) in [
            ("22021", Blame::Facts),
            ("22P02", Blame::Facts),
            ("23505", Blame::Facts),
            ("54000", Blame::Facts),
            ("P0001", Blame::Facts),
            ("XX000", Blame::Facts),
            ("57014", Blame::Size),
            ("25006", Blame::Elsewhere),
            ("40001", Blame::Elsewhere),
            ("40P01", Blame::Elsewhere),
            ("42P01", Blame::Elsewhere),
            ("53100", Blame::Elsewhere),
            ("55P03", Blame::Elsewhere),
            ("57P01", Blame::Elsewhere),
        ] {
            assert_eq!(blame(code), expected, "{code}");
        }
    }
}
