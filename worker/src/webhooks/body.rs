use bytes::Bytes;
use http::{
    HeaderMap, HeaderValue,
    header::{CONTENT_TYPE, USER_AGENT},
};
use mtchat_domain::{WEBHOOK_DISABLED, WEBHOOK_TEST, webhook_event};
use mtchat_protocol::{Fact, Position, Timestamp};
use mtchat_storage::WebhookNote;
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};
use uuid::{Builder, Uuid};

use super::{SigningSecret, signature::sign};

const EVENT_ID: &str = "x-webhook-id";
const EVENT_NAME: &str = "x-webhook-event";
const SIGNATURE: &str = "x-webhook-signature";
const STANDARD_ID: &str = "webhook-id";
const STANDARD_TIME: &str = "webhook-timestamp";
const STANDARD_SIGNATURE: &str = "webhook-signature";

/// A request's body: of one fact for one endpoint always the same, byte by byte, but for the mark of a replay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Body {
    /// The event, the same on every try.
    pub(super) id: Uuid,
    pub(super) bytes: Bytes,
    name: &'static str,
}

#[derive(Serialize)]
struct Envelope<'a> {
    id: Uuid,
    #[serde(rename = "type")]
    kind: String,
    event: &'a str,
    timestamp: Timestamp,
    #[serde(skip_serializing_if = "is_not")]
    replayed: bool,
    payload: &'a Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'a Value>,
}

/// What depends on the endpoint and not on the fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shape {
    /// Whether there is `data` beside `payload`.
    pub(super) with_data: bool,
    /// Whether it was passed before somebody asked for it again.
    pub(super) replayed: bool,
}

impl Body {
    /// What an endpoint is told of a fact; `None`: nothing.
    pub(super) fn of(endpoint: &str, fact: &Fact, position: Position, shape: Shape) -> Option<Self> {
        let event = webhook_event(fact, position)?;
        let envelope = Envelope {
            id: event_id(endpoint, fact),
            kind: event.name.replace('.', "_"),
            event: event.name,
            timestamp: fact.at,
            replayed: shape.replayed,
            payload: &event.payload,
            data: shape.with_data.then_some(&event.data),
        };
        Self::written(&envelope, event.name)
    }

    /// What an endpoint is told beside the log; `None`: this version does not know what it is.
    pub(super) fn note(note: &WebhookNote, with_data: bool) -> Option<Self> {
        let name = [WEBHOOK_TEST, WEBHOOK_DISABLED]
            .into_iter()
            .find(|name| *name == note.event)?;
        let envelope = Envelope {
            id: note.id,
            kind: name.replace('.', "_"),
            event: name,
            timestamp: note.at,
            replayed: false,
            payload: &note.payload,
            data: with_data.then_some(&note.payload),
        };
        Self::written(&envelope, name)
    }

    fn written(envelope: &Envelope<'_>, name: &'static str) -> Option<Self> {
        // These shapes hold nothing that JSON could refuse.
        let bytes = serde_json::to_vec(envelope).ok()?;
        Some(Self {
            id: envelope.id,
            bytes: bytes.into(),
            name,
        })
    }

    /// The headers of a try at this moment. Nothing in them was written by anybody: names, numbers and signatures.
    pub(super) fn headers(&self, secrets: &[SigningSecret], now: Timestamp) -> HeaderMap {
        let id = self.id.to_string();
        let seconds = now.micros().div_euclid(1_000_000);
        let signed = sign(secrets, &id, seconds, &self.bytes);
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let agent = HeaderValue::from_static(concat!("mtchat/", env!("CARGO_PKG_VERSION")));
        headers.insert(USER_AGENT, agent);
        headers.insert(EVENT_NAME, HeaderValue::from_static(self.name));
        headers.insert(STANDARD_TIME, HeaderValue::from(seconds));
        for (name, text) in [
            (EVENT_ID, &id),
            (SIGNATURE, &signed.plain),
            (STANDARD_ID, &id),
            (STANDARD_SIGNATURE, &signed.standard),
        ] {
            // Hexadecimal digits and base64 are always the value of a header.
            if let Ok(value) = HeaderValue::from_str(text) {
                headers.insert(name, value);
            }
        }
        headers
    }

    /// The fingerprint of the bytes.
    pub(super) fn sha256(&self) -> [u8; 32] {
        Sha256::digest(&self.bytes).into()
    }
}

/// Absent means that it is not.
#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands out references")]
fn is_not(flag: &bool) -> bool {
    !flag
}

/// Follows from the fact, so that it is the same on every try and from every worker. Not the fact's own id: clients make those of messages,
/// and one that gave the same to messages of two dialogs would make a host take the second for a repeat.
fn event_id(endpoint: &str, fact: &Fact) -> Uuid {
    let digest = Sha256::new_with_prefix(b"mtchat webhook v1\0")
        .chain_update(fact.app.as_str())
        .chain_update([0])
        .chain_update(endpoint)
        .chain_update([0])
        .chain_update(fact.dialog.0.as_bytes())
        .chain_update(fact.id.0.as_bytes())
        .finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    Builder::from_custom_bytes(bytes).into_uuid()
}

#[cfg(test)]
mod tests {
    use mtchat_protocol::{
        Actor, AppId, DialogId, DisplayName, FactData, FactId, Head, MessageCreated, ObjectId, ObjectType,
        RichText, SenderView, ShardId, UserId,
    };
    use serde_json::json;

    use super::*;

    fn fact(object: &str) -> Fact {
        Fact {
            id: FactId(Uuid::from_u128(1)),
            app: AppId::default_app(),
            dialog: DialogId(Uuid::from_u128(2)),
            at: Timestamp::from_micros(1_614_265_330_000_000),
            actor: Actor::Host,
            head: Head {
                seq: 3,
                count: 1,
                object_type: ObjectType::new("order").unwrap(),
                object_id: ObjectId::new(object).unwrap(),
                title: None,
                frozen: false,
                deleted: false,
                members_rev: 1,
                members: Some([].into()),
            },
            data: FactData::MessageCreated(MessageCreated {
                sender: SenderView {
                    user_id: UserId::new("alice").unwrap(),
                    display_name: DisplayName::new("Alice").unwrap(),
                    company: None,
                },
                content: RichText::sanitised("hi"),
                reply_to: None,
                attachments: Vec::new(),
                mentions: Vec::new(),
            }),
        }
    }

    const USUAL: Shape = Shape {
        with_data: true,
        replayed: false,
    };

    fn shaped(endpoint: &str, fact: &Fact, shape: Shape) -> Body {
        let position = Position {
            shard: ShardId(0),
            log_seq: 9,
        };
        Body::of(endpoint, fact, position, shape).unwrap()
    }

    fn body(endpoint: &str, fact: &Fact) -> Body {
        shaped(endpoint, fact, USUAL)
    }

    fn secrets() -> Vec<SigningSecret> {
        vec![SigningSecret::new("a secret").unwrap()]
    }

    #[test]
    fn the_envelope_names_the_event_in_both_ways() {
        let body = body("configured", &fact("7"));
        let read: Value = serde_json::from_slice(&body.bytes).unwrap();
        let keys: Vec<&String> = read.as_object().unwrap().keys().collect();
        assert_eq!(keys.len(), 6, "{keys:?}");
        assert_eq!(
            [&read["id"], &read["type"], &read["event"], &read["timestamp"]],
            [
                &json!(body.id),
                &json!("message_new"),
                &json!("message.new"),
                &json!(fact("7").at)
            ]
        );
        assert_eq!(read["payload"]["message"]["content"], "hi");
        assert_eq!(read["data"], read["payload"]);
    }

    #[test]
    fn the_id_is_of_fact_and_endpoint_and_the_bytes_never_change() {
        let here = body("configured", &fact("7"));
        assert_eq!(body("configured", &fact("7")), here);
        assert_ne!(body("another", &fact("7")).id, here.id);
        let elsewhere = Fact {
            dialog: DialogId(Uuid::from_u128(3)),
            ..fact("7")
        };
        assert_ne!(body("configured", &elsewhere).id, here.id);
        assert_ne!(here.id, Uuid::from_u128(1));
        assert_eq!(here.id.get_version_num(), 8);
    }

    #[test]
    fn a_replay_is_marked_and_data_may_be_left_out() {
        let shape = Shape {
            with_data: false,
            replayed: true,
        };
        let replayed = shaped("configured", &fact("7"), shape);
        let read: Value = serde_json::from_slice(&replayed.bytes).unwrap();
        assert_eq!(read["replayed"], json!(true));
        assert!(read.get("data").is_none() && read["payload"].is_object());
        assert_eq!(replayed.id, body("configured", &fact("7")).id);
    }

    #[test]
    fn a_note_is_a_body_like_any_other_with_its_own_id() {
        let note = |event: &str| WebhookNote {
            app: AppId::default_app(),
            endpoint: "one".to_owned(),
            id: Uuid::from_u128(9),
            event: event.to_owned(),
            payload: json!({ "message": "hi" }),
            failures: 0,
            at: Timestamp::from_micros(1_000_000),
        };
        let body = Body::note(&note(WEBHOOK_TEST), true).unwrap();
        let read: Value = serde_json::from_slice(&body.bytes).unwrap();
        assert_eq!(
            (&read["type"], &read["event"]),
            (&json!("webhook_test"), &json!(WEBHOOK_TEST))
        );
        assert_eq!((&read["payload"], &read["id"]), (&read["data"], &json!(body.id)));
        assert_eq!(Body::note(&note("webhook.unknown"), true), None);
    }

    /// A62: whatever stands in an event, it stands in the body.
    #[test]
    fn nothing_of_an_event_gets_into_the_headers() {
        let hostile = body("configured", &fact("7\r\nX-Injected: 1"));
        let headers = hostile.headers(&secrets(), Timestamp::from_micros(7_000_000));
        assert_eq!(headers.len(), 8);
        assert_eq!(headers["webhook-timestamp"], "7");
        assert_eq!(headers["x-webhook-event"], "message.new");
        assert_eq!(headers["x-webhook-id"], headers["webhook-id"]);
        assert!(headers.get("x-injected").is_none());
        for value in headers.values() {
            assert!(value.as_bytes().iter().all(|byte| (0x20..0x7f).contains(byte)));
        }
    }
}
