//! What becomes of a dialog: its own row, who may join, and who is in it.

use std::collections::HashSet;

use mtchat_domain::erased_name;
use mtchat_protocol::{
    AccessRule, AppId, Company, DialogId, DisplayName, Email, JoinedAs, MessageId, ObjectId, ObjectType, ObjectUrl,
    Phone, ScopeId, ScopeValue, Scopes, Timestamp, Title, UserId,
};
use mtchat_storage::{ImportedDialog, ImportedParticipant, SourceDialog, SourceParticipant, SourceRule};
use uuid::Uuid;

use super::{
    report::{Did, Note},
    texts,
    timeline::Timeline,
};

/// What holds for all dialogs of an import.
pub(super) struct Rules {
    pub(super) app: AppId,
    /// Whether files lie where they lay; otherwise they get keys of ours.
    pub(super) keep_files: bool,
    /// People who are forgotten here.
    pub(super) erased: HashSet<UserId>,
    pub(super) began: Timestamp,
}

/// A dialog on its way.
pub(super) struct Plan {
    pub(super) dialog: ImportedDialog,
    pub(super) timeline: Timeline,
    /// It is not here yet.
    pub(super) is_new: bool,
    /// The pointer and the counter of everybody in it, in their order.
    standing: Vec<(Option<Uuid>, i64)>,
    /// What was in the way of rules, which are counted.
    pub(super) rules_left_out: u64,
}

/// What was found while it was planned, about one dialog.
pub(super) struct Notes<'a> {
    pub(super) dialog: Uuid,
    pub(super) all: &'a mut Vec<Note>,
}

impl Notes<'_> {
    pub(super) fn add(
        &mut self,
        did: Did,
        what: &'static str,
        field: &'static str,
        id: Option<String>,
        why: impl Into<String>,
    ) {
        self.all.push(Note {
            did,
            what,
            field,
            why: why.into(),
            dialog: self.dialog,
            id,
        });
    }
}

impl Plan {
    /// Plan a dialog, or say why it can not be brought at all.
    pub(super) fn new(source: &SourceDialog, rules: &Rules, all: &mut Vec<Note>) -> Result<Self, String> {
        let notes = &mut Notes {
            dialog: source.id,
            all,
        };
        let object_type = ObjectType::new(&source.object_type).map_err(|error| error.to_string())?;
        let object_id = ObjectId::new(&source.object_id).map_err(|error| error.to_string())?;
        let mut participants = Vec::with_capacity(source.participants.len());
        for one in &source.participants {
            participants.push(participant(one, rules, notes)?);
        }
        let (access, rules_left_out) = access_rules(&source.rules, notes);
        let created_by = source.created_by.as_deref().filter(|id| !id.is_empty());
        let dialog = ImportedDialog {
            id: DialogId(source.id),
            object_type,
            object_id,
            title: kept(source.title.as_deref(), Title::new, "dialog", "title", None, notes),
            object_url: kept(source.object_url.as_deref(), ObjectUrl::new, "dialog", "object_url", None, notes),
            created_by: kept(created_by, UserId::new, "dialog", "created_by", None, notes),
            created_at: source.created_at,
            active_at: source.created_at,
            meta: source.meta.clone(),
            seq: 0,
            count: 0,
            erased: false,
            rules: access,
            participants,
        };
        let names = forgotten_names(source, rules);
        let pointers = source.participants.iter().filter_map(|one| one.last_read);
        Ok(Self {
            timeline: Timeline::new(source.messages, pointers, names),
            dialog,
            is_new: true,
            standing: source
                .participants
                .iter()
                .map(|one| (one.last_read, one.unread))
                .collect(),
            rules_left_out,
        })
    }

    /// All messages have been taken: where that leaves the dialog and everybody in it.
    pub(super) fn finish(&mut self, rules: &Rules, all: &mut Vec<Note>) {
        let notes = &mut Notes {
            dialog: self.dialog.id.0,
            all,
        };
        let timeline = &self.timeline;
        self.dialog.seq = timeline.last_seq();
        self.dialog.count = timeline.count();
        self.dialog.erased = timeline.has_deleted();
        self.dialog.active_at = timeline.last_at().unwrap_or(self.dialog.created_at);
        for (one, (last_read, counter)) in self.dialog.participants.iter_mut().zip(&self.standing) {
            let sender = timeline.sender(&one.user);
            let pointer = last_read.and_then(|id| timeline.pointed(id)).unwrap_or_default();
            let found = super::unread::place(timeline.items(), sender, pointer, *counter);
            one.last_read = found.place.message;
            one.read_seq = found.place.seq;
            one.read_count = found.place.count;
            one.unread = found.unread;
            one.own_seq = timeline.own_seq(sender);
            let who = || Some(one.user.as_str().to_owned());
            if i64::try_from(found.unread) != Ok(*counter) {
                let why = "the counter said what can not be: others have not said so much, or it was negative";
                notes.add(Did::Changed, "participant", "unread_count", who(), why);
            }
            if found.moved {
                let why = "moved to where the counter of unread messages is true";
                notes.add(Did::Changed, "participant", "last_read_message_id", who(), why);
            }
        }
        let present: HashSet<UserId> = self.dialog.participants.iter().map(|one| one.user.clone()).collect();
        let former = timeline.senders().filter(|(user, _, _)| !present.contains(*user));
        let former: Vec<_> = former
            .map(|(user, first, own_seq)| former_participant(user, first, own_seq, rules))
            .collect();
        self.dialog.participants.extend(former);
    }

    /// By how much all counters together are not what they were.
    pub(super) fn unread_adjusted(&self) -> i64 {
        let kept: u64 = self.dialog.participants.iter().map(|one| one.unread).sum();
        let counters: i64 = self.standing.iter().map(|(_, counter)| counter).sum();
        i64::try_from(kept).unwrap_or(i64::MAX) - counters
    }
}

fn participant(one: &SourceParticipant, rules: &Rules, notes: &mut Notes<'_>) -> Result<ImportedParticipant, String> {
    let user = UserId::new(&one.user_id).map_err(|error| format!("a participant's {error}"))?;
    let id = || Some(one.user_id.clone());
    let is_erased = rules.erased.contains(&user);
    let display_name = match one.display_name.as_deref() {
        _ if is_erased => {
            notes.add(Did::Changed, "participant", "profile", id(), "the person is forgotten here");
            erased_name()
        }
        given => named(given, &user, notes),
    };
    let joined_as = JoinedAs::parse(&one.joined_as).unwrap_or_else(|| {
        notes.add(Did::Changed, "participant", "joined_as", id(), "unknown, taken as participant");
        JoinedAs::Participant
    });
    let given = |text: &Option<String>| text.clone().filter(|_| !is_erased);
    let company = given(&one.company).map(|text| {
        let cut = texts::cut(&text, mtchat_protocol::limits::NAME);
        if cut.len() < text.len() {
            notes.add(Did::Changed, "participant", "company", id(), "cut to 200 characters");
        }
        cut.to_owned()
    });
    let company = kept(company.as_deref(), Company::new, "participant", "company", id(), notes);
    let (email, phone) = (given(&one.email), given(&one.phone));
    Ok(ImportedParticipant {
        user,
        present: true,
        joined_at: one.joined_at,
        joined_as,
        display_name,
        company,
        // Half an address would be another one.
        email: kept(email.as_deref(), Email::new, "participant", "email", id(), notes),
        phone: kept(phone.as_deref(), Phone::new, "participant", "phone", id(), notes),
        notifications: one.notifications,
        archived: one.archived,
        pinned: one.pinned,
        last_read: None,
        read_seq: 0,
        read_count: 0,
        own_seq: 0,
        unread: 0,
    })
}

/// Whoever wrote and is not there any more: their messages keep a row, as of everybody who has left.
fn former_participant(user: &UserId, first: Timestamp, own_seq: u64, rules: &Rules) -> ImportedParticipant {
    let display_name = if rules.erased.contains(user) {
        erased_name()
    } else {
        name_of(user)
    };
    ImportedParticipant {
        user: user.clone(),
        present: false,
        joined_at: first,
        joined_as: JoinedAs::Participant,
        display_name,
        company: None,
        email: None,
        phone: None,
        notifications: true,
        archived: false,
        pinned: false,
        last_read: None,
        read_seq: 0,
        read_count: 0,
        own_seq,
        unread: 0,
    }
}

fn named(given: Option<&str>, user: &UserId, notes: &mut Notes<'_>) -> DisplayName {
    let id = || Some(user.as_str().to_owned());
    let Some(name) = given.and_then(texts::name) else {
        notes.add(Did::Changed, "participant", "display_name", id(), "there is none: the user's id");
        return name_of(user);
    };
    if given.is_some_and(|given| name.len() < given.len()) {
        notes.add(Did::Changed, "participant", "display_name", id(), "cut to 200 characters");
    }
    DisplayName::new(name).unwrap_or_else(|_| name_of(user))
}

/// Where there is no name.
fn name_of(user: &UserId) -> DisplayName {
    let name = texts::name(user.as_str()).unwrap_or("?");
    // An id holds no NUL, and blank ones have become another name.
    DisplayName::new(name).unwrap_or_else(|_| erased_name())
}

/// A text as it is, or nothing where it can not be.
fn kept<T>(
    text: Option<&str>,
    new: impl Fn(&str) -> Result<T, mtchat_protocol::Invalid>,
    what: &'static str,
    field: &'static str,
    id: Option<String>,
    notes: &mut Notes<'_>,
) -> Option<T> {
    match new(text?) {
        Ok(value) => Some(value),
        Err(error) => {
            notes.add(Did::Changed, what, field, id, format!("left empty: it {}", error.reason));
            None
        }
    }
}

/// A value that nobody can hold lets nobody in. Beside others it can go; where it is the only one of its level, the rule goes, for without
/// it the rule would let everybody in.
fn access_rules(source: &[SourceRule], notes: &mut Notes<'_>) -> (Vec<AccessRule>, u64) {
    let (mut rules, mut left_out) = (Vec::with_capacity(source.len()), 0);
    for rule in source {
        let id = || Some(rule.id.to_string());
        let levels = rule.levels.each_ref().map(|level| {
            let usable = level.iter().flatten().filter_map(|value| ScopeValue::new(value).ok());
            usable.collect::<Vec<_>>()
        });
        let emptied = levels.iter().zip(&rule.levels).any(|(kept, level)| kept.is_empty() && !level.is_empty());
        if emptied {
            left_out += 1;
            notes.add(Did::LeftOut, "rule", "scope values", id(), "it lets nobody in: no value of a level can be held");
            continue;
        }
        if levels.iter().zip(&rule.levels).any(|(kept, level)| kept.len() < level.len()) {
            notes.add(Did::Changed, "rule", "scope values", id(), "without values that nobody can hold");
        }
        let [scope_level0, scope_level1, scope_level2] = levels;
        rules.push(AccessRule {
            id: ScopeId(rule.id),
            created_at: rule.created_at,
            scopes: Scopes {
                scope_level0,
                scope_level1,
                scope_level2,
            },
        });
    }
    (rules, left_out)
}

/// The names under which forgotten people stand in what the dialog itself says.
fn forgotten_names(source: &SourceDialog, rules: &Rules) -> Vec<(DisplayName, Option<Company>)> {
    let forgotten = source
        .participants
        .iter()
        .filter(|one| rules.erased.contains(one.user_id.as_str()));
    let names = forgotten.filter_map(|one| {
        let name = DisplayName::new(one.display_name.as_deref()?).ok()?;
        let company = one.company.as_deref().and_then(|company| Company::new(company).ok());
        Some((name, company))
    });
    names.collect()
}

/// The id of a message there is its id here.
pub(super) fn message_id(id: Uuid) -> MessageId {
    MessageId(id)
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;
