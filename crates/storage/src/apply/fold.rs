//! A batch of facts, folded into the rows that it changes. Pure.
//!
//! Within a batch the last fact wins, so a statement names each row once. Every row carries the `seq` of the fact that decided it:
//! the statements compare it with what is stored, so facts that are given again change nothing.

use std::{borrow::Cow, collections::HashMap};

use mtchat_domain::system_message;
use mtchat_protocol::{
    AccessRule, Actor, DialogAutoArchived, DialogCreated, DialogUpdated, Fact, FactClass, FactData,
    MessageEdited, Participant, Reaction, Timestamp, UserId,
};
use uuid::Uuid;

use super::{
    latest::Latest,
    own::{OwnRow, Pointer},
    rows::{
        ArchivalRow, ArrivalRow, CreatedRow, DepartureRow, DetailRow, EditRow, EndedRow, ErasedRow, HeadRow,
        MessageRow, PointerRow, ReactionRow, RoleRow, RulesRow,
    },
};
use crate::{Entry, Undecodable, row::storable, rules_key::rules_key};

/// A dialog in its app.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Place<'a> {
    pub(crate) app: &'a str,
    pub(crate) dialog: Uuid,
}

/// What a batch changes, a list for each kind of effect.
#[derive(Default)]
pub(crate) struct Fold<'a> {
    pub(crate) letters: Vec<(u64, &'a Undecodable)>,
    /// What the host did.
    pub(crate) audited: Vec<&'a Fact>,
    pub(crate) created: Vec<CreatedRow<'a>>,
    pub(crate) details: Latest<Place<'a>, DetailRow<'a>>,
    pub(crate) rules: Latest<Place<'a>, RulesRow<'a>>,
    pub(crate) arrivals: Latest<(Place<'a>, &'a UserId), ArrivalRow<'a>>,
    pub(crate) roles: Latest<(Place<'a>, &'a UserId), RoleRow<'a>>,
    pub(crate) departures: Latest<(Place<'a>, &'a UserId), DepartureRow<'a>>,
    pub(crate) messages: Vec<MessageRow<'a>>,
    pub(crate) heads: Latest<Place<'a>, HeadRow<'a>>,
    pub(crate) pointers: Latest<(Place<'a>, &'a UserId), PointerRow<'a>>,
    pub(crate) edits: Vec<EditRow<'a>>,
    pub(crate) reactions: Latest<(Place<'a>, Uuid, &'a str, &'a UserId), ReactionRow<'a>>,
    pub(crate) erased: Latest<(Place<'a>, Uuid), ErasedRow<'a>>,
    pub(crate) archivals: Latest<Place<'a>, ArchivalRow<'a>>,
    pub(crate) ended: Latest<Place<'a>, EndedRow<'a>>,
    pub(crate) own: HashMap<(Place<'a>, &'a UserId), OwnRow<'a>>,
    last_edits: HashMap<(Place<'a>, Uuid), usize>,
}

impl<'a> Fold<'a> {
    /// Fold a batch, in the log's order.
    pub(crate) fn new(batch: &'a [Entry]) -> Self {
        let mut fold = Self::default();
        for entry in batch {
            match &entry.fact {
                Ok(fact) => fold.take(entry.log_seq, fact),
                Err(letter) => fold.letters.push((entry.log_seq, letter)),
            }
        }
        fold
    }

    /// Whether nothing but messages came: then one statement writes everything.
    pub(crate) fn is_plain(&self) -> bool {
        self.letters.is_empty()
            && self.audited.is_empty()
            && self.created.is_empty()
            && self.details.rows().is_empty()
            && self.edits.is_empty()
            && self.reactions.rows().is_empty()
            && self.erased.rows().is_empty()
            && self.archivals.rows().is_empty()
            && self.ended.rows().is_empty()
            && self.own.is_empty()
            && self.messages.iter().all(|message| message.attachments.is_none())
    }

    fn take(&mut self, log_seq: u64, fact: &'a Fact) {
        let place = Place {
            app: fact.app.as_str(),
            dialog: fact.dialog.0,
        };
        match fact.data.class() {
            FactClass::Ordered => {}
            FactClass::Own => return self.own(place, log_seq, fact),
            FactClass::Notice => return,
        }
        if fact.actor == Actor::Host {
            self.audited.push(fact);
        }
        let active_at = self.timeline(place, log_seq, fact);
        match &fact.data {
            FactData::DialogArchived(archived) => self.archive(place, fact, archived),
            FactData::DialogCreated(created) => self.create(place, log_seq, fact, created),
            FactData::DialogDeleted(_) => self.ended.put(place, EndedRow { place }),
            FactData::DialogUpdated(update) => self.update(place, fact, update),
            FactData::MessageDeleted(gone) => {
                let (message, at) = (gone.message_id.0, fact.at);
                self.erased
                    .put((place, message), ErasedRow { place, message, at });
            }
            FactData::MessageEdited(edited) => self.edit(place, fact, edited),
            FactData::ParticipantAdded(came) | FactData::ParticipantJoined(came) => {
                self.arrive(place, fact.seq(), 0, &came.participant);
                self.detail(place, fact);
            }
            FactData::ParticipantRoleChanged(changed) => {
                let (seq, user, role) = (fact.seq(), &changed.user, changed.role);
                self.roles.put(
                    (place, user),
                    RoleRow {
                        place,
                        seq,
                        user,
                        role,
                    },
                );
                self.detail(place, fact);
            }
            FactData::ParticipantLeft(went) | FactData::ParticipantRemoved(went) => {
                let (seq, user) = (fact.seq(), &went.user);
                self.departures
                    .put((place, user), DepartureRow { place, seq, user });
                self.detail(place, fact);
            }
            FactData::ReactionAdded(reaction) => self.react(place, fact.seq(), reaction, true),
            FactData::ReactionRemoved(reaction) => self.react(place, fact.seq(), reaction, false),
            FactData::ScopesReplaced(replaced) => {
                let seq = fact.seq();
                let key = rules_key(replaced.access_scopes.iter().map(|rule| &rule.scopes));
                self.detail(place, fact).rules = Some((seq, key));
                self.replace_rules(place, seq, &replaced.access_scopes);
            }
            // In the timeline already, or beside the order.
            FactData::MessageCreated(_)
            | FactData::NoticePosted(_)
            | FactData::Archived(_)
            | FactData::DialogUnarchived(_)
            | FactData::MarkedUnread(_)
            | FactData::NotificationPending(_)
            | FactData::NotificationsSet(_)
            | FactData::Pinned(_)
            | FactData::Read(_)
            | FactData::Unarchived(_)
            | FactData::Unpinned(_) => {}
            // The head says what a later version's fact changed of title and state.
            FactData::Unknown(_) => drop(self.detail(place, fact)),
        }
        self.head(place, log_seq, fact, active_at);
    }

    /// Put the fact into the timeline, if it is shown there; answers when it happened.
    fn timeline(&mut self, place: Place<'a>, log_seq: u64, fact: &'a Fact) -> Option<Timestamp> {
        let (content, user) = match &fact.data {
            FactData::MessageCreated(message) => {
                let user = &message.sender.user_id;
                self.pointers.put((place, user), PointerRow { place, user, fact });
                if let Some(own) = self.own.get_mut(&(place, user)) {
                    own.read(Pointer {
                        seq: fact.seq(),
                        count: fact.head.count,
                        message: fact.id.0,
                    });
                }
                (storable(message.content.as_str()), Some(message))
            }
            _ => {
                let content = system_message(fact)?.content();
                (Cow::Owned(content.as_str().to_owned()), None)
            }
        };
        let attachments = user.filter(|message| !message.attachments.is_empty());
        self.messages.push(MessageRow {
            place,
            fact,
            log_seq,
            content,
            user,
            attachments: attachments.and_then(|message| serde_json::to_string(&message.attachments).ok()),
            mentions: user.and_then(|message| listed(&message.mentions)),
        });
        Some(fact.at)
    }

    fn create(&mut self, place: Place<'a>, log_seq: u64, fact: &'a Fact, data: &'a DialogCreated) {
        let rules_key = rules_key(data.access_scopes.iter().map(|rule| &rule.scopes));
        self.created.push(CreatedRow {
            fact,
            data,
            log_seq,
            rules_key,
        });
        self.replace_rules(place, fact.seq(), &data.access_scopes);
        for (position, participant) in data.participants.iter().enumerate() {
            let position = i32::try_from(position).unwrap_or(i32::MAX);
            self.arrive(place, fact.seq(), position, participant);
        }
    }

    fn update(&mut self, place: Place<'a>, fact: &'a Fact, update: &'a DialogUpdated) {
        let detail = self.detail(place, fact);
        if let Some(object_url) = &update.object_url {
            detail.object_url = Some(object_url.as_ref().map(mtchat_protocol::ObjectUrl::as_str));
        }
        if let Some(meta) = &update.meta {
            detail.meta = Some(meta.as_ref().map(ToString::to_string));
        }
    }

    fn edit(&mut self, place: Place<'a>, fact: &'a Fact, edited: &'a MessageEdited) {
        let message = edited.message_id.0;
        if self.erased.contains(&(place, message)) {
            return;
        }
        let before = self.last_edits.insert((place, message), self.edits.len());
        let previous = before.map(|before| {
            self.edits[before].last = false;
            self.edits[before].content.clone()
        });
        self.edits.push(EditRow {
            place,
            message,
            seq: fact.seq(),
            at: fact.at,
            content: storable(edited.content.as_str()),
            mentions: listed(&edited.mentions),
            previous,
            last: true,
        });
    }

    fn react(&mut self, place: Place<'a>, seq: u64, reaction: &'a Reaction, present: bool) {
        let key = (
            place,
            reaction.message_id.0,
            reaction.emoji.as_str(),
            &reaction.user,
        );
        let row = ReactionRow {
            place,
            reaction,
            seq,
            present,
        };
        self.reactions.put(key, row);
    }

    fn arrive(&mut self, place: Place<'a>, seq: u64, position: i32, participant: &'a Participant) {
        let row = ArrivalRow {
            place,
            seq,
            position,
            participant,
        };
        self.arrivals.put((place, &participant.user), row);
        // What they did in an earlier stay is over.
        self.own.remove(&(place, &participant.user));
    }

    fn own(&mut self, place: Place<'a>, log_seq: u64, fact: &'a Fact) {
        let Some(user) = fact.data.own_user() else { return };
        let row = self.own.entry((place, user));
        row.or_insert_with(|| OwnRow::new(place, user, fact))
            .take(log_seq, fact);
    }

    fn archive(&mut self, place: Place<'a>, fact: &'a Fact, archived: &DialogAutoArchived) {
        let (seq, count) = (fact.seq(), archived.count);
        self.archivals.put(place, ArchivalRow { place, seq, count });
        // What users archived or took out of their archive before is overtaken; what they do after it is not.
        for ((of, _), own) in &mut self.own {
            if *of == place {
                own.archived = None;
            }
        }
    }

    fn replace_rules(&mut self, place: Place<'a>, seq: u64, rules: &'a [AccessRule]) {
        self.rules.put(place, RulesRow { place, seq, rules });
    }

    fn detail(&mut self, place: Place<'a>, fact: &'a Fact) -> &mut DetailRow<'a> {
        let detail = self.details.entry(place, || DetailRow {
            place,
            fact,
            object_url: None,
            meta: None,
            rules: None,
        });
        detail.fact = fact;
        detail
    }

    fn head(&mut self, place: Place<'a>, log_seq: u64, fact: &'a Fact, active_at: Option<Timestamp>) {
        let head = self.heads.entry(place, || HeadRow {
            place,
            fact,
            log_seq,
            active_at,
        });
        head.fact = fact;
        head.log_seq = log_seq;
        head.active_at = active_at.or(head.active_at);
    }
}

/// Nobody is nothing.
fn listed(users: &[UserId]) -> Option<String> {
    if users.is_empty() {
        return None;
    }
    serde_json::to_string(users).ok()
}
