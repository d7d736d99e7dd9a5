//! Sockets that stop reading, and what the others notice of it.

use mtchat_tests::Socket;
use serde::Serialize;

use crate::{
    flow::{self, Plan},
    ledger::Latency,
    report::{Figures, Report},
    target::{Dialog, Target},
};

/// Few dialogs, so that much comes to each socket.
const DIALOGS: usize = 4;
const MEMBERS: usize = 5;
const RATE: u32 = 1_000;

#[derive(Debug, Clone, Serialize)]
pub(crate) struct SlowFigures {
    /// Sockets that stopped reading.
    pub(crate) stalled: usize,
    /// Sockets that read on.
    pub(crate) reading: usize,
    pub(crate) rate: u32,
    /// Delivery to those who read, without and with the others.
    pub(crate) control: Latency,
    pub(crate) beside: Latency,
    /// p99 with them over p99 without.
    pub(crate) ratio: f64,
    /// What the edge grew by meanwhile, in bytes; `None` where it can not be seen.
    pub(crate) memory: Option<u64>,
    /// Nothing was lost, doubled or refused for those who read.
    pub(crate) clean: bool,
}

pub(crate) async fn run(target: &Target, stalled_each: usize, seconds: u64) -> Report {
    let dialogs = target.dialogs(DIALOGS, MEMBERS).await;
    let plan = Plan {
        scenario: "slow",
        dialogs: DIALOGS,
        members: MEMBERS,
        silent: 0,
        rate: Some(RATE),
        seconds,
        connections: 32,
    };
    // The first run warms everything that the two others share.
    flow::run_in(target, &Plan { seconds: 2, ..plan }, &dialogs).await;
    let (control, clean_control) = delivery(flow::run_in(target, &plan, &dialogs).await);
    let memory_before = target.edge_memory();
    let stalled = stall(target, &dialogs, stalled_each).await;
    let (beside, clean_beside) = delivery(flow::run_in(target, &plan, &dialogs).await);
    let memory_after = target.edge_memory();
    let figures = SlowFigures {
        stalled: stalled.len(),
        reading: DIALOGS * MEMBERS,
        rate: RATE,
        control,
        beside,
        ratio: beside.p99 / control.p99,
        memory: memory_after
            .zip(memory_before)
            .map(|(after, before)| after.saturating_sub(before)),
        clean: clean_control && clean_beside,
    };
    drop(stalled);
    Report::new("slow", Figures::Slow(figures))
}

/// So many more sockets for the members of each dialog that are never read. They are bare ones: the client core would read, and
/// come back when it is given up for not reading.
pub(crate) async fn stall(target: &Target, dialogs: &[Dialog], each: usize) -> Vec<Socket> {
    let mut stalled = Vec::new();
    for dialog in dialogs {
        for token in dialog.tokens.iter().cycle().take(each) {
            let query = format!("?token={token}");
            match Socket::open_narrow_at(target.address(), &query).await {
                Ok(socket) => stalled.push(socket),
                Err(refused) => panic!("a socket does not open: {refused:?}"),
            }
        }
    }
    stalled
}

fn delivery(report: Report) -> (Latency, bool) {
    let clean = report.is_clean();
    match report.figures {
        Figures::Flow(flow) => (flow.delivery, clean),
        Figures::Herd(_)
        | Figures::Neighbours(_)
        | Figures::Notifications(_)
        | Figures::Reads(_)
        | Figures::Rolled(_)
        | Figures::Slow(_)
        | Figures::Sockets(_)
        | Figures::Webhooks(_) => panic!("a flow was measured"),
    }
}
