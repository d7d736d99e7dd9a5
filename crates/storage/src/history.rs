use mtchat_protocol::{AppId, DialogId, MessageId, MessageVersion, MessageView, RichText};
use sqlx::{Row, postgres::PgRow};

use crate::{
    Storage, StorageError, message,
    row::{moment, number, optional_moment, signed},
};

/// The newest versions are found backwards; a message that was never edited is one row without a version.
const HISTORY: &str = "
SELECT v.seq AS version, v.content AS version_content, v.edited_at AS version_at
FROM messages m
LEFT JOIN LATERAL (
    SELECT seq, content, edited_at FROM message_versions
    WHERE app = m.app AND dialog = m.dialog AND message = m.id
    ORDER BY seq DESC LIMIT $4
) v ON true
WHERE m.app = $1 AND m.dialog = $2 AND m.id = $3 AND m.deleted_at IS NULL
ORDER BY v.seq";

/// A row for each version of each message, and for each message without one. Of the message that the page before ended in only
/// the versions that remain.
const EXPORT: &str = "
SELECT m.*, v.seq AS version, v.content AS version_content, v.edited_at AS version_at
FROM (
    SELECT app, dialog, id, seq, ordinal, sent_at, edited_at, reply_to, sender_id, content, attachments
    FROM messages
    WHERE app = $1 AND dialog = $2 AND seq >= $3 AND deleted_at IS NULL
    ORDER BY seq LIMIT $5 + 1
) m
LEFT JOIN LATERAL (
    SELECT seq, content, edited_at FROM message_versions
    WHERE app = m.app AND dialog = m.dialog AND message = m.id AND (m.seq > $3 OR seq > $4)
    ORDER BY seq LIMIT $5
) v ON true
WHERE m.seq > $3 OR v.seq IS NOT NULL
ORDER BY m.seq, v.seq
LIMIT $5";

/// How far a dialog's messages and their versions have been read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ExportPlace {
    seq: u64,
    version: u64,
}

/// A message, or what a message said before an edit. A message comes before its versions, and these oldest first.
#[derive(Debug, Clone, PartialEq)]
pub enum Exported {
    /// A message as it is now.
    Message(MessageView),
    /// What it said before.
    Version(MessageId, MessageVersion),
}

impl Storage {
    /// What a message said before its edits, oldest first, the newest `most` of them; `None` when there is no such message or it
    /// is deleted.
    pub async fn message_history(
        &self,
        app: &AppId,
        dialog: DialogId,
        message: MessageId,
        most: u32,
    ) -> Result<Option<Vec<MessageVersion>>, StorageError> {
        let rows = self
            .rows(
                app,
                sqlx::query(HISTORY)
                    .bind(app.as_str())
                    .bind(dialog.0)
                    .bind(message.0)
                    .bind(i64::from(most)),
            )
            .await?;
        if rows.is_empty() {
            return Ok(None);
        }
        let versions: Result<Vec<_>, _> = rows.iter().filter_map(|row| version(row).transpose()).collect();
        Ok(Some(versions?))
    }

    /// The next messages and versions of a dialog, and where they end; `None` when there are no more.
    pub async fn export_page(
        &self,
        app: &AppId,
        dialog: DialogId,
        from: ExportPlace,
        limit: u32,
    ) -> Result<Option<(Vec<Exported>, ExportPlace)>, StorageError> {
        let rows = self
            .rows(
                app,
                sqlx::query(EXPORT)
                    .bind(app.as_str())
                    .bind(dialog.0)
                    .bind(signed(from.seq))
                    .bind(signed(from.version))
                    .bind(i64::from(limit)),
            )
            .await?;
        let mut place = from;
        let mut exported = Vec::with_capacity(rows.len());
        for row in &rows {
            let view = message::read(dialog, row)?;
            let (id, seq) = (view.id, view.seq);
            if seq != place.seq {
                exported.push(Exported::Message(view));
                place = ExportPlace { seq, version: 0 };
            }
            if let Some(version) = version(row)? {
                place.version = number(row, "version")?;
                exported.push(Exported::Version(id, version));
            }
        }
        Ok((!rows.is_empty()).then_some((exported, place)))
    }
}

fn version(row: &PgRow) -> Result<Option<MessageVersion>, StorageError> {
    if optional_moment(row, "version_at")?.is_none() {
        return Ok(None);
    }
    Ok(Some(MessageVersion {
        content: RichText::sanitised(row.try_get("version_content")?),
        edited_at: moment(row, "version_at")?,
    }))
}
