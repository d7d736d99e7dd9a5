use std::{
    collections::HashMap,
    hash::{BuildHasher, Hash, RandomState},
    net::IpAddr,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use governor::{Quota, clock::DefaultClock};
use mtchat_protocol::{AppId, DialogId, UserId};
use tokio::{
    select, task,
    time::{MissedTickBehavior, interval},
};
use tokio_util::sync::CancellationToken;

use super::{
    Cost, Counted, Excess, LimitOptions,
    buckets::Buckets,
    own::{OwnBuckets, OwnLimits},
};

/// How often full buckets are forgotten.
const TIDY: Duration = Duration::from_secs(2);

/// All buckets of this edge. Taking from one costs a hash and no allocation; keys are hashed with a secret of this process, so
/// nobody can choose ids that share a bucket.
pub struct Limits {
    hasher: RandomState,
    address: Buckets,
    admission: Buckets,
    app: Buckets,
    cost: Buckets,
    creation: Buckets,
    dialog: Buckets,
    handshake: Buckets,
    user: Buckets,
    participants: usize,
    /// Of apps that have limits of their own; replaced as a whole when one changes.
    own: RwLock<Arc<Own>>,
}

type Own = HashMap<AppId, Arc<OwnBuckets>>;

impl Limits {
    /// Full buckets.
    pub fn new(options: &LimitOptions) -> Self {
        let dialogs = Quota::per_minute(options.dialogs_per_minute);
        Self {
            hasher: RandomState::new(),
            address: Buckets::new(Counted::Address, options.address),
            admission: Buckets::new(Counted::Admissions, options.admission),
            app: Buckets::new(Counted::App, options.app),
            cost: Buckets::new(Counted::Costs, options.cost),
            creation: Buckets::with_clock(Counted::Creations, dialogs, DefaultClock::default()),
            dialog: Buckets::new(Counted::Dialog, options.dialog),
            handshake: Buckets::new(Counted::Handshakes, options.handshake),
            user: Buckets::new(Counted::User, options.user),
            participants: options.participants,
            own: RwLock::default(),
        }
    }

    /// These apps have limits of their own, and no others. Buckets of limits that stay the same stay as full as they are.
    pub fn replace_own(&self, limits: impl IntoIterator<Item = (AppId, OwnLimits)>) {
        let before = self.all_own();
        let buckets = |app: &AppId, limits: OwnLimits| match before.get(app) {
            Some(known) if known.limits == limits => known.clone(),
            _ => Arc::new(OwnBuckets::new(limits)),
        };
        let own: Own = limits
            .into_iter()
            .filter(|(_, limits)| *limits != OwnLimits::default())
            .map(|(app, limits)| {
                let buckets = buckets(&app, limits);
                (app, buckets)
            })
            .collect();
        *self.own.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(own);
    }

    /// A request of a user. What the user may not ask does not draw on the app.
    pub fn user(&self, app: &AppId, user: &UserId) -> Result<(), Excess> {
        let own = self.own(app);
        let users = own
            .as_ref()
            .and_then(|own| own.user.as_ref())
            .unwrap_or(&self.user);
        users.take(self.key((app, user)))?;
        self.app_within(own.as_deref(), app)
    }

    /// A request of an app.
    pub fn app(&self, app: &AppId) -> Result<(), Excess> {
        self.app_within(self.own(app).as_deref(), app)
    }

    /// An expensive read of a user.
    pub fn cost(&self, app: &AppId, user: &UserId, cost: Cost) -> Result<(), Excess> {
        self.cost.take_many(self.key((app, user)), cost.units())
    }

    /// A message of somebody who may send it.
    pub fn dialog(&self, app: &AppId, dialog: DialogId) -> Result<(), Excess> {
        self.dialog.take(self.key((app, dialog)))
    }

    /// A new dialog of an app.
    pub fn creation(&self, app: &AppId) -> Result<(), Excess> {
        let own = self.own(app);
        let creation = own.as_ref().and_then(|own| own.creation.as_ref());
        creation.unwrap_or(&self.creation).take(self.key(app))
    }

    /// How many participants a dialog of this app may have.
    pub fn participants(&self, app: &AppId) -> usize {
        let own = self.own(app).and_then(|own| own.limits.participants);
        own.unwrap_or(self.participants)
    }

    /// A request without a good identity.
    pub fn stranger(&self, address: Option<IpAddr>) -> Result<(), Excess> {
        address.map_or(Ok(()), |address| self.address.take(self.key(address)))
    }

    /// A handshake of a socket, as far as its address is concerned.
    pub fn handshake(&self, address: Option<IpAddr>) -> Result<(), Excess> {
        address.map_or(Ok(()), |address| self.handshake.take(self.key(address)))
    }

    /// A handshake of a socket, as far as this edge is concerned.
    pub fn admission(&self) -> Result<(), Excess> {
        self.admission.take(0)
    }

    /// Forget full buckets again and again, until told to stop.
    pub(crate) async fn run(&self, stop: CancellationToken) {
        let mut tick = interval(TIDY);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            select! {
                () = stop.cancelled() => return,
                _ = tick.tick() => {}
            }
            let mut kept = 0;
            for buckets in self.all() {
                buckets.tidy();
                kept += buckets.len();
                task::yield_now().await;
            }
            for own in self.all_own().values() {
                for buckets in own.all() {
                    buckets.tidy();
                    kept += buckets.len();
                }
                task::yield_now().await;
            }
            metrics::gauge!("mtchat_limit_buckets").set(kept as f64);
        }
    }

    fn all(&self) -> [&Buckets; 8] {
        [
            &self.address,
            &self.admission,
            &self.app,
            &self.cost,
            &self.creation,
            &self.dialog,
            &self.handshake,
            &self.user,
        ]
    }

    /// Most bytes of a file of this app, where so many are allowed for all.
    pub fn file_bytes(&self, app: &AppId, of_all: u64) -> u64 {
        let own = self.own(app).and_then(|own| own.limits.file_bytes);
        own.map_or(of_all, |own| own.min(of_all))
    }

    fn app_within(&self, own: Option<&OwnBuckets>, app: &AppId) -> Result<(), Excess> {
        let apps = own.and_then(|own| own.app.as_ref()).unwrap_or(&self.app);
        apps.take(self.key(app))
    }

    fn own(&self, app: &AppId) -> Option<Arc<OwnBuckets>> {
        let own = self.own.read().unwrap_or_else(PoisonError::into_inner);
        own.get(app).cloned()
    }

    fn all_own(&self) -> Arc<Own> {
        self.own.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn key(&self, of: impl Hash) -> u64 {
        self.hasher.hash_one(of)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limit::Rate;

    #[test]
    fn a_user_of_one_app_is_not_the_same_user_of_another() {
        let limits = Limits::new(&LimitOptions {
            user: Rate::new(1, 1),
            ..LimitOptions::default()
        });
        let [one, two] = ["one", "two"].map(|app| AppId::new(app).unwrap());
        let alice = UserId::new("alice").unwrap();
        assert!(limits.user(&one, &alice).is_ok());
        assert_eq!(limits.user(&one, &alice).unwrap_err().of, Counted::User);
        assert!(limits.user(&two, &alice).is_ok());
    }

    #[test]
    fn an_app_with_a_limit_of_its_own_leaves_the_others_theirs() {
        let limits = Limits::new(&LimitOptions {
            app: Rate::new(1, 3),
            ..LimitOptions::default()
        });
        let [one, two] = ["one", "two"].map(|app| AppId::new(app).unwrap());
        let own = |burst| OwnLimits {
            app: Some(Rate::new(1, burst)),
            participants: Some(7),
            ..OwnLimits::default()
        };
        limits.replace_own([(one.clone(), own(1)), (two.clone(), OwnLimits::default())]);
        let taken = |app| (0..9).filter(|_| limits.app(app).is_ok()).count();
        assert_eq!((taken(&one), taken(&two)), (1, 3));
        assert_eq!(
            (limits.participants(&one), limits.participants(&two)),
            (7, 10_000)
        );
        limits.replace_own([(one.clone(), own(1))]);
        assert_eq!(taken(&one), 0, "what stays as it is stays as empty as it is");
        limits.replace_own([(one.clone(), own(5))]);
        assert_eq!(taken(&one), 5);
        limits.replace_own([]);
        assert_eq!(taken(&one), 3);
    }

    #[test]
    fn who_is_over_the_own_limit_leaves_the_app_its_share() {
        let limits = Limits::new(&LimitOptions {
            user: Rate::new(1, 1),
            app: Rate::new(1, 2),
            ..LimitOptions::default()
        });
        let app = AppId::default_app();
        let user = |name| limits.user(&app, &UserId::new(name).unwrap());
        assert!(user("mallory").is_ok());
        assert!((0..50).all(|_| user("mallory").is_err()));
        assert!(user("alice").is_ok());
        assert_eq!(user("bob").unwrap_err().of, Counted::App);
    }
}
