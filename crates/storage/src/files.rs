//! What the database knows of files: which message has which upload, and which bytes nobody needs.

use mtchat_protocol::{AppId, Attachment, AttachmentId, DialogId, FileKey, MessageId};
use sqlx::Row;
use uuid::Uuid;

use crate::{Storage, StorageError, message::attachments};

/// An attachment of a message that is there.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredAttachment {
    /// The dialog of its message.
    pub dialog: DialogId,
    /// The attachment.
    pub attachment: Attachment,
}

const OWNERS: &str = "SELECT id, message FROM attachments WHERE app = $1 AND id = ANY ($2)";

const ATTACHMENT: &str = "
SELECT a.dialog, m.attachments FROM attachments a
JOIN messages m ON m.app = a.app AND m.dialog = a.dialog AND m.id = a.message AND m.deleted_at IS NULL
WHERE a.app = $1 AND a.id = $2";

const DUE: &str = "SELECT file_key FROM doomed_files WHERE due <= now() ORDER BY due LIMIT $1";
const GONE: &str = "DELETE FROM doomed_files WHERE file_key = ANY ($1)";
const DOOM: &str =
    "INSERT INTO doomed_files (file_key, due) SELECT DISTINCT key, now() FROM unnest($1::text[]) key
ON CONFLICT (file_key) DO UPDATE SET due = least(doomed_files.due, excluded.due)";
const NEEDED: &str = "SELECT file_key FROM attachments WHERE file_key = ANY ($1)";
const LETTERS: &str = "SELECT subject FROM dead_letters LIMIT 1";
const PLACE: &str = "SELECT after_key FROM file_sweeps WHERE area = $1";
const MOVE: &str = "INSERT INTO file_sweeps (area, after_key) VALUES ($1, $2)
ON CONFLICT (area) DO UPDATE SET after_key = excluded.after_key";
const OF_USER: &str = "SELECT a.file_key FROM attachments a
JOIN messages m ON m.app = a.app AND m.dialog = a.dialog AND m.id = a.message
WHERE a.app = $1 AND m.sender_id = $2 ORDER BY a.file_key LIMIT 1000";

impl Storage {
    /// Which messages have these attachments already.
    pub async fn owners(
        &self,
        app: &AppId,
        ids: &[AttachmentId],
    ) -> Result<Vec<(AttachmentId, MessageId)>, StorageError> {
        let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
        let query = sqlx::query(OWNERS).bind(app.as_str()).bind(ids);
        let rows = self.rows(app, query).await?;
        let owner = |row: &sqlx::postgres::PgRow| {
            Ok((
                AttachmentId(row.try_get("id")?),
                MessageId(row.try_get("message")?),
            ))
        };
        rows.iter().map(owner).collect()
    }

    /// An attachment of a message that is not deleted.
    pub async fn attachment(
        &self,
        app: &AppId,
        id: AttachmentId,
    ) -> Result<Option<StoredAttachment>, StorageError> {
        let query = sqlx::query(ATTACHMENT).bind(app.as_str()).bind(id.0);
        let Some(row) = self.maybe_row(app, query).await? else {
            return Ok(None);
        };
        let dialog = DialogId(row.try_get("dialog")?);
        let found = attachments(&row)?.into_iter().find(|one| one.id == id);
        Ok(found.map(|attachment| StoredAttachment { dialog, attachment }))
    }

    /// Keys of a person's files that are still there, at most a thousand.
    pub async fn files_of(
        &self,
        app: &AppId,
        user: &mtchat_protocol::UserId,
    ) -> Result<Vec<String>, StorageError> {
        let query = sqlx::query(OF_USER).bind(app.as_str()).bind(user.as_str());
        let rows = self.rows(app, query).await?;
        rows.iter().map(|row| Ok(row.try_get("file_key")?)).collect()
    }

    /// Keys of bytes that are to be deleted now, longest due first.
    pub async fn due_files(&self, most: u32) -> Result<Vec<String>, StorageError> {
        self.keys(sqlx::query(DUE).bind(i64::from(most))).await
    }

    /// These bytes are deleted.
    pub async fn files_gone(&self, keys: &[String]) -> Result<(), StorageError> {
        self.execute(sqlx::query(GONE).bind(keys)).await
    }

    /// Nobody needs these bytes.
    pub async fn doom_files(&self, keys: &[String]) -> Result<(), StorageError> {
        self.execute(sqlx::query(DOOM).bind(keys)).await
    }

    /// Of keys in the store, those that belong to no message. A thumbnail belongs to the message of its file.
    pub async fn unneeded_files(&self, keys: Vec<String>) -> Result<Vec<String>, StorageError> {
        // A message that could not be stored may yet be.
        if !self.keys(sqlx::query(LETTERS)).await?.is_empty() {
            return Ok(Vec::new());
        }
        let file_of = |key: &str| FileKey::of_thumbnail(key).unwrap_or(key).to_owned();
        let files: Vec<String> = keys.iter().map(|key| file_of(key)).collect();
        let needed = self.keys(sqlx::query(NEEDED).bind(files)).await?;
        let needed: std::collections::HashSet<String> = needed.into_iter().collect();
        Ok(keys
            .into_iter()
            .filter(|key| !needed.contains(&file_of(key)))
            .collect())
    }

    /// After which key the look through an area of the store goes on.
    pub async fn file_sweep(&self, area: &str) -> Result<Option<String>, StorageError> {
        let query = sqlx::query(PLACE).bind(area);
        let rows = self
            .bounded(async { Ok(query.fetch_optional(&self.pool).await?) })
            .await?;
        rows.map(|row| Ok(row.try_get("after_key")?)).transpose()
    }

    /// The look through an area of the store has come to this key; an empty one begins anew.
    pub async fn move_file_sweep(&self, area: &str, after: &str) -> Result<(), StorageError> {
        self.execute(sqlx::query(MOVE).bind(area).bind(after)).await
    }

    async fn keys(
        &self,
        query: sqlx::query::Query<'_, sqlx::Postgres, sqlx::postgres::PgArguments>,
    ) -> Result<Vec<String>, StorageError> {
        let rows = self
            .bounded(async { Ok(query.fetch_all(&self.pool).await?) })
            .await?;
        rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
    }

    async fn execute(
        &self,
        query: sqlx::query::Query<'_, sqlx::Postgres, sqlx::postgres::PgArguments>,
    ) -> Result<(), StorageError> {
        self.bounded(async { Ok(query.execute(&self.pool).await?) })
            .await?;
        Ok(())
    }
}
