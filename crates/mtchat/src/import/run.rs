//! An import from one end to the other: a page of dialogs at a time, each page whole or not at all, and compared as soon as it stands here.

use std::collections::HashMap;

use mtchat_protocol::{AuditAction, AuditActor};
use mtchat_storage::{
    Audited, ImportKind, ImportSource, ImportSum, ImportSums, ImportTarget, KnownDialog, SourceDialog,
    Stretch,
};
use serde_json::json;
use uuid::Uuid;

use super::{
    carried::{bring, store, take},
    error::ImportError,
    files::Files,
    plan::{Plan, Rules},
    progress::Progress,
    report::{Did, Note, Report},
    table::Tally,
};
use crate::Failure;

/// Messages that are held at once.
const CHUNK: u32 = 1_000;
/// Messages that are made findable at once.
const WORDS: u32 = 2_000;

/// An import at work.
pub(super) struct Run {
    pub(super) source: ImportSource,
    pub(super) target: ImportTarget,
    pub(super) files: Option<Files>,
    pub(super) rules: Rules,
    pub(super) report: Report,
    pub(super) tally: Tally,
    pub(super) batch: u32,
    pub(super) dry: bool,
}

/// A page of dialogs on its way.
pub(super) struct Page {
    ids: Vec<Uuid>,
    stretches: Vec<Stretch>,
    /// Those that are brought or compared, with the sums of what has been taken of them.
    pub(super) plans: HashMap<Uuid, (Plan, ImportSums)>,
    known: HashMap<Uuid, KnownDialog>,
    pub(super) notes: Vec<Note>,
}

impl Run {
    /// Bring everything.
    pub(super) async fn all(&mut self) -> Result<(), Failure> {
        let mut progress = Progress::new("messages", self.tally.there.messages);
        let mut after = Uuid::nil();
        loop {
            let dialogs = self
                .source
                .dialogs(after, self.batch)
                .await
                .map_err(ImportError::from)?;
            let Some(last) = dialogs.last() else { break };
            after = last.id;
            self.page(dialogs, &mut progress).await?;
        }
        progress.end();
        Ok(())
    }

    /// Make what was brought findable, in the order in which it was said.
    pub(super) async fn index(&mut self) -> Result<(), ImportError> {
        let mut progress = Progress::new("search", self.tally.there.messages);
        let mut after = Uuid::nil();
        loop {
            let messages = self.source.messages_by_time(after, WORDS).await?;
            let Some(last) = messages.last() else { break };
            after = last.1;
            self.tally.indexed += self.target.index(&messages).await?;
            progress.more(messages.len() as u64);
        }
        progress.end();
        Ok(())
    }

    async fn page(&mut self, dialogs: Vec<SourceDialog>, progress: &mut Progress) -> Result<(), Failure> {
        let ids: Vec<Uuid> = dialogs.iter().map(|dialog| dialog.id).collect();
        let lengths: Vec<(Uuid, u64)> = dialogs
            .iter()
            .map(|dialog| (dialog.id, dialog.messages))
            .collect();
        let mut page = Page {
            stretches: Stretch::all(&lengths, CHUNK),
            known: self.target.known(&ids).await.map_err(ImportError::from)?,
            ids,
            plans: HashMap::new(),
            notes: Vec::new(),
        };
        for dialog in dialogs {
            self.plan(&mut page, &dialog);
        }
        self.report.take(&mut page.notes)?;
        let sums = self.carry(&mut page, progress).await?;
        self.report.take(&mut page.notes)?;
        self.compare(&mut page, &sums).await.map_err(ImportError::from)?;
        self.report.take(&mut page.notes)
    }

    /// What becomes of a dialog: it is brought, or compared, or left out.
    fn plan(&mut self, page: &mut Page, dialog: &SourceDialog) {
        let known = page.known.get(&dialog.id);
        let mut notes = Vec::new();
        let refused = match known {
            Some(known) if known.deleted && known.source_hash.is_some() => {
                self.tally.deleted += 1;
                None
            }
            Some(known) if known.deleted => Some("a dialog of this id has been deleted here".to_owned()),
            Some(known) if known.source_hash.is_none() => {
                Some("there is another dialog of this id here".to_owned())
            }
            Some(_) | None => match Plan::new(dialog, &self.rules, &mut notes) {
                Ok(mut plan) => {
                    plan.is_new = known.is_none();
                    // Of a dialog that was brought before, notes were taken then.
                    if plan.is_new {
                        page.notes.append(&mut notes);
                    }
                    self.tally.before += u64::from(known.is_some());
                    page.plans.insert(dialog.id, (plan, ImportSums::default()));
                    return;
                }
                Err(why) => Some(why),
            },
        };
        self.tally.leave_out(ImportKind::Dialogs, 1);
        self.tally.leave_out(ImportKind::Rules, dialog.rules.len() as u64);
        self.tally
            .leave_out(ImportKind::Participants, dialog.participants.len() as u64);
        let unread: i64 = dialog.participants.iter().map(|one| one.unread).sum();
        match u64::try_from(unread) {
            Ok(unread) => self.tally.leave_out(ImportKind::Unread, unread),
            // Negative counters make the sum of all smaller too.
            Err(_) => self.tally.adjusted -= unread,
        }
        if let Some(why) = refused {
            self.tally.refused += 1;
            page.notes.push(Note {
                did: Did::Refused,
                what: "dialog",
                field: "itself",
                why,
                dialog: dialog.id,
                id: None,
            });
        }
    }

    /// Read the page's messages, and write those of dialogs that are not here. Answers the sums of each dialog as it was planned.
    async fn carry(
        &mut self,
        page: &mut Page,
        progress: &mut Progress,
    ) -> Result<HashMap<Uuid, [ImportSum; 7]>, ImportError> {
        let is_any_new = page.plans.values().any(|(plan, _)| plan.is_new);
        let mut batch = if is_any_new && !self.dry {
            Some(self.target.begin().await?)
        } else {
            None
        };
        for stretch in std::mem::take(&mut page.stretches) {
            let mut after = Uuid::nil();
            loop {
                let messages = self.source.messages(&stretch, after, CHUNK).await?;
                let (read, last) = (messages.len(), messages.last().map(|message| message.id));
                let carried = take(messages, page, &self.rules, &mut self.tally);
                let carried = bring(self.files.as_ref(), carried, page, &mut self.tally).await?;
                store(&carried, page, batch.as_mut()).await?;
                progress.more(read as u64);
                after = last.unwrap_or(after);
                if !stretch.goes_on(read, CHUNK) {
                    break;
                }
            }
        }
        let mut sums = HashMap::new();
        let mut new = Vec::new();
        for id in &page.ids {
            let Some((plan, sum)) = page.plans.get_mut(id) else {
                continue;
            };
            let mut notes = Vec::new();
            plan.finish(&self.rules, &mut notes);
            if plan.is_new {
                page.notes.append(&mut notes);
            }
            sum.dialog(&plan.dialog);
            let done = std::mem::take(sum).done();
            self.tally.adjusted += plan.unread_adjusted();
            self.tally.leave_out(ImportKind::Rules, plan.rules_left_out);
            self.tally
                .leave_out(ImportKind::Versions, plan.timeline.versions_left_out);
            self.tally
                .leave_out(ImportKind::Attachments, plan.timeline.files_left_out);
            if plan.is_new {
                self.tally.brought += 1;
                new.push((plan.dialog.clone(), done));
            }
            sums.insert(*id, done);
        }
        if let Some(mut batch) = batch {
            batch.dialogs(&new).await?;
            batch.commit(audited(&self.rules, &new)).await?;
        }
        Ok(sums)
    }

    /// Read the page back.
    async fn compare(
        &mut self,
        page: &mut Page,
        sums: &HashMap<Uuid, [ImportSum; 7]>,
    ) -> Result<(), mtchat_storage::StorageError> {
        if self.dry {
            page.ids
                .iter()
                .filter_map(|id| sums.get(id))
                .for_each(|sums| self.tally.planned.add(sums));
            return Ok(());
        }
        let planned = page.ids.iter().filter(|id| page.plans.contains_key(id));
        let lengths: Vec<(Uuid, u64)> = planned
            .map(|id| {
                (
                    *id,
                    sums.get(id)
                        .map_or(0, |sums| sums[ImportKind::Messages as usize].count),
                )
            })
            .collect();
        let mut here = read_back(&mut self.target, &lengths).await?;
        let mut verified = Vec::new();
        for id in &page.ids {
            let Some(planned) = sums.get(id) else { continue };
            let known = page.known.get(id);
            let found = here.remove(id).unwrap_or_default().done();
            if let Some(known) = known {
                let forgotten = page
                    .plans
                    .get(id)
                    .is_some_and(|(plan, _)| plan.concerns_forgotten);
                if !known.is_of(planned) && forgotten {
                    // What was brought of them has been erased here since.
                    self.tally.in_use += 1;
                    self.tally.leave_out_all(planned);
                    continue;
                }
                if !known.is_of(planned) {
                    self.tally.changed_there += 1;
                    self.tally.leave_out_all(planned);
                    page.notes
                        .push(of_dialog(*id, "it has changed there since it was brought"));
                    continue;
                }
                if found != *planned && (known.verified || known.went_on) {
                    self.tally.in_use += 1;
                    self.tally.leave_out_all(planned);
                    continue;
                }
            }
            self.tally.planned.add(planned);
            self.tally.here.add(&found);
            if found == *planned {
                verified.push(*id);
            } else {
                self.tally.different += 1;
                page.notes
                    .push(of_dialog(*id, "it does not stand here as it was written"));
            }
        }
        self.target.verified(&verified).await
    }
}

async fn read_back(
    target: &mut ImportTarget,
    lengths: &[(Uuid, u64)],
) -> Result<HashMap<Uuid, ImportSums>, mtchat_storage::StorageError> {
    let mut here: HashMap<Uuid, ImportSums> = HashMap::new();
    for stretch in Stretch::all(lengths, CHUNK) {
        let mut after = 0;
        loop {
            let messages = target.messages(&stretch, after, CHUNK).await?;
            for message in &messages {
                here.entry(message.dialog.0).or_default().message(message);
            }
            after = messages.last().map_or(after, |message| message.seq);
            if !stretch.goes_on(messages.len(), CHUNK) {
                break;
            }
        }
    }
    let ids: Vec<Uuid> = lengths.iter().map(|(id, _)| *id).collect();
    for dialog in target.dialogs(&ids).await? {
        here.entry(dialog.id.0).or_default().dialog(&dialog);
    }
    Ok(here)
}

fn of_dialog(dialog: Uuid, why: &'static str) -> Note {
    Note {
        did: Did::Refused,
        what: "dialog",
        field: "itself",
        why: why.to_owned(),
        dialog,
        id: None,
    }
}

/// One entry for what is written together.
fn audited(rules: &Rules, dialogs: &[(mtchat_storage::ImportedDialog, [ImportSum; 7])]) -> Audited {
    let sum = |kind: ImportKind| -> u64 { dialogs.iter().map(|(_, sums)| sums[kind as usize].count).sum() };
    let edge = |dialog: Option<&(mtchat_storage::ImportedDialog, _)>| dialog.map(|(dialog, _)| dialog.id);
    Audited {
        at: rules.began,
        actor: AuditActor::Operator,
        details: json!({
            "dialogs": dialogs.len(), "participants": sum(ImportKind::Participants), "messages": sum(ImportKind::Messages),
            "attachments": sum(ImportKind::Attachments), "first": edge(dialogs.first()), "last": edge(dialogs.last()),
        }),
        ..Audited::by_host(AuditAction::Imported)
    }
}
