use serde::{Deserialize, Serialize};

use crate::{
    Company, DialogId, DisplayName, Epoch, MessageId, MessageType, Positions, RichText, SenderView,
    Timestamp, UserId,
};

/// What the server says on a socket: flat JSON with `type`. A fact that needs several frames gives `pos` only to the
/// last, so a client that stopped in between gets all of them again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum ServerFrame {
    /// The first frame of a connection.
    #[serde(rename = "connected")]
    Connected(ConnectedFrame),
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
            Self::MessageNew(frame) => frame.pos.as_ref(),
            Self::DialogDeleted { pos, .. }
            | Self::MessageDeleted { pos, .. }
            | Self::MessageEdited { pos, .. }
            | Self::ParticipantJoined { pos, .. }
            | Self::ParticipantLeft { pos, .. } => pos.as_ref(),
            Self::Resumed { pos, .. } => Some(pos),
            Self::Error { .. } | Self::Pong { .. } | Self::Typing { .. } => None,
        }
    }

    /// Give a live frame its position; other frames are left as they are.
    pub fn set_pos(&mut self, at: Positions) {
        match self {
            Self::MessageNew(frame) => frame.pos = Some(at),
            Self::DialogDeleted { pos, .. }
            | Self::MessageDeleted { pos, .. }
            | Self::MessageEdited { pos, .. }
            | Self::ParticipantJoined { pos, .. }
            | Self::ParticipantLeft { pos, .. } => *pos = Some(at),
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
