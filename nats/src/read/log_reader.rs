use std::time::Duration;

use bytes::Bytes;
use mtchat_protocol::ShardId;
use tokio::time::Instant;

use super::{ReadError, Start, Tail};
use crate::{Broker, headers, streams};

/// One message of the log.
#[derive(Debug, Clone)]
pub struct Logged {
    /// Its sequence in the log.
    pub log_seq: u64,
    /// Its subject.
    pub subject: String,
    /// Its bytes.
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
    pub async fn open(broker: &Broker, shard: ShardId, after: u64) -> Result<Self, ReadError> {
        let state = super::log_state(broker, shard).await?;
        if state.last_seq < after {
            return Err(ReadError::TailLost {
                position: after,
                last_seq: state.last_seq,
            });
        }
        Ok(Self {
            tail: Tail::new(broker, streams::log_name(shard), Start::After(after)),
        })
    }

    /// Wait for a message, then take what else is waiting, up to `most` or for `linger`. Empty after `patience`.
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
        let deadline = Instant::now() + linger;
        while batch.len() < most {
            if let Some(next) = self.tail.take_ready() {
                batch.push(logged(next));
                continue;
            }
            if linger.is_zero() {
                break;
            }
            match self.tail.next(deadline).await {
                Ok(Some(next)) => batch.push(logged(next)),
                // What was read counts; the trouble shows again at the next call.
                Ok(None) | Err(_) => break,
            }
        }
        Ok(batch)
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
