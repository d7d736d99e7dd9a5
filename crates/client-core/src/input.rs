use mtchat_protocol::{AttachmentInput, DialogId, MessageId};
use serde::{Deserialize, Serialize};

use crate::{Draft, OutboxEntry, RequestId, SocketId};

/// What the driver tells the client.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Input {
    /// Something that the user wants.
    Wants(Intent),
    /// A socket is open.
    Opened(SocketId),
    /// A frame came over a socket.
    Frame {
        /// Which socket.
        socket: SocketId,
        /// The text.
        text: String,
    },
    /// A socket is closed, or could not be opened.
    Closed {
        /// Which socket.
        socket: SocketId,
        /// The close code, when the server gave one.
        code: Option<u16>,
    },
    /// What came of a request.
    Answered {
        /// Which request.
        request: RequestId,
        /// What came.
        answer: Answer,
    },
    /// A token for this user; `None`: there is none now.
    Token(Option<String>),
    /// The network came or went, as far as the system knows.
    Online(bool),
    /// The page is looked at, or the machine woke up: whatever was open may be dead.
    Woke,
    /// What was kept when the client was there last. Before anything else.
    Restored(Kept),
}

/// What a driver keeps across reloads.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Kept {
    /// What was to be sent, by [`Output::Keep`](crate::Output::Keep).
    pub outbox: Vec<OutboxEntry>,
    /// What was not finished, by [`Output::KeepDraft`](crate::Output::KeepDraft).
    pub drafts: Vec<Draft>,
}

/// What a user wants.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Intent {
    /// Be connected.
    Connect,
    /// Be connected no longer; nothing that was to be sent is forgotten.
    Disconnect,
    /// Look at a dialog: its newest messages are loaded and kept up to date.
    Open(DialogId),
    /// Look at it no longer.
    Close(DialogId),
    /// Say something.
    Send {
        /// Its id, made by whoever may want this twice without knowing whether it was heard: it is one message all the same. By
        /// default the client makes one.
        id: Option<MessageId>,
        /// Where.
        dialog: DialogId,
        /// HTML; empty where the files say it all.
        content: String,
        /// The message that it answers.
        reply_to: Option<MessageId>,
        /// Files that were uploaded for this dialog, in the order in which they are shown.
        #[serde(default, deserialize_with = "crate::uploads::read")]
        attachments: Vec<AttachmentInput>,
    },
    /// Try a message that failed once more.
    Retry(MessageId),
    /// Give a message that failed up.
    Discard(MessageId),
    /// Messages before the oldest that are shown.
    Older(DialogId),
    /// Messages after those around which the timeline was opened.
    Newer(DialogId),
    /// Go to a message that may be far away.
    Jump {
        /// Where.
        dialog: DialogId,
        /// Where to.
        message: MessageId,
    },
    /// Back to the newest messages.
    Latest(DialogId),
    /// Everything up to this message is read.
    Read {
        /// Where.
        dialog: DialogId,
        /// The newest message that was seen.
        message: MessageId,
    },
    /// More of the list of dialogs.
    MoreDialogs,
    /// A key was pressed.
    Typing(DialogId),
    /// What is written and not sent yet, kept across reloads. Sending ends it.
    Draft(Draft),
    /// See the dialogs that one may join, or see them no longer.
    Available(bool),
}

/// What came of a request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// The server answered.
    Response(Response),
    /// Nothing came: it may have happened or not.
    Nothing,
}

/// An answer of the server.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Response {
    /// The status.
    pub status: u16,
    /// The body.
    pub body: String,
    /// `Mtchat-Position`.
    #[serde(default)]
    pub position: Option<String>,
    /// `Mtchat-Next-Cursor`.
    #[serde(default)]
    pub next_cursor: Option<String>,
    /// `Retry-After`, in seconds.
    #[serde(default)]
    pub retry_after: Option<u64>,
}
