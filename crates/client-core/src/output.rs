use mtchat_protocol::{DialogId, MessageId, UserId};
use serde::{Deserialize, Serialize};

use crate::{Change, DialogRow, Draft, OutboxEntry, ParticipantRow};

/// A socket, as the client names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(transparent)]
pub struct SocketId(pub u32);

/// A request, as the client names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(transparent)]
pub struct RequestId(pub u32);

/// What the driver is to do, or to show.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Output {
    /// Open a socket at `/api/v1/ws`; it says in its first frame whose it is.
    Open(SocketId),
    /// Send a frame.
    Say {
        /// Over which socket.
        socket: SocketId,
        /// The text.
        text: String,
    },
    /// Close a socket; nothing more is wanted of it.
    Hang(SocketId),
    /// Make a request.
    Ask(Request),
    /// Nobody waits for this request any more.
    Cancel(RequestId),
    /// Get a token, and tell it by [`Input::Token`](crate::Input::Token).
    NeedToken,
    /// Keep this across reloads, in place of what is kept under the same id.
    Keep(OutboxEntry),
    /// Keep it no longer.
    Forget(MessageId),
    /// Keep this draft across reloads; an empty one no longer.
    KeepDraft(Draft),
    /// Something to show is different.
    Changed(Diff),
}

/// A request to the API. The driver adds address and token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Request {
    /// Its name, for the answer.
    pub id: RequestId,
    /// `GET`, `POST`.
    pub method: String,
    /// Below `/api/v1`, with its query.
    pub path: String,
    /// JSON.
    pub body: Option<String>,
    /// The header `Mtchat-Position`: what the answer must know of.
    pub position: Option<String>,
}

/// How the connection stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum ConnectionState {
    /// Nobody wants one.
    Idle,
    /// The system says that there is no network.
    Offline,
    /// On the way.
    Connecting,
    /// Open, and everything missed is on its way or here.
    Connected,
    /// It will be tried again.
    Waiting,
    /// It will not be tried again by itself.
    Ended(Ending),
}

/// Why a client does not come back by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// No token that the server takes is to be had.
    NoAccess,
    /// The token is another user's.
    OtherUser,
    /// The app does not allow this page.
    PageNotAllowed,
}

/// What is different in what is shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Diff {
    /// The connection.
    Connection(ConnectionState),
    /// A dialog is new in the list, or another one than before.
    Dialog(Box<DialogRow>),
    /// A dialog is not in the list any more.
    DialogGone(DialogId),
    /// A dialog that one may join is new, or another one than before.
    Available(Box<DialogRow>),
    /// A dialog may not be joined any more, or one is in it.
    AvailableGone(DialogId),
    /// Everybody in a dialog that is looked at, by join time.
    Participants {
        /// Where.
        dialog: DialogId,
        /// Who.
        participants: Vec<ParticipantRow>,
    },
    /// Somebody in a dialog that is looked at read on, has another role, came online or went offline.
    Participant {
        /// Where.
        dialog: DialogId,
        /// How they are now.
        participant: Box<ParticipantRow>,
    },
    /// How much is unread in all, as far as it is known.
    Unread {
        /// Messages.
        messages: u64,
        /// Dialogs.
        dialogs: u64,
    },
    /// A timeline: from this row on, so many rows are replaced.
    Timeline(Change),
    /// Who is typing in a dialog.
    Typing {
        /// Where.
        dialog: DialogId,
        /// Who.
        users: Vec<UserId>,
    },
    /// Whether somebody is online.
    Presence {
        /// Who.
        user: UserId,
        /// Whether.
        online: bool,
    },
    /// What is written and not sent yet.
    Draft(Draft),
    /// Whether there are more dialogs than are loaded, for [`Intent::MoreDialogs`](crate::Intent::MoreDialogs).
    MoreDialogs(bool),
    /// Whether all that is shown is loaded and as new as the connection, so that what is not there does not exist. The last of what
    /// is told at a time.
    Fresh(bool),
}
