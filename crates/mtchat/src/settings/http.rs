use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    time::Duration,
};

use mtchat_server::DrainOptions;
use serde::{Deserialize, Deserializer};
use url::Url;

use super::seconds;

/// `[http]`: where the edge listens, and how it leaves.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HttpSettings {
    /// `BIND_HOST`. The address of this machine to listen on; `0.0.0.0` is all of them.
    pub host: IpAddr,
    /// `PORT`. HTTP and WebSocket; 0 takes a free one.
    pub port: u16,
    /// `PUBLIC_URL`. Where browsers reach the edges, such as `https://chat.example`, without a slash at its end; unless set, as
    /// each request says.
    #[serde(deserialize_with = "without_slash")]
    pub public_url: Option<String>,
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
            public_url: None,
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

    pub(super) fn validate(&self, problems: &mut Vec<String>) {
        let Some(url) = &self.public_url else { return };
        let fits = Url::parse(url).is_ok_and(|url| {
            matches!(url.scheme(), "http" | "https")
                && url.has_host()
                && url.username().is_empty()
                && url.password().is_none()
                && url.query().is_none()
                && url.fragment().is_none()
        });
        if !fits {
            problems.push(
                "PUBLIC_URL must begin with http:// or https://, and hold no name, password, query or fragment".to_owned(),
            );
        }
    }
}

/// Paths begin with a slash, so what they are put behind must not end with one.
fn without_slash<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let url = Option::<String>::deserialize(deserializer)?;
    Ok(url.map(|url| url.trim_end_matches('/').to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_taken(url: &str) -> bool {
        let mut problems = Vec::new();
        let settings = HttpSettings {
            public_url: Some(url.to_owned()),
            ..HttpSettings::default()
        };
        settings.validate(&mut problems);
        problems.is_empty()
    }

    #[test]
    fn only_an_address_that_paths_can_be_put_behind_is_public() {
        for url in [
            "https://chat.example",
            "http://127.0.0.1:8080",
            "https://shop.example/chat",
        ] {
            assert!(is_taken(url), "{url}");
        }
        for url in [
            "chat.example",
            "ws://chat.example",
            "https://",
            "https://me:secret@chat.example",
            "https://chat.example?a=b",
            "https://chat.example#top",
        ] {
            assert!(!is_taken(url), "{url}");
        }
    }
}
