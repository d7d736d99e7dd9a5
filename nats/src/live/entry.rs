use async_nats::{HeaderMap, Message};
use bytes::{BufMut, Bytes, BytesMut};
use mtchat_protocol::Epoch;

use crate::{Logged, headers};

/// A stretch of the log as edges get it: everything after `from`, up to and with `to`. What is not among the facts concerns nobody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveEntry {
    /// The log's life.
    pub epoch: Epoch,
    /// The stretch begins after this log sequence.
    pub from: u64,
    /// The stretch ends with this log sequence.
    pub to: u64,
    /// Log sequence and bytes of each fact, in order.
    pub facts: Vec<(u64, Bytes)>,
}

/// `<log_seq> <fact>\n` for each: the log's own bytes, which as JSON hold no raw line break, are never serialised again.
pub(super) fn encode(facts: &[Logged]) -> Bytes {
    let size = facts.iter().map(|fact| fact.payload.len() + 22).sum();
    let mut payload = BytesMut::with_capacity(size);
    for fact in facts {
        payload.put_slice(fact.log_seq.to_string().as_bytes());
        payload.put_u8(b' ');
        payload.put_slice(&fact.payload);
        payload.put_u8(b'\n');
    }
    payload.freeze()
}

pub(super) fn header(epoch: &Epoch, from: u64, to: u64) -> HeaderMap {
    let mut head = HeaderMap::new();
    head.insert(headers::EPOCH, epoch.0.as_str());
    head.insert(headers::FROM, from.to_string());
    head.insert(headers::TO, to.to_string());
    head
}

/// Read an entry; `None` when it is none.
pub(super) fn decode(message: &Message) -> Option<LiveEntry> {
    let head = message.headers.as_ref()?;
    let epoch = Epoch(head.get(headers::EPOCH)?.as_str().to_owned());
    let (from, to) = (
        headers::number(head, headers::FROM)?,
        headers::number(head, headers::TO)?,
    );
    Some(LiveEntry {
        epoch,
        from,
        to,
        facts: lines(&message.payload)?,
    })
}

fn lines(payload: &Bytes) -> Option<Vec<(u64, Bytes)>> {
    let mut facts = Vec::new();
    let mut rest = payload.clone();
    while !rest.is_empty() {
        let end = rest.iter().position(|byte| *byte == b'\n')?;
        let line = rest.split_to(end + 1).slice(..end);
        let space = line.iter().position(|byte| *byte == b' ')?;
        let log_seq = std::str::from_utf8(&line[..space]).ok()?.parse().ok()?;
        facts.push((log_seq, line.slice(space + 1..)));
    }
    Some(facts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn logged(log_seq: u64, payload: &'static str) -> Logged {
        Logged {
            log_seq,
            subject: String::new(),
            payload: Bytes::from_static(payload.as_bytes()),
            trace: None,
        }
    }

    #[test]
    fn facts_survive_the_entry() {
        let payload = encode(&[logged(7, "{\"a\":1}"), logged(12, "{}")]);
        let facts = lines(&payload).unwrap();
        assert_eq!(
            facts,
            [
                (7, Bytes::from_static(b"{\"a\":1}")),
                (12, Bytes::from_static(b"{}"))
            ]
        );
        assert_eq!(lines(&Bytes::new()).unwrap(), []);
        assert!(lines(&Bytes::from_static(b"7 {}")).is_none());
    }
}
