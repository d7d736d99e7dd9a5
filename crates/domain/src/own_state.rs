use mtchat_protocol::{
    Archived, FactData, MarkedUnread, MessageId, NotificationLevel, NotificationsSet, OwnState, ReadTo,
    UserId,
};

use crate::{Action, Dialog, Rejection, can};

/// What a user wants to change of their own state in a dialog.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OwnCommand {
    /// Out of sight until the next message.
    Archive,
    /// Messages from this place on count as unread again.
    MarkUnread(Place),
    /// Be told of these messages.
    Notifications(NotificationLevel),
    /// To the top.
    Pin,
    /// Everything up to this place is read.
    Read(Place),
    /// Back into sight.
    Unarchive,
    /// From the top.
    Unpin,
}

/// A place in the timeline that a pointer is moved to, as the database knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The message that the user named.
    pub message_id: MessageId,
    /// The `seq` that the pointer gets.
    pub seq: u64,
    /// How many user messages were sent up to there.
    pub count: u64,
    /// What is left to read once the pointer has moved.
    pub unread_count: u64,
}

/// Judge a change of somebody's own state: whoever may read may have a state of their own. Nothing is compared with what is stored,
/// because the last change holds whatever was before.
pub fn own_state(dialog: &Dialog, user: &UserId, command: OwnCommand) -> Result<FactData, Rejection> {
    can(user, Action::Read, dialog)?;
    let user = user.clone();
    Ok(match command {
        OwnCommand::Archive => FactData::Archived(Archived {
            user,
            count: dialog.count,
        }),
        OwnCommand::MarkUnread(place) => FactData::MarkedUnread(MarkedUnread {
            user,
            message_id: place.message_id,
            seq: place.seq,
            count: place.count,
            unread_count: place.unread_count,
        }),
        OwnCommand::Notifications(level) => FactData::NotificationsSet(NotificationsSet {
            user,
            enabled: level.enabled(),
            notification_level: Some(level),
        }),
        OwnCommand::Pin => FactData::Pinned(OwnState { user }),
        OwnCommand::Read(place) => FactData::Read(ReadTo {
            user,
            message_id: place.message_id,
            seq: place.seq,
            count: place.count,
            unread_count: place.unread_count,
        }),
        OwnCommand::Unarchive => FactData::Unarchived(OwnState { user }),
        OwnCommand::Unpin => FactData::Unpinned(OwnState { user }),
    })
}
