use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{Member, ObjectId, ObjectType, Title};

/// A dialog's state after a fact. Every fact carries one, so the last fact of a dialog is its state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Head {
    /// Number of ordered facts, this one included; dense from 1.
    pub seq: u64,
    /// Ordinal of the newest countable message: how many user messages were ever sent here.
    pub count: u64,
    /// What kind of business object the dialog belongs to.
    pub object_type: ObjectType,
    /// Which one.
    pub object_id: ObjectId,
    /// The title, when there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Title>,
    /// Nothing may be written any more.
    #[serde(default, skip_serializing_if = "is_false")]
    pub frozen: bool,
    /// The dialog was deleted by this fact; no other follows.
    #[serde(default, skip_serializing_if = "is_false")]
    pub deleted: bool,
    /// The `seq` at which the members last changed. Members at a given revision never change.
    pub members_rev: u64,
    /// The members, unless there are more than [`INLINE_MEMBERS`](crate::limits::INLINE_MEMBERS).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Vec<Member>>))]
    pub members: Option<Arc<[Member]>>,
}

fn is_false(flag: &bool) -> bool {
    !flag
}
