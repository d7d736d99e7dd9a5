//! Time, and what goes wrong between clients and the server.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BinaryHeap},
};

use fastrand::Rng;
use mtchat_client_core::{Answer, Flaw, Input, Intent, Moment, Request, SocketId};
use mtchat_protocol::{DialogId, FactKind, UserId};

use crate::{
    device::{Device, Effect},
    sockets::Conn,
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
    /// Who came online or went offline is told.
    Tells,
    /// Somebody comes online elsewhere, or goes offline.
    Turns,
    /// Somebody edits a message.
    Edits,
    Project,
    Wakes(usize),
    Online(usize),
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
    /// What each device sent last under a name of its own.
    pub named: Vec<Option<Intent>>,
}

impl Simulation {
    pub fn new(seed: u64, flaw: Option<Flaw>) -> Self {
        let mut rng = Rng::with_seed(seed);
        let mut world = World::new(&mut rng);
        let people = NAMES.map(user);
        for _ in 0..rng.usize(1..4) {
            let some = &people[..rng.usize(1..=people.len())];
            world.create(some, &mut rng);
        }
        let mut simulation = Self {
            world,
            devices: Vec::new(),
            rng,
            now: 1_764_000_000_000,
            stormy: true,
            order: 0,
            events: BinaryHeap::new(),
            pending: BTreeMap::new(),
            conns: BTreeMap::new(),
            timers: Vec::new(),
            waiting: Vec::new(),
            texts: 0,
            sent: Vec::new(),
            named: Vec::new(),
        };
        for person in [0, 1, 0] {
            simulation.begin(&people[person], flaw);
        }
        simulation
    }

    /// One more device.
    pub fn begin(&mut self, user: &UserId, flaw: Option<Flaw>) -> usize {
        let device = self.devices.len();
        let seed = self.rng.u64(..);
        self.devices.push(Device::new(device, user, seed, flaw));
        self.timers.push(None);
        self.waiting.push(Vec::new());
        self.sent.push(Vec::new());
        self.named.push(None);
        self.wants(device, Intent::Connect);
        device
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
            Event::Tells => self.tells(),
            // The one who has no device.
            Event::Turns => self.turns(&user(NAMES[2])),
            Event::Edits => {
                let mut rng = self.rng.fork();
                self.world.make(&FactKind::MessageEdited, &mut rng);
            }
            Event::Arrives(device, life, socket) => self.arrives(device, life, socket),
            Event::Said(device, life, socket, text) => self.said(device, life, socket, &text),
            Event::Asked(device, life, request) => {
                let who = self.devices[device].user.clone();
                let answer = self.world.answer(&who, &request, &mut self.rng);
                if !self.goes_wrong(15) {
                    let mut when = self.delay();
                    if request.path.ends_with("/participants") && self.goes_wrong(2) {
                        // Somebody comes or goes, and that is heard before this.
                        self.at(self.now + 1, Event::Turns);
                        when += 500;
                    }
                    if request.path.contains("/messages?") && self.goes_wrong(2) {
                        self.at(self.now + 1, Event::Edits);
                        when += 500;
                    }
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
}
