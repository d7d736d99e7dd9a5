use std::{collections::HashSet, sync::LazyLock};

use sqlx::{Connection, PgConnection, migrate::Migrator};
use tokio::time::{Duration, timeout};

use crate::{Storage, StorageError};

static MIGRATIONS: LazyLock<Migrator> = LazyLock::new(|| {
    let mut migrations = sqlx::migrate!("./migrations");
    // An older process may start against a newer schema during a rolling update.
    migrations.set_ignore_missing(true);
    migrations
});

/// Building an index on a large table takes its time; a lock that never comes must not hold a start for ever.
const DEADLINE: Duration = Duration::from_secs(1_800);

impl Storage {
    /// Bring the schema up to date. Replicas that start at once wait for each other, and only one does the work.
    pub async fn migrate(&self) -> Result<(), StorageError> {
        let work = async {
            let mut connection = PgConnection::connect_with(&self.migrating).await?;
            MIGRATIONS.run_direct(None, &mut connection, false).await?;
            connection.close().await?;
            Ok(())
        };
        timeout(DEADLINE, work)
            .await
            .unwrap_or_else(|_| Err(StorageError::timed_out()))
    }

    /// How many migrations are still to be applied.
    pub async fn migrations_pending(&self) -> Result<usize, StorageError> {
        let applied = self.bounded(self.applied_migrations()).await?;
        let known = MIGRATIONS
            .iter()
            .filter(|one| one.migration_type.is_up_migration());
        Ok(known.filter(|one| !applied.contains(&one.version)).count())
    }

    /// The newest migration that this version knows.
    pub fn newest_known_migration() -> i64 {
        MIGRATIONS.iter().map(|one| one.version).max().unwrap_or(0)
    }

    async fn applied_migrations(&self) -> Result<HashSet<i64>, StorageError> {
        let exists: bool = sqlx::query_scalar("SELECT to_regclass('_sqlx_migrations') IS NOT NULL")
            .fetch_one(&self.pool)
            .await?;
        if !exists {
            return Ok(HashSet::new());
        }
        let versions: Vec<i64> = sqlx::query_scalar("SELECT version FROM _sqlx_migrations WHERE success")
            .fetch_all(&self.pool)
            .await?;
        Ok(versions.into_iter().collect())
    }
}
