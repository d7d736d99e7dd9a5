use std::{
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use async_nats::{Client, ConnectOptions, Event, jetstream};
use tokio::{
    sync::watch,
    time::{Instant, timeout},
};

use crate::{StreamOptions, credentials::Credentials, streams};

/// The oldest broker that has everything MTChat builds on, as (major, minor).
pub const LEAST_SERVER: (u64, u64) = (2, 14);

/// How long any single question to the broker may take.
pub(crate) const QUESTION: Duration = Duration::from_secs(2);

/// Where the broker is.
#[derive(Debug, Clone)]
pub struct BrokerOptions {
    /// `nats://host:port`, several separated by commas; with `user:password@` or `token@` before the host, the same for all servers.
    pub url: String,
    /// The connection's name in the broker's own lists.
    pub name: String,
    /// How long to try at the start.
    pub connect_timeout: Duration,
}

/// The broker can not be used.
#[derive(Debug, thiserror::Error)]
pub enum BrokerError {
    /// Nobody answers, or not as a broker.
    #[error("the broker can not be reached: {0}")]
    Connect(#[source] async_nats::ConnectError),
    /// The connection is down at the moment.
    #[error("the broker is not connected")]
    Disconnected,
    /// It does not answer a question about JetStream.
    #[error("JetStream does not answer: {0}")]
    JetStream(String),
    /// The address can not be read.
    #[error("the broker's address can not be read: {0}")]
    Url(#[source] std::io::Error),
    /// The servers of one cluster know the same users.
    #[error("the broker's addresses carry different credentials, or some that are not UTF-8")]
    Credentials,
    /// The server is too old.
    #[error("nats-server {found} is too old: at least {}.{} is needed", LEAST_SERVER.0, LEAST_SERVER.1)]
    Version {
        /// What it says of itself.
        found: String,
    },
}

/// One connection to the broker, shared by everything in a process.
#[derive(Clone)]
pub struct Broker {
    pub(crate) client: Client,
    pub(crate) jetstream: jetstream::Context,
    pub(crate) options: Arc<OnceLock<StreamOptions>>,
    state: Arc<ConnectionState>,
}

/// The connection, as the client tells of it.
#[derive(Debug)]
struct ConnectionState {
    stands: watch::Sender<bool>,
    /// Whether nobody needs it any more.
    leaving: AtomicBool,
}

impl Broker {
    /// Connect, trying for as long as the options say, and check the server's version.
    pub async fn connect(options: &BrokerOptions) -> Result<Self, BrokerError> {
        let urls: Vec<async_nats::ServerAddr> = options
            .url
            .split(',')
            .map(|url| url.trim().parse())
            .collect::<Result<_, _>>()
            .map_err(BrokerError::Url)?;
        let credentials = Credentials::of(&urls)?;
        let deadline = Instant::now() + options.connect_timeout;
        let state = Arc::new(ConnectionState {
            stands: watch::Sender::new(true),
            leaving: AtomicBool::default(),
        });
        let client = loop {
            let connection = credentials.on(connection(options, state.clone()));
            match connection.connect(&urls[..]).await {
                Ok(client) => break client,
                Err(error) if Instant::now() >= deadline => return Err(BrokerError::Connect(error)),
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        };
        let found = client.server_info().version.clone();
        if !new_enough(&found) {
            return Err(BrokerError::Version { found });
        }
        metrics::gauge!("mtchat_nats_connected").set(1.0);
        let mut jetstream = jetstream::new(client.clone());
        jetstream.set_timeout(QUESTION);
        Ok(Self {
            client,
            jetstream,
            options: Arc::default(),
            state,
        })
    }

    /// Whether the connection stands.
    pub fn connected(&self) -> watch::Receiver<bool> {
        self.state.stands.subscribe()
    }

    /// The server's version.
    pub fn version(&self) -> String {
        self.client.server_info().version
    }

    /// The largest message that the server takes, in bytes.
    pub fn max_payload(&self) -> usize {
        self.client.server_info().max_payload
    }

    /// Send what is buffered, at the end; gives up after two seconds. That the connection ends after this is no news.
    pub async fn leave(&self) {
        self.state.leaving.store(true, Ordering::Relaxed);
        let flushed = timeout(QUESTION, self.client.flush()).await;
        if !matches!(flushed, Ok(Ok(()))) {
            tracing::warn!("the broker did not take the last messages in time");
        }
    }

    /// Whether the log can be appended to at this moment.
    pub async fn check(&self) -> Result<(), BrokerError> {
        if !*self.state.stands.borrow() {
            return Err(BrokerError::Disconnected);
        }
        let name = streams::log_name(mtchat_protocol::ShardId(0));
        let asked = timeout(QUESTION, self.jetstream.get_stream(name)).await;
        let stream = asked
            .map_err(|_| BrokerError::JetStream("no answer within two seconds".to_owned()))?
            .map_err(|error| BrokerError::JetStream(error.to_string()))?;
        match &stream.cached_info().cluster {
            // A replicated stream without a leader takes nothing.
            Some(cluster) if cluster.name.is_some() && cluster.leader.is_none() => {
                Err(BrokerError::JetStream("the log has no leader".to_owned()))
            }
            _ => Ok(()),
        }
    }

    /// Wait until the connection stands, at most until `deadline`.
    pub(crate) async fn wait_connected(&self, deadline: Instant) -> Result<(), BrokerError> {
        let mut connected = self.connected();
        match tokio::time::timeout_at(deadline, connected.wait_for(|up| *up)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(BrokerError::Disconnected),
        }
    }

    pub(crate) fn stream_options(&self) -> StreamOptions {
        self.options.get().cloned().unwrap_or_default()
    }
}

fn connection(options: &BrokerOptions, state: Arc<ConnectionState>) -> ConnectOptions {
    ConnectOptions::new()
        .name(&options.name)
        .connection_timeout(Duration::from_secs(2))
        .request_timeout(Some(QUESTION))
        .ping_interval(Duration::from_secs(5))
        .subscription_capacity(64 * 1024)
        .read_buffer_capacity(u16::MAX)
        // All edges lose the broker at the same moment; without jitter they would all return at one.
        .reconnect_delay_callback(|attempt| {
            let most = 2u64.saturating_pow(u32::try_from(attempt).unwrap_or(10).min(10)).min(1_000);
            Duration::from_millis(most / 2 + fastrand::u64(0..=most / 2))
        })
        .event_callback(move |event| {
            let state = state.clone();
            async move { state.hears(&event) }
        })
}

impl ConnectionState {
    fn hears(&self, event: &Event) {
        match event {
            Event::Connected => {
                metrics::gauge!("mtchat_nats_connected").set(1.0);
                if !self.stands.send_replace(true) {
                    metrics::counter!("mtchat_nats_reconnects_total").increment(1);
                }
                tracing::info!("the broker is connected");
            }
            Event::Disconnected | Event::Closed => {
                metrics::gauge!("mtchat_nats_connected").set(0.0);
                self.stands.send_replace(false);
                if self.leaving.load(Ordering::Relaxed) {
                    tracing::debug!("the broker is disconnected");
                } else {
                    tracing::warn!("the broker is disconnected");
                }
            }
            Event::SlowConsumer(subscription) => {
                metrics::counter!("mtchat_nats_slow_consumer_total").increment(1);
                tracing::warn!(subscription, "the broker's messages were not read fast enough");
            }
            other => tracing::warn!(event = %other, "the broker reports"),
        }
    }
}

fn new_enough(version: &str) -> bool {
    let mut parts = version.split(['.', '-']).map(str::parse::<u64>);
    match (parts.next(), parts.next()) {
        (Some(Ok(major)), Some(Ok(minor))) => (major, minor) >= LEAST_SERVER,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::new_enough;

    #[test]
    fn servers_before_2_14_are_refused() {
        for old in ["2.13.9", "2.9.10", "1.99.0", "", "dev"] {
            assert!(!new_enough(old), "{old} was taken");
        }
        for new in ["2.14.0", "2.15.1", "2.15.0-preview.2", "3.0.0"] {
            assert!(new_enough(new), "{new} was refused");
        }
    }
}
