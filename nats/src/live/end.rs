use async_nats::jetstream::stream::LastRawMessageErrorKind;
use mtchat_protocol::{Epoch, ShardId};
use tokio::time::timeout;

use crate::{Broker, ReadError, broker::QUESTION, headers, streams};

/// Where the live path ends.
pub(super) struct End {
    /// Last sequence of the stream.
    pub(super) sequence: u64,
    /// The entry there, while the stream still holds it.
    pub(super) entry: Option<LastEntry>,
}

/// The newest entry.
pub(super) struct LastEntry {
    pub(super) epoch: Epoch,
    /// How far of the log it reaches.
    pub(super) to: u64,
}

impl End {
    /// Ask the broker.
    pub(super) async fn of(broker: &Broker, shard: ShardId) -> Result<Self, ReadError> {
        let unavailable = |error: String| ReadError::Unavailable(error);
        let asked = timeout(QUESTION, broker.jetstream.get_stream(streams::live_name(shard))).await;
        let stream = asked
            .map_err(|_| ReadError::late())?
            .map_err(|error| unavailable(error.to_string()))?;
        let state = &stream.cached_info().state;
        let sequence = state.last_sequence;
        let empty = Self {
            sequence,
            entry: None,
        };
        if state.messages == 0 {
            return Ok(empty);
        }
        let asked = timeout(QUESTION, stream.get_raw_message(sequence)).await;
        let message = match asked.map_err(|_| ReadError::late())? {
            Ok(message) => message,
            Err(error) if matches!(error.kind(), LastRawMessageErrorKind::NoMessageFound) => {
                return Ok(empty);
            }
            Err(error) => return Err(unavailable(error.to_string())),
        };
        let to = headers::number(&message.headers, headers::TO);
        let epoch = message.headers.get(headers::EPOCH);
        let entry = epoch.zip(to).map(|(epoch, to)| LastEntry {
            epoch: Epoch(epoch.as_str().to_owned()),
            to,
        });
        Ok(Self { sequence, entry })
    }
}
