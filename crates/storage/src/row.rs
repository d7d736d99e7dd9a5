//! Columns to types and back.

use std::borrow::Cow;

use mtchat_protocol::{Invalid, NotificationLevel, Timestamp};
use sqlx::{Row, postgres::PgRow};
use time::OffsetDateTime;

use crate::StorageError;

/// A sequence or a count as Postgres keeps it. Numbers beyond its range do not occur; they saturate, so that they can not fail
/// a batch.
pub(crate) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Text as Postgres can keep it: without NUL, which must not fail a batch either.
pub(crate) fn storable(text: &str) -> Cow<'_, str> {
    if text.as_bytes().contains(&0) {
        Cow::Owned(text.replace('\0', "\u{fffd}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// A sequence or a count.
pub(crate) fn number(row: &PgRow, column: &'static str) -> Result<u64, StorageError> {
    Ok(u64::try_from(row.try_get::<i64, _>(column)?).unwrap_or_default())
}

/// A moment.
pub(crate) fn moment(row: &PgRow, column: &'static str) -> Result<Timestamp, StorageError> {
    Ok(Timestamp::from_offset(row.try_get::<OffsetDateTime, _>(column)?))
}

/// A moment that may be missing.
pub(crate) fn optional_moment(row: &PgRow, column: &'static str) -> Result<Option<Timestamp>, StorageError> {
    Ok(row
        .try_get::<Option<OffsetDateTime>, _>(column)?
        .map(Timestamp::from_offset))
}

/// A text with limits.
pub(crate) fn text<T>(
    row: &PgRow,
    column: &'static str,
    new: impl Fn(&str) -> Result<T, Invalid>,
) -> Result<T, StorageError> {
    sound(column, new(row.try_get::<&str, _>(column)?))
}

/// A text with limits that may be missing.
pub(crate) fn optional_text<T>(
    row: &PgRow,
    column: &'static str,
    new: impl Fn(&str) -> Result<T, Invalid>,
) -> Result<Option<T>, StorageError> {
    let text = row.try_get::<Option<&str>, _>(column)?;
    text.map(|text| sound(column, new(text))).transpose()
}

/// The level in the columns `notifications` and `mentions_only`; `None` where there is no participant.
pub(crate) fn level(row: &PgRow) -> Result<Option<NotificationLevel>, StorageError> {
    let enabled: Option<bool> = row.try_get("notifications")?;
    let mentions: Option<bool> = row.try_get("mentions_only")?;
    Ok(enabled.zip(mentions).map(|(enabled, mentions)| {
        NotificationLevel::of(enabled, mentions.then_some(NotificationLevel::Mentions))
    }))
}

/// A value that a constructor took, or the fault of the row.
pub(crate) fn sound<T>(what: &'static str, value: Result<T, Invalid>) -> Result<T, StorageError> {
    value.map_err(|source| StorageError::Corrupt { what, source })
}
