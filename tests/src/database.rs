//! What Postgres holds, asked without the help of the code under test.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use mtchat_nats::log_state;
use mtchat_protocol::{DialogId, MessageId, ShardId};
use sqlx::{PgPool, postgres::PgPoolOptions};
use uuid::Uuid;

use crate::{PATIENCE, System, eventually};

/// How long the projector may take for what has piled up.
const CATCH_UP: Duration = Duration::from_secs(60);

/// A connection to the system's database.
#[derive(Debug, Clone)]
pub struct Database {
    pub(crate) pool: PgPool,
}

/// A user message as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredMessage {
    /// The message.
    pub id: MessageId,
    /// Its number in the dialog.
    pub seq: u64,
    /// Its content.
    pub content: String,
}

/// A run of a job as it is remembered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRun {
    /// For when it was planned, in seconds since 1970.
    pub scheduled_at: i64,
    /// Whether it is over.
    pub finished: bool,
    /// How it went, as far as that is known.
    pub outcome: Option<String>,
    /// How much it did.
    pub done: i64,
}

impl Database {
    pub(crate) async fn connect(url: &str) -> Self {
        let options = PgPoolOptions::new().max_connections(2).acquire_timeout(PATIENCE);
        let pool = options.connect(url).await.expect("Postgres answers");
        Self { pool }
    }

    /// Where the bytes of files lie that the database knows of, with their thumbnails.
    pub async fn file_keys(&self) -> BTreeSet<String> {
        let sql = "SELECT unnest(CASE WHEN thumbnail THEN ARRAY[file_key, file_key || '.thumbnail'] ELSE ARRAY[file_key] END)
            FROM attachments";
        let keys: Vec<String> = sqlx::query_scalar(sql)
            .fetch_all(&self.pool)
            .await
            .expect("the database answers");
        keys.into_iter().collect()
    }

    /// The user messages of a dialog, in order.
    pub async fn messages(&self, dialog: DialogId) -> Vec<StoredMessage> {
        let query =
            "SELECT id, seq, content FROM messages WHERE dialog = $1 AND ordinal IS NOT NULL ORDER BY seq";
        let rows: Vec<(Uuid, i64, String)> = sqlx::query_as(query)
            .bind(dialog.0)
            .fetch_all(&self.pool)
            .await
            .expect("the messages can be read");
        let stored = rows.into_iter().map(|(id, seq, content)| StoredMessage {
            id: MessageId(id),
            seq: seq.unsigned_abs(),
            content,
        });
        stored.collect()
    }

    /// How many rows each table has.
    pub async fn row_counts(&self) -> BTreeMap<String, i64> {
        let sql = "SELECT c.relname::text, (xpath('/row/n/text()',
                query_to_xml(format('SELECT count(*) AS n FROM %I', c.relname), false, true, '')))[1]::text::bigint
            FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace";
        let rows: Vec<(String, i64)> = sqlx::query_as(sql)
            .fetch_all(&self.pool)
            .await
            .expect("the tables can be counted");
        rows.into_iter().collect()
    }

    /// The runs of a job, in order.
    pub async fn runs(&self, job: &str) -> Vec<StoredRun> {
        let query = "SELECT extract(epoch FROM scheduled_at)::bigint, finished_at IS NOT NULL, outcome, done
            FROM job_runs WHERE job = $1 ORDER BY scheduled_at";
        let rows: Vec<(i64, bool, Option<String>, i64)> = sqlx::query_as(query)
            .bind(job)
            .fetch_all(&self.pool)
            .await
            .expect("the runs can be read");
        let runs = rows
            .into_iter()
            .map(|(scheduled_at, finished, outcome, done)| StoredRun {
                scheduled_at,
                finished,
                outcome,
                done,
            });
        runs.collect()
    }

    /// Run something as the tables' owner; what the database says when it refuses.
    pub async fn run(&self, sql: &'static str) -> Result<(), String> {
        let done = sqlx::raw_sql(sql).execute(&self.pool).await;
        done.map(drop).map_err(|error| error.to_string())
    }

    /// How many dialogs there are that are not deleted.
    pub async fn dialog_count(&self) -> u64 {
        let query = "SELECT count(*) FROM dialogs WHERE NOT deleted";
        let count: i64 = sqlx::query_scalar(query)
            .fetch_one(&self.pool)
            .await
            .expect("the dialogs can be counted");
        count.unsigned_abs()
    }

    /// How many user messages there are in all.
    pub async fn message_count(&self) -> u64 {
        let query = "SELECT count(*) FROM messages WHERE ordinal IS NOT NULL";
        let count: i64 = sqlx::query_scalar(query)
            .fetch_one(&self.pool)
            .await
            .expect("the messages can be counted");
        count.unsigned_abs()
    }

    /// The tables in a row of which this text stands.
    pub async fn tables_with(&self, text: &str) -> Vec<String> {
        let tables: Vec<String> = sqlx::query_scalar(
            "SELECT relname::text FROM pg_stat_user_tables WHERE schemaname = current_schema() ORDER BY 1",
        )
        .fetch_all(&self.pool)
        .await
        .expect("Postgres answers");
        let mut found = Vec::new();
        for table in tables {
            let sql = format!("SELECT EXISTS (SELECT FROM {table} t WHERE strpos(t::text, $1) > 0)");
            let holds: bool = sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
                .bind(text)
                .fetch_one(&self.pool)
                .await
                .expect("the table can be read");
            found.extend(holds.then_some(table));
        }
        found
    }

    /// How many rows each table has.
    pub async fn rows(&self) -> BTreeMap<String, u64> {
        let sql = "SELECT relname::text,
                (xpath('/row/n/text()', query_to_xml(format('SELECT count(*) AS n FROM %I', relname), false, true, '')))[1]::text::bigint
            FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace";
        let rows: Vec<(String, i64)> = sqlx::query_as(sql)
            .fetch_all(&self.pool)
            .await
            .expect("the tables can be counted");
        rows.into_iter()
            .map(|(table, rows)| (table, rows.unsigned_abs()))
            .collect()
    }

    /// How many things of the log could not be taken.
    pub async fn dead_letters(&self) -> i64 {
        let query = "SELECT count(*) FROM dead_letters";
        sqlx::query_scalar(query)
            .fetch_one(&self.pool)
            .await
            .expect("the dead letters can be counted")
    }

    /// The log sequence up to which everything is stored.
    pub async fn position(&self) -> u64 {
        let query = "SELECT coalesce(max(log_seq), 0) FROM projection WHERE shard = 0";
        let position: i64 = sqlx::query_scalar(query)
            .fetch_one(&self.pool)
            .await
            .expect("the position can be read");
        position.unsigned_abs()
    }

    /// Wait until everything that stands in the log at this moment is stored.
    pub async fn has_everything(&self, system: &System) {
        let broker = system.broker().await;
        let state = eventually("the log to answer", PATIENCE, async || {
            log_state(&broker, ShardId(0)).await.ok()
        })
        .await;
        let what = format!("log sequence {} to be stored", state.last_seq);
        eventually(&what, CATCH_UP, async || {
            (self.position().await >= state.last_seq).then_some(())
        })
        .await;
    }

    /// Wait until the timers of everything that stands in the log at this moment are answered.
    pub async fn has_told_everything(&self, system: &System) {
        let broker = system.broker().await;
        let state = eventually("the log to answer", PATIENCE, async || {
            log_state(&broker, ShardId(0)).await.ok()
        })
        .await;
        let end = i64::try_from(state.last_seq).expect("logs are short");
        let query = "SELECT log_seq >= $1 AND NOT EXISTS (SELECT FROM awaited_notices) FROM notifying WHERE shard = 0";
        eventually("all timers to be answered", CATCH_UP, async || {
            let told: Option<bool> = sqlx::query_scalar(query)
                .bind(end)
                .fetch_optional(&self.pool)
                .await
                .expect("the notifier's place can be read");
            told.filter(|told| *told).map(drop)
        })
        .await;
    }
}
