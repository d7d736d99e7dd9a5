use std::{future::Future, sync::Arc};

use mtchat_protocol::Timestamp;
use sqlx::{
    PgConnection, PgPool, Row,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use time::OffsetDateTime;
use tokio::time::{Duration, timeout};

use crate::{StorageError, StorageOptions, apply::Writers, in_app::AppConnections};

/// What belongs to no app or to all of them is little: what workers keep of their own, the table of apps, revocations.
pub(crate) const MOST_OF_NO_APP: u32 = 4;

/// The database. Clones share their connections.
#[derive(Clone)]
pub struct Storage {
    /// For what is asked about one app: these see nothing else.
    pub(crate) apps: AppConnections,
    /// For what belongs to no app or to all of them.
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
            .max_connections(MOST_OF_NO_APP)
            .acquire_timeout(options.acquire_timeout)
            .idle_timeout(options.idle_timeout)
            .max_lifetime(options.max_lifetime)
            .test_before_acquire(true)
            .after_connect(|connection, _| Box::pin(workers_role(connection)))
            .connect_lazy_with(options.of_no_app()?);
        Ok(Self {
            apps: AppConnections::new(options)?,
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
        self.apps.close().await;
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

/// Before the schema is there, the role is not there either.
async fn workers_role(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    let sql =
        "SELECT set_config('role', 'mtchat_worker', false) WHERE to_regrole('mtchat_worker') IS NOT NULL";
    sqlx::query(sql).execute(connection).await.map(drop)
}
