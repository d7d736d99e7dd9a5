use std::fmt;

use mtchat_protocol::{AppId, AuditAction, AuditActor, Timestamp};
use serde::{Deserialize, Serialize};
use sqlx::{Row, postgres::PgRow, types::Json};

use crate::{
    Audited, Storage, StorageError, StoredLimits, audit,
    row::{moment, text},
};

/// Most apps that are read at once. More belong on several cells.
const MOST_APPS: i64 = 10_000;

/// A host application as an operator made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredApp {
    /// The app.
    pub id: AppId,
    /// SHA-256 of each token of its Management API.
    pub admin_tokens: Vec<[u8; 32]>,
    /// What verifies the tokens of its users.
    pub keys: Vec<StoredKey>,
    /// One of these must be in `aud`; empty: as configured for all.
    pub audience: Vec<String>,
    /// One of these must be `iss`; empty: as configured for all.
    pub issuer: Vec<String>,
    /// Where it publishes further keys.
    pub jwks_url: Option<String>,
    /// Web pages that may call and open sockets; empty: as configured for all.
    pub origins: Vec<String>,
    /// How much may be asked in its name.
    pub limits: StoredLimits,
    /// Nobody of an app that is not enabled comes in.
    pub enabled: bool,
    /// Since when it exists.
    pub created_at: Timestamp,
}

/// A key of an app.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredKey {
    /// `HS256`, `RS256`, `ES256` or `EdDSA`.
    pub algorithm: String,
    /// A shared secret for HS256, else a public key as PEM.
    pub key: String,
}

impl fmt::Debug for StoredKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StoredKey({})", self.algorithm)
    }
}

impl StoredApp {
    /// An app that nobody can come into yet.
    pub fn new(id: AppId, created_at: Timestamp) -> Self {
        Self {
            id,
            admin_tokens: Vec::new(),
            keys: Vec::new(),
            audience: Vec::new(),
            issuer: Vec::new(),
            jwks_url: None,
            origins: Vec::new(),
            limits: StoredLimits::default(),
            enabled: true,
            created_at,
        }
    }
}

const APPS: &str = "
SELECT id, admin_tokens, keys, audience, issuer, jwks_url, origins, limits, enabled, created_at
FROM apps ORDER BY id LIMIT $1";

const APP: &str = "
SELECT id, admin_tokens, keys, audience, issuer, jwks_url, origins, limits, enabled, created_at
FROM apps WHERE id = $1";

const ADD: &str = "
INSERT INTO apps (id, admin_tokens, keys, audience, issuer, enabled, created_at, jwks_url, origins, limits)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT DO NOTHING";

const CHANGE: &str = "
UPDATE apps SET admin_tokens = $2, keys = $3, audience = $4, issuer = $5, enabled = $6, jwks_url = $8, origins = $9, limits = $10
WHERE id = $1 AND created_at = $7";

impl Storage {
    /// Every app of the table, by id.
    pub async fn apps(&self) -> Result<Vec<StoredApp>, StorageError> {
        self.bounded(async {
            let rows = sqlx::query(APPS).bind(MOST_APPS).fetch_all(&self.pool).await?;
            rows.iter().map(read).collect()
        })
        .await
    }

    /// An app of the table.
    pub async fn app(&self, id: &AppId) -> Result<Option<StoredApp>, StorageError> {
        self.bounded(async {
            let row = sqlx::query(APP)
                .bind(id.as_str())
                .fetch_optional(&self.pool)
                .await?;
            row.map(|row| read(&row)).transpose()
        })
        .await
    }

    /// Add an app; `false` when there is one with this id.
    pub async fn add_app(&self, app: &StoredApp) -> Result<bool, StorageError> {
        self.write_app(ADD, app).await
    }

    /// Put this in place of what the table says of the app; `false` when it is not there.
    pub async fn change_app(&self, app: &StoredApp) -> Result<bool, StorageError> {
        self.write_app(CHANGE, app).await
    }

    async fn write_app(&self, sql: &'static str, app: &StoredApp) -> Result<bool, StorageError> {
        let tokens: Vec<&[u8]> = app.admin_tokens.iter().map(<[u8; 32]>::as_slice).collect();
        self.bounded(async {
            let mut transaction = self.pool.begin().await?;
            let done = sqlx::query(sql)
                .bind(app.id.as_str())
                .bind(tokens)
                .bind(Json(&app.keys))
                .bind(&app.audience)
                .bind(&app.issuer)
                .bind(app.enabled)
                .bind(app.created_at.to_offset())
                .bind(&app.jwks_url)
                .bind(&app.origins)
                .bind(Json(app.limits))
                .execute(&mut *transaction)
                .await?;
            let written = done.rows_affected() > 0;
            if written {
                audit::append(&mut transaction, app.id.as_str(), &[audited(app)]).await?;
            }
            transaction.commit().await?;
            Ok(written)
        })
        .await
    }
}

/// What is written down of it: how it stands now, and nothing secret.
fn audited(app: &StoredApp) -> Audited {
    Audited {
        actor: AuditActor::Operator,
        details: serde_json::json!({
            "enabled": app.enabled, "admin_tokens": app.admin_tokens.len(), "keys": app.keys.len(),
            "jwks_url": app.jwks_url, "origins": app.origins, "limits": app.limits,
        }),
        ..Audited::by_host(AuditAction::AppChanged)
    }
}

fn read(row: &PgRow) -> Result<StoredApp, StorageError> {
    let tokens: Vec<Vec<u8>> = row.try_get("admin_tokens")?;
    let Json(keys) = row.try_get::<Json<Vec<StoredKey>>, _>("keys")?;
    let Json(limits) = row.try_get::<Json<StoredLimits>, _>("limits")?;
    Ok(StoredApp {
        id: text(row, "id", AppId::new)?,
        // What is no hash is nobody's token.
        admin_tokens: tokens
            .iter()
            .filter_map(|token| token.as_slice().try_into().ok())
            .collect(),
        keys,
        audience: row.try_get("audience")?,
        issuer: row.try_get("issuer")?,
        jwks_url: row.try_get("jwks_url")?,
        origins: row.try_get("origins")?,
        limits,
        enabled: row.try_get("enabled")?,
        created_at: moment(row, "created_at")?,
    })
}
