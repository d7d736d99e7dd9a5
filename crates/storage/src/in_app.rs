//! Connections that see one app. The database itself shows them the rows of the app that was named last, and nothing before one was
//! named (row security, migration 15): a statement that forgets its app finds nothing.

use std::{
    fmt,
    ops::{Deref, DerefMut},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU32, Ordering::Relaxed},
    },
};

use mtchat_protocol::AppId;
use sqlx::{
    Connection, PgConnection, Postgres,
    postgres::{PgArguments, PgConnectOptions, PgQueryResult, PgRow},
    query::Query,
};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{Duration, Instant, timeout},
};

use crate::{PoolUsage, Storage, StorageError, StorageOptions};

/// A connection unused for longer is asked whether it still lives before it is used: the database may have been restarted.
const SURELY_ALIVE: Duration = Duration::from_secs(1);
const NAME_THE_APP: &str = "SELECT set_config('mtchat.app', $1, false)";

/// A stack of them. One that saw the same app last is taken first: naming the app again is a round trip.
#[derive(Clone)]
pub(crate) struct AppConnections {
    shared: Arc<Shared>,
}

struct Shared {
    options: PgConnectOptions,
    acquire_timeout: Duration,
    idle_timeout: Duration,
    max_lifetime: Duration,
    kept: usize,
    places: Arc<Semaphore>,
    most: u32,
    waiting: AtomicU32,
    idle: Mutex<Vec<Idle>>,
    /// Since when all went well. What was put aside before is asked whether it still lives.
    well_since: Mutex<Instant>,
}

struct Idle {
    connection: PgConnection,
    app: AppId,
    opened: Instant,
    since: Instant,
}

/// A connection that sees one app. Given back by [`InApp::keep`] and by nothing else: whatever goes wrong, or stops half-way, it is
/// closed, and the server takes back what was not committed.
pub(crate) struct InApp {
    connection: PgConnection,
    app: AppId,
    opened: Instant,
    place: Place,
}

/// Room for one connection. One that was not given back tells of trouble, perhaps of all connections.
struct Place {
    shared: Arc<Shared>,
    went_well: bool,
    _permit: OwnedSemaphorePermit,
}

impl AppConnections {
    pub(crate) fn new(options: &StorageOptions) -> Result<Self, StorageError> {
        let places = usize::try_from(options.max_connections).unwrap_or(Semaphore::MAX_PERMITS);
        let shared = Shared {
            options: options.reading()?,
            acquire_timeout: options.acquire_timeout,
            idle_timeout: options.idle_timeout,
            max_lifetime: options.max_lifetime,
            kept: usize::try_from(options.min_connections).unwrap_or(places),
            places: Arc::new(Semaphore::new(places)),
            most: options.max_connections,
            waiting: AtomicU32::new(0),
            idle: Mutex::default(),
            well_since: Mutex::new(Instant::now()),
        };
        Ok(Self {
            shared: Arc::new(shared),
        })
    }

    /// A connection that sees this app and no other.
    pub(crate) async fn of(&self, app: &AppId) -> Result<InApp, StorageError> {
        timeout(self.shared.acquire_timeout, self.opened(app))
            .await
            .unwrap_or_else(|_| Err(StorageError::timed_out()))
    }

    async fn opened(&self, app: &AppId) -> Result<InApp, StorageError> {
        let shared = &self.shared;
        let permit = shared.permit().await?;
        let place = Place {
            shared: Arc::clone(shared),
            went_well: false,
            _permit: permit,
        };
        let (mut connection, seen, opened) = match shared.alive(app).await {
            Some(idle) => (idle.connection, Some(idle.app), idle.opened),
            None => (
                PgConnection::connect_with(&shared.options).await?,
                None,
                Instant::now(),
            ),
        };
        if seen.as_ref() != Some(app) {
            sqlx::query(NAME_THE_APP)
                .bind(app.as_str())
                .execute(&mut connection)
                .await?;
        }
        Ok(InApp {
            connection,
            app: app.clone(),
            opened,
            place,
        })
    }

    /// How many are used and idle, and how many wait for one.
    pub(crate) fn usage(&self) -> (PoolUsage, u32) {
        let shared = &self.shared;
        let free = u32::try_from(shared.places.available_permits()).unwrap_or(u32::MAX);
        let usage = PoolUsage {
            used: shared.most.saturating_sub(free),
            idle: u32::try_from(shared.idle().len()).unwrap_or(u32::MAX),
            most: shared.most,
        };
        (usage, shared.waiting.load(Relaxed))
    }

    /// Close them; those in use are closed when they are given back.
    pub(crate) async fn close(&self) {
        self.shared.places.close();
        let idle = std::mem::take(&mut *self.shared.idle());
        for one in idle {
            // A connection that can not say good-bye is as closed as one that can.
            let _ = timeout(self.shared.acquire_timeout, one.connection.close()).await;
        }
    }
}

impl Shared {
    /// Room for one connection. Only who does not find any at once is counted as waiting.
    async fn permit(&self) -> Result<OwnedSemaphorePermit, StorageError> {
        if let Ok(permit) = Arc::clone(&self.places).try_acquire_owned() {
            return Ok(permit);
        }
        let _waiting = Waiting::new(&self.waiting);
        let acquired = Arc::clone(&self.places).acquire_owned().await;
        Ok(acquired.map_err(|_| sqlx::Error::PoolClosed)?)
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Idle>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One that lives.
    async fn alive(&self, app: &AppId) -> Option<Idle> {
        loop {
            let mut one = self.take(app)?;
            if one.opened.elapsed() > self.max_lifetime {
                continue;
            }
            let well_since = *self.well_since.lock().unwrap_or_else(PoisonError::into_inner);
            let surely = one.since.elapsed() < SURELY_ALIVE && one.since > well_since;
            if surely || one.connection.ping().await.is_ok() {
                return Some(one);
            }
        }
    }

    fn take(&self, app: &AppId) -> Option<Idle> {
        let mut idle = self.idle();
        match idle.iter().rposition(|one| one.app == *app) {
            Some(place) => Some(idle.remove(place)),
            None => idle.pop(),
        }
    }

    /// Give one back, and let go of one that nobody has needed for long: those stand at the bottom.
    fn put(&self, one: Idle) {
        let unneeded = {
            let mut idle = self.idle();
            if self.places.is_closed() {
                return;
            }
            idle.push(one);
            let old = idle.len() > self.kept && idle[0].since.elapsed() > self.idle_timeout;
            old.then(|| idle.remove(0))
        };
        drop(unneeded);
    }
}

impl InApp {
    /// Its work is done, and it can do other work.
    pub(crate) fn keep(self) {
        let Self {
            connection,
            app,
            opened,
            mut place,
        } = self;
        place.went_well = true;
        place.shared.put(Idle {
            connection,
            app,
            opened,
            since: Instant::now(),
        });
    }

    /// Take back what was done since it began.
    pub(crate) async fn roll_back(mut self) -> Result<(), StorageError> {
        sqlx::raw_sql("ROLLBACK").execute(&mut self.connection).await?;
        self.keep();
        Ok(())
    }

    /// Begin a transaction; [`InApp::commit`] ends it.
    pub(crate) async fn begin(mut self, how: &'static str) -> Result<Self, StorageError> {
        sqlx::raw_sql(how).execute(&mut self.connection).await?;
        Ok(self)
    }

    /// Commit what was done since it began.
    pub(crate) async fn commit(mut self) -> Result<(), StorageError> {
        sqlx::raw_sql("COMMIT").execute(&mut self.connection).await?;
        self.keep();
        Ok(())
    }
}

/// Counts somebody who waits, until they are gone.
struct Waiting<'a>(&'a AtomicU32);

impl<'a> Waiting<'a> {
    fn new(count: &'a AtomicU32) -> Self {
        count.fetch_add(1, Relaxed);
        Self(count)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Relaxed);
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if !self.went_well {
            *self
                .shared
                .well_since
                .lock()
                .unwrap_or_else(PoisonError::into_inner) = Instant::now();
        }
    }
}

impl Deref for InApp {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        &self.connection
    }
}

impl DerefMut for InApp {
    fn deref_mut(&mut self) -> &mut PgConnection {
        &mut self.connection
    }
}

impl fmt::Debug for AppConnections {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AppConnections")
            .field("idle", &self.shared.idle().len())
            .finish_non_exhaustive()
    }
}

/// A statement whose values are bound.
pub(crate) type Bound<'q> = Query<'q, Postgres, PgArguments>;

/// One statement about one app, under its deadline: a server that is reachable but mute must not hold a request.
impl Storage {
    pub(crate) async fn rows(&self, app: &AppId, query: Bound<'_>) -> Result<Vec<PgRow>, StorageError> {
        self.bounded(async {
            let mut connection = self.apps.of(app).await?;
            let rows = query.fetch_all(&mut *connection).await?;
            connection.keep();
            Ok(rows)
        })
        .await
    }

    pub(crate) async fn row(&self, app: &AppId, query: Bound<'_>) -> Result<PgRow, StorageError> {
        let row = self.maybe_row(app, query).await?;
        Ok(row.ok_or(sqlx::Error::RowNotFound)?)
    }

    pub(crate) async fn maybe_row(
        &self,
        app: &AppId,
        query: Bound<'_>,
    ) -> Result<Option<PgRow>, StorageError> {
        self.bounded(async {
            let mut connection = self.apps.of(app).await?;
            let row = query.fetch_optional(&mut *connection).await?;
            connection.keep();
            Ok(row)
        })
        .await
    }

    pub(crate) async fn run(&self, app: &AppId, query: Bound<'_>) -> Result<PgQueryResult, StorageError> {
        self.bounded(async {
            let mut connection = self.apps.of(app).await?;
            let done = query.execute(&mut *connection).await?;
            connection.keep();
            Ok(done)
        })
        .await
    }
}
