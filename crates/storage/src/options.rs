use std::{str::FromStr, time::Duration};

use sqlx::{ConnectOptions, postgres::PgConnectOptions};

use crate::StorageError;

/// The most that a read may take altogether.
const MOST_FOR_A_READ: Duration = Duration::from_secs(4);
/// The least that a batch of the projector may take: deleting a very long dialog is one statement.
const APPLY_TIMEOUT: Duration = Duration::from_secs(60);

/// Nothing is waited for within a transaction but the database: a process that hangs in one must not hold for long what others wait
/// for, above all whoever takes its place.
const HUNG_AFTER: Duration = Duration::from_secs(15);

/// Every statement finds its rows by keys, whatever its parameters and however large the tables: so it is planned once, and never to
/// read through a table that it joins.
const PLANNED_ONCE: [(&str, &str); 4] = [
    ("plan_cache_mode", "force_generic_plan"),
    ("enable_hashjoin", "off"),
    ("enable_mergejoin", "off"),
    ("enable_memoize", "off"),
];

/// Where the database is and how much may be asked of it.
#[derive(Clone)]
pub struct StorageOptions {
    /// `postgres://…`
    pub url: String,
    /// Most connections of this process for what is asked about one app. There are up to four more for what belongs to no app, and
    /// one for each shard that is projected here.
    pub max_connections: u32,
    /// Connections that are kept open without need.
    pub min_connections: u32,
    /// How long a read may wait for a connection.
    pub acquire_timeout: Duration,
    /// After how long an unused connection is closed.
    pub idle_timeout: Duration,
    /// After how long any connection is closed.
    pub max_lifetime: Duration,
    /// How long one statement may take.
    pub statement_timeout: Duration,
}

impl StorageOptions {
    /// The options for a database, with defaults for all else.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            max_connections: 16,
            min_connections: 0,
            acquire_timeout: Duration::from_secs(2),
            idle_timeout: Duration::from_secs(300),
            max_lifetime: Duration::from_secs(1_800),
            statement_timeout: Duration::from_secs(5),
        }
    }

    /// How long a read may take altogether: whoever asks is told within five seconds that the database is away, however patient
    /// the pool is.
    pub(crate) fn read_deadline(&self) -> Duration {
        (self.acquire_timeout + self.statement_timeout + Duration::from_secs(1)).min(MOST_FOR_A_READ)
    }

    /// How long a batch may take altogether.
    pub(crate) fn apply_deadline(&self) -> Duration {
        self.apply_timeout() + Duration::from_secs(10)
    }

    /// What asks about one app: the role of edges, which sees the rows of the app that was named.
    pub(crate) fn reading(&self) -> Result<PgConnectOptions, StorageError> {
        Ok(self.of_no_app()?.options([("role", "mtchat_edge")]))
    }

    pub(crate) fn of_no_app(&self) -> Result<PgConnectOptions, StorageError> {
        Ok(self
            .by_keys()?
            .options(PLANNED_ONCE)
            .options([timeout(self.statement_timeout)]))
    }

    pub(crate) fn projecting(&self) -> Result<PgConnectOptions, StorageError> {
        Ok(self
            .by_keys()?
            .options(PLANNED_ONCE)
            .options([timeout(self.apply_timeout())])
            .options([("role", "mtchat_worker")]))
    }

    /// Migrations wait for each other and may build indexes on large tables.
    pub(crate) fn migrating(&self) -> Result<PgConnectOptions, StorageError> {
        Ok(self.connection()?.options([timeout(Duration::ZERO)]))
    }

    /// All reads and writes name their rows by keys. A plan is kept until the tables are analysed again, and one that reads a
    /// whole table because it was small then must not be used on what it has grown to.
    fn by_keys(&self) -> Result<PgConnectOptions, StorageError> {
        let hung_after = HUNG_AFTER.as_millis().to_string();
        Ok(self
            .connection()?
            .options([("enable_seqscan", "off")])
            .options([("idle_in_transaction_session_timeout", hung_after)]))
    }

    fn apply_timeout(&self) -> Duration {
        self.statement_timeout.max(APPLY_TIMEOUT)
    }

    fn connection(&self) -> Result<PgConnectOptions, StorageError> {
        Ok(PgConnectOptions::from_str(&self.url)?
            .application_name("mtchat")
            .options([("jit", "off")])
            .disable_statement_logging())
    }
}

fn timeout(limit: Duration) -> (&'static str, String) {
    ("statement_timeout", limit.as_millis().to_string())
}
