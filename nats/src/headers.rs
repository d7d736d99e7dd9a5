//! Names of the headers on MTChat's messages, and those of CloudEvents on every fact.

use std::fmt::Write as _;

use async_nats::{HeaderMap, HeaderName};
use mtchat_protocol::Fact;

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
/// What went wrong with a request to a service, in a word, as NATS has it for services.
pub(crate) const SERVICE_ERROR: &str = "Nats-Service-Error";
/// The same as a number: the status.
pub(crate) const SERVICE_ERROR_CODE: &str = "Nats-Service-Error-Code";
/// W3C trace context, from the request to the worker.
pub(crate) const TRACE: &str = "traceparent";
/// A live entry covers the log after this sequence …
pub(crate) const FROM: &str = "Mtchat-From";
/// … up to and with this one.
pub(crate) const TO: &str = "Mtchat-To";
/// The log's life in which the entry was written.
pub(crate) const EPOCH: &str = "Mtchat-Epoch";

/// Say of a fact what CloudEvents asks for, as its NATS binding has it in binary mode: the attributes are headers, the payload stays as
/// it is. Ids are made by clients, so they are told apart by their dialog, which is the source; the
/// subject is the business object. Costs about 250 bytes and six short strings for each fact.
pub(crate) fn describe(head: &mut HeaderMap, fact: &Fact) {
    head.insert(name("ce-specversion"), "1.0");
    head.insert(name("ce-id"), fact.id.to_string());
    head.insert(
        name("ce-source"),
        format!("/apps/{}/dialogs/{}", fact.app, fact.dialog),
    );
    head.insert(name("ce-type"), format!("mtchat.{}", fact.data.kind_str()));
    head.insert(name("ce-time"), fact.at.to_string());
    let (kind, id) = (fact.head.object_type.as_str(), fact.head.object_id.as_str());
    let mut subject = String::with_capacity(kind.len() + 1 + id.len());
    encode_into(&mut subject, kind);
    subject.push('/');
    encode_into(&mut subject, id);
    head.insert(name("ce-subject"), subject);
    head.insert(name("content-type"), "application/json");
}

/// A name that is not copied for each fact.
const fn name(name: &'static str) -> HeaderName {
    HeaderName::from_static(name)
}

/// As the binding writes values: what is not printable ASCII, and blanks, quotes and percent signs, byte by byte after `%`. The slash
/// too, because it stands between the two parts here.
fn encode_into(into: &mut String, text: &str) {
    for byte in text.bytes() {
        if matches!(byte, b'!'..=b'~') && !matches!(byte, b'"' | b'%' | b'/') {
            into.push(char::from(byte));
        } else {
            // Writing to a string can not fail.
            let _ = write!(into, "%{byte:02X}");
        }
    }
}

pub(crate) fn number(headers: &HeaderMap, name: &str) -> Option<u64> {
    headers.get(name)?.as_str().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_of_a_header_is_one_line_of_ascii() {
        let mut text = String::new();
        encode_into(&mut text, "an \"order\"/7\r\n% ü");
        assert_eq!(text, "an%20%22order%22%2F7%0D%0A%25%20%C3%BC");
    }
}
