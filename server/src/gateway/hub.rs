use std::{
    collections::HashMap,
    fmt,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};

use axum::extract::ws::Utf8Bytes;
use metrics::{counter, gauge};
use mtchat_protocol::{AppId, Epoch, UserId};
use tokio::{
    sync::{Notify, watch},
    time,
};

use super::{
    Close, GatewayOptions,
    connection::{Connection, Moment, Owner},
    delivery::{Audience, Outbound},
    presence::Presence,
    registry::Registry,
    resume::{ResumePoint, Resumption},
    ring::Ring,
    roster::{Delivered, Follows, NoSeat, Roster},
    seat::Seat,
    unread::Totals,
};

/// In how many slices a drain tells sockets to move.
const DRAIN_SLICES: u32 = 50;
/// How long a drain waits for the last sockets to be gone.
const DRAIN_PATIENCE: Duration = Duration::from_secs(5);
/// How many overdue entries of the ring are let go under one lock.
const TIDY_AT_ONCE: usize = 500;
/// How many of them go when a fact comes.
const TIDY_PER_FACT: usize = 4;

/// All sockets of this edge and what they are told. Cheap to clone; never waits under its lock.
#[derive(Clone)]
pub struct Hub {
    inner: Arc<Inner>,
}

struct Inner {
    options: GatewayOptions,
    presence: Presence,
    totals: Totals,
    roster: Mutex<Roster>,
    registry: Registry,
    sockets: AtomicUsize,
    anonymous: AtomicUsize,
    next_id: AtomicU64,
    seconds: AtomicU32,
    caught_up: AtomicBool,
    draining: AtomicBool,
    emptied: Notify,
    stored: watch::Receiver<u64>,
}

/// Why no further socket is taken now; another edge may, or this one in a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotAdmitted {
    #[error("the app has as many connections as one app may")]
    AppFull,
    #[error("the server is stopping")]
    Draining,
    #[error("the server has as many connections as it takes")]
    Full,
    #[error("the server is starting")]
    NotReady,
    #[error("the user has as many connections as one user may")]
    TooMany,
}

impl Hub {
    /// A hub without sockets. `stored` is the watermark: how far Postgres has committed the log.
    pub fn new(options: GatewayOptions, stored: watch::Receiver<u64>) -> Self {
        let window = u32::try_from(options.ring_window.as_secs()).unwrap_or(u32::MAX);
        let ring = Ring::new(window, options.ring_bytes);
        let roster = Roster::new(
            ring,
            options.replay_frames,
            options.max_connections_per_user,
            options.max_connections_per_app,
        );
        let grace = u32::try_from(options.presence_grace.as_secs()).unwrap_or(u32::MAX);
        Self {
            inner: Arc::new(Inner {
                options,
                presence: Presence::new(grace),
                totals: Totals::default(),
                roster: Mutex::new(roster),
                registry: Registry::new(),
                sockets: AtomicUsize::new(0),
                anonymous: AtomicUsize::new(0),
                next_id: AtomicU64::new(1),
                seconds: AtomicU32::new(0),
                caught_up: AtomicBool::new(false),
                draining: AtomicBool::new(false),
                emptied: Notify::new(),
                stored,
            }),
        }
    }

    /// Whether everything that was in LIVE at the start has been read: before that no socket is taken, for it would be told that
    /// nothing is missing.
    pub fn caught_up(&self) -> bool {
        self.inner.caught_up.load(SeqCst)
    }

    /// Whether sockets are being told to move.
    pub fn draining(&self) -> bool {
        self.inner.draining.load(SeqCst)
    }

    /// How many sockets there are.
    pub fn sockets(&self) -> usize {
        self.inner.sockets.load(SeqCst)
    }

    /// How far the live path was read, as a log sequence.
    pub fn position(&self) -> u64 {
        self.roster().position()
    }

    /// Take no further socket and tell those that are here to come back (elsewhere), spread over `over`: so that they do not all
    /// arrive there at once. Returns when they are gone, or after a last moment of patience.
    pub async fn drain(&self, over: Duration) {
        self.inner.draining.store(true, SeqCst);
        let mut sockets = Vec::new();
        for shard in 0..Registry::SHARDS {
            self.inner
                .registry
                .each_in(shard, |connection| sockets.push(connection.clone()));
        }
        fastrand::shuffle(&mut sockets);
        tracing::info!(sockets.count = sockets.len(), "telling sockets to move");
        let slice = sockets.len().div_ceil(DRAIN_SLICES as usize).max(1);
        for slice in sockets.chunks(slice) {
            slice.iter().for_each(|connection| connection.kick(Close::Moving));
            time::sleep(over / DRAIN_SLICES).await;
        }
        drop(sockets);
        // Those that were between admission and their first look at the registry.
        for shard in 0..Registry::SHARDS {
            self.inner
                .registry
                .each_in(shard, |connection| connection.kick(Close::Moving));
        }
        let gone = async {
            while self.sockets() > 0 {
                self.inner.emptied.notified().await;
            }
        };
        if time::timeout(DRAIN_PATIENCE, gone).await.is_err() {
            tracing::warn!(sockets.count = self.sockets(), "sockets remained after the drain");
        }
    }

    /// Who is online.
    pub fn presence(&self) -> &Presence {
        &self.inner.presence
    }

    /// Totals of unread messages.
    pub(crate) fn totals(&self) -> &Totals {
        &self.inner.totals
    }

    /// How far Postgres has committed the log.
    pub(crate) fn stored(&self) -> u64 {
        *self.inner.stored.borrow()
    }

    pub(crate) fn options(&self) -> &GatewayOptions {
        &self.inner.options
    }

    /// The time in the hub's seconds, as the sweeper last said.
    pub(crate) fn seconds(&self) -> u32 {
        self.inner.seconds.load(SeqCst)
    }

    /// A place for a socket, or why there is none. `owner` where it is known already.
    pub(crate) fn admit(&self, owner: Option<&Owner>) -> Result<Seat, NotAdmitted> {
        if self.draining() {
            return Err(NotAdmitted::Draining);
        }
        if !self.caught_up() {
            return Err(NotAdmitted::NotReady);
        }
        let options = self.options();
        if owner.is_some_and(|owner| self.roster().connections_of(owner) >= options.max_connections_per_user)
        {
            return Err(NotAdmitted::TooMany);
        }
        if owner.is_some_and(|owner| self.roster().is_full(&owner.app)) {
            return Err(NotAdmitted::AppFull);
        }
        let anonymous = owner.is_none();
        if anonymous && !claim(&self.inner.anonymous, options.max_unauthenticated) {
            return Err(NotAdmitted::Full);
        }
        if !claim(&self.inner.sockets, options.max_connections) {
            if anonymous {
                self.no_longer_anonymous();
            }
            return Err(NotAdmitted::Full);
        }
        gauge!("mtchat_gateway_sockets").increment(1);
        let id = self.inner.next_id.fetch_add(1, SeqCst);
        let connection = Arc::new(Connection::new(id, self.seconds(), options));
        self.inner.registry.insert(connection.clone());
        Ok(Seat {
            hub: self.clone(),
            connection,
            anonymous,
        })
    }

    pub(crate) fn no_longer_anonymous(&self) {
        self.inner.anonymous.fetch_sub(1, SeqCst);
    }

    /// These apps may have so many sockets, and the others as many as configured.
    pub(crate) fn replace_own_most(&self, own_most: HashMap<AppId, usize>) {
        self.roster().replace_own_most(own_most);
    }

    /// Send nothing more to a connection.
    pub(crate) fn silence(&self, connection: &Connection) {
        connection.outgoing.close();
        self.roster().detach(connection);
    }

    /// Give a place back.
    pub(crate) fn leave(&self, connection: &Connection, anonymous: bool) {
        self.silence(connection);
        if let Some(owner) = connection.owner() {
            self.presence().unwatch(connection.id);
            self.totals().unwatch(owner, connection.id);
            if connection.no_longer_present() {
                self.presence().went(owner, self.seconds());
            }
        }
        self.inner.registry.remove(connection.id);
        if anonymous {
            self.no_longer_anonymous();
        }
        if self.inner.sockets.fetch_sub(1, SeqCst) == 1 {
            self.inner.emptied.notify_one();
        }
        gauge!("mtchat_gateway_sockets").decrement(1);
    }

    pub(crate) fn attach(
        &self,
        connection: &Arc<Connection>,
        owner: &Owner,
        point: Option<&ResumePoint>,
    ) -> Result<Resumption, NoSeat> {
        let resumption = self.roster().attach(connection, owner, point)?;
        self.heard_of(connection);
        count_resumption(resumption);
        Ok(resumption)
    }

    /// A connection gave a sign of life.
    pub(crate) fn heard_of(&self, connection: &Connection) {
        if let (true, Some(owner)) = (connection.heard(self.seconds()), connection.owner()) {
            self.presence().came(owner);
        }
    }

    pub(crate) fn resume(&self, connection: &Connection, point: &ResumePoint) {
        let resumption = self.roster().resume(connection, point);
        count_resumption(resumption);
    }

    /// A fresh token may let a connection's user join other dialogs than the one before it did.
    pub(crate) fn scopes_changed(&self, connection: &Connection) {
        self.roster().scopes_changed(connection);
    }

    pub(crate) fn pong(&self, connection: &Connection) {
        let stored = self.stored();
        self.roster().pong(connection, stored);
    }

    /// Everything that was in LIVE has been read.
    pub(crate) fn now_caught_up(&self) {
        self.inner.caught_up.store(true, SeqCst);
    }

    pub(crate) fn follow(&self, epoch: &Epoch, from: u64, to: u64) -> Follows {
        let follows = self.roster().follow(epoch, from, to);
        if follows == Follows::Reset {
            counter!("mtchat_gateway_resets_total", "of" => "everybody").increment(1);
            self.totals().forget(None, from);
        }
        follows
    }

    pub(crate) fn deliver(&self, outbound: Outbound) {
        let now = self.seconds();
        let unknown =
            matches!(outbound.audience, Audience::Unknown).then(|| (outbound.app.clone(), outbound.log_seq));
        let Delivered { queued, of, counting } = {
            let mut roster = self.roster();
            let delivered = roster.deliver(now, outbound);
            // Keeps the ring within its bytes however quickly facts come: more go than come.
            roster.tidy(now, TIDY_PER_FACT);
            delivered
        };
        counter!("mtchat_gateway_frames_total").increment(queued as u64);
        self.note_unread(unknown, of, &counting);
    }

    /// Tell these users, but not `except`, something that nobody misses: it moves no position and is not kept.
    pub(crate) fn mention(&self, app: &AppId, users: &[UserId], except: &UserId, bytes: &Utf8Bytes) {
        self.roster().mention(app, users, except, bytes);
    }

    pub(crate) fn advance(&self, to: u64) {
        self.roster().advance(to);
    }

    /// The sweeper's clock has moved: let go of what is overdue, and make up for resets that were held back.
    pub(crate) fn tick(&self, now: Moment) {
        self.inner.seconds.store(now.seconds, SeqCst);
        self.roster().reset_apps(now.seconds);
        while !self.roster().tidy(now.seconds, TIDY_AT_ONCE) {}
        gauge!("mtchat_gateway_ring_bytes").set(self.roster().ring_bytes() as f64);
    }

    /// Look after one shard of the connections.
    pub(crate) fn sweep(&self, shard: usize, now: Moment) {
        let options = &self.inner.options;
        self.inner.registry.each_in(shard, |connection| {
            connection.sweep(now, options);
            if let (true, Some(owner)) = (connection.fell_silent(now, options), connection.owner()) {
                self.presence().view(connection, None);
                self.presence().went(owner, now.seconds);
            }
        });
    }

    /// What the roster still holds: apps, and bytes of the ring.
    #[cfg(test)]
    pub(crate) fn remaining(&self) -> (usize, usize) {
        let roster = self.roster();
        (roster.apps(), roster.ring_bytes())
    }

    pub(super) fn roster(&self) -> MutexGuard<'_, Roster> {
        self.inner.roster.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Hub {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hub")
            .field("sockets", &self.sockets())
            .finish_non_exhaustive()
    }
}

/// Count one more unless that were more than `most`.
fn claim(counted: &AtomicUsize, most: usize) -> bool {
    counted
        .fetch_update(SeqCst, SeqCst, |count| (count < most).then_some(count + 1))
        .is_ok()
}

fn count_resumption(resumption: Resumption) {
    counter!("mtchat_gateway_attached_total", "resumed" => resumption.as_str()).increment(1);
}
