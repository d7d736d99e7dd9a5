use std::{collections::BTreeMap, fmt};

use figment::value::Value;

use super::Layer;

/// The environment, as far as it concerns us. An empty variable counts as not set: that is what templates make of a
/// missing value.
///
/// Of the variables that existing deployments set, these are left alone because nothing depends on them yet:
/// `REDIS_URL` (never needed), `SENTRY_DSN`. `RUST_LOG` is read by the logs
/// themselves. `S3_ACCESS_KEY` and `S3_SECRET_KEY` are older names.
#[derive(Clone, Default)]
pub struct Environment(BTreeMap<String, String>);

#[derive(Clone, Copy)]
enum Kind {
    /// `true`, `1`, `false`, `0`, in any case, and their like.
    Flag,
    /// Separated by commas.
    List,
    Number,
    /// A list of one, commas and all.
    Single,
    Text,
}

/// Every variable that has an effect: its name, the key that it sets, how it is read. Where two set the same key,
/// the later one wins.
const VARIABLES: &[(&str, &str, Kind)] = &[
    ("MTCHAT_ENVIRONMENT", "environment", Kind::Text),
    ("DATABASE_URL", "database.url", Kind::Text),
    (
        "DATABASE_MAX_CONNECTIONS",
        "database.max_connections",
        Kind::Number,
    ),
    (
        "DATABASE_MIN_CONNECTIONS",
        "database.min_connections",
        Kind::Number,
    ),
    (
        "DATABASE_ACQUIRE_TIMEOUT_SECS",
        "database.acquire_timeout_secs",
        Kind::Number,
    ),
    (
        "DATABASE_IDLE_TIMEOUT_SECS",
        "database.idle_timeout_secs",
        Kind::Number,
    ),
    (
        "DATABASE_MAX_LIFETIME_SECS",
        "database.max_lifetime_secs",
        Kind::Number,
    ),
    ("MIGRATE_ON_START", "database.migrate_on_start", Kind::Flag),
    ("NATS_URL", "nats.url", Kind::Text),
    ("BIND_HOST", "http.host", Kind::Text),
    ("PORT", "http.port", Kind::Number),
    ("PUBLIC_URL", "http.public_url", Kind::Text),
    ("S3_ENDPOINT", "files.endpoint", Kind::Text),
    ("S3_PUBLIC_ENDPOINT", "files.public_endpoint", Kind::Text),
    ("S3_BUCKET", "files.bucket", Kind::Text),
    ("S3_REGION", "files.region", Kind::Text),
    ("S3_ACCESS_KEY", "files.access_key_id", Kind::Text),
    ("S3_ACCESS_KEY_ID", "files.access_key_id", Kind::Text),
    ("S3_SECRET_KEY", "files.secret_access_key", Kind::Text),
    ("S3_SECRET_ACCESS_KEY", "files.secret_access_key", Kind::Text),
    ("S3_PATH_STYLE", "files.path_style", Kind::Flag),
    ("S3_CREATE_BUCKET", "files.create_bucket", Kind::Flag),
    (
        "S3_PRESIGN_UPLOAD_EXPIRY",
        "files.upload_expiry_secs",
        Kind::Number,
    ),
    (
        "S3_PRESIGN_DOWNLOAD_EXPIRY",
        "files.download_expiry_secs",
        Kind::Number,
    ),
    ("S3_MAX_FILE_BYTES", "files.max_bytes", Kind::Number),
    ("UPLOAD_KEEP_SECS", "files.upload_keep_secs", Kind::Number),
    (
        "NOTIFICATION_DELAY_SECS",
        "notifications.delay_secs",
        Kind::Number,
    ),
    (
        "NOTIFICATION_CONCURRENCY",
        "notifications.concurrency",
        Kind::Number,
    ),
    ("ADMIN_API_TOKEN", "auth.admin_api_token", Kind::Text),
    ("JWT_AUTH_ENABLED", "auth.jwt_enabled", Kind::Flag),
    ("JWT_SECRET", "auth.jwt_secrets", Kind::Single),
    ("JWT_SECRETS", "auth.jwt_secrets", Kind::List),
    ("JWT_JWKS_URL", "auth.jwks_url", Kind::Text),
    ("JWT_USER_ID_CLAIM", "auth.user_id_claim", Kind::Text),
    ("JWT_SCOPES_CLAIM", "auth.scopes_claim", Kind::Text),
    ("JWT_REQUIRE_EXP", "auth.require_exp", Kind::Flag),
    ("JWT_AUDIENCE", "auth.audience", Kind::Text),
    ("JWT_ISSUER", "auth.issuer", Kind::Text),
    ("SCOPE_HEADER_TRUSTED", "auth.scope_header_trusted", Kind::Flag),
    ("WS_QUERY_TOKEN", "auth.ws_query_token", Kind::Flag),
    (
        "AUTH_INSECURE_ALLOW_PUBLIC",
        "auth.insecure_allow_public",
        Kind::Flag,
    ),
    ("CORS_ALLOWED_ORIGINS", "cors.allowed_origins", Kind::List),
    ("CORS_ALLOWED_METHODS", "cors.allowed_methods", Kind::List),
    ("CORS_ALLOWED_HEADERS", "cors.allowed_headers", Kind::List),
    ("CORS_ALLOW_CREDENTIALS", "cors.allow_credentials", Kind::Flag),
    ("CORS_MAX_AGE", "cors.max_age_secs", Kind::Number),
    ("RATE_LIMIT_ENABLED", "limits.rate_limit_enabled", Kind::Flag),
    ("RATE_LIMIT_RPS", "limits.rate_limit_rps", Kind::Number),
    ("RATE_LIMIT_BURST", "limits.rate_limit_burst", Kind::Number),
    ("READ_COST_RPS", "limits.read_cost_rps", Kind::Number),
    ("READ_COST_BURST", "limits.read_cost_burst", Kind::Number),
    ("TRUSTED_PROXIES", "limits.trusted_proxies", Kind::Number),
    ("WEBHOOK_URL", "webhooks.url", Kind::Text),
    ("WEBHOOK_SECRET", "webhooks.secrets", Kind::Single),
    ("WEBHOOK_SECRETS", "webhooks.secrets", Kind::List),
    ("WEBHOOK_EVENTS", "webhooks.events", Kind::List),
    ("WEBHOOK_ALLOW_PRIVATE", "webhooks.allow_private", Kind::Flag),
    ("WEBHOOK_CONCURRENCY", "webhooks.concurrency", Kind::Number),
    (
        "WEBHOOK_DISABLE_AFTER_SECS",
        "webhooks.disable_after_secs",
        Kind::Number,
    ),
    ("BIND_HOST", "worker.host", Kind::Text),
    ("WORKER_PORT", "worker.port", Kind::Number),
    ("WORKER_ROLES", "worker.roles", Kind::List),
    ("ARCHIVE_CRON", "worker.archive_cron", Kind::Text),
    ("ARCHIVE_AFTER_SECS", "worker.archive_after_secs", Kind::Number),
    ("LOG_KEEP_SECS", "worker.log_keep_secs", Kind::Number),
];

impl Environment {
    /// What this process was started with.
    #[must_use]
    pub fn of_process() -> Self {
        let named = |(name, _, _): &(&str, &str, Kind)| {
            let value = std::env::var_os(name)?;
            // What is no text keeps its place, so that it is reported instead of overlooked.
            Some(((*name).to_owned(), value.to_string_lossy().into_owned()))
        };
        Self(VARIABLES.iter().filter_map(named).collect())
    }

    /// What the variables set, and a sentence for each that can not be read.
    pub(super) fn read(&self) -> (Layer, Vec<String>) {
        let mut layer = Layer::default();
        let mut problems = Vec::new();
        for (name, key, kind) in VARIABLES {
            let Some(text) = self
                .0
                .get(*name)
                .map(|text| text.trim())
                .filter(|text| !text.is_empty())
            else {
                continue;
            };
            match value(*kind, text) {
                Ok(Some(value)) => layer.put(key, value),
                Ok(None) => {}
                Err(expected) => problems.push(format!("{name} must be {expected}")),
            }
        }
        problems.dedup();
        (layer, problems)
    }
}

impl<K: Into<String>, V: Into<String>> FromIterator<(K, V)> for Environment {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(variables: I) -> Self {
        Self(
            variables
                .into_iter()
                .map(|(name, value)| (name.into(), value.into()))
                .collect(),
        )
    }
}

impl fmt::Debug for Environment {
    /// The names only: values may be secret.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_set().entries(self.0.keys()).finish()
    }
}

/// The value, or what it should have been. The text itself is not repeated: it may be a secret in the wrong place.
fn value(kind: Kind, text: &str) -> Result<Option<Value>, &'static str> {
    Ok(Some(match kind {
        Kind::Flag => match text.to_ascii_lowercase().as_str() {
            "1" | "on" | "true" | "yes" => Value::from(true),
            "0" | "false" | "no" | "off" => Value::from(false),
            _ => return Err("`true` or `false`"),
        },
        Kind::List => {
            let items: Vec<&str> = text
                .split(',')
                .map(str::trim)
                .filter(|item| !item.is_empty())
                .collect();
            if items.is_empty() {
                return Ok(None);
            }
            Value::from(items)
        }
        Kind::Number => Value::from(text.parse::<u64>().map_err(|_| "a whole number, not negative")?),
        Kind::Single => Value::from(vec![text]),
        Kind::Text => Value::from(text),
    }))
}
