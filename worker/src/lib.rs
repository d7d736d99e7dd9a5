//! The workers: roles that follow a shard's log, each active in one process of the deployment at a time.
//!
//! A [`Worker`] starts every [`Role`] of every shard. A role waits for its lease, looks where it stands, and then follows the
//! log in order; what it writes moves together with its position, so that a repeat changes nothing and a second active holder
//! is harmless. The loops know no chat, and what they drive knows neither leases nor streams.

mod archiver;
mod backlog;
mod backoff;
mod dead_letter;
mod departure;
mod duty;
mod eraser;
mod fanout;
mod file_sweep;
mod follow;
mod health;
mod indexer;
mod notifier;
mod options;
mod parts;
mod projector;
mod retention;
mod role;
mod run;
mod schedule;
mod start;
mod sweeper;
mod traced;
mod trouble;
mod unarchived;
mod webhooks;

pub use archiver::ArchiveOptions;
pub use dead_letter::{StillUnreadable, read_again};
pub use file_sweep::FileSweepOptions;
pub use health::{RoleState, RoleStatus, WorkerStatus};
pub use notifier::NotificationOptions;
pub use options::WorkerOptions;
pub use role::{Role, UnknownRole};
pub use run::{Undrained, Worker};
pub use schedule::{NotASchedule, Schedule};
pub use webhooks::{
    ConfiguredEndpoint, NotASecret, NotAWebhookUrl, SigningSecret, UnknownEvent, WebhookEvents,
    WebhookOptions, WebhookReach, WebhookUrl,
};
