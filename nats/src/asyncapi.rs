//! What hosts read and ask for on the broker, after AsyncAPI 3.0: put together from the types.

use mtchat_protocol::{FactSchemas, SCHEMA_VERSION, fact_schemas, limits};
use serde_json::{Map, Value, json};

use crate::{HOST_API, subject};

/// The description of the log as YAML, in a stable order.
pub fn asyncapi_yaml() -> String {
    // Its keys are text throughout, so there is nothing that YAML could not say.
    serde_norway::to_string(&asyncapi()).unwrap_or_default()
}

/// The description of the log.
pub fn asyncapi() -> Value {
    let FactSchemas { kinds, parts } = fact_schemas();
    let mut schemas: Map<String, Value> = parts.into_iter().collect();
    schemas.insert("Headers".to_owned(), headers());
    let refer = |kind: &&str| {
        let message = json!({ "$ref": format!("#/components/messages/{kind}") });
        ((*kind).to_owned(), message)
    };
    let channel: Map<String, Value> = kinds.keys().map(refer).collect();
    let messages: Map<String, Value> = kinds
        .into_iter()
        .map(|(kind, payload)| (kind.to_owned(), message(kind, &payload)))
        .collect();
    json!({
        "asyncapi": "3.0.0",
        "info": {
            "title": "MTChat's log",
            "version": SCHEMA_VERSION.to_string(),
            "description": "Everything that happens in the dialogs of an app, in order, for the services of its host. Unknown fields \
                and unknown kinds are to be ignored: there may be further ones. How to read it, and to say something: docs/nats.md.",
        },
        "defaultContentType": "application/json",
        "servers": {
            "broker": {
                "host": "nats.example:4222",
                "protocol": "nats",
                "description": format!("NATS with JetStream; calls to JetStream begin with `{HOST_API}` instead of `$JS.API`."),
            },
        },
        "channels": {
            "facts": {
                "address": subject::FACT_ADDRESS,
                "description": "Read through a durable consumer of the stream MTCHAT_LOG_<shard>.",
                "parameters": {
                    "app": { "description": "The app." },
                    "class": {
                        "description": "`e`: ordered facts; `u`: one user's own state; `n`: notices for hosts.",
                        "enum": ["e", "u", "n"],
                    },
                    "dialog": { "description": "The dialog's id." },
                    "kind": { "description": "The kind of fact." },
                    "shard": { "description": "The shard; 0 in a deployment that is not split." },
                },
                "messages": channel,
            },
            "notices": notices(),
            "noticeAnswers": notice_answers(),
        },
        "operations": {
            "postNotice": {
                "action": "send",
                "channel": { "$ref": "#/channels/notices" },
                "reply": {
                    "address": { "location": "$message.header#/reply", "description": "The reply subject of the request." },
                    "channel": { "$ref": "#/channels/noticeAnswers" },
                },
            },
            "readFacts": { "action": "receive", "channel": { "$ref": "#/channels/facts" } },
        },
        "components": { "messages": messages, "schemas": schemas },
    })
}

/// Requests of services that say something as the host.
fn notices() -> Value {
    let part = |name: &str| json!({ "$ref": format!("#/components/schemas/{name}") });
    json!({
        "address": subject::NOTICE_POST_ADDRESS,
        "description": "Request/reply of core NATS: POST /api/v1/management/dialogs/{id}/messages on the broker, with the same checks and limits.",
        "parameters": { "app": { "description": "The app: the one whose credentials ask." } },
        "messages": {
            "postNotice": {
                "name": "mtchat.post_notice",
                "payload": {
                    "type": "object",
                    "description": "Of `card` and `text` just one.",
                    "required": ["dialog_id"],
                    "properties": {
                        "dialog_id": { "type": "string", "format": "uuid", "description": "The dialog." },
                        "idempotency_key": {
                            "type": "string",
                            "minLength": 1,
                            "maxLength": limits::IDEMPOTENCY_KEY,
                            "description": "Tried again under the same key, it is said once; the same as the header Idempotency-Key over HTTP.",
                        },
                        "card": part("Card"),
                        "text": part("NoticeText"),
                    },
                },
            },
        },
    })
}

/// What they are answered.
fn notice_answers() -> Value {
    let text = |about: &str| json!({ "type": "string", "description": about });
    json!({
        "address": null,
        "description": "The answer goes to the reply subject of the request.",
        "messages": {
            "answer": {
                "name": "mtchat.answer",
                "headers": {
                    "type": "object",
                    "properties": {
                        "Mtchat-Position": text("Where it stands in the log."),
                        "Nats-Service-Error": text("Of an error, its code."),
                        "Nats-Service-Error-Code": text("Of an error, the status."),
                        "Retry-After": text("After how many seconds to try again."),
                    },
                },
                "payload": {
                    "type": "object",
                    "required": ["status", "body"],
                    "properties": {
                        "status": { "type": "integer", "description": "The status of HTTP; 200 when it is said." },
                        "body": {
                            "type": "object",
                            "description": "The body of the answer over HTTP: `data` with the message, or `error` with `code` and `message`.",
                        },
                    },
                },
            },
        },
    })
}

fn message(kind: &str, payload: &Value) -> Value {
    let mut message = json!({
        "name": format!("mtchat.{kind}"),
        "headers": { "$ref": "#/components/schemas/Headers" },
        "payload": payload,
    });
    if kind == "message_created" {
        message["examples"] = json!([example()]);
    }
    message
}

/// CloudEvents' NATS binding in its binary mode.
fn headers() -> Value {
    let text = |about: &str| json!({ "type": "string", "description": about });
    json!({
        "type": "object",
        "required": [
            "Nats-Msg-Id", "ce-id", "ce-source", "ce-specversion", "ce-subject", "ce-time", "ce-type", "content-type",
        ],
        "properties": {
            "Nats-Msg-Id": text("`<app>.<dialog>.<fact id>`: the same for the same fact, whatever happens."),
            "ce-id": text("The fact's id."),
            "ce-source": text("`/apps/<app>/dialogs/<dialog>`; ids are unique within it."),
            "ce-specversion": { "const": "1.0" },
            "ce-subject": text("`<object type>/<object id>`, percent-encoded."),
            "ce-time": text("When it was decided, after RFC 3339."),
            "ce-type": text("`mtchat.<kind>`."),
            "content-type": { "const": "application/json" },
            "traceparent": text("W3C trace context of the request that made it, where it had one."),
        },
    })
}

fn example() -> Value {
    let (dialog, id) = (
        "0198d6f0-54d3-7c6e-9a43-0f3c2a1b4d5e",
        "0198d6f3-1a2b-7c3d-8e4f-5a6b7c8d9e0f",
    );
    let at = "2026-01-31T12:00:00.123456Z";
    let member = |user: &str, name: &str| json!({ "user_id": user, "display_name": name });
    json!({
        "headers": {
            "Nats-Msg-Id": format!("shop.{dialog}.{id}"),
            "ce-id": id,
            "ce-source": format!("/apps/shop/dialogs/{dialog}"),
            "ce-specversion": "1.0",
            "ce-subject": "order/7",
            "ce-time": at,
            "ce-type": "mtchat.message_created",
            "content-type": "application/json",
        },
        "payload": {
            "v": SCHEMA_VERSION,
            "id": id,
            "app": "shop",
            "dialog": dialog,
            "seq": 2,
            "kind": "message_created",
            "at": at,
            "actor": { "type": "user", "id": "alice" },
            "head": {
                "seq": 2,
                "count": 1,
                "object_type": "order",
                "object_id": "7",
                "members_rev": 1,
                "members": [member("alice", "Alice"), member("bob", "Bob")],
            },
            "data": { "sender": member("alice", "Alice"), "content": "Has it been sent?" },
        },
    })
}
