use std::fmt;

/// A value that breaks a limit or a field rule; answered as `INVALID_INPUT`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field} {reason}")]
pub struct Invalid {
    /// The field in the words of the wire, `display_name`.
    pub field: &'static str,
    /// What is wrong with it.
    pub reason: Reason,
}

/// Why a value was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// A required value is empty or only white space.
    Blank,
    /// A character that may not stand here.
    Character,
    /// The same thing was given twice.
    Duplicate,
    /// Not of the form that the field needs.
    Malformed(&'static str),
    /// Longer than the limit, in characters (or entries, for lists).
    TooLong(usize),
}

impl Invalid {
    /// A refusal of `field`.
    pub fn new(field: &'static str, reason: Reason) -> Self {
        Self { field, reason }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Blank => write!(f, "must not be empty"),
            Self::Character => write!(f, "contains a character that is not allowed"),
            Self::Duplicate => write!(f, "is given twice"),
            Self::Malformed(expected) => write!(f, "must be {expected}"),
            Self::TooLong(limit) => write!(f, "is longer than {limit}"),
        }
    }
}

/// Refuse text that is longer than `limit` code points or holds NUL, which Postgres cannot store.
pub(crate) fn check_text(field: &'static str, text: &str, limit: usize) -> Result<(), Invalid> {
    // Bytes bound code points from above, so the usual short text is never counted.
    if text.len() > limit && text.chars().count() > limit {
        return Err(Invalid::new(field, Reason::TooLong(limit)));
    }
    if text.as_bytes().contains(&0) {
        return Err(Invalid::new(field, Reason::Character));
    }
    Ok(())
}
