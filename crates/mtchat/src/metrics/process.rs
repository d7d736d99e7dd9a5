//! What the kernel knows of this process, read when somebody asks, under the names that all programs use.

use std::{fmt::Write as _, fs};

use nix::sys::resource::{Resource, getrlimit};

use super::catalogue;

/// In how many parts of a second the kernel counts time for programs, on every Linux.
const TICKS: f64 = 100.0;

/// As lines for Prometheus; what the kernel does not tell is left out.
pub(crate) fn render() -> String {
    let mut text = String::new();
    for metric in catalogue().filter(|metric| metric.is_told_apart()) {
        if let Some(value) = read(metric.name) {
            let (name, help, kind) = (metric.name, metric.help, metric.kind.as_str());
            // Writing to a string can not fail.
            let _ = writeln!(
                text,
                "# HELP {name} {help}\n# TYPE {name} {kind}\n{name} {value}\n"
            );
        }
    }
    text
}

fn read(name: &str) -> Option<f64> {
    match name {
        "process_cpu_seconds_total" => Some((stat(11)? + stat(12)?) / TICKS),
        "process_max_fds" => getrlimit(Resource::RLIMIT_NOFILE)
            .ok()
            .map(|(soft, _)| count(soft)),
        "process_open_fds" => Some(count(fs::read_dir("/proc/self/fd").ok()?.count() as u64)),
        "process_resident_memory_bytes" => kibibytes("VmRSS:"),
        "process_start_time_seconds" => Some(booted()? + stat(19)? / TICKS),
        "process_threads" => stat(17),
        "process_virtual_memory_bytes" => kibibytes("VmSize:"),
        _ => None,
    }
}

/// A field of `/proc/self/stat`, counted from behind the program's name, which may hold blanks.
fn stat(index: usize) -> Option<f64> {
    let text = fs::read_to_string("/proc/self/stat").ok()?;
    text.rsplit_once(") ")?.1.split(' ').nth(index)?.parse().ok()
}

fn kibibytes(name: &str) -> Option<f64> {
    let text = fs::read_to_string("/proc/self/status").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    let number: f64 = line.trim().trim_end_matches(" kB").parse().ok()?;
    Some(number * 1_024.0)
}

fn booted() -> Option<f64> {
    let text = fs::read_to_string("/proc/stat").ok()?;
    text.lines()
        .find_map(|line| line.strip_prefix("btime "))?
        .trim()
        .parse()
        .ok()
}

#[allow(clippy::cast_precision_loss, reason = "a gauge is a float")]
fn count(number: u64) -> f64 {
    number as f64
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::time::{SystemTime, UNIX_EPOCH};

    use super::*;

    #[test]
    fn everything_is_told_and_can_be_true() {
        let told: Vec<&str> = catalogue()
            .filter(|metric| metric.is_told_apart())
            .map(|metric| metric.name)
            .collect();
        assert_eq!(told.len(), 7);
        for name in told {
            let value = read(name).unwrap_or_else(|| panic!("{name} is not told"));
            assert!(value >= 0.0, "{name}: {value}");
        }
        assert!(read("process_resident_memory_bytes").unwrap() > 1_000_000.0);
        assert!(read("process_open_fds").unwrap() <= read("process_max_fds").unwrap());
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap()
            .as_secs_f64();
        let age = now - read("process_start_time_seconds").unwrap();
        assert!((-2.0..3_600.0).contains(&age), "begun {age} s ago");
        assert!(render().contains("# TYPE process_cpu_seconds_total counter\nprocess_cpu_seconds_total "));
    }
}
