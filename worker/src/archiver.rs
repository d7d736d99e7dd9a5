use std::{convert::Infallible, sync::Arc, time::Duration};

use futures_util::future::join_all;
use metrics::{counter, gauge};
use mtchat_domain::{Command, Dialog, decide};
use mtchat_nats::{AppendError, AppendRequest, Appended, Log, LogOptions};
use mtchat_protocol::{Actor, FactId, ShardId, Timestamp};
use mtchat_storage::{IdleDialog, JobRun, RunOutcome, Storage};
use tokio::time::Instant;
use uuid::Uuid;

use crate::{departure::Departure, duty::Duty, schedule::Schedule};

/// The job's name among all that run once in the whole deployment.
const JOB: &str = "archiver";
/// How many dialogs are looked up at once.
const PAGE: u32 = 100;
/// How many people they may have together whom the projector has a row for to write, before it is waited for.
const MOST_PEOPLE: u64 = 5_000;
/// How many dialogs are archived at once.
const AT_ONCE: usize = 8;
/// How long it is waited for the projector, and between two looks at it.
const STORED_WITHIN: Duration = Duration::from_secs(60);
const LOOK_AGAIN: Duration = Duration::from_millis(50);
/// The clock is looked at this often at least: it may be put forward.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// Which dialogs are put out of everybody's sight, and when.
#[derive(Debug, Clone)]
pub struct ArchiveOptions {
    /// When it is looked for them.
    pub schedule: Schedule,
    /// How long nothing must have been said.
    pub after: Duration,
}

/// Run when it is time, once in the whole deployment: each run is a row, and whoever takes over in the middle of one goes on with it.
/// Of runs that nobody made only the newest is made up for.
pub(crate) async fn session(storage: &Storage, duty: &Duty) -> Result<Infallible, Departure> {
    duty.report.started(0);
    // Dialogs are of every shard: the first shard's archiver sees to all of them.
    let options = duty.options.archiving.as_ref();
    let Some(options) = options.filter(|_| duty.shard == ShardId::default()) else {
        duty.report.progress(0);
        duty.over.cancelled().await;
        return Err(Departure::Over);
    };
    let mut seen = None;
    loop {
        let now = Timestamp::now();
        let newest = options.schedule.newest(now);
        if let Some(scheduled_at) = newest.filter(|_| newest != seen) {
            let job = JobRun {
                job: JOB,
                scheduled_at,
                id: Uuid::now_v7(),
            };
            if storage.begin_run(&job).await? {
                Run::new(storage, duty, job).make(options).await?;
            }
            seen = newest;
        }
        duty.report.progress(0);
        let next = options.schedule.next(now);
        duty.pause(next.map_or(LONGEST_WAIT, until)).await?;
    }
}

/// How long it is until then, as far as one may sleep.
fn until(then: Timestamp) -> Duration {
    let left = then.micros().saturating_sub(Timestamp::now().micros());
    Duration::from_micros(u64::try_from(left).unwrap_or(0)).min(LONGEST_WAIT)
}

/// One run.
struct Run<'a> {
    storage: &'a Storage,
    duty: &'a Duty,
    job: JobRun,
    log: Log,
    began: Instant,
    tally: Tally,
    /// The newest fact that was appended.
    reached: u64,
}

/// What became of dialogs.
#[derive(Default)]
struct Tally {
    archived: u64,
    /// Something was said meanwhile, or everybody had archived it.
    skipped: u64,
    failed: u64,
}

impl<'a> Run<'a> {
    fn new(storage: &'a Storage, duty: &'a Duty, job: JobRun) -> Self {
        // What an earlier run knew of a dialog is old, and nobody tells a worker what is new: each run begins without knowledge.
        let log = Log::new(
            duty.broker.clone(),
            LogOptions {
                cached_dialogs: u64::from(PAGE),
                ..LogOptions::default()
            },
            Arc::new(storage.clone()),
        );
        Self {
            storage,
            duty,
            job,
            log,
            began: Instant::now(),
            tally: Tally::default(),
            reached: 0,
        }
    }

    async fn make(mut self, options: &ArchiveOptions) -> Result<(), Departure> {
        let worked = self.archive_all(options.after).await;
        let outcome = match &worked {
            Ok(()) if self.tally.failed == 0 => RunOutcome::Done,
            Ok(()) => RunOutcome::Partly,
            Err(Departure::Over) => RunOutcome::Stopped,
            Err(_) => RunOutcome::Failed,
        };
        self.tell(outcome);
        let ended = self
            .storage
            .end_run(&self.job, outcome, self.tally.archived)
            .await;
        worked?;
        if ended? { Ok(()) } else { Err(Departure::Fenced) }
    }

    /// Page by page, the longest idle first. A page is never the one before it, whatever the projector has written meanwhile.
    async fn archive_all(&mut self, after: Duration) -> Result<(), Departure> {
        let after = i64::try_from(after.as_micros()).unwrap_or(i64::MAX);
        let since = Timestamp::from_micros(Timestamp::now().micros().saturating_sub(after));
        let mut last: Option<IdleDialog> = None;
        loop {
            let page = self.storage.idle_dialogs(since, last.as_ref(), PAGE).await?;
            if page.is_empty() {
                return Ok(());
            }
            last = page.last().cloned();
            let (in_sight, others): (Vec<_>, Vec<_>) = page.into_iter().partition(|idle| idle.in_sight);
            self.tally.skipped += others.len() as u64;
            for portion in portions(&in_sight, |idle| idle.people, MOST_PEOPLE) {
                self.archive(portion).await?;
                self.wait_until_stored().await?;
            }
        }
    }

    async fn archive(&mut self, portion: &[IdleDialog]) -> Result<(), Departure> {
        for some in portion.chunks(AT_ONCE) {
            if self.duty.over.is_cancelled() {
                return Err(Departure::Over);
            }
            let tries = join_all(some.iter().map(|idle| self.append(idle))).await;
            for (idle, tried) in some.iter().zip(tries) {
                match tried {
                    Ok(Some(log_seq)) => {
                        self.tally.archived += 1;
                        self.reached = self.reached.max(log_seq);
                    }
                    Ok(None) => self.tally.skipped += 1,
                    // The others would fail as well.
                    Err(error) if !self.is_connected() => return Err(error.into()),
                    Err(error) => {
                        self.tally.failed += 1;
                        tracing::warn!(dialog.id = %idle.dialog, %error, "a dialog could not be archived; the next run tries again");
                    }
                }
            }
        }
        Ok(())
    }

    /// Archive a dialog if it is exactly as it was found. `None`: it is not, or it is gone.
    async fn append(&self, idle: &IdleDialog) -> Result<Option<u64>, AppendError> {
        let request = AppendRequest {
            app: idle.app.clone(),
            dialog: idle.dialog,
            id: FactId::fresh(),
            at: Timestamp::now(),
            actor: Actor::System,
            trace: None,
        };
        let seq = idle.seq;
        let archive =
            move |state: Option<&Dialog>| decide(state, Command::ArchiveIdle { seq }, &Actor::System);
        match self.log.append(request, archive).await {
            Ok(Appended::New { position, .. } | Appended::Repeated { position, .. }) => {
                Ok(Some(position.log_seq))
            }
            Ok(Appended::Unchanged { .. }) | Err(AppendError::Rejected(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn is_connected(&self) -> bool {
        let connected = self.duty.broker.connected();
        *connected.borrow()
    }

    /// A projector that has much to write for each dialog must not be given all of them at once.
    async fn wait_until_stored(&self) -> Result<(), Departure> {
        let deadline = Instant::now() + STORED_WITHIN;
        loop {
            let projection = self.storage.projection(ShardId::default()).await?;
            if projection.map_or(0, |projection| projection.log_seq) >= self.reached {
                return Ok(());
            }
            if Instant::now() >= deadline {
                return Err(Departure::LookAgain("the projector does not keep up"));
            }
            self.duty.pause(LOOK_AGAIN).await?;
        }
    }

    fn tell(&self, outcome: RunOutcome) {
        let Tally {
            archived,
            skipped,
            failed,
        } = self.tally;
        tracing::info!(
            run.id = %self.job.id,
            run.scheduled_at = %self.job.scheduled_at,
            run.outcome = outcome.as_str(),
            run.archived = archived,
            run.skipped = skipped,
            run.failed = failed,
            run.seconds = self.began.elapsed().as_secs_f64(),
            "a run of the archiver has ended"
        );
        counter!("mtchat_archiver_runs_total", "outcome" => outcome.as_str()).increment(1);
        counter!("mtchat_archiver_dialogs_total").increment(archived);
        if outcome == RunOutcome::Done {
            let now = u64::try_from(Timestamp::now().micros()).unwrap_or(0);
            let now = Duration::from_micros(now).as_secs_f64();
            gauge!("mtchat_archiver_last_success_timestamp_seconds").set(now);
        }
    }
}

/// Stretches that are together at most so large, or one alone.
fn portions<T>(all: &[T], size: impl Fn(&T) -> u64, most: u64) -> Vec<&[T]> {
    let mut found = Vec::new();
    let (mut from, mut sum) = (0, 0_u64);
    for (place, one) in all.iter().enumerate() {
        let size = size(one);
        if place > from && sum.saturating_add(size) > most {
            found.push(&all[from..place]);
            (from, sum) = (place, 0);
        }
        sum = sum.saturating_add(size);
    }
    if from < all.len() {
        found.push(&all[from..]);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn portions_are_no_larger_than_they_may_be_and_leave_nothing_out() {
        let cut = |sizes: &[u64]| -> Vec<Vec<u64>> {
            let found = portions(sizes, |size| *size, 10);
            found.into_iter().map(<[u64]>::to_vec).collect()
        };
        assert_eq!(cut(&[]), Vec::<Vec<u64>>::new());
        assert_eq!(cut(&[4, 6, 1]), [vec![4, 6], vec![1]]);
        assert_eq!(cut(&[3, 99, 3, 3]), [vec![3], vec![99], vec![3, 3]]);
        assert_eq!(cut(&[0, 0]), [vec![0, 0]]);
    }
}
