//! How much users have not read in all: told to the sockets that asked for it, when it changes.
//!
//! Nothing is counted here. Of each user it is known what each dialog contributed when the database said so last, and which dialogs
//! they have been told something of since; only of these the database is asked again, for all users at once.

mod run;

use std::{
    collections::{HashMap, HashSet},
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use mtchat_protocol::{AppId, DialogId, ServerFrame, TotalUnreadView, UserId};
use smallvec::SmallVec;

use super::{
    connection::{Connection, Owner},
    delivery::text,
    hub::Hub,
};

pub use run::run_unread;

/// Of more dialogs at once everything is asked anew.
const MOST_STALE: usize = 256;

/// Whose total is told, and how it stands. Never waits under its lock.
#[derive(Default)]
pub(crate) struct Totals {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    users: HashMap<Owner, Counted>,
    /// Whose total may have changed.
    pending: HashSet<Owner>,
}

/// One user who has sockets that asked.
#[derive(Default)]
struct Counted {
    connections: SmallVec<[Arc<Connection>; 1]>,
    /// What the dialogs contribute that contribute something; `None`: not known.
    unread: Option<HashMap<DialogId, u64>>,
    stale: HashSet<DialogId>,
    /// What the database must have stored before it is asked.
    since: u64,
    told: Option<TotalUnreadView>,
}

/// What the database is to be asked of a user.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Due {
    pub(crate) owner: Owner,
    /// Only of these dialogs; `None`: of all.
    pub(crate) dialogs: Option<Vec<DialogId>>,
    since: u64,
}

impl Totals {
    /// A connection asks for its user's total. Until [`recount`](Self::recount) it is told nothing.
    pub(crate) fn watch(&self, owner: &Owner, connection: &Arc<Connection>) {
        let mut state = self.state();
        let counted = state.users.entry(owner.clone()).or_default();
        if !counted.connections.iter().any(|known| known.id == connection.id) {
            counted.connections.push(connection.clone());
        }
    }

    /// A connection does not ask any more, or is gone.
    pub(crate) fn unwatch(&self, owner: &Owner, connection: u64) {
        let mut state = self.state();
        let Some(counted) = state.users.get_mut(owner) else {
            return;
        };
        counted.connections.retain(|known| known.id != connection);
        if counted.connections.is_empty() {
            state.users.remove(owner);
            state.pending.remove(owner);
        }
    }

    /// Whatever was known of a user's total is not known any more; it is told again, also when it is the same.
    pub(crate) fn recount(&self, owner: &Owner, since: u64) {
        let mut state = self.state();
        if let Some(counted) = state.users.get_mut(owner) {
            counted.forget(since);
            state.pending.insert(owner.clone());
        }
    }

    /// A user was told something of a dialog.
    pub(crate) fn changed(&self, owner: &Owner, dialog: DialogId, log_seq: u64) {
        let mut state = self.state();
        let Some(counted) = state.users.get_mut(owner) else {
            return;
        };
        counted.since = counted.since.max(log_seq);
        counted.stale.insert(dialog);
        if counted.stale.len() > MOST_STALE {
            (counted.unread, counted.stale) = (None, HashSet::new());
        }
        if !state.pending.contains(owner) {
            state.pending.insert(owner.clone());
        }
    }

    /// Something was not delivered in an app, or in any.
    pub(crate) fn forget(&self, app: Option<&AppId>, since: u64) {
        let mut state = self.state();
        let State { users, pending } = &mut *state;
        for (owner, counted) in users
            .iter_mut()
            .filter(|(owner, _)| app.is_none_or(|app| owner.app == *app))
        {
            counted.forget(since);
            pending.insert(owner.clone());
        }
    }

    /// What is to be asked now that so much is stored, about at most so many users.
    pub(crate) fn due(&self, stored: u64, most: usize) -> Vec<Due> {
        let mut state = self.state();
        let State { users, pending } = &mut *state;
        let ready = |owner: &&Owner| users.get(*owner).is_some_and(|counted| counted.since <= stored);
        let ready: Vec<Owner> = pending.iter().filter(ready).take(most).cloned().collect();
        ready
            .into_iter()
            .filter_map(|owner| {
                pending.remove(&owner);
                let counted = users.get_mut(&owner)?;
                let stale = std::mem::take(&mut counted.stale);
                Some(Due {
                    owner,
                    dialogs: counted.unread.as_ref().map(|_| stale.into_iter().collect()),
                    since: counted.since,
                })
            })
            .collect()
    }

    /// The database's answer. What it does not mention contributes nothing.
    pub(crate) fn settle(&self, due: &Due, unread: Vec<(DialogId, u64)>) {
        let mut state = self.state();
        let Some(counted) = state.users.get_mut(&due.owner) else {
            return;
        };
        match (&mut counted.unread, &due.dialogs) {
            (Some(known), Some(asked)) => {
                for dialog in asked {
                    known.remove(dialog);
                }
                known.extend(unread.into_iter().filter(|(_, unread)| *unread > 0));
            }
            (known, None) if counted.since >= due.since => {
                *known = Some(unread.into_iter().filter(|(_, unread)| *unread > 0).collect());
            }
            // It was forgotten meanwhile, and is asked for again.
            _ => return,
        }
        counted.tell();
    }

    /// There was no answer.
    pub(crate) fn ask_again(&self, due: Due) {
        let mut state = self.state();
        if let Some(counted) = state.users.get_mut(&due.owner) {
            counted.stale.extend(due.dialogs.into_iter().flatten());
            state.pending.insert(due.owner);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Counted {
    fn forget(&mut self, since: u64) {
        (self.unread, self.told) = (None, None);
        self.stale.clear();
        self.since = since;
    }

    /// Say how it stands, unless that has been said.
    fn tell(&mut self) {
        let Some(unread) = &self.unread else { return };
        let total = TotalUnreadView {
            unread_count: unread.values().sum(),
            dialogs: unread.len() as u64,
        };
        if self.told == Some(total) {
            return;
        }
        self.told = Some(total);
        if let Some(bytes) = text(&ServerFrame::UnreadTotal(total)) {
            for connection in &self.connections {
                connection.outgoing.push_if_roomy(bytes.clone());
            }
        }
    }
}

impl Hub {
    /// A connection asks to be told its user's total of unread messages, or does so no longer.
    pub(crate) fn watch_unread(&self, connection: &Arc<Connection>, enabled: bool) {
        let Some(owner) = connection.owner() else { return };
        if enabled {
            self.totals().watch(owner, connection);
            // What was delivered before is in what the database is asked then; what comes later is told of.
            let position = self.roster().count_unread(connection, true);
            self.totals().recount(owner, position);
        } else {
            self.roster().count_unread(connection, false);
            self.totals().unwatch(owner, connection.id);
        }
    }

    /// A fact was delivered to users who are told their totals, or could not be delivered in an app.
    pub(super) fn note_unread(
        &self,
        undelivered: Option<(AppId, u64)>,
        of: Option<(AppId, DialogId, u64)>,
        counting: &[UserId],
    ) {
        if let Some((app, log_seq)) = undelivered {
            self.totals().forget(Some(&app), log_seq);
        }
        let Some((app, dialog, log_seq)) = of else { return };
        for user in counting {
            let owner = Owner {
                app: app.clone(),
                user: user.clone(),
            };
            self.totals().changed(&owner, dialog, log_seq);
        }
    }
}

impl fmt::Debug for Totals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let users = self.state().users.len();
        f.debug_struct("Totals")
            .field("users", &users)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gateway::GatewayOptions;

    fn alice() -> Owner {
        Owner {
            app: AppId::default_app(),
            user: UserId::new("alice").unwrap(),
        }
    }

    fn connection(id: u64) -> Arc<Connection> {
        Arc::new(Connection::new(id, 0, &GatewayOptions::default()))
    }

    fn told(connection: &Connection) -> Vec<String> {
        let frames = connection.outgoing.take(usize::MAX);
        frames.iter().map(|frame| frame.as_str().to_owned()).collect()
    }

    fn total(unread: u64, dialogs: u64) -> String {
        format!(r#"{{"type":"unread.total","unread_count":{unread},"dialogs":{dialogs}}}"#)
    }

    fn one(mut due: Vec<Due>) -> Due {
        assert_eq!(due.len(), 1);
        due.remove(0)
    }

    #[test]
    fn the_whole_is_asked_once_and_then_only_what_changed() {
        let (totals, socket, first, second) = (
            Totals::default(),
            connection(1),
            DialogId::fresh(),
            DialogId::fresh(),
        );
        totals.watch(&alice(), &socket);
        totals.recount(&alice(), 10);
        assert_eq!(totals.due(9, 99), [], "the database is not there yet");
        let due = one(totals.due(10, 99));
        assert_eq!(due.dialogs, None);
        totals.settle(&due, vec![(first, 3), (second, 0)]);
        assert_eq!(told(&socket), [total(3, 1)]);
        totals.changed(&alice(), second, 12);
        totals.changed(&alice(), second, 13);
        let due = one(totals.due(13, 99));
        assert_eq!(due.dialogs, Some(vec![second]));
        totals.settle(&due, vec![(second, 2)]);
        assert_eq!(told(&socket), [total(5, 2)]);
        totals.changed(&alice(), first, 14);
        totals.settle(&one(totals.due(14, 99)), Vec::new());
        assert_eq!(told(&socket), [total(2, 1)]);
        totals.changed(&alice(), second, 15);
        totals.settle(&one(totals.due(15, 99)), vec![(second, 2)]);
        assert_eq!(told(&socket), [] as [String; 0], "nothing is said twice");
    }

    #[test]
    fn what_changes_while_the_database_answers_is_asked_again() {
        let (totals, socket, dialog) = (Totals::default(), connection(1), DialogId::fresh());
        totals.watch(&alice(), &socket);
        totals.recount(&alice(), 1);
        let due = one(totals.due(1, 99));
        totals.changed(&alice(), dialog, 2);
        totals.settle(&due, vec![(dialog, 1)]);
        let due = one(totals.due(2, 99));
        assert_eq!(due.dialogs, Some(vec![dialog]));
        totals.ask_again(due);
        totals.settle(&one(totals.due(2, 99)), vec![(dialog, 2)]);
        assert_eq!(told(&socket), [total(1, 1), total(2, 1)]);
        let before = {
            totals.changed(&alice(), dialog, 3);
            one(totals.due(3, 99))
        };
        totals.forget(None, 0);
        totals.settle(&before, vec![(dialog, 9)]);
        assert_eq!(
            told(&socket),
            [] as [String; 0],
            "an answer about a life that is over"
        );
        totals.settle(&one(totals.due(0, 99)), vec![(dialog, 2)]);
        assert_eq!(told(&socket), [total(2, 1)]);
    }

    #[test]
    fn only_who_asks_is_told_and_nothing_remains_of_who_is_gone() {
        let (totals, first, second) = (Totals::default(), connection(1), connection(2));
        totals.watch(&alice(), &first);
        totals.watch(&alice(), &second);
        totals.recount(&alice(), 0);
        totals.unwatch(&alice(), 1);
        totals.settle(&one(totals.due(0, 99)), Vec::new());
        assert_eq!((told(&first).len(), told(&second)), (0, vec![total(0, 0)]));
        totals.changed(&alice(), DialogId::fresh(), 1);
        totals.unwatch(&alice(), 2);
        let state = totals.state();
        assert!(state.users.is_empty() && state.pending.is_empty());
    }
}
