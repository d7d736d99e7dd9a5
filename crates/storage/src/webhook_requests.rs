//! What hosts ask of whoever delivers to their endpoints: to begin again from an earlier place, to try again what was given up, to send
//! something by which they see that it works.

use mtchat_domain::WEBHOOK_TEST;
use mtchat_protocol::{AppId, AuditAction, ReplayView, ShardId, limits};
use serde_json::{Value, json};
use sqlx::{PgConnection, Row};
use uuid::Uuid;

use crate::{
    Storage, StorageError,
    in_app::Bound,
    row::{number, signed},
    webhook_endpoints::wrote,
};

/// Whoever delivers begins anew, and nobody else asks for something meanwhile.
const ASK: &str =
    "UPDATE webhook_endpoints SET revision = revision + 1 WHERE app = $1 AND endpoint = $2 AND NOT deleted";

/// Of two requests that were not taken yet the one that goes back further holds. It is kept as it is, although it may lie ahead: whoever
/// delivers writes down a little later than it happens where the endpoint is, and never goes forward.
const REWIND: &str = "
UPDATE webhook_positions SET rewind_to = least(rewind_to, $4) WHERE app = $1 AND endpoint = $2 AND shard = $3
RETURNING least(rewind_to, log_seq) AS rewind_to, greatest(log_seq, replayed_to) AS passed";

/// The oldest first. What waits already is not begun anew.
const RETRY_LETTERS: &str = "
WITH chosen AS MATERIALIZED (
    SELECT DISTINCT ON (shard, log_seq) shard, log_seq, dialog, fact_id, event FROM webhook_dead_letters
    WHERE app = $1 AND endpoint = $2 AND ($3::bigint[] IS NULL OR log_seq = ANY ($3::bigint[]))
    ORDER BY shard, log_seq, at DESC LIMIT $4
), gone AS (
    DELETE FROM webhook_dead_letters d USING chosen c
    WHERE d.app = $1 AND d.endpoint = $2 AND d.shard = c.shard AND d.log_seq = c.log_seq
)
INSERT INTO webhook_pending (app, endpoint, shard, log_seq, dialog, fact_id, event, failures)
SELECT $1, $2, shard, log_seq, dialog, fact_id, event, 0 FROM chosen
ON CONFLICT (app, endpoint, shard, log_seq) DO UPDATE SET due = NULL";

/// What stands in no log, and what was tried before facts were noted, can not be told again.
const RETRIABLE: &str =
    "SELECT log_seq > 0 AND fact_id <> '00000000-0000-0000-0000-000000000000' AS can FROM webhook_deliveries
    WHERE app = $1 AND endpoint = $2 AND no = $3";
const RETRY_DELIVERY: &str = "
INSERT INTO webhook_pending (app, endpoint, shard, log_seq, dialog, fact_id, event, failures)
SELECT app, endpoint, shard, log_seq, dialog, fact_id, event, 0 FROM webhook_deliveries WHERE app = $1 AND endpoint = $2 AND no = $3
ON CONFLICT (app, endpoint, shard, log_seq) DO UPDATE SET due = NULL";

const TEST: &str = "
INSERT INTO webhook_notes (app, endpoint, id, event, payload)
SELECT e.app, e.endpoint, $3::uuid, $4::text, $5::jsonb FROM webhook_endpoints e
WHERE e.app = $1 AND e.endpoint = $2 AND NOT e.deleted
    AND (SELECT count(*) FROM webhook_notes n WHERE n.app = $1 AND n.endpoint = $2) < $6";

/// What became of a delivery that was to be tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryRetry {
    /// It waits to be delivered.
    Asked,
    /// It stands in no log, so there is nothing to tell again.
    Impossible,
    /// There is no such delivery.
    Unknown,
}

impl Storage {
    /// Have an endpoint told again what comes after this place of the log. `None`: there is no such endpoint.
    pub async fn replay_webhook(
        &self,
        app: &AppId,
        endpoint: &str,
        shard: ShardId,
        after: u64,
    ) -> Result<Option<ReplayView>, StorageError> {
        self.bounded(async {
            let mut transaction = self.apps.of(app).await?.begin("BEGIN").await?;
            let place = if ask(&mut transaction, app, endpoint).await? {
                let rewind = of_endpoint(REWIND, app, endpoint)
                    .bind(i32::from(shard.0))
                    .bind(signed(after));
                rewind.fetch_optional(&mut *transaction).await?
            } else {
                None
            };
            let Some(row) = place else {
                transaction.roll_back().await?;
                return Ok(None);
            };
            let view = ReplayView {
                from_log_seq: number(&row, "rewind_to")? + 1,
                to_log_seq: number(&row, "passed")?,
            };
            let details = json!({ "endpoint": endpoint, "from_log_seq": view.from_log_seq });
            wrote(&mut transaction, app, AuditAction::WebhookReplayed, details).await?;
            transaction.commit().await?;
            Ok(Some(view))
        })
        .await
    }

    /// Have events delivered that were given up: those at these places of the log, or the oldest of all. How many come back, `None`:
    /// there is no such endpoint.
    pub async fn retry_dead_letters(
        &self,
        app: &AppId,
        endpoint: &str,
        log_seqs: Option<&[u64]>,
    ) -> Result<Option<u64>, StorageError> {
        let places: Option<Vec<i64>> =
            log_seqs.map(|log_seqs| log_seqs.iter().map(|log_seq| signed(*log_seq)).collect());
        let most = i64::try_from(limits::WEBHOOK_RETRIES).unwrap_or(i64::MAX);
        self.bounded(async {
            let mut transaction = self.apps.of(app).await?.begin("BEGIN").await?;
            if !ask(&mut transaction, app, endpoint).await? {
                transaction.roll_back().await?;
                return Ok(None);
            }
            let retry = of_endpoint(RETRY_LETTERS, app, endpoint).bind(places).bind(most);
            let retried = retry.execute(&mut *transaction).await?.rows_affected();
            if retried == 0 {
                // There was nothing, so nobody has to begin anew.
                transaction.roll_back().await?;
                return Ok(Some(0));
            }
            let details = json!({ "endpoint": endpoint, "dead_letters": retried });
            wrote(&mut transaction, app, AuditAction::WebhookRetried, details).await?;
            transaction.commit().await?;
            Ok(Some(retried))
        })
        .await
    }

    /// Have an event delivered again, whatever became of it.
    pub async fn retry_delivery(
        &self,
        app: &AppId,
        endpoint: &str,
        no: u64,
    ) -> Result<DeliveryRetry, StorageError> {
        self.bounded(async {
            let mut transaction = self.apps.of(app).await?.begin("BEGIN").await?;
            let retry = retry(&mut transaction, app, endpoint, no).await?;
            match retry {
                DeliveryRetry::Asked => transaction.commit().await?,
                DeliveryRetry::Impossible | DeliveryRetry::Unknown => transaction.roll_back().await?,
            }
            Ok(retry)
        })
        .await
    }

    /// Have a test event sent. `false`: as many wait as may, or there is no such endpoint.
    pub async fn test_webhook(&self, app: &AppId, endpoint: &str, event: Uuid) -> Result<bool, StorageError> {
        let message = "This is a test: your endpoint takes what it is told.";
        let payload: Value = json!({ "endpoint": endpoint, "message": message });
        let query = of_endpoint(TEST, app, endpoint)
            .bind(event)
            .bind(WEBHOOK_TEST)
            .bind(payload)
            .bind(i64::from(limits::WEBHOOK_TESTS));
        Ok(self.run(app, query).await?.rows_affected() > 0)
    }
}

/// Whether there is such an endpoint; its row is held until the transaction is over.
async fn ask(connection: &mut PgConnection, app: &AppId, endpoint: &str) -> Result<bool, StorageError> {
    let asked = of_endpoint(ASK, app, endpoint).execute(connection).await?;
    Ok(asked.rows_affected() > 0)
}

async fn retry(
    connection: &mut PgConnection,
    app: &AppId,
    endpoint: &str,
    no: u64,
) -> Result<DeliveryRetry, StorageError> {
    if !ask(connection, app, endpoint).await? {
        return Ok(DeliveryRetry::Unknown);
    }
    let found = of_endpoint(RETRIABLE, app, endpoint)
        .bind(signed(no))
        .fetch_optional(&mut *connection)
        .await?;
    let Some(found) = found else {
        return Ok(DeliveryRetry::Unknown);
    };
    if !found.try_get::<bool, _>("can")? {
        return Ok(DeliveryRetry::Impossible);
    }
    of_endpoint(RETRY_DELIVERY, app, endpoint)
        .bind(signed(no))
        .execute(&mut *connection)
        .await?;
    let details = json!({ "endpoint": endpoint, "delivery": no });
    wrote(connection, app, AuditAction::WebhookRetried, details).await?;
    Ok(DeliveryRetry::Asked)
}

fn of_endpoint<'q>(sql: &'static str, app: &'q AppId, endpoint: &'q str) -> Bound<'q> {
    sqlx::query(sql).bind(app.as_str()).bind(endpoint)
}
