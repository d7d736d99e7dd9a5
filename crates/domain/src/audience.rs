use std::sync::Arc;

use mtchat_protocol::{Fact, FactData, Member, UserId};

/// Who must hear of a fact.
#[derive(Debug, Clone, PartialEq)]
pub struct Audience {
    /// The members after the fact; `None` when the head only refers to them (`members_rev`).
    pub members: Option<Arc<[Member]>>,
    /// Who is concerned without being a member any more.
    pub also: Vec<UserId>,
}

/// The audience of a fact. Everything needed stands in the fact, except the members of a very large dialog.
pub fn audience(fact: &Fact) -> Audience {
    let also = match &fact.data {
        FactData::DialogDeleted(deleted) => deleted.former_members.clone(),
        FactData::ParticipantLeft(went) | FactData::ParticipantRemoved(went) => vec![went.user.clone()],
        FactData::DialogCreated(_)
        | FactData::DialogUpdated(_)
        | FactData::MessageCreated(_)
        | FactData::MessageDeleted(_)
        | FactData::MessageEdited(_)
        | FactData::NoticePosted(_)
        | FactData::ParticipantAdded(_)
        | FactData::ParticipantJoined(_)
        | FactData::ParticipantRoleChanged(_)
        | FactData::ScopesReplaced(_)
        | FactData::Unknown(_) => Vec::new(),
    };
    Audience {
        members: fact.head.members.clone(),
        also,
    }
}
