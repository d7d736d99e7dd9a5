//! All sockets are cut at the same moment and come back at the same moment, resuming.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use mtchat_client_core::Input;
use mtchat_tests::{Refused, Tap};
use serde::Serialize;
use tokio::{
    sync::mpsc,
    time::{Instant, timeout_at},
};

use crate::{
    client,
    connection::{Connection, Request},
    frame,
    ledger::{Latency, histogram, micros},
    report::{Figures, Report},
    target::{Dialog, PerMessage, Target},
};

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

/// Watches one client come back.
struct Returning {
    missed: usize,
    /// Whether it was said that everything missed follows.
    recovered: bool,
    seen: usize,
    last: Option<u64>,
    in_order: bool,
    back: mpsc::UnboundedSender<Back>,
    refusals: Arc<AtomicU64>,
}

struct Back {
    at: Instant,
    complete: bool,
}

pub(crate) async fn run(target: &Target, sockets: usize, members: usize, missed: usize) -> Report {
    let dialogs = target.dialogs(sockets.div_ceil(members), members).await;
    let (told, mut back) = mpsc::unbounded_channel();
    let refusals = Arc::new(AtomicU64::default());
    let returning = |token: &String| {
        let returning = Returning {
            missed,
            recovered: false,
            seen: 0,
            last: None,
            in_order: true,
            back: told.clone(),
            refusals: refusals.clone(),
        };
        (token.clone(), returning)
    };
    let tokens = dialogs.iter().flat_map(|dialog| &dialog.tokens);
    let clients = client::connect_all(target, tokens.map(returning).collect()).await;
    for client in &clients {
        client.tell_and_wait(Input::Online(false)).await;
    }
    send_meanwhile(target, &dialogs, missed).await;

    let refused_before = refusals.load(Relaxed);
    let before = target.processors();
    let start = Instant::now();
    for client in &clients {
        client.tell(Input::Online(true));
    }
    let mut times = histogram();
    let mut recovered = 0;
    for _ in &clients {
        let Ok(Some(back)) = timeout_at(start + PATIENCE, back.recv()).await else {
            break;
        };
        recovered += usize::from(back.complete);
        times.saturating_record(micros(back.at - start).max(1));
    }
    let after = target.processors();
    let count = clients.len();
    let figures = HerdFigures {
        sockets: count,
        missed_each: missed,
        recovered,
        refusals: refusals.load(Relaxed) - refused_before,
        recovery: Latency::of(&times),
        cpu: after
            .zip(before)
            .map(|(after, before)| after.per_message(before, count as u64)),
    };
    Report::new("herd", Figures::Herd(figures))
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

impl Returning {
    fn is_back(&self, complete: bool) {
        let at = Instant::now();
        // Who waits no longer has given up on all of them.
        let _ = self.back.send(Back { at, complete });
    }
}

impl Tap for Returning {
    fn is_refused(&mut self, why: &Refused) {
        if let Refused::Answer(status, ..) = why
            && matches!(status.as_u16(), 429 | 503)
        {
            self.refusals.fetch_add(1, Relaxed);
        }
    }

    fn hears(&mut self, text: &str) {
        match frame::recovered(text) {
            Some(false) => return self.is_back(false),
            Some(true) => self.recovered = true,
            None if frame::message_number(text).is_none() => return,
            None => {
                self.seen += 1;
                let seq = frame::seq(text);
                self.in_order &= self.last.is_none_or(|last| seq == Some(last + 1));
                self.last = seq;
            }
        }
        if self.seen == self.missed {
            self.is_back(self.recovered && self.in_order);
        }
    }
}
