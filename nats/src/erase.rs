use std::time::Duration;

use mtchat_domain::tells_of;
use mtchat_protocol::{AppId, DialogId, Fact, ShardId, UserId};
use tokio::time::timeout;

use crate::{
    Broker, Depth, LogReader, ReadError,
    broker::QUESTION,
    live, log_state,
    read::{log_stream, logged_at},
    subject::{self, Class},
};

/// How many messages of the log are looked at together, and how long the next one may take.
const BATCH: (usize, Duration) = (500, Duration::from_secs(5));

/// A fact that holds something of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mention {
    /// Its dialog.
    pub dialog: DialogId,
    /// Where it stands.
    pub log_seq: u64,
    /// Whether the dialog's state may hang on it.
    pub ordered: bool,
}

/// Every fact of an app in a shard's log that holds something of a person, in the log's order. Reads the log once, up to where it
/// ended when it was asked. Facts that can not be read count when the person's id stands in them.
pub async fn mentions(
    broker: &Broker,
    shard: ShardId,
    app: &AppId,
    user: &UserId,
) -> Result<Vec<Mention>, ReadError> {
    let last = log_state(broker, shard).await?.last_seq;
    let quoted = serde_json::Value::from(user.as_str()).to_string();
    let mut reader = LogReader::open(broker, shard, 0, Depth::Whole).await?;
    let (mut found, mut reached) = (Vec::new(), 0);
    while reached < last {
        let batch = reader.next_batch(BATCH.0, Duration::ZERO, BATCH.1).await?;
        let Some(newest) = batch.last() else {
            // The newest message of all may be gone.
            if log_state(broker, shard).await?.last_seq == last {
                break;
            }
            return Err(ReadError::Unavailable("the log does not go on".to_owned()));
        };
        reached = newest.log_seq;
        for logged in &batch {
            let Ok(place) = subject::parse(&logged.subject) else {
                continue;
            };
            let named = || contains(&logged.payload, quoted.as_bytes());
            if place.app != *app || !named() {
                continue;
            }
            if Fact::decode(&logged.payload).map_or(true, |fact| tells_of(&fact, user)) {
                found.push(Mention {
                    dialog: place.dialog,
                    log_seq: logged.log_seq,
                    ordered: place.class == Class::Ordered,
                });
            }
        }
    }
    Ok(found)
}

/// Overwrite a message of the log, so that its bytes are on no disk of the broker any more. Doing it again changes nothing.
pub async fn erase_fact(broker: &Broker, shard: ShardId, log_seq: u64) -> Result<(), ReadError> {
    let stream = log_stream(broker, shard).await?;
    // Without further words the broker overwrites what it deletes.
    let asked = timeout(QUESTION, stream.delete_message(log_seq)).await;
    let Err(error) = asked.map_err(|_| ReadError::late())? else {
        return Ok(());
    };
    match logged_at(broker, shard, log_seq).await? {
        None => Ok(()),
        Some(_) => Err(ReadError::Unavailable(error.to_string())),
    }
}

/// How far the fan-out is known to have read a shard's log.
pub async fn fanout_position(broker: &Broker, shard: ShardId) -> Result<u64, ReadError> {
    live::checkpointed(broker, shard).await
}

fn contains(payload: &[u8], part: &[u8]) -> bool {
    payload.windows(part.len()).any(|window| window == part)
}
