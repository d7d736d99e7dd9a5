//! What the server is started with.

use std::path::Path;
use std::process::Command;

use crate::embedded::binary::PostgresBinaries;

/// For every start: loopback only, UTC, and no statement or value of a user in the log.
const ALWAYS: &[&str] = &[
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "max_connections=100",
    "max_wal_size=1GB",
    "wal_compression=on",
    "synchronous_commit=on",
    "jit=off",
    "timezone=UTC",
    "log_timezone=UTC",
    "log_line_prefix=%m [%p] ",
    "log_error_verbosity=terse",
    "log_min_error_statement=panic",
];

/// Nothing is forced to the disk: quick, and safe against everything but a crash of the machine.
const NOT_DURABLE: &[&str] = &["fsync=off", "full_page_writes=off"];

/// Buffers that are enough for tests, in MiB, and the most that are taken of a machine.
const BUFFERS: (u64, u64) = (128, 1_024);

/// A sixteenth of the machine's memory: what is not used costs nothing, and the system's own cache holds the rest.
fn buffers(durable: bool) -> u64 {
    let (least, most) = BUFFERS;
    if !durable {
        return least;
    }
    let memory = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let total = memory.lines().find_map(|line| line.strip_prefix("MemTotal:"));
    let kibibytes = total.and_then(|total| total.trim().trim_end_matches(" kB").trim().parse::<u64>().ok());
    kibibytes.map_or(least, |kibibytes| (kibibytes / 1_024 / 16).clamp(least, most))
}

/// The server's command. Settings are given here rather than in a file, so that old data gets new ones.
pub(super) fn server(binaries: &PostgresBinaries, data: &Path, port: u16, durable: bool) -> Command {
    let mut command = clean(binaries, "postgres");
    command.arg("-D").arg(data).arg("-c").arg(format!("port={port}"));
    command
        .arg("-c")
        .arg(format!("shared_buffers={}MB", buffers(durable)));
    for setting in ALWAYS.iter().chain(if durable { &[] } else { NOT_DURABLE }) {
        command.arg("-c").arg(setting);
    }
    command
}

/// A program of Postgres without what the environment would tell it.
pub(super) fn clean(binaries: &PostgresBinaries, program: &str) -> Command {
    let mut command = Command::new(binaries.program(program));
    // A message's language and a clock's zone are not for the user's shell to decide.
    command.env("LC_ALL", "C").env("TZ", "UTC");
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(|name| name.starts_with("PG")) {
            command.env_remove(name);
        }
    }
    command
}
