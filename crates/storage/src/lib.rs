//! All SQL of MTChat: the migrations, what the projector writes, what edges read.
//!
//! The projector folds a batch of facts in memory and writes it with a few set-based statements in one transaction that
//! also moves the shard's offset ([`Storage::apply`]). Applying is total and idempotent: facts of the log, given again from
//! any earlier point, change nothing that is newer.

mod access;
mod apply;
mod dead_letter;
mod dialog;
mod dialog_item;
mod error;
mod history;
mod host_list;
mod member;
mod message;
mod migrate;
mod options;
mod page;
mod participant;
mod projection;
mod row;
mod rules_key;
mod storage;

pub use access::Access;
pub use dead_letter::Undecodable;
pub use error::{ApplyError, StorageError};
pub use history::{ExportPlace, Exported};
pub use host_list::{HostList, HostPlace};
pub use message::StoredMessage;
pub use options::StorageOptions;
pub use page::PageAnswer;
pub use projection::{Entry, Projection};
pub use storage::{ServerFacts, Storage};
