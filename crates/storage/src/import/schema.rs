//! Whether the other database is one that can be read, and how much there is.

use std::collections::HashSet;

use sqlx::{PgConnection, Row};

use crate::{StorageError, row::number};

/// What must be there, by table.
const NEEDED: [(&str, &[&str]); 6] = [
    (
        "dialogs",
        &[
            "id",
            "object_id",
            "object_type",
            "title",
            "created_by",
            "created_at",
        ],
    ),
    (
        "dialog_participants",
        &[
            "user_id",
            "dialog_id",
            "last_read_message_id",
            "joined_at",
            "joined_as",
            "notifications_enabled",
            "unread_count",
            "display_name",
            "company",
            "email",
            "phone",
            "is_archived",
            "is_pinned",
        ],
    ),
    (
        "dialog_access_scopes",
        &["id", "dialog_id", "scope_level1", "scope_level2", "created_at"],
    ),
    (
        "messages",
        &[
            "id",
            "dialog_id",
            "sender_id",
            "content",
            "sent_at",
            "last_edited_at",
            "reply_to_id",
            "message_type",
        ],
    ),
    (
        "message_edit_history",
        &["id", "message_id", "old_content", "edited_at"],
    ),
    (
        "attachments",
        &[
            "id",
            "message_id",
            "filename",
            "content_type",
            "size",
            "s3_key",
            "created_at",
            "width",
            "height",
            "thumbnail_s3_key",
        ],
    ),
];

const COLUMNS: &str =
    "SELECT table_name::text AS name, column_name::text AS part FROM information_schema.columns
    WHERE table_schema = current_schema()";

const COUNTS: &str = "SELECT (SELECT count(*) FROM dialogs) AS dialogs,
    (SELECT count(*) FROM dialog_access_scopes) AS rules,
    (SELECT count(*) FROM dialog_participants) AS participants,
    (SELECT coalesce(sum(unread_count), 0)::bigint FROM dialog_participants) AS unread,
    (SELECT count(*) FROM messages) AS messages,
    (SELECT count(*) FROM message_edit_history) AS versions,
    (SELECT count(*) FROM attachments) AS attachments,
    (SELECT coalesce(sum(size), 0)::bigint FROM attachments) AS bytes";

/// The other database can not be read.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// It has not the tables that are read, or not all of their columns.
    #[error("it has not the schema that can be imported; missing: {}", .0.join(", "))]
    Schema(Vec<String>),
    /// It does not answer, or refused.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl From<sqlx::Error> for SourceError {
    fn from(error: sqlx::Error) -> Self {
        Self::Storage(error.into())
    }
}

/// How much the other database holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SourceCounts {
    /// Dialogs.
    pub dialogs: u64,
    /// Rules of who may join.
    pub rules: u64,
    /// People in dialogs.
    pub participants: u64,
    /// All their counters of unread messages together.
    pub unread: u64,
    /// Messages, those of the dialogs themselves included.
    pub messages: u64,
    /// Earlier contents of messages.
    pub versions: u64,
    /// Files of messages.
    pub attachments: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// What may be missing, as it is asked for: younger columns, and what stood in their place before.
#[derive(Debug, Clone)]
pub(super) struct Younger {
    pub(super) object_url: &'static str,
    pub(super) meta: &'static str,
    pub(super) level0: &'static str,
}

/// Look for the columns; everything that is missing is told at once.
pub(super) async fn check(connection: &mut PgConnection) -> Result<Younger, SourceError> {
    let mut there: HashSet<(String, String)> = HashSet::new();
    for row in sqlx::query(COLUMNS).fetch_all(connection).await? {
        there.insert((row.try_get("name")?, row.try_get("part")?));
    }
    let has = |table: &str, column: &str| there.contains(&(table.to_owned(), column.to_owned()));
    let mut missing = Vec::new();
    for (table, columns) in NEEDED {
        if there.iter().any(|(name, _)| name == table) {
            let absent = columns.iter().filter(|column| !has(table, column));
            missing.extend(absent.map(|column| format!("{table}.{column}")));
        } else {
            missing.push(format!("the table {table}"));
        }
    }
    let level0 = if has("dialog_access_scopes", "scope_level0") {
        Some("s.scope_level0::text[]")
    } else if has("dialog_access_scopes", "tenant_uid") {
        Some("array_remove(ARRAY[s.tenant_uid::text], NULL)")
    } else {
        None
    };
    if level0.is_none() && there.iter().any(|(name, _)| name == "dialog_access_scopes") {
        missing.push("dialog_access_scopes.scope_level0 (or tenant_uid)".to_owned());
    }
    let Some(level0) = level0.filter(|_| missing.is_empty()) else {
        return Err(SourceError::Schema(missing));
    };
    let or_null = |column, asked: &'static str| {
        if has("dialogs", column) {
            asked
        } else {
            "NULL::text"
        }
    };
    Ok(Younger {
        object_url: or_null("object_url", "d.object_url::text"),
        meta: or_null("meta", "d.meta::text"),
        level0,
    })
}

pub(super) async fn counts(connection: &mut PgConnection) -> Result<SourceCounts, SourceError> {
    let row = sqlx::query(COUNTS).fetch_one(connection).await?;
    Ok(SourceCounts {
        dialogs: number(&row, "dialogs")?,
        rules: number(&row, "rules")?,
        participants: number(&row, "participants")?,
        unread: number(&row, "unread")?,
        messages: number(&row, "messages")?,
        versions: number(&row, "versions")?,
        attachments: number(&row, "attachments")?,
        bytes: number(&row, "bytes")?,
    })
}
