use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use async_nats::jetstream::stream::{DirectGetErrorKind, LastRawMessageErrorKind, Stream};
use moka::sync::Cache;
use mtchat_domain::{ColdDialogs, Decision, Dialog, Rejection};
use mtchat_protocol::{AppId, DialogId, Fact, FactClass, ShardId};
use tokio::time::timeout;

use super::{
    AppendError, AppendRequest, Appended, Known, Rounds,
    queue::{Key, Queues},
    timed::Timed,
};
use crate::{Broker, broker::QUESTION, log_state, shard_of, streams, subject};

/// Limits of the append loop.
#[derive(Debug, Clone)]
pub struct LogOptions {
    /// Most time for one append, waiting in line included.
    pub deadline: Duration,
    /// How long to wait for one ack before looking whether it was only the ack that was lost.
    pub ack_timeout: Duration,
    /// Most tries against other writers.
    pub rounds: u32,
    /// Most writers that wait for one dialog on this edge.
    pub queue: usize,
    /// How many dialogs' states are kept.
    pub cached_dialogs: u64,
}

impl Default for LogOptions {
    fn default() -> Self {
        Self {
            deadline: Duration::from_secs(5),
            ack_timeout: Duration::from_secs(1),
            rounds: 64,
            queue: 256,
            cached_dialogs: 100_000,
        }
    }
}

/// The log as an edge appends to it.
#[derive(Clone)]
pub struct Log {
    pub(super) broker: Broker,
    pub(super) options: Arc<LogOptions>,
    pub(super) queues: Arc<Queues>,
    cold: Arc<dyn ColdDialogs>,
    cache: Cache<Key, Known>,
    /// How many lives the log has had; 0 = not looked yet.
    lives: Arc<AtomicU64>,
}

impl Log {
    /// The log behind `broker`; `cold` knows what the log does not hold.
    pub fn new(broker: Broker, options: LogOptions, cold: Arc<dyn ColdDialogs>) -> Self {
        let cache = Cache::new(options.cached_dialogs);
        let options = Arc::new(options);
        Self {
            broker,
            options,
            queues: Arc::default(),
            cold,
            cache,
            lives: Arc::default(),
        }
    }

    /// A dialog's state as far as this edge knows it: from the cache, else the log's last fact, else the database. `None`: there is
    /// no such dialog (any more).
    pub async fn state(&self, app: &AppId, dialog: DialogId) -> Result<Option<Known>, AppendError> {
        let known = self.known(&(app.clone(), dialog)).await?;
        Ok(known.filter(|known| !known.dialog.deleted))
    }

    /// A dialog's state with everything that any edge has answered for by now. For when somebody would be refused because of
    /// [`state`](Self::state): they may just have been let in elsewhere.
    pub async fn newest_state(&self, app: &AppId, dialog: DialogId) -> Result<Option<Known>, AppendError> {
        let known = self.load_newest(&(app.clone(), dialog)).await?;
        Ok(known.filter(|known| !known.dialog.deleted))
    }

    /// Where a dialog's last ordered fact stands; `None` when the log holds none.
    pub async fn last_ordered(&self, app: &AppId, dialog: DialogId) -> Result<Option<u64>, AppendError> {
        let key = (app.clone(), dialog);
        let last = self.last_fact(self.shard(dialog), &key).await?;
        Ok(last.map(|(_, log_seq)| log_seq))
    }

    /// Decide against the dialog's state and append, as many rounds as it takes. `decide` may be called several times.
    pub async fn append<F>(&self, request: AppendRequest, mut decide: F) -> Result<Appended, AppendError>
    where
        F: FnMut(Option<&Dialog>) -> Result<Decision, Rejection> + Send,
    {
        let mut rounds = self.rounds(request).await?;
        loop {
            let known = rounds.state().await?;
            let decision = match decide(known.as_ref().map(|known| &known.dialog)) {
                Err(_) if rounds.look_again() => continue,
                decision => decision?,
            };
            if let Some(appended) = rounds.append(decision).await? {
                return Ok(appended);
            }
        }
    }

    /// The same for decisions that need a look elsewhere: ask for the state, decide, append, until it says how it went.
    pub async fn rounds(&self, request: AppendRequest) -> Result<Rounds, AppendError> {
        let mut timed = Timed::begin(request.trace.as_deref());
        let deadline = timed.began() + self.options.deadline;
        let key = (request.app.clone(), request.dialog);
        let waiting = self
            .queues
            .stand(key, self.options.queue)
            .ok_or(AppendError::Busy)?;
        let place = tokio::time::timeout_at(deadline, waiting.turn())
            .await
            .map_err(|_| AppendError::Busy)?;
        // Whoever decides against it now says no more.
        timed.comes_to("rejected");
        Ok(Rounds::new(self.clone(), request, place, deadline, timed))
    }

    /// Refresh the cache from what the live tail brought, so that the next append succeeds at once.
    pub fn observe(&self, fact: &Fact, log_seq: u64) {
        if fact.data.class() != FactClass::Ordered {
            return;
        }
        let key = (fact.app.clone(), fact.dialog);
        let Some(known) = self.cache.get(&key) else { return };
        // A fact that repeats a number is beside the order: somebody's own state, a notice. Its head may even be an older one.
        if known.log_seq >= log_seq || known.dialog.seq >= fact.seq() {
            return;
        }
        let dialog = match Dialog::from_head(&fact.head, None) {
            Some(dialog) => Some(dialog),
            None => (known.dialog.seq + 1 == fact.seq()).then(|| known.dialog.after(&fact.data)),
        };
        match dialog {
            Some(dialog) => self.cache.insert(key, Known { dialog, log_seq }),
            None => self.cache.invalidate(&key),
        }
    }

    /// Forget every state: a new epoch began.
    pub fn forget_all(&self) {
        self.lives.store(0, Ordering::Relaxed);
        self.cache.invalidate_all();
    }

    pub(super) async fn known(&self, key: &Key) -> Result<Option<Known>, AppendError> {
        match self.cache.get(key) {
            Some(known) => Ok(Some(known)),
            None => self.load(key).await,
        }
    }

    pub(super) fn cached(&self, key: &Key) -> Option<Known> {
        self.cache.get(key)
    }

    pub(super) fn remember(&self, key: Key, known: Known) {
        self.cache.insert(key, known);
    }

    pub(super) fn forget(&self, key: &Key) {
        self.cache.invalidate(key);
    }

    pub(super) fn shard(&self, dialog: DialogId) -> ShardId {
        shard_of(dialog)
    }

    pub(super) async fn stream(&self, shard: ShardId) -> Result<Stream<()>, AppendError> {
        let found = self
            .broker
            .jetstream
            .get_stream_no_info(streams::log_name(shard))
            .await;
        found.map_err(|error| AppendError::Unavailable(error.to_string()))
    }

    /// The state of a dialog whose last fact stands where the log says, or, without one there, as the database knows it.
    async fn load(&self, key: &Key) -> Result<Option<Known>, AppendError> {
        let last = self.last_fact(self.shard(key.1), key).await?;
        self.load_after(key, last).await
    }

    /// The same from the log's leader: a replica may not have the newest facts yet.
    pub(super) async fn load_newest(&self, key: &Key) -> Result<Option<Known>, AppendError> {
        let shard = self.shard(key.1);
        let stream = self.stream(shard).await?;
        let subject = subject::ordered_facts(shard, &key.0, key.1);
        let asked = timeout(QUESTION, stream.get_last_raw_message_by_subject(&subject)).await;
        let asked =
            asked.map_err(|_| AppendError::Unavailable("the log does not answer in time".to_owned()))?;
        let last = match asked {
            Ok(message) => Some((decode(&message.payload)?, message.sequence)),
            Err(error) if matches!(error.kind(), LastRawMessageErrorKind::NoMessageFound) => None,
            Err(error) => return Err(AppendError::Unavailable(error.to_string())),
        };
        self.load_after(key, last).await
    }

    async fn load_after(&self, key: &Key, last: Option<(Fact, u64)>) -> Result<Option<Known>, AppendError> {
        let shard = self.shard(key.1);
        let known = match last {
            // A log that once lost its tail may be behind the database; the further one is right.
            Some((fact, log_seq)) if self.lost_its_tail(shard).await? => {
                let logged = self.dialog_of(&fact).await?;
                let stored = self.cold_dialog(key).await?;
                let dialog = stored.filter(|stored| stored.seq > logged.seq).unwrap_or(logged);
                Some(Known { dialog, log_seq })
            }
            Some((fact, log_seq)) => Some(Known {
                dialog: self.dialog_of(&fact).await?,
                log_seq,
            }),
            // The log is purged only behind the projector, so what it does not hold the database holds completely.
            None => self
                .cold_dialog(key)
                .await?
                .map(|dialog| Known { dialog, log_seq: 0 }),
        };
        if let Some(known) = &known {
            self.cache.insert(key.clone(), known.clone());
        }
        Ok(known)
    }

    /// The state after a fact; the members of a very large dialog come from the database.
    pub(super) async fn dialog_of(&self, fact: &Fact) -> Result<Dialog, AppendError> {
        if let Some(dialog) = Dialog::from_head(&fact.head, None) {
            return Ok(dialog);
        }
        let asked = timeout(
            QUESTION,
            self.cold.members(&fact.app, fact.dialog, fact.head.members_rev),
        )
        .await;
        let members = asked
            .map_err(|_| AppendError::Unavailable("the database does not answer in time".to_owned()))?
            .map_err(|error| AppendError::Unavailable(error.to_string()))?;
        Dialog::from_head(&fact.head, Some(members))
            .ok_or_else(|| AppendError::Unavailable("the members are not known".to_owned()))
    }

    async fn cold_dialog(&self, key: &Key) -> Result<Option<Dialog>, AppendError> {
        let asked = timeout(QUESTION, self.cold.dialog(&key.0, key.1)).await;
        asked
            .map_err(|_| AppendError::Unavailable("the database does not answer in time".to_owned()))?
            .map_err(|error| AppendError::Unavailable(error.to_string()))
    }

    /// The last fact of a dialog that the log holds.
    pub(super) async fn last_fact(
        &self,
        shard: ShardId,
        key: &Key,
    ) -> Result<Option<(Fact, u64)>, AppendError> {
        let stream = self.stream(shard).await?;
        let subject = subject::ordered_facts(shard, &key.0, key.1);
        let found = timeout(QUESTION, stream.direct_get_last_for_subject(subject)).await;
        let found =
            found.map_err(|_| AppendError::Unavailable("the log does not answer in time".to_owned()))?;
        let message = match found {
            Ok(message) => message,
            Err(error) if matches!(error.kind(), DirectGetErrorKind::NotFound) => return Ok(None),
            Err(error) => return Err(AppendError::Unavailable(error.to_string())),
        };
        Ok(Some((decode(&message.payload)?, message.sequence)))
    }

    async fn lost_its_tail(&self, shard: ShardId) -> Result<bool, AppendError> {
        let mut lives = self.lives.load(Ordering::Relaxed);
        if lives == 0 {
            let state = log_state(&self.broker, shard).await;
            let state = state.map_err(|error| AppendError::Unavailable(error.to_string()))?;
            lives = streams::epoch_ordinal(&state.epoch);
            self.lives.store(lives, Ordering::Relaxed);
        }
        Ok(lives > 1)
    }
}

pub(super) fn decode(payload: &[u8]) -> Result<Fact, AppendError> {
    Fact::decode(payload).map_err(|error| AppendError::Unavailable(error.to_string()))
}
