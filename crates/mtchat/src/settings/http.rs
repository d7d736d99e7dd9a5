use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    time::Duration,
};

use mtchat_server::DrainOptions;
use serde::Deserialize;

use super::seconds;

/// `[http]`: where the edge listens, and how it leaves.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HttpSettings {
    /// `BIND_HOST`. The address of this machine to listen on; `0.0.0.0` is all of them.
    pub host: IpAddr,
    /// `PORT`. HTTP and WebSocket; 0 takes a free one.
    pub port: u16,
    /// Told to stop, how long it still takes requests while it says that it is not ready, so that a load balancer
    /// notices first.
    #[serde(rename = "drain_notice_secs", deserialize_with = "seconds::deserialize")]
    pub drain_notice: Duration,
    /// Over how long the sockets are then told to move.
    #[serde(rename = "drain_sockets_secs", deserialize_with = "seconds::deserialize")]
    pub drain_sockets: Duration,
    /// How long requests may take after that.
    #[serde(rename = "drain_requests_secs", deserialize_with = "seconds::deserialize")]
    pub drain_requests: Duration,
}

impl Default for HttpSettings {
    fn default() -> Self {
        let drain = DrainOptions::default();
        Self {
            host: IpAddr::V4(Ipv4Addr::UNSPECIFIED),
            port: 8080,
            drain_notice: drain.notice,
            drain_sockets: drain.sockets,
            drain_requests: drain.requests,
        }
    }
}

impl HttpSettings {
    /// Both together.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        SocketAddr::new(self.host, self.port)
    }

    /// As the edge takes it.
    #[must_use]
    pub const fn drain_options(&self) -> DrainOptions {
        DrainOptions {
            notice: self.drain_notice,
            sockets: self.drain_sockets,
            requests: self.drain_requests,
        }
    }
}
