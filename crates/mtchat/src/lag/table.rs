use std::fmt::Write as _;

use super::{
    Limits,
    report::{Job, Reader, Report, Shard, seconds_since, short},
};

/// Whether there is somebody with a terminal: then what is wrong is red.
#[derive(Debug, Clone, Copy)]
pub(super) struct Paint(pub(super) bool);

impl Paint {
    fn red(self, line: &str) -> String {
        self.with("31", line)
    }

    fn bold(self, line: &str) -> String {
        self.with("1", line)
    }

    fn with(self, code: &str, line: &str) -> String {
        if self.0 {
            format!("\u{1b}[{code}m{line}\u{1b}[0m")
        } else {
            line.to_owned()
        }
    }
}

const COLUMNS: [&str; 7] = ["reader", "position", "behind", "age", "pending", "dead", ""];

/// For people.
pub(super) fn table(report: &Report, limits: Limits, paint: Paint) -> String {
    let mut text = String::new();
    for shard in &report.shards {
        write_shard(&mut text, shard, limits, paint);
    }
    if !report.jobs.is_empty() {
        let _ = writeln!(text, "\n{}", paint.bold("jobs"));
    }
    for job in &report.jobs {
        let _ = writeln!(text, "{}", job_line(job));
    }
    text
}

fn write_shard(text: &mut String, shard: &Shard, limits: Limits, paint: Paint) {
    let log = &shard.log;
    let title = format!(
        "shard {}   log {} to {}   {} of {} ({:.1} %)   epoch {}",
        shard.shard,
        log.first_seq,
        log.last_seq,
        size(log.bytes),
        size(log.most_bytes),
        log.used_percent,
        log.epoch
    );
    let _ = writeln!(text, "{}\n", paint.bold(&title));
    let rows: Vec<[String; 7]> = shard.readers.iter().map(|reader| cells(reader, shard)).collect();
    let widths: Vec<usize> = (0..COLUMNS.len())
        .map(|column| {
            let cells = rows.iter().map(|row| row[column].chars().count());
            cells.max().unwrap_or(0).max(COLUMNS[column].chars().count())
        })
        .collect();
    let _ = writeln!(
        text,
        "{}",
        paint.bold(&line(&COLUMNS.map(str::to_owned), &widths))
    );
    for (reader, row) in shard.readers.iter().zip(&rows) {
        let line = line(row, &widths);
        let line = if reader.is_too_far(limits) {
            paint.red(&line)
        } else {
            line
        };
        let _ = writeln!(text, "{line}");
    }
    let timers = &shard.timers;
    let oldest = timers
        .oldest
        .map(|at| format!(", the oldest {} ago", age(seconds_since(at))));
    let _ = writeln!(
        text,
        "\ntimers    {} set{}",
        timers.pending,
        oldest.unwrap_or_default()
    );
}

fn cells(reader: &Reader, shard: &Shard) -> [String; 7] {
    let or_nothing = |number: Option<u64>| number.map_or_else(String::new, |number| number.to_string());
    // What the projector sets aside is of the whole log.
    let dead = reader
        .dead
        .or_else(|| (reader.reader == "projector").then_some(shard.dead_letters));
    [
        reader.reader.clone(),
        reader.position.to_string(),
        reader.behind.to_string(),
        reader.age_secs.map_or_else(|| "-".to_owned(), age),
        or_nothing(reader.pending),
        or_nothing(dead),
        reader.state.clone().unwrap_or_default(),
    ]
}

/// The first and the last column stand left, numbers right.
fn line(cells: &[String; 7], widths: &[usize]) -> String {
    let mut line = String::new();
    for (column, (cell, &width)) in cells.iter().zip(widths).enumerate() {
        let _ = match column {
            0 => write!(line, "{cell:<width$}"),
            6 => write!(line, "  {cell}"),
            _ => write!(line, "  {cell:>width$}"),
        };
    }
    line.trim_end().to_owned()
}

fn job_line(job: &Job) -> String {
    let outcome = job.outcome.as_deref().unwrap_or("under way");
    let planned = short(job.scheduled_at);
    format!("{}  {outcome}, planned for {planned}, {} done", job.job, job.done)
}

/// With the two largest units that it has.
fn age(seconds: f64) -> String {
    // Ages are not negative, and nobody is a million years behind.
    let whole = seconds as u64;
    match whole {
        0..=59 => format!("{whole}s"),
        60..=3_599 => format!("{}m{:02}s", whole / 60, whole % 60),
        3_600..=86_399 => format!("{}h{:02}m", whole / 3_600, whole % 3_600 / 60),
        _ => format!("{}d{:02}h", whole / 86_400, whole % 86_400 / 3_600),
    }
}

fn size(bytes: u64) -> String {
    let mut size = bytes as f64;
    for unit in ["B", "KiB", "MiB", "GiB"] {
        if size < 1_024.0 {
            return format!("{size:.1} {unit}");
        }
        size /= 1_024.0;
    }
    format!("{size:.1} TiB")
}

#[cfg(test)]
mod tests {
    use mtchat_protocol::{ShardId, Timestamp};

    use super::*;
    use crate::lag::report::{Log, Timers};

    fn report() -> Report {
        let mut endpoint = Reader::new("webhooks default/configured".to_owned(), 4_699, 4_711, None);
        endpoint.age_secs = Some(41.4);
        endpoint.pending = Some(3);
        endpoint.dead = Some(1);
        endpoint.state = Some("failing since 2026-01-02T03:04:05Z".to_owned());
        Report {
            at: Timestamp::from_micros(0),
            shards: vec![Shard {
                shard: ShardId(0),
                log: Log {
                    epoch: "1-3fa9c2d1".to_owned(),
                    first_seq: 1,
                    last_seq: 4_711,
                    bytes: 12_900_000,
                    most_bytes: 8 << 30,
                    used_percent: 0.3,
                },
                readers: vec![Reader::new("projector".to_owned(), 4_711, 4_711, None), endpoint],
                dead_letters: 2,
                timers: Timers {
                    pending: 3,
                    oldest: None,
                },
            }],
            jobs: vec![Job {
                job: "archiver".to_owned(),
                scheduled_at: Timestamp::from_micros(0),
                began_at: Timestamp::from_micros(0),
                finished_at: None,
                outcome: Some("done".to_owned()),
                done: 12,
            }],
        }
    }

    #[test]
    fn the_table_says_who_is_how_far() {
        let expected = "\
shard 0   log 1 to 4711   12.3 MiB of 8.0 GiB (0.3 %)   epoch 1-3fa9c2d1

reader                       position  behind  age  pending  dead
projector                        4711       0    -              2
webhooks default/configured      4699      12  41s        3     1  failing since 2026-01-02T03:04:05Z

timers    3 set

jobs
archiver  done, planned for 1970-01-01T00:00:00Z, 12 done
";
        let said = table(&report(), Limits::default(), Paint(false));
        assert_eq!(said, expected);
    }

    #[test]
    fn on_a_terminal_whoever_is_too_far_is_red() {
        let limits = Limits {
            behind: Some(10),
            age: None,
        };
        let said = table(&report(), limits, Paint(true));
        let red: Vec<&str> = said.lines().filter(|line| line.contains("\u{1b}[31m")).collect();
        assert_eq!(red.len(), 1);
        assert!(red[0].contains("configured"), "{red:?}");
    }

    #[test]
    fn ages_have_two_units() {
        assert_eq!(
            [0.4, 61.0, 7_500.0, 100_000.0].map(age),
            ["0s", "1m01s", "2h05m", "1d03h"]
        );
    }
}
