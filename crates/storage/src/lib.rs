//! All SQL of MTChat: the migrations, what the projector writes, what edges read.
//!
//! The projector folds a batch of facts in memory and writes it with a few set-based statements in one transaction that
//! also moves the shard's offset ([`Storage::apply`]). Applying is total and idempotent: facts of the log, given again from
//! any earlier point, change nothing that is newer.

mod access;
mod app;
mod app_limits;
mod audit;
#[macro_use]
mod columns;
mod apply;
mod as_of;
mod backup;
mod cold;
mod dead_letter;
mod dialog;
mod dialog_item;
mod dialog_list;
mod erasure;
mod error;
mod files;
mod history;
mod host_list;
mod idle;
mod import;
mod in_app;
mod index;
mod job;
mod member;
mod message;
mod migrate;
mod notifications;
mod operations;
mod options;
mod page;
mod participant;
mod pointer;
mod presence;
mod projection;
mod reactions;
mod revocation;
mod row;
mod rules_key;
mod search;
mod shelf;
mod storage;
mod unarchived;
mod unnotified;
mod unread;
mod usage;
mod webhook_endpoints;
mod webhook_operations;
mod webhook_requests;
mod webhook_tries;
mod webhooks;

pub use access::Access;
pub use app::{StoredApp, StoredKey};
pub use app_limits::{StoredLimits, StoredRate};
pub use apply::{Again, Followed, NotAgain};
pub use as_of::AsOf;
pub use audit::{AuditVerdict, Audited};
pub use backup::{HeldMoment, TableSum};
pub use dead_letter::{DeadLetter, Undecodable};
pub use dialog_list::{DialogFilter, DialogPage, DialogWindow, ObjectFilter};
pub use erasure::{Erased, Erasure};
pub use error::{ApplyError, StorageError};
pub use files::StoredAttachment;
pub use history::{ExportPlace, Exported};
pub use host_list::{HostList, HostPlace};
pub use idle::IdleDialog;
pub use import::{
    ImportBatch, ImportKind, ImportSource, ImportSum, ImportSums, ImportTarget, ImportedDialog,
    ImportedMessage, ImportedParticipant, ImportedVersion, KnownDialog, SourceCounts, SourceDialog,
    SourceError, SourceFile, SourceMessage, SourceOptions, SourceParticipant, SourcePlace, SourceRule,
    SourceVersion, Stretch,
};
pub use index::Indexing;
pub use job::{JobRun, RunOutcome};
pub use message::StoredMessage;
pub use notifications::{NoticeClaim, Notifying};
pub use operations::{Backlog, PastRun};
pub use options::StorageOptions;
pub use page::PageAnswer;
pub use pointer::Side;
pub use presence::Acquaintance;
pub use projection::{Entry, Projection};
pub use search::SearchPlace;
pub use shelf::{ShelfAnswer, ShelfEntry};
pub use storage::{ServerFacts, Storage};
pub use unarchived::{Applied, Unarchived};
pub use unnotified::Unnotified;
pub use usage::{PoolUsage, Usage};
pub use webhook_endpoints::{MadeWebhook, NewWebhook};
pub use webhook_operations::{DeadWebhook, EndpointStanding};
pub use webhook_requests::DeliveryRetry;
pub use webhook_tries::DeadLetterPlace;
pub use webhooks::{
    WaitingWebhook, WebhookChanges, WebhookEndpoint, WebhookFailing, WebhookNote, WebhookOff, WebhookPlace,
    WebhookStanding, WebhookTry,
};
