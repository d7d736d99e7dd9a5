//! What processes use, read from `/proc`.

use std::{collections::HashMap, fs, time::Duration};

/// The unit of `/proc/<pid>/stat`: `USER_HZ`, which Linux fixes for programs at 100 on every machine we know.
const TICKS_PER_SECOND: f64 = 100.0;

/// Processor time of a process with all its children, so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Usage {
    /// Time on a processor, in the program and in the kernel.
    pub cpu: Duration,
}

impl Usage {
    /// Of this process, its living descendants, and those it has waited for.
    pub fn of_tree(root: u32) -> Self {
        let stats = all_stats();
        let mut ticks = 0;
        let mut open = vec![root];
        while let Some(pid) = open.pop() {
            ticks += stats.get(&pid).map_or(0, |stat| stat.ticks);
            open.extend(
                stats
                    .iter()
                    .filter(|(_, stat)| stat.parent == pid)
                    .map(|(child, _)| *child),
            );
        }
        Self {
            cpu: Duration::from_secs_f64(ticks as f64 / TICKS_PER_SECOND),
        }
    }

    /// Of this process alone.
    pub fn of_process(pid: u32) -> Self {
        let ticks = stat(pid).map_or(0, |stat| stat.ticks);
        Self {
            cpu: Duration::from_secs_f64(ticks as f64 / TICKS_PER_SECOND),
        }
    }

    /// What was used since then.
    pub fn since(self, before: Self) -> Duration {
        self.cpu.saturating_sub(before.cpu)
    }
}

/// Memory that a process holds at this moment, in bytes.
pub fn resident_bytes(pid: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kibibytes = line.and_then(|line| line.trim().trim_end_matches("kB").trim().parse::<u64>().ok());
    kibibytes.unwrap_or(0) * 1_024
}

struct Stat {
    parent: u32,
    ticks: u64,
}

fn all_stats() -> HashMap<u32, Stat> {
    let entries = fs::read_dir("/proc").expect("there is /proc").flatten();
    entries
        .filter_map(|entry| {
            let pid = entry.file_name().to_str()?.parse().ok()?;
            Some((pid, stat(pid)?))
        })
        .collect()
}

fn stat(pid: u32) -> Option<Stat> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name, in parentheses, may hold anything; the fields after it are numbered from 3.
    let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
    let number = |field: usize| fields.get(field - 3)?.parse::<u64>().ok();
    // utime and stime, and those of children that have ended.
    let ticks = (14..=17).filter_map(number).sum();
    Some(Stat {
        parent: u32::try_from(number(4)?).ok()?,
        ticks,
    })
}
