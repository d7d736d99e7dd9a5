use async_nats::jetstream::{message::StreamMessage, stream::RawMessageErrorKind};
use mtchat_protocol::{AppId, DialogId, ShardId, Timestamp};
use tokio::time::timeout;

use super::{Logged, ReadError};
use crate::{Broker, broker::QUESTION, streams, subject};

/// When the first entry at or behind a sequence came into a shard's log; `None`: there is none.
pub async fn entered_at(
    broker: &Broker,
    shard: ShardId,
    log_seq: u64,
) -> Result<Option<Timestamp>, ReadError> {
    let first = first_of(broker, shard, subject::log(shard), log_seq).await?;
    Ok(first.map(|first| Timestamp::from_offset(first.time)))
}

/// What stands in the log of a dialog behind a sequence, of every class, in order. `None`: it is more than `most`.
pub async fn dialog_after(
    broker: &Broker,
    shard: ShardId,
    app: &AppId,
    dialog: DialogId,
    log_seq: u64,
    most: usize,
) -> Result<Option<Vec<Logged>>, ReadError> {
    let (mut found, mut reached) = (Vec::new(), log_seq);
    loop {
        let subject = subject::of_dialog(shard, app, dialog);
        let Some(next) = first_of(broker, shard, subject, reached + 1).await? else {
            return Ok(Some(found));
        };
        if found.len() == most {
            return Ok(None);
        }
        reached = next.sequence;
        found.push(Logged {
            log_seq: next.sequence,
            subject: next.subject.to_string(),
            payload: next.payload,
            trace: None,
        });
    }
}

/// The first entry on these subjects at or behind a sequence. Needs no consumer: for who asks now and then.
async fn first_of(
    broker: &Broker,
    shard: ShardId,
    subject: String,
    log_seq: u64,
) -> Result<Option<StreamMessage>, ReadError> {
    let unavailable = |error: String| ReadError::Unavailable(error);
    let stream = broker
        .jetstream
        .get_stream_no_info(streams::log_name(shard))
        .await;
    let stream = stream.map_err(|error| unavailable(error.to_string()))?;
    let asked = timeout(
        QUESTION,
        stream.get_first_raw_message_by_subject(subject, log_seq.max(1)),
    );
    match asked
        .await
        .map_err(|_| unavailable("no answer in time".to_owned()))?
    {
        Ok(message) => Ok(Some(message)),
        Err(error) if matches!(error.kind(), RawMessageErrorKind::NoMessageFound) => Ok(None),
        Err(error) => Err(unavailable(error.to_string())),
    }
}
