//! The event `notification.pending`, with the names that it has in older deployments.

use mtchat_protocol::{Fact, FactData, MessageType, NotificationPending};
use serde_json::{Value, json};

/// What the event says beside its dialog and its place.
pub(crate) fn details(fact: &Fact, pending: &NotificationPending) -> Value {
    let message = &pending.message;
    let mut told = json!({
        "id": message.id, "sender_id": message.sender.user_id, "content": message.content,
        "created_at": message.sent_at, "message_type": MessageType::User,
    });
    if let Some(answered) = message.reply_to {
        told["reply_to"] = json!(answered);
    }
    let mut details = json!({
        "recipient_id": pending.user, "message": told, "unread_count": pending.unread_count,
        "first_unread_message_id": pending.first_unread_message_id, "mentioned": pending.mentioned,
        "replied": pending.replied,
    });
    if let Some(title) = &fact.head.title {
        details["chat_title"] = json!(title);
    }
    if let Some(company) = &message.sender.company {
        details["sender_company"] = json!(company);
    }
    details
}

/// An event's payload with what older consumers read beside it; only this event has such names.
pub(crate) fn with_aliases(fact: &Fact, mut payload: Value) -> Value {
    if let FactData::NotificationPending(pending) = &fact.data {
        payload["user_id"] = json!(pending.user);
        if let Some(title) = &fact.head.title {
            payload["dialog_title"] = json!(title);
        }
    }
    payload
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test says what is wrong by failing")]
mod tests {
    use mtchat_protocol::{
        Actor, AppId, Company, DisplayName, FactId, Head, NotifiedMessage, ObjectId, ObjectType, Position,
        RichText, SenderView, ShardId, Title, UserId,
    };

    use super::*;
    use crate::webhook_event;

    const ID: &str = "01900000-0000-7000-8000-000000000002";

    fn pending(title: Option<&str>, company: Option<&str>) -> Fact {
        let at = serde_json::from_str("\"2026-01-02T03:04:05Z\"").unwrap();
        let message = NotifiedMessage {
            id: ID.parse().unwrap(),
            seq: 9,
            sender: SenderView {
                user_id: UserId::new("alice").unwrap(),
                display_name: DisplayName::new("Alice").unwrap(),
                company: company.map(|name| Company::new(name).unwrap()),
            },
            content: RichText::sanitised("hi"),
            reply_to: None,
            sent_at: at,
        };
        Fact {
            id: FactId(ID.parse().unwrap()),
            app: AppId::default_app(),
            dialog: ID.parse().unwrap(),
            at,
            actor: Actor::System,
            head: Head {
                seq: 9,
                count: 4,
                object_type: ObjectType::new("order").unwrap(),
                object_id: ObjectId::new("7").unwrap(),
                title: title.map(|title| Title::new(title).unwrap()),
                frozen: false,
                deleted: false,
                members_rev: 1,
                members: None,
            },
            data: FactData::NotificationPending(NotificationPending {
                user: UserId::new("bob").unwrap(),
                unread_count: 3,
                first_unread_message_id: ID.parse().unwrap(),
                message,
                mentioned: true,
                replied: false,
            }),
        }
    }

    fn event(fact: &Fact) -> (Value, Value) {
        let position = Position {
            shard: ShardId(0),
            log_seq: 42,
        };
        let event = webhook_event(fact, position).unwrap();
        assert_eq!(event.name, "notification.pending");
        (event.payload, event.data)
    }

    #[test]
    fn a_pending_notification_is_told_with_its_older_names_beside_it() {
        let fact = pending(Some("Order 7"), Some("Acme"));
        let (payload, data) = event(&fact);
        let message = json!({
            "id": ID, "sender_id": "alice", "content": "hi", "created_at": fact.at, "message_type": "user",
        });
        let expected = json!({
            "dialog_id": ID, "object_id": "7", "object_type": "order", "position": "0-42", "recipient_id": "bob",
            "chat_title": "Order 7", "sender_company": "Acme", "message": message, "unread_count": 3,
            "first_unread_message_id": ID, "mentioned": true, "replied": false,
        });
        assert_eq!(payload, expected);
        assert_eq!(
            (&data["user_id"], &data["dialog_title"]),
            (&json!("bob"), &json!("Order 7"))
        );
        assert_eq!(data["recipient_id"], "bob");
    }

    #[test]
    fn what_there_is_not_is_left_out() {
        let (payload, data) = event(&pending(None, None));
        for name in ["chat_title", "sender_company", "user_id"] {
            assert!(payload.get(name).is_none(), "{name}");
        }
        assert!(payload["message"].get("reply_to").is_none());
        assert!(data.get("dialog_title").is_none());
    }
}
