use mtchat_protocol::{DialogId, FactData, ReadTo, ServerFrame};

use crate::{AddressedFrame, To};

/// The frames that tell of a user's own state. Their own devices follow; others hear how far somebody has read, nothing else.
pub(crate) fn own_frames(dialog_id: DialogId, data: FactData) -> Vec<AddressedFrame> {
    let pos = None;
    let frame = match data {
        FactData::Archived(_) => ServerFrame::DialogArchived { dialog_id, pos },
        FactData::DialogUnarchived(_) | FactData::Unarchived(_) => {
            ServerFrame::DialogUnarchived { dialog_id, pos }
        }
        FactData::MarkedUnread(marked) => ServerFrame::MessageUnread {
            dialog_id,
            message_id: marked.message_id,
            unread_count: marked.unread_count,
            pos,
        },
        FactData::NotificationsSet(set) => ServerFrame::DialogNotifications {
            dialog_id,
            enabled: set.enabled,
            notification_level: Some(set.level()),
            pos,
        },
        FactData::Pinned(_) => ServerFrame::DialogPinned { dialog_id, pos },
        FactData::Unpinned(_) => ServerFrame::DialogUnpinned { dialog_id, pos },
        FactData::Read(read) => return read_frames(dialog_id, read),
        FactData::DialogArchived(_)
        | FactData::DialogCreated(_)
        | FactData::DialogDeleted(_)
        | FactData::DialogUpdated(_)
        | FactData::MessageCreated(_)
        | FactData::MessageDeleted(_)
        | FactData::MessageEdited(_)
        | FactData::ParticipantAdded(_)
        | FactData::ParticipantJoined(_)
        | FactData::ParticipantLeft(_)
        | FactData::ParticipantRemoved(_)
        | FactData::ReactionAdded(_)
        | FactData::ReactionRemoved(_)
        | FactData::NoticePosted(_)
        | FactData::NotificationPending(_)
        | FactData::ParticipantRoleChanged(_)
        | FactData::ScopesReplaced(_)
        | FactData::Unknown(_) => return Vec::new(),
    };
    vec![AddressedFrame {
        frame,
        to: To::Concerned,
    }]
}

/// What is left to read is nobody else's business.
fn read_frames(dialog_id: DialogId, read: ReadTo) -> Vec<AddressedFrame> {
    let ReadTo {
        user,
        message_id,
        unread_count,
        ..
    } = read;
    let frame = |unread_count| ServerFrame::MessageRead {
        dialog_id,
        user_id: user.clone(),
        last_read_message_id: message_id,
        unread_count,
        pos: None,
    };
    vec![
        AddressedFrame {
            frame: frame(None),
            to: To::Members,
        },
        AddressedFrame {
            frame: frame(Some(unread_count)),
            to: To::Concerned,
        },
    ]
}
