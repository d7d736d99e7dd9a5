//! What did not come over as it was, a line of JSON for each, and how often each thing happened.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{BufWriter, Write},
    path::{Path, PathBuf},
};

use serde::Serialize;
use uuid::Uuid;

use crate::Failure;

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Did {
    /// It is here, and not as it was there.
    Changed,
    /// It is not here; the rest of its dialog is.
    LeftOut,
    /// Its bytes are not there.
    Missing,
    /// The whole dialog is not here.
    Refused,
}

/// Something that is not as it was. Never a text or a name.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Note {
    pub(super) did: Did,
    /// `dialog`, `participant`, `rule`, `message`, `file`.
    pub(super) what: &'static str,
    pub(super) field: &'static str,
    pub(super) why: String,
    pub(super) dialog: Uuid,
    /// Which of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) id: Option<String>,
}

/// All of them.
pub(super) struct Report {
    file: Option<(PathBuf, BufWriter<File>)>,
    counts: BTreeMap<(Did, &'static str, &'static str, String), u64>,
}

impl Report {
    pub(super) fn new(path: Option<&Path>) -> Result<Self, Failure> {
        let file = path.map(|path| {
            let made = File::create(path).map_err(Failure::io("write", path))?;
            Ok::<_, Failure>((path.to_owned(), BufWriter::new(made)))
        });
        Ok(Self {
            file: file.transpose()?,
            counts: BTreeMap::new(),
        })
    }

    pub(super) fn take(&mut self, notes: &mut Vec<Note>) -> Result<(), Failure> {
        for note in notes.drain(..) {
            if let Some((path, file)) = &mut self.file {
                // Neither numbers nor maps with other keys are in it, so it always is JSON.
                let line = serde_json::to_string(&note).unwrap_or_default();
                writeln!(file, "{line}").map_err(Failure::io("write", path.clone()))?;
            }
            let key = (note.did, note.what, note.field, note.why);
            *self.counts.entry(key).or_default() += 1;
        }
        Ok(())
    }

    /// How often each thing happened, in sentences. Everything is in the file by then.
    pub(super) fn summary(&mut self) -> Result<String, Failure> {
        if let Some((path, file)) = &mut self.file {
            file.flush().map_err(Failure::io("write", path.clone()))?;
        }
        let mut said = String::new();
        for ((did, what, field, why), count) in &self.counts {
            let did = match did {
                Did::Changed => "changed",
                Did::LeftOut => "left out",
                Did::Missing => "missing",
                Did::Refused => "refused",
            };
            said.push_str(&format!("  {did:<8}  {count:>9}  {what} {field}: {why}\n"));
        }
        Ok(said)
    }

    pub(super) fn has(&self, did: Did) -> bool {
        self.counts.keys().any(|key| key.0 == did)
    }
}
