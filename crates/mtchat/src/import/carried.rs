//! Messages on their way: taken there, their files brought, written here.

use mtchat_protocol::Attachment;
use mtchat_storage::{ImportBatch, ImportKind, ImportedMessage, SourceFile, SourceMessage};

use super::{
    error::ImportError,
    files::{Became, Files},
    plan::Rules,
    report::{Did, Note},
    run::Page,
    table::Tally,
};

/// Messages of one chunk, as they are to be, and where their files are.
pub(super) struct Carried {
    messages: Vec<ImportedMessage>,
    files: Vec<Vec<SourceFile>>,
}

pub(super) fn take(
    messages: Vec<SourceMessage>,
    page: &mut Page,
    rules: &Rules,
    tally: &mut Tally,
) -> Carried {
    let mut carried = Carried {
        messages: Vec::with_capacity(messages.len()),
        files: Vec::with_capacity(messages.len()),
    };
    for message in messages {
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
            plan.timeline.take(message, rules, &mut Vec::new())
        };
        carried.files.push(if taken.attachments.is_empty() {
            Vec::new()
        } else {
            files
        });
        carried.messages.push(taken);
    }
    carried
}

/// Have the bytes of files in their place before anybody can see them.
pub(super) async fn bring(
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

pub(super) async fn store(
    carried: &Carried,
    page: &mut Page,
    batch: Option<&mut ImportBatch<'_>>,
) -> Result<(), ImportError> {
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
