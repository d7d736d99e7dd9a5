use async_nats::HeaderMap;
use bytes::Bytes;
use mtchat_protocol::Fact;

use crate::{
    AppendError, Broker,
    append::message_id,
    broker::QUESTION,
    headers,
    publish::{Published, publish},
    shard_of, subject,
};

/// Write what a worker derived into the log, once: a repeat with the same id is recognised. `trace` is the `traceparent` of what it derived it in.
pub async fn publish_notice(broker: &Broker, fact: &Fact, trace: Option<&str>) -> Result<(), AppendError> {
    let mut head = HeaderMap::new();
    head.insert(headers::MESSAGE_ID, message_id(fact, fact.id));
    headers::describe(&mut head, fact);
    if let Some(trace) = trace {
        head.insert(headers::TRACE, trace);
    }
    let payload = Bytes::from(fact.encode().map_err(AppendError::Encode)?);
    let subject = subject::notice(
        shard_of(fact.dialog),
        &fact.app,
        fact.dialog,
        fact.data.kind_str(),
    );
    match publish(broker, subject, head, payload, QUESTION).await {
        Published::Stored(_) | Published::Duplicate(_) => Ok(()),
        Published::Full => Err(AppendError::LogFull),
        Published::Unavailable(reason) => Err(AppendError::Unavailable(reason)),
        Published::InFlight | Published::Unknown | Published::WrongSequence => {
            Err(AppendError::Unavailable("no answer".to_owned()))
        }
    }
}
