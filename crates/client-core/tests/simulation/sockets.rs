//! The server's end of the sockets.

use std::collections::BTreeSet;

use mtchat_client_core::SocketId;
use mtchat_protocol::{
    ClientFrame, ConnectedFrame, Positions, ServerFrame, Timestamp, TotalUnreadView, UserId,
};

use crate::{
    network::{Event, Simulation},
    presence::CONTACTS,
    world::{NAMES, user},
};

/// The server's end of a socket.
pub struct Conn {
    life: u32,
    /// Whose it is and what was sent: known after the first frame.
    pub sent_to: Option<usize>,
    /// It is told how much is unread in all …
    counts: bool,
    /// … and that was this.
    told: Option<TotalUnreadView>,
    /// It is told whether these are online …
    watched: BTreeSet<UserId>,
    /// … and has not been told yet how it is now.
    asks: bool,
    /// Nothing gets through any more, and nobody knows.
    pub dead: bool,
    /// When the last frame on its way arrives: none overtakes another.
    pub last: u64,
}

impl Conn {
    fn is_open(&self) -> bool {
        !self.dead && self.sent_to.is_some()
    }
}

impl Simulation {
    pub fn arrives(&mut self, device: usize, life: u32, socket: SocketId) {
        if self.devices[device].life != life {
            return;
        }
        if self.goes_wrong(6) {
            if self.rng.bool() {
                self.at(self.now + 5, Event::Closed(device, life, socket, None));
            }
            return;
        }
        let conn = Conn {
            life,
            sent_to: None,
            counts: false,
            told: None,
            watched: BTreeSet::new(),
            asks: false,
            dead: false,
            last: self.now,
        };
        self.conns.insert((device, socket), conn);
        let when = self.delay();
        self.at(when, Event::Opened(device, life, socket));
    }

    pub fn said(&mut self, device: usize, life: u32, socket: SocketId, text: &str) {
        let Some(conn) = self.conns.get_mut(&(device, socket)) else {
            return;
        };
        if conn.dead || conn.life != life {
            return;
        }
        match serde_json::from_str(text).unwrap() {
            ClientFrame::Auth { epoch, pos, .. } if conn.sent_to.is_none() => {
                self.greets(device, socket, epoch.zip(pos));
            }
            ClientFrame::Ping => {
                // Everything up to here has been sent.
                let pos = Positions(vec![conn.sent_to.unwrap_or(0) as u64]);
                let stored = Positions(vec![self.world.stored_to as u64]);
                self.send(device, socket, &ServerFrame::Pong { pos, stored });
            }
            ClientFrame::WatchUnread { enabled } => conn.counts = enabled,
            ClientFrame::Watch { user_ids } => {
                conn.asks = !user_ids.is_empty();
                conn.watched = user_ids.into_iter().collect();
                let when = self.now + self.rng.u64(1..250);
                self.at(when, Event::Tells);
            }
            ClientFrame::Typing { dialog_id, stop } => {
                let user_id = self.devices[device].user.clone();
                let frame = ServerFrame::Typing {
                    dialog_id,
                    user_id: user_id.clone(),
                    stop,
                };
                let told = self.world.told_of_typing(dialog_id, &user_id);
                self.mention(&frame, |who, _| told.contains(who));
            }
            ClientFrame::Auth { .. }
            | ClientFrame::Resume { .. }
            | ClientFrame::Viewing { .. }
            | ClientFrame::Other => {}
        }
    }

    fn greets(
        &mut self,
        device: usize,
        socket: SocketId,
        place: Option<(mtchat_protocol::Epoch, Positions)>,
    ) {
        let (epoch, end) = (self.world.epoch(), self.world.log.len());
        let from = place.as_ref().and_then(|(theirs, pos)| {
            let from = usize::try_from(pos.0[0]).unwrap();
            let good = *theirs == epoch && from >= self.world.floor && from <= end;
            good.then_some(from)
        });
        // An edge that has not heard of the newest facts yet tells of them as they come.
        let start = from.unwrap_or_else(|| end.saturating_sub(self.rng.usize(..3)));
        let user_id = self.devices[device].user.clone();
        let hello = ServerFrame::Connected(ConnectedFrame {
            employee_id: user_id.clone(),
            user_id,
            epoch,
            pos: Positions(vec![start as u64]),
            recovered: place.map(|_| from.is_some()),
        });
        self.send(device, socket, &hello);
        if let Some(conn) = self.conns.get_mut(&(device, socket)) {
            conn.sent_to = Some(start);
        }
    }

    /// Give every connection what it has not got yet.
    pub fn pump(&mut self) {
        self.look_who_is_there();
        let end = self.world.log.len();
        let keys: Vec<(usize, SocketId)> = self.conns.keys().copied().collect();
        for (device, socket) in keys {
            let who = self.devices[device].user.clone();
            let conn = self.conns.get_mut(&(device, socket)).unwrap();
            let Some(from) = conn.sent_to else { continue };
            conn.sent_to = Some(end);
            let total = self.world.truth.total(&who);
            let tells = conn.counts && conn.told != Some(total);
            if tells {
                conn.told = Some(total);
            }
            for place in from..end {
                for frame in self.world.frames_for(place, &who) {
                    self.send(device, socket, &frame);
                }
            }
            if tells {
                self.send(device, socket, &ServerFrame::UnreadTotal(total));
            }
        }
    }

    fn look_who_is_there(&mut self) {
        let there = self.conns.iter().filter(|(_, conn)| conn.is_open());
        let there = there.map(|((device, _), _)| self.devices[*device].user.clone());
        let now = Timestamp::from_micros(i64::try_from(self.now).unwrap() * 1_000);
        if self.world.presence.are_there(there.collect(), now) {
            let when = self.now + self.rng.u64(1..250);
            self.at(when, Event::Tells);
        }
    }

    /// Tell who came online or went offline to those who share a dialog with them, and to those who ask how it is.
    pub fn tells(&mut self) {
        for frame in self.world.presence.changes() {
            self.tells_of(&frame, |conn, user, contact| {
                contact || conn.watched.contains(user)
            });
        }
        let asked: BTreeSet<UserId> =
            self.conns
                .values()
                .filter(|conn| conn.asks)
                .fold(BTreeSet::new(), |mut asked, conn| {
                    asked.extend(conn.watched.iter().cloned());
                    asked
                });
        for user in asked {
            let frame = self.world.presence.of(&user);
            self.tells_of(&frame, |conn, user, _| conn.asks && conn.watched.contains(user));
        }
        for conn in self.conns.values_mut() {
            conn.asks = false;
        }
    }

    /// Nobody is told of themselves, or of somebody with whom they share no dialog that the database knows of.
    fn tells_of(&mut self, frame: &ServerFrame, to: impl Fn(&Conn, &UserId, bool) -> bool) {
        let ServerFrame::PresenceUpdate { user_id, .. } = frame else {
            unreachable!()
        };
        let stored = &self.world.stored;
        let near: Vec<(UserId, bool)> = NAMES
            .map(user)
            .into_iter()
            .filter(|who| who != user_id && stored.acquainted(who, user_id, usize::MAX))
            .map(|who| {
                let contact = stored.acquainted(&who, user_id, CONTACTS);
                (who, contact)
            })
            .collect();
        self.mention(frame, |who, conn| {
            let near = near.iter().find(|(near, _)| near == who);
            near.is_some_and(|(_, contact)| to(conn, user_id, *contact))
        });
    }

    /// Something that is said once, and not again to those who come back.
    fn mention(&mut self, frame: &ServerFrame, to: impl Fn(&UserId, &Conn) -> bool) {
        let open = self.conns.iter().filter(|(_, conn)| conn.is_open());
        let told: Vec<(usize, SocketId)> = open
            .filter(|((device, _), conn)| to(&self.devices[*device].user, conn))
            .map(|(key, _)| *key)
            .collect();
        for (device, socket) in told {
            self.send(device, socket, frame);
        }
    }

    /// Whether there is somebody whom nobody was told of yet.
    pub fn is_told(&self) -> bool {
        self.world.presence.is_told() && !self.conns.values().any(|conn| conn.is_open() && conn.asks)
    }

    /// In order, unless the connection breaks: then nothing more comes.
    fn send(&mut self, device: usize, socket: SocketId, frame: &ServerFrame) {
        let when = self.delay();
        let breaks = self.goes_wrong(60);
        let closes = self.rng.bool();
        let Some(conn) = self.conns.get_mut(&(device, socket)) else {
            return;
        };
        if conn.dead {
            return;
        }
        let (life, when) = (conn.life, when.max(conn.last));
        conn.last = when;
        if breaks {
            conn.dead = true;
            if closes {
                self.at(when, Event::Closed(device, life, socket, None));
            }
            return;
        }
        let text = serde_json::to_string(frame).unwrap();
        self.at(when, Event::Heard(device, life, socket, text));
    }

    /// The edge restarts: sockets are closed, or just gone.
    pub fn restart(&mut self) {
        for ((device, socket), conn) in std::mem::take(&mut self.conns) {
            if self.rng.u8(..4) > 0 {
                let when = self.delay().max(conn.last);
                let code = self.rng.bool().then_some(4000);
                self.at(when, Event::Closed(device, conn.life, socket, code));
            }
        }
    }
}
