use std::{
    io::{self, IsTerminal, Write},
    time::Duration,
};

use tokio::time::Instant;

/// How often a terminal is written anew, and how often a file gets a line.
const ON_A_TERMINAL: Duration = Duration::from_millis(200);
const IN_A_FILE: Duration = Duration::from_secs(10);

/// What the person at the terminal sees meanwhile. Goes to standard error, so that the table stays alone.
pub(super) struct Progress {
    what: &'static str,
    total: u64,
    done: u64,
    began: Instant,
    said: Instant,
    terminal: bool,
}

impl Progress {
    pub(super) fn new(what: &'static str, total: u64) -> Self {
        let now = Instant::now();
        Self {
            what,
            total,
            done: 0,
            began: now,
            said: now,
            terminal: io::stderr().is_terminal(),
        }
    }

    pub(super) fn more(&mut self, done: u64) {
        self.done += done;
        let pause = if self.terminal { ON_A_TERMINAL } else { IN_A_FILE };
        if self.said.elapsed() >= pause {
            self.said = Instant::now();
            self.say(if self.terminal { "" } else { "\n" });
        }
    }

    pub(super) fn end(&self) {
        self.say("\n");
    }

    fn say(&self, end: &str) {
        let line = line(self.what, self.done, self.total, self.began.elapsed());
        let start = if self.terminal { "\r\u{1b}[K" } else { "" };
        let mut out = io::stderr().lock();
        // Nobody may be looking; that is no reason to stop.
        let _ = write!(out, "{start}{line}{end}").and_then(|()| out.flush());
    }
}

fn line(what: &str, done: u64, total: u64, took: Duration) -> String {
    let seconds = took.as_secs_f64().max(0.001);
    let (rate, share) = (done as f64 / seconds, done as f64 / total.max(1) as f64);
    format!(
        "{what}: {done} of {total} ({:.0} %), {rate:.0} a second, {seconds:.1} s",
        share * 100.0
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_says_how_far_and_how_fast() {
        assert_eq!(
            line("messages", 500, 2_000, Duration::from_secs(2)),
            "messages: 500 of 2000 (25 %), 250 a second, 2.0 s"
        );
        assert_eq!(
            line("messages", 0, 0, Duration::ZERO),
            "messages: 0 of 0 (0 %), 0 a second, 0.0 s"
        );
    }
}
