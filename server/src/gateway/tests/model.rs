//! Random histories of deliveries, comings and goings against a naive model that keeps everything and searches it.

use proptest::prelude::*;

use super::*;

const USERS: [&str; 3] = ["alice", "bob", "carol"];
const WINDOW: u32 = 5;

#[derive(Debug, Clone)]
enum Step {
    /// A fact of a dialog for some of the users (a bit each), some of them (or others) concerned in particular, this many
    /// sequences on. The members of a dialog change as the bits do.
    Deliver {
        dialog: u128,
        users: u8,
        concerned: u8,
        skip: u64,
    },
    Connect {
        user: usize,
    },
    /// Come back after so many sequences before the newest; beyond it when negative.
    Reconnect {
        user: usize,
        behind: i64,
    },
    Resume {
        connection: usize,
        behind: i64,
    },
    Read {
        connection: usize,
        frames: usize,
    },
    Disconnect {
        connection: usize,
    },
    Gap,
    Pass {
        seconds: u32,
    },
}

fn step() -> impl Strategy<Value = Step> {
    let (user, connection, behind) = (0..USERS.len(), 0..8usize, -3..30i64);
    prop_oneof![
        8 => (0..3u128, prop_oneof![Just(3u8), 0..8u8], prop_oneof![Just(0u8), 0..8u8], 1..4u64)
            .prop_map(|(dialog, users, concerned, skip)| Step::Deliver { dialog, users, concerned, skip }),
        2 => user.clone().prop_map(|user| Step::Connect { user }),
        3 => (user, behind.clone()).prop_map(|(user, behind)| Step::Reconnect { user, behind }),
        2 => (connection.clone(), behind).prop_map(|(connection, behind)| Step::Resume { connection, behind }),
        3 => (connection.clone(), 0..4usize).prop_map(|(connection, frames)| Step::Read { connection, frames }),
        2 => connection.prop_map(|connection| Step::Disconnect { connection }),
        1 => Just(Step::Gap),
        1 => (1..4u32).prop_map(|seconds| Step::Pass { seconds }),
    ]
}

/// A fact as the model remembers it.
struct Told {
    log_seq: u64,
    at: u32,
    users: u8,
    concerned: u8,
}

struct Client {
    seat: Seat,
    user: usize,
    skip_until: u64,
    expected: Vec<String>,
}

struct Model {
    hub: Hub,
    facts: Vec<Told>,
    clients: Vec<Client>,
    last: u64,
    floor: u64,
    now: u32,
}

impl Model {
    fn new() -> Self {
        let options = GatewayOptions {
            ring_window: Duration::from_secs(WINDOW.into()),
            ..roomy()
        };
        Self {
            hub: ready(options),
            facts: Vec::new(),
            clients: Vec::new(),
            last: 0,
            floor: 0,
            now: 0,
        }
    }

    fn take(&mut self, step: &Step) {
        match *step {
            Step::Deliver {
                dialog,
                users,
                concerned,
                skip,
            } => self.deliver(dialog, users, concerned, skip),
            Step::Connect { user } => self.connect(user, None),
            Step::Reconnect { user, behind } => self.connect(user, Some(self.behind(behind))),
            Step::Resume { connection, behind } => self.resume(connection, self.behind(behind)),
            Step::Read { connection, frames } => {
                if let Some(client) = self.clients.get_mut(connection) {
                    client.read(frames);
                }
            }
            Step::Disconnect { connection } => {
                if connection < self.clients.len() {
                    self.clients.swap_remove(connection).read(usize::MAX);
                }
            }
            Step::Gap => self.gap(),
            Step::Pass { seconds } => {
                self.now += seconds;
                self.hub.tick(moment(self.now));
                let overdue = self.facts.iter().filter(|told| self.now - told.at >= WINDOW);
                self.floor = self
                    .floor
                    .max(overdue.map(|told| told.log_seq).max().unwrap_or(0));
            }
        }
    }

    fn behind(&self, behind: i64) -> u64 {
        self.last.saturating_add_signed(-behind)
    }

    fn deliver(&mut self, dialog: u128, users: u8, concerned: u8, skip: u64) {
        let log_seq = self.last + skip;
        let names = |bits: u8| {
            let chosen = USERS
                .iter()
                .enumerate()
                .filter(move |(bit, _)| bits & (1 << bit) != 0);
            chosen.map(|(_, name)| *name).collect::<Vec<_>>()
        };
        let audience = Audience::Known {
            members: gathering(dialog, &names(users)),
            former: names(concerned).into_iter().map(user).collect(),
        };
        // The first frame is for members, the second for those who are concerned.
        let mut fact = outbound(log_seq, audience, &[false, false]);
        fact.frames[1].to = To::Concerned;
        self.hub.deliver(fact);
        let told = Told {
            log_seq,
            at: self.now,
            users,
            concerned,
        };
        for client in &mut self.clients {
            if client.skip_until < log_seq {
                client.expected.extend(told.frame_of(client.user));
            }
        }
        // Facts that concern nobody leave no trace, so nothing is lost with them.
        if users | concerned != 0 {
            self.facts.push(told);
        }
        self.last = log_seq;
    }

    fn missed(&self, user: usize, after: u64) -> Option<Vec<String>> {
        let newer = self.facts.iter().filter(|told| told.log_seq > after);
        (after >= self.floor).then(|| newer.filter_map(|told| told.frame_of(user)).collect())
    }

    fn connect(&mut self, user: usize, after: Option<u64>) {
        let seat = connect(&self.hub, USERS[user], after.map(at).as_ref());
        let missed = after.and_then(|after| self.missed(user, after));
        let skip_until = if missed.is_some() {
            after.unwrap()
        } else {
            self.last
        };
        let recovered = after.map(|_| missed.is_some());
        let mut expected = vec![format!("connected {skip_until} {recovered:?}")];
        expected.extend(missed.unwrap_or_default());
        self.clients.push(Client {
            seat,
            user,
            skip_until,
            expected,
        });
    }

    fn resume(&mut self, connection: usize, after: u64) {
        let Some(user) = self.clients.get(connection).map(|client| client.user) else {
            return;
        };
        let missed = self.missed(user, after);
        let client = &mut self.clients[connection];
        self.hub.resume(&client.seat.connection, &at(after));
        match missed {
            Some(missed) => {
                client.expected = vec![format!("resumed true e {after}")];
                client.expected.extend(missed);
                client.skip_until = after;
            }
            None => {
                client.expected.push(format!("resumed false e {}", self.last));
                client.skip_until = self.last;
            }
        }
    }

    fn gap(&mut self) {
        self.last += 2;
        self.hub.follow(&epoch(), self.last, self.last + 1);
        self.facts.clear();
        self.floor = self.last;
        for client in &mut self.clients {
            client.expected.push(format!("resumed false e {}", self.last));
            client.skip_until = 0;
        }
    }

    /// At the end everything is read, and with everybody gone and the ring overdue nothing is left.
    fn finish(mut self) {
        for client in &mut self.clients {
            client.read(usize::MAX);
        }
        self.clients.clear();
        self.hub.tick(moment(self.now + WINDOW));
        assert_eq!(self.hub.remaining(), (0, 0));
        assert_eq!(self.hub.sockets(), 0);
    }
}

impl Told {
    fn frame_of(&self, user: usize) -> Option<String> {
        let bit = 1 << user;
        let index = match (self.users & bit != 0, self.concerned & bit != 0) {
            (_, true) => 1,
            (true, false) => 0,
            (false, false) => return None,
        };
        Some(format!("{}.{index}", self.log_seq))
    }
}

impl Client {
    fn read(&mut self, most: usize) {
        let read: Vec<_> = self
            .seat
            .connection
            .outgoing
            .take(most)
            .iter()
            .map(|text| told(text))
            .collect();
        let expected: Vec<_> = self.expected.drain(..most.min(self.expected.len())).collect();
        assert_eq!(read, expected);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_connection_gets_exactly_what_it_must_in_order(steps in prop::collection::vec(step(), 1..120)) {
        let mut model = Model::new();
        for step in &steps {
            model.take(step);
        }
        model.finish();
    }
}
