//! Time, and what goes wrong between clients and the server.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BinaryHeap},
};

use fastrand::Rng;
use mtchat_client_core::{Answer, Flaw, Input, Intent, Moment, Request, SocketId};
use mtchat_protocol::{ClientFrame, ConnectedFrame, DialogId, Positions, ServerFrame};

use crate::{
    device::{Device, Effect},
    world::{NAMES, World, user},
};

/// Something that is going to happen.
pub enum Event {
    /// A client's socket reaches the server.
    Arrives(usize, u32, SocketId),
    Opened(usize, u32, SocketId),
    Closed(usize, u32, SocketId, Option<u16>),
    Heard(usize, u32, SocketId, String),
    Said(usize, u32, SocketId, String),
    Asked(usize, u32, Request),
    Answered(usize, u32, Request, Answer),
    Token(usize, u32),
    Timeout(usize, u32),
    Project,
    Wakes(usize),
    Online(usize),
}

/// The server's end of a socket.
pub struct Conn {
    life: u32,
    /// Whose it is and what was sent: known after the first frame.
    pub sent_to: Option<usize>,
    watches: bool,
    told: Option<mtchat_protocol::TotalUnreadView>,
    /// Nothing gets through any more, and nobody knows.
    pub dead: bool,
    /// When the last frame on its way arrives: none overtakes another.
    pub last: u64,
}

pub struct Simulation {
    pub world: World,
    pub devices: Vec<Device>,
    pub rng: Rng,
    pub now: u64,
    /// Whether anything goes wrong.
    pub stormy: bool,
    order: u64,
    events: BinaryHeap<Reverse<(u64, u64, usize)>>,
    pending: BTreeMap<usize, Event>,
    pub conns: BTreeMap<(usize, SocketId), Conn>,
    pub timers: Vec<Option<u64>>,
    /// What came to clients that sleep.
    waiting: Vec<Vec<Event>>,
    pub texts: u64,
    /// What each device sent, in order.
    pub sent: Vec<Vec<(DialogId, String)>>,
}

impl Simulation {
    pub fn new(seed: u64, flaw: Option<Flaw>) -> Self {
        let mut rng = Rng::with_seed(seed);
        let mut world = World::default();
        let people = NAMES.map(user);
        for _ in 0..rng.usize(1..4) {
            let some = &people[..rng.usize(1..=people.len())];
            world.create(some);
        }
        let devices: Vec<Device> = [0, 1, 0]
            .iter()
            .enumerate()
            .map(|(name, person)| Device::new(name, &people[*person], rng.u64(..), flaw))
            .collect();
        let count = devices.len();
        let mut simulation = Self {
            world,
            devices,
            rng,
            now: 1_764_000_000_000,
            stormy: true,
            order: 0,
            events: BinaryHeap::new(),
            pending: BTreeMap::new(),
            conns: BTreeMap::new(),
            timers: vec![None; count],
            waiting: (0..count).map(|_| Vec::new()).collect(),
            texts: 0,
            sent: vec![Vec::new(); count],
        };
        for device in 0..count {
            simulation.wants(device, Intent::Connect);
        }
        simulation
    }

    pub fn at(&mut self, when: u64, event: Event) {
        self.order += 1;
        let key = usize::try_from(self.order).unwrap();
        self.events.push(Reverse((when, self.order, key)));
        self.pending.insert(key, event);
    }

    pub fn delay(&mut self) -> u64 {
        let most = if self.stormy && self.rng.u8(..8) == 0 {
            3_000
        } else {
            80
        };
        self.now + self.rng.u64(1..most)
    }

    pub fn goes_wrong(&mut self, one_in: u32) -> bool {
        self.stormy && self.rng.u32(..one_in) == 0
    }

    pub fn wants(&mut self, device: usize, intent: Intent) {
        self.tell(device, Input::Wants(intent));
    }

    pub fn tell(&mut self, device: usize, input: Input) {
        let effects = self.devices[device].input(Moment(self.now), input);
        self.carry_out(device, effects);
    }

    pub fn carry_out(&mut self, device: usize, effects: Vec<Effect>) {
        let life = self.devices[device].life;
        for effect in effects {
            let when = self.delay();
            match effect {
                Effect::Open(socket) => self.at(when, Event::Arrives(device, life, socket)),
                Effect::Say(socket, text) => {
                    self.at(self.now + 1, Event::Said(device, life, socket, text));
                }
                Effect::Hang(socket) => drop(self.conns.remove(&(device, socket))),
                Effect::Ask(request) => {
                    if self.goes_wrong(15) {
                        // It does not arrive, and that is noticed or not.
                        if self.rng.bool() {
                            self.at(when, Event::Answered(device, life, request, Answer::Nothing));
                        }
                        continue;
                    }
                    if self.goes_wrong(20) {
                        let again = self.delay();
                        self.at(again, Event::Asked(device, life, request.clone()));
                    }
                    self.at(when, Event::Asked(device, life, request));
                }
                Effect::NeedToken => self.at(when, Event::Token(device, life)),
            }
        }
        let due = self.devices[device].client.poll_timeout().map(|moment| moment.0);
        if let Some(due) = due
            && self.timers[device] != Some(due)
        {
            self.timers[device] = Some(due);
            self.at(due.max(self.now), Event::Timeout(device, life));
        }
    }

    /// Let happen what is due up to a moment.
    pub fn run_until(&mut self, until: u64) {
        while let Some(Reverse((when, _, key))) = self.events.peek().copied() {
            if when > until {
                break;
            }
            self.events.pop();
            self.now = self.now.max(when);
            let event = self.pending.remove(&key).unwrap();
            self.happens(event);
            self.pump();
        }
        self.now = until;
    }

    fn happens(&mut self, event: Event) {
        match event {
            Event::Project => {
                let count = self.rng.usize(1..8);
                self.world.project(count);
            }
            Event::Wakes(device) => {
                self.wakes(device);
                if self.rng.bool() {
                    self.tell(device, Input::Woke);
                }
                self.at(self.now, Event::Timeout(device, self.devices[device].life));
            }
            Event::Online(device) => self.tell(device, Input::Online(true)),
            Event::Arrives(device, life, socket) => self.arrives(device, life, socket),
            Event::Said(device, life, socket, text) => self.said(device, life, socket, &text),
            Event::Asked(device, life, request) => {
                let who = self.devices[device].user.clone();
                let answer = self.world.answer(&who, &request, &mut self.rng);
                let lost = self.goes_wrong(15);
                if !lost {
                    let when = self.delay();
                    self.at(when, Event::Answered(device, life, request, answer));
                }
            }
            Event::Opened(device, life, ..)
            | Event::Closed(device, life, ..)
            | Event::Heard(device, life, ..)
            | Event::Answered(device, life, ..)
            | Event::Token(device, life)
            | Event::Timeout(device, life) => self.reaches(device, life, event),
        }
    }

    /// Something comes to a client; while it sleeps it has to wait.
    fn reaches(&mut self, device: usize, life: u32, event: Event) {
        if self.devices[device].life != life {
            return;
        }
        if self.devices[device].asleep {
            self.waiting[device].push(event);
            return;
        }
        match event {
            Event::Opened(_, _, socket) => self.tell(device, Input::Opened(socket)),
            Event::Closed(_, _, socket, code) => self.tell(device, Input::Closed { socket, code }),
            Event::Heard(_, _, socket, text) => self.tell(device, Input::Frame { socket, text }),
            Event::Answered(_, _, request, answer) => {
                let request = request.id;
                self.tell(device, Input::Answered { request, answer });
            }
            Event::Token(..) => {
                let token = (!self.goes_wrong(6)).then(|| self.devices[device].user.to_string());
                self.tell(device, Input::Token(token));
            }
            Event::Timeout(..) => {
                self.timers[device] = None;
                let effects = self.devices[device].timeout(Moment(self.now));
                self.carry_out(device, effects);
            }
            _ => unreachable!("only what comes to a client"),
        }
    }

    /// What came meanwhile comes now, in order.
    pub fn wakes(&mut self, device: usize) {
        self.devices[device].asleep = false;
        for event in std::mem::take(&mut self.waiting[device]) {
            self.at(self.now, event);
        }
    }

    fn arrives(&mut self, device: usize, life: u32, socket: SocketId) {
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
            watches: false,
            told: None,
            dead: false,
            last: self.now,
        };
        self.conns.insert((device, socket), conn);
        let when = self.delay();
        self.at(when, Event::Opened(device, life, socket));
    }

    fn said(&mut self, device: usize, life: u32, socket: SocketId, text: &str) {
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
            ClientFrame::WatchUnread { enabled } => conn.watches = enabled,
            _ => {}
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
        let end = self.world.log.len();
        let keys: Vec<(usize, SocketId)> = self.conns.keys().copied().collect();
        for (device, socket) in keys {
            let who = self.devices[device].user.clone();
            let conn = self.conns.get_mut(&(device, socket)).unwrap();
            let Some(from) = conn.sent_to else { continue };
            conn.sent_to = Some(end);
            let total = self.world.truth.total(&who);
            let tells = conn.watches && conn.told != Some(total);
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
