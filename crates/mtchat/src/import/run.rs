//! An import from one end to the other: a page of dialogs at a time, each page whole or not at all, and compared as soon as it stands here.

use std::collections::HashMap;

use mtchat_protocol::{Attachment, AuditAction, AuditActor, DialogId};
use mtchat_storage::{
    Audited, ImportBatch, ImportKind, ImportSource, ImportSum, ImportSums, ImportTarget, ImportedMessage, KnownDialog,
    SourceDialog, SourceFile, SourceMessage,
};
use serde_json::json;
use uuid::Uuid;

use super::{
    error::ImportError,
    files::{Became, Files},
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
struct Page {
    ids: Vec<Uuid>,
    plans: HashMap<Uuid, (Plan, ImportSums)>,
    known: HashMap<Uuid, KnownDialog>,
    notes: Vec<Note>,
}

impl Run {
    /// Bring everything.
    pub(super) async fn all(&mut self) -> Result<(), Failure> {
        let mut progress = Progress::new("messages", self.tally.there.messages);
        let mut after = Uuid::nil();
        loop {
            let dialogs = self.source.dialogs(after, self.batch).await.map_err(ImportError::from)?;
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
        let mut page = Page {
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
        let refused = match known {
            Some(known) if known.deleted && known.source_hash.is_some() => {
                self.tally.deleted += 1;
                None
            }
            Some(known) if known.deleted => Some("a dialog of this id has been deleted here".to_owned()),
            Some(known) if known.source_hash.is_none() => {
                Some("there is another dialog of this id here".to_owned())
            }
            Some(_) | None => match Plan::new(dialog, &self.rules, &mut page.notes) {
                Ok(mut plan) => {
                    plan.is_new = known.is_none();
                    self.tally.before += u64::from(known.is_some());
                    page.plans.insert(dialog.id, (plan, ImportSums::default()));
                    return;
                }
                Err(why) => Some(why),
            },
        };
        self.tally.leave_out(ImportKind::Dialogs, 1);
        self.tally.leave_out(ImportKind::Rules, dialog.rules.len() as u64);
        self.tally.leave_out(ImportKind::Participants, dialog.participants.len() as u64);
        let unread = dialog.participants.iter().map(|one| one.unread);
        // A negative counter makes the sum of all smaller too.
        self.tally.adjusted -= unread.sum::<i64>();
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
        let mut after = (Uuid::nil(), Uuid::nil());
        loop {
            let messages = self.source.messages(&page.ids, after, CHUNK).await?;
            let Some(last) = messages.last() else { break };
            after = (last.dialog, last.id);
            let read = messages.len() as u64;
            let carried = take(messages, page, &self.rules, &mut self.tally);
            let carried = bring(self.files.as_ref(), carried, page, &mut self.tally).await?;
            store(&carried, page, batch.as_mut()).await?;
            progress.more(read);
        }
        let mut sums = HashMap::new();
        let mut new = Vec::new();
        for id in &page.ids {
            let Some((plan, sum)) = page.plans.get_mut(id) else {
                continue;
            };
            plan.finish(&self.rules, &mut page.notes);
            sum.dialog(&plan.dialog);
            let done = std::mem::take(sum).done();
            self.tally.adjusted += plan.unread_adjusted();
            self.tally.leave_out(ImportKind::Rules, plan.rules_left_out);
            self.tally.leave_out(ImportKind::Versions, plan.timeline.versions_left_out);
            self.tally.leave_out(ImportKind::Attachments, plan.timeline.files_left_out);
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
        let ids: Vec<Uuid> = page.plans.keys().copied().collect();
        let mut here = read_back(&mut self.target, &ids).await?;
        let mut verified = Vec::new();
        for id in &page.ids {
            let Some(planned) = sums.get(id) else { continue };
            let known = page.known.get(id);
            let found = here.remove(id).unwrap_or_default().done();
            if let Some(known) = known {
                if !known.is_of(planned) {
                    self.tally.changed_there += 1;
                    self.tally.leave_out_all(planned);
                    page.notes.push(of_dialog(*id, "it has changed there since it was brought"));
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
                page.notes.push(of_dialog(*id, "it does not stand here as it was written"));
            }
        }
        self.target.verified(&verified).await
    }
}

/// Messages of one chunk, as they are to be, and where their files are.
struct Carried {
    messages: Vec<ImportedMessage>,
    files: Vec<Vec<SourceFile>>,
}

fn take(messages: Vec<SourceMessage>, page: &mut Page, rules: &Rules, tally: &mut Tally) -> Carried {
    let mut carried = Carried {
        messages: Vec::with_capacity(messages.len()),
        files: Vec::with_capacity(messages.len()),
    };
    for mut message in messages {
        let Some((plan, _)) = page.plans.get_mut(&message.dialog) else {
            tally.leave_out(ImportKind::Messages, 1);
            tally.leave_out(ImportKind::Versions, message.versions.len() as u64);
            tally.leave_out(ImportKind::Attachments, message.files.len() as u64);
            continue;
        };
        let files = message.files.clone();
        // Of a dialog that was brought before, notes were taken then.
        let taken = if plan.is_new {
            plan.timeline.take(message, rules, &mut page.notes)
        } else {
            message.files.truncate(files.len());
            plan.timeline.take(message, rules, &mut Vec::new())
        };
        carried.files.push(if taken.attachments.is_empty() { Vec::new() } else { files });
        carried.messages.push(taken);
    }
    carried
}

/// Have the bytes of files in their place before anybody can see them.
async fn bring(
    files: Option<&Files>,
    mut carried: Carried,
    page: &mut Page,
    tally: &mut Tally,
) -> Result<Carried, ImportError> {
    let Some(files) = files else { return Ok(carried) };
    let mut places = Vec::new();
    let mut wanted: Vec<(&mut Attachment, &SourceFile)> = Vec::new();
    for (message, sources) in carried.messages.iter_mut().zip(&carried.files) {
        for (attachment, source) in message.attachments.iter_mut().zip(sources) {
            places.push((message.dialog.0, source.id));
            wanted.push((attachment, source));
        }
    }
    let became = files.bring(wanted).await?;
    for ((dialog, file), became) in places.into_iter().zip(became) {
        tally.files += 1;
        let (did, why) = match became {
            Became::Here => continue,
            Became::Different(why) => {
                tally.files_different += 1;
                (Did::Changed, why)
            }
            Became::Missing => {
                tally.files_missing += 1;
                (Did::Missing, "there are no bytes of it in the store of files")
            }
        };
        page.notes.push(Note {
            did,
            what: "file",
            field: "bytes",
            why: why.to_owned(),
            dialog,
            id: Some(file.to_string()),
        });
    }
    Ok(carried)
}

async fn store(carried: &Carried, page: &mut Page, batch: Option<&mut ImportBatch<'_>>) -> Result<(), ImportError> {
    let mut new = Vec::new();
    for message in &carried.messages {
        if let Some((plan, sums)) = page.plans.get_mut(&message.dialog.0) {
            sums.message(message);
            if plan.is_new {
                new.push(message.clone());
            }
        }
    }
    if let Some(batch) = batch {
        batch.messages(&new).await?;
    }
    Ok(())
}

async fn read_back(
    target: &mut ImportTarget,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, ImportSums>, mtchat_storage::StorageError> {
    let mut here: HashMap<Uuid, ImportSums> = HashMap::new();
    let mut after = (DialogId(Uuid::nil()), 0);
    loop {
        let messages = target.messages(ids, after, CHUNK).await?;
        let Some(last) = messages.last() else { break };
        after = (last.dialog, last.seq);
        for message in &messages {
            here.entry(message.dialog.0).or_default().message(message);
        }
    }
    for dialog in target.dialogs(ids).await? {
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
