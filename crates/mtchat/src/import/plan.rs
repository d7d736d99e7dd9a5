//! What becomes of a dialog: its own row, who may join, and who is in it.

use std::collections::HashSet;

use mtchat_protocol::{
    AccessRule, AppId, Company, DialogId, DisplayName, MessageId, ObjectId, ObjectType, ObjectUrl, ScopeId,
    ScopeValue, Scopes, Timestamp, Title, UserId,
};
use mtchat_storage::{ImportedDialog, SourceDialog, SourceRule};
use uuid::Uuid;

use super::{
    people::{former_participant, participant},
    report::{Did, Note},
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
    /// Somebody in it is forgotten here.
    pub(super) concerns_forgotten: bool,
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
            title: kept(
                source.title.as_deref(),
                Title::new,
                "dialog",
                "title",
                None,
                notes,
            ),
            object_url: kept(
                source.object_url.as_deref(),
                ObjectUrl::new,
                "dialog",
                "object_url",
                None,
                notes,
            ),
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
            concerns_forgotten: false,
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
                let why =
                    "the counter said what can not be: others have not said so much, or it was negative";
                notes.add(Did::Changed, "participant", "unread_count", who(), why);
            }
            if found.moved {
                let why = "moved to where the counter of unread messages is true";
                notes.add(Did::Changed, "participant", "last_read_message_id", who(), why);
            }
        }
        let present: HashSet<UserId> = self
            .dialog
            .participants
            .iter()
            .map(|one| one.user.clone())
            .collect();
        let former = timeline.senders().filter(|(user, _, _)| !present.contains(*user));
        let former: Vec<_> = former
            .map(|(user, first, own_seq)| former_participant(user, first, own_seq, rules))
            .collect();
        self.dialog.participants.extend(former);
        let mut everybody = self.dialog.participants.iter();
        self.concerns_forgotten = everybody.any(|one| rules.erased.contains(&one.user));
    }

    /// By how much all counters together are not what they were.
    pub(super) fn unread_adjusted(&self) -> i64 {
        let kept: u64 = self.dialog.participants.iter().map(|one| one.unread).sum();
        let counters: i64 = self.standing.iter().map(|(_, counter)| counter).sum();
        i64::try_from(kept).unwrap_or(i64::MAX) - counters
    }
}

/// A text as it is, or nothing where it can not be.
pub(super) fn kept<T>(
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
            notes.add(
                Did::Changed,
                what,
                field,
                id,
                format!("left empty: it {}", error.reason),
            );
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
            let usable = level
                .iter()
                .flatten()
                .filter_map(|value| ScopeValue::new(value).ok());
            usable.collect::<Vec<_>>()
        });
        let emptied = levels
            .iter()
            .zip(&rule.levels)
            .any(|(kept, level)| kept.is_empty() && !level.is_empty());
        if emptied {
            left_out += 1;
            notes.add(
                Did::LeftOut,
                "rule",
                "scope values",
                id(),
                "it lets nobody in: no value of a level can be held",
            );
            continue;
        }
        if levels
            .iter()
            .zip(&rule.levels)
            .any(|(kept, level)| kept.len() < level.len())
        {
            notes.add(
                Did::Changed,
                "rule",
                "scope values",
                id(),
                "without values that nobody can hold",
            );
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
        let company = one
            .company
            .as_deref()
            .and_then(|company| Company::new(company).ok());
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
