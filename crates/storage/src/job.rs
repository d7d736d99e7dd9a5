//! Runs of jobs that are to run once in the whole deployment.

use mtchat_protocol::Timestamp;
use uuid::Uuid;

use crate::{Storage, StorageError, row::signed};

/// How many runs of a job are remembered.
const KEPT: i64 = 100;

/// A run of a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobRun {
    /// Which job.
    pub job: &'static str,
    /// For which moment it was planned.
    pub scheduled_at: Timestamp,
    /// Which run it is. Whoever goes on with one that was not finished gives it an id of their own.
    pub id: Uuid,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunOutcome {
    /// Everything was done.
    Done,
    /// It could not go on, and is to be done again.
    Failed,
    /// Some things could not be done and are left to the next run.
    Partly,
    /// It was told to stop, and somebody is to go on with it.
    Stopped,
}

impl RunOutcome {
    /// In logs, metrics and the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Partly => "partly",
            Self::Stopped => "stopped",
        }
    }

    /// Whether nobody has to go on with it.
    const fn is_final(self) -> bool {
        match self {
            Self::Done | Self::Partly => true,
            Self::Failed | Self::Stopped => false,
        }
    }
}

/// What was planned for earlier is not made up for once something later has begun. A run that another has begun and not finished was
/// cut short: whoever asks has the job's lease.
const BEGIN: &str = "
INSERT INTO job_runs AS r (job, scheduled_at, id, began_at)
SELECT $1::text, $2::timestamptz, $3::uuid, clock_timestamp()
WHERE NOT EXISTS (SELECT FROM job_runs n WHERE n.job = $1 AND n.scheduled_at > $2)
ON CONFLICT (job, scheduled_at) DO UPDATE SET id = excluded.id, began_at = excluded.began_at, outcome = NULL
WHERE r.finished_at IS NULL
RETURNING true";

const FORGET: &str = "
DELETE FROM job_runs
WHERE job = $1 AND scheduled_at <= (
    SELECT n.scheduled_at FROM job_runs n WHERE n.job = $1 ORDER BY n.scheduled_at DESC OFFSET $2 LIMIT 1
)";

const END: &str = "
UPDATE job_runs SET outcome = $4, done = done + $5, finished_at = CASE WHEN $6 THEN clock_timestamp() END
WHERE job = $1 AND scheduled_at = $2 AND id = $3 AND finished_at IS NULL";

impl Storage {
    /// Begin a run, or go on with one that was cut short; `false`: it is done, or too late for it.
    pub async fn begin_run(&self, run: &JobRun) -> Result<bool, StorageError> {
        self.bounded(async {
            let began = sqlx::query(BEGIN)
                .bind(run.job)
                .bind(run.scheduled_at.to_offset())
                .bind(run.id)
                .fetch_optional(&self.pool)
                .await?;
            if began.is_some() {
                sqlx::query(FORGET)
                    .bind(run.job)
                    .bind(KEPT)
                    .execute(&self.pool)
                    .await?;
            }
            Ok(began.is_some())
        })
        .await
    }

    /// Say how a run ended and how much it did; `false`: it is somebody else's now.
    pub async fn end_run(&self, run: &JobRun, outcome: RunOutcome, done: u64) -> Result<bool, StorageError> {
        self.bounded(async {
            let ended = sqlx::query(END)
                .bind(run.job)
                .bind(run.scheduled_at.to_offset())
                .bind(run.id)
                .bind(outcome.as_str())
                .bind(signed(done))
                .bind(outcome.is_final())
                .execute(&self.pool)
                .await?;
            Ok(ended.rows_affected() > 0)
        })
        .await
    }
}
