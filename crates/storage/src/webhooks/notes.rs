use mtchat_protocol::{AppId, ShardId, Timestamp};
use serde_json::Value;
use sqlx::{Row, postgres::PgRow};
use uuid::Uuid;

use super::{
    place::WebhookPlace,
    record::{WebhookTry, tell, trim},
};
use crate::{
    Storage, StorageError,
    row::{moment, number, text},
};

/// Of each endpoint one, so that one that has many of them does not keep the others waiting.
const DUE: &str = "
SELECT DISTINCT ON (app, endpoint) app, endpoint, id, event, payload, failures, at FROM webhook_notes
WHERE due <= now() ORDER BY app, endpoint, at, id LIMIT $1";

const AGAIN: &str = "
UPDATE webhook_notes SET failures = failures + 1, due = $4 WHERE app = $1 AND endpoint = $2 AND id = $3";

const DONE: &str = "DELETE FROM webhook_notes WHERE app = $1 AND endpoint = $2 AND id = $3";

/// What an endpoint is told once and does not stand in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookNote {
    /// Whose.
    pub app: AppId,
    /// Which of the app's.
    pub endpoint: String,
    /// The event, the same on every try.
    pub id: Uuid,
    /// Its name.
    pub event: String,
    /// What it says.
    pub payload: Value,
    /// How often it failed.
    pub failures: u32,
    /// When it came to be.
    pub at: Timestamp,
}

impl Storage {
    /// The notes that may be told now, of each endpoint one, of as many endpoints as are asked for.
    pub async fn due_webhook_notes(&self, most: u32) -> Result<Vec<WebhookNote>, StorageError> {
        self.bounded(async {
            let rows = sqlx::query(DUE)
                .bind(i64::from(most))
                .fetch_all(&self.pool)
                .await?;
            rows.iter().map(read).collect()
        })
        .await
    }

    /// Write down a try of a note: it is tried again then, or, without a moment, done with.
    pub async fn webhook_note_tried(
        &self,
        note: &WebhookNote,
        tried: &WebhookTry,
        again: Option<Timestamp>,
    ) -> Result<(), StorageError> {
        // Notes stand in no log.
        let place = WebhookPlace {
            app: note.app.clone(),
            endpoint: note.endpoint.clone(),
            shard: ShardId(0),
        };
        self.bounded(async {
            let mut transaction = self.pool.begin().await?;
            let sql = if again.is_some() { AGAIN } else { DONE };
            let query = sqlx::query(sql)
                .bind(note.app.as_str())
                .bind(note.endpoint.as_str())
                .bind(note.id);
            let query = match again {
                Some(again) => query.bind(again.to_offset()),
                None => query,
            };
            let noted = query.execute(&mut *transaction).await?;
            // Whoever removed the endpoint in the meantime left nothing of it.
            if noted.rows_affected() == 1 {
                tell(&mut transaction, &place, std::slice::from_ref(tried)).await?;
                trim(&mut transaction, &place).await?;
            }
            Ok(transaction.commit().await?)
        })
        .await
    }

    /// Forget a note that nobody is to be told.
    pub async fn drop_webhook_note(&self, note: &WebhookNote) -> Result<(), StorageError> {
        self.bounded(async {
            let done = sqlx::query(DONE)
                .bind(note.app.as_str())
                .bind(note.endpoint.as_str())
                .bind(note.id);
            Ok(done.execute(&self.pool).await.map(drop)?)
        })
        .await
    }
}

fn read(row: &PgRow) -> Result<WebhookNote, StorageError> {
    Ok(WebhookNote {
        app: text(row, "app", AppId::new)?,
        endpoint: row.try_get("endpoint")?,
        id: row.try_get("id")?,
        event: row.try_get("event")?,
        payload: row.try_get("payload")?,
        failures: u32::try_from(number(row, "failures")?).unwrap_or(u32::MAX),
        at: moment(row, "at")?,
    })
}
