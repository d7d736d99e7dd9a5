use std::sync::Arc;

use mtchat_protocol::{FactClass, FactData, Head, Member, ObjectId, ObjectType, Title, UserId, limits};

/// A dialog's state with all its members: what commands are decided against.
#[derive(Debug, Clone, PartialEq)]
pub struct Dialog {
    /// Number of ordered facts so far.
    pub seq: u64,
    /// How many user messages were ever sent.
    pub count: u64,
    /// Which kind of business object.
    pub object_type: ObjectType,
    /// Which business object.
    pub object_id: ObjectId,
    /// The title.
    pub title: Option<Title>,
    /// Nothing may be written any more.
    pub frozen: bool,
    /// The end of the dialog.
    pub deleted: bool,
    /// `seq` at which the members last changed.
    pub members_rev: u64,
    /// Everybody in it, in the order of joining.
    pub members: Arc<[Member]>,
}

impl Dialog {
    /// The state that a head describes; `None` when the head only refers to its members and they are not given.
    pub fn from_head(head: &Head, members: Option<Arc<[Member]>>) -> Option<Self> {
        Some(Self {
            seq: head.seq,
            count: head.count,
            object_type: head.object_type.clone(),
            object_id: head.object_id.clone(),
            title: head.title.clone(),
            frozen: head.frozen,
            deleted: head.deleted,
            members_rev: head.members_rev,
            members: head.members.clone().or(members)?,
        })
    }

    /// The state as facts carry it.
    pub fn head(&self) -> Head {
        let inline = self.members.len() <= limits::INLINE_MEMBERS;
        Head {
            seq: self.seq,
            count: self.count,
            object_type: self.object_type.clone(),
            object_id: self.object_id.clone(),
            title: self.title.clone(),
            frozen: self.frozen,
            deleted: self.deleted,
            members_rev: self.members_rev,
            members: inline.then(|| self.members.clone()),
        }
    }

    /// The member who is this user.
    pub fn member(&self, user: &UserId) -> Option<&Member> {
        self.members.iter().find(|member| member.user == *user)
    }

    /// The state after one more fact. Total: facts are never refused here.
    pub fn after(&self, data: &FactData) -> Self {
        let mut next = self.clone();
        // Users' own state and notices are beside the order: they change nothing for anybody else.
        if data.class() != FactClass::Ordered {
            return next;
        }
        next.seq += 1;
        match data {
            FactData::DialogUpdated(update) => {
                if let Some(title) = &update.title {
                    next.title.clone_from(title);
                }
                next.frozen = update.frozen.unwrap_or(self.frozen);
            }
            FactData::DialogDeleted(_) => {
                next.deleted = true;
                next.replace_members([].into());
            }
            FactData::MessageCreated(_) => next.count += 1,
            FactData::ParticipantAdded(came) | FactData::ParticipantJoined(came) => {
                let others = self
                    .members
                    .iter()
                    .filter(|member| member.user != came.participant.user);
                next.replace_members(others.cloned().chain([came.participant.member()]).collect());
            }
            FactData::ParticipantRoleChanged(changed) => {
                let members = self.members.iter().cloned().map(|member| {
                    if member.user == changed.user {
                        Member {
                            role: changed.role,
                            ..member
                        }
                    } else {
                        member
                    }
                });
                next.replace_members(members.collect());
            }
            FactData::ParticipantLeft(went) | FactData::ParticipantRemoved(went) => {
                let others = self.members.iter().filter(|member| member.user != went.user);
                next.replace_members(others.cloned().collect());
            }
            FactData::Archived(_)
            | FactData::DialogArchived(_)
            | FactData::DialogCreated(_)
            | FactData::DialogUnarchived(_)
            | FactData::MarkedUnread(_)
            | FactData::MessageDeleted(_)
            | FactData::MessageEdited(_)
            | FactData::ReactionAdded(_)
            | FactData::ReactionRemoved(_)
            | FactData::NotificationPending(_)
            | FactData::NotificationsSet(_)
            | FactData::Pinned(_)
            | FactData::Read(_)
            | FactData::NoticePosted(_)
            | FactData::ScopesReplaced(_)
            | FactData::Unarchived(_)
            | FactData::Unpinned(_)
            | FactData::Unknown(_) => {}
        }
        next
    }

    fn replace_members(&mut self, members: Arc<[Member]>) {
        self.members = members;
        self.members_rev = self.seq;
    }
}
