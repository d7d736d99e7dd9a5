use mtchat_protocol::{
    DialogCreated, DialogUpdated, Fact, FactClass, FactData, FactKind, Participant, Position, Reaction,
    Timestamp,
};
use serde_json::{Map, Value, json};

use crate::{webhook_message, webhook_pending};

/// The names of all events, in the order of the alphabet.
pub const WEBHOOK_EVENTS: [&str; 14] = [
    "dialog.archived",
    "dialog.created",
    "dialog.deleted",
    "dialog.unarchived",
    "dialog.updated",
    "message.deleted",
    "message.edited",
    "message.new",
    "message.reaction",
    "message.read",
    "notification.pending",
    "participant.joined",
    "participant.left",
    "participant.updated",
];

/// What a host is told of a fact: the middle of a webhook's envelope.
#[derive(Debug, Clone, PartialEq)]
pub struct WebhookEvent {
    /// Its dotted name, one of [`WEBHOOK_EVENTS`].
    pub name: &'static str,
    /// What happened (parity section 10), with fields added.
    pub payload: Value,
    /// The same with the aliases that consumers of older deployments read.
    pub data: Value,
}

/// The name of the event that facts of a kind become; `None`: hosts are not told of them.
pub fn webhook_name(kind: &FactKind) -> Option<&'static str> {
    match kind {
        FactKind::Archived | FactKind::DialogArchived => Some("dialog.archived"),
        FactKind::DialogCreated => Some("dialog.created"),
        FactKind::DialogDeleted => Some("dialog.deleted"),
        FactKind::DialogUnarchived | FactKind::Unarchived => Some("dialog.unarchived"),
        FactKind::DialogUpdated => Some("dialog.updated"),
        FactKind::MessageCreated | FactKind::NoticePosted => Some("message.new"),
        FactKind::MessageDeleted => Some("message.deleted"),
        FactKind::MessageEdited => Some("message.edited"),
        FactKind::NotificationPending => Some("notification.pending"),
        FactKind::ParticipantAdded | FactKind::ParticipantJoined => Some("participant.joined"),
        FactKind::ParticipantLeft | FactKind::ParticipantRemoved => Some("participant.left"),
        FactKind::ParticipantRoleChanged => Some("participant.updated"),
        FactKind::ReactionAdded | FactKind::ReactionRemoved => Some("message.reaction"),
        FactKind::Read => Some("message.read"),
        FactKind::MarkedUnread
        | FactKind::NotificationsSet
        | FactKind::Pinned
        | FactKind::ScopesReplaced
        | FactKind::Unpinned
        | FactKind::Unknown(_) => None,
    }
}

/// The event that a fact at this place of the log is for hosts; at most one, and always the same. `None`: they are not told of it.
pub fn webhook_event(fact: &Fact, position: Position) -> Option<WebhookEvent> {
    let name = webhook_name(&fact.data.kind())?;
    let Value::Object(own) = details(fact)? else {
        return None;
    };
    let mut payload = Map::new();
    payload.insert("dialog_id".to_owned(), json!(fact.dialog));
    payload.insert("object_id".to_owned(), json!(fact.head.object_id));
    payload.insert("object_type".to_owned(), json!(fact.head.object_type));
    payload.insert("position".to_owned(), json!(position.to_string()));
    // Own state and notices are beside the order: they have no number of their own.
    if fact.data.class() == FactClass::Ordered {
        payload.insert("seq".to_owned(), json!(fact.seq()));
    }
    payload.extend(own);
    let payload = Value::Object(payload);
    Some(WebhookEvent {
        name,
        data: webhook_pending::with_aliases(fact, payload.clone()),
        payload,
    })
}

/// What an event says beside its dialog and its place.
fn details(fact: &Fact) -> Option<Value> {
    let at = fact.at;
    Some(match &fact.data {
        FactData::Archived(archived) => json!({ "user_ids": [archived.user], "archived_at": at }),
        // Without names it is everybody.
        FactData::DialogArchived(_) => json!({ "archived_at": at }),
        FactData::DialogCreated(created) => dialog_created(fact, created),
        FactData::DialogDeleted(_) => json!({ "deleted_at": at }),
        FactData::DialogUnarchived(back) => json!({ "user_ids": back.user_ids, "unarchived_at": at }),
        FactData::DialogUpdated(update) => return dialog_updated(fact, update),
        FactData::MessageCreated(message) => json!({ "message": webhook_message::sent(fact, message) }),
        FactData::MessageDeleted(deleted) => {
            json!({ "message": { "id": deleted.message_id, "deleted_at": at } })
        }
        FactData::MessageEdited(edited) => json!({ "message": webhook_message::edited(edited, at) }),
        FactData::NoticePosted(_) => json!({ "message": webhook_message::notice(fact)? }),
        FactData::NotificationPending(pending) => webhook_pending::details(fact, pending),
        FactData::ParticipantAdded(came) | FactData::ParticipantJoined(came) => joined(&came.participant),
        FactData::ParticipantLeft(went) | FactData::ParticipantRemoved(went) => {
            json!({ "user_id": went.user, "left_at": at })
        }
        FactData::ParticipantRoleChanged(changed) => {
            json!({ "user_id": changed.user, "role": changed.role, "updated_at": at })
        }
        FactData::ReactionAdded(reaction) => reacted(reaction, true, at),
        FactData::ReactionRemoved(reaction) => reacted(reaction, false, at),
        FactData::Read(read) => json!({
            "user_id": read.user, "last_read_message_id": read.message_id, "unread_count": read.unread_count,
            "read_at": at,
        }),
        FactData::Unarchived(own) => json!({ "user_ids": [own.user], "unarchived_at": at }),
        FactData::MarkedUnread(_)
        | FactData::NotificationsSet(_)
        | FactData::Pinned(_)
        | FactData::ScopesReplaced(_)
        | FactData::Unpinned(_)
        | FactData::Unknown(_) => return None,
    })
}

fn dialog_created(fact: &Fact, created: &DialogCreated) -> Value {
    let participants = created
        .participants
        .iter()
        .map(|one| json!({ "user_id": one.user, "joined_as": one.joined_as, "joined_at": one.joined_at }));
    let participants: Vec<Value> = participants.collect();
    let mut details =
        json!({ "title": fact.head.title, "participants": participants, "created_at": fact.at });
    if let Some(url) = &created.object_url {
        details["object_url"] = json!(url);
    }
    if let Some(user) = &created.created_by {
        details["created_by"] = json!(user);
    }
    if let Some(meta) = &created.meta {
        details["meta"] = meta.clone();
    }
    details
}

/// A dialog that was only stated again is no news.
fn dialog_updated(fact: &Fact, update: &DialogUpdated) -> Option<Value> {
    if *update == DialogUpdated::default() {
        return None;
    }
    let mut details = json!({ "title": fact.head.title, "frozen": fact.head.frozen, "updated_at": fact.at });
    if let Some(url) = &update.object_url {
        details["object_url"] = json!(url);
    }
    if let Some(meta) = &update.meta {
        details["meta"] = json!(meta);
    }
    Some(details)
}

fn joined(participant: &Participant) -> Value {
    json!({
        "user_id": participant.user, "joined_as": participant.joined_as, "joined_at": participant.joined_at,
    })
}

fn reacted(reaction: &Reaction, added: bool, at: Timestamp) -> Value {
    json!({
        "message_id": reaction.message_id, "user_id": reaction.user, "emoji": reaction.emoji, "added": added,
        "reacted_at": at,
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test says what is wrong by failing")]
mod tests {
    use std::collections::BTreeSet;

    use mtchat_protocol::{
        Actor, AppId, DialogId, DisplayName, FactId, Head, MessageCreated, MessageEdited, MessageId, Notice,
        NoticePosted, NoticeText, ObjectId, ObjectType, OwnState, ParticipantGone, ParticipantIn, ReadTo,
        RichText, SenderView, ShardId, Title, UserId,
    };

    use super::*;

    const DIALOG: &str = "01900000-0000-7000-8000-000000000001";
    const FACT: &str = "01900000-0000-7000-8000-000000000002";
    const OTHER: &str = "01900000-0000-7000-8000-000000000003";

    fn user(id: &str) -> UserId {
        UserId::new(id).unwrap()
    }

    fn message(id: &str) -> MessageId {
        id.parse().unwrap()
    }

    fn fact(data: FactData) -> Fact {
        Fact {
            id: FACT.parse::<FactId>().unwrap(),
            app: AppId::default_app(),
            dialog: DIALOG.parse::<DialogId>().unwrap(),
            at: serde_json::from_str("\"2026-01-02T03:04:05Z\"").unwrap(),
            actor: Actor::System,
            head: Head {
                seq: 3,
                count: 1,
                object_type: ObjectType::new("order").unwrap(),
                object_id: ObjectId::new("7").unwrap(),
                title: Some(Title::new("Order 7").unwrap()),
                frozen: false,
                deleted: false,
                members_rev: 1,
                members: Some([].into()),
            },
            data,
        }
    }

    fn event(data: FactData) -> WebhookEvent {
        told(data).unwrap()
    }

    fn told(data: FactData) -> Option<WebhookEvent> {
        let position = Position {
            shard: ShardId(0),
            log_seq: 42,
        };
        webhook_event(&fact(data), position)
    }

    /// The fields of an ordered event together with its own.
    fn ordered(own: Value) -> Value {
        let mut all = json!({
            "dialog_id": DIALOG, "object_id": "7", "object_type": "order", "position": "0-42", "seq": 3,
        });
        if let (Some(all), Value::Object(own)) = (all.as_object_mut(), own) {
            all.extend(own);
        }
        all
    }

    fn sent(reply_to: Option<MessageId>) -> FactData {
        FactData::MessageCreated(MessageCreated {
            sender: SenderView {
                user_id: user("alice"),
                display_name: DisplayName::new("Alice").unwrap(),
                company: None,
            },
            content: RichText::sanitised("hi &amp; there"),
            reply_to,
            attachments: Vec::new(),
            mentions: Vec::new(),
        })
    }

    fn at() -> Value {
        json!(fact(sent(None)).at)
    }

    #[test]
    fn a_message_is_told_as_hosts_know_it() {
        let told = event(sent(None));
        assert_eq!(told.name, "message.new");
        let plain = json!({
            "id": FACT, "sender_id": "alice", "content": "hi &amp; there", "created_at": at(), "message_type": "user",
        });
        assert_eq!(told.payload, ordered(json!({ "message": plain })));
        assert_eq!(told.data, told.payload);
        let answer = event(sent(Some(message(OTHER)))).payload;
        assert_eq!(answer["message"]["reply_to"], OTHER);
    }

    #[test]
    fn whom_a_message_mentions_is_told_where_there_is_somebody() {
        let FactData::MessageCreated(mut message) = sent(None) else {
            panic!("not a message")
        };
        message.mentions = vec![user("bob")];
        let told = event(FactData::MessageCreated(message)).payload;
        assert_eq!(told["message"]["mentions"], json!(["bob"]));
        let mut edited = MessageEdited {
            message_id: self::message(OTHER),
            content: RichText::sanitised("anew"),
            mentions: vec![user("bob")],
        };
        let told = event(FactData::MessageEdited(edited.clone())).payload;
        let own = json!({ "id": OTHER, "content": "anew", "edited_at": at(), "mentions": ["bob"] });
        assert_eq!(told["message"], own);
        edited.mentions.clear();
        let told = event(FactData::MessageEdited(edited)).payload;
        assert!(told["message"].get("mentions").is_none());
    }

    #[test]
    fn what_the_host_says_is_a_system_message_of_nobody() {
        let notice = Notice::Text(NoticeText::new("shipped").unwrap());
        let told = event(FactData::NoticePosted(NoticePosted { notice }));
        let own = json!({
            "id": FACT, "content": "{\"event\":\"host_message\",\"text\":\"shipped\"}", "created_at": at(),
            "message_type": "system",
        });
        assert_eq!(
            (told.name, told.payload),
            ("message.new", ordered(json!({ "message": own })))
        );
    }

    #[test]
    fn whoever_comes_and_goes_is_told_by_id() {
        let participant: Participant = serde_json::from_value(json!({
            "user_id": "bob", "joined_as": "joined", "joined_at": at(), "display_name": "Bob",
        }))
        .unwrap();
        let came = event(FactData::ParticipantJoined(ParticipantIn { participant }));
        let own = json!({ "user_id": "bob", "joined_as": "joined", "joined_at": at() });
        assert_eq!((came.name, came.payload), ("participant.joined", ordered(own)));
        let went = event(FactData::ParticipantRemoved(ParticipantGone {
            user: user("bob"),
            display_name: DisplayName::new("Bob").unwrap(),
        }));
        let own = json!({ "user_id": "bob", "left_at": at() });
        assert_eq!((went.name, went.payload), ("participant.left", ordered(own)));
    }

    #[test]
    fn own_state_has_no_number() {
        let read = event(FactData::Read(ReadTo {
            user: user("bob"),
            message_id: message(OTHER),
            seq: 2,
            count: 1,
            unread_count: 0,
        }));
        let mut expected = ordered(json!({
            "user_id": "bob", "last_read_message_id": OTHER, "unread_count": 0, "read_at": at(),
        }));
        expected.as_object_mut().unwrap().remove("seq");
        assert_eq!((read.name, read.payload), ("message.read", expected));
    }

    #[test]
    fn a_change_tells_what_was_cleared_and_a_restatement_nothing() {
        let update = DialogUpdated {
            object_url: Some(None),
            ..DialogUpdated::default()
        };
        let changed = event(FactData::DialogUpdated(update)).payload;
        let own = json!({ "title": "Order 7", "frozen": false, "updated_at": at(), "object_url": null });
        assert_eq!(changed, ordered(own));
        assert_eq!(told(FactData::DialogUpdated(DialogUpdated::default())), None);
    }

    #[test]
    fn hosts_are_not_told_of_what_users_keep_for_themselves() {
        assert_eq!(told(FactData::Pinned(OwnState { user: user("bob") })), None);
        assert_eq!(webhook_name(&FactKind::Pinned), None);
    }

    #[test]
    fn every_name_is_in_the_list_once() {
        let names: BTreeSet<&str> = WEBHOOK_EVENTS.into_iter().collect();
        assert_eq!(names.len(), WEBHOOK_EVENTS.len());
        for kind in [
            FactKind::Archived,
            FactKind::Read,
            FactKind::ReactionAdded,
            FactKind::NoticePosted,
        ] {
            assert!(names.contains(webhook_name(&kind).unwrap()));
        }
    }
}
