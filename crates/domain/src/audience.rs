use std::sync::Arc;

use mtchat_protocol::{Fact, FactData, Member, UserId};

/// Who must hear of a fact.
#[derive(Debug, Clone, PartialEq)]
pub struct Audience {
    /// The members after the fact; `None` when the head only refers to them (`members_rev`).
    pub members: Option<Arc<[Member]>>,
    /// Who is concerned in particular: without being a member any more, or because it is about them. Where they are members too
    /// they hear only what is for the concerned.
    pub also: Vec<UserId>,
}

/// The audience of a fact. Everything needed stands in the fact, except the members of a very large dialog.
pub fn audience(fact: &Fact) -> Audience {
    let also = match &fact.data {
        // Nobody but the user's own devices.
        FactData::Archived(_)
        | FactData::MarkedUnread(_)
        | FactData::NotificationsSet(_)
        | FactData::Pinned(_)
        | FactData::Unarchived(_)
        | FactData::Unpinned(_) => return only(fact.data.own_user().cloned().into_iter().collect()),
        FactData::DialogUnarchived(unarchived) => return only(unarchived.user_ids.clone()),
        // Whoever has a socket open has heard of the message itself.
        FactData::NotificationPending(_) => return only(Vec::new()),
        FactData::DialogDeleted(deleted) => deleted.former_members.clone(),
        FactData::ParticipantLeft(went) | FactData::ParticipantRemoved(went) => vec![went.user.clone()],
        FactData::Read(read) => vec![read.user.clone()],
        FactData::DialogArchived(_)
        | FactData::DialogCreated(_)
        | FactData::DialogUpdated(_)
        | FactData::MessageCreated(_)
        | FactData::MessageDeleted(_)
        | FactData::MessageEdited(_)
        | FactData::NoticePosted(_)
        | FactData::ParticipantAdded(_)
        | FactData::ParticipantJoined(_)
        | FactData::ReactionAdded(_)
        | FactData::ReactionRemoved(_)
        | FactData::ParticipantRoleChanged(_)
        | FactData::ScopesReplaced(_)
        | FactData::Unknown(_) => Vec::new(),
    };
    Audience {
        members: fact.head.members.clone(),
        also,
    }
}

fn only(users: Vec<UserId>) -> Audience {
    Audience {
        members: Some([].into()),
        also: users,
    }
}
