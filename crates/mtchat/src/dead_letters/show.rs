use std::fmt::Write as _;

use serde_json::{Value, json};

use super::letter::Letter;

/// A line each. What people wrote is not in it: a reason may quote it.
pub(super) fn list(letters: &[Letter], as_json: bool) -> String {
    let mut text = String::new();
    for letter in letters {
        let _ = if as_json {
            writeln!(text, "{}", in_short(letter))
        } else {
            writeln!(text, "{}", line(letter))
        };
    }
    if letters.is_empty() && !as_json {
        text.push_str("Nothing was set aside or given up.\n");
    }
    text
}

/// Everything that is known of one.
pub(super) fn one(letter: &Letter) -> String {
    let mut whole = in_short(letter);
    match letter {
        Letter::Event(event) => {
            whole["dialog_id"] = json!(event.dialog);
            whole["fact_id"] = json!(event.fact_id);
            whole["failing_since"] = json!(event.failing_since);
            whole["error"] = json!(event.error);
        }
        Letter::Fact(fact) => {
            whole["reason"] = json!(fact.what.reason);
            // A fact is shown as one; what is none as far as it is text.
            let payload = serde_json::from_slice(&fact.what.payload);
            whole["payload"] = payload.unwrap_or_else(|_| json!(String::from_utf8_lossy(&fact.what.payload)));
        }
    }
    format!("{whole:#}\n")
}

fn in_short(letter: &Letter) -> Value {
    match letter {
        Letter::Event(event) => json!({
            "letter": letter.id().to_string(), "of": "webhooks", "at": event.at, "event": event.event,
            "failures": event.failures, "status": event.status,
        }),
        Letter::Fact(fact) => json!({
            "letter": letter.id().to_string(), "of": "projector", "at": fact.at, "subject": fact.what.subject,
            "epoch": fact.epoch.0, "bytes": fact.what.payload.len(),
        }),
    }
}

fn line(letter: &Letter) -> String {
    match letter {
        Letter::Event(event) => {
            let status = event
                .status
                .map_or_else(|| "no answer".to_owned(), |status| format!("status {status}"));
            format!(
                "{}  {}  {}, given up after {} tries, last {status}",
                letter.id(),
                event.at,
                event.event,
                event.failures
            )
        }
        Letter::Fact(fact) => {
            let bytes = fact.what.payload.len();
            format!(
                "{}  {}  {}, {bytes} bytes",
                letter.id(),
                fact.at,
                fact.what.subject
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use mtchat_protocol::{Epoch, ShardId, Timestamp};
    use mtchat_storage::{DeadLetter, Undecodable};

    use super::*;

    fn letter(payload: &[u8]) -> Letter {
        Letter::Fact(DeadLetter {
            shard: ShardId(0),
            epoch: Epoch("1-a".to_owned()),
            log_seq: 4_711,
            at: Timestamp::from_micros(0),
            what: Undecodable {
                subject: "mtchat.log.0.default.x.e.message_created".to_owned(),
                reason: "version 9".to_owned(),
                payload: payload.to_vec(),
            },
        })
    }

    #[test]
    fn a_list_says_which_and_one_says_everything() {
        assert_eq!(
            list(&[letter(b"{}")], false),
            "0-4711  1970-01-01T00:00:00.000000Z  mtchat.log.0.default.x.e.message_created, 2 bytes\n"
        );
        assert!(!list(&[letter(b"secret")], true).contains("secret"));
        let whole: Value = serde_json::from_str(&one(&letter(b"{\"v\":9}"))).unwrap();
        assert_eq!(
            (&whole["payload"]["v"], &whole["reason"]),
            (&json!(9), &json!("version 9"))
        );
        assert!(one(&letter(b"\xffno")).contains("no"));
        assert!(list(&[], false).starts_with("Nothing"));
    }
}
