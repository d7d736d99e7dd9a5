use std::{convert::Infallible, panic::AssertUnwindSafe, pin::pin, time::Duration};

use futures_util::FutureExt;
use mtchat_nats::{Logged, fact_at, log_state, next_epoch, publish_stored};
use mtchat_storage::{Applied, ApplyError, Entry, Projection, Storage};
use tokio::time::{Instant, timeout};

use crate::{
    backlog::age,
    backoff::Backoff,
    dead_letter,
    departure::Departure,
    duty::Duty,
    follow::{Follower, Ground, Pace, follow},
    parts::{Next, Parts},
    start::{Loss, Start, start},
    traced::Traced,
    trouble::Trouble,
    unarchived,
};

/// A broker that has just changed its leader may still be behind itself for a moment; a loss must be seen twice.
const CONFIRM_LOSS: Duration = Duration::from_millis(500);

/// After how long a transaction is told about.
const SLOW: Duration = Duration::from_secs(3);

/// Bring the log into the database, from where the projection stands.
pub(crate) async fn session(storage: &Storage, duty: &Duty) -> Result<Infallible, Departure> {
    let connected = duty.connection();
    let projection = look(storage, duty).await?;
    let ground = Ground {
        connected,
        epoch: projection.epoch.clone(),
    };
    let pace = Pace {
        most: duty.options.batch,
        linger: duty.options.linger,
    };
    let mut projector = Projector {
        storage,
        duty,
        position: projection.log_seq,
        projection,
    };
    follow(duty, ground, pace, &mut projector).await
}

/// Find the projection, and make sure that the log is the one that it is of.
async fn look(storage: &Storage, duty: &Duty) -> Result<Projection, Departure> {
    let mut suspected = false;
    loop {
        // First the projection, then the log: the log is never older than what was projected from it.
        let projection = patiently(duty, || async {
            storage.projection(duty.shard).await.map_err(ApplyError::Storage)
        })
        .await?;
        let log = log_state(&duty.broker, duty.shard).await?;
        let found = match &projection {
            Some(own) if own.fact_id.is_some() => fact_at(&duty.broker, duty.shard, own.log_seq).await?,
            Some(_) | None => None,
        };
        match start(projection, &log, found) {
            Start::Begin => {
                let begin = || async {
                    storage
                        .begin_projection(duty.shard, &log.epoch)
                        .await
                        .map_err(ApplyError::Storage)
                };
                return patiently(duty, begin).await;
            }
            Start::Continue(own) => {
                if own.log_seq > 0 && own.log_seq + 1 < log.first_seq {
                    tracing::error!(shard = %duty.shard, projection.log_seq = own.log_seq, log.first_seq, "the log was purged before it was projected");
                }
                return Ok(own);
            }
            Start::Adopt(own) => {
                tracing::warn!(shard = %duty.shard, epoch = %log.epoch, "the log began another epoch and is projected anew");
                return patiently(duty, || storage.restart_projection(&own, &log.epoch)).await;
            }
            Start::NewEpoch(..) if !suspected => {
                suspected = true;
                duty.pause(CONFIRM_LOSS).await?;
            }
            Start::NewEpoch(own, loss) => {
                report_loss(duty, &own, loss);
                let epoch = next_epoch(&duty.broker, duty.shard, &log.epoch).await?;
                return patiently(duty, || storage.restart_projection(&own, &epoch)).await;
            }
        }
    }
}

fn report_loss(duty: &Duty, own: &Projection, loss: Loss) {
    tracing::error!(
        shard = %duty.shard,
        projection.log_seq = own.log_seq,
        projection.epoch = %own.epoch,
        ?loss,
        "the log lost facts that were projected: a new epoch begins and the log is projected anew"
    );
    metrics::counter!("mtchat_projector_epochs_total", "shard" => duty.shard.to_string()).increment(1);
}

/// Ask the database until it answers. There is nothing else to do meanwhile, so only the end of the duty ends it.
pub(crate) async fn patiently<T, F>(duty: &Duty, mut ask: impl FnMut() -> F) -> Result<T, Departure>
where
    F: Future<Output = Result<T, ApplyError>>,
{
    let mut backoff = Backoff::database();
    loop {
        let trouble = match ask().await {
            Ok(answer) => return Ok(answer),
            Err(ApplyError::Fenced) => return Err(Departure::Fenced),
            Err(ApplyError::Storage(error)) => Trouble::of(&error),
        };
        duty.report.failing(&trouble.plain);
        duty.pause(backoff.next()).await?;
    }
}

struct Projector<'a> {
    storage: &'a Storage,
    duty: &'a Duty,
    projection: Projection,
    /// May be beyond the projection's: what is not projected is done as well.
    position: u64,
}

/// Why a transaction did not come to be.
enum Setback {
    Fenced,
    Trouble(Trouble),
}

impl Follower for Projector<'_> {
    fn position(&self) -> u64 {
        self.position
    }

    async fn take(&mut self, batch: Vec<Logged>) -> Result<(), Departure> {
        let Some(reached) = batch.last().map(|logged| logged.log_seq) else {
            return Ok(());
        };
        let largest_fact = self.duty.options.largest_fact;
        let (facts, entries): (Vec<Logged>, Vec<Entry>) = batch
            .into_iter()
            .filter_map(|logged| dead_letter::read(&logged, largest_fact).map(|entry| (logged, entry)))
            .unzip();
        let traced = Traced::begin("project", &facts);
        let stored = self.store(&facts, entries).await;
        traced.end(stored.is_ok());
        stored?;
        self.position = reached;
        publish_stored(&self.duty.broker, self.duty.shard, reached).await;
        follow_traces(&facts);
        Ok(())
    }

    async fn look_up(&mut self) {
        publish_stored(&self.duty.broker, self.duty.shard, self.position).await;
    }
}

impl Projector<'_> {
    /// Apply the entries, all at once when possible. Nothing is skipped: a fact is applied or becomes a dead letter.
    async fn store(&mut self, facts: &[Logged], mut entries: Vec<Entry>) -> Result<(), Departure> {
        let mut parts = Parts::of(entries.len());
        let mut backoff = Backoff::database();
        while let Some(part) = parts.present() {
            let present = &entries[part.clone()];
            let trouble = match self.apply(present).await {
                Ok(applied) => {
                    self.projection = applied.projection;
                    parts.applied();
                    backoff.reset();
                    unarchived::tell(&self.duty.broker, applied.unarchived).await;
                    continue;
                }
                Err(Setback::Fenced) => {
                    self.projection = self.after_fence(present).await?;
                    parts.applied();
                    continue;
                }
                Err(Setback::Trouble(trouble)) => trouble,
            };
            let buried = present.iter().all(|entry| entry.fact.is_err());
            match parts.failed(trouble.blame, buried) {
                Next::Split => {}
                Next::Bury(index) => {
                    entries[index] = dead_letter::bury(&facts[index], "database", &trouble.reason);
                }
                Next::Wait => {
                    metrics::counter!("mtchat_projector_retries_total").increment(1);
                    // A single deadlock or serialization failure is ordinary.
                    if backoff.failures() > 0 {
                        self.duty.report.failing(&trouble.plain);
                    }
                    self.duty.pause(backoff.next()).await?;
                }
            }
        }
        Ok(())
    }

    async fn apply(&self, entries: &[Entry]) -> Result<Applied, Setback> {
        let began = Instant::now();
        let applied = AssertUnwindSafe(self.storage.project(&self.projection, entries)).catch_unwind();
        // The storage has a deadline of its own, long enough for the longest dialog; the status is not silent until then.
        let mut applied = pin!(applied);
        let answer = if let Ok(answer) = timeout(SLOW, &mut applied).await {
            answer
        } else {
            self.duty
                .report
                .failing("the database has not answered for three seconds");
            applied.await
        };
        let outcome = match answer {
            Ok(Ok(applied)) => Ok(applied),
            Ok(Err(ApplyError::Fenced)) => Err(Setback::Fenced),
            Ok(Err(ApplyError::Storage(error))) => Err(Setback::Trouble(Trouble::of(&error))),
            Err(_panic) => Err(Setback::Trouble(Trouble::panicked())),
        };
        if outcome.is_ok() {
            let shard = self.duty.shard.to_string();
            let size = u32::try_from(entries.len()).unwrap_or(u32::MAX);
            metrics::histogram!("mtchat_projector_batch_size", "shard" => shard.clone()).record(size);
            metrics::histogram!("mtchat_projector_apply_seconds", "shard" => shard.clone())
                .record(began.elapsed());
            let stored = metrics::histogram!("mtchat_projector_stored_seconds", "shard" => shard);
            let facts = entries.iter().filter_map(|entry| entry.fact.as_ref().ok());
            facts.for_each(|fact| stored.record(age(Some(fact.at))));
        }
        outcome
    }

    /// The compare failed. Either this projector's own commit had succeeded and its answer was lost, or somebody else moves the
    /// projection; then step aside.
    async fn after_fence(&self, entries: &[Entry]) -> Result<Projection, Departure> {
        let reload = || async {
            self.storage
                .projection(self.duty.shard)
                .await
                .map_err(ApplyError::Storage)
        };
        let found = patiently(self.duty, reload).await?.ok_or(Departure::Fenced)?;
        if is_outcome(&found, &self.projection, entries) {
            Ok(found)
        } else {
            Err(Departure::Fenced)
        }
    }
}

/// Whether applying these entries behind `before` gives this projection.
fn is_outcome(found: &Projection, before: &Projection, entries: &[Entry]) -> bool {
    let Some(last) = entries.last() else {
        return found == before;
    };
    let same_fact = last
        .fact
        .as_ref()
        .map_or(true, |fact| found.fact_id == Some(fact.id));
    found.epoch == before.epoch && found.log_seq == last.log_seq && same_fact
}

/// The end of a request's trace: its fact is in the database.
fn follow_traces(facts: &[Logged]) {
    for logged in facts {
        if let Some(parent) = &logged.trace {
            tracing::debug!(log_seq = logged.log_seq, trace.parent = %parent, "the fact is stored");
        }
    }
}

#[cfg(test)]
mod tests {
    use mtchat_protocol::{Epoch, FactId, ShardId};
    use mtchat_storage::Undecodable;

    use super::*;

    fn projection(epoch: &str, log_seq: u64, fact_id: Option<FactId>) -> Projection {
        Projection {
            shard: ShardId(0),
            epoch: Epoch(epoch.to_owned()),
            log_seq,
            fact_id,
        }
    }

    #[test]
    fn only_the_own_outcome_is_taken_for_a_lost_answer() {
        let letter = Undecodable {
            subject: String::new(),
            reason: String::new(),
            payload: Vec::new(),
        };
        let entries = [Entry {
            log_seq: 8,
            fact: Err(letter),
        }];
        let before = projection("1-a", 5, Some(FactId::fresh()));
        assert!(is_outcome(&projection("1-a", 8, None), &before, &entries));
        assert!(!is_outcome(&projection("1-a", 7, None), &before, &entries));
        assert!(!is_outcome(&projection("1-a", 9, None), &before, &entries));
        assert!(!is_outcome(&projection("2-a", 8, None), &before, &entries));
        assert!(!is_outcome(&before, &before, &entries));
        assert!(is_outcome(&before, &before, &[]));
    }
}
