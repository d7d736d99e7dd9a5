use std::fmt;

use mtchat_protocol::{AppId, Timestamp};
use sqlx::{Row, postgres::PgRow};

use crate::{
    Storage, StorageError,
    row::{optional_moment, text},
};

/// Those that are to be removed first, then those that are on, the oldest first: with more than are asked for, always the same ones.
const ENDPOINTS: &str = "
SELECT app, endpoint, url, secrets, old_secrets_until, events, object_types, with_data, paused, disabled, deleted, revision
FROM webhook_endpoints
ORDER BY deleted DESC, (disabled IS NULL AND NOT paused) DESC, created_at, app, endpoint
LIMIT $1";

const REMOVE: &str = "DELETE FROM webhook_endpoints WHERE app = $1 AND endpoint = $2 AND deleted";

const REMOVE_THE_REST: [&str; 5] = [
    "DELETE FROM webhook_positions WHERE app = $1 AND endpoint = $2",
    "DELETE FROM webhook_pending WHERE app = $1 AND endpoint = $2",
    "DELETE FROM webhook_notes WHERE app = $1 AND endpoint = $2",
    "DELETE FROM webhook_dead_letters WHERE app = $1 AND endpoint = $2",
    "DELETE FROM webhook_deliveries WHERE app = $1 AND endpoint = $2",
];

/// Where a host wants to be told of what happens, as it stands in the database. Of the endpoint that is configured address, secrets and
/// events are in the configuration, and what stands here of them says nothing but which address it was.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookEndpoint {
    /// Whose.
    pub app: AppId,
    /// Which of the app's.
    pub endpoint: String,
    /// Where it takes its requests; judged by whoever sends.
    pub url: String,
    /// What they are signed with, the newest first.
    pub secrets: Vec<String>,
    /// Until when the second and later ones sign as well; `None`: as long as they are there.
    pub old_secrets_until: Option<Timestamp>,
    /// The events that it wants; `None`: all.
    pub events: Option<Vec<String>>,
    /// Only of dialogs with one of these types of object; `None`: of all.
    pub object_types: Option<Vec<String>>,
    /// Whether bodies have `data` beside `payload`.
    pub with_data: bool,
    /// The host has told it to wait.
    pub paused: bool,
    /// Why it is switched off.
    pub disabled: Option<String>,
    /// It is to be removed.
    pub deleted: bool,
    /// Another one says that whoever delivers begins anew.
    pub revision: i64,
}

/// Secrets are shown to nobody.
impl fmt::Debug for WebhookEndpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebhookEndpoint")
            .field("app", &self.app)
            .field("endpoint", &self.endpoint)
            .field("paused", &self.paused)
            .field("disabled", &self.disabled)
            .field("deleted", &self.deleted)
            .field("revision", &self.revision)
            .finish_non_exhaustive()
    }
}

impl Storage {
    /// The endpoints of all apps, as many as are asked for.
    pub async fn webhook_endpoints(&self, most: u32) -> Result<Vec<WebhookEndpoint>, StorageError> {
        self.bounded(async {
            let rows = sqlx::query(ENDPOINTS)
                .bind(i64::from(most))
                .fetch_all(&self.pool)
                .await?;
            rows.iter().map(read).collect()
        })
        .await
    }

    /// Remove an endpoint that is to be removed, with everything of it.
    pub async fn remove_webhook_endpoint(&self, app: &AppId, endpoint: &str) -> Result<(), StorageError> {
        self.bounded(async {
            let mut transaction = self.pool.begin().await?;
            let removed = sqlx::query(REMOVE)
                .bind(app.as_str())
                .bind(endpoint)
                .execute(&mut *transaction)
                .await?;
            if removed.rows_affected() == 0 {
                return Ok(());
            }
            for sql in REMOVE_THE_REST {
                sqlx::query(sql)
                    .bind(app.as_str())
                    .bind(endpoint)
                    .execute(&mut *transaction)
                    .await?;
            }
            Ok(transaction.commit().await?)
        })
        .await
    }
}

fn read(row: &PgRow) -> Result<WebhookEndpoint, StorageError> {
    Ok(WebhookEndpoint {
        app: text(row, "app", AppId::new)?,
        endpoint: row.try_get("endpoint")?,
        url: row.try_get("url")?,
        secrets: row.try_get("secrets")?,
        old_secrets_until: optional_moment(row, "old_secrets_until")?,
        events: row.try_get("events")?,
        object_types: row.try_get("object_types")?,
        with_data: row.try_get("with_data")?,
        paused: row.try_get("paused")?,
        disabled: row.try_get("disabled")?,
        deleted: row.try_get("deleted")?,
        revision: row.try_get("revision")?,
    })
}
