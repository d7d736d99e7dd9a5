//! The rows that a batch changes.

use std::borrow::Cow;

use mtchat_protocol::{
    AccessRule, DialogCreated, Fact, MessageCreated, Participant, Reaction, Role, Timestamp, UserId,
};
use uuid::Uuid;

use super::fold::Place;

/// A dialog that came to be.
pub(crate) struct CreatedRow<'a> {
    pub(crate) fact: &'a Fact,
    pub(crate) data: &'a DialogCreated,
    pub(crate) log_seq: u64,
    pub(crate) rules_key: Vec<u8>,
}

/// What changed of a dialog apart from its messages.
pub(crate) struct DetailRow<'a> {
    pub(crate) place: Place<'a>,
    pub(crate) fact: &'a Fact,
    pub(crate) object_url: Option<Option<&'a str>>,
    pub(crate) meta: Option<Option<String>>,
    pub(crate) rules: Option<(u64, Vec<u8>)>,
}

/// The access rules of a dialog from `seq` on.
pub(crate) struct RulesRow<'a> {
    pub(crate) place: Place<'a>,
    pub(crate) seq: u64,
    pub(crate) rules: &'a [AccessRule],
}

/// Somebody came in.
pub(crate) struct ArrivalRow<'a> {
    pub(crate) place: Place<'a>,
    pub(crate) seq: u64,
    pub(crate) position: i32,
    pub(crate) participant: &'a Participant,
}

/// Somebody has another role.
pub(crate) struct RoleRow<'a> {
    pub(crate) place: Place<'a>,
    pub(crate) seq: u64,
    pub(crate) user: &'a UserId,
    pub(crate) role: Role,
}

/// Somebody went.
pub(crate) struct DepartureRow<'a> {
    pub(crate) place: Place<'a>,
    pub(crate) seq: u64,
    pub(crate) user: &'a UserId,
}

/// An item of the timeline.
pub(crate) struct MessageRow<'a> {
    pub(crate) place: Place<'a>,
    pub(crate) fact: &'a Fact,
    pub(crate) log_seq: u64,
    pub(crate) content: Cow<'a, str>,
    /// `None` for what the dialog itself says.
    pub(crate) user: Option<&'a MessageCreated>,
    /// Its files, if it has some, as JSON.
    pub(crate) attachments: Option<String>,
    /// Whom it mentions, if anybody, as JSON.
    pub(crate) mentions: Option<String>,
}

/// How far a dialog has come.
pub(crate) struct HeadRow<'a> {
    pub(crate) place: Place<'a>,
    pub(crate) fact: &'a Fact,
    pub(crate) log_seq: u64,
    /// The last message of the batch.
    pub(crate) active_at: Option<Timestamp>,
}

/// Somebody's own newest message: they have read up to it.
pub(crate) struct PointerRow<'a> {
    pub(crate) place: Place<'a>,
    pub(crate) user: &'a UserId,
    pub(crate) fact: &'a Fact,
}

/// One edit of a message.
pub(crate) struct EditRow<'a> {
    pub(crate) place: Place<'a>,
    pub(crate) message: Uuid,
    pub(crate) seq: u64,
    pub(crate) at: Timestamp,
    pub(crate) content: Cow<'a, str>,
    /// Whom it mentions now, if anybody, as JSON.
    pub(crate) mentions: Option<String>,
    /// What the edit before it in this batch said; otherwise what is stored.
    pub(crate) previous: Option<Cow<'a, str>>,
    /// The last one of this message in this batch.
    pub(crate) last: bool,
}

/// An emoji of a user on a message: put there or taken away.
pub(crate) struct ReactionRow<'a> {
    pub(crate) place: Place<'a>,
    pub(crate) reaction: &'a Reaction,
    pub(crate) seq: u64,
    pub(crate) present: bool,
}

/// A dialog was archived for everybody who was in it.
pub(crate) struct ArchivalRow<'a> {
    pub(crate) place: Place<'a>,
    pub(crate) seq: u64,
    /// How many user messages there were.
    pub(crate) count: u64,
}

/// A message that was deleted.
pub(crate) struct ErasedRow<'a> {
    pub(crate) place: Place<'a>,
    pub(crate) message: Uuid,
    pub(crate) at: Timestamp,
}

/// A dialog that was deleted.
pub(crate) struct EndedRow<'a> {
    pub(crate) place: Place<'a>,
}
