use serde::{Deserialize, Serialize};

use crate::{
    Company, DialogId, DisplayName, Emoji, Epoch, MessageId, MessageType, ObjectUrl, Positions, RichText,
    Role, SenderView, Timestamp, Title, UserId, fact::patch,
};

/// What the server says on a socket: flat JSON with `type`. A fact that needs several frames gives `pos` only to the
/// last, so a client that stopped in between gets all of them again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum ServerFrame {
    /// The first frame of a connection.
    #[serde(rename = "connected")]
    Connected(ConnectedFrame),
    /// The user archived the dialog on one of their devices.
    #[serde(rename = "dialog.archived")]
    DialogArchived {
        /// The dialog.
        dialog_id: DialogId,
        /// Where the connection stands after it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pos: Option<Positions>,
    },
    /// The dialog is gone, for its former members.
    #[serde(rename = "dialog.deleted")]
    DialogDeleted {
        /// The dialog.
        dialog_id: DialogId,
        /// Its number in the dialog.
        seq: u64,
        /// Where the connection stands after it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pos: Option<Positions>,
    },
    /// The user switched notifications of the dialog on one of their devices.
    #[serde(rename = "dialog.notifications")]
    DialogNotifications {
        /// The dialog.
        dialog_id: DialogId,
        /// Whether they want to be told of messages.
        enabled: bool,
        /// Where the connection stands after it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pos: Option<Positions>,
    },
    /// The user pinned the dialog on one of their devices.
    #[serde(rename = "dialog.pinned")]
    DialogPinned {
        /// The dialog.
        dialog_id: DialogId,
        /// Where the connection stands after it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pos: Option<Positions>,
    },
    /// The dialog is not archived any more, by the user or by a new message.
    #[serde(rename = "dialog.unarchived")]
    DialogUnarchived {
        /// The dialog.
        dialog_id: DialogId,
        /// Where the connection stands after it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pos: Option<Positions>,
    },
    /// The user unpinned the dialog on one of their devices.
    #[serde(rename = "dialog.unpinned")]
    DialogUnpinned {
        /// The dialog.
        dialog_id: DialogId,
        /// Where the connection stands after it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pos: Option<Positions>,
    },
    /// Title, link or meta changed, or the dialog was frozen or opened again.
    #[serde(rename = "dialog.updated")]
    DialogUpdated(DialogUpdatedFrame),
    /// Something is wrong with what the client sent.
    #[serde(rename = "error")]
    Error {
        /// In words.
        message: String,
        /// As a code of the closed list.
        code: crate::ErrorCode,
    },
    /// A message's content is gone.
    #[serde(rename = "message.deleted")]
    MessageDeleted {
        /// The message.
        id: MessageId,
        /// The dialog.
        dialog_id: DialogId,
        /// The deletion's number in the dialog.
        seq: u64,
        /// Where the connection stands after it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pos: Option<Positions>,
    },
    /// A message's content was replaced.
    #[serde(rename = "message.edited")]
    MessageEdited {
        /// The message.
        id: MessageId,
        /// The dialog.
        dialog_id: DialogId,
        /// The new content.
        content: RichText,
        /// When.
        last_edited_at: Timestamp,
        /// The edit's number in the dialog.
        seq: u64,
        /// Where the connection stands after it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pos: Option<Positions>,
    },
    /// A message, complete.
    #[serde(rename = "message.new")]
    MessageNew(MessageNewFrame),
    /// Somebody put an emoji on a message or took it away.
    #[serde(rename = "message.reaction")]
    MessageReaction {
        /// The dialog.
        dialog_id: DialogId,
        /// The message.
        message_id: MessageId,
        /// Whose emoji it is.
        user_id: UserId,
        /// The emoji.
        emoji: Emoji,
        /// Put there, or taken away.
        added: bool,
        /// The reaction's number in the dialog.
        seq: u64,
        /// Where the connection stands after it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pos: Option<Positions>,
    },
    /// Somebody has read up to a message.
    #[serde(rename = "message.read")]
    MessageRead {
        /// The dialog.
        dialog_id: DialogId,
        /// Who.
        user_id: UserId,
        /// The newest message that they have read.
        last_read_message_id: MessageId,
        /// What is left to read; only on their own devices.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        unread_count: Option<u64>,
        /// Where the connection stands after it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pos: Option<Positions>,
    },
    /// The user marked messages as unread on one of their devices.
    #[serde(rename = "message.unread")]
    MessageUnread {
        /// The dialog.
        dialog_id: DialogId,
        /// The first one that counts as unread again.
        message_id: MessageId,
        /// What is left to read.
        unread_count: u64,
        /// Where the connection stands after it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pos: Option<Positions>,
    },
    /// Somebody came in.
    #[serde(rename = "participant.joined")]
    ParticipantJoined {
        /// The dialog.
        dialog_id: DialogId,
        /// Who.
        user_id: UserId,
        /// Their name.
        display_name: DisplayName,
        /// Their company.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        company: Option<Company>,
        /// The number in the dialog.
        seq: u64,
        /// Where the connection stands after it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pos: Option<Positions>,
    },
    /// Somebody went.
    #[serde(rename = "participant.left")]
    ParticipantLeft {
        /// The dialog.
        dialog_id: DialogId,
        /// Who.
        user_id: UserId,
        /// The number in the dialog.
        seq: u64,
        /// Where the connection stands after it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pos: Option<Positions>,
    },
    /// Somebody has another role.
    #[serde(rename = "participant.updated")]
    ParticipantUpdated {
        /// The dialog.
        dialog_id: DialogId,
        /// Who.
        user_id: UserId,
        /// The role from now on.
        role: Role,
        /// The number in the dialog.
        seq: u64,
        /// Where the connection stands after it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pos: Option<Positions>,
    },
    /// The answer to `ping`.
    #[serde(rename = "pong")]
    Pong {
        /// How far this edge has read the live path: what is newer than the client's own is on its way.
        pos: Positions,
        /// How far Postgres has committed.
        stored: Positions,
    },
    /// The answer to `resume` (and, with `recovered: false`, what an edge says on its own when the log began a new epoch).
    #[serde(rename = "resumed")]
    Resumed {
        /// `true`: everything missed follows, in order. `false`: reload what is shown.
        recovered: bool,
        /// The log's present life.
        epoch: Epoch,
        /// Where the connection stands; with `recovered: true` where the client said it stood.
        pos: Positions,
    },
    /// Somebody else in the dialog is typing. Said once, never stored, not resumed; without a word within some seconds
    /// they have stopped.
    #[serde(rename = "typing")]
    Typing {
        /// The dialog.
        dialog_id: DialogId,
        /// Who.
        user_id: UserId,
        /// They have stopped.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        stop: bool,
    },
}

/// The first frame of a connection.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ConnectedFrame {
    /// The user, under the name that existing clients read.
    pub employee_id: UserId,
    /// The user.
    pub user_id: UserId,
    /// The log's present life.
    pub epoch: Epoch,
    /// Where the connection stands.
    pub pos: Positions,
    /// Present when the handshake asked to resume: whether everything missed follows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recovered: Option<bool>,
}

/// What a dialog is called now, and whether it is frozen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DialogUpdatedFrame {
    /// The dialog.
    pub dialog_id: DialogId,
    /// The title as it is now.
    pub title: Option<Title>,
    /// The link, when it changed; null when it was cleared.
    #[serde(default, with = "patch", skip_serializing_if = "Option::is_none")]
    pub object_url: Option<Option<ObjectUrl>>,
    /// The opaque JSON, when it changed; null when it was cleared.
    #[serde(default, with = "patch", skip_serializing_if = "Option::is_none")]
    pub meta: Option<Option<serde_json::Value>>,
    /// Nothing may be written any more.
    pub frozen: bool,
    /// The number in the dialog.
    pub seq: u64,
    /// Where the connection stands after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pos: Option<Positions>,
}

/// A message, complete.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MessageNewFrame {
    /// The message.
    pub id: MessageId,
    /// The dialog.
    pub dialog_id: DialogId,
    /// Null on system messages.
    pub sender_id: Option<UserId>,
    /// Sanitised HTML, or the JSON of a system message.
    pub content: RichText,
    /// When it was sent.
    pub sent_at: Timestamp,
    /// User or system.
    pub message_type: MessageType,
    /// The message that this one answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to_id: Option<MessageId>,
    /// Who sent it; absent on system messages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sender: Option<SenderView>,
    /// Its number in the dialog.
    pub seq: u64,
    /// Where the connection stands after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pos: Option<Positions>,
}

impl ServerFrame {
    /// Where the connection stands after this frame, when the frame moves it.
    pub fn pos(&self) -> Option<&Positions> {
        match self {
            Self::Connected(frame) => Some(&frame.pos),
            Self::DialogUpdated(frame) => frame.pos.as_ref(),
            Self::MessageNew(frame) => frame.pos.as_ref(),
            Self::DialogArchived { pos, .. }
            | Self::DialogDeleted { pos, .. }
            | Self::DialogNotifications { pos, .. }
            | Self::DialogPinned { pos, .. }
            | Self::DialogUnarchived { pos, .. }
            | Self::DialogUnpinned { pos, .. }
            | Self::MessageDeleted { pos, .. }
            | Self::MessageEdited { pos, .. }
            | Self::MessageReaction { pos, .. }
            | Self::MessageRead { pos, .. }
            | Self::MessageUnread { pos, .. }
            | Self::ParticipantJoined { pos, .. }
            | Self::ParticipantLeft { pos, .. }
            | Self::ParticipantUpdated { pos, .. } => pos.as_ref(),
            Self::Resumed { pos, .. } => Some(pos),
            Self::Error { .. } | Self::Pong { .. } | Self::Typing { .. } => None,
        }
    }

    /// Give a live frame its position; other frames are left as they are.
    pub fn set_pos(&mut self, at: Positions) {
        match self {
            Self::DialogUpdated(frame) => frame.pos = Some(at),
            Self::MessageNew(frame) => frame.pos = Some(at),
            Self::DialogArchived { pos, .. }
            | Self::DialogDeleted { pos, .. }
            | Self::DialogNotifications { pos, .. }
            | Self::DialogPinned { pos, .. }
            | Self::DialogUnarchived { pos, .. }
            | Self::DialogUnpinned { pos, .. }
            | Self::MessageDeleted { pos, .. }
            | Self::MessageEdited { pos, .. }
            | Self::MessageReaction { pos, .. }
            | Self::MessageRead { pos, .. }
            | Self::MessageUnread { pos, .. }
            | Self::ParticipantJoined { pos, .. }
            | Self::ParticipantLeft { pos, .. }
            | Self::ParticipantUpdated { pos, .. } => *pos = Some(at),
            Self::Connected(_)
            | Self::Error { .. }
            | Self::Pong { .. }
            | Self::Resumed { .. }
            | Self::Typing { .. } => {}
        }
    }
}

/// What a client says on a socket.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ClientFrame {
    /// Who I am: the first frame where the handshake carried no token, or a fresh token later. With `epoch` and `pos`
    /// in the first frame the connection resumes at once.
    Auth {
        /// A JWT.
        token: String,
        /// The epoch of `pos`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        epoch: Option<Epoch>,
        /// The newest position the client has seen.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pos: Option<Positions>,
    },
    /// Still here; answered by `pong`.
    Ping,
    /// Give me all that came after this position. Frames that arrive between this and `resumed` come again after it.
    Resume {
        /// The epoch of `pos`.
        epoch: Epoch,
        /// The newest position the client has seen.
        pos: Positions,
    },
    /// I am typing; the other members are told.
    Typing {
        /// Where.
        dialog_id: DialogId,
        /// I have stopped.
        #[serde(default)]
        stop: bool,
    },
    /// Anything else: ignored.
    #[serde(other)]
    Other,
}
