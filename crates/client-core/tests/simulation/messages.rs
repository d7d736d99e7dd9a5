//! Messages, as the database keeps them.

use mtchat_protocol::{
    Attachment, Emoji, Fact, FactData, MessageId, MessageType, MessageView, ReactionSummary, RichText, UserId,
};

pub struct Stored {
    pub view: MessageView,
    pub deleted: bool,
    /// Whose emoji, in the order in which they came.
    pub reactions: Vec<(Emoji, UserId)>,
}

impl Stored {
    pub fn new(
        fact: &Fact,
        sender_id: Option<UserId>,
        content: RichText,
        reply_to_id: Option<MessageId>,
        message_type: MessageType,
    ) -> Self {
        let attachments = match &fact.data {
            FactData::MessageCreated(sent) => sent.attachments.iter().map(Attachment::view).collect(),
            _ => Vec::new(),
        };
        Self {
            view: MessageView {
                id: MessageId::from(fact.id),
                dialog_id: fact.dialog,
                sender_id,
                content,
                sent_at: fact.at,
                last_edited_at: None,
                reply_to_id,
                message_type,
                seq: fact.seq(),
                reactions: Vec::new(),
                attachments,
            },
            deleted: false,
            reactions: Vec::new(),
        }
    }

    /// With the emoji as a user sees them.
    pub fn view_for(&self, user: &UserId) -> MessageView {
        let mut reactions: Vec<ReactionSummary> = Vec::new();
        for (emoji, whose) in &self.reactions {
            let me = whose == user;
            match reactions.iter_mut().find(|one| one.emoji == *emoji) {
                Some(one) => {
                    one.count += 1;
                    one.me |= me;
                }
                None => reactions.push(ReactionSummary {
                    emoji: emoji.clone(),
                    count: 1,
                    me,
                }),
            }
        }
        MessageView {
            reactions,
            ..self.view.clone()
        }
    }
}
