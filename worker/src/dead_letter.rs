use std::panic::{AssertUnwindSafe, catch_unwind};

use mtchat_nats::{
    Logged,
    subject::{self, Class, LogSubject},
};
use mtchat_protocol::{DecodeError, Fact, FactClass, FactKind};
use mtchat_storage::{Entry, Undecodable};

use crate::WorkerOptions;

/// Longest reason that is kept with a dead letter, in characters.
const REASON: usize = 1_000;

/// Why an entry of the log is no fact that this version can apply.
#[derive(Debug, thiserror::Error)]
enum Unreadable {
    /// Its bytes are no fact.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// It says that it belongs elsewhere.
    #[error("app, dialog or kind are not those of its subject")]
    Misplaced,
    /// A defect of the decoder.
    #[error("decoding it panicked")]
    Panicked,
    /// No edge writes so much.
    #[error("{0} bytes are too many")]
    TooLarge(usize),
}

impl Unreadable {
    /// What may stand in logs: an error's own words can quote what people wrote.
    fn label(&self) -> &'static str {
        match self {
            Self::Decode(DecodeError::Envelope(_)) => "envelope",
            Self::Decode(DecodeError::Data { .. }) => "data",
            Self::Decode(DecodeError::Version(_)) => "version",
            Self::Misplaced => "misplaced",
            Self::Panicked => "panic",
            Self::TooLarge(_) => "size",
        }
    }
}

/// Read an entry of the log for the projection. What can not be read becomes a dead letter; `None` is what this version does
/// not project: own state of kinds that it does not know, and what is no fact at all. Notices change no table, but the projection
/// goes past them: who waits until everything is stored would else wait for ever when the log ends with one.
pub(crate) fn read(logged: &Logged, largest_fact: usize) -> Option<Entry> {
    let place = subject::parse(&logged.subject).ok()?;
    match place.class {
        Class::Own if matches!(FactKind::parse(place.kind), FactKind::Unknown(_)) => return None,
        Class::Ordered | Class::Own => {}
        Class::Notice => {
            return fact(logged, &place, largest_fact).ok().map(|fact| Entry {
                log_seq: logged.log_seq,
                fact: Ok(fact),
            });
        }
    }
    match fact(logged, &place, largest_fact) {
        Ok(fact) => Some(Entry {
            log_seq: logged.log_seq,
            fact: Ok(fact),
        }),
        Err(unreadable) => Some(bury(logged, unreadable.label(), &unreadable.to_string())),
    }
}

/// The fact of an entry, for who has nothing to do with what is none: the projector tells of that.
pub(crate) fn sound_fact(logged: &Logged, largest_fact: usize) -> Option<Fact> {
    let place = subject::parse(&logged.subject)
        .ok()
        .filter(|place| place.class == Class::Ordered)?;
    fact(logged, &place, largest_fact).ok()
}

/// The fact of an entry of any class, likewise.
pub(crate) fn any_fact(logged: &Logged, largest_fact: usize) -> Option<Fact> {
    let place = subject::parse(&logged.subject).ok()?;
    fact(logged, &place, largest_fact).ok()
}

/// What was set aside still can not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("it still can not be read: {0}")]
pub struct StillUnreadable(String);

/// Read what was set aside once more: whoever could not take it then may be a newer version by now. The storage's own letters name
/// app, dialog and kind in place of a subject of the log.
///
/// # Errors
/// With what is wrong with it.
pub fn read_again(subject: &str, payload: &[u8]) -> Result<Fact, StillUnreadable> {
    let largest_fact = WorkerOptions::default().largest_fact;
    let read = match subject::parse(subject) {
        Ok(place) if place.class == Class::Notice => Err(Unreadable::Misplaced),
        Ok(place) => fact_of(payload, &place, largest_fact),
        Err(_) => guarded(|| Fact::decode(payload))
            .and_then(|decoded| decoded.map_err(Unreadable::from))
            .and_then(|fact| {
                let own = format!("{}.{}.{}", fact.app, fact.dialog, fact.data.kind_str());
                if own == subject {
                    Ok(fact)
                } else {
                    Err(Unreadable::Misplaced)
                }
            }),
    };
    read.map_err(|unreadable| StillUnreadable(unreadable.to_string()))
}

/// Make a dead letter of an entry, and say so: somebody has to look at it. The label goes into logs, the reason does not.
pub(crate) fn bury(logged: &Logged, label: &str, reason: &str) -> Entry {
    tracing::error!(
        log_seq = logged.log_seq,
        subject = %logged.subject,
        cause = label,
        "a fact can not be projected and becomes a dead letter"
    );
    metrics::counter!("mtchat_projector_dead_letters_total").increment(1);
    Entry {
        log_seq: logged.log_seq,
        fact: Err(Undecodable {
            subject: storable(&logged.subject),
            reason: storable(reason),
            payload: logged.payload.to_vec(),
        }),
    }
}

fn fact(logged: &Logged, place: &LogSubject<'_>, largest_fact: usize) -> Result<Fact, Unreadable> {
    fact_of(&logged.payload, place, largest_fact)
}

fn fact_of(payload: &[u8], place: &LogSubject<'_>, largest_fact: usize) -> Result<Fact, Unreadable> {
    if payload.len() > largest_fact {
        return Err(Unreadable::TooLarge(payload.len()));
    }
    let fact = guarded(|| Fact::decode(payload))??;
    let class = match fact.data.class() {
        FactClass::Notice => Class::Notice,
        FactClass::Ordered => Class::Ordered,
        FactClass::Own => Class::Own,
    };
    let fits = fact.app == place.app
        && fact.dialog == place.dialog
        && fact.data.kind_str() == place.kind
        && class == place.class;
    if fits {
        Ok(fact)
    } else {
        Err(Unreadable::Misplaced)
    }
}

/// One fact must not end the shard, whatever it does to the decoder.
fn guarded<T>(decode: impl FnOnce() -> T) -> Result<T, Unreadable> {
    catch_unwind(AssertUnwindSafe(decode)).map_err(|_| Unreadable::Panicked)
}

/// Postgres keeps no NUL in a text, and a dead letter that can not be written would stop the shard.
fn storable(text: &str) -> String {
    text.chars()
        .filter(|character| *character != '\0')
        .take(REASON)
        .collect()
}

#[cfg(test)]
mod tests {
    use mtchat_protocol::{
        Actor, AppId, DialogId, DialogUnarchived, DialogUpdated, FactData, FactId, Head, ObjectId,
        ObjectType, Timestamp,
    };

    use super::*;

    fn sent() -> Fact {
        Fact {
            id: FactId::fresh(),
            app: AppId::default_app(),
            dialog: DialogId::fresh(),
            at: Timestamp::now(),
            actor: Actor::Host,
            head: Head {
                seq: 3,
                count: 1,
                object_type: ObjectType::new("order").unwrap(),
                object_id: ObjectId::new("7").unwrap(),
                title: None,
                frozen: false,
                deleted: false,
                members_rev: 1,
                members: Some([].into()),
            },
            data: FactData::DialogUpdated(DialogUpdated::default()),
        }
    }

    fn logged(subject: String, payload: Vec<u8>) -> Logged {
        Logged {
            log_seq: 8,
            subject,
            payload: payload.into(),
            trace: None,
        }
    }

    fn subject(fact: &Fact, rest: &str) -> String {
        format!("mtchat.log.0.{}.{}.{rest}", fact.app, fact.dialog)
    }

    fn reason(entry: Option<Entry>) -> String {
        entry.unwrap().fact.err().unwrap().reason
    }

    #[test]
    fn a_fact_is_read() {
        let fact = sent();
        let entry = read(
            &logged(subject(&fact, "e.dialog_updated"), fact.encode().unwrap()),
            1_000,
        )
        .unwrap();
        assert_eq!(entry.log_seq, 8);
        assert_eq!(entry.fact.ok(), Some(fact));
    }

    #[test]
    fn what_can_not_be_read_is_a_dead_letter() {
        let fact = sent();
        let place = subject(&fact, "e.dialog_updated");
        let bytes = fact.encode().unwrap();
        for garbage in [&b""[..], b"{}", b"[1]", b"\xff\xfe", &bytes[1..]] {
            assert!(reason(read(&logged(place.clone(), garbage.to_vec()), 1_000)).contains("envelope"));
        }
        assert!(reason(read(&logged(place.clone(), bytes.clone()), 10)).contains("too many"));
        let newer = String::from_utf8(bytes.clone())
            .unwrap()
            .replacen("\"v\":1", "\"v\":9", 1);
        assert!(reason(read(&logged(place, newer.into_bytes()), 1_000)).contains("version 9"));
        for elsewhere in [
            subject(&sent(), "e.dialog_updated"),
            subject(&fact, "e.message_created"),
            subject(&fact, "u.read"),
        ] {
            assert!(reason(read(&logged(elsewhere, bytes.clone()), 1_000)).contains("subject"));
        }
    }

    #[test]
    fn what_is_not_projected_is_left_out() {
        let fact = sent();
        for other in [
            subject(&fact, "u.painted"),
            subject(&fact, "n.notification_pending"),
            "mtchat.log.0.a.key.b".into(),
        ] {
            assert!(read(&logged(other, b"anything".to_vec()), 1_000).is_none());
        }
    }

    #[test]
    fn a_notice_is_gone_past() {
        let notice = Fact {
            data: FactData::DialogUnarchived(DialogUnarchived { user_ids: Vec::new() }),
            ..sent()
        };
        let place = subject(&notice, "n.dialog_unarchived");
        let entry = read(&logged(place.clone(), notice.encode().unwrap()), 1_000);
        assert_eq!(entry.unwrap().fact.ok(), Some(notice));
        assert!(read(&logged(place, sent().encode().unwrap()), 1_000).is_none());
    }

    #[test]
    fn what_was_set_aside_is_read_again_by_either_name() {
        let fact = sent();
        let bytes = fact.encode().unwrap();
        let named = format!("{}.{}.dialog_updated", fact.app, fact.dialog);
        for place in [subject(&fact, "e.dialog_updated"), named] {
            assert_eq!(read_again(&place, &bytes).as_ref(), Ok(&fact));
            assert!(read_again(&place, b"{}").is_err());
        }
        for elsewhere in [subject(&fact, "n.dialog_updated"), "a.b.c".to_owned()] {
            let refused = read_again(&elsewhere, &bytes).unwrap_err();
            assert!(refused.to_string().contains("subject"), "{refused}");
        }
    }

    #[test]
    fn a_panic_is_caught() {
        assert!(matches!(
            guarded(|| panic!("poison")),
            Err::<(), _>(Unreadable::Panicked)
        ));
    }

    #[test]
    fn reasons_can_be_stored() {
        assert_eq!(storable("a\0b"), "ab");
        assert_eq!(storable(&"ü".repeat(5_000)).chars().count(), REASON);
    }
}
