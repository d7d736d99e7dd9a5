use mtchat_domain::FoundMessage;
use mtchat_protocol::{AppId, Attachment, DialogId, MessageId, MessageType, MessageView, RichText, UserId};
use sqlx::{Row, postgres::PgRow, types::Json};
use uuid::Uuid;

use crate::{
    Storage, StorageError,
    reactions::{reactions_of_message, summaries},
    row::{moment, number, optional_moment, optional_text},
};

/// A message as it is stored, also when it is deleted: then its content is empty.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredMessage {
    /// The message.
    pub view: MessageView,
    /// Where the fact that made it stands in the log.
    pub log_seq: u64,
    /// Its content is gone.
    pub deleted: bool,
}

const MESSAGE: &str = "
SELECT id, seq, ordinal, log_seq, sent_at, edited_at, deleted_at, reply_to, sender_id, content, attachments
FROM messages WHERE app = $1 AND dialog = $2 AND id = $3";

const SHOWN: &str = concat!(
    "SELECT m.id, m.seq, m.ordinal, m.sent_at, m.edited_at, m.reply_to, m.sender_id, m.content, m.attachments,
        r.reactions
    FROM messages m CROSS JOIN LATERAL (",
    reactions_of_message!("$4"),
    ") r WHERE m.app = $1 AND m.dialog = $2 AND m.id = $3 AND m.deleted_at IS NULL"
);

const FOUND: &str = "
SELECT sender_id, deleted_at IS NOT NULL AS deleted FROM messages WHERE app = $1 AND dialog = $2 AND id = $3";

impl Storage {
    /// Who wrote a message and whether it is deleted; `None` when this dialog has no such message.
    pub async fn found_message(
        &self,
        app: &AppId,
        dialog: DialogId,
        message: MessageId,
    ) -> Result<Option<FoundMessage>, StorageError> {
        let row = self
            .maybe_row(
                app,
                sqlx::query(FOUND)
                    .bind(app.as_str())
                    .bind(dialog.0)
                    .bind(message.0),
            )
            .await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(FoundMessage {
            author: optional_text(&row, "sender_id", UserId::new)?,
            deleted: row.try_get("deleted")?,
        }))
    }

    /// A message as a user sees it; `None` when this dialog has no such message or it is deleted.
    pub async fn message(
        &self,
        app: &AppId,
        dialog: DialogId,
        message: MessageId,
        user: &UserId,
    ) -> Result<Option<MessageView>, StorageError> {
        let row = self
            .maybe_row(
                app,
                sqlx::query(SHOWN)
                    .bind(app.as_str())
                    .bind(dialog.0)
                    .bind(message.0)
                    .bind(user.as_str()),
            )
            .await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(MessageView {
            reactions: summaries(&row)?,
            ..read(dialog, &row)?
        }))
    }

    /// A message with its place in the log, deleted or not, without what is on it.
    pub async fn stored_message(
        &self,
        app: &AppId,
        dialog: DialogId,
        message: MessageId,
    ) -> Result<Option<StoredMessage>, StorageError> {
        let row = self
            .maybe_row(
                app,
                sqlx::query(MESSAGE)
                    .bind(app.as_str())
                    .bind(dialog.0)
                    .bind(message.0),
            )
            .await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(StoredMessage {
            view: read(dialog, &row)?,
            log_seq: number(&row, "log_seq")?,
            deleted: optional_moment(&row, "deleted_at")?.is_some(),
        }))
    }
}

/// The message in the columns `id, seq, ordinal, sent_at, edited_at, reply_to, sender_id, content, attachments`, without what is on it
/// and without links to its files.
pub(crate) fn read(dialog_id: DialogId, row: &PgRow) -> Result<MessageView, StorageError> {
    let ordinal: Option<i64> = row.try_get("ordinal")?;
    Ok(MessageView {
        id: MessageId(row.try_get::<Uuid, _>("id")?),
        dialog_id,
        sender_id: optional_text(row, "sender_id", UserId::new)?,
        content: RichText::sanitised(row.try_get("content")?),
        sent_at: moment(row, "sent_at")?,
        last_edited_at: optional_moment(row, "edited_at")?,
        reply_to_id: row.try_get::<Option<Uuid>, _>("reply_to")?.map(MessageId),
        message_type: match ordinal {
            Some(_) => MessageType::User,
            None => MessageType::System,
        },
        seq: number(row, "seq")?,
        reactions: Vec::new(),
        attachments: attachments(row)?.iter().map(Attachment::view).collect(),
    })
}

/// The files in the column `attachments`.
pub(crate) fn attachments(row: &PgRow) -> Result<Vec<Attachment>, StorageError> {
    let files: Option<Json<Vec<Attachment>>> = row.try_get("attachments")?;
    Ok(files.map(|Json(files)| files).unwrap_or_default())
}
