//! All sockets are cut at the same moment and come back at the same moment, resuming.

use std::{sync::Arc, time::Duration};

use serde::Serialize;
use tokio::{sync::Barrier, task::JoinSet, time::Instant, time::sleep};

use crate::{
    connection::{Connection, Request},
    frame::{self, Receiver, Refused, open},
    ledger::{Latency, histogram, micros},
    report::{Figures, Report},
    target::{Dialog, PerMessage, Target},
};

/// The longest a client waits before it tries again.
const MOST_BACKOFF: u64 = 1_000;
const PATIENCE: Duration = Duration::from_secs(60);

#[derive(Debug, Clone, Serialize)]
pub(crate) struct HerdFigures {
    pub(crate) sockets: usize,
    pub(crate) missed_each: usize,
    /// Sockets that came back with everything they had missed, in order.
    pub(crate) recovered: usize,
    /// How often a client was asked to come back later.
    pub(crate) refusals: u64,
    /// From the common moment until everything missed was there.
    pub(crate) recovery: Latency,
    /// Processor time for each socket that came back.
    pub(crate) cpu: Option<PerMessage>,
}

/// Where a client stood when it was cut off.
struct Place {
    query: String,
    missed: usize,
}

struct Back {
    after: Duration,
    refusals: u64,
    complete: bool,
}

pub(crate) async fn run(target: &Target, sockets: usize, members: usize, missed: usize) -> Report {
    let dialogs = target.dialogs(sockets.div_ceil(members), members).await;
    let places = leave(target, &dialogs, missed).await;
    send_meanwhile(target, &dialogs, missed).await;

    let before = target.processors();
    let start = Arc::new(Barrier::new(places.len()));
    let mut returning = JoinSet::new();
    let count = places.len();
    for place in places {
        returning.spawn(come_back(target.address(), place, start.clone()));
    }
    let mut times = histogram();
    let (mut recovered, mut refusals) = (0, 0);
    // Kept open until the last one is back, as real clients do.
    let mut open = Vec::with_capacity(count);
    while let Some(back) = returning.join_next().await {
        let (back, receiver) = back.expect("a client comes back");
        refusals += back.refusals;
        recovered += usize::from(back.complete);
        times.saturating_record(micros(back.after).max(1));
        open.push(receiver);
    }
    let after = target.processors();
    let figures = HerdFigures {
        sockets: count,
        missed_each: missed,
        recovered,
        refusals,
        recovery: Latency::of(&times),
        cpu: after
            .zip(before)
            .map(|(after, before)| after.per_message(before, count as u64)),
    };
    Report::new("herd", Figures::Herd(figures))
}

/// Connect everybody once, note where they stand, and cut them off.
async fn leave(target: &Target, dialogs: &[Dialog], missed: usize) -> Vec<Place> {
    let mut places = Vec::new();
    for token in dialogs.iter().flat_map(|dialog| &dialog.tokens) {
        let query = format!("?token={token}");
        let mut receiver = open(target.address(), &query).await;
        let mut place = None;
        let greeting = |payload: &[u8]| {
            let epoch = frame::text_field(payload, "epoch").expect("the greeting has an epoch");
            let pos = frame::text_field(payload, "pos").expect("the greeting has a position");
            place = Some(format!("{query}&epoch={epoch}&pos={pos}"));
        };
        receiver.receive(greeting).await.expect("a socket greets");
        places.push(Place {
            query: place.expect("a socket greets"),
            missed,
        });
    }
    places
}

async fn send_meanwhile(target: &Target, dialogs: &[Dialog], count: usize) {
    let mut connection = Connection::open(target.address())
        .await
        .expect("a connection opens");
    let mut scratch = Vec::new();
    for dialog in dialogs {
        let request = Request::send_message(target.address(), &dialog.id.to_string(), &dialog.tokens[0]);
        for _ in 0..count {
            request.with_id(uuid::Uuid::now_v7(), &mut scratch);
            let status = connection.exchange(&scratch).await.expect("the edge answers");
            assert_eq!(status, 200, "a message was refused");
        }
    }
}

async fn come_back(
    address: std::net::SocketAddr,
    place: Place,
    start: Arc<Barrier>,
) -> (Back, Option<Receiver>) {
    start.wait().await;
    let began = Instant::now();
    let mut back = Back {
        after: Duration::ZERO,
        refusals: 0,
        complete: false,
    };
    let mut receiver = loop {
        match Receiver::open(address, &place.query).await {
            Ok(receiver) => break receiver,
            Err(Refused::Later) => back.refusals += 1,
            Err(Refused::Status(_) | Refused::Broken(_)) if began.elapsed() < PATIENCE => {}
            Err(_) => return (back, None),
        }
        sleep(Duration::from_millis(fastrand::u64(0..MOST_BACKOFF))).await;
    };
    let mut recovered = false;
    let mut seen = 0;
    let mut last = None;
    let mut in_order = true;
    while !recovered || seen < place.missed {
        let each = |payload: &[u8]| {
            if frame::text_field(payload, "type") == Some("connected") {
                recovered = payload.windows(16).any(|window| window == b"\"recovered\":true");
                return;
            }
            seen += 1;
            let seq = frame::seq(payload);
            in_order &= last.is_none_or(|last: u64| seq == Some(last + 1));
            last = seq;
        };
        let came = tokio::time::timeout(PATIENCE, receiver.receive(each)).await;
        if !matches!(came, Ok(Ok(true))) {
            break;
        }
        if !recovered {
            break;
        }
    }
    back.after = began.elapsed();
    back.complete = recovered && in_order && seen == place.missed;
    (back, Some(receiver))
}
