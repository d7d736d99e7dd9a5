use std::sync::Arc;

use mtchat_domain::{Dialog, Rejection};
use mtchat_protocol::{Actor, AppId, DialogId, Fact, FactId, Position, Timestamp};

/// What is to be appended, apart from what the decision adds.
#[derive(Debug, Clone)]
pub struct AppendRequest {
    /// The app.
    pub app: AppId,
    /// The dialog.
    pub dialog: DialogId,
    /// The fact's id; the same on every try of the same thing.
    pub id: FactId,
    /// The edge's clock when it was asked.
    pub at: Timestamp,
    /// Who wants it.
    pub actor: Actor,
    /// W3C trace context of the request.
    pub trace: Option<String>,
}

/// A dialog's state and the log sequence of the fact that made it.
#[derive(Debug, Clone, PartialEq)]
pub struct Known {
    /// The state.
    pub dialog: Dialog,
    /// Log sequence of its last ordered fact; 0 when the log no longer holds one.
    pub log_seq: u64,
}

/// How an append went well.
#[derive(Debug, Clone, PartialEq)]
pub enum Appended {
    /// The fact is in the log now.
    New {
        /// The fact.
        fact: Arc<Fact>,
        /// Where it stands.
        position: Position,
    },
    /// A fact with this id was there already: a lost ack, a retry, or the same id sent at once. Compare its data with yours.
    Repeated {
        /// The fact in the log.
        fact: Arc<Fact>,
        /// Where it stands.
        position: Position,
    },
    /// It is so already; nothing was appended.
    Unchanged {
        /// The state that says so.
        known: Known,
    },
}

/// Why nothing was appended. All but a rejection may succeed later.
#[derive(Debug, thiserror::Error)]
pub enum AppendError {
    /// Too many writers wait for this dialog.
    #[error("too many writers wait for this dialog")]
    Busy,
    /// The fact can not be written as JSON.
    #[error("the fact can not be encoded: {0}")]
    Encode(#[source] serde_json::Error),
    /// The log is at its limit.
    #[error("the log is full")]
    LogFull,
    /// The command was refused.
    #[error(transparent)]
    Rejected(#[from] Rejection),
    /// The fact is larger than the log takes.
    #[error("the fact has {0} bytes, more than the log takes")]
    TooLarge(usize),
    /// No decision within the deadline. After a publish without an answer the fact may be stored: the same id tells.
    #[error("the log can not be appended to: {0}")]
    Unavailable(String),
}
