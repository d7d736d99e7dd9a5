use std::{num::NonZeroU32, time::Duration};

use mtchat_storage::StorageOptions;
use serde::Deserialize;
use url::Url;

use super::{Context, Secret, seconds};

/// Good for a database on one's own machine and nowhere else.
const DEVELOPMENT_URL: &str = "postgres://postgres:postgres@localhost:5432/multitenancy_chat";

/// `[database]`: Postgres.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DatabaseSettings {
    /// `DATABASE_URL`. Where it is, with role and password.
    pub url: Secret<String>,
    /// `DATABASE_MAX_CONNECTIONS`. Most connections of one process.
    pub max_connections: NonZeroU32,
    /// `DATABASE_MIN_CONNECTIONS`. Connections kept open while idle.
    pub min_connections: u32,
    /// `DATABASE_ACQUIRE_TIMEOUT_SECS`. How long a request waits for a connection.
    #[serde(rename = "acquire_timeout_secs", deserialize_with = "seconds::deserialize")]
    pub acquire_timeout: Duration,
    /// `DATABASE_IDLE_TIMEOUT_SECS`. An idle connection is closed after this.
    #[serde(rename = "idle_timeout_secs", deserialize_with = "seconds::deserialize")]
    pub idle_timeout: Duration,
    /// `DATABASE_MAX_LIFETIME_SECS`. Any connection is replaced after this.
    #[serde(rename = "max_lifetime_secs", deserialize_with = "seconds::deserialize")]
    pub max_lifetime: Duration,
    /// Postgres gives a statement up after this.
    #[serde(rename = "statement_timeout_secs", deserialize_with = "seconds::deserialize")]
    pub statement_timeout: Duration,
    /// `MIGRATE_ON_START`. Whether edges and workers bring the tables up to date when they start: once, however many of
    /// them start at the same time.
    pub migrate_on_start: bool,
}

impl Default for DatabaseSettings {
    fn default() -> Self {
        Self {
            url: Secret::new(DEVELOPMENT_URL.to_owned()),
            max_connections: NonZeroU32::MIN.saturating_add(19),
            min_connections: 5,
            acquire_timeout: Duration::from_secs(30),
            idle_timeout: Duration::from_secs(600),
            max_lifetime: Duration::from_secs(1_800),
            statement_timeout: Duration::from_secs(5),
            migrate_on_start: true,
        }
    }
}

impl DatabaseSettings {
    /// As the storage takes them.
    #[must_use]
    pub fn storage_options(&self) -> StorageOptions {
        StorageOptions {
            url: self.url.expose().clone(),
            max_connections: self.max_connections.get(),
            min_connections: self.min_connections,
            acquire_timeout: self.acquire_timeout,
            idle_timeout: self.idle_timeout,
            max_lifetime: self.max_lifetime,
            statement_timeout: self.statement_timeout,
        }
    }

    pub(super) fn validate(&self, context: &Context, problems: &mut Vec<String>) {
        let url = self.url.expose();
        match Url::parse(url) {
            Ok(url) if matches!(url.scheme(), "postgres" | "postgresql") => {}
            Ok(_) => problems.push("DATABASE_URL must begin with postgres://".to_owned()),
            Err(error) => problems.push(format!("DATABASE_URL is no address: {error}")),
        }
        if url == DEVELOPMENT_URL && !context.development {
            problems.push(
                "DATABASE_URL is not set, and its default is for development only: set it, or \
                 MTCHAT_ENVIRONMENT=development"
                    .to_owned(),
            );
        }
        if self.min_connections > self.max_connections.get() {
            problems.push(format!(
                "DATABASE_MIN_CONNECTIONS ({}) is greater than DATABASE_MAX_CONNECTIONS ({})",
                self.min_connections, self.max_connections
            ));
        }
        for (name, timeout) in [
            ("DATABASE_ACQUIRE_TIMEOUT_SECS", self.acquire_timeout),
            ("DATABASE_IDLE_TIMEOUT_SECS", self.idle_timeout),
            ("DATABASE_MAX_LIFETIME_SECS", self.max_lifetime),
            ("database.statement_timeout_secs", self.statement_timeout),
        ] {
            if timeout.is_zero() {
                problems.push(format!("{name} must be at least 1"));
            }
        }
    }
}
