//! A stream in one piece: taken while it is in use, and made again from that.
//!
//! The bytes are the broker's own and opaque. It sends them in chunks and goes on only while they are taken, so neither side holds
//! more than a few megabytes of a stream of any size.

use std::{io, time::Duration};

use async_nats::{StatusCode, jetstream::response::Response};
use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt};
use mtchat_protocol::{Epoch, ShardId};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    time::timeout,
};

use crate::{Broker, streams};

/// Bytes of a chunk; a broker takes larger messages, but one that waits for a slow disk should not wait long.
const CHUNK: usize = 128 * 1_024;
/// How long the broker may take to begin, and for each chunk.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long the broker may take to build the stream once it has all of it.
const BUILDING: Duration = Duration::from_secs(1_800);

/// A stream can not be taken or made again.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// The broker gave up in the middle.
    #[error("the broker stopped sending {stream}: {reason}")]
    Aborted {
        /// The stream.
        stream: String,
        /// Its words.
        reason: String,
    },
    /// The bytes can not be read or written on this side.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// Nothing came in time.
    #[error("the broker did not go on with {0} in time")]
    Late(String),
    /// The broker does not do it.
    #[error("JetStream does not {action} {stream}: {reason}")]
    Refused {
        /// What was asked.
        action: &'static str,
        /// Of which stream.
        stream: String,
        /// Its words.
        reason: String,
    },
}

/// What is known of a stream beside its bytes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StreamRecord {
    /// Its settings, as the broker wrote them.
    pub config: Value,
    /// What it held.
    pub state: StreamHeld,
}

/// What a stream holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct StreamHeld {
    /// How many messages.
    pub messages: u64,
    /// How many bytes they are.
    pub bytes: u64,
    /// The sequence of the oldest.
    pub first_seq: u64,
    /// The newest sequence that was ever given.
    pub last_seq: u64,
}

impl StreamRecord {
    /// Its name.
    pub fn name(&self) -> &str {
        self.config["name"].as_str().unwrap_or_default()
    }

    /// The life of the log that it is of; `None`: it is none.
    pub fn epoch(&self) -> Option<Epoch> {
        let epoch = self.config["metadata"][streams::EPOCH_KEY].as_str()?;
        Some(Epoch(epoch.to_owned()))
    }

    /// As it is to be made again: in another life, with so many copies.
    #[must_use]
    pub fn reborn(&self, epoch: &Epoch, replicas: usize) -> Self {
        let mut again = self.clone();
        again.config["num_replicas"] = replicas.into();
        if self.epoch().is_some() {
            again.config["metadata"][streams::EPOCH_KEY] = epoch.0.clone().into();
        }
        again
    }
}

/// The stream of a shard's log.
pub fn log_stream_name(shard: ShardId) -> String {
    streams::log_name(shard)
}

/// The streams that hold what nothing else holds: the logs, and the timers that are set. The live path and the tickets are in memory and
/// made anew; the leases say who works now and how far the live path is, of which nothing is true any more after a restore.
pub fn kept_streams(shards: &[ShardId]) -> Vec<String> {
    let logs = shards.iter().copied().map(streams::log_name);
    logs.chain([streams::TIMERS.to_owned()]).collect()
}

/// An epoch after this one that nobody has ever heard of, so that no place in any log from before is taken for one in this.
pub fn fresh_epoch_after(epoch: &Epoch) -> Epoch {
    let ordinal = streams::epoch_ordinal(epoch) + 1;
    Epoch(format!("{ordinal}-{:08x}", fastrand::u32(..)))
}

/// What a stream holds at this moment; `None`: there is none.
pub async fn stream_held(broker: &Broker, stream: &str) -> Result<Option<StreamHeld>, SnapshotError> {
    match broker.jetstream.get_stream(stream).await {
        Ok(found) => {
            let state = &found.cached_info().state;
            Ok(Some(StreamHeld {
                messages: state.messages,
                bytes: state.bytes,
                first_seq: state.first_sequence,
                last_seq: state.last_sequence,
            }))
        }
        Err(error) if streams::is_missing(&error.kind()) => Ok(None),
        Err(error) => Err(refused("describe", stream, &error)),
    }
}

/// How many edges and workers read a shard's streams: their consumers have no names. Of one that was killed they linger for a few
/// seconds.
pub async fn readers(broker: &Broker, shard: ShardId) -> Result<usize, SnapshotError> {
    let mut count = 0;
    for name in [streams::log_name(shard), streams::live_name(shard)] {
        let stream = match broker.jetstream.get_stream(&name).await {
            Ok(stream) => stream,
            Err(error) if streams::is_missing(&error.kind()) => continue,
            Err(error) => return Err(refused("describe", &name, &error)),
        };
        let mut consumers = stream.consumers();
        while let Some(consumer) = consumers
            .try_next()
            .await
            .map_err(|error| refused("list the consumers of", &name, &error))?
        {
            count += usize::from(consumer.config.durable_name.is_none());
        }
    }
    Ok(count)
}

/// Delete all streams of MTChat and all that they hold. What is not there is not missed.
pub async fn delete_streams(broker: &Broker, shards: &[ShardId]) -> Result<(), SnapshotError> {
    let mut names = kept_streams(shards);
    names.extend(shards.iter().copied().map(streams::live_name));
    names.extend([streams::TICKETS.to_owned(), format!("KV_{}", streams::LEASES)]);
    for name in names {
        if stream_held(broker, &name).await?.is_some() {
            let deleted = broker.jetstream.delete_stream(&name).await;
            deleted.map_err(|error| refused("delete", &name, &error))?;
        }
    }
    Ok(())
}

/// Write a stream down as it is at this moment. It goes on being used meanwhile.
pub async fn take_snapshot(
    broker: &Broker,
    stream: &str,
    into: &mut (impl AsyncWrite + Unpin),
) -> Result<StreamRecord, SnapshotError> {
    let inbox = broker.client.new_inbox();
    let mut chunks = broker
        .client
        .subscribe(inbox.clone())
        .await
        .map_err(|error| refused("send", stream, &error))?;
    let request = json!({ "deliver_subject": inbox, "chunk_size": CHUNK, "no_consumers": false });
    let record = ask(broker, "SNAPSHOT", "take a snapshot of", stream, &request).await?;
    loop {
        let next = timeout(PATIENCE, chunks.next()).await;
        let message = next
            .ok()
            .flatten()
            .ok_or_else(|| SnapshotError::Late(stream.to_owned()))?;
        if message.payload.is_empty() {
            return match message.status {
                None | Some(StatusCode::OK) => Ok(record),
                Some(status) if status.as_u16() == 204 => Ok(record),
                Some(status) => Err(SnapshotError::Aborted {
                    stream: stream.to_owned(),
                    reason: message.description.unwrap_or_else(|| status.to_string()),
                }),
            };
        }
        into.write_all(&message.payload).await?;
        // Only what is written is taken: the broker sends no more than a window ahead of that.
        if let Some(taken) = message.reply {
            let told = broker.client.publish(taken, Bytes::new()).await;
            told.map_err(|error| refused("go on with", stream, &error))?;
        }
    }
}

/// Make a stream that is not there from what was written down of it. It is there with all that it holds, or not at all.
pub async fn restore_snapshot(
    broker: &Broker,
    record: &StreamRecord,
    from: &mut (impl AsyncRead + Unpin),
) -> Result<StreamHeld, SnapshotError> {
    #[derive(Deserialize)]
    struct Begun {
        deliver_subject: String,
    }
    #[derive(Deserialize)]
    struct Made {
        state: StreamHeld,
    }
    let stream = record.name();
    let begun: Begun = ask(broker, "RESTORE", "restore", stream, record).await?;
    let mut chunk = vec![0; CHUNK.min(broker.max_payload())];
    loop {
        let length = filled(from, &mut chunk).await?;
        let patience = if length == 0 { BUILDING } else { PATIENCE };
        let answer = send(
            broker,
            &begun.deliver_subject,
            Bytes::copy_from_slice(&chunk[..length]),
            patience,
        );
        let answer = answer.await.map_err(|error| refused("restore", stream, &error))?;
        if length == 0 {
            return understood::<Made>("restore", stream, &answer).map(|made| made.state);
        }
        // Nothing is said of a chunk that is taken.
        if !answer.is_empty() {
            return Err(refused("restore", stream, &String::from_utf8_lossy(&answer)));
        }
    }
}

/// Read until the buffer is full or nothing more comes.
async fn filled(from: &mut (impl AsyncRead + Unpin), buffer: &mut [u8]) -> io::Result<usize> {
    let mut length = 0;
    while length < buffer.len() {
        match from.read(&mut buffer[length..]).await? {
            0 => break,
            read => length += read,
        }
    }
    Ok(length)
}

async fn ask<T: DeserializeOwned>(
    broker: &Broker,
    verb: &str,
    action: &'static str,
    stream: &str,
    request: &impl Serialize,
) -> Result<T, SnapshotError> {
    let body = serde_json::to_vec(request).map_err(io::Error::other)?;
    let subject = format!("$JS.API.STREAM.{verb}.{stream}");
    let answer = send(broker, &subject, body.into(), PATIENCE).await;
    let answer = answer.map_err(|error| refused(action, stream, &error))?;
    understood(action, stream, &answer)
}

async fn send(
    broker: &Broker,
    subject: &str,
    payload: Bytes,
    patience: Duration,
) -> Result<Bytes, async_nats::RequestError> {
    let request = async_nats::Request::new()
        .payload(payload)
        .timeout(Some(patience));
    let answer = broker.client.send_request(subject.to_owned(), request).await?;
    Ok(answer.payload)
}

fn understood<T: DeserializeOwned>(
    action: &'static str,
    stream: &str,
    answer: &[u8],
) -> Result<T, SnapshotError> {
    match serde_json::from_slice::<Response<T>>(answer) {
        Ok(Response::Ok(value)) => Ok(value),
        Ok(Response::Err { error }) => Err(refused(action, stream, &error)),
        Err(error) => Err(refused(action, stream, &error)),
    }
}

fn refused(action: &'static str, stream: &str, reason: &impl ToString) -> SnapshotError {
    SnapshotError::Refused {
        action,
        stream: stream.to_owned(),
        reason: reason.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_made_again_lives_another_life() {
        let state = StreamHeld {
            messages: 1,
            bytes: 2,
            first_seq: 3,
            last_seq: 4,
        };
        let log = StreamRecord {
            config: json!({ "name": "L", "num_replicas": 3, "metadata": { "mtchat.epoch": "4-a" }, "new": true }),
            state,
        };
        let epoch = fresh_epoch_after(&log.epoch().unwrap_or(Epoch(String::new())));
        assert!(epoch.0.starts_with("5-") && epoch != fresh_epoch_after(&Epoch("4-a".to_owned())));
        let again = log.reborn(&epoch, 1);
        assert_eq!((again.name(), again.epoch()), ("L", Some(epoch.clone())));
        assert_eq!(
            (&again.config["num_replicas"], &again.config["new"]),
            (&json!(1), &json!(true))
        );
        let timers = StreamRecord {
            config: json!({ "name": "T" }),
            state,
        };
        assert_eq!(timers.reborn(&epoch, 1).epoch(), None);
    }

    #[tokio::test]
    async fn a_buffer_is_filled_to_the_end() {
        let mut from = io::Cursor::new([7; 10]);
        let mut buffer = [0; 8];
        assert_eq!(filled(&mut from, &mut buffer).await.ok(), Some(8));
        assert_eq!(filled(&mut from, &mut buffer).await.ok(), Some(2));
        assert_eq!(filled(&mut from, &mut buffer).await.ok(), Some(0));
    }
}
