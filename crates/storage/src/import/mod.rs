//! Bringing dialogs here from the database of an existing deployment: what is read there, what is written here, and what is read back
//! to compare. What becomes of what is decided above.

mod read_back;
mod rows;
mod schema;
mod source;
mod source_rows;
mod sums;
mod target;
mod words;
mod write;

pub use rows::{ImportedDialog, ImportedMessage, ImportedParticipant, ImportedVersion};
pub use schema::{SourceCounts, SourceError};
pub use source::{ImportSource, SourceOptions, SourcePlace, Stretch};
pub use source_rows::{
    SourceDialog, SourceFile, SourceMessage, SourceParticipant, SourceRule, SourceVersion,
};
pub use sums::{ImportKind, ImportSum, ImportSums};
pub use target::{ImportBatch, ImportTarget, KnownDialog};
