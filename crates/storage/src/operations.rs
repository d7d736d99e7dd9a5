//! What operators look at: how much waits, was set aside, or was run.

use mtchat_protocol::{ShardId, Timestamp};
use sqlx::{Row, postgres::PgRow};

use crate::{
    Storage, StorageError,
    row::{moment, number, optional_moment},
};

/// What waits for somebody or something, of one shard.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Backlog {
    /// Entries of the log that were set aside by the projector.
    pub dead_letters: u64,
    /// Dialogs whose timer is set and was not answered.
    pub timers: u64,
    /// When the oldest of them was set.
    pub oldest_timer: Option<Timestamp>,
    /// Events that failed, or wait behind one that did, of all endpoints.
    pub webhooks_pending: u64,
    /// Events that were given up, of all endpoints.
    pub webhooks_dead: u64,
}

/// A run of a job as it is remembered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastRun {
    /// Which job.
    pub job: String,
    /// For which moment it was planned.
    pub scheduled_at: Timestamp,
    /// When it was begun, by whoever worked on it last.
    pub began_at: Timestamp,
    /// When it was over; `None`: it is not.
    pub finished_at: Option<Timestamp>,
    /// How it went, in a word, as far as that is known.
    pub outcome: Option<String>,
    /// How much it did.
    pub done: u64,
}

const BACKLOG: &str = "
SELECT
    (SELECT count(*) FROM dead_letters WHERE shard = $1) AS dead_letters,
    (SELECT count(*) FROM awaited_notices WHERE shard = $1) AS timers,
    (SELECT since FROM awaited_notices WHERE shard = $1 ORDER BY since LIMIT 1) AS oldest_timer,
    (SELECT count(*) FROM webhook_pending WHERE shard = $1) AS webhooks_pending,
    (SELECT count(*) FROM webhook_dead_letters WHERE shard = $1) AS webhooks_dead";

/// The newest run of each job.
const RUNS: &str = "
SELECT DISTINCT ON (job) job, scheduled_at, began_at, finished_at, outcome, done FROM job_runs
ORDER BY job, scheduled_at DESC";

impl Storage {
    /// How much waits.
    pub async fn backlog(&self, shard: ShardId) -> Result<Backlog, StorageError> {
        self.bounded(async {
            let row = sqlx::query(BACKLOG)
                .bind(i32::from(shard.0))
                .fetch_one(&self.pool)
                .await?;
            Ok(Backlog {
                dead_letters: number(&row, "dead_letters")?,
                timers: number(&row, "timers")?,
                oldest_timer: optional_moment(&row, "oldest_timer")?,
                webhooks_pending: number(&row, "webhooks_pending")?,
                webhooks_dead: number(&row, "webhooks_dead")?,
            })
        })
        .await
    }

    /// The newest run of each job.
    pub async fn newest_runs(&self) -> Result<Vec<PastRun>, StorageError> {
        self.bounded(async {
            let rows = sqlx::query(RUNS).fetch_all(&self.pool).await?;
            rows.iter().map(run).collect()
        })
        .await
    }
}

fn run(row: &PgRow) -> Result<PastRun, StorageError> {
    Ok(PastRun {
        job: row.try_get("job")?,
        scheduled_at: moment(row, "scheduled_at")?,
        began_at: moment(row, "began_at")?,
        finished_at: optional_moment(row, "finished_at")?,
        outcome: row.try_get("outcome")?,
        done: number(row, "done")?,
    })
}
