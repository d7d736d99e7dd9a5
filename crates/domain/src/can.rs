use mtchat_protocol::UserId;

use crate::{Dialog, Rejection};

/// What somebody wants to do with a dialog.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// See messages and participants.
    Read,
    /// Send, edit or delete.
    Write,
}

/// The one place that says whether a user may do something in a dialog; edges, sockets and files ask here.
pub fn can(user: &UserId, action: Action, dialog: &Dialog) -> Result<(), Rejection> {
    if dialog.deleted {
        return Err(Rejection::DialogDeleted);
    }
    if dialog.member(user).is_none() {
        return Err(Rejection::NotParticipant);
    }
    match action {
        Action::Write if dialog.frozen => Err(Rejection::Frozen),
        Action::Read | Action::Write => Ok(()),
    }
}
