//! The webhook endpoints of an app, as its host makes, sees and changes them. What stands in the rows is for whoever delivers: each change
//! raises the row's revision, by which it is noticed.

use mtchat_domain::CONFIGURED_ENDPOINT;
use mtchat_protocol::{
    AppId, AuditAction, CreateWebhook, Epoch, PatchWebhook, ShardId, Timestamp, WebhookPosition,
    WebhookSecret, WebhookState, WebhookSwitch, WebhookView, WebhookWithSecretView, limits,
};
use serde_json::{Value, json};
use sqlx::{PgConnection, Row, postgres::PgRow};

use crate::{
    Audited, Storage, StorageError, audit,
    row::{moment, number, optional_moment, signed},
};

/// One after another: how many there are is counted before there is one more.
const ONE_AT_A_TIME: &str = "SELECT pg_advisory_xact_lock(hashtextextended('mtchat webhooks ' || $1, 0))";
const MADE_BY_KEY: &str = "SELECT endpoint, created_by_request, secrets[1] AS secret FROM webhook_endpoints
    WHERE app = $1 AND created_by_key = $2 AND NOT deleted";
const HOW_MANY: &str =
    "SELECT count(*) AS endpoints FROM webhook_endpoints WHERE app = $1 AND endpoint <> $2 AND NOT deleted";
const MAKE: &str = "
INSERT INTO webhook_endpoints (app, endpoint, url, description, secrets, events, object_types, with_data, created_by_key,
    created_by_request)
VALUES ($1, $2, $3, $4, ARRAY[$5::text], $6, $7, $8, $9, $10)";
const PLACE: &str =
    "INSERT INTO webhook_positions (app, endpoint, shard, epoch, log_seq) VALUES ($1, $2, $3, $4, $5)";

/// One of them, or all. What was given up may be a lot, and how much exactly is nobody's question.
const SHOW: &str = "
SELECT e.endpoint, e.url, e.description, e.events, e.object_types, e.with_data, e.paused, e.disabled, e.failing_since,
    CASE WHEN e.old_secrets_until > now() THEN e.old_secrets_until END AS old_secrets_until, e.created_at, e.changed_at, p.log_seq,
    coalesce(p.rewind_to IS NOT NULL OR p.log_seq < p.replayed_to, false) AS replaying,
    (SELECT count(*) FROM webhook_pending w WHERE w.app = e.app AND w.endpoint = e.endpoint) AS pending,
    (SELECT count(*) FROM (
        SELECT FROM webhook_dead_letters d WHERE d.app = e.app AND d.endpoint = e.endpoint LIMIT 10000
    ) l) AS dead_letters
FROM webhook_endpoints e
LEFT JOIN webhook_positions p ON p.app = e.app AND p.endpoint = e.endpoint AND p.shard = $2
WHERE e.app = $1 AND e.endpoint = coalesce($3, e.endpoint) AND NOT e.deleted
ORDER BY e.created_at, e.endpoint";

const CHANGE: &str = "
UPDATE webhook_endpoints SET url = coalesce($3::text, url), description = coalesce($4::text, description),
    events = CASE WHEN $5::boolean THEN $6::text[] ELSE events END,
    object_types = CASE WHEN $7::boolean THEN $8::text[] ELSE object_types END,
    with_data = coalesce($9::boolean, with_data), paused = coalesce($10::boolean, paused),
    disabled = CASE WHEN $10::boolean THEN disabled WHEN NOT $10::boolean THEN NULL ELSE disabled END,
    failing_since = CASE WHEN $10::boolean THEN failing_since WHEN NOT $10::boolean THEN NULL ELSE failing_since END,
    revision = revision + 1, changed_at = now()
WHERE app = $1 AND endpoint = $2 AND NOT deleted";

/// Without an overlap the old secrets are gone at once; with one the newest of them stays until then, and none of those before it.
const ROTATE: &str = "
UPDATE webhook_endpoints SET
    secrets = CASE WHEN $4::bigint > 0 THEN ARRAY[$3::text] || secrets[1:1] ELSE ARRAY[$3::text] END,
    old_secrets_until = CASE WHEN $4::bigint > 0 THEN now() + make_interval(secs => $4::bigint) END,
    revision = revision + 1, changed_at = now()
WHERE app = $1 AND endpoint = $2 AND NOT deleted";

const DELETE: &str =
    "UPDATE webhook_endpoints SET deleted = true, revision = revision + 1, changed_at = now()
    WHERE app = $1 AND endpoint = $2 AND NOT deleted";

/// An endpoint that is to be made.
#[derive(Debug, Clone)]
pub struct NewWebhook {
    /// Its id.
    pub id: String,
    /// What the host asked for, its address as it is to be called.
    pub asked: CreateWebhook,
    /// What its requests are signed with.
    pub secret: WebhookSecret,
    /// Its idempotency key, and which request that is for.
    pub key: Option<(String, String)>,
    /// The shard of the log that it is told of.
    pub shard: ShardId,
    /// The present life of that.
    pub epoch: Epoch,
    /// Where that ends: what comes after it the endpoint is told of.
    pub log_end: u64,
}

/// What became of an endpoint that was to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MadeWebhook {
    /// There are as many as an app may have.
    Full,
    /// The key was used for another request.
    KeyReused,
    /// It is there, made by this request or by one with the same key.
    Made(Box<WebhookWithSecretView>),
}

impl Storage {
    /// Make an endpoint, unless its key has made one already.
    pub async fn create_webhook(&self, app: &AppId, new: &NewWebhook) -> Result<MadeWebhook, StorageError> {
        self.bounded(async {
            let mut transaction = self.apps.of(app).await?.begin("BEGIN").await?;
            sqlx::query(ONE_AT_A_TIME)
                .bind(app.as_str())
                .execute(&mut *transaction)
                .await?;
            let made = match made_before(&mut transaction, app, new).await? {
                Some(made) => made,
                None => make(&mut transaction, app, new).await?,
            };
            match made {
                MadeWebhook::Made(_) => transaction.commit().await?,
                MadeWebhook::Full | MadeWebhook::KeyReused => transaction.roll_back().await?,
            }
            Ok(made)
        })
        .await
    }

    /// The app's endpoints, the oldest first. How far they are behind only the log knows.
    pub async fn webhooks(&self, app: &AppId, shard: ShardId) -> Result<Vec<WebhookView>, StorageError> {
        let query = sqlx::query(SHOW).bind(app.as_str()).bind(i32::from(shard.0));
        let rows = self.rows(app, query.bind(None::<&str>)).await?;
        rows.iter().map(view).collect()
    }

    /// One of the app's endpoints.
    pub async fn webhook(
        &self,
        app: &AppId,
        endpoint: &str,
        shard: ShardId,
    ) -> Result<Option<WebhookView>, StorageError> {
        let query = sqlx::query(SHOW).bind(app.as_str()).bind(i32::from(shard.0));
        let row = self.maybe_row(app, query.bind(endpoint)).await?;
        row.as_ref().map(view).transpose()
    }

    /// Change an endpoint. `false`: there is none.
    pub async fn change_webhook(
        &self,
        app: &AppId,
        endpoint: &str,
        patch: &PatchWebhook,
    ) -> Result<bool, StorageError> {
        let paused = patch.state.map(|state| state == WebhookSwitch::Paused);
        let query = sqlx::query(CHANGE)
            .bind(app.as_str())
            .bind(endpoint)
            .bind(patch.url.as_deref())
            .bind(patch.description.as_deref())
            .bind(patch.events.is_some())
            .bind(patch.events.clone().flatten())
            .bind(patch.object_types.is_some())
            .bind(patch.object_types.clone().flatten())
            .bind(patch.with_data)
            .bind(paused);
        let details = json!({ "endpoint": endpoint, "changed": patch.changed(), "state": patch.state });
        self.changed_webhook(app, query, AuditAction::WebhookChanged, details)
            .await
    }

    /// Give an endpoint another secret; the old one signs as well for so many seconds. `false`: there is none.
    pub async fn rotate_webhook_secret(
        &self,
        app: &AppId,
        endpoint: &str,
        secret: &WebhookSecret,
        overlap_secs: u32,
    ) -> Result<bool, StorageError> {
        let query = sqlx::query(ROTATE)
            .bind(app.as_str())
            .bind(endpoint)
            .bind(secret.0.as_str())
            .bind(i64::from(overlap_secs));
        let details = json!({ "endpoint": endpoint, "overlap_secs": overlap_secs });
        self.changed_webhook(app, query, AuditAction::WebhookSecretRotated, details)
            .await
    }

    /// Delete an endpoint: from now on nobody finds it, and whoever delivers takes everything of it away. `false`: there is none.
    pub async fn delete_webhook(&self, app: &AppId, endpoint: &str) -> Result<bool, StorageError> {
        let query = sqlx::query(DELETE).bind(app.as_str()).bind(endpoint);
        let details = json!({ "endpoint": endpoint });
        self.changed_webhook(app, query, AuditAction::WebhookDeleted, details)
            .await
    }

    /// One change and its entry in the audit log.
    async fn changed_webhook(
        &self,
        app: &AppId,
        change: crate::in_app::Bound<'_>,
        action: AuditAction,
        details: Value,
    ) -> Result<bool, StorageError> {
        self.bounded(async {
            let mut transaction = self.apps.of(app).await?.begin("BEGIN").await?;
            if change.execute(&mut *transaction).await?.rows_affected() == 0 {
                transaction.roll_back().await?;
                return Ok(false);
            }
            wrote(&mut transaction, app, action, details).await?;
            transaction.commit().await?;
            Ok(true)
        })
        .await
    }
}

/// Write down what was done to an endpoint, in the transaction that does it.
pub(crate) async fn wrote(
    connection: &mut PgConnection,
    app: &AppId,
    action: AuditAction,
    details: Value,
) -> Result<(), StorageError> {
    let audited = Audited {
        details,
        ..Audited::by_host(action)
    };
    audit::append(connection, app.as_str(), &[audited]).await
}

/// What the same key has made, if it was used.
async fn made_before(
    connection: &mut PgConnection,
    app: &AppId,
    new: &NewWebhook,
) -> Result<Option<MadeWebhook>, StorageError> {
    let Some((key, request)) = &new.key else {
        return Ok(None);
    };
    let made = sqlx::query(MADE_BY_KEY)
        .bind(app.as_str())
        .bind(key.as_str())
        .fetch_optional(&mut *connection)
        .await?;
    let Some(made) = made else { return Ok(None) };
    if made.try_get::<&str, _>("created_by_request")? != request.as_str() {
        return Ok(Some(MadeWebhook::KeyReused));
    }
    let secret = WebhookSecret(made.try_get("secret")?);
    let webhook = shown(connection, app, made.try_get("endpoint")?, new.shard).await?;
    let made = WebhookWithSecretView { webhook, secret };
    Ok(Some(MadeWebhook::Made(Box::new(made))))
}

async fn make(
    connection: &mut PgConnection,
    app: &AppId,
    new: &NewWebhook,
) -> Result<MadeWebhook, StorageError> {
    let row = sqlx::query(HOW_MANY)
        .bind(app.as_str())
        .bind(CONFIGURED_ENDPOINT)
        .fetch_one(&mut *connection)
        .await?;
    if number(&row, "endpoints")? >= u64::from(limits::WEBHOOKS) {
        return Ok(MadeWebhook::Full);
    }
    let (key, request) = new
        .key
        .as_ref()
        .map(|(key, request)| (key.as_str(), request.as_str()))
        .unzip();
    sqlx::query(MAKE)
        .bind(app.as_str())
        .bind(new.id.as_str())
        .bind(new.asked.url.as_str())
        .bind(new.asked.description.as_deref().unwrap_or_default())
        .bind(new.secret.0.as_str())
        .bind(new.asked.events.as_deref())
        .bind(new.asked.object_types.as_deref())
        .bind(new.asked.with_data.unwrap_or(true))
        .bind(key)
        .bind(request)
        .execute(&mut *connection)
        .await?;
    sqlx::query(PLACE)
        .bind(app.as_str())
        .bind(new.id.as_str())
        .bind(i32::from(new.shard.0))
        .bind(new.epoch.0.as_str())
        .bind(signed(new.log_end))
        .execute(&mut *connection)
        .await?;
    let details = json!({ "endpoint": new.id, "events": new.asked.events });
    wrote(connection, app, AuditAction::WebhookCreated, details).await?;
    let webhook = shown(connection, app, &new.id, new.shard).await?;
    let secret = new.secret.clone();
    let made = WebhookWithSecretView { webhook, secret };
    Ok(MadeWebhook::Made(Box::new(made)))
}

async fn shown(
    connection: &mut PgConnection,
    app: &AppId,
    endpoint: &str,
    shard: ShardId,
) -> Result<WebhookView, StorageError> {
    let row = sqlx::query(SHOW)
        .bind(app.as_str())
        .bind(i32::from(shard.0))
        .bind(endpoint)
        .fetch_one(connection)
        .await?;
    view(&row)
}

fn view(row: &PgRow) -> Result<WebhookView, StorageError> {
    let disabled_reason: Option<String> = row.try_get("disabled")?;
    let state = match (&disabled_reason, row.try_get::<bool, _>("paused")?) {
        (Some(_), _) => WebhookState::Disabled,
        (None, true) => WebhookState::Paused,
        (None, false) => WebhookState::Active,
    };
    let log_seq: Option<i64> = row.try_get("log_seq")?;
    let old_secret_until: Option<Timestamp> = optional_moment(row, "old_secrets_until")?;
    Ok(WebhookView {
        id: row.try_get("endpoint")?,
        url: row.try_get("url")?,
        description: row.try_get("description")?,
        events: row.try_get("events")?,
        object_types: row.try_get("object_types")?,
        with_data: row.try_get("with_data")?,
        state,
        disabled_reason,
        failing_since: optional_moment(row, "failing_since")?,
        old_secret_until,
        created_at: moment(row, "created_at")?,
        changed_at: moment(row, "changed_at")?,
        position: log_seq.map(|log_seq| WebhookPosition {
            log_seq: log_seq.unsigned_abs(),
            behind: None,
        }),
        pending: number(row, "pending")?,
        dead_letters: number(row, "dead_letters")?,
        replaying: row.try_get("replaying")?,
    })
}
