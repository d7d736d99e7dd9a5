use std::time::Duration;

use async_nats::{HeaderMap, Request, RequestErrorKind};
use bytes::Bytes;
use serde::Deserialize;

use crate::Broker;

/// What JetStream said of a message that was published to it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Published {
    /// Stored at this sequence of the stream.
    Stored(u64),
    /// A message with this id is there already, at this sequence.
    Duplicate(u64),
    /// The expected sequence is not the last one.
    WrongSequence,
    /// Another message under the same expectation is on its way; nothing was stored.
    InFlight,
    /// The stream is at its limit.
    Full,
    /// No answer in time: it may be stored or not.
    Unknown,
    /// Nobody takes messages for this subject now; nothing was stored.
    Unavailable(String),
}

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    seq: u64,
    #[serde(default)]
    duplicate: bool,
    error: Option<Fault>,
}

#[derive(Deserialize)]
struct Fault {
    #[serde(default)]
    err_code: u64,
    #[serde(default)]
    description: String,
}

/// Publish and wait for JetStream's word, for `patience` at most.
pub(crate) async fn publish(
    broker: &Broker,
    subject: String,
    headers: HeaderMap,
    payload: Bytes,
    patience: Duration,
) -> Published {
    // What is published while the connection is down waits in the client's buffer and is stored long after its sender
    // gave up, so nothing is published then.
    if !*broker.connected().borrow() {
        return Published::Unavailable("the broker is not connected".to_owned());
    }
    let request = Request::new()
        .headers(headers)
        .payload(payload)
        .timeout(Some(patience));
    match broker.client.send_request(subject, request).await {
        Ok(message) => read_answer(&message.payload),
        Err(error) => match error.kind() {
            RequestErrorKind::NoResponders => {
                Published::Unavailable("no stream takes this subject".to_owned())
            }
            RequestErrorKind::InvalidSubject | RequestErrorKind::MaxPayloadExceeded => {
                Published::Unavailable(error.to_string())
            }
            RequestErrorKind::TimedOut | RequestErrorKind::Other => Published::Unknown,
        },
    }
}

fn read_answer(payload: &[u8]) -> Published {
    let Ok(answer) = serde_json::from_slice::<Answer>(payload) else {
        return Published::Unknown;
    };
    match answer.error {
        None if answer.duplicate => Published::Duplicate(answer.seq),
        None => Published::Stored(answer.seq),
        Some(fault) => read_fault(&fault),
    }
}

/// The codes are those of the server's `errors.json`.
fn read_fault(fault: &Fault) -> Published {
    match fault.err_code {
        10071 => Published::WrongSequence,
        // A batch with a message that is there already: it is refused whole, and a look tells what is there.
        10201 => Published::WrongSequence,
        10164 => Published::InFlight,
        // «stream store failed»: the description tells a limit from another trouble.
        10077 if fault.description.contains("maximum") => Published::Full,
        10023 | 10047 => Published::Full,
        code => Published::Unavailable(format!("JetStream error {code}: {}", fault.description)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_of_the_server_are_told_apart() {
        let read = |text: &str| read_answer(text.as_bytes());
        assert_eq!(read(r#"{"stream":"S","seq":7}"#), Published::Stored(7));
        assert_eq!(
            read(r#"{"stream":"S","seq":7,"duplicate":true}"#),
            Published::Duplicate(7)
        );
        let error = |code: u64, text: &str| {
            format!(r#"{{"error":{{"code":400,"err_code":{code},"description":"{text}"}}}}"#)
        };
        assert_eq!(
            read(&error(10071, "wrong last sequence: 3")),
            Published::WrongSequence
        );
        assert_eq!(read(&error(10164, "")), Published::InFlight);
        assert_eq!(read(&error(10077, "maximum bytes exceeded")), Published::Full);
        assert!(matches!(
            read(&error(10008, "no leader")),
            Published::Unavailable(_)
        ));
        assert_eq!(read("garbage"), Published::Unknown);
    }
}
