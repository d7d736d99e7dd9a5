//! `mtchat lag`: how far each reader of the log is, and what waits.

mod report;
mod table;

use std::{
    io::{self, IsTerminal, Write},
    path::PathBuf,
    process::ExitCode,
    time::Duration,
};

use clap::Args;

use self::{report::Report, table::Paint};
use crate::{Failure, duration, operate::Deployment, settings::Sources};

/// Begins the terminal's page anew.
const CLEAR: &str = "\u{1b}[H\u{1b}[2J";

/// What `mtchat lag` is asked for.
#[derive(Debug, Clone, Args)]
pub struct LagArguments {
    /// Look at the servers of a running `mtchat up` with this data directory
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// As JSON, one line a look
    #[arg(long)]
    json: bool,
    /// Look again and again, every so often (--watch=5s; every 2 s without a time)
    #[arg(
        long,
        value_name = "DURATION",
        value_parser = duration::parse,
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "2s"
    )]
    watch: Option<Duration>,
    /// End with exit code 1 when a reader is more entries behind than this
    #[arg(long, value_name = "ENTRIES", conflicts_with = "watch")]
    fail_behind: Option<u64>,
    /// End with exit code 1 when something waits for a reader for longer than this
    #[arg(long, value_name = "DURATION", value_parser = duration::parse, conflicts_with = "watch")]
    fail_age: Option<Duration>,
}

/// From when on a reader is too far behind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Limits {
    behind: Option<u64>,
    age: Option<Duration>,
}

pub(crate) async fn lag(arguments: &LagArguments, sources: Sources) -> Result<ExitCode, Failure> {
    let deployment = Deployment::open(arguments.data.as_deref(), sources).await?;
    let done = look(arguments, &deployment).await;
    deployment.storage.close().await;
    done
}

async fn look(arguments: &LagArguments, deployment: &Deployment) -> Result<ExitCode, Failure> {
    let limits = Limits {
        behind: arguments.fail_behind,
        age: arguments.fail_age,
    };
    let on_terminal = io::stdout().is_terminal();
    loop {
        let report = Report::of(deployment).await?;
        let said = if arguments.json {
            format!("{}\n", report.to_json())
        } else {
            let clear = if arguments.watch.is_some() && on_terminal {
                CLEAR
            } else {
                ""
            };
            format!("{clear}{}", table::table(&report, limits, Paint(on_terminal)))
        };
        // Nobody listens any more: that is an end like any other.
        if io::stdout().write_all(said.as_bytes()).is_err() {
            return Ok(ExitCode::SUCCESS);
        }
        let Some(pause) = arguments.watch else {
            return Ok(if report.is_within(limits) {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            });
        };
        tokio::time::sleep(pause).await;
    }
}
