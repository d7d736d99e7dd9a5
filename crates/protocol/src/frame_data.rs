//! Frames that are large enough to have a type of their own.

use serde::Serialize;

use crate::{
    AttachmentView, DialogId, Epoch, MessageId, MessageType, ObjectUrl, OpaqueJson, Positions, RichText,
    SenderView, Timestamp, Title, UserId, fact::patch,
};

/// The first frame of a connection.
#[derive(Debug, Clone, PartialEq, Serialize)]
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
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recovered: Option<bool>,
}

/// What a dialog is called now, and whether it is frozen.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DialogUpdatedFrame {
    /// The dialog.
    pub dialog_id: DialogId,
    /// The title as it is now.
    pub title: Option<Title>,
    /// The link, when it changed; null when it was cleared.
    #[serde(serialize_with = "patch::serialize", skip_serializing_if = "Option::is_none")]
    pub object_url: Option<Option<ObjectUrl>>,
    /// The opaque JSON, when it changed; null when it was cleared.
    #[serde(serialize_with = "patch::serialize", skip_serializing_if = "Option::is_none")]
    pub meta: Option<Option<OpaqueJson>>,
    /// Nothing may be written any more.
    pub frozen: bool,
    /// The number in the dialog.
    pub seq: u64,
    /// Where the connection stands after it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pos: Option<Positions>,
}

/// A message, complete.
#[derive(Debug, Clone, PartialEq, Serialize)]
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
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_to_id: Option<MessageId>,
    /// Who sent it; absent on system messages.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sender: Option<SenderView>,
    /// Its files; left out when there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<AttachmentView>,
    /// Its number in the dialog.
    pub seq: u64,
    /// Where the connection stands after it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pos: Option<Positions>,
}
