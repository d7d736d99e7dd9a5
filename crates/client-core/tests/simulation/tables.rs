//! What a database makes of the log, naively.

use std::collections::BTreeMap;

use mtchat_domain::system_message;
use mtchat_protocol::{
    AccessRule, DialogId, DialogItemView, DialogView, DisplayName, Fact, FactData, LastMessageView,
    MessageId, MessageType, MessageView, MessagesPage, PageQuery, Participant, ParticipantView, RichText,
    Timestamp, TotalUnreadView, UserId,
};

use crate::{messages::Stored, seats::Seat};

#[derive(Default)]
pub struct Tables {
    pub dialogs: BTreeMap<DialogId, Table>,
}

pub struct Table {
    view: DialogView,
    count: u64,
    /// When something was said last.
    pub active: Timestamp,
    messages: Vec<Stored>,
    /// By join time.
    pub seats: Vec<Seat>,
    names: BTreeMap<UserId, DisplayName>,
    /// Who may join.
    pub rules: Vec<AccessRule>,
}

impl Tables {
    /// One more fact; for whom it brings back a dialog that they had archived.
    pub fn apply(&mut self, fact: &Fact) -> Vec<UserId> {
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
                active: fact.at,
                messages: Vec::new(),
                seats: Vec::new(),
                names: BTreeMap::new(),
                rules: created.access_scopes.clone(),
            };
            for one in &created.participants {
                table.comes(one);
            }
            self.dialogs.insert(fact.dialog, table);
        }
        if let FactData::DialogDeleted(_) = &fact.data {
            self.dialogs.remove(&fact.dialog);
        }
        let table = self.dialogs.get_mut(&fact.dialog);
        table.map_or_else(Vec::new, |table| table.apply(fact))
    }

    pub fn items(&self, user: &UserId) -> Vec<DialogItemView> {
        self.dialogs
            .values()
            .filter_map(|table| table.item(user))
            .collect()
    }

    /// Whether two users share a dialog of at most so many.
    pub fn acquainted(&self, one: &UserId, other: &UserId, most: usize) -> bool {
        let mut dialogs = self.dialogs.values();
        dialogs.any(|table| table.seats.len() <= most && table.has(one) && table.has(other))
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
    fn comes(&mut self, one: &Participant) {
        self.seats.retain(|seat| *seat.user() != one.user);
        self.seats.push(Seat::new(one));
        self.names
            .insert(one.user.clone(), one.profile.display_name.clone());
    }

    pub fn seat(&self, user: &UserId) -> Option<&Seat> {
        self.seats.iter().find(|seat| seat.user() == user)
    }

    fn seat_mut(&mut self, user: &UserId) -> Option<&mut Seat> {
        self.seats.iter_mut().find(|seat| seat.user() == user)
    }

    fn apply(&mut self, fact: &Fact) -> Vec<UserId> {
        // What is derived from an earlier fact has its head.
        self.count = self.count.max(fact.head.count);
        if let Some(content) = system_message(fact).map(|message| message.content()) {
            self.push(fact, None, content, None, MessageType::System);
        }
        match &fact.data {
            FactData::MessageCreated(sent) => {
                let author = sent.sender.user_id.clone();
                let content = sent.content.clone();
                self.push(
                    fact,
                    Some(author.clone()),
                    content,
                    sent.reply_to,
                    MessageType::User,
                );
                let count = self.count;
                let woken = self.seats.iter_mut().filter_map(|seat| {
                    let woken = seat.wakes(count).then(|| seat.user().clone());
                    if *seat.user() == author {
                        seat.reads(fact.seq(), MessageId::from(fact.id));
                        seat.writes();
                    }
                    woken
                });
                return woken.collect();
            }
            FactData::DialogArchived(archived) => self.archives(archived.count),
            FactData::ReactionAdded(one) => {
                let (emoji, user) = (one.emoji.clone(), one.user.clone());
                if let Some(stored) = self.find(one.message_id) {
                    stored.reactions.push((emoji, user));
                }
            }
            FactData::ReactionRemoved(one) => {
                if let Some(stored) = self.find(one.message_id) {
                    let reactions = &mut stored.reactions;
                    reactions.retain(|(emoji, user)| (emoji, user) != (&one.emoji, &one.user));
                }
            }
            FactData::MessageDeleted(_) | FactData::MessageEdited(_) => self.change_message(fact),
            FactData::ParticipantAdded(came) | FactData::ParticipantJoined(came) => {
                self.comes(&came.participant);
            }
            FactData::ParticipantLeft(went) | FactData::ParticipantRemoved(went) => {
                self.seats.retain(|seat| *seat.user() != went.user);
            }
            FactData::ParticipantRoleChanged(changed) => {
                if let Some(seat) = self.seat_mut(&changed.user) {
                    seat.set_role(changed.role);
                }
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
            FactData::ScopesReplaced(replaced) => self.rules = replaced.access_scopes.clone(),
            FactData::Archived(_)
            | FactData::MarkedUnread(_)
            | FactData::NotificationsSet(_)
            | FactData::Pinned(_)
            | FactData::Read(_)
            | FactData::Unarchived(_)
            | FactData::Unpinned(_) => return self.own(&fact.data),
            FactData::DialogCreated(_)
            | FactData::DialogDeleted(_)
            | FactData::DialogUnarchived(_)
            | FactData::NoticePosted(_)
            | FactData::NotificationPending(_)
            | FactData::Unknown(_) => {}
        }
        Vec::new()
    }

    fn archives(&mut self, count: u64) {
        for seat in &mut self.seats {
            seat.archives(count);
        }
    }

    fn change_message(&mut self, fact: &Fact) {
        match &fact.data {
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
            other => panic!("changes no message: {other:?}"),
        }
    }

    fn own(&mut self, data: &FactData) -> Vec<UserId> {
        let Some(user) = data.own_user() else {
            return Vec::new();
        };
        let count = self.count;
        let newest = |seq: u64| {
            let mut before = self.messages.iter().rev().filter(|stored| stored.view.seq <= seq);
            before.next().map(|stored| stored.view.id)
        };
        let marked = match data {
            FactData::MarkedUnread(marked) => newest(marked.seq),
            _ => None,
        };
        let Some(seat) = self.seat_mut(user) else {
            return Vec::new();
        };
        match data {
            FactData::Read(read) => seat.reads(read.seq, read.message_id),
            FactData::MarkedUnread(mark) => seat.marks_unread(mark.seq, marked),
            other => seat.own(other),
        }
        // Who archived without having seen the newest message has not archived.
        seat.wakes(count).then(|| user.clone()).into_iter().collect()
    }

    fn push(
        &mut self,
        fact: &Fact,
        sender_id: Option<UserId>,
        content: RichText,
        reply_to_id: Option<MessageId>,
        message_type: MessageType,
    ) {
        self.active = fact.at;
        let stored = Stored::new(fact, sender_id, content, reply_to_id, message_type);
        self.messages.push(stored);
    }

    pub fn find(&mut self, id: MessageId) -> Option<&mut Stored> {
        self.messages.iter_mut().find(|stored| stored.view.id == id)
    }

    pub fn has(&self, user: &UserId) -> bool {
        self.seat(user).is_some()
    }

    pub fn unread(&self, user: &UserId) -> u64 {
        let read = self.seat(user).map_or(0, |seat| seat.read);
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

    /// How the dialog looks to somebody who is in it.
    pub fn item(&self, user: &UserId) -> Option<DialogItemView> {
        let seat = self.seat(user)?;
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
        Some(DialogItemView {
            i_am_participant: true,
            can_join: false,
            unread_count: Some(self.unread(user)),
            is_archived: Some(seat.is_archived(self.count)),
            is_pinned: Some(seat.pinned),
            notifications_enabled: Some(seat.level.enabled()),
            notification_level: Some(seat.level),
            last_message_at: last_message.as_ref().map(|last| last.sent_at),
            last_message,
            ..self.offered()
        })
    }

    /// How the dialog looks to somebody who may join it.
    pub fn offered(&self) -> DialogItemView {
        DialogItemView {
            dialog: self.view.clone(),
            participants_count: self.seats.len() as u64,
            i_am_participant: false,
            can_join: true,
            unread_count: None,
            is_archived: None,
            is_pinned: None,
            notifications_enabled: None,
            notification_level: None,
            last_message_at: None,
            last_message: None,
            participants: self.seats.iter().map(Seat::summary).collect(),
        }
    }

    /// Everybody in it, by join time.
    pub fn participants(&self) -> Vec<ParticipantView> {
        let seats = self.seats.iter();
        seats
            .map(|seat| seat.view(self.view.id, self.count, self.unread(seat.user())))
            .collect()
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
