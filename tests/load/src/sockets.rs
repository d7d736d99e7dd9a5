//! Idle authenticated sockets: what each costs.

use std::time::Duration;

use serde::Serialize;
use tokio::{task::JoinSet, time::Instant, time::sleep};

use crate::{
    frame::{Receiver, Refused},
    report::{Figures, Report},
    target::Target,
};

/// How many are opened at the same time.
const AT_ONCE: usize = 64;
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
    // The first ones pay for what all share: pools, caches, the allocator's reserve.
    let warm = open(target, 200).await;
    let before = settled_memory(target).await;
    let began = Instant::now();
    let sockets = open(target, count).await;
    let seconds = began.elapsed().as_secs_f64();
    let after = settled_memory(target).await;
    let refused = count - sockets.len();
    let grown = after
        .zip(before)
        .map(|(after, before)| after.saturating_sub(before));
    let figures = SocketFigures {
        sockets: sockets.len(),
        refused,
        seconds,
        bytes_each: grown.map(|grown| grown as f64 / sockets.len().max(1) as f64),
    };
    drop((warm, sockets));
    Report::new("sockets", Figures::Sockets(figures))
}

/// So many sockets of as many users, each greeted.
async fn open(target: &Target, count: usize) -> Vec<Receiver> {
    let run = fastrand::u64(..);
    let mut opening = JoinSet::new();
    let mut open = Vec::with_capacity(count);
    for number in 0..count {
        if opening.len() == AT_ONCE {
            open.extend(opening.join_next().await.and_then(Result::ok).flatten());
        }
        let query = format!("?token={}", target.token(&format!("idle{run:x}-{number}")));
        let address = target.address();
        opening.spawn(async move {
            let mut tries = 0;
            let mut receiver = loop {
                tries += 1;
                match Receiver::open(address, &query).await {
                    Ok(receiver) => break receiver,
                    Err(Refused::Later) if tries < 20 => {
                        sleep(Duration::from_millis(fastrand::u64(50..500))).await;
                    }
                    Err(_) => return None,
                }
            };
            receiver.receive(|_| {}).await.ok()?;
            receiver.shrink();
            Some(receiver)
        });
    }
    while let Some(opened) = opening.join_next().await {
        open.extend(opened.ok().flatten());
    }
    open
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
