use std::{collections::BTreeSet, time::Duration};

use mtchat_protocol::ShardId;

use crate::{ArchiveOptions, FileSweepOptions, NotificationOptions, Role, WebhookOptions};

/// How a worker works.
#[derive(Debug, Clone)]
pub struct WorkerOptions {
    /// The worker's name in leases; made unique by itself, so several processes may share one.
    pub name: String,
    /// The shards that it serves.
    pub shards: Vec<ShardId>,
    /// The roles that it takes.
    pub roles: BTreeSet<Role>,
    /// Most facts that the projector commits in one transaction.
    pub batch: usize,
    /// How long the projector gathers facts for a transaction while they come in quick succession.
    pub linger: Duration,
    /// How long the fan-out gathers facts for an entry of the live path while they come in quick succession.
    pub fanout_linger: Duration,
    /// Most facts that the fan-out takes at once.
    pub fanout_batch: usize,
    /// Largest fact in bytes. It leaves room for headers in a message of the broker's default limit of 1 MiB, because a fact
    /// travels on inside another message.
    pub largest_fact: usize,
    /// Which dialogs are put out of everybody's sight, and when; without it none are.
    pub archiving: Option<ArchiveOptions>,
    /// Where files are kept; without it nobody clears them away.
    pub files: Option<FileSweepOptions>,
    /// How long facts stay in the log at least; `None`: for ever.
    pub log_keep: Option<Duration>,
    /// How hosts are told of what users have not read.
    pub notifications: NotificationOptions,
    /// How endpoints are told what happens.
    pub webhooks: WebhookOptions,
    /// How long the roles have to finish what they hold when the worker is told to stop.
    pub drain: Duration,
}

impl Default for WorkerOptions {
    fn default() -> Self {
        Self {
            name: "worker".to_owned(),
            shards: vec![ShardId(0)],
            roles: Role::ALL.into(),
            batch: 500,
            linger: Duration::from_millis(5),
            fanout_linger: Duration::from_millis(1),
            fanout_batch: 256,
            largest_fact: mtchat_protocol::limits::FACT_BYTES,
            archiving: None,
            files: None,
            log_keep: Some(Duration::from_secs(7 * 24 * 3_600)),
            notifications: NotificationOptions::default(),
            webhooks: WebhookOptions::default(),
            drain: Duration::from_secs(10),
        }
    }
}
