//! What came of a deploy, and what was promised.

use std::fmt;

use serde::Serialize;

use super::Rolling;

/// The longest that a client may be without a connection, in milliseconds.
const LONGEST_GAP: f64 = 5_000.0;

/// What came of it.
#[derive(Debug, Clone, Serialize)]
pub struct Rolled {
    pub(super) plan: Rolling,
    /// Messages that clients sent …
    pub sent: usize,
    /// … and the server accepted.
    pub accepted: usize,
    /// Messages that the database holds.
    pub stored: usize,
    /// Deliveries to a member that did not come to pass.
    pub lost: usize,
    /// … that came twice.
    pub doubled: usize,
    /// … that came before an older one.
    pub disordered: usize,
    /// Messages that a user was told have failed.
    pub failed: usize,
    /// Requests that a client saw fail, though it tried again by itself.
    pub troubled: Vec<String>,
    /// Clients that never had to move, though every edge was stopped.
    pub stayed: usize,
    /// Sockets that were opened in place of another, and given everything that was missed.
    pub recovered: usize,
    /// … whose client had to load instead.
    pub reloads: usize,
    /// Handshakes that were refused or came to nothing.
    pub refused: usize,
    /// The longest that each client was without a connection, in milliseconds: median, 99 of 100, longest.
    pub gaps: [f64; 3],
    /// Handshakes in the fullest second.
    pub handshakes: usize,
    /// Requests that read, a second: before, and in the fullest second while it went on.
    pub reads: [f64; 2],
    /// Delivery to another member, 99 of 100, in milliseconds: before, while it went on, after.
    pub p99: [f64; 3],
    /// The same, the slowest.
    pub slowest: [f64; 3],
    /// What was stopped: its name, how it ended, seconds to its end, seconds until it was ready again.
    pub stops: Vec<Stop>,
}

/// A process that was stopped and started anew.
#[derive(Debug, Clone, Serialize)]
pub struct Stop {
    pub(super) name: String,
    pub(super) clean: bool,
    pub(super) ended_after: f64,
    pub(super) ready_after: f64,
}

impl Rolled {
    /// What was promised and not kept; empty when all is well.
    pub fn broken(&self) -> Vec<String> {
        let mut broken = Vec::new();
        let mut none = |count: usize, what: &str| {
            if count > 0 {
                broken.push(format!("{count} {what}"));
            }
        };
        none(self.sent - self.accepted, "messages were not accepted");
        none(
            self.sent.abs_diff(self.stored),
            "messages are not stored, or twice",
        );
        none(self.lost, "deliveries were lost");
        none(self.doubled, "deliveries came twice");
        none(self.disordered, "deliveries came out of order");
        none(self.failed, "messages failed before a user's eyes");
        none(self.troubled.len(), "requests failed");
        none(self.reloads, "clients lost their place");
        none(
            self.handshakes.saturating_sub(self.plan.admission as usize),
            "handshakes beyond the limit in a second",
        );
        none(
            self.stops.iter().filter(|stop| !stop.clean).count(),
            "processes did not end well",
        );
        none(self.stayed, "clients never resumed");
        if self.gaps[2] > LONGEST_GAP {
            broken.push(format!(
                "a client was without a connection for {:.0} ms",
                self.gaps[2]
            ));
        }
        broken
    }
}

impl fmt::Display for Rolled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Rolling {
            dialogs,
            members,
            rate,
            admission,
            ..
        } = self.plan;
        let clients = dialogs * members;
        writeln!(f, "  {clients} clients in {dialogs} dialogs, {rate} messages/s")?;
        for Stop {
            name,
            clean,
            ended_after,
            ready_after,
        } in &self.stops
        {
            let ended = if *clean { "ended well" } else { "ENDED BADLY" };
            writeln!(
                f,
                "  {name:<10} {ended} after {ended_after:.1} s, ready again {ready_after:.1} s later"
            )?;
        }
        writeln!(
            f,
            "  messages    sent {}, accepted {}, stored {}",
            self.sent, self.accepted, self.stored
        )?;
        writeln!(
            f,
            "  deliveries  lost {}, twice {}, out of order {}",
            self.lost, self.doubled, self.disordered
        )?;
        writeln!(
            f,
            "  errors      shown to users {}, requests tried again {}",
            self.failed,
            self.troubled.len()
        )?;
        writeln!(
            f,
            "  sockets     resumed {}, reloaded {}, refused {}",
            self.recovered, self.reloads, self.refused
        )?;
        let [half, most, all] = self.gaps;
        writeln!(
            f,
            "  longest gap of each client  p50 {half:.0} ms, p99 {most:.0} ms, longest {all:.0} ms (≤ 5 000)"
        )?;
        writeln!(
            f,
            "  handshakes  {} in the fullest second (≤ {admission})",
            self.handshakes
        )?;
        writeln!(
            f,
            "  reads       {:.1}/s before, {:.0} in the fullest second",
            self.reads[0], self.reads[1]
        )?;
        let [before, during, after] = self.p99;
        writeln!(
            f,
            "  delivery    p99 {before:.0} ms before, {during:.0} ms during, {after:.0} ms after"
        )?;
        let [before, during, after] = self.slowest;
        write!(
            f,
            "              slowest {before:.0} ms before, {during:.0} ms during, {after:.0} ms after"
        )?;
        for line in self.troubled.iter().take(5) {
            write!(f, "\n  tried again {line}")?;
        }
        for line in self.broken() {
            write!(f, "\n  BROKEN      {line}")?;
        }
        Ok(())
    }
}
