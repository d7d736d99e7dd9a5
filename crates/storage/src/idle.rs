//! Dialogs in which nothing was said for long.

use mtchat_protocol::{AppId, DialogId, Timestamp};
use sqlx::{Row, postgres::PgRow};
use time::{Date, macros::date};
use uuid::Uuid;

use crate::{
    Storage, StorageError,
    row::{number, text},
};

/// A dialog in which nothing was said since a moment, and which was not archived for that yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdleDialog {
    /// Of which app.
    pub app: AppId,
    /// The dialog.
    pub dialog: DialogId,
    /// The number of its newest fact that is stored.
    pub seq: u64,
    /// How many people are in it.
    pub people: u64,
    /// Whether any of them has not archived it.
    pub in_sight: bool,
    active_on: Date,
}

/// Before anything was said.
const BEGINNING: Date = date!(0001 - 01 - 01);

/// The longest idle first, by days. Who is in them is looked up for one page only, whatever waits behind it.
const IDLE: &str = "
WITH idle AS (
    SELECT d.app, d.id, d.seq, d.count, d.active_on FROM dialogs d
    WHERE NOT d.deleted AND d.auto_archived_seq IS NULL
        AND d.active_on <= ($1::timestamptz AT TIME ZONE 'UTC')::date AND d.active_at < $1
        AND (d.active_on, d.app, d.id) > ($2::date, $3::text, $4::uuid)
    ORDER BY d.active_on, d.app, d.id
    LIMIT $5
)
SELECT i.app, i.id, i.seq, i.active_on, p.people, p.in_sight
FROM idle i
CROSS JOIN LATERAL (
    SELECT count(*) AS people,
        coalesce(bool_or(p.archived_count IS NULL OR p.archived_count < i.count), false) AS in_sight
    FROM participants p
    WHERE p.app = i.app AND p.dialog = i.id AND p.present
) p
ORDER BY i.active_on, i.app, i.id";

impl Storage {
    /// Dialogs of all apps in which nothing was said since a moment, the longest idle first, after one of them; none is the end. A
    /// dialog that was archived for that is not among them until something is said again.
    pub async fn idle_dialogs(
        &self,
        since: Timestamp,
        after: Option<&IdleDialog>,
        most: u32,
    ) -> Result<Vec<IdleDialog>, StorageError> {
        let (day, app, dialog) = after.map_or((BEGINNING, "", Uuid::nil()), |after| {
            (after.active_on, after.app.as_str(), after.dialog.0)
        });
        let query = sqlx::query(IDLE)
            .bind(since.to_offset())
            .bind(day)
            .bind(app)
            .bind(dialog)
            .bind(i64::from(most));
        let rows = self
            .bounded(async { Ok(query.fetch_all(&self.pool).await?) })
            .await?;
        rows.iter().map(read).collect()
    }
}

fn read(row: &PgRow) -> Result<IdleDialog, StorageError> {
    Ok(IdleDialog {
        app: text(row, "app", AppId::new)?,
        dialog: DialogId(row.try_get("id")?),
        seq: number(row, "seq")?,
        people: number(row, "people")?,
        in_sight: row.try_get("in_sight")?,
        active_on: row.try_get("active_on")?,
    })
}
