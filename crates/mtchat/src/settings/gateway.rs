use std::{
    num::{NonZeroU32, NonZeroU64},
    time::Duration,
};

use mtchat_server::gateway::{GatewayOptions, Origin};
use serde::Deserialize;

use super::{AuthSettings, seconds};

/// `[gateway]`: the sockets of an edge.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct GatewaySettings {
    /// Web pages from which a browser may connect; none: all. With a list, clients that send no `Origin` are refused too.
    pub allowed_origins: Vec<String>,
    /// How long what was delivered is kept for clients that come back.
    #[serde(rename = "ring_window_secs", deserialize_with = "seconds::deserialize")]
    pub ring_window: Duration,
    /// Most bytes of it.
    pub ring_bytes: NonZeroU64,
    /// How long after a client's last sign of life its user is taken to be online.
    #[serde(rename = "presence_timeout_secs", deserialize_with = "seconds::deserialize")]
    pub presence_timeout: Duration,
    /// How long after the last connection went a user is taken to be online.
    #[serde(rename = "presence_grace_secs", deserialize_with = "seconds::deserialize")]
    pub presence_grace: Duration,
    /// Most sockets of one edge.
    pub max_connections: NonZeroU32,
    /// Most sockets of one user on one edge.
    pub max_connections_per_user: NonZeroU32,
    /// Most sockets of one app on one edge.
    pub max_connections_per_app: NonZeroU32,
}

impl Default for GatewaySettings {
    fn default() -> Self {
        let options = GatewayOptions::default();
        let count = |number: usize| {
            u32::try_from(number)
                .ok()
                .and_then(NonZeroU32::new)
                .unwrap_or(NonZeroU32::MAX)
        };
        Self {
            allowed_origins: Vec::new(),
            ring_window: options.ring_window,
            ring_bytes: NonZeroU64::new(options.ring_bytes as u64).unwrap_or(NonZeroU64::MIN),
            presence_timeout: options.presence_timeout,
            presence_grace: options.presence_grace,
            max_connections: count(options.max_connections),
            max_connections_per_user: count(options.max_connections_per_user),
            max_connections_per_app: count(options.max_connections_per_app),
        }
    }
}

impl GatewaySettings {
    /// As the edge takes it.
    #[must_use]
    pub fn gateway_options(&self, auth: &AuthSettings) -> GatewayOptions {
        let count = |number: NonZeroU32| usize::try_from(number.get()).unwrap_or(usize::MAX);
        GatewayOptions {
            // Those that are none are problems, so an edge never starts with fewer than were named.
            allowed_origins: self
                .allowed_origins
                .iter()
                .filter_map(|origin| origin.parse().ok())
                .collect(),
            query_token: auth.ws_query_token,
            ring_window: self.ring_window,
            ring_bytes: usize::try_from(self.ring_bytes.get()).unwrap_or(usize::MAX),
            presence_timeout: self.presence_timeout,
            presence_grace: self.presence_grace,
            max_connections: count(self.max_connections),
            max_connections_per_user: count(self.max_connections_per_user),
            max_connections_per_app: count(self.max_connections_per_app),
            ..GatewayOptions::default()
        }
    }

    pub(super) fn validate(&self, problems: &mut Vec<String>) {
        let wrong = self
            .allowed_origins
            .iter()
            .filter_map(|origin| origin.parse::<Origin>().err());
        problems.extend(wrong.map(|error| format!("gateway.allowed_origins: {error}")));
    }
}
