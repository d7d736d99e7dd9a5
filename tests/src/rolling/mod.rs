//! A deploy while many clients talk: every edge and every worker is stopped and started anew, one after the other.
//!
//! The clients are client cores, and reach the edges through a [`Balancer`].

mod rolled;
mod seat;

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use futures_util::{StreamExt, stream};
use mtchat_client_core::{Client, Intent, Sending};
use mtchat_protocol::{DialogId, MessageId};
use serde::Serialize;
use serde_json::json;
use tokio::{
    sync::watch,
    task::JoinHandle,
    time::{Instant, MissedTickBehavior, interval, sleep, timeout},
};

use crate::{
    Access, Balancer, Driver, Process, System, SystemBuilder, balancer::most_in_a_second, token, within,
};
pub use rolled::{Rolled, Stop};
use seat::{Seat, Seen};

/// How many dialogs are made, and how many clients connect, at the same time.
const AT_ONCE: usize = 32;
/// How long one client may take to connect and to load its list.
const CONNECTS: Duration = Duration::from_secs(60);
/// How long everything that was sent may take to arrive.
const ARRIVES: Duration = Duration::from_secs(60);
/// How often it is looked whether it has.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// A deploy under load.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Rolling {
    /// How many dialogs.
    pub dialogs: usize,
    /// Members of each, all of them connected.
    pub members: usize,
    /// Messages a second, all together.
    pub rate: u32,
    /// How long the traffic goes on before the first process is stopped, and after the last one is back.
    pub steady: Duration,
    /// Handshakes that an edge takes in a second.
    pub admission: u32,
}

/// What all clients share.
#[derive(Default)]
struct Shared {
    seen: Mutex<Seen>,
    /// When each message was due.
    due: Mutex<Vec<Instant>>,
}

/// All clients, and what they come through.
struct Crowd {
    rooms: Vec<Room>,
    shared: Arc<Shared>,
    balancer: Balancer,
}

struct Room {
    id: DialogId,
    drivers: Vec<Driver>,
}

impl Rolling {
    /// What it needs: two edges and two workers.
    pub fn system(self) -> SystemBuilder {
        let admission = self.admission;
        System::with()
            .edges(2)
            .workers(2)
            .variable("RUST_LOG", "warn")
            .edge_configuration(&format!(
                "[limits]\nadmission_rps = {admission}\nadmission_burst = {admission}\n"
            ))
    }

    /// Do it, with this system.
    pub async fn run(self, system: &System) -> Rolled {
        let crowd = Arc::new(self.connects(system).await);
        let database = system.database().await;
        let stored = database.message_count().await;
        let began = Instant::now();
        let (stop, stopped) = watch::channel(false);
        let traffic = self.talks(crowd.clone(), stopped);
        sleep(self.steady).await;
        let from = Instant::now();
        let mut stops = Vec::new();
        for process in system.edges().iter().chain(system.workers()) {
            stops.push(replaces(process).await);
        }
        let to = Instant::now();
        sleep(self.steady).await;
        stop.send_replace(true);
        let sent = within("the sender to end", ARRIVES, traffic).await;
        let sent = sent.expect("the sender ends");
        crowd.hears(sent * self.members).await;
        database.has_everything(system).await;
        let stored = database.message_count().await - stored;
        let stored = usize::try_from(stored).expect("a number of messages");
        crowd.counts(self, [sent, stored], stops, Times { began, from, to })
    }

    async fn connects(&self, system: &System) -> Crowd {
        let edges = system.edges().iter();
        let balancer = Balancer::before(edges.map(|edge| ([127, 0, 0, 1], edge.port()).into()));
        let shared = Arc::new(Shared::default());
        let admin = system.admin(0);
        let room = async |number: usize| {
            let names: Vec<String> = (0..self.members)
                .map(|member| format!("user-{number}-{member}"))
                .collect();
            let participants = names
                .iter()
                .map(|name| json!({ "user_id": name, "display_name": name, "company": "Acme" }));
            let request = json!({
                "object_type": "order", "object_id": number.to_string(), "participants": participants.collect::<Vec<_>>(),
            });
            let id = admin.create(&request).await.id;
            (id, names)
        };
        let rooms: Vec<_> = stream::iter(0..self.dialogs)
            .map(room)
            .buffered(AT_ONCE)
            .collect()
            .await;
        let connect = async |name: &String| {
            let access = Access::behind(system.http().clone(), balancer.clone(), &token::of(name));
            let driver = Driver::start(access, Seat::new(shared.clone()));
            driver.wants(Intent::Connect);
            within(
                "a client to connect",
                CONNECTS,
                driver.becomes(Client::is_settled),
            )
            .await;
            driver
        };
        let names: Vec<&String> = rooms.iter().flat_map(|(_, names)| names).collect();
        let drivers: Vec<Driver> = stream::iter(names).map(connect).buffered(AT_ONCE).collect().await;
        let mut drivers = drivers.into_iter();
        let rooms = rooms.into_iter().map(|(id, names)| Room {
            id,
            drivers: drivers.by_ref().take(names.len()).collect(),
        });
        Crowd {
            rooms: rooms.collect(),
            shared,
            balancer,
        }
    }

    /// Say something whenever it is due, whatever the system does. Gives back how much was said.
    fn talks(self, crowd: Arc<Crowd>, stopped: watch::Receiver<bool>) -> JoinHandle<usize> {
        tokio::spawn(async move {
            let mut pace = interval(Duration::from_secs(1) / self.rate);
            pace.set_missed_tick_behavior(MissedTickBehavior::Burst);
            let rooms = &crowd.rooms;
            let mut number = 0;
            while !*stopped.borrow() {
                let due = pace.tick().await;
                let room = &rooms[number % rooms.len()];
                let driver = &room.drivers[number / rooms.len() % room.drivers.len()];
                crowd.shared.due().push(due);
                driver.wants(Intent::Send {
                    id: Some(MessageId::fresh()),
                    dialog: room.id,
                    content: number.to_string(),
                    reply_to: None,
                    attachments: Vec::new(),
                });
                number += 1;
            }
            number
        })
    }
}

impl Crowd {
    fn drivers(&self) -> impl Iterator<Item = &Driver> {
        self.rooms.iter().flat_map(|room| &room.drivers)
    }

    /// Wait until nothing is on its way and so many messages have come to members; what is missing by then is counted.
    async fn hears(&self, deliveries: usize) {
        let all = async {
            for driver in self.drivers() {
                driver.becomes(Client::is_settled).await;
            }
            while self.shared.seen().delivered < deliveries {
                sleep(LOOK_AGAIN).await;
            }
        };
        let _ = timeout(ARRIVES, all).await;
    }

    /// How many messages of all clients are in such a state.
    fn outboxes(&self, is: fn(&Sending) -> bool) -> usize {
        let of = |client: &Client| client.outbox().iter().filter(|entry| is(&entry.state)).count();
        self.drivers().map(|driver| driver.look(of)).sum()
    }

    fn counts(&self, plan: Rolling, [sent, stored]: [usize; 2], stops: Vec<Stop>, times: Times) -> Rolled {
        let failed = self.outboxes(|state| matches!(state, Sending::Failed(_)));
        let unsent = self.outboxes(|state| matches!(state, Sending::Sending));
        let seen = self.shared.seen();
        let mut deliveries: [Vec<f64>; 3] = Default::default();
        for (due, after) in &seen.deliveries {
            deliveries[times.part(*due)].push(millis(*after));
        }
        let deliveries = deliveries.map(ranked);
        let gaps = ranked(seen.clients.iter().map(|(gap, _)| millis(*gap)).collect());
        let mut handshakes = seen.handshakes.clone();
        handshakes.retain(|at| *at >= times.from);
        let before = (times.from - times.began).as_secs_f64();
        Rolled {
            plan,
            sent,
            accepted: sent - failed - unsent,
            stored,
            lost: (sent * plan.members).saturating_sub(seen.delivered),
            doubled: seen.doubled,
            disordered: seen.disordered,
            failed,
            troubled: self.balancer.failed(),
            stayed: seen.clients.iter().filter(|(_, resumes)| *resumes == 0).count(),
            recovered: seen.clients.iter().map(|(_, resumes)| resumes).sum(),
            reloads: seen.reloads,
            refused: seen.refused,
            gaps: [0.5, 0.99, 1.0].map(|part| at(&gaps, part)),
            handshakes: most_in_a_second(&mut handshakes),
            reads: [
                self.balancer.reads(times.began, times.from).0 as f64 / before,
                self.balancer.reads(times.from, times.to).1 as f64,
            ],
            p99: deliveries.each_ref().map(|times| at(times, 0.99)),
            slowest: deliveries.each_ref().map(|times| at(times, 1.0)),
            stops,
        }
    }
}

/// When it began, and from when to when processes were replaced.
#[derive(Clone, Copy)]
struct Times {
    began: Instant,
    from: Instant,
    to: Instant,
}

impl Times {
    fn part(self, at: Instant) -> usize {
        usize::from(at >= self.from) + usize::from(at >= self.to)
    }
}

impl Shared {
    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn due(&self) -> MutexGuard<'_, Vec<Instant>> {
        self.due.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// As a deploy does it.
async fn replaces(process: &Process) -> Stop {
    let asked = Instant::now();
    let status = process.stop().await;
    let ended = Instant::now();
    process.restart().await;
    Stop {
        name: process.name().to_owned(),
        clean: status.success(),
        ended_after: (ended - asked).as_secs_f64(),
        ready_after: ended.elapsed().as_secs_f64(),
    }
}

fn ranked(mut times: Vec<f64>) -> Vec<f64> {
    times.sort_by(f64::total_cmp);
    times
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

fn at(ranked: &[f64], part: f64) -> f64 {
    let last = ranked.len().saturating_sub(1);
    let index = (last as f64 * part).ceil() as usize;
    ranked.get(index).copied().unwrap_or(0.0)
}
