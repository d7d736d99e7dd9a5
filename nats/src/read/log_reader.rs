use std::time::Duration;

use bytes::Bytes;
use mtchat_protocol::ShardId;
use tokio::time::Instant;

use super::{Depth, ReadError, Start, Tail};
use crate::{Broker, headers, streams};

/// One message of the log.
#[derive(Debug, Clone)]
pub struct Logged {
    /// Its sequence in the log.
    pub log_seq: u64,
    /// Its subject.
    pub subject: String,
    /// Its bytes; empty for who reads headers only.
    pub payload: Bytes,
    /// W3C trace context of the request that made it.
    pub trace: Option<String>,
}

/// Reads a shard's log in order, for ever. Whoever reads keeps the position beside the effects, so nothing is acknowledged here.
pub struct LogReader {
    tail: Tail,
}

impl LogReader {
    /// Read what comes after `after`. Fails when the log ends before that: it lost its tail.
    pub async fn open(broker: &Broker, shard: ShardId, after: u64, depth: Depth) -> Result<Self, ReadError> {
        let state = super::log_state(broker, shard).await?;
        if state.last_seq < after {
            return Err(ReadError::TailLost {
                position: after,
                last_seq: state.last_seq,
            });
        }
        Ok(Self {
            tail: Tail::new(broker, streams::log_name(shard), Start::After(after)).of_depth(depth),
        })
    }

    /// Wait for a message, then take what else is there, up to `most`; with less than that, once more after `linger`. Empty after
    /// `patience`. Who lingers sleeps once, whatever comes meanwhile: waking up for each message would cost more than reading it.
    pub async fn next_batch(
        &mut self,
        most: usize,
        linger: Duration,
        patience: Duration,
    ) -> Result<Vec<Logged>, ReadError> {
        let Some(first) = self.tail.next(Instant::now() + patience).await? else {
            return Ok(Vec::new());
        };
        let mut batch = vec![logged(first)];
        self.take_ready(&mut batch, most);
        if batch.len() < most && !linger.is_zero() {
            tokio::time::sleep(linger).await;
            self.take_ready(&mut batch, most);
        }
        Ok(batch)
    }

    fn take_ready(&mut self, batch: &mut Vec<Logged>, most: usize) {
        while batch.len() < most {
            // What was read counts; trouble shows again at the next call.
            let Some(next) = self.tail.take_ready() else { break };
            batch.push(logged(next));
        }
    }
}

fn logged(delivered: super::tail::Delivered) -> Logged {
    let message = delivered.message;
    let trace = message.headers.as_ref().and_then(|head| head.get(headers::TRACE));
    Logged {
        log_seq: delivered.sequence,
        trace: trace.map(|value| value.as_str().to_owned()),
        subject: message.subject.into_string(),
        payload: message.payload,
    }
}
