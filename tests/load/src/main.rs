//! `mtchat-load`: how fast a system is, seen from outside.
//!
//! Open loop: messages are sent when they are due, whatever the system does, and latencies count from the moment they were due.
//! Without `--url` it starts a system of its own, as in earnest (a database that survives a power cut, one edge, one worker), with the
//! `mtchat` program next to itself.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a measurement that went wrong is worth nothing: it ends"
)]

mod bench;
mod client;
mod connection;
mod endpoint;
mod flow;
mod frame;
mod herd;
mod ledger;
mod machine;
mod notifications;
mod reads;
mod report;
mod roll;
mod slow;
#[cfg(test)]
mod smoke;
mod sockets;
mod table;
mod target;
mod webhooks;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use flow::Plan;
use mtchat_tests::Seed;
use notifications::NotificationArguments;
use report::Report;
use roll::RollArguments;
use target::Target;
use webhooks::WebhookArguments;

/// Measures a running MTChat, or one that it starts itself.
#[derive(Debug, Parser)]
#[command(version)]
struct Cli {
    #[command(flatten)]
    target: TargetArguments,
    /// Adds one line of JSON for each measurement to this file.
    #[arg(long, global = true)]
    json: Option<PathBuf>,
    #[command(subcommand)]
    scenario: Scenario,
}

/// What is measured.
#[derive(Debug, Clone, Args)]
pub(crate) struct TargetArguments {
    /// An edge that runs already: `http://host:port`. Its processor time and what it stored can not be seen from here.
    #[arg(long, global = true)]
    url: Option<String>,
    /// The secret that signs its tokens.
    #[arg(
        long,
        global = true,
        env = "JWT_SECRET",
        hide_env_values = true,
        requires = "url"
    )]
    jwt_secret: Option<String>,
    /// The token of its Management API.
    #[arg(
        long,
        global = true,
        env = "ADMIN_API_TOKEN",
        hide_env_values = true,
        requires = "url"
    )]
    admin_token: Option<String>,
}

#[derive(Debug, Subcommand)]
enum Scenario {
    /// A short version of everything, with a table.
    Bench {
        /// Rounds of the main figures; the median counts.
        #[arg(long, default_value_t = 3)]
        rounds: usize,
        /// Seconds of each round.
        #[arg(long, default_value_t = 10)]
        seconds: u64,
    },
    /// Delivery latency at every other member's socket, at a steady rate.
    Fanout(FlowArguments),
    /// All sockets reconnect at once and resume.
    Herd {
        /// How many sockets.
        #[arg(long, default_value_t = 2_000)]
        sockets: usize,
        /// Members of each dialog.
        #[arg(long, default_value_t = 10)]
        members: usize,
        /// Messages that each missed meanwhile.
        #[arg(long, default_value_t = 5)]
        missed: usize,
    },
    /// One dialog, many concurrent senders.
    Hot {
        /// How many send at the same time.
        #[arg(long, default_value_t = 16)]
        senders: usize,
        /// For how long.
        #[arg(long, default_value_t = 10)]
        seconds: u64,
    },
    /// Users who have not read, when the timers of many dialogs go off together; only of a system of its own.
    Notifications(NotificationArguments),
    /// Reads over a large history, one after the other; only of a system of its own, which is seeded first.
    Reads {
        /// How many dialogs the app has.
        #[arg(long, default_value_t = 10_000)]
        dialogs: i32,
        /// How many messages they hold together.
        #[arg(long, default_value_t = 1_000_000)]
        messages: i32,
        /// How often each is read.
        #[arg(long, default_value_t = 1_000)]
        rounds: usize,
    },
    /// Every edge and every worker is replaced while clients talk; only of a system of its own.
    Roll(RollArguments),
    /// Messages into many dialogs, as many as possible or at a rate.
    Send(FlowArguments),
    /// Sockets that stop reading beside others that read.
    Slow {
        /// How many for each of the dialogs.
        #[arg(long, default_value_t = 3)]
        stalled: usize,
        /// Seconds of each of the two runs.
        #[arg(long, default_value_t = 10)]
        seconds: u64,
    },
    /// Idle authenticated sockets and the memory of each.
    Sockets {
        /// How many.
        #[arg(long, default_value_t = 5_000)]
        count: usize,
    },
    /// Deliveries to hosts' endpoints; only of a system of its own.
    Webhooks(WebhookArguments),
}

#[derive(Debug, Args)]
struct FlowArguments {
    /// How many dialogs.
    #[arg(long, default_value_t = 100)]
    dialogs: usize,
    /// Members of each dialog, all of them connected.
    #[arg(long, default_value_t = 3)]
    members: usize,
    /// Further members of each, who are not connected.
    #[arg(long, default_value_t = 0)]
    silent: usize,
    /// Messages a second; without it as many as are taken.
    #[arg(long)]
    rate: Option<u32>,
    /// For how long.
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// HTTP connections that are kept open.
    #[arg(long, default_value_t = 32)]
    connections: usize,
}

impl FlowArguments {
    fn plan(&self, scenario: &'static str) -> Plan {
        Plan {
            scenario,
            dialogs: self.dialogs,
            members: self.members,
            silent: self.silent,
            rate: self.rate,
            seconds: self.seconds,
            connections: self.connections,
        }
    }
}

#[tokio::main]
async fn main() {
    let cli = Cli::parse();
    machine::raise_open_files();
    let target = || Target::start(&cli.target);
    let report: Report = match &cli.scenario {
        Scenario::Bench { rounds, seconds } => {
            bench::run(&cli.target, cli.json.as_deref(), *rounds, *seconds).await;
            return;
        }
        Scenario::Fanout(arguments) => {
            let plan = arguments.plan("fanout");
            let steady = Plan {
                rate: plan.rate.or(Some(1_000)),
                ..plan
            };
            flow::run(&target().await, &steady).await
        }
        Scenario::Herd {
            sockets,
            members,
            missed,
        } => herd::run(&target().await, *sockets, *members, *missed).await,
        Scenario::Hot { senders, seconds } => {
            flow::run(&target().await, &Plan::hot(*senders, *seconds)).await
        }
        Scenario::Notifications(arguments) => notifications::run(&cli.target, arguments).await,
        Scenario::Reads {
            dialogs,
            messages,
            rounds,
        } => {
            let seed = Seed {
                dialogs: *dialogs,
                messages: *messages,
                read: *dialogs / 10,
                largest: *messages / 10,
            };
            reads::run(&target().await, seed, *rounds).await
        }
        Scenario::Roll(arguments) => roll::run(&cli.target, arguments).await,
        Scenario::Send(arguments) => flow::run(&target().await, &arguments.plan("send")).await,
        Scenario::Slow { stalled, seconds } => slow::run(&target().await, *stalled, *seconds).await,
        Scenario::Sockets { count } => sockets::run(&target().await, *count).await,
        Scenario::Webhooks(arguments) if arguments.neighbours => {
            webhooks::neighbours(&cli.target, arguments).await
        }
        Scenario::Webhooks(arguments) => webhooks::run(&cli.target, arguments).await,
    };
    println!("{report}");
    report.append_to(cli.json.as_deref());
    assert!(report.is_clean(), "something was lost, doubled or refused");
}
