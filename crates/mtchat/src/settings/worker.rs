use std::{
    collections::BTreeSet,
    net::{IpAddr, Ipv4Addr, SocketAddr},
};

use mtchat_worker::Role;
use serde::Deserialize;

/// `[worker]`: which roles this worker takes, and where it tells how they do.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WorkerSettings {
    /// `BIND_HOST`. The address of this machine to listen on.
    pub host: IpAddr,
    /// `WORKER_PORT`. Health and metrics; 0 takes a free one.
    pub port: u16,
    /// `WORKER_ROLES`. All of them unless named.
    pub roles: BTreeSet<Role>,
}

impl Default for WorkerSettings {
    fn default() -> Self {
        Self {
            host: IpAddr::V4(Ipv4Addr::UNSPECIFIED),
            port: 8081,
            roles: Role::ALL.into(),
        }
    }
}

impl WorkerSettings {
    /// Both together.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        SocketAddr::new(self.host, self.port)
    }

    pub(super) fn validate(&self, problems: &mut Vec<String>) {
        if self.roles.is_empty() {
            problems.push("WORKER_ROLES names no role: leave it out to take them all".to_owned());
        }
    }
}
