//! Idle clients: what the socket of each costs.

use std::time::Duration;

use mtchat_tests::Driver;
use serde::Serialize;
use tokio::time::{Instant, sleep};

use crate::{
    client,
    report::{Figures, Report},
    target::Target,
};

/// How many there are before any is counted.
const WARM: usize = 200;
/// How long the edge's memory must stand still to be believed, and how long to wait for that.
const STILL: Duration = Duration::from_secs(2);
const SETTLE: Duration = Duration::from_secs(15);

#[derive(Debug, Clone, Serialize)]
pub(crate) struct SocketFigures {
    pub(crate) sockets: usize,
    pub(crate) refused: usize,
    pub(crate) seconds: f64,
    /// Memory of the edge for each socket; `None` where it can not be seen.
    pub(crate) bytes_each: Option<f64>,
}

pub(crate) async fn run(target: &Target, count: usize) -> Report {
    // The first ones pay for what all share: pools, caches, kept connections, the allocator's reserve.
    let warm = open(target, WARM).await;
    let before = settled_memory(target).await;
    let began = Instant::now();
    let sockets = open(target, count).await;
    let seconds = began.elapsed().as_secs_f64();
    let after = settled_memory(target).await;
    let grown = after
        .zip(before)
        .map(|(after, before)| after.saturating_sub(before));
    let figures = SocketFigures {
        sockets: sockets.len(),
        refused: count - sockets.len(),
        seconds,
        bytes_each: grown.map(|grown| grown as f64 / sockets.len().max(1) as f64),
    };
    drop((warm, sockets));
    Report::new("sockets", Figures::Sockets(figures))
}

/// So many clients of as many users without dialogs, each greeted and with its empty list.
async fn open(target: &Target, count: usize) -> Vec<Driver> {
    let run = fastrand::u64(..);
    let token = |number| target.token(&format!("idle{run:x}-{number}"));
    let clients = (0..count).map(|number| (token(number), ())).collect();
    let opened = client::connect(target, clients).await;
    opened.into_iter().flatten().collect()
}

/// The edge's memory once it stands still.
async fn settled_memory(target: &Target) -> Option<u64> {
    let deadline = Instant::now() + SETTLE;
    let mut known = target.edge_memory()?;
    let mut since = Instant::now();
    while since.elapsed() < STILL && Instant::now() < deadline {
        sleep(Duration::from_millis(100)).await;
        let now = target.edge_memory()?;
        if now.abs_diff(known) > known / 500 {
            known = now;
            since = Instant::now();
        }
    }
    target.edge_memory()
}
