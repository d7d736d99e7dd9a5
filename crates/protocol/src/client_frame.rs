use serde::{Deserialize, Serialize};

use crate::{DialogId, Epoch, Positions, UserId};

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
    /// This dialog is on my screen now, and no other; without one, none is. While it is, the host is not told of what I have not read.
    Viewing {
        /// Which.
        #[serde(default)]
        dialog_id: Option<DialogId>,
    },
    /// These users are on my screen: tell me whether they are online, now and as it changes. Replaces what was watched before;
    /// an empty list ends it. Only those who share a dialog with me are ever told of.
    Watch {
        /// At most [`limits::WATCHED`](crate::limits::WATCHED).
        user_ids: Vec<UserId>,
    },
    /// Tell me how much I have not read in all, now and as it changes; or do so no longer.
    WatchUnread {
        /// Tell me.
        enabled: bool,
    },
    /// Anything else: ignored.
    #[serde(other)]
    Other,
}
