use std::{num::NonZeroU64, time::Duration};

use mtchat_nats::{BrokerOptions, StreamOptions};
use serde::Deserialize;
use url::Url;

use super::{Secret, seconds};

/// `[nats]`: the broker and the streams on it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NatsSettings {
    /// `NATS_URL`. Where it is, with credentials if it asks for some; several servers of a cluster separated by commas.
    pub url: Secret<String>,
    /// Copies of every stream: 1 on one host, 3 in a cluster.
    pub replicas: usize,
    /// Most bytes of a shard's log. At the limit writes are refused; nothing is dropped.
    pub log_max_bytes: NonZeroU64,
    /// Most bytes of a shard's live path, in the broker's memory. At the limit the oldest go.
    pub live_max_bytes: NonZeroU64,
    /// How long the broker itself recognises a repeated id.
    #[serde(rename = "duplicate_window_secs", deserialize_with = "seconds::deserialize")]
    pub duplicate_window: Duration,
}

impl Default for NatsSettings {
    fn default() -> Self {
        let streams = StreamOptions::default();
        let bytes = |number: i64| {
            u64::try_from(number)
                .ok()
                .and_then(NonZeroU64::new)
                .unwrap_or(NonZeroU64::MAX)
        };
        Self {
            url: Secret::new("nats://127.0.0.1:4222".to_owned()),
            replicas: streams.replicas,
            log_max_bytes: bytes(streams.log_max_bytes),
            live_max_bytes: bytes(streams.live_max_bytes),
            duplicate_window: streams.duplicate_window,
        }
    }
}

impl NatsSettings {
    /// How to connect, as a connection with this name, trying for this long.
    #[must_use]
    pub fn broker_options(&self, name: &str, connect_timeout: Duration) -> BrokerOptions {
        BrokerOptions {
            url: self.url.expose().clone(),
            name: name.to_owned(),
            connect_timeout,
        }
    }

    /// How the streams are to be.
    #[must_use]
    pub fn stream_options(&self) -> StreamOptions {
        let bytes = |number: NonZeroU64| i64::try_from(number.get()).unwrap_or(i64::MAX);
        StreamOptions {
            replicas: self.replicas,
            log_max_bytes: bytes(self.log_max_bytes),
            live_max_bytes: bytes(self.live_max_bytes),
            duplicate_window: self.duplicate_window,
        }
    }

    pub(super) fn validate(&self, problems: &mut Vec<String>) {
        for address in self.url.expose().split(',') {
            let address = address.trim();
            let address = if address.contains("://") {
                address.to_owned()
            } else {
                format!("nats://{address}")
            };
            match Url::parse(&address) {
                Ok(url) if url.has_host() && matches!(url.scheme(), "nats" | "tls" | "ws" | "wss") => {}
                Ok(_) => {
                    problems.push("NATS_URL must begin with nats:// or tls:// and name a host".to_owned());
                }
                Err(error) => problems.push(format!("NATS_URL is no address: {error}")),
            }
        }
        if !matches!(self.replicas, 1 | 3 | 5) {
            problems.push(format!(
                "nats.replicas is {}: it must be 1, 3 or 5",
                self.replicas
            ));
        }
        if self.duplicate_window < Duration::from_secs(1) {
            problems.push("nats.duplicate_window_secs must be at least 1".to_owned());
        }
    }
}
