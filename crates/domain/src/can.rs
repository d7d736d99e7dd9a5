use mtchat_protocol::{Role, UserId};

use crate::{Dialog, Rejection};

/// What somebody wants to do with a dialog.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Delete messages of others.
    Moderate {
        /// The host lets the caller do it everywhere, by a permission in their token.
        permitted: bool,
    },
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
    let member = dialog.member(user).ok_or(Rejection::NotParticipant)?;
    match (action, member.role) {
        (Action::Read, _) => Ok(()),
        (Action::Moderate { .. } | Action::Write, _) if dialog.frozen => Err(Rejection::Frozen),
        // Who is told to only read does so, whatever else is permitted.
        (Action::Moderate { .. } | Action::Write, Role::ReadOnly) => Err(Rejection::ReadOnly),
        (Action::Moderate { permitted: false }, Role::Member) => Err(Rejection::NotModerator),
        (Action::Moderate { permitted: true }, Role::Member)
        | (Action::Moderate { .. }, Role::Moderator | Role::Owner)
        | (Action::Write, Role::Member | Role::Moderator | Role::Owner) => Ok(()),
    }
}
