mod landing;

use std::{
    collections::HashMap, convert::Infallible, panic::AssertUnwindSafe, pin::pin, sync::Arc, time::Duration,
};

use futures_util::FutureExt;
use mtchat_nats::{Depth, LogReader, Logged};
use mtchat_protocol::Timestamp;
use mtchat_storage::{WebhookChanges, WebhookStanding};
use tokio::{
    sync::mpsc,
    task::{JoinError, JoinSet},
    time::{Instant, sleep_until, timeout},
};

use self::landing::waiting;
use super::{
    charge::Charge,
    endpoint::{Endpoint, Known, Tried},
    pace::{Health, Permit, between},
    queue::{Item, Queue},
    streak::Streak,
};
use crate::{
    departure::Departure,
    follow::{Ground, reconnected},
};

/// Most entries of the log that are taken at once.
const BATCH: usize = 64;
/// How often it is looked how the log stands.
const LOOK_UP_EVERY: Duration = Duration::from_secs(1);
/// How soon it is written down what happened: what a crash would make be repeated.
const RECORD_AFTER: Duration = Duration::from_millis(100);
/// The same when only the position has moved, past what nobody wants to hear of.
const RECORD_POSITION_AFTER: Duration = Duration::from_secs(1);
/// What was read longer ago is read again before it is sent: it may have been erased.
const FRESH: Duration = Duration::from_secs(5);
/// After so many tries the old ones are forgotten.
const TRIM_AFTER: usize = 200;
/// How long tries that are under way may take to end, when the role does.
const LANDING: Duration = Duration::from_secs(5);

/// Delivers to one endpoint.
pub(super) struct Deliverer<'a> {
    charge: &'a Charge,
    endpoint: Arc<Endpoint>,
    standing: WebhookStanding,
    queue: Queue,
    health: Health,
    streak: Streak,
    /// What was read just now, and when.
    fresh: HashMap<u64, (Instant, Known)>,
    flights: JoinSet<Landed>,
    changes: WebhookChanges,
    record_at: Option<Instant>,
    untrimmed: usize,
    /// Where it was at the last look, and when.
    looked: (Instant, u64),
}

/// A try that has ended.
struct Landed {
    item: Item,
    probe: bool,
    tried: Tried,
}

impl<'a> Deliverer<'a> {
    pub(super) fn new(
        charge: &'a Charge,
        endpoint: Endpoint,
        standing: WebhookStanding,
        stored: Vec<Item>,
    ) -> Self {
        Self {
            queue: Queue::new(standing.log_seq, stored, charge.concurrency),
            streak: Streak::new(standing.failing_since, charge.disable_after),
            looked: (Instant::now(), standing.log_seq),
            charge,
            endpoint: Arc::new(endpoint),
            standing,
            health: Health::default(),
            fresh: HashMap::new(),
            flights: JoinSet::new(),
            changes: WebhookChanges::default(),
            record_at: None,
            untrimmed: TRIM_AFTER,
        }
    }

    /// Deliver until something ends it; then wait a little for what is under way, and write down what became of it.
    pub(super) async fn run(mut self, ground: Ground) -> Result<Infallible, Departure> {
        let left = self.deliver(ground).await;
        if !matches!(left, Err(Departure::Fenced)) {
            self.land().await;
        }
        left
    }

    async fn deliver(&mut self, mut ground: Ground) -> Result<Infallible, Departure> {
        let reader = LogReader::open(
            &self.charge.broker,
            self.charge.shard,
            self.queue.position(),
            Depth::Whole,
        )
        .await?;
        let (batches, mut read) = mpsc::channel(1);
        let mut reading = pin!(keep_reading(reader, batches));
        let mut look_up_at = Instant::now();
        loop {
            if Instant::now() >= look_up_at {
                self.look_up(&ground)?;
                look_up_at = Instant::now() + LOOK_UP_EVERY;
            }
            self.launch();
            let wake_at = self.wake_at().map_or(look_up_at, |at| at.min(look_up_at));
            tokio::select! {
                biased;
                () = self.charge.over.cancelled() => return Err(Departure::Over),
                () = reconnected(&mut ground.connected) => return Err(Departure::LookAgain("the broker was away")),
                Some(landed) = self.flights.join_next() => self.all_landed(landed)?,
                end = &mut reading => return end,
                Some(batch) = read.recv(), if self.queue.has_room() => self.take(batch),
                () = sleep_until(wake_at) => {}
            }
            self.record_when_due().await?;
            if self.standing.disabled.is_some() {
                return Err(Departure::LookAgain("the endpoint was switched off"));
            }
        }
    }

    fn take(&mut self, batch: Vec<Logged>) {
        let now = Instant::now();
        for logged in batch {
            if let Some((item, fact)) = self.endpoint.event(&logged) {
                let trace = logged.trace.clone();
                self.fresh.insert(item.log_seq, (now, Known { fact, trace }));
                self.queue.push(item);
            }
            self.queue.reach(logged.log_seq);
        }
    }

    /// Start everything that may be sent now.
    fn launch(&mut self) {
        while self.flights.len() < self.charge.concurrency {
            let now = Timestamp::now();
            let probe = match self.health.permit(now, self.flights.len()) {
                Permit::Many => false,
                Permit::Probe => true,
                Permit::Wait(_) => return,
            };
            let Some(item) = self.queue.start(now, probe) else {
                return;
            };
            let fresh = self.fresh.remove(&item.log_seq);
            let known = fresh
                .filter(|(read_at, _)| read_at.elapsed() < FRESH)
                .map(|(_, known)| known);
            let endpoint = self.endpoint.clone();
            self.flights.spawn(async move {
                let tried = AssertUnwindSafe(endpoint.tell(&item, known)).catch_unwind().await;
                Landed {
                    tried: tried.unwrap_or(Tried::Panicked),
                    item,
                    probe,
                }
            });
        }
    }

    /// When there is something to do although nothing comes back.
    fn wake_at(&self) -> Option<Instant> {
        let now = Timestamp::now();
        let send_at = match self.health.permit(now, self.flights.len()) {
            Permit::Many if self.flights.len() < self.charge.concurrency => self.queue.next_due(),
            Permit::Many | Permit::Probe => None,
            Permit::Wait(until) => until,
        };
        let send_at = send_at.map(|at| Instant::now() + between(now, at));
        send_at.into_iter().chain(self.record_at).min()
    }

    async fn record_when_due(&mut self) -> Result<(), Departure> {
        let after = if !self.changes.is_empty() {
            RECORD_AFTER
        } else if self.queue.position() != self.standing.log_seq {
            RECORD_POSITION_AFTER
        } else {
            return Ok(());
        };
        let now = Instant::now();
        let due = self.record_at.map_or(now + after, |at| at.min(now + after));
        self.record_at = Some(due);
        if due > now && self.changes.off.is_none() {
            return Ok(());
        }
        self.record_at = None;
        self.record().await
    }

    /// Write down what has changed, once the database takes it.
    async fn record(&mut self) -> Result<(), Departure> {
        for item in self.queue.shelve() {
            self.changes
                .waiting
                .insert(item.log_seq, waiting(&item, None, None));
        }
        let position = self.queue.position();
        let record = || {
            self.charge
                .storage
                .record_webhooks(&self.standing, position, &self.changes)
        };
        self.standing = self.charge.patiently(record).await?;
        self.untrimmed += self.changes.tries.len();
        self.changes = WebhookChanges::default();
        self.charge.report.reached(position, self.queue.stored());
        if self.untrimmed >= TRIM_AFTER {
            self.untrimmed = 0;
            // What is too much is found the next time.
            let _ = self.charge.storage.trim_webhook_tries(&self.standing.place).await;
        }
        Ok(())
    }

    /// Say how far it is, and look whether the log is still the same. What was asked before the last look says nothing of where this
    /// endpoint was then.
    fn look_up(&mut self, ground: &Ground) -> Result<(), Departure> {
        let position = self.queue.position();
        self.charge.report.reached(position, self.queue.stored());
        let (looked_at, was_at) = self.looked;
        let seen = self.charge.log.borrow().clone();
        let Some(seen) = seen.filter(|seen| seen.asked_at >= looked_at) else {
            return Ok(());
        };
        self.looked = (Instant::now(), position);
        if seen.log.epoch != ground.epoch {
            Err(Departure::LookAgain("another epoch began"))
        } else if seen.log.last_seq < was_at {
            Err(Departure::LookAgain("the log ends before the position"))
        } else {
            Ok(())
        }
    }

    /// One try has ended, and others perhaps in the meantime.
    fn all_landed(&mut self, first: Result<Landed, JoinError>) -> Result<(), Departure> {
        let mut next = Some(first);
        while let Some(landed) = next {
            self.landed(landed)?;
            next = self.flights.try_join_next();
        }
        Ok(())
    }

    /// The end: what is under way may end, so that it need not be repeated.
    async fn land(&mut self) {
        let landing = async {
            while let Some(landed) = self.flights.join_next().await {
                if self.landed(landed).is_err() {
                    return;
                }
            }
        };
        let _ = timeout(LANDING, landing).await;
        let position = self.queue.position();
        let recorded = self
            .charge
            .storage
            .record_webhooks(&self.standing, position, &self.changes)
            .await;
        if let Err(error) = recorded {
            tracing::info!(%error, "what an endpoint took last could not be written down; it will be told again");
        }
    }
}

async fn keep_reading(
    mut reader: LogReader,
    batches: mpsc::Sender<Vec<Logged>>,
) -> Result<Infallible, Departure> {
    loop {
        let batch = reader.next_batch(BATCH, Duration::ZERO, LOOK_UP_EVERY).await?;
        if !batch.is_empty() && batches.send(batch).await.is_err() {
            return Err(Departure::Over);
        }
    }
}
