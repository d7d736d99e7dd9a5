//! Where each endpoint of a host stands in the log, what waits for it, what was given up, and its newest tries.

use std::collections::{BTreeMap, BTreeSet};

use mtchat_protocol::{AppId, DialogId, Epoch, FactId, ShardId, Timestamp};
use sqlx::{PgConnection, Row, postgres::PgRow};
use uuid::Uuid;

use crate::{
    ApplyError, Storage, StorageError,
    in_app::Bound,
    row::{number, optional_moment, signed},
};

/// How many of its newest tries an endpoint has.
const TRIES_KEPT: i64 = 1_000;

/// Another address is another endpoint: it is switched on, wherever the one before it stood.
const ENDPOINT: &str = "
INSERT INTO webhook_endpoints AS e (app, endpoint, url) VALUES ($1, $2, $3)
ON CONFLICT (app, endpoint) DO UPDATE SET url = excluded.url,
    disabled = CASE WHEN e.url = excluded.url THEN e.disabled END,
    changed_at = CASE WHEN e.url = excluded.url THEN e.changed_at ELSE now() END
RETURNING disabled";

const STANDS: &str = "SELECT epoch, log_seq FROM webhook_positions
WHERE app = $1 AND endpoint = $2 AND shard = $3 FOR UPDATE";

/// Whoever delivered until now finds another turn.
const BEGIN: &str = "
INSERT INTO webhook_positions AS p (app, endpoint, shard, epoch, log_seq) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (app, endpoint, shard) DO UPDATE SET epoch = excluded.epoch, log_seq = excluded.log_seq, turn = p.turn + 1
RETURNING turn";

const LOST: &str =
    "DELETE FROM webhook_pending WHERE app = $1 AND endpoint = $2 AND shard = $3 AND log_seq > $4";

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
INSERT INTO webhook_deliveries (app, endpoint, shard, event_id, event, dialog, log_seq, attempt, outcome, status, error, latency_ms,
    body_sha256, at)
SELECT $1::text, $2::text, $3::integer, x.*
FROM unnest($4::uuid[], $5::text[], $6::uuid[], $7::bigint[], $8::bigint[], $9::text[], $10::integer[], $11::text[], $12::bigint[],
    $13::bytea[], $14::timestamptz[]) x";

const SWITCH_OFF: &str =
    "UPDATE webhook_endpoints SET disabled = $3, changed_at = now() WHERE app = $1 AND endpoint = $2";

const DISABLED: &str = "SELECT disabled FROM webhook_endpoints WHERE app = $1 AND endpoint = $2";

const TRIM: &str = "
DELETE FROM webhook_deliveries WHERE app = $1 AND endpoint = $2 AND no < (
    SELECT no FROM webhook_deliveries WHERE app = $1 AND endpoint = $2 ORDER BY no DESC OFFSET $3 - 1 LIMIT 1
)";

/// An endpoint's place in one shard's log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookPlace {
    /// Whose.
    pub app: AppId,
    /// Which of the app's.
    pub endpoint: String,
    /// Of which log.
    pub shard: ShardId,
}

/// How far an endpoint is, as whoever delivers to it knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookStanding {
    /// The endpoint.
    pub place: WebhookPlace,
    /// The log's life that `log_seq` belongs to.
    pub epoch: Epoch,
    /// Everything up to here is delivered, waiting or given up.
    pub log_seq: u64,
    /// Which write of this endpoint's comes next.
    turn: i64,
    /// Why it is switched off.
    pub disabled: Option<String>,
}

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
    /// Where its fact stands in the log.
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
    /// It is switched off, and why.
    pub disabled: Option<String>,
}

impl WebhookChanges {
    /// Whether there is nothing to write.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Storage {
    /// Begin to deliver to an endpoint: nobody else does from now on. A new one stands where the log ends, because what happened before
    /// it is none of its business; in another life of the log it goes on no later than where that ends.
    pub async fn begin_webhooks(
        &self,
        place: &WebhookPlace,
        url: &str,
        epoch: &Epoch,
        log_end: u64,
    ) -> Result<WebhookStanding, StorageError> {
        self.bounded(async {
            let mut transaction = self.pool.begin().await?;
            let row = sqlx::query(ENDPOINT)
                .bind(place.app.as_str())
                .bind(place.endpoint.as_str())
                .bind(url)
                .fetch_one(&mut *transaction)
                .await?;
            let disabled = row.try_get("disabled")?;
            let stands = of_place(sqlx::query(STANDS), place)
                .fetch_optional(&mut *transaction)
                .await?;
            let log_seq = match stands {
                None => log_end,
                Some(row) => {
                    let stood = number(&row, "log_seq")?;
                    if row.try_get::<&str, _>("epoch")? == epoch.0 {
                        stood
                    } else {
                        stood.min(log_end)
                    }
                }
            };
            let row = of_place(sqlx::query(BEGIN), place)
                .bind(&epoch.0)
                .bind(signed(log_seq))
                .fetch_one(&mut *transaction)
                .await?;
            let turn = row.try_get("turn")?;
            transaction.commit().await?;
            Ok(WebhookStanding {
                place: place.clone(),
                epoch: epoch.clone(),
                log_seq,
                turn,
                disabled,
            })
        })
        .await
    }

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

    /// Forget what waits behind a place in the log: it is read again from there, or was lost with the log's tail.
    pub async fn forget_webhooks_after(
        &self,
        place: &WebhookPlace,
        log_seq: u64,
    ) -> Result<(), StorageError> {
        self.bounded(async {
            let forget = of_place(sqlx::query(LOST), place).bind(signed(log_seq));
            Ok(forget.execute(&self.pool).await.map(drop)?)
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
            disabled: changes.disabled.clone(),
            ..from.clone()
        })
    }

    /// Why an endpoint is switched off; `None`: it is not, or there is none.
    pub async fn webhook_disabled(&self, place: &WebhookPlace) -> Result<Option<String>, StorageError> {
        self.bounded(async {
            let row = sqlx::query(DISABLED)
                .bind(place.app.as_str())
                .bind(place.endpoint.as_str())
                .fetch_optional(&self.pool)
                .await?;
            Ok(row
                .map(|row| row.try_get::<Option<String>, _>("disabled"))
                .transpose()?
                .flatten())
        })
        .await
    }

    /// Forget all but the newest tries of an endpoint.
    pub async fn trim_webhook_tries(&self, place: &WebhookPlace) -> Result<(), StorageError> {
        self.bounded(async {
            let trim = sqlx::query(TRIM)
                .bind(place.app.as_str())
                .bind(place.endpoint.as_str())
                .bind(TRIES_KEPT);
            Ok(trim.execute(&self.pool).await.map(drop)?)
        })
        .await
    }
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
        let query = columns!(of_place(sqlx::query(TELL), place), changes.tries, row => {
            row.event_id, row.event.as_str(), row.dialog.0, signed(row.log_seq), i64::from(row.attempt), row.outcome,
            row.status.map(i32::from), row.error.as_deref(), signed(row.latency_ms), row.body_sha256.as_slice(),
            row.at.to_offset(),
        });
        query.execute(&mut *connection).await?;
    }
    if let Some(why) = &changes.disabled {
        let switch_off = sqlx::query(SWITCH_OFF)
            .bind(place.app.as_str())
            .bind(place.endpoint.as_str())
            .bind(why.as_str());
        switch_off.execute(&mut *connection).await?;
    }
    Ok(())
}

fn of_place<'q>(query: Bound<'q>, place: &'q WebhookPlace) -> Bound<'q> {
    query
        .bind(place.app.as_str())
        .bind(place.endpoint.as_str())
        .bind(i32::from(place.shard.0))
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
