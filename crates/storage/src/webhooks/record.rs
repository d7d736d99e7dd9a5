use std::collections::{BTreeMap, BTreeSet};

use mtchat_protocol::{DialogId, FactId, Timestamp};
use serde_json::json;
use sqlx::{PgConnection, Row, postgres::PgRow};
use uuid::Uuid;

use super::place::{WebhookPlace, WebhookStanding, of_place};
use crate::{
    ApplyError, Storage, StorageError,
    row::{number, optional_moment, signed},
};

/// How many of its newest tries an endpoint has.
const TRIES_KEPT: i64 = 1_000;

const PENDING: &str = "
SELECT log_seq, dialog, fact_id, event, failures, failing_since, due, last_status, last_error FROM webhook_pending
WHERE app = $1 AND endpoint = $2 AND shard = $3 ORDER BY log_seq";

const MOVE: &str = "
UPDATE webhook_positions SET log_seq = $5, turn = turn + 1
WHERE app = $1 AND endpoint = $2 AND shard = $3 AND turn = $4
RETURNING turn";

const WAIT: &str = "
INSERT INTO webhook_pending (app, endpoint, shard, log_seq, dialog, fact_id, event, failures, failing_since, due, last_status, last_error)
SELECT $1::text, $2::text, $3::integer, x.*
FROM unnest($4::bigint[], $5::uuid[], $6::uuid[], $7::text[], $8::bigint[], $9::timestamptz[], $10::timestamptz[], $11::integer[],
    $12::text[]) x
ON CONFLICT (app, endpoint, shard, log_seq) DO UPDATE SET dialog = excluded.dialog, fact_id = excluded.fact_id,
    event = excluded.event, failures = excluded.failures, failing_since = excluded.failing_since, due = excluded.due,
    last_status = excluded.last_status, last_error = excluded.last_error";

const SETTLE: &str =
    "DELETE FROM webhook_pending WHERE app = $1 AND endpoint = $2 AND shard = $3 AND log_seq = ANY ($4)";

const BURY: &str = "
INSERT INTO webhook_dead_letters (app, endpoint, shard, log_seq, dialog, fact_id, event, failures, failing_since, last_status, last_error)
SELECT $1::text, $2::text, $3::integer, x.*
FROM unnest($4::bigint[], $5::uuid[], $6::uuid[], $7::text[], $8::bigint[], $9::timestamptz[], $10::integer[], $11::text[]) x
ON CONFLICT DO NOTHING";

const TELL: &str = "
INSERT INTO webhook_deliveries (app, endpoint, shard, event_id, event, dialog, fact_id, log_seq, attempt, outcome, status, error,
    latency_ms, body_sha256, at)
SELECT $1::text, $2::text, $3::integer, x.*
FROM unnest($4::uuid[], $5::text[], $6::uuid[], $7::uuid[], $8::bigint[], $9::bigint[], $10::text[], $11::integer[], $12::text[],
    $13::bigint[], $14::bytea[], $15::timestamptz[]) x";

/// Locked before the position, as whoever begins does.
const ENDPOINT: &str = "SELECT 1 FROM webhook_endpoints WHERE app = $1 AND endpoint = $2 FOR UPDATE";

const FAILING: &str = "UPDATE webhook_endpoints SET failing_since = $3 WHERE app = $1 AND endpoint = $2";

const SWITCH_OFF: &str = "
UPDATE webhook_endpoints SET disabled = $3, changed_at = now()
WHERE app = $1 AND endpoint = $2 AND disabled IS NULL";

/// Those of the app that are on and want to know. What the configured one wants is known to whoever tells it.
const TELL_THE_OTHERS: &str = "
INSERT INTO webhook_notes (app, endpoint, id, event, payload)
SELECT app, endpoint, gen_random_uuid(), 'webhook.disabled', $3 FROM webhook_endpoints
WHERE app = $1 AND endpoint <> $2 AND disabled IS NULL AND NOT paused AND NOT deleted
    AND (events IS NULL OR 'webhook.disabled' = ANY (events))";

const TRIM: &str = "
DELETE FROM webhook_deliveries WHERE app = $1 AND endpoint = $2 AND no < (
    SELECT no FROM webhook_deliveries WHERE app = $1 AND endpoint = $2 ORDER BY no DESC OFFSET $3 - 1 LIMIT 1
)";

/// An event that an endpoint did not take, or that waits behind one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingWebhook {
    /// Where its fact stands in the log.
    pub log_seq: u64,
    /// The dialog.
    pub dialog: DialogId,
    /// The fact.
    pub fact_id: FactId,
    /// The event's name.
    pub event: String,
    /// How often it failed.
    pub failures: u32,
    /// When it failed first.
    pub failing_since: Option<Timestamp>,
    /// When it is tried again.
    pub due: Option<Timestamp>,
    /// What the endpoint answered last.
    pub status: Option<u16>,
    /// What went wrong last, in our own words.
    pub error: Option<String>,
}

/// One try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookTry {
    /// The event, the same on every try.
    pub event_id: Uuid,
    /// Its name.
    pub event: String,
    /// The dialog.
    pub dialog: DialogId,
    /// The fact.
    pub fact_id: FactId,
    /// Where it stands in the log.
    pub log_seq: u64,
    /// The how many-th try.
    pub attempt: u32,
    /// What became of it, in a word.
    pub outcome: &'static str,
    /// What the endpoint answered.
    pub status: Option<u16>,
    /// What went wrong.
    pub error: Option<String>,
    /// How long it took.
    pub latency_ms: u64,
    /// SHA-256 of the body.
    pub body_sha256: [u8; 32],
    /// When it ended.
    pub at: Timestamp,
}

/// An endpoint is switched off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookOff {
    /// Why.
    pub reason: String,
    /// The host of its address, for whoever is told.
    pub url_host: String,
    /// Since when it took nothing.
    pub since: Option<Timestamp>,
}

/// Whether an endpoint takes anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WebhookFailing {
    /// It does, again.
    Not,
    /// Not since then.
    Since(Timestamp),
}

/// What has changed for an endpoint since it was written down last.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WebhookChanges {
    /// By log sequence: these wait from now on, or wait on.
    pub waiting: BTreeMap<u64, WaitingWebhook>,
    /// These do not wait any more.
    pub settled: BTreeSet<u64>,
    /// These were given up.
    pub dead: Vec<WaitingWebhook>,
    /// What was tried.
    pub tries: Vec<WebhookTry>,
    /// Whether it takes anything, when that has changed.
    pub failing: Option<WebhookFailing>,
    /// It is switched off, and why.
    pub off: Option<WebhookOff>,
}

impl WebhookChanges {
    /// Whether there is nothing to write.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Storage {
    /// What waits for an endpoint, in the log's order.
    pub async fn waiting_webhooks(&self, place: &WebhookPlace) -> Result<Vec<WaitingWebhook>, StorageError> {
        self.bounded(async {
            let rows = of_place(sqlx::query(PENDING), place)
                .fetch_all(&self.pool)
                .await?;
            rows.iter().map(read).collect()
        })
        .await
    }

    /// Write down how far an endpoint is and what has changed: all or nothing, and nothing when somebody else has begun to deliver.
    pub async fn record_webhooks(
        &self,
        from: &WebhookStanding,
        log_seq: u64,
        changes: &WebhookChanges,
    ) -> Result<WebhookStanding, ApplyError> {
        let moved = self
            .bounded(async {
                let mut transaction = self.pool.begin().await?;
                if changes.failing.is_some() || changes.off.is_some() {
                    let endpoint = sqlx::query(ENDPOINT)
                        .bind(from.place.app.as_str())
                        .bind(from.place.endpoint.as_str());
                    endpoint.execute(&mut *transaction).await?;
                }
                let moved = of_place(sqlx::query(MOVE), &from.place)
                    .bind(from.turn)
                    .bind(signed(log_seq))
                    .fetch_optional(&mut *transaction)
                    .await?;
                let Some(moved) = moved else { return Ok(None) };
                let turn: i64 = moved.try_get("turn")?;
                write(&mut transaction, &from.place, changes).await?;
                transaction.commit().await?;
                Ok(Some(turn))
            })
            .await?;
        Ok(WebhookStanding {
            log_seq,
            turn: moved.ok_or(ApplyError::Fenced)?,
            disabled: changes.off.as_ref().map(|off| off.reason.clone()),
            failing_since: match changes.failing {
                None => from.failing_since,
                Some(WebhookFailing::Not) => None,
                Some(WebhookFailing::Since(since)) => Some(since),
            },
            ..from.clone()
        })
    }

    /// Forget all but the newest tries of an endpoint.
    pub async fn trim_webhook_tries(&self, place: &WebhookPlace) -> Result<(), StorageError> {
        self.bounded(async {
            let mut connection = self.pool.acquire().await?;
            Ok(trim(&mut connection, place).await?)
        })
        .await
    }
}

pub(super) async fn trim(connection: &mut PgConnection, place: &WebhookPlace) -> Result<(), sqlx::Error> {
    let trim = sqlx::query(TRIM)
        .bind(place.app.as_str())
        .bind(place.endpoint.as_str())
        .bind(TRIES_KEPT);
    trim.execute(&mut *connection).await.map(drop)
}

/// Write down what was tried.
pub(super) async fn tell(
    connection: &mut PgConnection,
    place: &WebhookPlace,
    tries: &[WebhookTry],
) -> Result<(), sqlx::Error> {
    let query = columns!(of_place(sqlx::query(TELL), place), tries, row => {
        row.event_id, row.event.as_str(), row.dialog.0, row.fact_id.0, signed(row.log_seq), i64::from(row.attempt), row.outcome,
        row.status.map(i32::from), row.error.as_deref(), signed(row.latency_ms), row.body_sha256.as_slice(),
        row.at.to_offset(),
    });
    query.execute(&mut *connection).await.map(drop)
}

/// In this order: what is settled may have begun to wait since the last time.
async fn write(
    connection: &mut PgConnection,
    place: &WebhookPlace,
    changes: &WebhookChanges,
) -> Result<(), sqlx::Error> {
    if !changes.waiting.is_empty() {
        let rows: Vec<&WaitingWebhook> = changes.waiting.values().collect();
        let query = columns!(of_place(sqlx::query(WAIT), place), rows, row => {
            signed(row.log_seq), row.dialog.0, row.fact_id.0, row.event.as_str(), i64::from(row.failures),
            row.failing_since.map(Timestamp::to_offset), row.due.map(Timestamp::to_offset), row.status.map(i32::from),
            row.error.as_deref(),
        });
        query.execute(&mut *connection).await?;
    }
    if !changes.settled.is_empty() {
        let settled: Vec<i64> = changes.settled.iter().map(|log_seq| signed(*log_seq)).collect();
        let settle = of_place(sqlx::query(SETTLE), place).bind(settled);
        settle.execute(&mut *connection).await?;
    }
    if !changes.dead.is_empty() {
        let query = columns!(of_place(sqlx::query(BURY), place), changes.dead, row => {
            signed(row.log_seq), row.dialog.0, row.fact_id.0, row.event.as_str(), i64::from(row.failures),
            row.failing_since.map(Timestamp::to_offset), row.status.map(i32::from), row.error.as_deref(),
        });
        query.execute(&mut *connection).await?;
    }
    if !changes.tries.is_empty() {
        tell(&mut *connection, place, &changes.tries).await?;
    }
    if let Some(failing) = changes.failing {
        let since = match failing {
            WebhookFailing::Not => None,
            WebhookFailing::Since(since) => Some(since.to_offset()),
        };
        let failing = sqlx::query(FAILING)
            .bind(place.app.as_str())
            .bind(place.endpoint.as_str())
            .bind(since);
        failing.execute(&mut *connection).await?;
    }
    match &changes.off {
        Some(off) => switch_off(connection, place, off).await,
        None => Ok(()),
    }
}

/// The endpoint that is switched off can not be told of it; the others of its app are, once.
async fn switch_off(
    connection: &mut PgConnection,
    place: &WebhookPlace,
    off: &WebhookOff,
) -> Result<(), sqlx::Error> {
    let switched = sqlx::query(SWITCH_OFF)
        .bind(place.app.as_str())
        .bind(place.endpoint.as_str())
        .bind(off.reason.as_str())
        .execute(&mut *connection)
        .await?;
    if switched.rows_affected() == 0 {
        return Ok(());
    }
    let payload = json!({
        "endpoint": place.endpoint, "url_host": off.url_host, "reason": off.reason, "since": off.since,
    });
    let others = sqlx::query(TELL_THE_OTHERS)
        .bind(place.app.as_str())
        .bind(place.endpoint.as_str())
        .bind(payload);
    others.execute(&mut *connection).await.map(drop)
}

fn read(row: &PgRow) -> Result<WaitingWebhook, StorageError> {
    Ok(WaitingWebhook {
        log_seq: number(row, "log_seq")?,
        dialog: DialogId(row.try_get("dialog")?),
        fact_id: FactId(row.try_get("fact_id")?),
        event: row.try_get("event")?,
        failures: u32::try_from(number(row, "failures")?).unwrap_or(u32::MAX),
        failing_since: optional_moment(row, "failing_since")?,
        due: optional_moment(row, "due")?,
        status: row
            .try_get::<Option<i32>, _>("last_status")?
            .and_then(|status| u16::try_from(status).ok()),
        error: row.try_get("last_error")?,
    })
}
