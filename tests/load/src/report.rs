//! What was measured, for people and as a line of JSON.

use std::{fmt, fs::OpenOptions, io::Write, path::Path};

use mtchat_tests::Rolled;
use serde::Serialize;

use crate::{
    flow::FlowFigures,
    herd::HerdFigures,
    machine,
    notifications::NotificationFigures,
    reads::ReadFigures,
    slow::SlowFigures,
    sockets::SocketFigures,
    target::PerMessage,
    webhooks::{NeighbourFigures, WebhookFigures},
};

/// One measurement.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Report {
    pub(crate) scenario: &'static str,
    machine: String,
    load_average: String,
    revision: String,
    command: String,
    at: u64,
    pub(crate) figures: Figures,
}

#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub(crate) enum Figures {
    Flow(FlowFigures),
    Herd(HerdFigures),
    Neighbours(NeighbourFigures),
    Notifications(NotificationFigures),
    Reads(ReadFigures),
    Rolled(Box<Rolled>),
    Slow(SlowFigures),
    Sockets(SocketFigures),
    Webhooks(WebhookFigures),
}

impl Report {
    pub(crate) fn new(scenario: &'static str, figures: Figures) -> Self {
        Self {
            scenario,
            machine: machine::describe(),
            load_average: machine::load_average(),
            revision: machine::revision(),
            command: command(),
            at: mtchat_tests::token::now(),
            figures,
        }
    }

    /// Nothing was lost, doubled or refused.
    pub(crate) fn is_clean(&self) -> bool {
        match &self.figures {
            Figures::Flow(flow) => flow.is_clean(),
            Figures::Herd(herd) => herd.recovered == herd.sockets,
            Figures::Neighbours(neighbours) => neighbours.is_clean(),
            Figures::Notifications(notifications) => notifications.is_clean(),
            Figures::Reads(_) => true,
            Figures::Rolled(rolled) => rolled.broken().is_empty(),
            Figures::Slow(slow) => slow.clean,
            Figures::Sockets(sockets) => sockets.refused == 0,
            Figures::Webhooks(webhooks) => webhooks.is_clean(),
        }
    }

    /// Add it to a file, as one line.
    pub(crate) fn append_to(&self, path: Option<&Path>) {
        let Some(path) = path else { return };
        let line = serde_json::to_string(self).expect("a report is JSON");
        let mut file = OpenOptions::new()
            .create(true)
            .append(true)
            .open(path)
            .expect("the file can be written");
        writeln!(file, "{line}").expect("the file can be written");
    }
}

/// How this was started, without secrets: those come in options that are left out.
pub(crate) fn command() -> String {
    let arguments = std::env::args().skip(1).collect::<Vec<_>>();
    let mut shown = vec!["mtchat-load".to_owned()];
    let mut secret = false;
    for argument in arguments {
        let begins = argument.starts_with("--jwt-secret") || argument.starts_with("--admin-token");
        if !secret && !begins {
            shown.push(argument.clone());
        }
        secret = begins && !argument.contains('=');
    }
    shown.join(" ")
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            scenario,
            machine,
            load_average,
            ..
        } = self;
        writeln!(f, "{scenario}: {machine}, load average {load_average}")?;
        match &self.figures {
            Figures::Flow(flow) => flow.fmt(f),
            Figures::Herd(herd) => herd.fmt(f),
            Figures::Neighbours(neighbours) => neighbours.fmt(f),
            Figures::Notifications(notifications) => notifications.fmt(f),
            Figures::Reads(reads) => reads.fmt(f),
            Figures::Rolled(rolled) => rolled.fmt(f),
            Figures::Slow(slow) => slow.fmt(f),
            Figures::Sockets(sockets) => sockets.fmt(f),
            Figures::Webhooks(webhooks) => webhooks.fmt(f),
        }
    }
}

impl fmt::Display for FlowFigures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            accepted,
            refused,
            expected,
            delivered,
            disorder,
            per_second,
            settled_after,
            ..
        } = self;
        let plan = &self.plan;
        let rate = plan
            .rate
            .map_or("as many as possible".to_owned(), |rate| format!("{rate}/s"));
        writeln!(
            f,
            "  {} dialogs of {}, {rate}, {} s",
            plan.dialogs, plan.members, plan.seconds
        )?;
        let stored = self.stored.map_or("?".to_owned(), |stored| stored.to_string());
        writeln!(
            f,
            "  accepted {accepted}, stored {stored}, delivered {delivered} of {expected}"
        )?;
        writeln!(f, "  refused {refused}, out of order or twice {disorder}")?;
        writeln!(
            f,
            "  {per_second:.0} messages/s, the last one settled after {settled_after:.0} ms"
        )?;
        writeln!(f, "  answer    {}", self.answer)?;
        write!(f, "  delivery  {}", self.delivery)?;
        cpu(f, self.cpu, "message")
    }
}

impl fmt::Display for HerdFigures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            sockets,
            missed_each,
            recovered,
            refusals,
            recovery,
            ..
        } = self;
        writeln!(
            f,
            "  {sockets} sockets back at once, {missed_each} messages missed by each"
        )?;
        writeln!(
            f,
            "  {recovered} recovered completely, {refusals} times asked to come later"
        )?;
        write!(f, "  recovery  {recovery}")?;
        cpu(f, self.cpu, "socket")
    }
}

impl fmt::Display for SlowFigures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            stalled,
            reading,
            rate,
            control,
            beside,
            ratio,
            ..
        } = self;
        writeln!(
            f,
            "  {rate} messages/s, {reading} sockets that read beside {stalled} that do not"
        )?;
        writeln!(f, "  delivery without them  {control}")?;
        writeln!(f, "  delivery beside them   {beside}")?;
        write!(f, "  p99 {ratio:.2} times that of the control run")?;
        match self.memory {
            Some(bytes) => write!(f, "; the edge grew by {} KiB", bytes / 1_024),
            None => Ok(()),
        }
    }
}

impl fmt::Display for SocketFigures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            sockets,
            refused,
            seconds,
            ..
        } = self;
        write!(f, "  {sockets} sockets open in {seconds:.1} s, {refused} refused")?;
        match self.bytes_each {
            Some(bytes) => write!(f, "\n  {:.1} KiB of the edge's memory each", bytes / 1_024.0),
            None => Ok(()),
        }
    }
}

/// What one message, socket or whatever it is has cost, on a line of its own; nothing where that can not be seen.
pub(crate) fn cpu(f: &mut fmt::Formatter<'_>, cpu: Option<PerMessage>, of: &str) -> fmt::Result {
    let Some(PerMessage {
        edge,
        worker,
        nats,
        postgres,
        system,
        generator,
    }) = cpu
    else {
        return Ok(());
    };
    write!(
        f,
        "\n  processor {system:.0} µs a {of}: edge {edge:.0}, worker {worker:.0}, NATS {nats:.0}, Postgres {postgres:.0} \
         (and the generator {generator:.0})"
    )
}
