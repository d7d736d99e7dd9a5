//! The database of an existing deployment, which is imported.

mod chats;
mod fill;
mod look;

use sqlx::{AssertSqlSafe, PgPool, postgres::PgPoolOptions};

pub use chats::{Chat, Chats, LegacyFile, Person, Said};
pub use look::Look;

use crate::{PATIENCE, System};

const SCHEMA: &str = include_str!("schema.sql");

/// A database beside the system's own, in the same server.
#[derive(Debug, Clone)]
pub struct Legacy {
    url: String,
    pub(crate) pool: PgPool,
}

impl Legacy {
    /// With the tables, and nothing in them.
    pub async fn start(system: &mut System, name: &str) -> Self {
        let legacy = Self::bare(system, name).await;
        legacy.run(SCHEMA).await;
        legacy
    }

    /// Without any tables.
    pub async fn bare(system: &mut System, name: &str) -> Self {
        let own = system.postgres().url();
        let pool = PgPoolOptions::new()
            .connect(&own)
            .await
            .expect("Postgres answers");
        sqlx::raw_sql(AssertSqlSafe(format!("CREATE DATABASE {name}")))
            .execute(&pool)
            .await
            .expect("a database can be made");
        pool.close().await;
        let (server, _) = own.rsplit_once('/').expect("the address names a database");
        let url = format!("{server}/{name}");
        let options = PgPoolOptions::new().max_connections(2).acquire_timeout(PATIENCE);
        let pool = options.connect(&url).await.expect("Postgres answers");
        Self { url, pool }
    }

    /// Its address.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Change something in it.
    pub async fn run(&self, sql: &str) {
        sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))
            .execute(&self.pool)
            .await
            .expect("the statement is taken");
    }
}
