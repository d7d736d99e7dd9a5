//! What operators see of the endpoints of hosts. What they do to them they do as hosts do: `webhook_requests`.

use mtchat_protocol::{AppId, DialogId, FactId, ShardId, Timestamp};
use sqlx::{Row, postgres::PgRow};

use crate::{
    Storage, StorageError, WebhookPlace,
    row::{moment, number, optional_moment, signed, text},
};

/// How an endpoint stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndpointStanding {
    /// Which, and of which log.
    pub place: WebhookPlace,
    /// Everything up to here is delivered, waits below or was given up.
    pub log_seq: u64,
    /// The host has told it to wait.
    pub paused: bool,
    /// Why it is switched off.
    pub disabled: Option<String>,
    /// Since when it took nothing although something was tried.
    pub failing_since: Option<Timestamp>,
    /// Events that failed, or wait behind one that did.
    pub pending: u64,
    /// Where the oldest of these stands in the log.
    pub oldest_pending: Option<u64>,
    /// Events that were given up.
    pub dead: u64,
}

/// An event that was given up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadWebhook {
    /// Of which endpoint, and of which log.
    pub place: WebhookPlace,
    /// Where its fact stands.
    pub log_seq: u64,
    /// The dialog.
    pub dialog: DialogId,
    /// The fact.
    pub fact_id: FactId,
    /// The event's name.
    pub event: String,
    /// How often it failed.
    pub failures: u64,
    /// When it failed first.
    pub failing_since: Option<Timestamp>,
    /// What the endpoint answered last.
    pub status: Option<i32>,
    /// What went wrong last, in our own words.
    pub error: Option<String>,
    /// When it was given up.
    pub at: Timestamp,
}

const STANDINGS: &str = "
SELECT p.app, p.endpoint, p.shard, p.log_seq, e.paused, e.disabled, e.failing_since,
    (SELECT count(*) FROM webhook_pending w
        WHERE w.app = p.app AND w.endpoint = p.endpoint AND w.shard = p.shard) AS pending,
    (SELECT min(w.log_seq) FROM webhook_pending w
        WHERE w.app = p.app AND w.endpoint = p.endpoint AND w.shard = p.shard) AS oldest_pending,
    (SELECT count(*) FROM webhook_dead_letters d
        WHERE d.app = p.app AND d.endpoint = p.endpoint AND d.shard = p.shard) AS dead
FROM webhook_positions p JOIN webhook_endpoints e ON e.app = p.app AND e.endpoint = p.endpoint
WHERE p.shard = $1 AND NOT e.deleted
ORDER BY p.app, p.endpoint";

const LIST: &str = "
SELECT app, endpoint, shard, log_seq, dialog, fact_id, event, failures, failing_since, last_status, last_error, at
FROM webhook_dead_letters
WHERE ($1::text IS NULL OR app = $1) AND ($2::text IS NULL OR endpoint = $2)
ORDER BY app, endpoint, shard, log_seq LIMIT $3";

const ONE: &str = "
SELECT app, endpoint, shard, log_seq, dialog, fact_id, event, failures, failing_since, last_status, last_error, at
FROM webhook_dead_letters
WHERE app = $1 AND endpoint = $2 AND shard = $3 AND log_seq = $4
ORDER BY at DESC LIMIT 1";

impl Storage {
    /// How the endpoints of all apps stand in a shard's log.
    pub async fn endpoint_standings(&self, shard: ShardId) -> Result<Vec<EndpointStanding>, StorageError> {
        self.bounded(async {
            let rows = sqlx::query(STANDINGS)
                .bind(i32::from(shard.0))
                .fetch_all(&self.pool)
                .await?;
            rows.iter().map(standing).collect()
        })
        .await
    }

    /// Events that were given up, in the order of the log, so many at most: of all endpoints, of an app's, or of one.
    pub async fn dead_webhooks(
        &self,
        app: Option<&AppId>,
        endpoint: Option<&str>,
        most: u32,
    ) -> Result<Vec<DeadWebhook>, StorageError> {
        self.bounded(async {
            let rows = sqlx::query(LIST)
                .bind(app.map(AppId::as_str))
                .bind(endpoint)
                .bind(i64::from(most))
                .fetch_all(&self.pool)
                .await?;
            rows.iter().map(dead).collect()
        })
        .await
    }

    /// The event that was given up at a place of the log; where several lives of the log had one there, the newest.
    pub async fn dead_webhook(
        &self,
        place: &WebhookPlace,
        log_seq: u64,
    ) -> Result<Option<DeadWebhook>, StorageError> {
        self.bounded(async {
            let row = sqlx::query(ONE)
                .bind(place.app.as_str())
                .bind(place.endpoint.as_str())
                .bind(i32::from(place.shard.0))
                .bind(signed(log_seq))
                .fetch_optional(&self.pool)
                .await?;
            row.as_ref().map(dead).transpose()
        })
        .await
    }
}

fn place(row: &PgRow) -> Result<WebhookPlace, StorageError> {
    Ok(WebhookPlace {
        app: text(row, "app", AppId::new)?,
        endpoint: row.try_get("endpoint")?,
        shard: ShardId(u16::try_from(row.try_get::<i32, _>("shard")?).unwrap_or_default()),
    })
}

fn standing(row: &PgRow) -> Result<EndpointStanding, StorageError> {
    let oldest_pending: Option<i64> = row.try_get("oldest_pending")?;
    Ok(EndpointStanding {
        place: place(row)?,
        log_seq: number(row, "log_seq")?,
        paused: row.try_get("paused")?,
        disabled: row.try_get("disabled")?,
        failing_since: optional_moment(row, "failing_since")?,
        pending: number(row, "pending")?,
        oldest_pending: oldest_pending.map(i64::unsigned_abs),
        dead: number(row, "dead")?,
    })
}

fn dead(row: &PgRow) -> Result<DeadWebhook, StorageError> {
    Ok(DeadWebhook {
        place: place(row)?,
        log_seq: number(row, "log_seq")?,
        dialog: DialogId(row.try_get("dialog")?),
        fact_id: FactId(row.try_get("fact_id")?),
        event: row.try_get("event")?,
        failures: number(row, "failures")?,
        failing_since: optional_moment(row, "failing_since")?,
        status: row.try_get("last_status")?,
        error: row.try_get("last_error")?,
        at: moment(row, "at")?,
    })
}
