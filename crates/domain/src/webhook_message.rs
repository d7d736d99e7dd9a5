//! Messages as events show them.

use mtchat_protocol::{
    Attachment, AttachmentView, Fact, MessageCreated, MessageEdited, MessageId, MessageType, Timestamp,
    UserId,
};
use serde::Serialize;
use serde_json::{Value, json};

use crate::system_message;

#[derive(Serialize)]
struct Message<'a> {
    id: MessageId,
    #[serde(skip_serializing_if = "Option::is_none")]
    sender_id: Option<&'a UserId>,
    content: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reply_to: Option<MessageId>,
    created_at: Timestamp,
    message_type: MessageType,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    attachments: Vec<AttachmentView>,
    #[serde(skip_serializing_if = "<[UserId]>::is_empty")]
    mentions: &'a [UserId],
}

/// What was sent.
pub(crate) fn sent(fact: &Fact, message: &MessageCreated) -> Value {
    json!(Message {
        id: MessageId::from(fact.id),
        sender_id: Some(&message.sender.user_id),
        content: message.content.as_str(),
        reply_to: message.reply_to,
        created_at: fact.at,
        message_type: MessageType::User,
        // Links are made for a reader, and end; a host asks for them when it needs them.
        attachments: message.attachments.iter().map(Attachment::view).collect(),
        mentions: &message.mentions,
    })
}

/// What the host said itself comes back to it as everybody else sees it.
pub(crate) fn notice(fact: &Fact) -> Option<Value> {
    let content = system_message(fact)?.content();
    Some(json!(Message {
        id: MessageId::from(fact.id),
        sender_id: None,
        content: content.as_str(),
        reply_to: None,
        created_at: fact.at,
        message_type: MessageType::System,
        attachments: Vec::new(),
        mentions: &[],
    }))
}

/// What a message says from now on.
pub(crate) fn edited(edited: &MessageEdited, at: Timestamp) -> Value {
    let mut told = json!({ "id": edited.message_id, "content": edited.content, "edited_at": at });
    if !edited.mentions.is_empty() {
        told["mentions"] = json!(edited.mentions);
    }
    told
}
