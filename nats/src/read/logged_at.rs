use async_nats::jetstream::stream::{RawMessageErrorKind, Stream};
use mtchat_protocol::ShardId;
use tokio::time::timeout;

use super::{Logged, ReadError};
use crate::{Broker, broker::QUESTION, headers, streams};

/// What stands in the log at a sequence. `None`: purged, erased, or never there.
pub async fn logged_at(broker: &Broker, shard: ShardId, log_seq: u64) -> Result<Option<Logged>, ReadError> {
    if log_seq == 0 {
        return Ok(None);
    }
    let stream = log_stream(broker, shard).await?;
    let asked = timeout(QUESTION, stream.get_raw_message(log_seq)).await;
    match asked.map_err(|_| ReadError::late())? {
        Ok(message) => Ok(Some(Logged {
            log_seq,
            trace: message
                .headers
                .get(headers::TRACE)
                .map(|value| value.as_str().to_owned()),
            subject: message.subject.to_string(),
            payload: message.payload,
        })),
        Err(error) if matches!(error.kind(), RawMessageErrorKind::NoMessageFound) => Ok(None),
        Err(error) => Err(ReadError::Unavailable(error.to_string())),
    }
}

/// A shard's log as the client has it. The broker is not asked.
pub(crate) async fn log_stream(broker: &Broker, shard: ShardId) -> Result<Stream<()>, ReadError> {
    let stream = broker
        .jetstream
        .get_stream_no_info(streams::log_name(shard))
        .await;
    stream.map_err(|error| ReadError::Unavailable(error.to_string()))
}
