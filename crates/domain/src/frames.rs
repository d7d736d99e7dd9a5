use mtchat_protocol::{
    Attachment, DialogDeleted, DialogId, DialogUpdated, DialogUpdatedFrame, Fact, FactData, Head, MessageId,
    MessageNewFrame, MessageType, ParticipantIn, ParticipantRoleChanged, Reaction, RichText, ServerFrame,
    UserId,
};

use crate::{Turn, own_frames::own_frames, system_message};

/// A frame and for whom it is.
#[derive(Debug, Clone, PartialEq)]
pub struct AddressedFrame {
    /// The frame, without its position.
    pub frame: ServerFrame,
    /// For which part of the audience.
    pub to: To,
}

/// Which part of a fact's [`Audience`](crate::Audience) a frame is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum To {
    /// Members and those concerned.
    All,
    /// Only those concerned.
    Concerned,
    /// Only members who are not concerned.
    Members,
    /// Only candidates for whom an [`Offer`](crate::Offer) means this.
    Candidates(Turn),
}

impl To {
    /// Whether a frame reaches a recipient who is concerned, or is not.
    pub fn reaches(self, concerned: bool) -> bool {
        match self {
            Self::All => true,
            Self::Concerned => concerned,
            Self::Members => !concerned,
            Self::Candidates(_) => false,
        }
    }
}

/// The frames that tell of a fact, in the order in which they are sent. The last one that somebody gets carries the position.
pub fn frames(fact: Fact) -> Vec<AddressedFrame> {
    let system = system_message(&fact).map(|message| message.content());
    let system = system.map(|content| ServerFrame::MessageNew(system_frame(&fact, content)));
    let (dialog_id, seq) = (fact.dialog, fact.seq());
    match fact.data {
        FactData::Archived(_)
        | FactData::DialogUnarchived(_)
        | FactData::MarkedUnread(_)
        | FactData::NotificationsSet(_)
        | FactData::Pinned(_)
        | FactData::Read(_)
        | FactData::Unarchived(_)
        | FactData::Unpinned(_) => own_frames(dialog_id, fact.data),
        FactData::DialogArchived(_) => vec![to_members(archived(dialog_id))],
        FactData::DialogCreated(created) => {
            let offered = (!created.access_scopes.is_empty()).then(|| available(dialog_id, fact.head));
            system.into_iter().map(to_members).chain(offered).collect()
        }
        FactData::NoticePosted(_) => system.into_iter().map(to_members).collect(),
        FactData::DialogDeleted(deleted) => deleted_dialog(dialog_id, seq, &deleted),
        FactData::ScopesReplaced(_) => {
            vec![available(dialog_id, fact.head), unavailable(dialog_id, seq)]
        }
        FactData::DialogUpdated(update) => {
            vec![to_members(updated(dialog_id, fact.head, update))]
        }
        FactData::MessageCreated(message) => {
            let user: UserId = message.sender.user_id.clone();
            vec![to_members(ServerFrame::MessageNew(MessageNewFrame {
                id: MessageId::from(fact.id),
                dialog_id,
                sender_id: Some(user),
                content: message.content,
                sent_at: fact.at,
                message_type: MessageType::User,
                reply_to_id: message.reply_to,
                sender: Some(message.sender),
                attachments: message.attachments.iter().map(Attachment::view).collect(),
                seq,
                pos: None,
            }))]
        }
        FactData::MessageDeleted(deleted) => {
            let id = deleted.message_id;
            vec![to_members(ServerFrame::MessageDeleted {
                id,
                dialog_id,
                seq,
                pos: None,
            })]
        }
        FactData::MessageEdited(edited) => vec![to_members(ServerFrame::MessageEdited {
            id: edited.message_id,
            dialog_id,
            content: edited.content,
            last_edited_at: fact.at,
            seq,
            pos: None,
        })],
        FactData::ParticipantAdded(came) | FactData::ParticipantJoined(came) => {
            let joined = joined(dialog_id, seq, came);
            [joined].into_iter().chain(system).map(to_members).collect()
        }
        FactData::ParticipantLeft(went) | FactData::ParticipantRemoved(went) => {
            let left = ServerFrame::ParticipantLeft {
                dialog_id,
                user_id: went.user,
                seq,
                pos: None,
            };
            system.into_iter().map(to_members).chain([to_all(left)]).collect()
        }
        FactData::ReactionAdded(reaction) => vec![reacted(dialog_id, seq, reaction, true)],
        FactData::ReactionRemoved(reaction) => vec![reacted(dialog_id, seq, reaction, false)],
        FactData::ParticipantRoleChanged(changed) => vec![role_changed(dialog_id, seq, changed)],
        FactData::NotificationPending(_) | FactData::Unknown(_) => Vec::new(),
    }
}

fn deleted_dialog(dialog_id: DialogId, seq: u64, deleted: &DialogDeleted) -> Vec<AddressedFrame> {
    let gone = to_all(ServerFrame::DialogDeleted {
        dialog_id,
        seq,
        pos: None,
    });
    let withdrawn = (!deleted.former_access_scopes.is_empty()).then(|| unavailable(dialog_id, seq));
    [gone].into_iter().chain(withdrawn).collect()
}

fn archived(dialog_id: DialogId) -> ServerFrame {
    let pos = None;
    ServerFrame::DialogArchived { dialog_id, pos }
}

fn available(dialog_id: DialogId, head: Head) -> AddressedFrame {
    AddressedFrame {
        frame: ServerFrame::DialogAvailable {
            dialog_id,
            object_type: head.object_type,
            object_id: head.object_id,
            title: head.title,
            seq: head.seq,
            pos: None,
        },
        to: To::Candidates(Turn::Available),
    }
}

fn unavailable(dialog_id: DialogId, seq: u64) -> AddressedFrame {
    AddressedFrame {
        frame: ServerFrame::DialogUnavailable {
            dialog_id,
            seq,
            pos: None,
        },
        to: To::Candidates(Turn::Unavailable),
    }
}

fn joined(dialog_id: DialogId, seq: u64, came: ParticipantIn) -> ServerFrame {
    let ParticipantIn { participant } = came;
    ServerFrame::ParticipantJoined {
        dialog_id,
        user_id: participant.user,
        display_name: participant.profile.display_name,
        company: participant.profile.company,
        seq,
        pos: None,
    }
}

fn role_changed(dialog_id: DialogId, seq: u64, changed: ParticipantRoleChanged) -> AddressedFrame {
    to_members(ServerFrame::ParticipantUpdated {
        dialog_id,
        user_id: changed.user,
        role: changed.role,
        seq,
        pos: None,
    })
}

fn updated(dialog_id: DialogId, head: Head, update: DialogUpdated) -> ServerFrame {
    ServerFrame::DialogUpdated(DialogUpdatedFrame {
        dialog_id,
        title: head.title,
        object_url: update.object_url,
        meta: update.meta,
        frozen: head.frozen,
        seq: head.seq,
        pos: None,
    })
}

fn system_frame(fact: &Fact, content: RichText) -> MessageNewFrame {
    MessageNewFrame {
        id: MessageId::from(fact.id),
        dialog_id: fact.dialog,
        sender_id: None,
        content,
        sent_at: fact.at,
        message_type: MessageType::System,
        reply_to_id: None,
        sender: None,
        attachments: Vec::new(),
        seq: fact.seq(),
        pos: None,
    }
}

fn reacted(dialog_id: DialogId, seq: u64, reaction: Reaction, added: bool) -> AddressedFrame {
    to_members(ServerFrame::MessageReaction {
        dialog_id,
        message_id: reaction.message_id,
        user_id: reaction.user,
        emoji: reaction.emoji,
        added,
        seq,
        pos: None,
    })
}

fn to_members(frame: ServerFrame) -> AddressedFrame {
    AddressedFrame {
        frame,
        to: To::Members,
    }
}

fn to_all(frame: ServerFrame) -> AddressedFrame {
    AddressedFrame { frame, to: To::All }
}
