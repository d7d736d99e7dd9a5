mod candidates;
mod changed;
mod deliver;
mod missed;
mod reset;
mod room;
mod slot;

use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
};

use axum::extract::ws::Utf8Bytes;
use mtchat_protocol::{AppId, ConnectedFrame, DialogId, Epoch, Positions, Revoked, ServerFrame, UserId};

use super::{
    Close,
    connection::{Connection, Owner},
    delivery::text,
    resume::{ResumePoint, Resumption},
    ring::Ring,
};
use crate::auth::Signer;
use candidates::Candidates;
use room::Room;
use slot::{Attached, Slot};

pub(crate) use {changed::Changed, deliver::Delivered, reset::Follows, room::Gathering};

/// Who is connected, how far the live path was read, and what those who come back may have missed.
///
/// All of it is behind one lock, so that attaching and delivering have an order: a connection gets exactly what comes after the
/// position that it was told. Nothing here waits.
#[derive(Debug)]
pub(crate) struct Roster {
    apps: HashMap<AppId, AppRoster>,
    ring: Ring,
    epoch: Option<Epoch>,
    retired: VecDeque<Epoch>,
    position: u64,
    most_replayed: usize,
    most_per_user: usize,
    most_per_app: usize,
    /// Of apps that have a bound of their own.
    own_most: HashMap<AppId, usize>,
}

#[derive(Debug, Default)]
struct AppRoster {
    users: HashMap<UserId, Slot>,
    rooms: HashMap<DialogId, Room>,
    candidates: Candidates,
    /// The entries of the ring that offer a dialog, or withdraw it.
    offers: VecDeque<u64>,
    sockets: usize,
    /// Below it something was not delivered in this app.
    floor: u64,
    /// Something was not delivered, and not everybody has been told yet.
    reset_due: bool,
    reset_at: Option<u32>,
}

/// Why a connection can not be attached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoSeat {
    /// The live path has not been read yet.
    NotReady,
    /// The user, or the app, has too many connections.
    TooMany,
}

impl Roster {
    pub(crate) fn new(ring: Ring, most_replayed: usize, most_per_user: usize, most_per_app: usize) -> Self {
        Self {
            apps: HashMap::new(),
            ring,
            epoch: None,
            retired: VecDeque::new(),
            position: 0,
            most_replayed,
            most_per_user,
            most_per_app,
            own_most: HashMap::new(),
        }
    }

    /// Queue something that nobody misses to every connection of these users but `except`, where there is room.
    pub(crate) fn mention(&self, app: &AppId, users: &[UserId], except: &UserId, bytes: &Utf8Bytes) {
        let Some(roster) = self.apps.get(app) else { return };
        let slots = users
            .iter()
            .filter(|user| *user != except)
            .filter_map(|user| roster.users.get(user));
        for attached in slots.flat_map(|slot| &slot.connections) {
            attached.connection.outgoing.push_if_roomy(bytes.clone());
        }
    }

    /// Everything up to here was delivered or concerned nobody.
    pub(crate) fn advance(&mut self, to: u64) {
        self.position = self.position.max(to);
    }

    /// Connect a connection to its owner: `connected` is its first frame, then comes what was missed, then what happens from now on.
    pub(crate) fn attach(
        &mut self,
        connection: &Arc<Connection>,
        owner: &Owner,
        point: Option<&ResumePoint>,
    ) -> Result<Resumption, NoSeat> {
        let epoch = self.epoch.clone().ok_or(NoSeat::NotReady)?;
        if self.connections_of(owner) >= self.most_per_user || self.is_full(&owner.app) {
            return Err(NoSeat::TooMany);
        }
        let missed = point.and_then(|point| self.missed(connection, owner, point));
        let resumption = match (point, &missed) {
            (None, _) => Resumption::Fresh,
            (Some(_), None) => Resumption::Lost,
            (Some(_), Some(_)) => Resumption::Recovered,
        };
        let after = missed.as_ref().map_or(self.position, |missed| missed.after);
        let connected = ServerFrame::Connected(ConnectedFrame {
            employee_id: owner.user.clone(),
            user_id: owner.user.clone(),
            epoch,
            pos: Positions(vec![after]),
            recovered: resumption.recovered(),
        });
        match missed {
            Some(missed) => connection
                .outgoing
                .replay(text(&connected).into_iter().chain(missed.frames)),
            None => connection.say(&connected),
        }
        let roster = self.apps.entry(owner.app.clone()).or_default();
        roster.sockets += 1;
        let slot = roster
            .users
            .entry(owner.user.clone())
            .or_insert_with(|| Slot::new(owner.user.clone()));
        // The slot's own copies, so that a user of many sockets and frames costs one name.
        connection.belongs_to(Owner {
            app: owner.app.clone(),
            user: slot.user.clone(),
        });
        slot.connections.push(Attached {
            connection: connection.clone(),
            skip_until: after,
            counts_unread: false,
        });
        for dialog in slot.rooms() {
            if let Some(room) = roster.rooms.get_mut(dialog) {
                room.connect(&slot.user);
            }
        }
        roster
            .candidates
            .set(connection.id, &owner.user, connection.scopes());
        Ok(resumption)
    }

    /// A connection is told its user's total of unread messages from now on, or no longer. Returns the position at which that is.
    pub(crate) fn count_unread(&mut self, connection: &Connection, enabled: bool) -> u64 {
        let attached = connection
            .owner()
            .and_then(|owner| self.attached(owner, connection.id));
        if let Some(attached) = attached {
            attached.counts_unread = enabled;
        }
        self.position
    }

    /// A connection has other scopes than before.
    pub(crate) fn scopes_changed(&mut self, connection: &Connection) {
        let Some(owner) = connection.owner() else { return };
        let roster = self.apps.get_mut(&owner.app);
        // Only while it is attached: nobody takes away again what is set after it went.
        if let Some(roster) = roster.filter(|roster| roster.is_attached(owner, connection.id)) {
            roster
                .candidates
                .set(connection.id, &owner.user, connection.scopes());
        }
    }

    /// A connected client asks for everything after a point again. What waits unsent is in it, so that is dropped.
    pub(crate) fn resume(&mut self, connection: &Connection, point: &ResumePoint) -> Resumption {
        let (Some(owner), Some(epoch)) = (connection.owner(), self.epoch.clone()) else {
            return Resumption::Lost;
        };
        let missed = self.missed(connection, owner, point);
        let (resumption, after, frames) = match missed {
            Some(missed) => (Resumption::Recovered, missed.after, Some(missed.frames)),
            None => (Resumption::Lost, self.position, None),
        };
        let recovered = resumption == Resumption::Recovered;
        let resumed = ServerFrame::Resumed {
            recovered,
            epoch,
            pos: Positions(vec![after]),
        };
        match frames {
            Some(frames) => connection
                .outgoing
                .replay(text(&resumed).into_iter().chain(frames)),
            None => connection.say(&resumed),
        }
        if let Some(attached) = self.attached(owner, connection.id) {
            attached.skip_until = after;
        }
        resumption
    }

    /// Answer a ping: queued like a frame, so everything up to the position it tells stands before it.
    pub(crate) fn pong(&mut self, connection: &Connection, stored: u64) {
        let attached = connection
            .owner()
            .and_then(|owner| self.attached(owner, connection.id));
        // A client that is ahead of this edge is never sent back.
        let skipped = attached.map_or(0, |attached| attached.skip_until);
        let pos = Positions(vec![self.position.max(skipped)]);
        connection.say(&ServerFrame::Pong {
            pos,
            stored: Positions(vec![stored]),
        });
    }

    /// A connection is gone.
    pub(crate) fn detach(&mut self, connection: &Connection) {
        let Some(owner) = connection.owner() else { return };
        let Some(roster) = self.apps.get_mut(&owner.app) else {
            return;
        };
        roster.candidates.remove(connection.id);
        if let Some(slot) = roster.users.get_mut(&owner.user) {
            let before = slot.connections.len();
            slot.connections
                .retain(|attached| attached.connection.id != connection.id);
            roster.sockets = roster.sockets.saturating_sub(before - slot.connections.len());
            if slot.connections.is_empty() {
                for dialog in slot.rooms() {
                    if let Some(room) = roster.rooms.get_mut(dialog) {
                        room.disconnect(&owner.user);
                    }
                }
            }
            if slot.is_unused() {
                roster.users.remove(&owner.user);
            }
        }
        self.drop_unused_app(&owner.app.clone());
    }

    pub(crate) fn connections_of(&self, owner: &Owner) -> usize {
        self.slot(owner).map_or(0, |slot| slot.connections.len())
    }

    /// Whether an app has as many sockets as it may have. Those that are open stay when it may have fewer.
    pub(crate) fn is_full(&self, app: &AppId) -> bool {
        let most = self.own_most.get(app).copied().unwrap_or(self.most_per_app);
        self.apps.get(app).is_some_and(|roster| roster.sockets >= most)
    }

    /// These apps may have so many sockets, and the others as many as configured.
    pub(crate) fn replace_own_most(&mut self, own_most: HashMap<AppId, usize>) {
        self.own_most = own_most;
    }

    /// End the sockets of a user whose tokens are not good any more. Returns how many there were.
    pub(crate) fn revoke(&self, owner: &Owner, revoked: &Revoked) -> usize {
        let connections = self.slot(owner).map_or(&[][..], |slot| &slot.connections);
        let refused = connections
            .iter()
            .map(|attached| &attached.connection)
            .filter(|connection| revoked.refuses(Some(connection.issued())));
        refused.map(|connection| connection.kick(Close::Revoked)).count()
    }

    /// Send nothing more to those of this app whom this has let in; how many sockets that were.
    pub(crate) fn end_signed(&self, app: &AppId, signer: Signer) -> usize {
        let users = self.apps.get(app).into_iter().flat_map(|app| app.users.values());
        let connections = users
            .flat_map(|slot| &slot.connections)
            .map(|attached| &attached.connection);
        let refused = connections.filter(|connection| connection.signer() == Some(signer));
        refused.map(|connection| connection.kick(Close::Revoked)).count()
    }

    pub(crate) fn epoch(&self) -> Option<&Epoch> {
        self.epoch.as_ref()
    }

    pub(crate) fn position(&self) -> u64 {
        self.position
    }

    pub(crate) fn ring_bytes(&self) -> usize {
        self.ring.bytes()
    }

    #[cfg(test)]
    pub(crate) fn apps(&self) -> usize {
        self.apps.len()
    }

    fn slot(&self, owner: &Owner) -> Option<&Slot> {
        self.apps.get(&owner.app)?.users.get(&owner.user)
    }

    fn attached(&mut self, owner: &Owner, id: u64) -> Option<&mut Attached> {
        let slot = self.apps.get_mut(&owner.app)?.users.get_mut(&owner.user)?;
        slot.connections
            .iter_mut()
            .find(|attached| attached.connection.id == id)
    }

    fn drop_unused_app(&mut self, app: &AppId) {
        let floor = self.ring.floor();
        let unused = |roster: &AppRoster| {
            roster.users.is_empty()
                && roster.rooms.is_empty()
                && roster.offers.is_empty()
                && !roster.reset_due
                && roster.floor <= floor
        };
        if self.apps.get(app).is_some_and(unused) {
            self.apps.remove(app);
        }
    }
}

impl AppRoster {
    fn is_attached(&self, owner: &Owner, id: u64) -> bool {
        let connections = self.users.get(&owner.user).map(|slot| &slot.connections);
        connections
            .into_iter()
            .flatten()
            .any(|attached| attached.connection.id == id)
    }
}
