use std::time::Duration;

use fastrand::Rng;
use mtchat_protocol::{ClientFrame, Epoch, Positions};

use crate::{ConnectionState, Ending, Flaw, Moment, Output, SocketId, backoff::Backoff};

/// How long a socket may take to open and to greet.
const GREETING: Duration = Duration::from_secs(15);
/// How often the client says that it is there.
const PING: Duration = Duration::from_secs(30);
/// How long the answer to that may take.
const PONG: Duration = Duration::from_secs(10);
/// How long a connection must hold to count as a good one.
const GOOD: Duration = Duration::from_secs(10);
/// How long a client waits that is asked to move to another edge.
const MOVE: Duration = Duration::from_secs(1);

/// The one connection of a client: opened, watched, given up and opened again.
#[derive(Debug, Clone)]
pub(crate) struct Connection {
    wanted: bool,
    online: bool,
    token: Option<String>,
    /// The token is asked for and has not come.
    asked: bool,
    /// There was none: then it is asked for again.
    ask_again: Option<Moment>,
    /// Tokens that were refused one after the other.
    refused: u32,
    backoff: Backoff,
    phase: Phase,
    sockets: u32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Phase {
    Idle,
    /// Until then.
    Waiting(Moment),
    Opening(SocketId, Moment),
    Greeting(SocketId, Moment),
    Open {
        socket: SocketId,
        since: Moment,
        ping: Moment,
        /// Nothing was heard since the last ping; until then it may be.
        dead: Option<Moment>,
    },
    Ended(Ending),
}

impl Connection {
    pub(crate) fn new() -> Self {
        Self {
            wanted: false,
            online: true,
            token: None,
            asked: false,
            ask_again: None,
            refused: 0,
            backoff: Backoff::default(),
            phase: Phase::Idle,
            sockets: 0,
        }
    }

    pub(crate) fn state(&self) -> ConnectionState {
        match &self.phase {
            Phase::Ended(why) => ConnectionState::Ended(*why),
            _ if !self.wanted => ConnectionState::Idle,
            _ if !self.online => ConnectionState::Offline,
            Phase::Idle | Phase::Opening(..) | Phase::Greeting(..) => ConnectionState::Connecting,
            Phase::Waiting(_) => ConnectionState::Waiting,
            Phase::Open { .. } => ConnectionState::Connected,
        }
    }

    /// Whether requests may be made.
    pub(crate) fn may_ask(&self) -> bool {
        self.wanted && self.online && self.token.is_some() && !matches!(self.phase, Phase::Ended(_))
    }

    pub(crate) fn is_open(&self) -> bool {
        matches!(self.phase, Phase::Open { .. })
    }

    pub(crate) fn socket(&self) -> Option<SocketId> {
        match self.phase {
            Phase::Opening(socket, _) | Phase::Greeting(socket, _) | Phase::Open { socket, .. } => {
                Some(socket)
            }
            Phase::Idle | Phase::Waiting(_) | Phase::Ended(_) => None,
        }
    }

    pub(crate) fn want(&mut self, wanted: bool, now: Moment, out: &mut Vec<Output>) {
        self.wanted = wanted;
        if wanted {
            if matches!(self.phase, Phase::Ended(_)) {
                self.refused = 0;
                self.phase = Phase::Idle;
            }
            self.go_on(now, out);
        } else {
            self.hang(out);
            self.phase = Phase::Idle;
        }
    }

    pub(crate) fn set_online(&mut self, online: bool, now: Moment, out: &mut Vec<Output>) {
        self.online = online;
        if online {
            self.woke(now, out);
        } else if self.socket().is_some() {
            // The system may be wrong, but a socket that is dead would cost more than one that is opened again.
            self.hang(out);
            self.phase = Phase::Waiting(now);
        }
    }

    /// Whatever is open may be dead, and whoever waits need not wait any longer.
    pub(crate) fn woke(&mut self, now: Moment, out: &mut Vec<Output>) {
        match &mut self.phase {
            Phase::Open {
                socket, dead, ping, ..
            } => {
                say(*socket, &ClientFrame::Ping, out);
                *ping = now + PING;
                *dead = Some(dead.map_or(now + PONG, |until| until.min(now + PONG)));
            }
            Phase::Waiting(until) => *until = now,
            Phase::Idle | Phase::Opening(..) | Phase::Greeting(..) | Phase::Ended(_) => {}
        }
        self.go_on(now, out);
    }

    /// A token came, or there is none now.
    pub(crate) fn take_token(
        &mut self,
        token: Option<String>,
        now: Moment,
        rng: &mut Rng,
        out: &mut Vec<Output>,
    ) {
        self.asked = false;
        match token {
            Some(token) => {
                if let Phase::Open { socket, .. } = self.phase {
                    auth(socket, &token, None, out);
                }
                self.token = Some(token);
                self.go_on(now, out);
            }
            None => {
                let again = now + self.backoff.next(rng);
                self.ask_again = Some(again);
                if matches!(self.phase, Phase::Idle | Phase::Waiting(_)) {
                    self.phase = Phase::Waiting(again);
                }
            }
        }
    }

    /// The server does not take the token (any more).
    pub(crate) fn token_refused(&mut self, out: &mut Vec<Output>) {
        self.token = None;
        self.ask_for_a_token(out);
    }

    pub(crate) fn opened(
        &mut self,
        socket: SocketId,
        place: Option<&(Epoch, Positions)>,
        now: Moment,
        out: &mut Vec<Output>,
    ) {
        if self.phase_socket_is(socket)
            && let Some(token) = &self.token
        {
            auth(socket, token, place, out);
            self.phase = Phase::Greeting(socket, now + GREETING);
        }
    }

    /// The server has said whose socket it is.
    pub(crate) fn greeted(&mut self, socket: SocketId, now: Moment) {
        self.refused = 0;
        self.phase = Phase::Open {
            socket,
            since: now,
            ping: now + PING,
            dead: None,
        };
    }

    /// Something was heard.
    pub(crate) fn heard(&mut self, from: SocketId, now: Moment) -> bool {
        if self.socket() != Some(from) {
            return false;
        }
        if let Phase::Open { dead, since, .. } = &mut self.phase {
            *dead = None;
            if now.since(*since) >= GOOD {
                self.backoff.reset();
            }
        }
        true
    }

    pub(crate) fn closed(
        &mut self,
        socket: SocketId,
        code: Option<u16>,
        now: Moment,
        rng: &mut Rng,
        out: &mut Vec<Output>,
    ) -> bool {
        if self.socket() != Some(socket) {
            return false;
        }
        match code {
            Some(4000) => self.phase = Phase::Waiting(now + MOVE.mul_f64(rng.f64())),
            Some(4100 | 4101 | 4104) => {
                self.refused += 1;
                self.token = None;
                if self.refused > 2 {
                    self.phase = Phase::Ended(Ending::NoAccess);
                } else {
                    self.wait(now, rng);
                }
            }
            Some(4102) => self.phase = Phase::Ended(Ending::OtherUser),
            Some(4105) => self.phase = Phase::Ended(Ending::PageNotAllowed),
            Some(_) | None => self.wait(now, rng),
        }
        self.go_on(now, out);
        true
    }

    /// A token that is missing while a socket is open: the socket lives on for a while.
    fn ask_again(&mut self, now: Moment, out: &mut Vec<Output>) {
        if self.ask_again.is_some_and(|again| again <= now) {
            self.ask_again = None;
            if self.token.is_none() {
                self.ask_for_a_token(out);
            }
        }
    }

    pub(crate) fn timeout(
        &mut self,
        now: Moment,
        rng: &mut Rng,
        out: &mut Vec<Output>,
        flaw: Option<Flaw>,
    ) -> bool {
        let gave_up = match &mut self.phase {
            Phase::Opening(_, until) | Phase::Greeting(_, until) => *until <= now,
            Phase::Open {
                socket, ping, dead, ..
            } => {
                if flaw == Some(Flaw::NeverGivesUp) {
                    *dead = None;
                }
                let silent = dead.is_some_and(|until| until <= now);
                if !silent && *ping <= now {
                    say(*socket, &ClientFrame::Ping, out);
                    *ping = now + PING;
                    *dead = Some(now + PONG);
                }
                silent
            }
            Phase::Idle | Phase::Waiting(_) | Phase::Ended(_) => false,
        };
        if gave_up {
            self.hang(out);
            self.wait(now, rng);
        }
        self.ask_again(now, out);
        self.go_on(now, out);
        gave_up
    }

    pub(crate) fn next_timeout(&self) -> Option<Moment> {
        let phase = match &self.phase {
            Phase::Waiting(until) => (self.wanted && self.online && !self.asked).then_some(*until),
            Phase::Opening(_, until) | Phase::Greeting(_, until) => Some(*until),
            Phase::Open { ping, dead, .. } => Some(dead.map_or(*ping, |until| until.min(*ping))),
            Phase::Idle | Phase::Ended(_) => None,
        };
        [phase, self.ask_again].into_iter().flatten().min()
    }

    fn go_on(&mut self, now: Moment, out: &mut Vec<Output>) {
        let due = match &self.phase {
            Phase::Idle => true,
            Phase::Waiting(until) => *until <= now,
            Phase::Opening(..) | Phase::Greeting(..) | Phase::Open { .. } | Phase::Ended(_) => false,
        };
        if !self.wanted || !self.online || !due {
            return;
        }
        if self.token.is_none() {
            self.ask_for_a_token(out);
        } else {
            self.sockets += 1;
            let socket = SocketId(self.sockets);
            self.phase = Phase::Opening(socket, now + GREETING);
            out.push(Output::Open(socket));
        }
    }

    fn ask_for_a_token(&mut self, out: &mut Vec<Output>) {
        if !self.asked {
            self.asked = true;
            out.push(Output::NeedToken);
        }
    }

    fn wait(&mut self, now: Moment, rng: &mut Rng) {
        self.phase = Phase::Waiting(now + self.backoff.next(rng));
    }

    fn hang(&mut self, out: &mut Vec<Output>) {
        if let Some(socket) = self.socket() {
            out.push(Output::Hang(socket));
        }
    }

    fn phase_socket_is(&self, socket: SocketId) -> bool {
        matches!(self.phase, Phase::Opening(opening, _) if opening == socket)
    }
}

fn auth(socket: SocketId, token: &str, place: Option<&(Epoch, Positions)>, out: &mut Vec<Output>) {
    let (epoch, pos) = place.cloned().unzip();
    let token = token.to_owned();
    say(socket, &ClientFrame::Auth { token, epoch, pos }, out);
}

pub(crate) fn say(socket: SocketId, frame: &ClientFrame, out: &mut Vec<Output>) {
    // What is made here is always JSON.
    if let Ok(text) = serde_json::to_string(frame) {
        out.push(Output::Say { socket, text });
    }
}
