//! What a database makes of the log, naively.

use std::collections::BTreeMap;

use mtchat_domain::system_message;
use mtchat_protocol::{
    Company, DialogId, DialogItemView, DialogView, DisplayName, Fact, FactData, LastMessageView, MessageId,
    MessageType, MessageView, MessagesPage, PageQuery, ParticipantSummary, ReactionSummary, TotalUnreadView,
    UserId,
};

#[derive(Default)]
pub struct Tables {
    pub dialogs: BTreeMap<DialogId, Table>,
}

pub struct Table {
    view: DialogView,
    count: u64,
    messages: Vec<Stored>,
    members: Vec<(UserId, DisplayName, Option<Company>)>,
    own: BTreeMap<UserId, Own>,
    names: BTreeMap<UserId, DisplayName>,
}

pub struct Stored {
    pub view: MessageView,
    pub deleted: bool,
    /// Whose emoji, in the order in which they came.
    reactions: Vec<(mtchat_protocol::Emoji, UserId)>,
}

#[derive(Default, Clone, Copy)]
struct Own {
    read: u64,
    archived: Option<u64>,
    pinned: bool,
    silent: bool,
}

impl Tables {
    pub fn apply(&mut self, fact: &Fact) {
        if let FactData::DialogCreated(created) = &fact.data {
            let view = DialogView {
                id: fact.dialog,
                object_id: fact.head.object_id.clone(),
                object_type: fact.head.object_type.clone(),
                title: fact.head.title.clone(),
                object_url: created.object_url.clone(),
                created_by: created.created_by.clone(),
                created_at: fact.at,
                meta: created.meta.clone(),
                frozen: false,
            };
            let mut table = Table {
                view,
                count: 0,
                messages: Vec::new(),
                members: Vec::new(),
                own: BTreeMap::new(),
                names: BTreeMap::new(),
            };
            for one in &created.participants {
                table.comes(one);
            }
            self.dialogs.insert(fact.dialog, table);
        }
        if let FactData::DialogDeleted(_) = &fact.data {
            self.dialogs.remove(&fact.dialog);
            return;
        }
        let Some(table) = self.dialogs.get_mut(&fact.dialog) else {
            return;
        };
        table.apply(fact);
    }

    pub fn items(&self, user: &UserId) -> Vec<DialogItemView> {
        self.dialogs
            .values()
            .filter_map(|table| table.item(user))
            .collect()
    }

    pub fn total(&self, user: &UserId) -> TotalUnreadView {
        let unread = self.dialogs.values().filter(|table| table.has(user));
        let unread: Vec<u64> = unread.map(|table| table.unread(user)).collect();
        TotalUnreadView {
            unread_count: unread.iter().sum(),
            dialogs: unread.iter().filter(|count| **count > 0).count() as u64,
        }
    }
}

impl Table {
    fn comes(&mut self, one: &mtchat_protocol::Participant) {
        let profile = &one.profile;
        self.members.retain(|(user, ..)| *user != one.user);
        self.members.push((
            one.user.clone(),
            profile.display_name.clone(),
            profile.company.clone(),
        ));
        self.names.insert(one.user.clone(), profile.display_name.clone());
        self.own.insert(one.user.clone(), Own::default());
    }

    fn apply(&mut self, fact: &Fact) {
        self.count = fact.head.count;
        if let Some(content) = system_message(fact).map(|message| message.content()) {
            self.push(fact, None, content, None, MessageType::System);
        }
        match &fact.data {
            FactData::MessageCreated(sent) => {
                let author = sent.sender.user_id.clone();
                if let Some(own) = self.own.get_mut(&author) {
                    own.read = fact.seq();
                }
                let content = sent.content.clone();
                self.push(fact, Some(author), content, sent.reply_to, MessageType::User);
            }
            FactData::MessageEdited(edited) => {
                if let Some(stored) = self.find(edited.message_id) {
                    stored.view.content = edited.content.clone();
                    stored.view.last_edited_at = Some(fact.at);
                }
            }
            FactData::MessageDeleted(gone) => {
                if let Some(stored) = self.find(gone.message_id) {
                    stored.deleted = true;
                    stored.reactions.clear();
                }
            }
            FactData::ReactionAdded(one) => {
                let (emoji, user) = (one.emoji.clone(), one.user.clone());
                if let Some(stored) = self.find(one.message_id) {
                    stored.reactions.push((emoji, user));
                }
            }
            FactData::ReactionRemoved(one) => {
                if let Some(stored) = self.find(one.message_id) {
                    stored
                        .reactions
                        .retain(|(emoji, user)| (emoji, user) != (&one.emoji, &one.user));
                }
            }
            FactData::ParticipantAdded(came) | FactData::ParticipantJoined(came) => {
                self.comes(&came.participant);
            }
            FactData::ParticipantLeft(went) | FactData::ParticipantRemoved(went) => {
                self.members.retain(|(user, ..)| *user != went.user);
                self.own.remove(&went.user);
            }
            FactData::DialogUpdated(update) => {
                self.view.title = fact.head.title.clone();
                self.view.frozen = fact.head.frozen;
                if let Some(url) = &update.object_url {
                    self.view.object_url = url.clone();
                }
                if let Some(meta) = &update.meta {
                    self.view.meta = meta.clone();
                }
            }
            other => self.own(other),
        }
    }

    fn own(&mut self, data: &FactData) {
        let Some(user) = data.own_user() else { return };
        let Some(own) = self.own.get_mut(user) else { return };
        match data {
            FactData::Archived(archived) => own.archived = Some(archived.count),
            FactData::Unarchived(_) => own.archived = None,
            FactData::Pinned(_) => own.pinned = true,
            FactData::Unpinned(_) => own.pinned = false,
            FactData::NotificationsSet(set) => own.silent = !set.enabled,
            FactData::Read(read) => own.read = own.read.max(read.seq),
            FactData::MarkedUnread(marked) => own.read = own.read.min(marked.seq),
            _ => {}
        }
    }

    fn push(
        &mut self,
        fact: &Fact,
        sender_id: Option<UserId>,
        content: mtchat_protocol::RichText,
        reply_to_id: Option<MessageId>,
        message_type: MessageType,
    ) {
        self.messages.push(Stored {
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
            },
            deleted: false,
            reactions: Vec::new(),
        });
    }

    pub fn find(&mut self, id: MessageId) -> Option<&mut Stored> {
        self.messages.iter_mut().find(|stored| stored.view.id == id)
    }

    pub fn has(&self, user: &UserId) -> bool {
        self.members.iter().any(|(member, ..)| member == user)
    }

    pub fn unread(&self, user: &UserId) -> u64 {
        let read = self.own.get(user).map_or(0, |own| own.read);
        self.unread_after(user, read)
    }

    pub fn unread_after(&self, user: &UserId, read: u64) -> u64 {
        let messages = self.messages.iter().filter(|stored| {
            let view = &stored.view;
            view.seq > read
                && !stored.deleted
                && view.message_type == MessageType::User
                && view.sender_id.as_ref() != Some(user)
        });
        messages.count() as u64
    }

    /// What is there for a user to read, oldest first.
    pub fn shown(&self, user: &UserId) -> Vec<MessageView> {
        let messages = self.messages.iter().filter(|stored| !stored.deleted);
        messages.map(|stored| stored.view_for(user)).collect()
    }

    pub fn all(&self) -> &[Stored] {
        &self.messages
    }

    pub fn item(&self, user: &UserId) -> Option<DialogItemView> {
        let own = self.own.get(user).filter(|_| self.has(user))?;
        let last = self.messages.iter().rev().find(|stored| !stored.deleted);
        let last_message = last.map(|stored| LastMessageView {
            id: stored.view.id,
            content: stored.view.content.clone(),
            sender_id: stored.view.sender_id.clone(),
            sender_name: stored
                .view
                .sender_id
                .as_ref()
                .map(|sender| self.names[sender].clone()),
            sent_at: stored.view.sent_at,
            message_type: stored.view.message_type,
        });
        let participants = self
            .members
            .iter()
            .map(|(user, name, company)| ParticipantSummary {
                user_id: user.clone(),
                display_name: Some(name.clone()),
                company: company.clone(),
            });
        Some(DialogItemView {
            dialog: self.view.clone(),
            participants_count: self.members.len() as u64,
            i_am_participant: true,
            can_join: false,
            unread_count: Some(self.unread(user)),
            is_archived: Some(own.archived.is_some_and(|count| count >= self.count)),
            is_pinned: Some(own.pinned),
            notifications_enabled: Some(!own.silent),
            last_message_at: last_message.as_ref().map(|last| last.sent_at),
            last_message,
            participants: participants.collect(),
        })
    }

    pub fn page(&self, user: &UserId, query: PageQuery, limit: usize) -> Option<MessagesPage> {
        let seq = |id: MessageId| {
            let found = self.messages.iter().find(|stored| stored.view.id == id);
            found.map(|stored| stored.view.seq)
        };
        let shown = self.shown(user);
        let (cut, before, after) = match query {
            PageQuery::Latest => (u64::MAX, limit, 0),
            PageQuery::Before(anchor) => (seq(anchor)?, limit, 0),
            PageQuery::After(anchor) => (seq(anchor)? + 1, 0, limit),
            PageQuery::Around(anchor) => (seq(anchor)?, limit / 2, limit - limit / 2),
        };
        let place = shown.partition_point(|view| view.seq < cut);
        let (from, to) = (
            place.saturating_sub(before),
            shown.len().min(place.saturating_add(after)),
        );
        Some(MessagesPage {
            messages: shown[from..to].to_vec(),
            first_unread_message_id: None,
            has_more_before: from > 0,
            has_more_after: to < shown.len(),
        })
    }
}

impl Stored {
    fn view_for(&self, user: &UserId) -> MessageView {
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

    pub fn reactions(&self) -> &[(mtchat_protocol::Emoji, UserId)] {
        &self.reactions
    }
}
