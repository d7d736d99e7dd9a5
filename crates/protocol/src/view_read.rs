//! How a dialog of a list is read: flat, as it is written. A derived reader of a flattened structure keeps everything in a buffer.

use serde::Deserialize;

use crate::{
    DialogId, DialogItemView, DialogView, LastMessageView, NotificationLevel, ObjectId, ObjectType,
    ObjectUrl, OpaqueJson, ParticipantSummary, Timestamp, Title, UserId,
};

#[derive(Deserialize)]
pub(crate) struct FlatItem {
    id: DialogId,
    object_id: ObjectId,
    object_type: ObjectType,
    title: Option<Title>,
    object_url: Option<ObjectUrl>,
    created_by: Option<UserId>,
    created_at: Timestamp,
    meta: Option<OpaqueJson>,
    #[serde(default)]
    frozen: bool,
    participants_count: u64,
    i_am_participant: bool,
    can_join: bool,
    unread_count: Option<u64>,
    is_archived: Option<bool>,
    is_pinned: Option<bool>,
    notifications_enabled: Option<bool>,
    notification_level: Option<NotificationLevel>,
    last_message_at: Option<Timestamp>,
    last_message: Option<LastMessageView>,
    participants: Vec<ParticipantSummary>,
}

impl From<FlatItem> for DialogItemView {
    fn from(flat: FlatItem) -> Self {
        Self {
            dialog: DialogView {
                id: flat.id,
                object_id: flat.object_id,
                object_type: flat.object_type,
                title: flat.title,
                object_url: flat.object_url,
                created_by: flat.created_by,
                created_at: flat.created_at,
                meta: flat.meta,
                frozen: flat.frozen,
            },
            participants_count: flat.participants_count,
            i_am_participant: flat.i_am_participant,
            can_join: flat.can_join,
            unread_count: flat.unread_count,
            is_archived: flat.is_archived,
            is_pinned: flat.is_pinned,
            notifications_enabled: flat.notifications_enabled,
            notification_level: flat.notification_level,
            last_message_at: flat.last_message_at,
            last_message: flat.last_message,
            participants: flat.participants,
        }
    }
}
