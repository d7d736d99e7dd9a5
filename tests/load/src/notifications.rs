//! Users who have not read: how many of them the notifier judges a second, when the timers of many dialogs go off together.

use std::{fmt, sync::Arc, time::Duration};

use clap::Args;
use serde::Serialize;
use tokio::time::{Instant, sleep};

use crate::{
    TargetArguments,
    flow::{self, Plan},
    ledger::Ledger,
    report::{Figures, Report, cpu},
    table::{self, Goal, Line, median},
    target::{PerMessage, Target},
};

/// How many notices there are so far.
const NOTICES: &str = "mtchat_notifications_total";
/// How often that is looked at: seldom enough to cost nothing that would be measured.
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// How long it may take until everybody is told.
const PATIENCE: Duration = Duration::from_secs(180);

const LEAST_A_SECOND: f64 = 2_000.0;

/// Who has not read.
#[derive(Debug, Clone, Args)]
pub(crate) struct NotificationArguments {
    /// How many dialogs, with one new message each.
    #[arg(long, default_value_t = 2_000)]
    pub(crate) dialogs: u32,
    /// Members of each who have not read it, besides the one who wrote.
    #[arg(long, default_value_t = 10)]
    pub(crate) readers: u32,
    /// NOTIFICATION_DELAY_SECS: long enough that all messages are stored before the first timer goes off.
    #[arg(long, default_value_t = 8)]
    pub(crate) delay: u64,
    /// NOTIFICATION_CONCURRENCY.
    #[arg(long, default_value_t = 4)]
    pub(crate) concurrency: u32,
    /// Rounds, each on a system of its own; the median counts.
    #[arg(long, default_value_t = 3)]
    pub(crate) rounds: usize,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct NotificationFigures {
    dialogs: u32,
    readers: u32,
    delay: u64,
    concurrency: u32,
    pub(crate) rounds: Vec<NotificationRound>,
}

/// All timers answered once.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct NotificationRound {
    /// One for each member who has not read.
    expected: u64,
    told: u64,
    /// From the first notice to the last one.
    seconds: f64,
    /// Members judged a second: each of them is told.
    per_second: f64,
    dialogs_per_second: f64,
    /// For each of them.
    cpu: Option<PerMessage>,
}

pub(crate) async fn run(target: &TargetArguments, arguments: &NotificationArguments) -> Report {
    let mut rounds = Vec::new();
    for _ in 0..arguments.rounds.max(1) {
        rounds.push(round(target, arguments).await);
    }
    let figures = NotificationFigures {
        dialogs: arguments.dialogs,
        readers: arguments.readers,
        delay: arguments.delay,
        concurrency: arguments.concurrency,
        rounds,
    };
    Report::new("notifications", Figures::Notifications(figures))
}

async fn round(target: &TargetArguments, arguments: &NotificationArguments) -> NotificationRound {
    let (delay, concurrency) = (arguments.delay.to_string(), arguments.concurrency.to_string());
    let variables = [
        ("NOTIFICATION_DELAY_SECS", delay.as_str()),
        ("NOTIFICATION_CONCURRENCY", concurrency.as_str()),
    ];
    let target = Target::own_with(target, &variables).await;
    let database = target.database().await.expect("it is our own");
    speak(&target, arguments).await;
    target.settle(Some(&database)).await;
    assert!(
        notices(&target).await < 1.0,
        "timers went off before everything was said and stored: raise --delay"
    );

    let expected = u64::from(arguments.dialogs) * u64::from(arguments.readers);
    let patience = Instant::now() + PATIENCE + Duration::from_secs(arguments.delay);
    // Whatever was spent until the last look that saw nothing was not spent on this.
    let (mut begun, mut before) = (Instant::now(), target.processors());
    let mut told = notices(&target).await;
    while told < expected as f64 && Instant::now() < patience {
        if told < 1.0 {
            (begun, before) = (Instant::now(), target.processors());
        }
        sleep(LOOK_EVERY).await;
        told = notices(&target).await;
    }
    let seconds = begun.elapsed().as_secs_f64();
    let after = target.processors();
    NotificationRound {
        expected,
        told: told as u64,
        seconds,
        per_second: told / seconds,
        dialogs_per_second: f64::from(arguments.dialogs) / seconds,
        cpu: after
            .zip(before)
            .map(|(after, before)| after.per_message(before, told as u64)),
    }
}

/// One message into each dialog, all of them in about a second.
async fn speak(target: &Target, arguments: &NotificationArguments) {
    let count = arguments.dialogs as usize;
    let mut dialogs = target.dialogs(count, arguments.readers as usize + 1).await;
    for dialog in &mut dialogs {
        dialog.tokens.truncate(1);
    }
    let plan = Plan {
        scenario: "notifications",
        dialogs: count,
        members: 1,
        silent: arguments.readers as usize,
        rate: Some(arguments.dialogs),
        seconds: 1,
        connections: 32,
    };
    let ledger = Arc::new(Ledger::new(plan.rate, plan.seconds));
    ledger.start_clock();
    flow::send(target, &plan, &dialogs, &ledger).await;
    assert_eq!(
        ledger.accepted(),
        u64::from(arguments.dialogs),
        "a message was refused"
    );
}

async fn notices(target: &Target) -> f64 {
    target.worker_metric(NOTICES).await.expect("it is our own")
}

impl NotificationFigures {
    pub(crate) fn is_clean(&self) -> bool {
        self.rounds.iter().all(|round| round.told == round.expected)
    }
}

impl fmt::Display for NotificationFigures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            dialogs,
            readers,
            delay,
            concurrency,
            rounds,
        } = self;
        writeln!(
            f,
            "  {dialogs} dialogs with {readers} who have not read, told of after {delay} s, {concurrency} dialogs at once, rounds: {}",
            rounds.len()
        )?;
        for round in rounds {
            let NotificationRound {
                expected,
                told,
                seconds,
                per_second,
                ..
            } = round;
            write!(
                f,
                "  {told} of {expected} told within {seconds:.1} s, {per_second:.0}/s"
            )?;
            cpu(f, round.cpu, "decision")?;
            writeln!(f)?;
        }
        let worker = rounds.iter().filter_map(|round| round.cpu.map(|cpu| cpu.worker));
        let lines = [
            Line {
                what: "decisions, each of them a notice",
                goal: Goal::AtLeast(LEAST_A_SECOND),
                measured: median(rounds.iter().map(|round| round.per_second)),
                unit: "/s",
            },
            Line {
                what: "dialogs answered for",
                goal: Goal::None,
                measured: median(rounds.iter().map(|round| round.dialogs_per_second)),
                unit: "/s",
            },
            Line {
                what: "processor time of the worker for a decision",
                goal: Goal::None,
                measured: median(worker),
                unit: "µs",
            },
        ];
        table::write(f, &lines)
    }
}
