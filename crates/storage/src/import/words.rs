//! The words of messages that were brought.

use mtchat_protocol::{AppId, DialogId};
use sqlx::{PgConnection, Row};
use uuid::Uuid;

use super::source::SourcePlace;
use crate::{StorageError, index};

/// As the message is now: an edit may have come since. What is indexed already was indexed by an earlier try, or after an edit.
const WORDLESS: &str = "SELECT m.dialog, m.id, greatest(m.seq, m.edit_seq) AS seq, m.sent_at, m.content
    FROM unnest($2::uuid[], $3::uuid[]) WITH ORDINALITY x (dialog, id, place)
    JOIN imported_dialogs i ON i.app = $1 AND i.dialog = x.dialog
    JOIN messages m ON m.app = $1 AND m.dialog = x.dialog AND m.id = x.id AND m.ordinal IS NOT NULL AND m.deleted_at IS NULL
    WHERE NOT EXISTS (
        SELECT FROM message_words w WHERE w.app = $1 AND w.dialog = x.dialog AND w.message = x.id
    )
    ORDER BY x.place";

pub(super) async fn index(
    connection: &mut PgConnection,
    app: &AppId,
    messages: &[SourcePlace],
) -> Result<u64, StorageError> {
    let query = columns!(sqlx::query(WORDLESS).bind(app.as_str()), messages, m => { m.0, m.1 });
    let rows = query.fetch_all(&mut *connection).await?;
    if rows.is_empty() {
        return Ok(0);
    }
    let mut words = Vec::with_capacity(rows.len());
    for row in &rows {
        let dialog = DialogId(row.try_get("dialog")?);
        words.push((
            dialog.0,
            row.try_get::<Uuid, _>("id")?,
            row.try_get::<i64, _>("seq")?,
            row.try_get::<time::OffsetDateTime, _>("sent_at")?,
            index::lexemes(app, dialog, row.try_get("content")?),
            app,
        ));
    }
    let query = columns!(sqlx::query(index::WRITE), words, row => {
        row.5.as_str(), row.0, row.1, row.2, row.3, sqlx::types::Json(&row.4)
    });
    Ok(query.execute(connection).await?.rows_affected())
}
