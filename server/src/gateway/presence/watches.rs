use std::collections::{HashMap, HashSet};

use mtchat_protocol::{AppId, UserId};
use smallvec::SmallVec;

use crate::gateway::connection::Owner;

/// Which connection has whom on its screen.
#[derive(Debug, Default)]
pub(crate) struct Watches {
    by_connection: HashMap<u64, Watch>,
    by_user: HashMap<AppId, HashMap<UserId, SmallVec<[u64; 1]>>>,
    /// Connections that have not been told yet how it is now.
    asking: HashSet<u64>,
}

#[derive(Debug)]
struct Watch {
    owner: Owner,
    users: Vec<UserId>,
}

/// Somebody asks about somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Question {
    pub(crate) app: AppId,
    pub(crate) user: UserId,
    pub(crate) asker: UserId,
}

impl Watches {
    /// A connection watches these users and no others from now on, and wants to know how it is.
    pub(crate) fn set(&mut self, connection: u64, owner: &Owner, users: Vec<UserId>) {
        self.remove(connection);
        let distinct: HashSet<UserId> = users.into_iter().collect();
        if distinct.is_empty() {
            return;
        }
        let users: Vec<UserId> = distinct.into_iter().collect();
        let watched = self.by_user.entry(owner.app.clone()).or_default();
        for user in &users {
            watched.entry(user.clone()).or_default().push(connection);
        }
        let owner = owner.clone();
        self.by_connection.insert(connection, Watch { owner, users });
        self.asking.insert(connection);
    }

    /// A connection watches nobody any more.
    pub(crate) fn remove(&mut self, connection: u64) {
        self.asking.remove(&connection);
        let Some(Watch { owner, users }) = self.by_connection.remove(&connection) else {
            return;
        };
        let Some(watched) = self.by_user.get_mut(&owner.app) else {
            return;
        };
        for user in &users {
            let Some(connections) = watched.get_mut(user) else {
                continue;
            };
            connections.retain(|watching| *watching != connection);
            if connections.is_empty() {
                watched.remove(user);
            }
        }
        if watched.is_empty() {
            self.by_user.remove(&owner.app);
        }
    }

    /// Who watches somebody, each once.
    pub(crate) fn watchers(&self, app: &AppId, user: &UserId) -> Vec<UserId> {
        let connections = self.by_user.get(app).and_then(|watched| watched.get(user));
        let watchers = connections
            .into_iter()
            .flatten()
            .filter_map(|connection| self.by_connection.get(connection))
            .map(|watch| watch.owner.user.clone());
        watchers.collect::<HashSet<_>>().into_iter().collect()
    }

    /// What has not been answered yet, about so many questions, and which connections ask; each is given once.
    pub(crate) fn questions(&mut self, most: usize) -> (Vec<u64>, Vec<Question>) {
        let (mut connections, mut questions) = (Vec::new(), Vec::new());
        while questions.len() < most
            && let Some(connection) = self.asking.iter().next().copied()
        {
            self.asking.remove(&connection);
            connections.push(connection);
            let Some(Watch { owner, users }) = self.by_connection.get(&connection) else {
                continue;
            };
            questions.extend(users.iter().map(|user| Question {
                app: owner.app.clone(),
                user: user.clone(),
                asker: owner.user.clone(),
            }));
        }
        (connections, questions)
    }

    /// These connections got no answer.
    pub(crate) fn ask_again(&mut self, connections: &[u64]) {
        let watching = connections
            .iter()
            .filter(|connection| self.by_connection.contains_key(connection));
        self.asking.extend(watching);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(name: &str) -> UserId {
        UserId::new(name).unwrap()
    }

    fn owner(name: &str) -> Owner {
        Owner {
            app: AppId::default_app(),
            user: user(name),
        }
    }

    #[test]
    fn the_newest_set_counts_and_is_answered_once() {
        let (mut watches, app) = (Watches::default(), AppId::default_app());
        watches.set(1, &owner("alice"), vec![user("bob"), user("carol")]);
        watches.set(1, &owner("alice"), vec![user("carol"), user("carol")]);
        assert_eq!(watches.watchers(&app, &user("bob")), []);
        assert_eq!(watches.watchers(&app, &user("carol")), [user("alice")]);
        let (connections, asked) = watches.questions(10);
        assert_eq!(asked.len(), 1);
        assert_eq!(
            (&asked[0].user, &asked[0].asker),
            (&user("carol"), &user("alice"))
        );
        assert_eq!(watches.questions(10).1, []);
        watches.ask_again(&connections);
        assert_eq!(watches.questions(10).1, asked);
    }

    #[test]
    fn nothing_remains_of_a_connection_that_is_gone() {
        let mut watches = Watches::default();
        watches.set(1, &owner("alice"), vec![user("bob")]);
        watches.set(2, &owner("alice"), vec![user("bob")]);
        watches.remove(1);
        assert_eq!(
            watches.watchers(&AppId::default_app(), &user("bob")),
            [user("alice")]
        );
        watches.remove(2);
        assert!(watches.by_user.is_empty() && watches.by_connection.is_empty() && watches.asking.is_empty());
    }
}
