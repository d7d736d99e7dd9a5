use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use mtchat_domain::{Offer, Turn};
use mtchat_protocol::{ScopeValue, Scopes, UserId};

/// The connections of an app whose users hold scopes, found by what a rule asks for: a rule costs a look-up of its values and not a
/// walk over everybody who is connected.
#[derive(Debug, Default)]
pub(super) struct Candidates {
    by_connection: HashMap<u64, Candidate>,
    by_level0: HashMap<ScopeValue, HashSet<u64>>,
}

#[derive(Debug)]
struct Candidate {
    user: UserId,
    scopes: Arc<Scopes>,
}

impl Candidates {
    /// A connection is there, or has other scopes than before.
    pub(super) fn set(&mut self, connection: u64, user: &UserId, scopes: Option<Arc<Scopes>>) {
        self.remove(connection);
        let Some(scopes) = scopes else { return };
        for value in &scopes.scope_level0 {
            self.by_level0
                .entry(value.clone())
                .or_default()
                .insert(connection);
        }
        let user = user.clone();
        self.by_connection.insert(connection, Candidate { user, scopes });
    }

    /// A connection is gone.
    pub(super) fn remove(&mut self, connection: u64) {
        let Some(candidate) = self.by_connection.remove(&connection) else {
            return;
        };
        for value in &candidate.scopes.scope_level0 {
            if let Some(connections) = self.by_level0.get_mut(value) {
                connections.remove(&connection);
                if connections.is_empty() {
                    self.by_level0.remove(value);
                }
            }
        }
    }

    /// For whom an offer means something, and what.
    pub(super) fn of(&self, offer: &Offer) -> Vec<(u64, &UserId, Turn)> {
        let mut found: HashSet<u64> = HashSet::new();
        for rule in offer.before.iter().chain(&offer.after) {
            let asked = &rule.scopes.scope_level0;
            if asked.is_empty() {
                found.extend(self.by_connection.keys());
                break;
            }
            let holding = asked.iter().filter_map(|value| self.by_level0.get(value));
            found.extend(holding.flatten());
        }
        let turn = |connection: u64| {
            let candidate = self.by_connection.get(&connection)?;
            Some((connection, &candidate.user, offer.turn(&candidate.scopes)?))
        };
        found.into_iter().filter_map(turn).collect()
    }
}
