//! A short version of every measurement, and a table.

use std::path::Path;

use mtchat_tests::Seed;

use crate::{
    TargetArguments,
    flow::{self, FlowFigures, Plan},
    herd, machine,
    reads::{self, ReadFigure},
    report::{Figures, Report, command},
    slow, sockets, table,
    target::Target,
};

/// What is steady: the rate at which latencies are measured.
const STEADY: u32 = 1_000;
const IDLE_SOCKETS: usize = 5_000;
const HERD: usize = 2_000;
const LARGE: Seed = Seed {
    dialogs: 10_000,
    messages: 1_000_000,
    read: 1_000,
    largest: 100_000,
};

struct Row {
    what: &'static str,
    goal: &'static str,
    measured: String,
    reached: Option<bool>,
}

pub(crate) async fn run(arguments: &TargetArguments, json: Option<&Path>, rounds: usize, seconds: u64) {
    println!(
        "{}, load average {} at the start",
        machine::describe(),
        machine::load_average()
    );
    println!(
        "$ {}   (revision {}, medians of {rounds} rounds of {seconds} s)\n",
        command(),
        machine::revision()
    );
    let plan = |scenario, dialogs, members, rate| Plan {
        scenario,
        dialogs,
        members,
        silent: 0,
        rate,
        seconds,
        connections: 32,
    };
    let mut rows = Vec::new();
    let steady = several(arguments, json, rounds, &plan("fanout", 100, 3, Some(STEADY))).await;
    rows.extend(latency_rows(&steady));
    rows.push(told_cpu_row("processor time a message at 1,000/s", &steady));
    let threes = several(arguments, json, rounds, &plan("send", 200, 3, None)).await;
    rows.push(rate_row(
        "most messages/s, dialogs of 3",
        "≥ 4,000",
        4_000.0,
        &threes,
    ));
    rows.push(cpu_row("processor time a message, dialogs of 3", &threes));
    let tens = several(arguments, json, rounds, &plan("send", 100, 10, None)).await;
    rows.push(rate_row(
        "most messages/s, dialogs of 10",
        "≥ 3,000",
        3_000.0,
        &tens,
    ));
    rows.push(cpu_row("processor time a message, dialogs of 10", &tens));
    let hot = several(arguments, json, rounds, &Plan::hot(16, seconds)).await;
    rows.push(rate_row(
        "one dialog, 16 senders, messages/s",
        "≥ 500",
        500.0,
        &hot,
    ));

    let target = Target::start(arguments).await;
    let idle = show(sockets::run(&target, IDLE_SOCKETS).await, json);
    drop(target);
    let target = Target::start(arguments).await;
    let herd = show(herd::run(&target, HERD, 10, 5).await, json);
    drop(target);
    let target = Target::start(arguments).await;
    let slow = show(slow::run(&target, 3, seconds).await, json);
    drop(target);
    rows.extend(socket_rows(&idle, &herd));
    rows.extend(slow_row(&slow));

    let target = Target::start(arguments).await;
    rows.extend(read_rows(&show(reads::run(&target, LARGE, 500).await, json)));
    drop(target);
    let small = several(arguments, json, rounds, &quiet_members(3, seconds)).await;
    let large = several(arguments, json, rounds, &quiet_members(1_000, seconds)).await;
    rows.push(members_row(&small, &large));

    print_table(&rows);
    let all = [&steady, &threes, &tens, &hot].into_iter().flatten();
    let clean = all.chain([&idle, &herd, &slow]).all(Report::is_clean);
    assert!(clean, "something was lost, doubled or refused");
}

/// So many rounds, each on a system of its own.
async fn several(
    arguments: &TargetArguments,
    json: Option<&Path>,
    rounds: usize,
    plan: &Plan,
) -> Vec<Report> {
    let mut reports = Vec::with_capacity(rounds);
    for _ in 0..rounds {
        let target = Target::start(arguments).await;
        reports.push(show(flow::run(&target, plan).await, json));
    }
    reports
}

fn show(report: Report, json: Option<&Path>) -> Report {
    println!("{report}\n");
    report.append_to(json);
    report
}

/// The median of one figure over the rounds.
fn median(reports: &[Report], figure: impl Fn(&FlowFigures) -> f64) -> f64 {
    let figures = reports.iter().filter_map(|report| match &report.figures {
        Figures::Flow(flow) => Some(figure(flow)),
        Figures::Herd(_)
        | Figures::Neighbours(_)
        | Figures::Notifications(_)
        | Figures::Reads(_)
        | Figures::Rolled(_)
        | Figures::Slow(_)
        | Figures::Sockets(_)
        | Figures::Webhooks(_) => None,
    });
    table::median(figures)
}

fn latency_rows(reports: &[Report]) -> [Row; 2] {
    let (p50, p99) = (
        median(reports, |flow| flow.delivery.p50),
        median(reports, |flow| flow.delivery.p99),
    );
    [
        Row {
            what: "send to socket at 1,000/s, p50",
            goal: "≤ 5 ms",
            measured: format!("{p50:.1} ms"),
            reached: Some(p50 <= 5.0),
        },
        Row {
            what: "send to socket at 1,000/s, p99",
            goal: "≤ 30 ms",
            measured: format!("{p99:.1} ms"),
            reached: Some(p99 <= 30.0),
        },
    ]
}

fn rate_row(what: &'static str, goal: &'static str, least: f64, reports: &[Report]) -> Row {
    let rate = median(reports, |flow| flow.per_second);
    let clean = reports.iter().all(Report::is_clean);
    let measured = if clean {
        format!("{rate:.0}")
    } else {
        format!("{rate:.0}, with losses")
    };
    Row {
        what,
        goal,
        measured,
        reached: Some(clean && rate >= least),
    }
}

/// All parts together, the generator aside, at the highest rate.
fn cpu_row(what: &'static str, reports: &[Report]) -> Row {
    let spent = processor_time(reports);
    Row {
        what,
        goal: "≤ 300 µs",
        measured: format!("{spent:.0} µs"),
        reached: Some(spent <= 300.0),
    }
}

/// The same far below the highest rate: there each message wakes every part, which says what idling costs, not what a message
/// costs, so there is no goal for it.
fn told_cpu_row(what: &'static str, reports: &[Report]) -> Row {
    Row {
        what,
        goal: "",
        measured: format!("{:.0} µs", processor_time(reports)),
        reached: None,
    }
}

fn processor_time(reports: &[Report]) -> f64 {
    median(reports, |flow| flow.cpu.map_or(f64::NAN, |cpu| cpu.system))
}

fn socket_rows(idle: &Report, herd: &Report) -> Vec<Row> {
    let mut rows = Vec::new();
    if let Figures::Sockets(idle) = &idle.figures {
        let kibibytes = idle.bytes_each.map_or(f64::NAN, |bytes| bytes / 1_024.0);
        rows.push(Row {
            what: "memory of an idle socket",
            goal: "≤ 8 KiB",
            measured: format!("{kibibytes:.1} KiB"),
            reached: Some(kibibytes <= 8.0),
        });
    }
    if let Figures::Herd(herd) = &herd.figures {
        rows.push(Row {
            what: "2,000 sockets back at once, the last one",
            goal: "≤ 10 s",
            measured: format!("{:.1} s", herd.recovery.max / 1e3),
            reached: Some(herd.recovered == herd.sockets && herd.recovery.max <= 10_000.0),
        });
    }
    rows
}

fn slow_row(slow: &Report) -> Option<Row> {
    let Figures::Slow(slow) = &slow.figures else {
        return None;
    };
    Some(Row {
        what: "p99 beside sockets that do not read",
        goal: "≤ 1.2 ×",
        measured: format!("{:.2} × the control run's", slow.ratio),
        reached: Some(slow.clean && slow.ratio <= 1.2),
    })
}

fn read_rows(report: &Report) -> Vec<Row> {
    let Figures::Reads(reads) = &report.figures else {
        return Vec::new();
    };
    let row = |read: &ReadFigure| Row {
        what: read.what,
        goal: "",
        measured: format!(
            "{:.1} / {:.1} ms, goal {} / {}",
            read.p50, read.p99, read.goal_p50, read.goal_p99
        ),
        reached: Some(read.reached()),
    };
    reads.reads.iter().map(row).collect()
}

/// Messages into dialogs whose members are not connected, but two: what is left is what a message costs for being in the dialog.
fn quiet_members(members: usize, seconds: u64) -> Plan {
    Plan {
        scenario: "members",
        dialogs: 20,
        members: 2,
        silent: members - 2,
        rate: Some(STEADY),
        seconds,
        connections: 32,
    }
}

fn members_row(small: &[Report], large: &[Report]) -> Row {
    let ratio = processor_time(large) / processor_time(small);
    Row {
        what: "processor time, dialogs of 1,000 against 3",
        goal: "≤ 1.2 ×",
        measured: format!("{ratio:.2} ×"),
        reached: Some(ratio <= 1.2),
    }
}

fn print_table(rows: &[Row]) {
    println!("{:<44}{:<12}{:<24}", "", "goal", "measured");
    for Row {
        what,
        goal,
        measured,
        reached,
    } in rows
    {
        let verdict = match reached {
            Some(true) => "reached",
            Some(false) => "MISSED",
            None => "",
        };
        println!("{what:<44}{goal:<12}{measured:<24}{verdict}");
    }
}
