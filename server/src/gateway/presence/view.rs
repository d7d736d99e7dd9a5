use std::collections::{HashMap, HashSet, VecDeque};

use mtchat_nats::{EdgeId, UsersSaid};
use mtchat_protocol::{AppId, Timestamp, UserId};
use smallvec::SmallVec;

/// How long an edge is taken to be there after its last word, in seconds. It says something every five.
const LEASE: u32 = 15;

/// Who is online, on this edge and, as far as was heard, on the others: somebody is while any edge holds a connection of theirs,
/// and for a grace period after the last one went, so that a reconnect does not flicker.
#[derive(Debug)]
pub(crate) struct View {
    me: EdgeId,
    grace: u32,
    /// When the other edges were heard last, in the hub's seconds.
    edges: HashMap<EdgeId, u32>,
    apps: HashMap<AppId, HashMap<UserId, Held>>,
    came: Vec<(AppId, UserId)>,
    leaving: VecDeque<Leaving>,
}

#[derive(Debug, Default)]
struct Held {
    edges: SmallVec<[EdgeId; 1]>,
    /// Their coming online was told.
    told: bool,
    left: Option<Left>,
}

/// The last connection went.
#[derive(Debug, Clone, Copy)]
struct Left {
    due: u32,
    at: Timestamp,
    /// The edge that held it can not write it down, or is this one.
    keep: bool,
}

#[derive(Debug)]
struct Leaving {
    due: u32,
    app: AppId,
    user: UserId,
}

/// Somebody came online or went offline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) app: AppId,
    pub(crate) user: UserId,
    /// When the last connection went; `None`: they are online.
    pub(crate) last_seen: Option<Timestamp>,
    /// It is on this edge to write that down.
    pub(crate) keep: bool,
}

/// Now, for what is measured within this edge and for what is told.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Now {
    pub(crate) seconds: u32,
    pub(crate) wall: Timestamp,
}

impl View {
    pub(crate) fn new(me: EdgeId, grace: u32) -> Self {
        Self {
            me,
            grace,
            edges: HashMap::new(),
            apps: HashMap::new(),
            came: Vec::new(),
            leaving: VecDeque::new(),
        }
    }

    /// An edge gave a sign of life.
    pub(crate) fn alive(&mut self, edge: EdgeId, now: u32) {
        if edge != self.me {
            self.edges.insert(edge, now);
        }
    }

    /// A first connection of the user is there.
    pub(crate) fn came(&mut self, edge: EdgeId, app: &AppId, user: &UserId) {
        if !self.apps.contains_key(app) {
            self.apps.insert(app.clone(), HashMap::new());
        }
        let Some(users) = self.apps.get_mut(app) else {
            return;
        };
        let held = users.entry(user.clone()).or_default();
        held.left = None;
        if !held.edges.contains(&edge) {
            held.edges.push(edge);
        }
        if !held.told && held.edges.len() == 1 {
            self.came.push((app.clone(), user.clone()));
        }
    }

    /// The last connection of the user there is gone.
    pub(crate) fn went(&mut self, edge: EdgeId, app: &AppId, user: &UserId, now: Now) {
        let keep = edge == self.me;
        self.drop_from(edge, app, user, now, keep);
    }

    /// An edge told a part of its whole set.
    pub(crate) fn whole(
        &mut self,
        edge: EdgeId,
        app: &AppId,
        (part, parts): (u32, u32),
        users: &[UserId],
        now: Now,
    ) {
        let there: HashSet<&UserId> = users.iter().collect();
        let known = self.apps.get(app);
        let gone: Vec<UserId> = known
            .into_iter()
            .flatten()
            .filter(|(user, held)| {
                held.edges.contains(&edge) && !there.contains(user) && UsersSaid::part_of(user, parts) == part
            })
            .map(|(user, _)| user.clone())
            .collect();
        for user in gone {
            self.drop_from(edge, app, &user, now, false);
        }
        for user in users {
            self.came(edge, app, user);
        }
    }

    /// An edge left, or its lease ran out.
    pub(crate) fn lost(&mut self, edge: EdgeId, now: Now) {
        self.edges.remove(&edge);
        let held: Vec<(AppId, UserId)> = self
            .apps
            .iter()
            .flat_map(|(app, users)| users.iter().map(move |(user, held)| (app, user, held)))
            .filter(|(_, _, held)| held.edges.contains(&edge))
            .map(|(app, user, _)| (app.clone(), user.clone()))
            .collect();
        for (app, user) in held {
            self.drop_from(edge, &app, &user, now, true);
        }
    }

    /// Nothing can be heard at the moment, so silence says nothing of other edges.
    pub(crate) fn hold(&mut self, now: u32) {
        self.edges.values_mut().for_each(|heard| *heard = now);
    }

    /// Let go of edges whose lease ran out, and tell who came online or went offline since the last time.
    pub(crate) fn changes(&mut self, now: Now) -> Vec<Change> {
        let overdue = |heard: u32| now.seconds.saturating_sub(heard) >= LEASE;
        let silent: Vec<EdgeId> = self
            .edges
            .iter()
            .filter(|(_, heard)| overdue(**heard))
            .map(|(edge, _)| *edge)
            .collect();
        for edge in silent {
            tracing::info!(edge.id = %edge, "an edge is not heard any more: whoever was online there is not");
            self.lost(edge, now);
        }
        let mut changes = Vec::new();
        for (app, user) in std::mem::take(&mut self.came) {
            let Some(held) = self.apps.get_mut(&app).and_then(|users| users.get_mut(&user)) else {
                continue;
            };
            if !std::mem::replace(&mut held.told, true) {
                changes.push(Change {
                    app,
                    user,
                    last_seen: None,
                    keep: false,
                });
            }
        }
        while let Some(leaving) = self.leaving.pop_front_if(|leaving| leaving.due <= now.seconds) {
            changes.extend(self.leave(leaving));
        }
        changes
    }

    /// Whether somebody is online.
    pub(crate) fn is_online(&self, app: &AppId, user: &UserId) -> bool {
        self.apps.get(app).is_some_and(|users| users.contains_key(user))
    }

    /// How many users are online, in all apps.
    pub(crate) fn len(&self) -> usize {
        self.apps.values().map(HashMap::len).sum()
    }

    fn drop_from(&mut self, edge: EdgeId, app: &AppId, user: &UserId, now: Now, keep: bool) {
        let Some(held) = self.apps.get_mut(app).and_then(|users| users.get_mut(user)) else {
            return;
        };
        let before = held.edges.len();
        held.edges.retain(|held| *held != edge);
        if held.edges.len() == before || !held.edges.is_empty() {
            return;
        }
        let due = now.seconds.saturating_add(self.grace);
        held.left = Some(Left {
            due,
            at: now.wall,
            keep,
        });
        // All wait equally long, so the queue is in order.
        self.leaving.push_back(Leaving {
            due,
            app: app.clone(),
            user: user.clone(),
        });
    }

    /// The grace is over, unless they came back meanwhile (and perhaps went again, then a later entry tells).
    fn leave(&mut self, leaving: Leaving) -> Option<Change> {
        let Leaving { due, app, user } = leaving;
        let users = self.apps.get_mut(&app)?;
        let left = users.get(&user)?.left.filter(|left| left.due == due)?;
        users.remove(&user);
        if users.is_empty() {
            self.apps.remove(&app);
        }
        Some(Change {
            app,
            user,
            last_seen: Some(left.at),
            keep: left.keep,
        })
    }
}

#[cfg(test)]
#[path = "view_tests.rs"]
mod tests;
