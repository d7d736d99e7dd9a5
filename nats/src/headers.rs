//! Names of the headers on MTChat's messages.

use async_nats::HeaderMap;

/// Refuse the append unless this is the last sequence of the subject filter that goes with it.
pub(crate) const EXPECTED_SUBJECT_SEQ: &str = "Nats-Expected-Last-Subject-Sequence";
/// The subject filter of [`EXPECTED_SUBJECT_SEQ`].
pub(crate) const EXPECTED_SUBJECT: &str = "Nats-Expected-Last-Subject-Sequence-Subject";
/// Refuse the append unless this is the stream's last sequence.
pub(crate) const EXPECTED_LAST_SEQ: &str = "Nats-Expected-Last-Sequence";
/// Which atomic batch a message is part of.
pub(crate) const BATCH_ID: &str = "Nats-Batch-Id";
/// The message's number in it, from 1.
pub(crate) const BATCH_SEQUENCE: &str = "Nats-Batch-Sequence";
/// The batch ends with this message.
pub(crate) const BATCH_COMMIT: &str = "Nats-Batch-Commit";
/// The broker's deduplication id.
pub(crate) const MESSAGE_ID: &str = "Nats-Msg-Id";
/// When a message of the stream of timers is to go off.
pub(crate) const SCHEDULE: &str = "Nats-Schedule";
/// Where it goes then.
pub(crate) const SCHEDULE_TARGET: &str = "Nats-Schedule-Target";
/// W3C trace context, from the request to the worker.
pub(crate) const TRACE: &str = "traceparent";
/// A live entry covers the log after this sequence …
pub(crate) const FROM: &str = "Mtchat-From";
/// … up to and with this one.
pub(crate) const TO: &str = "Mtchat-To";
/// The log's life in which the entry was written.
pub(crate) const EPOCH: &str = "Mtchat-Epoch";

pub(crate) fn number(headers: &HeaderMap, name: &str) -> Option<u64> {
    headers.get(name)?.as_str().parse().ok()
}
