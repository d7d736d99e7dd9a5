//! What a backup and a restore ask of the database.

use mtchat_protocol::{Epoch, ShardId};
use serde::{Deserialize, Serialize};
use sqlx::{AssertSqlSafe, Connection, PgConnection, Row};

use crate::{Projection, Storage, StorageError, projection};

/// The database as it was at one moment, for as long as this is held. Other programs may read that same moment by its name.
pub struct HeldMoment {
    connection: PgConnection,
    /// What `pg_dump --snapshot` takes.
    pub name: String,
    /// As whom everything is seen; `None`: as who connects, who is above row security.
    pub role: Option<&'static str>,
}

/// What a table holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableSum {
    /// Which.
    pub table: String,
    /// How many rows.
    pub rows: u64,
    /// A sum over all of them, in whichever order they come.
    pub sum: String,
}

/// The text of a row does not depend on who asks.
const CANONICAL: &str = "
SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO'; SET LOCAL intervalstyle = 'postgres';
SET LOCAL bytea_output = 'hex'; SET LOCAL extra_float_digits = 1";

const TABLES: &str = "SELECT quote_ident(relname) AS name, relname::text AS plain FROM pg_class
WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition ORDER BY relname";

const ABOVE: &str = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user";

/// Each of these says in which life of the log its place is.
const PLACED: [&str; 4] = ["projection", "indexing", "notifying", "webhook_positions"];

impl Storage {
    /// Hold the database as it is now.
    pub async fn hold_moment(&self) -> Result<HeldMoment, StorageError> {
        let mut connection = PgConnection::connect_with(&self.migrating).await?;
        sqlx::raw_sql("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            .execute(&mut connection)
            .await?;
        sqlx::raw_sql(CANONICAL).execute(&mut connection).await?;
        let above: bool = sqlx::query_scalar(ABOVE).fetch_one(&mut connection).await?;
        // The owner of the tables would see nothing of those that keep apps apart; workers see all of them.
        let role = (!above).then_some("mtchat_worker");
        if role.is_some() {
            sqlx::raw_sql("SET LOCAL ROLE mtchat_worker")
                .execute(&mut connection)
                .await?;
        }
        let name = sqlx::query_scalar("SELECT pg_export_snapshot()")
            .fetch_one(&mut connection)
            .await?;
        Ok(HeldMoment {
            connection,
            name,
            role,
        })
    }

    /// How many tables there are, whoever made them.
    pub async fn table_count(&self) -> Result<usize, StorageError> {
        self.bounded(async { Ok(sqlx::query(TABLES).fetch_all(&self.pool).await?.len()) })
            .await
    }

    /// Take everything out of the schema. The roles that the rows are kept apart by are there afterwards, which no dump of a database
    /// brings along.
    pub async fn clear(&self) -> Result<(), StorageError> {
        self.drop_all().await?;
        self.migrate().await?;
        self.drop_all().await
    }

    async fn drop_all(&self) -> Result<(), StorageError> {
        let sql = "DO $$ DECLARE own text := current_schema(); BEGIN
            EXECUTE format('DROP SCHEMA %I CASCADE', own);
            EXECUTE format('CREATE SCHEMA %I', own);
            EXECUTE format('GRANT USAGE ON SCHEMA %I TO PUBLIC', own);
        END $$";
        let mut connection = PgConnection::connect_with(&self.migrating).await?;
        sqlx::raw_sql(sql).execute(&mut connection).await?;
        connection.close().await?;
        Ok(())
    }

    /// The log was made again in another life, and holds at every place what it held before: so the places stay what they are.
    pub async fn carry_places_over(&self, from: &Epoch, to: &Epoch) -> Result<(), StorageError> {
        let mut connection = PgConnection::connect_with(&self.migrating).await?;
        let mut transaction = connection.begin().await?;
        for table in PLACED {
            let sql = format!("UPDATE {table} SET epoch = $2 WHERE epoch = $1");
            sqlx::query(AssertSqlSafe(sql))
                .bind(&from.0)
                .bind(&to.0)
                .execute(&mut *transaction)
                .await?;
        }
        transaction.commit().await?;
        connection.close().await?;
        Ok(())
    }
}

impl HeldMoment {
    /// What every table held.
    pub async fn tables(&mut self) -> Result<Vec<TableSum>, StorageError> {
        let names = sqlx::query(TABLES).fetch_all(&mut self.connection).await?;
        let mut sums = Vec::with_capacity(names.len());
        for row in names {
            let (name, plain): (String, String) = (row.try_get("name")?, row.try_get("plain")?);
            // Halves of a hash of each row, added up: whichever order they come in, and no two rows cancel each other out.
            let sql = format!(
                "SELECT count(*) AS rows,
                    coalesce(sum(('x' || left(md5(t::text), 8))::bit(32)::bigint), 0)::text || '-' ||
                    coalesce(sum(('x' || right(md5(t::text), 8))::bit(32)::bigint), 0)::text AS sum
                 FROM {name} t"
            );
            let row = sqlx::query(AssertSqlSafe(sql))
                .fetch_one(&mut self.connection)
                .await?;
            sums.push(TableSum {
                table: plain,
                rows: row.try_get::<i64, _>("rows")?.unsigned_abs(),
                sum: row.try_get("sum")?,
            });
        }
        Ok(sums)
    }

    /// Where the shard's projection stood.
    pub async fn projection(&mut self, shard: ShardId) -> Result<Option<Projection>, StorageError> {
        let row = sqlx::query("SELECT epoch, log_seq, fact_id FROM projection WHERE shard = $1")
            .bind(i32::from(shard.0))
            .fetch_optional(&mut self.connection)
            .await?;
        row.map(|row| projection::read(shard, &row)).transpose()
    }

    /// The newest migration; `None`: there was no schema.
    pub async fn newest_migration(&mut self) -> Result<Option<i64>, StorageError> {
        let exists: bool = sqlx::query_scalar("SELECT to_regclass('_sqlx_migrations') IS NOT NULL")
            .fetch_one(&mut self.connection)
            .await?;
        if !exists {
            return Ok(None);
        }
        let newest = sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations WHERE success")
            .fetch_one(&mut self.connection)
            .await?;
        Ok(newest)
    }

    /// The keys of objects in the bucket that a row spoke of, after this one, in their order.
    pub async fn objects(&mut self, after: &str, most: u32) -> Result<Vec<String>, StorageError> {
        let sql = "SELECT key FROM (
                SELECT file_key AS key FROM attachments
                UNION SELECT file_key || '.thumbnail' FROM attachments WHERE thumbnail
            ) o WHERE key COLLATE \"C\" > $1 ORDER BY key COLLATE \"C\" LIMIT $2";
        let keys = sqlx::query_scalar(sql)
            .bind(after)
            .bind(i64::from(most))
            .fetch_all(&mut self.connection)
            .await?;
        Ok(keys)
    }

    /// Hold it no longer.
    pub async fn release(self) -> Result<(), StorageError> {
        Ok(self.connection.close().await?)
    }
}
