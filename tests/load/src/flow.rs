//! Messages into dialogs whose members are all connected: `send`, `fanout` and `hot`.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering::Relaxed},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use mtchat_tests::{Heard, Tap};
use serde::Serialize;
use tokio::{
    task::JoinSet,
    time::{Instant, sleep, sleep_until},
};
use uuid::{Builder, Uuid};

use crate::{
    client,
    connection::{Connection, Request},
    frame,
    ledger::{Latency, Ledger},
    report::{Figures, Report},
    target::{Dialog, PerMessage, Target},
};

/// How long everything that was accepted may take to arrive.
const ARRIVAL: Duration = Duration::from_secs(30);

/// What is to be sent.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Plan {
    #[serde(skip)]
    pub(crate) scenario: &'static str,
    pub(crate) dialogs: usize,
    /// Connected, and sending by turns.
    pub(crate) members: usize,
    /// Further members, who are not connected.
    pub(crate) silent: usize,
    pub(crate) rate: Option<u32>,
    pub(crate) seconds: u64,
    pub(crate) connections: usize,
}

/// What came of it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct FlowFigures {
    #[serde(flatten)]
    pub(crate) plan: Plan,
    pub(crate) accepted: u64,
    pub(crate) refused: u64,
    /// Frames that must arrive: one at each member's socket, the sender's own among them.
    pub(crate) expected: u64,
    pub(crate) delivered: u64,
    /// Frames that came twice or out of their turn, and connections that ended.
    pub(crate) disorder: u64,
    /// `None` where the database can not be seen.
    pub(crate) stored: Option<u64>,
    /// Accepted, stored and delivered, per second of the time until the last one was.
    pub(crate) per_second: f64,
    /// How long after the last answer the last message was delivered and stored, in milliseconds.
    pub(crate) settled_after: f64,
    pub(crate) answer: Latency,
    pub(crate) delivery: Latency,
    pub(crate) cpu: Option<PerMessage>,
}

impl Plan {
    /// One dialog whose members all send at the same time.
    pub(crate) fn hot(senders: usize, seconds: u64) -> Self {
        Self {
            scenario: "hot",
            dialogs: 1,
            members: senders,
            silent: 0,
            rate: None,
            seconds,
            connections: senders,
        }
    }

    /// Who sends a message: the number of the dialog and of the member. All take turns.
    fn sender(&self, message: u32) -> (usize, usize) {
        let message = message as usize;
        (message % self.dialogs, message / self.dialogs % self.members)
    }
}

impl FlowFigures {
    pub(crate) fn is_clean(&self) -> bool {
        let is_stored = self.stored.is_none_or(|stored| stored == self.accepted);
        self.refused == 0 && self.disorder == 0 && self.delivered == self.expected && is_stored
    }
}

pub(crate) async fn run(target: &Target, plan: &Plan) -> Report {
    let mut dialogs = target.dialogs(plan.dialogs, plan.members + plan.silent).await;
    for dialog in &mut dialogs {
        dialog.tokens.truncate(plan.members);
    }
    run_in(target, plan, &dialogs).await
}

/// The same in dialogs that are there.
pub(crate) async fn run_in(target: &Target, plan: &Plan, dialogs: &[Dialog]) -> Report {
    let database = target.database().await;
    let stored_before = match &database {
        Some(database) => database.message_count().await,
        None => 0,
    };
    let ledger = Arc::new(Ledger::new(plan.rate, plan.seconds));
    let listening = client::connect_all(target, listeners(plan, dialogs, &ledger)).await;
    // What happens until all are connected costs no message anything.
    ledger.start_clock();
    let before = target.processors();
    let answered = send(target, plan, dialogs, &ledger).await;

    let accepted = ledger.accepted();
    let expected = accepted * plan.members as u64;
    let deadline = Instant::now() + ARRIVAL;
    while ledger.delivered() < expected && Instant::now() < deadline {
        sleep(Duration::from_millis(1)).await;
    }
    target.settle(database.as_ref()).await;
    let settled = ledger.start().elapsed();
    let after = target.processors();
    drop(listening);
    let stored = match &database {
        Some(database) => Some(database.message_count().await - stored_before),
        None => None,
    };
    let figures = FlowFigures {
        plan: *plan,
        accepted,
        refused: ledger.refused(),
        expected,
        delivered: ledger.delivered(),
        disorder: ledger.disorder(),
        stored,
        per_second: accepted as f64 / settled.as_secs_f64(),
        settled_after: settled.saturating_sub(answered).as_secs_f64() * 1e3,
        answer: ledger.answer_latency(),
        delivery: ledger.delivery_latency(),
        cpu: after
            .zip(before)
            .map(|(after, before)| after.per_message(before, accepted)),
    };
    Report::new(plan.scenario, Figures::Flow(figures))
}

/// Every member's token, and what listens to their client.
fn listeners(plan: &Plan, dialogs: &[Dialog], ledger: &Arc<Ledger>) -> Vec<(String, Listener)> {
    let of_dialog = |(dialog, Dialog { tokens, .. }): (usize, &Dialog)| {
        let listener = |(member, token): (usize, &String)| {
            let listener = Listener {
                plan: *plan,
                dialog,
                member,
                ledger: ledger.clone(),
                last_seq: None,
            };
            (token.clone(), listener)
        };
        tokens.iter().enumerate().map(listener).collect::<Vec<_>>()
    };
    dialogs.iter().enumerate().flat_map(of_dialog).collect()
}

/// Takes the time of every message that comes to a member, before their client does anything with it.
struct Listener {
    plan: Plan,
    dialog: usize,
    member: usize,
    ledger: Arc<Ledger>,
    last_seq: Option<u64>,
}

impl Tap for Listener {
    fn hears(&mut self, text: &str) {
        let Some(message) = frame::message_number(text) else {
            return;
        };
        let (sent_to, sent_by) = self.plan.sender(message);
        self.ledger.is_delivered(message, sent_by == self.member);
        let seq = frame::seq(text);
        let in_turn = self.last_seq.is_none_or(|last| seq == Some(last + 1));
        if sent_to != self.dialog || seq.is_none() || !in_turn {
            self.ledger.is_out_of_order();
        }
        self.last_seq = seq;
    }

    fn ends(&mut self, _how: Option<&Heard>) {
        // The client comes back and misses nothing, but in a measurement nobody may be sent away.
        self.ledger.is_out_of_order();
    }
}

/// Send everything that is due and wait for the answers. Tells how long that took.
pub(crate) async fn send(target: &Target, plan: &Plan, dialogs: &[Dialog], ledger: &Arc<Ledger>) -> Duration {
    let requests = dialogs.iter().flat_map(|dialog| {
        let id = dialog.id.to_string();
        let request = move |token: &String| Request::send_message(target.address(), &id, token);
        dialog.tokens.iter().map(request).collect::<Vec<_>>()
    });
    let requests: Arc<[Request]> = requests.collect();
    let next = Arc::new(AtomicU32::default());
    let mut senders = JoinSet::new();
    for _ in 0..plan.connections {
        let connection = Connection::open(target.address())
            .await
            .expect("a connection opens");
        let sender = Sender {
            connection,
            plan: *plan,
            requests: requests.clone(),
            next: next.clone(),
            ledger: ledger.clone(),
            run: fastrand::u32(..),
        };
        senders.spawn(sender.run());
    }
    while let Some(ended) = senders.join_next().await {
        ended.expect("a sender ends");
    }
    ledger.start().elapsed()
}

struct Sender {
    connection: Connection,
    plan: Plan,
    requests: Arc<[Request]>,
    next: Arc<AtomicU32>,
    ledger: Arc<Ledger>,
    run: u32,
}

impl Sender {
    async fn run(mut self) {
        let start = self.ledger.start();
        let end = start + Duration::from_secs(self.plan.seconds);
        let mut scratch = Vec::new();
        loop {
            let message = self.next.fetch_add(1, Relaxed);
            let due = match self.plan.rate {
                Some(rate) => start + Duration::from_secs_f64(f64::from(message) / f64::from(rate)),
                None => Instant::now(),
            };
            if due >= end || !self.ledger.has_room(message) {
                return;
            }
            sleep_until(due).await;
            self.ledger.begins(message, due);
            let (dialog, member) = self.plan.sender(message);
            let request = &self.requests[dialog * self.plan.members + member];
            request.with_id(id(self.run, message), &mut scratch);
            let status = self.connection.exchange(&scratch).await.unwrap_or(0);
            self.ledger.is_answered(status, due);
        }
    }
}

/// A fresh UUIDv7 that ends with the message's number.
fn id(run: u32, message: u32) -> Uuid {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let mut bytes = [0; 10];
    bytes[..4].copy_from_slice(&run.to_be_bytes());
    bytes[4..6].copy_from_slice(&fastrand::u16(..).to_be_bytes());
    bytes[6..].copy_from_slice(&message.to_be_bytes());
    let millis = u64::try_from(now.as_millis()).unwrap_or(0);
    Builder::from_unix_timestamp_millis(millis, &bytes).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_carries_its_number_and_is_of_version_seven() {
        let id = id(7, 0xABCD);
        assert_eq!(id.get_version_num(), 7);
        assert!(id.to_string().ends_with("0000abcd"));
        assert_ne!(id, super::id(7, 0xABCE));
    }

    #[test]
    fn all_members_take_turns() {
        let plan = Plan {
            scenario: "send",
            dialogs: 2,
            members: 3,
            silent: 0,
            rate: None,
            seconds: 1,
            connections: 1,
        };
        let senders: Vec<_> = (0..6).map(|message| plan.sender(message)).collect();
        assert_eq!(senders, [(0, 0), (1, 0), (0, 1), (1, 1), (0, 2), (1, 2)]);
    }
}
