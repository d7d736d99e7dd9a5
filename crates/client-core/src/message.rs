use mtchat_protocol::{MessageId, MessageNewFrame, MessageView, ReactionSummary, ServerFrame, UserId};

use crate::Flaw;

/// A message, and up to where in the log it is known.
#[derive(Debug, Clone)]
pub(crate) struct Held {
    pub(crate) view: MessageView,
    pub(crate) as_of: u64,
    /// Another one whenever something is different.
    pub(crate) version: u64,
}

impl Held {
    /// Apply what happened to this message; whether it is another one now.
    pub(crate) fn apply(&mut self, frame: &ServerFrame, at: u64, me: Option<&UserId>) -> bool {
        self.as_of = at;
        match frame {
            ServerFrame::MessageEdited {
                content,
                last_edited_at,
                ..
            } => {
                self.view.content = content.clone();
                self.view.last_edited_at = Some(*last_edited_at);
                true
            }
            ServerFrame::MessageReaction {
                user_id,
                emoji,
                added,
                ..
            } => {
                let own = me == Some(user_id);
                let reactions = &mut self.view.reactions;
                let place = reactions.iter().position(|one| one.emoji == *emoji);
                match (place, added) {
                    (Some(place), true) => {
                        reactions[place].count += 1;
                        reactions[place].me |= own;
                    }
                    (None, true) => reactions.push(ReactionSummary {
                        emoji: emoji.clone(),
                        count: 1,
                        me: own,
                    }),
                    (Some(place), false) if reactions[place].count <= 1 => {
                        reactions.remove(place);
                    }
                    (Some(place), false) => {
                        reactions[place].count -= 1;
                        reactions[place].me &= !own;
                    }
                    (None, false) => return false,
                }
                sort(reactions);
                true
            }
            _ => false,
        }
    }

    /// Take the links to its files from what a page says of this message that came later, though it was read earlier. Links end
    /// after a while, so the newest are shown, once for each page. That is no edit: the message stays as new as it is.
    pub(crate) fn take_links(&mut self, told: &mut Self) {
        if !self.view.attachments.is_empty() {
            self.view.attachments = std::mem::take(&mut told.view.attachments);
            self.version = told.version;
        }
    }
}

/// Most first. The server's order hangs on who was the first of those who are left, which no frame says.
pub(crate) fn sort(reactions: &mut [ReactionSummary]) {
    crate::map::sort_by(reactions, |one, other| {
        (one.count, other.emoji.as_str()) < (other.count, one.emoji.as_str())
    });
}

/// The message that a frame changes.
pub(crate) fn target(frame: &ServerFrame) -> Option<MessageId> {
    match frame {
        ServerFrame::MessageEdited { id, .. } => Some(*id),
        ServerFrame::MessageReaction { message_id, .. } => Some(*message_id),
        _ => None,
    }
}

pub(crate) fn of_frame(frame: &MessageNewFrame, flaw: Option<Flaw>) -> MessageView {
    let attachments = if flaw == Some(Flaw::HearsNoFiles) {
        Vec::new()
    } else {
        frame.attachments.clone()
    };
    MessageView {
        id: frame.id,
        dialog_id: frame.dialog_id,
        sender_id: frame.sender_id.clone(),
        content: frame.content.clone(),
        sent_at: frame.sent_at,
        last_edited_at: None,
        reply_to_id: frame.reply_to_id,
        message_type: frame.message_type,
        seq: frame.seq,
        reactions: Vec::new(),
        attachments,
    }
}
