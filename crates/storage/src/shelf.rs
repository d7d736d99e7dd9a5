use mtchat_protocol::{AppId, DialogId, DialogItemView, ShardId, Timestamp, UserId};
use sqlx::Row;
use uuid::Uuid;

use crate::{
    AsOf, Storage, StorageError,
    as_of::{log_seq_of, stored_to},
    dialog::dialog_columns,
    dialog_item::{item_columns, item_joins, listed},
    member::people,
    participant::{is_archived, unread},
    row::{moment, number},
};

/// What decides where a dialog stands in a user's list, and what it adds to the total of unread messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShelfEntry {
    /// The dialog.
    pub dialog: DialogId,
    /// The last message, else the creation.
    pub active_at: Timestamp,
    /// The user has pinned it.
    pub pinned: bool,
    /// The user has archived it.
    pub archived: bool,
    /// Messages that the user has not read.
    pub unread: u64,
}

/// Entries of a user's list, and how far the log was stored when they were read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShelfAnswer {
    /// Everything up to here is in it.
    pub log_seq: u64,
    /// The dialogs that were asked for and that the user takes part in.
    pub entries: Vec<ShelfEntry>,
}

/// Of these dialogs, `x`, those that a user takes part in, each looked up by itself: the planner would read all that the user has for
/// each of them.
macro_rules! mine {
    ($dialogs:literal, $app:literal, $user:literal) => {
        concat!(
            $dialogs,
            " JOIN LATERAL (
        SELECT * FROM participants p WHERE p.app = ",
            $app,
            " AND p.dialog = x.dialog AND p.user_id = ",
            $user,
            " AND p.present LIMIT 1
    ) p ON true"
        )
    };
}

macro_rules! entries {
    ($from:expr) => {
        concat!(
            "SELECT (SELECT log_seq FROM projection WHERE shard = $1) AS log_seq, e.* FROM (VALUES (1)) one LEFT JOIN (
    SELECT p.dialog, p.pinned, d.active_at, ",
            is_archived!(),
            " AS archived, CASE WHEN d.count > p.read_count THEN ",
            unread!(),
            " ELSE 0 END AS unread
    FROM ",
            $from,
            " JOIN dialogs d ON d.app = p.app AND d.id = p.dialog AND NOT d.deleted
    WHERE p.app = $2 AND p.user_id = $3 AND p.present
) e ON true"
        )
    };
}

const ALL: &str = entries!("participants p");
const SOME: &str = entries!(mine!("unnest($4::uuid[]) x (dialog)", "$2", "$3"));

const ITEMS: &str = concat!(
    "SELECT ",
    stored_to!(),
    ", ",
    item_columns!(),
    " FROM ",
    mine!("unnest($3::uuid[]) WITH ORDINALITY x (dialog, place)", "$1", "$2"),
    "
    JOIN dialogs d ON d.app = $1 AND d.id = x.dialog AND NOT d.deleted",
    item_joins!(),
    "ORDER BY x.place"
);

impl Storage {
    /// Where a user's dialogs stand in their list: these dialogs, or all.
    pub async fn shelf_entries(
        &self,
        shard: ShardId,
        app: &AppId,
        user: &UserId,
        dialogs: Option<&[DialogId]>,
    ) -> Result<ShelfAnswer, StorageError> {
        let query = sqlx::query(if dialogs.is_some() { SOME } else { ALL })
            .bind(i32::from(shard.0))
            .bind(app.as_str())
            .bind(user.as_str());
        let query = match dialogs {
            Some(dialogs) => query.bind(dialogs.iter().map(|dialog| dialog.0).collect::<Vec<_>>()),
            None => query,
        };
        let rows = self.rows(app, query).await?;
        let log_seq = match rows.first() {
            Some(row) => u64::try_from(row.try_get::<Option<i64>, _>("log_seq")?.unwrap_or(0)).unwrap_or(0),
            None => 0,
        };
        let mut entries = Vec::with_capacity(rows.len());
        for row in &rows {
            let Some(dialog) = row.try_get::<Option<Uuid>, _>("dialog")? else {
                continue;
            };
            entries.push(ShelfEntry {
                dialog: DialogId(dialog),
                active_at: moment(row, "active_at")?,
                pinned: row.try_get("pinned")?,
                archived: row.try_get("archived")?,
                unread: number(row, "unread")?,
            });
        }
        Ok(ShelfAnswer { log_seq, entries })
    }

    /// These dialogs as a list shows them to somebody who takes part in them, in this order; those that they do not take part in are
    /// left out. `None`: none is left.
    pub async fn dialog_items(
        &self,
        app: &AppId,
        user: &UserId,
        dialogs: &[DialogId],
    ) -> Result<Option<AsOf<Vec<DialogItemView>>>, StorageError> {
        let dialogs: Vec<Uuid> = dialogs.iter().map(|dialog| dialog.0).collect();
        let rows = self
            .rows(
                app,
                sqlx::query(ITEMS)
                    .bind(app.as_str())
                    .bind(user.as_str())
                    .bind(dialogs),
            )
            .await?;
        let Some(first) = rows.first() else {
            return Ok(None);
        };
        Ok(Some(AsOf {
            log_seq: log_seq_of(first)?,
            value: rows.iter().map(listed).collect::<Result<_, _>>()?,
        }))
    }
}
