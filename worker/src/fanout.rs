use std::convert::Infallible;

use mtchat_nats::{LiveWriter, Logged, log_state};

use crate::{
    departure::Departure,
    duty::Duty,
    follow::{Follower, Ground, Pace, follow},
    traced::Traced,
};

/// Write the log to the live path, from where the last writer stopped. Needs no database.
pub(crate) async fn session(duty: &Duty) -> Result<Infallible, Departure> {
    let connected = duty.connection();
    // Asked before the writer opens: an epoch that begins in between is then noticed.
    let epoch = log_state(&duty.broker, duty.shard).await?.epoch;
    let writer = LiveWriter::open(&duty.broker, duty.shard).await?;
    let pace = Pace {
        most: duty.options.fanout_batch,
        linger: duty.options.fanout_linger,
    };
    let position = writer.position();
    let mut fanout = Fanout {
        writer,
        position,
        largest_fact: duty.options.largest_fact,
    };
    let left = follow(duty, Ground { connected, epoch }, pace, &mut fanout).await;
    if matches!(left, Err(Departure::Over)) {
        fanout.writer.checkpoint().await;
    }
    left
}

struct Fanout {
    writer: LiveWriter,
    /// May be beyond the writer's: what is left out is done as well.
    position: u64,
    largest_fact: usize,
}

impl Follower for Fanout {
    fn position(&self) -> u64 {
        self.position
    }

    async fn take(&mut self, mut batch: Vec<Logged>) -> Result<(), Departure> {
        let reached = batch.last().map_or(self.position, |logged| logged.log_seq);
        batch.retain(|logged| is_deliverable(&logged.payload, self.largest_fact));
        let traced = Traced::begin("fan out", &batch);
        let written = self.writer.write(&batch).await;
        traced.end(written.is_ok());
        written?;
        self.position = reached;
        Ok(())
    }

    async fn look_up(&mut self) {
        self.writer.checkpoint().await;
    }
}

/// Whether a payload can travel in an entry of the live path, which has a line for each fact. Edges write no others; one
/// that came by another way must not hold up or spoil its neighbours. The projector makes it a dead letter.
fn is_deliverable(payload: &[u8], largest_fact: usize) -> bool {
    payload.len() <= largest_fact && !payload.contains(&b'\n')
}

#[cfg(test)]
mod tests {
    use super::is_deliverable;

    #[test]
    fn what_would_spoil_an_entry_stays_behind() {
        assert!(is_deliverable(b"{\"v\":1}", 7));
        assert!(!is_deliverable(b"{\"v\":1}", 6));
        assert!(!is_deliverable(b"{\n}", 100));
    }
}
