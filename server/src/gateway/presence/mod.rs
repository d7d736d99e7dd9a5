//! Who is online. Each edge knows its own connections, tells the others of them over the broker's core, and holds the union of all;
//! nothing else depends on it, and it is at most some seconds behind.

mod local;
mod run;
mod screens;
mod view;
mod watches;

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use mtchat_nats::{EdgeId, EdgeSays, PresenceHeard, UsersSaid};
use mtchat_protocol::{AppId, DialogId, Timestamp, UserId};

use super::connection::{Connection, Owner};
use local::Local;
use screens::Screens;
use view::View;
pub(crate) use view::{Change, Now};
use watches::{Question, Watches};

pub use run::run_presence;

/// Who is online, as this edge knows it. Cheap to clone; never waits under its lock.
#[derive(Clone)]
pub struct Presence {
    inner: Arc<Inner>,
}

struct Inner {
    me: EdgeId,
    state: Mutex<State>,
}

struct State {
    local: Local,
    screens: Screens,
    view: View,
    watches: Watches,
    /// Another edge wants to know who is online here.
    asked: bool,
}

impl Presence {
    /// Nobody is online. Who goes offline is taken to be online for `grace` seconds.
    pub(crate) fn new(grace: u32) -> Self {
        let me = EdgeId::fresh();
        let state = Mutex::new(State {
            local: Local::default(),
            screens: Screens::default(),
            view: View::new(me, grace),
            watches: Watches::default(),
            asked: false,
        });
        Self {
            inner: Arc::new(Inner { me, state }),
        }
    }

    /// Whether a user has a connection anywhere, or had one a moment ago.
    pub(crate) fn is_online(&self, app: &AppId, user: &UserId) -> bool {
        self.state().view.is_online(app, user)
    }

    /// A connection of a user is there.
    pub(crate) fn came(&self, owner: &Owner) {
        let mut state = self.state();
        if state.local.came(&owner.app, &owner.user) {
            state.view.came(self.inner.me, &owner.app, &owner.user);
        }
    }

    /// A connection of a user is gone, or nothing was heard over it for too long.
    pub(crate) fn went(&self, owner: &Owner, now: u32) {
        let mut state = self.state();
        if state.local.went(&owner.app, &owner.user) {
            let now = moment(now);
            state.view.went(self.inner.me, &owner.app, &owner.user, now);
        }
    }

    /// A connection watches these users and no others from now on.
    pub(crate) fn watch(&self, connection: u64, owner: &Owner, users: Vec<UserId>) {
        self.state().watches.set(connection, owner, users);
    }

    /// A connection watches nobody and shows nothing any more.
    pub(crate) fn unwatch(&self, connection: u64) {
        let mut state = self.state();
        state.watches.remove(connection);
        state.screens.remove(connection);
    }

    /// A connection's page shows this dialog and no other from now on, or none.
    pub(crate) fn view(&self, connection: &Connection, dialog: Option<DialogId>) {
        let mut state = self.state();
        if let (Some(dialog), Some(owner)) = (dialog, connection.owner()) {
            state.screens.set(connection.id, owner, dialog);
        } else {
            state.screens.remove(connection.id);
        }
    }

    /// Learn what another edge says.
    fn learn(&self, heard: PresenceHeard, now: u32) {
        let mut state = self.state();
        let edge = match &heard {
            PresenceHeard::Edge(edge, _) | PresenceHeard::Users(edge, _, _) => *edge,
        };
        if edge == self.inner.me {
            return;
        }
        let moment = moment(now);
        match heard {
            PresenceHeard::Edge(_, EdgeSays::Leaving) => return state.view.lost(edge, moment),
            PresenceHeard::Edge(_, EdgeSays::Alive) => {}
            PresenceHeard::Edge(_, EdgeSays::Asking) => state.asked = true,
            PresenceHeard::Users(_, app, UsersSaid::Changed { came, went }) => {
                came.iter().for_each(|user| state.view.came(edge, &app, user));
                went.iter()
                    .for_each(|user| state.view.went(edge, &app, user, moment));
            }
            PresenceHeard::Users(_, app, UsersSaid::Whole { part, parts, users }) => {
                state.view.whole(edge, &app, (part, parts), &users, moment);
            }
        }
        state.view.alive(edge, now);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.inner.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Presence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Presence")
            .field("edge", &self.inner.me)
            .finish_non_exhaustive()
    }
}

fn moment(seconds: u32) -> Now {
    Now {
        seconds,
        wall: Timestamp::now(),
    }
}
