use std::{future::Future, sync::Arc};

use mtchat_protocol::Timestamp;
use sqlx::{
    Connection, PgPool, Row,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use time::OffsetDateTime;
use tokio::time::{Duration, timeout};

use crate::{StorageError, StorageOptions, apply::Writers};

/// A connection unused for longer is asked whether it still lives before it is used: the database may have been restarted.
const SURELY_ALIVE: Duration = Duration::from_secs(1);

/// The database. Clones share one pool.
#[derive(Clone)]
pub struct Storage {
    pub(crate) pool: PgPool,
    pub(crate) writers: Arc<Writers>,
    pub(crate) migrating: PgConnectOptions,
    read_deadline: Duration,
}

/// What the server says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerFacts {
    /// As a number: 150018 is 15.18.
    pub version: u32,
    /// The server's clock.
    pub clock: Timestamp,
}

impl Storage {
    /// Make ready to connect; the database itself is first needed by the first call. Needs a Tokio runtime.
    pub fn connect_lazy(options: &StorageOptions) -> Result<Self, StorageError> {
        let pool = PgPoolOptions::new()
            .max_connections(options.max_connections)
            .min_connections(options.min_connections)
            .acquire_timeout(options.acquire_timeout)
            .idle_timeout(options.idle_timeout)
            .max_lifetime(options.max_lifetime)
            .test_before_acquire(false)
            .before_acquire(|connection, meta| {
                Box::pin(async move {
                    if meta.idle_for > SURELY_ALIVE {
                        connection.ping().await?;
                    }
                    Ok(true)
                })
            })
            .connect_lazy_with(options.reading()?);
        Ok(Self {
            pool,
            writers: Arc::new(Writers::new(options)?),
            migrating: options.migrating()?,
            read_deadline: options.read_deadline(),
        })
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), StorageError> {
        self.bounded(async { Ok(sqlx::query("SELECT 1").execute(&self.pool).await.map(drop)?) })
            .await
    }

    /// The server's version and clock.
    pub async fn server_facts(&self) -> Result<ServerFacts, StorageError> {
        let sql = "SELECT current_setting('server_version_num')::int AS version, clock_timestamp() AS clock";
        let row = self
            .bounded(async { Ok(sqlx::query(sql).fetch_one(&self.pool).await?) })
            .await?;
        Ok(ServerFacts {
            version: u32::try_from(row.try_get::<i32, _>("version")?).unwrap_or_default(),
            clock: Timestamp::from_offset(row.try_get::<OffsetDateTime, _>("clock")?),
        })
    }

    /// Close all connections; waits for those in use.
    pub async fn close(&self) {
        self.writers.close().await;
        self.pool.close().await;
    }

    /// Run a read under its deadline: a server that is reachable but mute must not hold a request.
    pub(crate) async fn bounded<T>(
        &self,
        work: impl Future<Output = Result<T, StorageError>>,
    ) -> Result<T, StorageError> {
        timeout(self.read_deadline, work)
            .await
            .unwrap_or_else(|_| Err(StorageError::timed_out()))
    }
}
