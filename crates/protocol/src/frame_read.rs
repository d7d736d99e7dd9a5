//! How a frame is read: every field that any frame has, at once. A derived reader of a tagged enum keeps the whole frame in a buffer
//! until it knows the tag, and there is a copy of it for every kind of frame: in a page that is a quarter of the program.

use std::fmt;

use serde::Deserialize;

use crate::{
    AttachmentView, Company, ConnectedFrame, DialogId, DialogUpdatedFrame, DisplayName, Emoji, Epoch,
    ErrorCode, MessageId, MessageNewFrame, MessageType, NotificationLevel, ObjectId, ObjectType, ObjectUrl,
    OpaqueJson, Positions, RichText, Role, SenderView, ServerFrame, Timestamp, Title, TotalUnreadView,
    UserId, fact::patch,
};

#[derive(Deserialize)]
pub(crate) struct Flat {
    #[serde(rename = "type")]
    kind: String,
    added: Option<bool>,
    #[serde(default)]
    attachments: Option<Vec<AttachmentView>>,
    code: Option<ErrorCode>,
    company: Option<Company>,
    content: Option<RichText>,
    dialog_id: Option<DialogId>,
    dialogs: Option<u64>,
    display_name: Option<DisplayName>,
    emoji: Option<Emoji>,
    employee_id: Option<UserId>,
    enabled: Option<bool>,
    epoch: Option<Epoch>,
    frozen: Option<bool>,
    id: Option<MessageId>,
    is_online: Option<bool>,
    last_edited_at: Option<Timestamp>,
    last_read_message_id: Option<MessageId>,
    last_seen: Option<Timestamp>,
    message: Option<String>,
    message_id: Option<MessageId>,
    message_type: Option<MessageType>,
    #[serde(default, with = "patch")]
    meta: Option<Option<OpaqueJson>>,
    notification_level: Option<NotificationLevel>,
    object_id: Option<ObjectId>,
    object_type: Option<ObjectType>,
    #[serde(default, with = "patch")]
    object_url: Option<Option<ObjectUrl>>,
    pos: Option<Positions>,
    recovered: Option<bool>,
    reply_to_id: Option<MessageId>,
    role: Option<Role>,
    sender: Option<SenderView>,
    sender_id: Option<UserId>,
    sent_at: Option<Timestamp>,
    seq: Option<u64>,
    #[serde(default = "no")]
    stop: Option<bool>,
    stored: Option<Positions>,
    title: Option<Title>,
    unread_count: Option<u64>,
    user_id: Option<UserId>,
}

/// They have stopped only if it is said.
fn no() -> Option<bool> {
    Some(false)
}

/// Why something is not a frame.
pub(crate) enum NoFrame {
    Field(&'static str),
    Kind,
}

impl fmt::Display for NoFrame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Field(name) => write!(f, "the field {name} is missing"),
            Self::Kind => f.write_str("the type is unknown"),
        }
    }
}

/// A frame of these fields, and, after the semicolon, of these where they are there.
macro_rules! frame {
    ($flat:ident, $variant:ident { $($must:ident),*; $($may:ident),* }) => {
        ServerFrame::$variant {
            $($must: $flat.$must.ok_or(NoFrame::Field(stringify!($must)))?,)*
            $($may: $flat.$may,)*
        }
    };
    ($flat:ident, $variant:ident($of:ident) { $($must:ident),*; $($may:ident),* }) => {
        ServerFrame::$variant($of {
            $($must: $flat.$must.ok_or(NoFrame::Field(stringify!($must)))?,)*
            $($may: $flat.$may,)*
        })
    };
}

impl TryFrom<Flat> for ServerFrame {
    type Error = NoFrame;

    fn try_from(flat: Flat) -> Result<Self, NoFrame> {
        Ok(match flat.kind.as_str() {
            "connected" => {
                frame!(flat, Connected(ConnectedFrame) { employee_id, user_id, epoch, pos; recovered })
            }
            "dialog.archived" => frame!(flat, DialogArchived { dialog_id; pos }),
            "dialog.available" => {
                frame!(flat, DialogAvailable { dialog_id, object_type, object_id, seq; title, pos })
            }
            "dialog.deleted" => frame!(flat, DialogDeleted { dialog_id, seq; pos }),
            "dialog.notifications" => {
                frame!(flat, DialogNotifications { dialog_id, enabled; notification_level, pos })
            }
            "dialog.pinned" => frame!(flat, DialogPinned { dialog_id; pos }),
            "dialog.unarchived" => frame!(flat, DialogUnarchived { dialog_id; pos }),
            "dialog.unavailable" => frame!(flat, DialogUnavailable { dialog_id, seq; pos }),
            "dialog.unpinned" => frame!(flat, DialogUnpinned { dialog_id; pos }),
            "dialog.updated" => {
                frame!(flat, DialogUpdated(DialogUpdatedFrame) { dialog_id, frozen, seq; title, object_url, meta, pos })
            }
            "error" => frame!(flat, Error { message, code; }),
            "message.deleted" => frame!(flat, MessageDeleted { id, dialog_id, seq; pos }),
            "message.edited" => {
                frame!(flat, MessageEdited { id, dialog_id, content, last_edited_at, seq; pos })
            }
            "message.new" => ServerFrame::MessageNew(message_new(flat)?),
            "message.reaction" => {
                frame!(flat, MessageReaction { dialog_id, message_id, user_id, emoji, added, seq; pos })
            }
            "message.read" => {
                frame!(flat, MessageRead { dialog_id, user_id, last_read_message_id; unread_count, pos })
            }
            "message.unread" => frame!(flat, MessageUnread { dialog_id, message_id, unread_count; pos }),
            "participant.joined" => {
                frame!(flat, ParticipantJoined { dialog_id, user_id, display_name, seq; company, pos })
            }
            "participant.left" => frame!(flat, ParticipantLeft { dialog_id, user_id, seq; pos }),
            "participant.updated" => frame!(flat, ParticipantUpdated { dialog_id, user_id, role, seq; pos }),
            "pong" => frame!(flat, Pong { pos, stored; }),
            "presence.update" => frame!(flat, PresenceUpdate { user_id, is_online; last_seen }),
            "resumed" => frame!(flat, Resumed { recovered, epoch, pos; }),
            "typing" => frame!(flat, Typing { dialog_id, user_id, stop; }),
            "unread.total" => frame!(flat, UnreadTotal(TotalUnreadView) { unread_count, dialogs; }),
            _ => return Err(NoFrame::Kind),
        })
    }
}

fn message_new(mut flat: Flat) -> Result<MessageNewFrame, NoFrame> {
    // It is written only where there are some.
    let attachments = flat.attachments.take().unwrap_or_default();
    Ok(MessageNewFrame {
        attachments,
        id: flat.id.ok_or(NoFrame::Field("id"))?,
        dialog_id: flat.dialog_id.ok_or(NoFrame::Field("dialog_id"))?,
        sender_id: flat.sender_id,
        content: flat.content.ok_or(NoFrame::Field("content"))?,
        sent_at: flat.sent_at.ok_or(NoFrame::Field("sent_at"))?,
        message_type: flat.message_type.ok_or(NoFrame::Field("message_type"))?,
        reply_to_id: flat.reply_to_id,
        sender: flat.sender,
        seq: flat.seq.ok_or(NoFrame::Field("seq"))?,
        pos: flat.pos,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const DIALOG: &str = "01a20a21-1558-7137-9f1e-60da24f92347";
    const MESSAGE: &str = "01a20a21-1958-7654-ad25-6e90a4b09a17";

    /// One of each kind, with all that it may have.
    fn frames() -> Vec<Value> {
        let at = "2026-11-23T20:37:51.064700Z";
        vec![
            json!({"type":"connected","employee_id":"b","user_id":"b","epoch":"1-a","pos":"10","recovered":true}),
            json!({"type":"dialog.archived","dialog_id":DIALOG,"pos":"4"}),
            json!({"type":"dialog.available","dialog_id":DIALOG,"object_type":"order","object_id":"1","title":null,"seq":3,"pos":"4"}),
            json!({"type":"dialog.deleted","dialog_id":DIALOG,"seq":3,"pos":"4"}),
            json!({"type":"dialog.notifications","dialog_id":DIALOG,"enabled":false,"notification_level":"none","pos":"4"}),
            json!({"type":"dialog.notifications","dialog_id":DIALOG,"enabled":true}),
            json!({"type":"dialog.pinned","dialog_id":DIALOG,"pos":"4"}),
            json!({"type":"dialog.unarchived","dialog_id":DIALOG}),
            json!({"type":"dialog.unavailable","dialog_id":DIALOG,"seq":3,"pos":"4"}),
            json!({"type":"dialog.unpinned","dialog_id":DIALOG,"pos":"4"}),
            json!({"type":"dialog.updated","dialog_id":DIALOG,"title":"T","object_url":null,"meta":{"a":1.5},"frozen":true,"seq":3}),
            json!({"type":"error","message":"no","code":"UNAUTHORIZED"}),
            json!({"type":"message.deleted","id":MESSAGE,"dialog_id":DIALOG,"seq":3,"pos":"4"}),
            json!({"type":"message.edited","id":MESSAGE,"dialog_id":DIALOG,"content":"c","last_edited_at":at,"seq":3,"pos":"4"}),
            json!({"type":"message.new","id":MESSAGE,"dialog_id":DIALOG,"sender_id":"b","content":"c","sent_at":at,"message_type":"user",
                "reply_to_id":MESSAGE,"sender":{"user_id":"b","display_name":"B","company":"A"},"seq":3,"pos":"4"}),
            json!({"type":"message.new","id":MESSAGE,"dialog_id":DIALOG,"sender_id":"b","content":"","sent_at":at,"message_type":"user",
                "attachments":[{"id":MESSAGE,"filename":"a.png","content_type":"image/png","size":7,"width":3,"height":2,
                "url":"http://f/a","thumbnail_url":"http://f/t"},{"id":DIALOG,"filename":"b","content_type":"application/pdf","size":0}],
                "seq":3}),
            json!({"type":"message.new","id":MESSAGE,"dialog_id":DIALOG,"sender_id":null,"content":"c","sent_at":at,"message_type":"system","seq":3}),
            json!({"type":"message.reaction","dialog_id":DIALOG,"message_id":MESSAGE,"user_id":"b","emoji":"👍","added":true,"seq":3,"pos":"4"}),
            json!({"type":"message.read","dialog_id":DIALOG,"user_id":"b","last_read_message_id":MESSAGE,"unread_count":2,"pos":"4"}),
            json!({"type":"message.unread","dialog_id":DIALOG,"message_id":MESSAGE,"unread_count":2,"pos":"4"}),
            json!({"type":"participant.joined","dialog_id":DIALOG,"user_id":"b","display_name":"B","company":"A","seq":3,"pos":"4"}),
            json!({"type":"participant.left","dialog_id":DIALOG,"user_id":"b","seq":3,"pos":"4"}),
            json!({"type":"participant.updated","dialog_id":DIALOG,"user_id":"b","role":"owner","seq":3,"pos":"4"}),
            json!({"type":"pong","pos":"4","stored":"3"}),
            json!({"type":"presence.update","user_id":"b","is_online":false,"last_seen":at}),
            json!({"type":"resumed","recovered":true,"epoch":"1-a","pos":"4"}),
            json!({"type":"typing","dialog_id":DIALOG,"user_id":"b"}),
            json!({"type":"typing","dialog_id":DIALOG,"user_id":"b","stop":true}),
            json!({"type":"unread.total","unread_count":2,"dialogs":1}),
        ]
    }

    #[test]
    fn what_is_written_is_read() {
        let mut kinds = std::collections::BTreeSet::new();
        for written in frames() {
            let frame: ServerFrame = serde_json::from_str(&written.to_string()).unwrap();
            assert_eq!(serde_json::to_value(&frame).unwrap(), written);
            kinds.insert(written["type"].to_string());
        }
        assert_eq!(kinds.len(), 25, "{kinds:?}");
    }

    #[test]
    fn what_a_frame_must_have_is_missed() {
        for written in frames() {
            for field in written.as_object().unwrap().keys() {
                let mut cut = written.clone();
                cut.as_object_mut().unwrap().remove(field);
                let read = serde_json::from_str::<ServerFrame>(&cut.to_string());
                // Without it the frame is none, or is written without it.
                if let Ok(frame) = read {
                    let again = serde_json::to_value(&frame).unwrap();
                    let without = |value: &Value| value.get(field).is_none_or(Value::is_null);
                    assert!(without(&again), "{cut} became {again}");
                }
            }
        }
    }

    #[test]
    fn what_is_unknown_is_no_frame() {
        for text in ["{}", r#"{"type":"message.sung"}"#, "[]", r#"{"type":7}"#] {
            assert!(serde_json::from_str::<ServerFrame>(text).is_err(), "{text}");
        }
        let more = r#"{"type":"unread.total","unread_count":2,"dialogs":1,"mood":"good"}"#;
        assert!(serde_json::from_str::<ServerFrame>(more).is_ok());
    }
}
