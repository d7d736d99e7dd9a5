use std::{convert::Infallible, panic::AssertUnwindSafe, sync::Arc, time::Duration};

use futures_util::FutureExt;
use mtchat_nats::{Broker, Lease};
use mtchat_protocol::ShardId;
use mtchat_storage::Storage;
use tokio::{
    sync::watch,
    task::JoinSet,
    time::{Instant, timeout},
};
use tokio_util::sync::CancellationToken;

use crate::{
    Role, WorkerOptions, WorkerStatus, archiver,
    backoff::Backoff,
    departure::{Departure, RoleError},
    duty::Duty,
    fanout,
    health::Reporter,
    indexer, notifier, projector, sweeper, webhooks,
};

/// How long giving a lease back may take; otherwise it lapses by itself.
const RELEASE: Duration = Duration::from_secs(5);
/// A session that lasted so long was not a failed start.
const STEADY: Duration = Duration::from_secs(10);
/// After so many failed starts in a row another worker gets its chance.
const FAILED_STARTS: u32 = 10;

/// A worker with all its roles.
pub struct Worker {
    posts: Vec<Post>,
    status: watch::Receiver<WorkerStatus>,
    drain: Duration,
}

/// Roles that did not finish in time after they were told to. Nothing is lost: what was not committed is done again by
/// whoever follows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{roles} roles did not finish within {} s and were cut off", .within.as_secs())]
pub struct Undrained {
    /// How many.
    pub roles: usize,
    /// How long they had.
    pub within: Duration,
}

impl Worker {
    /// A worker that has not begun.
    pub fn new(options: WorkerOptions, broker: &Broker, storage: &Storage) -> Self {
        let (board, status) = watch::channel(WorkerStatus::default());
        let board = Arc::new(board);
        // Two processes with one name must not take each other's lease for their own.
        let holder: Arc<str> = format!("{}-{}", options.name, uuid::Uuid::now_v7()).into();
        let options = Arc::new(options);
        let post = |role: Role, shard: ShardId| Post {
            role,
            shard,
            holder: holder.clone(),
            options: options.clone(),
            broker: broker.clone(),
            storage: storage.clone(),
            report: Reporter::new(board.clone(), role, shard),
        };
        let shards = options.shards.iter();
        let posts = shards
            .flat_map(|shard| options.roles.iter().map(|role| post(*role, *shard)))
            .collect();
        Self {
            posts,
            status,
            drain: options.drain,
        }
    }

    /// How the roles do.
    pub fn status(&self) -> watch::Receiver<WorkerStatus> {
        self.status.clone()
    }

    /// Work until `stop` is cancelled; then finish what is in hand, give the leases back and return.
    pub async fn run(self, stop: CancellationToken) -> Result<(), Undrained> {
        let mut posts = JoinSet::new();
        for post in self.posts {
            posts.spawn(post.keep(stop.child_token()));
        }
        stop.cancelled().await;
        let drained = timeout(self.drain, async { while posts.join_next().await.is_some() {} }).await;
        if drained.is_ok() {
            tracing::info!("the worker has stopped");
            return Ok(());
        }
        let undrained = Undrained {
            roles: posts.len(),
            within: self.drain,
        };
        posts.shutdown().await;
        Err(undrained)
    }
}

/// One role of one shard in this process.
struct Post {
    role: Role,
    shard: ShardId,
    holder: Arc<str>,
    options: Arc<WorkerOptions>,
    broker: Broker,
    storage: Storage,
    report: Reporter,
}

impl Post {
    /// Wait for the lease, work under it, give it back; again and again until told to stop.
    async fn keep(self, stop: CancellationToken) {
        let name = format!("{}.{}", self.role, self.shard);
        let mut backoff = Backoff::restart();
        while !stop.is_cancelled() {
            self.report.standby();
            let Some(lease) = Lease::acquire(&self.broker, &name, &self.holder, &stop).await else {
                break;
            };
            let began = Instant::now();
            self.hold(&lease, &stop).await;
            if timeout(RELEASE, lease.release()).await.is_err() {
                tracing::warn!(
                    lease = name,
                    "the lease was not given back in time; it lapses by itself"
                );
            }
            if began.elapsed() >= STEADY {
                backoff.reset();
            }
            // Whoever stepped aside lets the others go first.
            let _ = tokio::time::timeout(backoff.next(), stop.cancelled()).await;
        }
        self.report.stopped();
    }

    /// Work while the lease is held. A role that fails begins again under the same lease, because taking it anew would take
    /// longer than most troubles last.
    async fn hold(&self, lease: &Lease, stop: &CancellationToken) {
        let over = stop.child_token();
        let duty = Duty {
            broker: self.broker.clone(),
            shard: self.shard,
            options: self.options.clone(),
            report: self.report.clone(),
            over: over.clone(),
        };
        let lost = lease.lost();
        let ends_with_the_lease = async {
            lost.cancelled().await;
            over.cancel();
            std::future::pending::<Infallible>().await
        };
        tokio::select! {
            () = self.sessions(&duty) => {}
            _ = ends_with_the_lease => {}
        }
    }

    /// Session after session, until the duty is over or it is time to step aside.
    async fn sessions(&self, duty: &Duty) {
        let mut backoff = Backoff::restart();
        loop {
            if self.connected(duty).await.is_err() {
                return;
            }
            let began = Instant::now();
            let departure = self.session(duty).await;
            if began.elapsed() >= STEADY {
                backoff.reset();
            }
            match departure {
                Departure::Over => return,
                Departure::Fenced => {
                    metrics::counter!("mtchat_worker_fenced_total", "role" => self.role.as_str())
                        .increment(1);
                    tracing::warn!(role = %self.role, shard = %self.shard, "another worker is active in this role: stepping aside");
                    return;
                }
                Departure::LookAgain(reason) => {
                    tracing::info!(role = %self.role, shard = %self.shard, reason, "the role looks again where it stands");
                }
                Departure::Failed(error) => self.report.failing(&error.to_string()),
            }
            if backoff.failures() >= FAILED_STARTS || duty.pause(backoff.next()).await.is_err() {
                return;
            }
        }
    }

    /// Without the broker there is nothing to begin with, and nobody else could take over either.
    async fn connected(&self, duty: &Duty) -> Result<(), Departure> {
        let mut connected = self.broker.connected();
        if *connected.borrow_and_update() {
            return Ok(());
        }
        self.report.failing("the broker is not connected");
        tokio::select! {
            () = duty.over.cancelled() => Err(Departure::Over),
            stands = connected.wait_for(|stands| *stands) => stands.map(drop).map_err(|_| Departure::Over),
        }
    }

    async fn session(&self, duty: &Duty) -> Departure {
        let session = async {
            match self.role {
                Role::Archiver => archiver::session(&self.storage, duty).await,
                Role::Fanout => fanout::session(duty).await,
                Role::Indexer => indexer::session(&self.storage, duty).await,
                Role::Notifier => notifier::session(&self.storage, duty).await,
                Role::Projector => projector::session(&self.storage, duty).await,
                Role::Sweeper => sweeper::session(&self.storage, duty).await,
                Role::Webhooks => webhooks::session(&self.storage, duty).await,
            }
        };
        match AssertUnwindSafe(session).catch_unwind().await {
            Ok(Err(departure)) => departure,
            Ok(Ok(never)) => match never {},
            Err(_panic) => Departure::Failed(RoleError::Panicked),
        }
    }
}
