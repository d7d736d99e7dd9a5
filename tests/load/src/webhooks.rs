//! Hosts' endpoints: how many deliveries a worker makes a second, and what endpoints that fail cost the others.

use std::{fmt, sync::Arc, time::Duration};

use clap::Args;
use http::Method;
use serde::Serialize;
use serde_json::json;
use tokio::time::{Instant, sleep};

use crate::{
    TargetArguments,
    endpoint::{Endpoint, Manner},
    flow::{self, Plan},
    ledger::{Latency, Ledger},
    report::{Figures, Report, cpu},
    table::{self, Goal, Line, median},
    target::{Dialog, PerMessage, Target},
};

const SECRET: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
const EVENT: &str = "message.new";
/// Nobody is told of unread messages meanwhile: that is measured by itself.
const QUIET: (&str, &str) = ("NOTIFICATION_DELAY_SECS", "86400");
const PRIVATE: (&str, &str) = ("WEBHOOK_ALLOW_PRIVATE", "true");
/// Deliveries of one dialog go one after another, so there are more dialogs than requests at once.
const DIALOGS: usize = 256;
/// Messages a second: more than can be delivered, so that a backlog is left to be measured.
const FLOOD: u32 = 4_000;
const FLOOD_SECONDS: u64 = 3;
/// How long everything that was accepted may take to be delivered.
const ARRIVAL: Duration = Duration::from_secs(180);

const LEAST_A_SECOND: f64 = 500.0;
const MOST_TIMES_THE_CONTROL: f64 = 1.1;

/// Endpoints side by side, and how many of them fail.
const SIDE_BY_SIDE: usize = 10;
const ILL: [Manner; 2] = [Manner::Never, Manner::Refuses];
const NEIGHBOURS_DIALOGS: usize = 20;
const NEIGHBOURS_RATE: u32 = 30;
const NEIGHBOURS_SECONDS: u64 = 20;
const WARM_SECONDS: u64 = 3;

/// How endpoints are measured.
#[derive(Debug, Clone, Args)]
pub(crate) struct WebhookArguments {
    /// Ten endpoints, of which one never answers and one fails, against a control run with ten good ones.
    #[arg(long)]
    pub(crate) neighbours: bool,
    /// Rounds, each on a system of its own; the median counts.
    #[arg(long, default_value_t = 3)]
    pub(crate) rounds: usize,
    /// Messages a second; without it 4,000 into a backlog, or 30 beside neighbours.
    #[arg(long)]
    pub(crate) rate: Option<u32>,
    /// For how long they are sent; without it 3 s, or 20 s beside neighbours.
    #[arg(long)]
    pub(crate) seconds: Option<u64>,
    /// How long the endpoint takes to answer, in milliseconds; not beside neighbours.
    #[arg(long, default_value_t = 50)]
    pub(crate) answer_ms: u64,
    /// WEBHOOK_CONCURRENCY; not beside neighbours.
    #[arg(long, default_value_t = 64)]
    pub(crate) concurrency: usize,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct WebhookFigures {
    concurrency: usize,
    answer_ms: u64,
    pub(crate) rounds: Vec<WebhookRound>,
}

/// A backlog that was delivered.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct WebhookRound {
    accepted: u64,
    told: u64,
    refused: u64,
    /// Those that were delivered after the last message was stored, when nothing else was to be done any more.
    backlog: u64,
    per_second: f64,
    /// For each delivery of the backlog.
    cpu: Option<PerMessage>,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct NeighbourFigures {
    rate: u32,
    seconds: u64,
    pub(crate) control: Vec<NeighbourRun>,
    pub(crate) trouble: Vec<NeighbourRun>,
}

/// What those endpoints notice that are well in both runs.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct NeighbourRun {
    /// From the moment a message was due to its receipt.
    delivery: Latency,
    /// From the moment a message was due to its answer.
    send: Latency,
    clean: bool,
}

/// How fast one endpoint is told, by one worker.
pub(crate) async fn run(target: &TargetArguments, arguments: &WebhookArguments) -> Report {
    let mut rounds = Vec::new();
    for _ in 0..arguments.rounds.max(1) {
        rounds.push(round(target, arguments).await);
    }
    let figures = WebhookFigures {
        concurrency: arguments.concurrency,
        answer_ms: arguments.answer_ms,
        rounds,
    };
    Report::new("webhooks", Figures::Webhooks(figures))
}

async fn round(target: &TargetArguments, arguments: &WebhookArguments) -> WebhookRound {
    let delay = Duration::from_millis(arguments.answer_ms);
    let endpoint = Endpoint::start(Manner::After(delay)).await;
    let (url, concurrency) = (endpoint.url(), arguments.concurrency.to_string());
    let variables = [
        ("WEBHOOK_URL", url.as_str()),
        ("WEBHOOK_SECRET", SECRET),
        ("WEBHOOK_EVENTS", EVENT),
        ("WEBHOOK_CONCURRENCY", concurrency.as_str()),
        PRIVATE,
        QUIET,
    ];
    let target = Target::own_with(target, &variables).await;
    let database = target.database().await.expect("it is our own");
    database.has_endpoint().await;
    let dialogs = dialogs(&target, DIALOGS).await;
    let plan = plan(
        DIALOGS,
        arguments.rate.unwrap_or(FLOOD),
        arguments.seconds.unwrap_or(FLOOD_SECONDS),
    );
    let ledger = Arc::new(Ledger::new(plan.rate, plan.seconds));
    endpoint.notes_in(&ledger);
    ledger.start_clock();
    flow::send(&target, &plan, &dialogs, &ledger).await;
    target.settle(Some(&database)).await;

    let accepted = ledger.accepted();
    let (begun, before) = (Instant::now(), target.processors());
    let backlog = accepted.saturating_sub(ledger.delivered());
    assert!(
        backlog * 4 >= accepted,
        "of {accepted} messages only {backlog} were left to be delivered: too few to measure, raise --rate"
    );
    are_delivered(&ledger, accepted).await;
    let took = begun.elapsed();
    let after = target.processors();
    WebhookRound {
        accepted,
        told: ledger.delivered(),
        refused: ledger.refused(),
        backlog,
        per_second: backlog as f64 / took.as_secs_f64(),
        cpu: after
            .zip(before)
            .map(|(after, before)| after.per_message(before, backlog)),
    }
}

/// What those that are well notice of others that are not. Control and trouble take turns, so that slow minutes hit both.
pub(crate) async fn neighbours(target: &TargetArguments, arguments: &WebhookArguments) -> Report {
    let rate = arguments.rate.unwrap_or(NEIGHBOURS_RATE);
    let seconds = arguments.seconds.unwrap_or(NEIGHBOURS_SECONDS);
    let well = [Manner::After(Duration::ZERO); 2];
    let (mut control, mut trouble) = (Vec::new(), Vec::new());
    for _ in 0..arguments.rounds.max(1) {
        control.push(beside(target, well, rate, seconds).await);
        trouble.push(beside(target, ILL, rate, seconds).await);
    }
    let figures = NeighbourFigures {
        rate,
        seconds,
        control,
        trouble,
    };
    Report::new("webhooks --neighbours", Figures::Neighbours(figures))
}

/// Eight endpoints that are well beside two that are like this.
async fn beside(target: &TargetArguments, two: [Manner; 2], rate: u32, seconds: u64) -> NeighbourRun {
    let mut endpoints = Vec::new();
    for number in 0..SIDE_BY_SIDE {
        let well = Manner::After(Duration::ZERO);
        endpoints.push(Endpoint::start(two.get(number).copied().unwrap_or(well)).await);
    }
    let target = Target::own_with(target, &[PRIVATE, QUIET]).await;
    for endpoint in &endpoints {
        let wanted = json!({ "url": endpoint.url(), "events": [EVENT] });
        let made = target.manage(Method::POST, "/webhooks", &wanted).await;
        made.expect(201);
    }
    let (others, well) = endpoints.split_at(two.len());
    let dialogs = dialogs(&target, NEIGHBOURS_DIALOGS).await;
    // The first run opens connections and fills what is shared; by then it shows, too, who is ill.
    talk(&target, &dialogs, well, rate, WARM_SECONDS).await;
    let ledger = talk(&target, &dialogs, well, rate, seconds).await;
    assert!(
        others.iter().all(|endpoint| endpoint.requests() > 0),
        "an endpoint was never asked, so it can not have been in the way"
    );
    let expected = ledger.accepted() * well.len() as u64;
    NeighbourRun {
        delivery: ledger.delivery_latency(),
        send: ledger.answer_latency(),
        clean: ledger.refused() == 0 && ledger.delivered() == expected,
    }
}

/// Messages at this rate, until these endpoints were told of all of them.
async fn talk(
    target: &Target,
    dialogs: &[Dialog],
    endpoints: &[Endpoint],
    rate: u32,
    seconds: u64,
) -> Arc<Ledger> {
    let ledger = Arc::new(Ledger::new(Some(rate), seconds));
    for endpoint in endpoints {
        endpoint.notes_in(&ledger);
    }
    ledger.start_clock();
    let plan = plan(NEIGHBOURS_DIALOGS, rate, seconds);
    flow::send(target, &plan, dialogs, &ledger).await;
    are_delivered(&ledger, ledger.accepted() * endpoints.len() as u64).await;
    ledger
}

/// So many dialogs in which one of two sends.
async fn dialogs(target: &Target, count: usize) -> Vec<Dialog> {
    let mut dialogs = target.dialogs(count, 2).await;
    for dialog in &mut dialogs {
        dialog.tokens.truncate(1);
    }
    dialogs
}

fn plan(dialogs: usize, rate: u32, seconds: u64) -> Plan {
    Plan {
        scenario: "webhooks",
        dialogs,
        members: 1,
        silent: 1,
        rate: Some(rate),
        seconds,
        connections: 32,
    }
}

/// Wait until so much was heard of; not for ever, because what is missing is seen in the figures.
async fn are_delivered(ledger: &Ledger, expected: u64) {
    let deadline = Instant::now() + ARRIVAL;
    while ledger.delivered() < expected && Instant::now() < deadline {
        sleep(Duration::from_millis(1)).await;
    }
}

impl WebhookFigures {
    pub(crate) fn is_clean(&self) -> bool {
        let clean = |round: &WebhookRound| round.refused == 0 && round.told == round.accepted;
        self.rounds.iter().all(clean)
    }
}

impl NeighbourFigures {
    pub(crate) fn is_clean(&self) -> bool {
        self.control.iter().chain(&self.trouble).all(|run| run.clean)
    }
}

impl fmt::Display for WebhookFigures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            concurrency,
            answer_ms,
            rounds,
        } = self;
        writeln!(
            f,
            "  one endpoint that answers after {answer_ms} ms, {concurrency} requests at once, rounds: {}",
            rounds.len()
        )?;
        for round in rounds {
            let WebhookRound {
                accepted,
                told,
                backlog,
                per_second,
                ..
            } = round;
            write!(
                f,
                "  {told} of {accepted} told of, the last {backlog} at {per_second:.0}/s"
            )?;
            cpu(f, round.cpu, "delivery")?;
            writeln!(f)?;
        }
        let worker = rounds.iter().filter_map(|round| round.cpu.map(|cpu| cpu.worker));
        let lines = [
            Line {
                what: "deliveries of one worker",
                goal: Goal::AtLeast(LEAST_A_SECOND),
                measured: median(rounds.iter().map(|round| round.per_second)),
                unit: "/s",
            },
            Line {
                what: "processor time of the worker for a delivery",
                goal: Goal::None,
                measured: median(worker),
                unit: "µs",
            },
        ];
        table::write(f, &lines)
    }
}

impl fmt::Display for NeighbourFigures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            rate,
            seconds,
            control,
            trouble,
        } = self;
        writeln!(
            f,
            "  {rate} messages/s for {seconds} s to {SIDE_BY_SIDE} endpoints, of which in trouble one never answers and one answers 500"
        )?;
        for (control, trouble) in control.iter().zip(trouble) {
            writeln!(f, "  control  delivery  {}", control.delivery)?;
            writeln!(f, "           send      {}", control.send)?;
            writeln!(f, "  trouble  delivery  {}", trouble.delivery)?;
            writeln!(f, "           send      {}", trouble.send)?;
        }
        let delivery = |runs: &[NeighbourRun]| median(runs.iter().map(|run| run.delivery.p99));
        let send = |runs: &[NeighbourRun]| median(runs.iter().map(|run| run.send.p99));
        let against = |what, measured| Line {
            what,
            goal: Goal::AtMost(MOST_TIMES_THE_CONTROL),
            measured,
            unit: "×",
        };
        let lines = [
            told("p99 of deliveries, all well", delivery(control)),
            told("p99 of deliveries to the others, two ill", delivery(trouble)),
            against(
                "p99 of deliveries against control",
                delivery(trouble) / delivery(control),
            ),
            told("p99 of sends, all well", send(control)),
            told("p99 of sends, two ill", send(trouble)),
            against("p99 of sends against control", send(trouble) / send(control)),
        ];
        table::write(f, &lines)
    }
}

fn told(what: &'static str, measured: f64) -> Line {
    Line {
        what,
        goal: Goal::None,
        measured,
        unit: "ms",
    }
}
