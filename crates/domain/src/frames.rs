use mtchat_protocol::{
    DialogId, DialogUpdated, DialogUpdatedFrame, Fact, FactData, Head, MessageId, MessageNewFrame,
    MessageType, ParticipantIn, RichText, ServerFrame, UserId,
};

use crate::system_message;

/// A frame and for whom it is.
#[derive(Debug, Clone, PartialEq)]
pub struct AddressedFrame {
    /// The frame, without its position.
    pub frame: ServerFrame,
    /// Whether those who are no members any more, but concerned, get it too.
    pub also_former: bool,
}

/// The frames that tell of a fact, in the order in which they are sent. The last one is the one that everybody concerned
/// gets, so it carries the position.
pub fn frames(fact: Fact) -> Vec<AddressedFrame> {
    let system = system_message(&fact).map(|message| message.content());
    let system = system.map(|content| ServerFrame::MessageNew(system_frame(&fact, content)));
    let (dialog_id, seq) = (fact.dialog, fact.seq());
    match fact.data {
        FactData::DialogCreated(_) | FactData::NoticePosted(_) => {
            system.into_iter().map(to_members).collect()
        }
        FactData::DialogDeleted(_) => {
            vec![to_all(ServerFrame::DialogDeleted {
                dialog_id,
                seq,
                pos: None,
            })]
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
            let ParticipantIn { participant } = came;
            let joined = ServerFrame::ParticipantJoined {
                dialog_id,
                user_id: participant.user,
                display_name: participant.profile.display_name,
                company: participant.profile.company,
                seq,
                pos: None,
            };
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
        FactData::ParticipantRoleChanged(changed) => vec![to_members(ServerFrame::ParticipantUpdated {
            dialog_id,
            user_id: changed.user,
            role: changed.role,
            seq,
            pos: None,
        })],
        FactData::ScopesReplaced(_) | FactData::Unknown(_) => Vec::new(),
    }
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
        seq: fact.seq(),
        pos: None,
    }
}

fn to_members(frame: ServerFrame) -> AddressedFrame {
    AddressedFrame {
        frame,
        also_former: false,
    }
}

fn to_all(frame: ServerFrame) -> AddressedFrame {
    AddressedFrame {
        frame,
        also_former: true,
    }
}
