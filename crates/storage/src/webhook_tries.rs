//! What became of events that an endpoint was told of, as its host sees it.

use mtchat_protocol::{AppId, DeadLetterView, DeliveryView, DialogId, FactId, Position, ShardId};
use sqlx::{Row, postgres::PgRow};
use uuid::Uuid;

use crate::{
    Storage, StorageError,
    row::{moment, number, optional_moment, signed},
};

const DELIVERIES: &str = "
SELECT no, event_id, event, dialog, shard, log_seq, attempt, outcome, status, error, latency_ms, body_sha256, at FROM webhook_deliveries
WHERE app = $1 AND endpoint = $2 AND no < $3 ORDER BY no DESC LIMIT $4";

const DEAD_LETTERS: &str = "
SELECT shard, log_seq, fact_id, dialog, event, failures, failing_since, last_status, last_error, at FROM webhook_dead_letters
WHERE app = $1 AND endpoint = $2 AND (shard, log_seq, fact_id) < ($3, $4, $5)
ORDER BY shard DESC, log_seq DESC, fact_id DESC LIMIT $6";

/// A place among events that were given up: behind this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeadLetterPlace {
    /// Of which log.
    pub shard: ShardId,
    /// Where its fact stands in that.
    pub log_seq: u64,
    /// The fact: a log that lost its tail may have had another one there.
    pub fact_id: FactId,
}

impl DeadLetterPlace {
    /// Before all of them.
    pub const START: Self = Self {
        shard: ShardId(u16::MAX),
        log_seq: u64::MAX,
        fact_id: FactId(Uuid::max()),
    };
}

impl Storage {
    /// An endpoint's tries, the newest first, from behind a number on.
    pub async fn webhook_deliveries(
        &self,
        app: &AppId,
        endpoint: &str,
        before: u64,
        limit: u32,
    ) -> Result<Vec<DeliveryView>, StorageError> {
        let query = sqlx::query(DELIVERIES)
            .bind(app.as_str())
            .bind(endpoint)
            .bind(signed(before))
            .bind(i64::from(limit));
        let rows = self.rows(app, query).await?;
        rows.iter().map(delivery).collect()
    }

    /// Events that were given up, the last in the log first, from behind a place on, each with its place.
    pub async fn webhook_dead_letters(
        &self,
        app: &AppId,
        endpoint: &str,
        behind: DeadLetterPlace,
        limit: u32,
    ) -> Result<Vec<(DeadLetterPlace, DeadLetterView)>, StorageError> {
        let query = sqlx::query(DEAD_LETTERS)
            .bind(app.as_str())
            .bind(endpoint)
            .bind(i32::from(behind.shard.0))
            .bind(signed(behind.log_seq))
            .bind(behind.fact_id.0)
            .bind(i64::from(limit));
        let rows = self.rows(app, query).await?;
        rows.iter().map(letter).collect()
    }
}

fn delivery(row: &PgRow) -> Result<DeliveryView, StorageError> {
    let body: Vec<u8> = row.try_get("body_sha256")?;
    let dialog: Uuid = row.try_get("dialog")?;
    let position = Position {
        shard: shard(row)?,
        log_seq: number(row, "log_seq")?,
    };
    Ok(DeliveryView {
        no: number(row, "no")?,
        event_id: row.try_get("event_id")?,
        event: row.try_get("event")?,
        dialog_id: (!dialog.is_nil()).then_some(DialogId(dialog)),
        position: (position.log_seq > 0).then(|| position.to_string()),
        attempt: number(row, "attempt")?,
        outcome: row.try_get("outcome")?,
        status: status(row, "status")?,
        error: row.try_get("error")?,
        latency_ms: number(row, "latency_ms")?,
        body_sha256: body.iter().map(|byte| format!("{byte:02x}")).collect(),
        at: moment(row, "at")?,
    })
}

fn letter(row: &PgRow) -> Result<(DeadLetterPlace, DeadLetterView), StorageError> {
    let place = DeadLetterPlace {
        shard: shard(row)?,
        log_seq: number(row, "log_seq")?,
        fact_id: FactId(row.try_get("fact_id")?),
    };
    let view = DeadLetterView {
        log_seq: place.log_seq,
        event: row.try_get("event")?,
        dialog_id: DialogId(row.try_get("dialog")?),
        failures: number(row, "failures")?,
        failing_since: optional_moment(row, "failing_since")?,
        status: status(row, "last_status")?,
        error: row.try_get("last_error")?,
        at: moment(row, "at")?,
    };
    Ok((place, view))
}

fn shard(row: &PgRow) -> Result<ShardId, StorageError> {
    let shard: i32 = row.try_get("shard")?;
    Ok(ShardId(u16::try_from(shard).unwrap_or_default()))
}

fn status(row: &PgRow, column: &'static str) -> Result<Option<u16>, StorageError> {
    let status: Option<i32> = row.try_get(column)?;
    Ok(status.and_then(|status| u16::try_from(status).ok()))
}
