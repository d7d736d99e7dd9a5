use std::{collections::HashMap, time::Duration};

use async_nats::jetstream::{
    context::GetStreamErrorKind,
    kv,
    stream::{Config, DiscardPolicy, RetentionPolicy, StorageType},
};
use mtchat_protocol::{Epoch, ShardId};

use crate::{Broker, subject, ticket::TICKET_LIFE};

/// The bucket of leases and of the fan-out's checkpoint.
pub(crate) const LEASES: &str = "MTCHAT_LEASES";
/// Where the log's stream keeps its epoch.
pub(crate) const EPOCH_KEY: &str = "mtchat.epoch";
/// The stream of tickets.
pub(crate) const TICKETS: &str = "MTCHAT_TICKETS";
/// Most bytes of tickets that nobody has taken; beyond that none are made until some are gone.
const TICKETS_BYTES: i64 = 32 << 20;
/// The stream of timers.
pub(crate) const TIMERS: &str = "MTCHAT_TIMERS";
/// Most bytes of timers: several hundred thousand dialogs that wait for theirs.
const TIMERS_BYTES: i64 = 256 << 20;
/// How long the live path remembers.
const LIVE_AGE: Duration = Duration::from_secs(600);

/// How MTChat's streams are made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamOptions {
    /// Copies of every stream: 1 on one host, 3 in a cluster.
    pub replicas: usize,
    /// Most bytes of a shard's log; at the limit writes are refused and nothing is dropped.
    pub log_max_bytes: i64,
    /// Most bytes of a shard's live path; at the limit the oldest go.
    pub live_max_bytes: i64,
    /// How long the broker itself recognises a repeated id.
    pub duplicate_window: Duration,
}

impl Default for StreamOptions {
    fn default() -> Self {
        Self {
            replicas: 1,
            log_max_bytes: 8 << 30,
            live_max_bytes: 128 << 20,
            duplicate_window: Duration::from_secs(120),
        }
    }
}

/// The streams are not as they must be.
#[derive(Debug, thiserror::Error)]
pub enum StreamError {
    /// Changing this would lose messages; an operator must decide.
    #[error(
        "stream {stream} has {setting} = {found}, expected {expected}: change it by hand or correct the configuration"
    )]
    Destructive {
        /// The stream.
        stream: String,
        /// The setting.
        setting: &'static str,
        /// As it is.
        found: String,
        /// As configured.
        expected: String,
    },
    /// JetStream refuses or does not answer.
    #[error("JetStream does not {action} {stream}: {reason}")]
    JetStream {
        /// What was asked.
        action: &'static str,
        /// Of which stream.
        stream: String,
        /// Its words.
        reason: String,
    },
}

pub(crate) fn log_name(shard: ShardId) -> String {
    format!("MTCHAT_LOG_{shard}")
}

pub(crate) fn live_name(shard: ShardId) -> String {
    format!("MTCHAT_LIVE_{shard}")
}

/// The log: the truth. Full means refused, never dropped; there is no age limit, the sweeper purges behind its readers.
pub(crate) fn log_config(shard: ShardId, options: &StreamOptions) -> Config {
    Config {
        name: log_name(shard),
        description: Some("MTChat: everything that happened, in order".to_owned()),
        subjects: vec![subject::log(shard)],
        retention: RetentionPolicy::Limits,
        discard: DiscardPolicy::New,
        max_bytes: options.log_max_bytes,
        storage: StorageType::File,
        num_replicas: options.replicas,
        duplicate_window: options.duplicate_window,
        allow_direct: true,
        allow_atomic_publish: true,
        deny_delete: false,
        ..Config::default()
    }
}

/// The live path: the last minutes of the log, shaped for edges, in memory.
pub(crate) fn live_config(shard: ShardId, options: &StreamOptions) -> Config {
    Config {
        name: live_name(shard),
        description: Some("MTChat: the last minutes of the log, for edges".to_owned()),
        subjects: vec![subject::live_of_shard(shard)],
        retention: RetentionPolicy::Limits,
        discard: DiscardPolicy::Old,
        max_age: LIVE_AGE,
        max_bytes: options.live_max_bytes,
        storage: StorageType::Memory,
        num_replicas: options.replicas,
        allow_direct: true,
        ..Config::default()
    }
}

/// Tickets: a few seconds of them, in memory. Full means that none are made, so that nobody can push out another's.
pub(crate) fn tickets_config(options: &StreamOptions) -> Config {
    Config {
        name: TICKETS.to_owned(),
        description: Some("MTChat: tickets for sockets, until they are taken".to_owned()),
        subjects: vec![subject::TICKETS.to_owned()],
        retention: RetentionPolicy::Limits,
        discard: DiscardPolicy::New,
        max_age: TICKET_LIFE,
        max_bytes: TICKETS_BYTES,
        storage: StorageType::Memory,
        num_replicas: options.replicas,
        ..Config::default()
    }
}

/// Timers: those that are set, and those that have gone off until they are answered. Apart from the log, because whoever may set
/// timers may also purge their stream.
pub(crate) fn timers_config(options: &StreamOptions) -> Config {
    Config {
        name: TIMERS.to_owned(),
        description: Some("MTChat: timers of dialogs with something unread".to_owned()),
        subjects: vec![subject::TIMERS.to_owned(), subject::DUE.to_owned()],
        retention: RetentionPolicy::Limits,
        // The broker has no schedules in streams that refuse when they are full. The oldest timers go then, and are found missing.
        discard: DiscardPolicy::Old,
        max_bytes: TIMERS_BYTES,
        storage: StorageType::File,
        num_replicas: options.replicas,
        allow_message_schedules: true,
        // The broker makes it so with schedules; said here, so that an update does not take it back.
        allow_rollup: true,
        ..Config::default()
    }
}

/// Make the streams as the options say: create what is missing, change what can be changed without loss, refuse the rest.
pub async fn reconcile(broker: &Broker, options: &StreamOptions) -> Result<(), StreamError> {
    let shard = ShardId(0);
    let mut log = log_config(shard, options);
    log.metadata = HashMap::from([(EPOCH_KEY.to_owned(), first_epoch().0)]);
    reconcile_one(broker, log).await?;
    reconcile_one(broker, live_config(shard, options)).await?;
    reconcile_one(broker, tickets_config(options)).await?;
    reconcile_one(broker, timers_config(options)).await?;
    reconcile_leases(broker, options).await?;
    // Only the first call in a process counts: later ones come from the same configuration.
    let _ = broker.options.set(options.clone());
    Ok(())
}

/// The live path is gone after every restart of the broker; whoever needs it first makes it again.
pub(crate) async fn ensure_live(broker: &Broker, shard: ShardId) -> Result<(), StreamError> {
    reconcile_one(broker, live_config(shard, &broker.stream_options())).await
}

/// Tickets too are gone after every restart of the broker.
pub(crate) async fn ensure_tickets(broker: &Broker) -> Result<(), StreamError> {
    reconcile_one(broker, tickets_config(&broker.stream_options())).await
}

async fn reconcile_one(broker: &Broker, wanted: Config) -> Result<(), StreamError> {
    let failed = |action, reason: String| StreamError::JetStream {
        action,
        stream: wanted.name.clone(),
        reason,
    };
    let found = match broker.jetstream.get_stream(&wanted.name).await {
        Ok(stream) => stream.cached_info().config.clone(),
        Err(error) if is_missing(&error.kind()) => {
            return match broker.jetstream.create_stream(wanted.clone()).await {
                Ok(_) => Ok(()),
                // Another process was quicker.
                Err(_) if broker.jetstream.get_stream(&wanted.name).await.is_ok() => Ok(()),
                Err(error) => Err(failed("create", error.to_string())),
            };
        }
        Err(error) => return Err(failed("describe", error.to_string())),
    };
    refuse_destructive(&found, &wanted)?;
    if same(&found, &wanted) {
        return Ok(());
    }
    let changed = Config {
        metadata: found.metadata.clone(),
        ..wanted.clone()
    };
    broker
        .jetstream
        .update_stream(changed)
        .await
        .map_err(|error| failed("update", error.to_string()))?;
    tracing::info!(stream = %wanted.name, "the stream's settings were brought up to date");
    Ok(())
}

fn refuse_destructive(found: &Config, wanted: &Config) -> Result<(), StreamError> {
    let refuse = |setting, found: String, expected: String| {
        Err(StreamError::Destructive {
            stream: wanted.name.clone(),
            setting,
            found,
            expected,
        })
    };
    if found.storage != wanted.storage {
        return refuse(
            "storage",
            format!("{:?}", found.storage),
            format!("{:?}", wanted.storage),
        );
    }
    if found.retention != wanted.retention {
        return refuse(
            "retention",
            format!("{:?}", found.retention),
            format!("{:?}", wanted.retention),
        );
    }
    if found.num_replicas > wanted.num_replicas {
        return refuse(
            "replicas",
            found.num_replicas.to_string(),
            wanted.num_replicas.to_string(),
        );
    }
    Ok(())
}

/// The settings that reconciliation looks after.
pub(crate) fn same(found: &Config, wanted: &Config) -> bool {
    found.subjects == wanted.subjects
        && found.discard == wanted.discard
        && found.max_bytes == wanted.max_bytes
        && found.max_age == wanted.max_age
        && found.num_replicas == wanted.num_replicas
        && found.allow_direct == wanted.allow_direct
        && found.allow_message_schedules == wanted.allow_message_schedules
        && (wanted.duplicate_window.is_zero() || found.duplicate_window == wanted.duplicate_window)
}

async fn reconcile_leases(broker: &Broker, options: &StreamOptions) -> Result<(), StreamError> {
    let wanted = kv::Config {
        bucket: LEASES.to_owned(),
        description: "MTChat: who does what, and how far the fan-out is".to_owned(),
        history: 1,
        storage: StorageType::File,
        num_replicas: options.replicas,
        ..kv::Config::default()
    };
    if broker.jetstream.get_key_value(LEASES).await.is_ok() {
        return Ok(());
    }
    match broker.jetstream.create_key_value(wanted).await {
        Ok(_) => Ok(()),
        Err(_) if broker.jetstream.get_key_value(LEASES).await.is_ok() => Ok(()),
        Err(error) => Err(StreamError::JetStream {
            action: "create",
            stream: LEASES.to_owned(),
            reason: error.to_string(),
        }),
    }
}

pub(crate) fn is_missing(kind: &GetStreamErrorKind) -> bool {
    match kind {
        GetStreamErrorKind::JetStream(error) => {
            error.error_code() == async_nats::jetstream::ErrorCode::STREAM_NOT_FOUND
        }
        GetStreamErrorKind::EmptyName
        | GetStreamErrorKind::InvalidStreamName
        | GetStreamErrorKind::Request => false,
    }
}

/// `<ordinal>-<random>`: the ordinal tells whether the log ever lost its tail, the random part tells logs apart.
fn first_epoch() -> Epoch {
    Epoch(format!("1-{:08x}", fastrand::u32(..)))
}

/// The epoch after one whose log lost its tail. The same for everybody who notices.
pub(crate) fn epoch_after(epoch: &Epoch) -> Epoch {
    let (ordinal, name) = epoch.0.split_once('-').unwrap_or(("1", "0"));
    Epoch(format!("{}-{name}", ordinal.parse::<u64>().unwrap_or(1) + 1))
}

/// How many lives the log has had.
pub(crate) fn epoch_ordinal(epoch: &Epoch) -> u64 {
    epoch
        .0
        .split_once('-')
        .and_then(|(ordinal, _)| ordinal.parse().ok())
        .unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_lose_messages_is_refused() {
        let options = StreamOptions::default();
        let wanted = log_config(ShardId(0), &options);
        let in_memory = Config {
            storage: StorageType::Memory,
            ..wanted.clone()
        };
        assert!(matches!(
            refuse_destructive(&in_memory, &wanted),
            Err(StreamError::Destructive {
                setting: "storage",
                ..
            })
        ));
        let more = Config {
            num_replicas: 3,
            ..wanted.clone()
        };
        assert!(matches!(
            refuse_destructive(&more, &wanted),
            Err(StreamError::Destructive {
                setting: "replicas",
                ..
            })
        ));
        let smaller = Config {
            max_bytes: 1,
            ..wanted.clone()
        };
        assert!(refuse_destructive(&smaller, &wanted).is_ok() && !same(&smaller, &wanted));
    }

    #[test]
    fn everybody_who_notices_agrees_on_the_next_epoch() {
        let first = first_epoch();
        let second = epoch_after(&first);
        assert_eq!(epoch_after(&first), second);
        assert_eq!((epoch_ordinal(&first), epoch_ordinal(&second)), (1, 2));
    }
}
