use std::{
    io::{self, Write},
    path::Path,
};

use tokio::time::Instant;

/// What the person at the terminal sees while things start and stop.
#[derive(Clone, Copy)]
pub(super) struct Progress {
    began: Instant,
}

impl Progress {
    pub(super) fn start(data: &Path) -> Self {
        let progress = Self {
            began: Instant::now(),
        };
        progress.say(&format!(
            "MTChat {}, data in {}",
            env!("CARGO_PKG_VERSION"),
            data.display()
        ));
        progress
    }

    /// Something is ready since now, having begun then.
    pub(super) fn done(&self, what: &str, began: Instant, how: &str) {
        self.say(&format!(
            "  {what:<16} ready in {:.1} s  ({how})",
            began.elapsed().as_secs_f64()
        ));
    }

    pub(super) fn seconds(&self) -> f64 {
        self.began.elapsed().as_secs_f64()
    }

    pub(super) fn say(&self, line: &str) {
        let mut out = io::stdout().lock();
        // Nobody may be reading; that is no reason to stop a server.
        let _ = writeln!(out, "{line}").and_then(|()| out.flush());
    }
}
