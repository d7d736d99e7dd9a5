use std::{
    collections::BTreeSet,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    time::Duration,
};

use mtchat_worker::{ArchiveOptions, Role, Schedule};
use serde::Deserialize;

use super::seconds;

/// `[worker]`: which roles this worker takes, where it tells how they do, and what they do when.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WorkerSettings {
    /// `BIND_HOST`. The address of this machine to listen on.
    pub host: IpAddr,
    /// `WORKER_PORT`. Health and metrics; 0 takes a free one.
    pub port: u16,
    /// `WORKER_ROLES`. All of them unless named.
    pub roles: BTreeSet<Role>,
    /// `ARCHIVE_CRON`. When it is looked for dialogs in which nothing was said for long: six fields as cron has them, seconds
    /// first, in UTC.
    pub archive_cron: String,
    /// `ARCHIVE_AFTER_SECS`. How long that is; 0 switches archiving off.
    #[serde(rename = "archive_after_secs", deserialize_with = "seconds::deserialize")]
    pub archive_after: Duration,
    /// `LOG_KEEP_SECS`. How long facts stay in the log at least; 0: for ever.
    #[serde(rename = "log_keep_secs", deserialize_with = "seconds::deserialize")]
    pub log_keep: Duration,
}

impl Default for WorkerSettings {
    fn default() -> Self {
        Self {
            host: IpAddr::V4(Ipv4Addr::UNSPECIFIED),
            port: 8081,
            roles: Role::ALL.into(),
            archive_cron: Schedule::EVERY_FIVE_MINUTES.to_owned(),
            archive_after: Duration::from_secs(259_200),
            log_keep: Duration::from_secs(604_800),
        }
    }
}

impl WorkerSettings {
    /// Both together.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        SocketAddr::new(self.host, self.port)
    }

    /// As the archiver takes them; `None` where archiving is off.
    pub(crate) fn archive_options(&self) -> Option<ArchiveOptions> {
        let options = ArchiveOptions {
            schedule: self.archive_cron.parse().ok()?,
            after: self.archive_after,
        };
        (!options.after.is_zero()).then_some(options)
    }

    /// As the sweeper takes it; `None`: for ever.
    pub(crate) fn log_keep(&self) -> Option<Duration> {
        (!self.log_keep.is_zero()).then_some(self.log_keep)
    }

    pub(super) fn validate(&self, problems: &mut Vec<String>) {
        if self.roles.is_empty() {
            problems.push("WORKER_ROLES names no role: leave it out to take them all".to_owned());
        }
        if let Err(error) = self.archive_cron.parse::<Schedule>() {
            problems.push(format!("ARCHIVE_CRON {error}"));
        }
    }
}
