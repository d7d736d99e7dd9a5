use std::num::NonZeroU32;

use governor::{Quota, clock::DefaultClock};
use mtchat_storage::{StoredLimits, StoredRate};

use super::{Counted, Rate, buckets::Buckets};

/// What may be asked in the name of an app; `None`: as configured for all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OwnLimits {
    /// Requests of all its users and of its host.
    pub app: Option<Rate>,
    /// Requests of each of its users.
    pub user: Option<Rate>,
    /// Its open sockets.
    pub sockets: Option<usize>,
    /// Dialogs that it creates in a minute.
    pub dialogs_per_minute: Option<NonZeroU32>,
    /// Participants of one of its dialogs.
    pub participants: Option<usize>,
    /// Bytes of one of its files.
    pub file_bytes: Option<u64>,
}

impl From<StoredLimits> for OwnLimits {
    fn from(stored: StoredLimits) -> Self {
        let rate = |StoredRate { per_second, burst }| Rate { per_second, burst };
        let count = |number: NonZeroU32| usize::try_from(number.get()).unwrap_or(usize::MAX);
        Self {
            app: stored.app.map(rate),
            user: stored.user.map(rate),
            sockets: stored.sockets.map(count),
            dialogs_per_minute: stored.dialogs_per_minute,
            participants: stored.participants.map(count),
            file_bytes: stored.file_bytes.map(|bytes| bytes.get().into()),
        }
    }
}

/// The buckets of an app that has limits of its own.
pub(super) struct OwnBuckets {
    pub(super) limits: OwnLimits,
    pub(super) app: Option<Buckets>,
    pub(super) user: Option<Buckets>,
    pub(super) creation: Option<Buckets>,
}

impl OwnBuckets {
    /// Full buckets of these sizes.
    pub(super) fn new(limits: OwnLimits) -> Self {
        let creation = |number| {
            let quota = Quota::per_minute(number);
            Buckets::with_clock(Counted::Creations, quota, DefaultClock::default())
        };
        Self {
            limits,
            app: limits.app.map(|rate| Buckets::new(Counted::App, rate)),
            user: limits.user.map(|rate| Buckets::new(Counted::User, rate)),
            creation: limits.dialogs_per_minute.map(creation),
        }
    }

    /// Those that there are.
    pub(super) fn all(&self) -> impl Iterator<Item = &Buckets> {
        [&self.app, &self.user, &self.creation].into_iter().flatten()
    }
}
