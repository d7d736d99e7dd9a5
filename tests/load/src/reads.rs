//! Reads over a large history, over HTTP, by one client, one after the other.

use std::fmt;

use hdrhistogram::Histogram;
use http::Method;
use mtchat_tests::{READER, Seed};
use serde::Serialize;
use tokio::time::Instant;

use crate::{
    report::{Figures, Report},
    target::Target,
};

/// How often each is asked before it counts: pools, plans and caches are filled by then.
const WARM: usize = 50;

/// What each read may cost, as p50 and p99 in milliseconds.
const GOALS: [(&str, f64, f64); 6] = [
    ("first page of the dialogs", 4.0, 8.0),
    ("page of the history", 1.2, 3.0),
    ("page around a message", 1.4, 4.0),
    ("search for a word", 10.0, 30.0),
    ("search for two words", 10.0, 30.0),
    ("total of unread messages", 1.0, 3.0),
];

#[derive(Debug, Clone, Serialize)]
pub(crate) struct ReadFigures {
    pub(crate) dialogs: i32,
    pub(crate) messages: i32,
    pub(crate) seeded_in: f64,
    pub(crate) reads: Vec<ReadFigure>,
}

/// One kind of read, in milliseconds.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ReadFigure {
    pub(crate) what: &'static str,
    pub(crate) goal_p50: f64,
    pub(crate) goal_p99: f64,
    pub(crate) p50: f64,
    pub(crate) p99: f64,
    pub(crate) max: f64,
}

/// Seed a history and read it, `rounds` times each read.
pub(crate) async fn run(target: &Target, seed: Seed, rounds: usize) -> Report {
    let database = target
        .database()
        .await
        .expect("only a system of its own is seeded");
    let began = Instant::now();
    database.seed(seed).await;
    let seeded_in = began.elapsed().as_secs_f64();
    let token = target.token(READER);
    let count = i32::try_from(rounds + WARM).expect("so few rounds");
    let places = database.some_messages(seed, count).await;
    let word = || format!("w{}", (20_000.0 * fastrand::f64().powi(3)) as u32);
    let mut reads = Vec::new();
    for (what, goal_p50, goal_p99) in GOALS {
        let mut histogram: Histogram<u64> =
            Histogram::new_with_bounds(1, 60_000_000, 3).expect("sound bounds");
        for (round, (dialog, message)) in places.iter().enumerate() {
            let path = match what {
                "first page of the dialogs" => "/dialogs?type=participating".to_owned(),
                "page of the history" => format!("/dialogs/{dialog}/messages?before={message}"),
                "page around a message" => format!("/dialogs/{dialog}/messages?around={message}"),
                "search for a word" => format!("/search?q={}", word()),
                "search for two words" => format!("/search?q={}%20{}", word(), word()),
                _ => "/unread".to_owned(),
            };
            let asked = Instant::now();
            target.ask(Method::GET, &path, &token).await.expect(200);
            if round >= WARM {
                let micros = u64::try_from(asked.elapsed().as_micros()).unwrap_or(u64::MAX);
                histogram.saturating_record(micros);
            }
        }
        let millis = |quantile: f64| histogram.value_at_quantile(quantile) as f64 / 1e3;
        reads.push(ReadFigure {
            what,
            goal_p50,
            goal_p99,
            p50: millis(0.5),
            p99: millis(0.99),
            max: millis(1.0),
        });
    }
    let figures = ReadFigures {
        dialogs: seed.dialogs,
        messages: seed.messages,
        seeded_in,
        reads,
    };
    Report::new("reads", Figures::Reads(figures))
}

impl ReadFigure {
    pub(crate) fn reached(&self) -> bool {
        self.p50 <= self.goal_p50 && self.p99 <= self.goal_p99
    }
}

impl fmt::Display for ReadFigures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            dialogs,
            messages,
            seeded_in,
            reads,
        } = self;
        writeln!(
            f,
            "  {messages} messages in {dialogs} dialogs, seeded in {seeded_in:.0} s"
        )?;
        write!(
            f,
            "  {:<30}{:>14}{:>10}{:>10}{:>10}",
            "ms", "goal p50/p99", "p50", "p99", "max"
        )?;
        for read in reads {
            let goal = format!("{}/{}", read.goal_p50, read.goal_p99);
            let verdict = if read.reached() { "" } else { "  MISSED" };
            write!(
                f,
                "\n  {:<30}{goal:>14}{:>10.2}{:>10.2}{:>10.2}{verdict}",
                read.what, read.p50, read.p99, read.max
            )?;
        }
        Ok(())
    }
}
