//! What was there, what is here, and whether that is the same.

use std::fmt::Write as _;

use mtchat_storage::{ImportKind, ImportSum, ImportSums, SourceCounts};

const NAMES: [&str; 7] = [
    "dialogs",
    "access rules",
    "participants",
    "unread",
    "messages",
    "earlier contents",
    "attachments",
];

/// Everything that is counted.
#[derive(Default)]
pub(super) struct Tally {
    /// By the other database itself, before anything was read.
    pub(super) there: SourceCounts,
    /// Of what was planned and compared.
    pub(super) planned: ImportSums,
    /// Of what was read back for it.
    pub(super) here: ImportSums,
    /// What is not here, or is in use here since and was not compared again.
    pub(super) left_out: [u64; 7],
    /// By how much counters of unread messages could not be kept.
    pub(super) adjusted: i64,
    /// Dialogs that were brought now.
    pub(super) brought: u64,
    /// Dialogs that an earlier import had brought.
    pub(super) before: u64,
    /// Of these, those in which something happened here since.
    pub(super) in_use: u64,
    /// Dialogs that were brought before and have been deleted here since.
    pub(super) deleted: u64,
    /// Dialogs that can not be brought.
    pub(super) refused: u64,
    /// Dialogs that an earlier import had brought, and that have changed there since.
    pub(super) changed_there: u64,
    /// Dialogs that do not stand here as they were written.
    pub(super) different: u64,
    /// Files whose bytes were looked at, and those of which something is wrong.
    pub(super) files: u64,
    pub(super) files_missing: u64,
    pub(super) files_different: u64,
    /// Messages that can be found.
    pub(super) indexed: u64,
}

impl Tally {
    pub(super) fn leave_out(&mut self, kind: ImportKind, count: u64) {
        self.left_out[kind as usize] += count;
    }

    pub(super) fn leave_out_all(&mut self, sums: &[ImportSum; 7]) {
        for (left_out, sum) in self.left_out.iter_mut().zip(sums) {
            *left_out += sum.count;
        }
    }
}

/// The table, and whether everything in it is equal.
pub(super) fn table(tally: &Tally) -> (String, bool) {
    let there = there(&tally.there);
    let (planned, here) = (tally.planned.clone().done(), tally.here.clone().done());
    let mut text = format!(
        "{:<17} {:>12} {:>12} {:>12}  {:<12}  {:<12}\n",
        "", "there", "here", "not compared", "hash there", "hash here"
    );
    let mut all_equal = true;
    for (row, name) in NAMES.iter().enumerate() {
        let counted = i128::from(here[row].count) + i128::from(tally.left_out[row]);
        let adjusted = if row == ImportKind::Unread as usize {
            i128::from(tally.adjusted)
        } else {
            0
        };
        let equal = counted == i128::from(there[row]) + adjusted && planned[row].hash == here[row].hash;
        all_equal &= equal;
        let _ = writeln!(
            text,
            "{name:<17} {:>12} {:>12} {:>12}  {}  {}  {}",
            there[row],
            here[row].count,
            tally.left_out[row],
            short(&planned[row].hash),
            short(&here[row].hash),
            if equal { "equal" } else { "DIFFERENT" }
        );
    }
    if tally.adjusted != 0 {
        let _ = writeln!(
            text,
            "Counters of unread messages changed by {:+} together.",
            tally.adjusted
        );
    }
    (text, all_equal)
}

/// What a dry run has found.
pub(super) fn plan(tally: &Tally) -> String {
    let there = there(&tally.there);
    let planned = tally.planned.clone().done();
    let mut text = format!(
        "{:<17} {:>12} {:>12} {:>12}\n",
        "", "there", "would come", "would not"
    );
    for (row, name) in NAMES.iter().enumerate() {
        let _ = writeln!(
            text,
            "{name:<17} {:>12} {:>12} {:>12}",
            there[row], planned[row].count, tally.left_out[row]
        );
    }
    text
}

fn there(counts: &SourceCounts) -> [u64; 7] {
    [
        counts.dialogs,
        counts.rules,
        counts.participants,
        counts.unread,
        counts.messages,
        counts.versions,
        counts.attachments,
    ]
}

fn short(hash: &[u8; 32]) -> String {
    hash[..6].iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(there: u64) -> Tally {
        Tally {
            there: SourceCounts {
                unread: there,
                ..SourceCounts::default()
            },
            ..Tally::default()
        }
    }

    #[test]
    fn what_is_missing_is_different() {
        assert!(table(&tally(0)).1);
        let (text, equal) = table(&tally(3));
        assert!(!equal && text.contains("DIFFERENT"), "{text}");
    }

    #[test]
    fn what_is_explained_is_equal() {
        let mut left_out = tally(3);
        left_out.leave_out(ImportKind::Unread, 3);
        assert!(table(&left_out).1);
        let adjusted = Tally {
            adjusted: -3,
            ..tally(3)
        };
        let (text, equal) = table(&adjusted);
        assert!(equal && text.contains("by -3 together"), "{text}");
    }
}
