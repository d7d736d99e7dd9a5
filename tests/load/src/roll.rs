//! A deploy under load: see [`mtchat_tests::Rolling`].

use std::time::Duration;

use clap::Args;
use mtchat_tests::Rolling;

use crate::{
    TargetArguments,
    report::{Figures, Report},
};

#[derive(Debug, Args)]
pub(crate) struct RollArguments {
    /// How many clients, each with a socket.
    #[arg(long, default_value_t = 2_000)]
    sockets: usize,
    /// Members of each dialog.
    #[arg(long, default_value_t = 5)]
    members: usize,
    /// Messages a second.
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..))]
    rate: u32,
    /// Seconds of traffic before the first process is stopped, and after the last one is back.
    #[arg(long, default_value_t = 10)]
    steady: u64,
    /// Handshakes that an edge takes in a second.
    #[arg(long, default_value_t = 400)]
    admission: u32,
}

pub(crate) async fn run(target: &TargetArguments, arguments: &RollArguments) -> Report {
    assert!(
        target.url.is_none(),
        "this needs a system of its own: leave --url out"
    );
    let rolling = Rolling {
        dialogs: arguments.sockets.div_ceil(arguments.members),
        members: arguments.members,
        rate: arguments.rate,
        steady: Duration::from_secs(arguments.steady),
        admission: arguments.admission,
    };
    let system = rolling.system().durable().start().await;
    Report::new("roll", Figures::Rolled(Box::new(rolling.run(&system).await)))
}
