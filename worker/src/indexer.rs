use std::{convert::Infallible, time::Duration};

use mtchat_nats::{Logged, log_state};
use mtchat_protocol::Fact;
use mtchat_storage::{ApplyError, Indexing, Storage};

use crate::{
    backoff::Backoff,
    dead_letter,
    departure::Departure,
    duty::Duty,
    follow::{Follower, Ground, Pace, follow},
    parts::Blame,
    projector::patiently,
    trouble::Trouble,
};

/// Nobody waits for the index: what comes in so short a time is written together, and a little late.
const PACE: Pace = Pace {
    most: 500,
    linger: Duration::from_millis(250),
};

/// Bring the words of the log's messages into the index for search, from where the index stands.
pub(crate) async fn session(storage: &Storage, duty: &Duty) -> Result<Infallible, Departure> {
    let connected = duty.connection();
    let epoch = log_state(&duty.broker, duty.shard).await?.epoch;
    let begin = || async { Ok(storage.begin_indexing(duty.shard, &epoch).await?) };
    let indexing = patiently(duty, begin).await?;
    let mut indexer = Indexer {
        storage,
        duty,
        indexing,
    };
    follow(duty, Ground { connected, epoch }, PACE, &mut indexer).await
}

struct Indexer<'a> {
    storage: &'a Storage,
    duty: &'a Duty,
    indexing: Indexing,
}

impl Follower for Indexer<'_> {
    fn position(&self) -> u64 {
        self.indexing.log_seq
    }

    async fn take(&mut self, batch: Vec<Logged>) -> Result<(), Departure> {
        let Some(reached) = batch.last().map(|logged| logged.log_seq) else {
            return Ok(());
        };
        let largest_fact = self.duty.options.largest_fact;
        let facts: Vec<Fact> = batch
            .iter()
            .filter_map(|logged| dead_letter::sound_fact(logged, largest_fact))
            .collect();
        self.index(&facts, reached).await
    }

    /// Nobody has to hear of it.
    async fn look_up(&mut self) {}
}

impl Indexer<'_> {
    /// Index what was read. Words that the database does not take are left out, so that others can be found.
    async fn index(&mut self, facts: &[Fact], reached: u64) -> Result<(), Departure> {
        let Some(trouble) = self.write(facts, reached).await? else {
            return Ok(());
        };
        tracing::error!(shard = %self.duty.shard, reason = trouble.plain, "a batch can not be indexed: one by one");
        let at = self.indexing.log_seq;
        for fact in facts {
            if let Some(trouble) = self.write(std::slice::from_ref(fact), at).await? {
                tracing::error!(dialog = %fact.dialog, fact = %fact.id, reason = trouble.plain, "a message can not be indexed");
            }
        }
        self.write(&[], reached).await.map(drop)
    }

    /// Write until the database takes it; answers with what is wrong when it is about the facts.
    async fn write(&mut self, facts: &[Fact], reached: u64) -> Result<Option<Trouble>, Departure> {
        let mut backoff = Backoff::database();
        loop {
            let trouble = match self.storage.index(&self.indexing, facts, reached).await {
                Ok(indexing) => {
                    self.indexing = indexing;
                    return Ok(None);
                }
                Err(ApplyError::Fenced) => return Err(Departure::Fenced),
                Err(ApplyError::Storage(error)) => Trouble::of(&error),
            };
            match trouble.blame {
                Blame::Facts => return Ok(Some(trouble)),
                Blame::Elsewhere | Blame::Size => {
                    self.duty.report.failing(&trouble.plain);
                    self.duty.pause(backoff.next()).await?;
                }
            }
        }
    }
}
