use serde::{Deserialize, Serialize};

use crate::{
    Company, ConnectedFrame, DialogId, DialogUpdatedFrame, DisplayName, Emoji, Epoch, MessageId,
    MessageNewFrame, NotificationLevel, ObjectId, ObjectType, Positions, RichText, Role, Timestamp, Title,
    TotalUnreadView, UserId,
};

/// What the server says on a socket: flat JSON with `type`. A fact that needs several frames gives `pos` only to the
/// last, so a client that stopped in between gets all of them again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", try_from = "crate::frame_read::Flat")]
pub enum ServerFrame {
    /// The first frame of a connection.
    #[serde(rename = "connected")]
    Connected(ConnectedFrame),
    /// The user may join this dialog from now on: it was created, or its rules changed.
    #[serde(rename = "dialog.available")]
    DialogAvailable {
        /// The dialog.
        dialog_id: DialogId,
        /// What it is about.
        object_type: ObjectType,
        /// Which one.
        object_id: ObjectId,
        /// What it is called.
        title: Option<Title>,
        /// The number in the dialog.
        seq: u64,
        /// Where the connection stands after it.
        #[serde(skip_serializing_if = "Option::is_none")]
        pos: Option<Positions>,
    },
    /// The dialog is archived from now on: by the user on one of their devices, or because nothing was said in it for long.
    #[serde(rename = "dialog.archived")]
    DialogArchived {
        /// The dialog.
        dialog_id: DialogId,
        /// Where the connection stands after it.
        #[serde(skip_serializing_if = "Option::is_none")]
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
        #[serde(skip_serializing_if = "Option::is_none")]
        pos: Option<Positions>,
    },
    /// The user switched notifications of the dialog on one of their devices.
    #[serde(rename = "dialog.notifications")]
    DialogNotifications {
        /// The dialog.
        dialog_id: DialogId,
        /// Whether they want to be told of messages.
        enabled: bool,
        /// Of which; absent from servers that know no levels.
        #[serde(skip_serializing_if = "Option::is_none")]
        notification_level: Option<NotificationLevel>,
        /// Where the connection stands after it.
        #[serde(skip_serializing_if = "Option::is_none")]
        pos: Option<Positions>,
    },
    /// The user pinned the dialog on one of their devices.
    #[serde(rename = "dialog.pinned")]
    DialogPinned {
        /// The dialog.
        dialog_id: DialogId,
        /// Where the connection stands after it.
        #[serde(skip_serializing_if = "Option::is_none")]
        pos: Option<Positions>,
    },
    /// The user may not join this dialog any more: its rules changed, or it is gone.
    #[serde(rename = "dialog.unavailable")]
    DialogUnavailable {
        /// The dialog.
        dialog_id: DialogId,
        /// The number in the dialog.
        seq: u64,
        /// Where the connection stands after it.
        #[serde(skip_serializing_if = "Option::is_none")]
        pos: Option<Positions>,
    },
    /// The dialog is not archived any more, by the user or by a new message.
    #[serde(rename = "dialog.unarchived")]
    DialogUnarchived {
        /// The dialog.
        dialog_id: DialogId,
        /// Where the connection stands after it.
        #[serde(skip_serializing_if = "Option::is_none")]
        pos: Option<Positions>,
    },
    /// The user unpinned the dialog on one of their devices.
    #[serde(rename = "dialog.unpinned")]
    DialogUnpinned {
        /// The dialog.
        dialog_id: DialogId,
        /// Where the connection stands after it.
        #[serde(skip_serializing_if = "Option::is_none")]
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
        #[serde(skip_serializing_if = "Option::is_none")]
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
        #[serde(skip_serializing_if = "Option::is_none")]
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
        #[serde(skip_serializing_if = "Option::is_none")]
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
        #[serde(skip_serializing_if = "Option::is_none")]
        unread_count: Option<u64>,
        /// Where the connection stands after it.
        #[serde(skip_serializing_if = "Option::is_none")]
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
        #[serde(skip_serializing_if = "Option::is_none")]
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
        #[serde(skip_serializing_if = "Option::is_none")]
        company: Option<Company>,
        /// The number in the dialog.
        seq: u64,
        /// Where the connection stands after it.
        #[serde(skip_serializing_if = "Option::is_none")]
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
        #[serde(skip_serializing_if = "Option::is_none")]
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
        #[serde(skip_serializing_if = "Option::is_none")]
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
    /// Somebody who shares a dialog with the user came online or went offline. Said once, not resumed: who comes back asks
    /// anew, by `watch` or by the list of participants.
    #[serde(rename = "presence.update")]
    PresenceUpdate {
        /// Who.
        user_id: UserId,
        /// Whether they have a connection.
        is_online: bool,
        /// When they had one last; absent while they have one, and when it is not known.
        #[serde(skip_serializing_if = "Option::is_none")]
        last_seen: Option<Timestamp>,
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
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        stop: bool,
    },
    /// How much the user has not read in all dialogs together. Only to sockets that asked with `watch_unread`; not part of what a
    /// resume brings.
    #[serde(rename = "unread.total")]
    UnreadTotal(TotalUnreadView),
}

impl ServerFrame {
    /// Where the connection stands after this frame, when the frame moves it.
    pub fn pos(&self) -> Option<&Positions> {
        match self {
            Self::Connected(frame) => Some(&frame.pos),
            Self::DialogUpdated(frame) => frame.pos.as_ref(),
            Self::MessageNew(frame) => frame.pos.as_ref(),
            Self::DialogArchived { pos, .. }
            | Self::DialogAvailable { pos, .. }
            | Self::DialogDeleted { pos, .. }
            | Self::DialogNotifications { pos, .. }
            | Self::DialogPinned { pos, .. }
            | Self::DialogUnarchived { pos, .. }
            | Self::DialogUnavailable { pos, .. }
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
            Self::Error { .. }
            | Self::Pong { .. }
            | Self::PresenceUpdate { .. }
            | Self::Typing { .. }
            | Self::UnreadTotal(_) => None,
        }
    }

    /// Give a live frame its position; other frames are left as they are.
    pub fn set_pos(&mut self, at: Positions) {
        match self {
            Self::DialogUpdated(frame) => frame.pos = Some(at),
            Self::MessageNew(frame) => frame.pos = Some(at),
            Self::DialogArchived { pos, .. }
            | Self::DialogAvailable { pos, .. }
            | Self::DialogDeleted { pos, .. }
            | Self::DialogNotifications { pos, .. }
            | Self::DialogPinned { pos, .. }
            | Self::DialogUnarchived { pos, .. }
            | Self::DialogUnavailable { pos, .. }
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
            | Self::PresenceUpdate { .. }
            | Self::Resumed { .. }
            | Self::Typing { .. }
            | Self::UnreadTotal(_) => {}
        }
    }
}
