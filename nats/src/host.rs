//! What services of hosts may do on the broker: read the facts of their own app, through consumers that were made for them, and post
//! notices in its name.
//!
//! Each app has an account of its own, into which just these calls are let ([decision
//! 0029](../../docs/decisions/0029-nats-for-hosts.md)).

use std::{collections::BTreeSet, fmt, str::FromStr};

use async_nats::jetstream::{
    consumer::{AckPolicy, DeliverPolicy, pull},
    stream::ConsumerCreateStrictErrorKind,
};
use mtchat_protocol::{AppId, FactKind, ShardId, Timestamp};
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::{Broker, broker::QUESTION, streams, subject};

/// The account of MTChat's own parts.
pub const SERVICE_ACCOUNT: &str = "MTCHAT";
/// What hosts' clients put before JetStream's calls instead of `$JS.API`: in their own account that would be their own JetStream, which
/// they have not.
pub const HOST_API: &str = "mtchat.api";

/// The longest name of a consumer.
const NAME: usize = 32;
/// All shards: hosts have a consumer in the log of each.
const SHARDS: [ShardId; 1] = [ShardId(0)];

/// The name of a host's consumer within its app: 1 to 32 of `a-z`, `0-9`, `-` and `_`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ConsumerName(String);

/// Text that is no name of a consumer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the name of a consumer is 1 to 32 of a-z, 0-9, - and _")]
pub struct NotAName;

/// With which fact a consumer begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HostStart {
    /// The first that happened at or after this moment.
    At(Timestamp),
    /// The oldest that the log holds.
    First,
    /// The next that happens.
    Next,
    /// The one with this sequence of the log, or the next one after it.
    Sequence(u64),
}

/// Text that says no beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a beginning is `first`, `next`, a sequence of the log, or a moment like 2026-01-31T12:00:00Z")]
pub struct NotAStart;

/// A consumer could not be made.
#[derive(Debug, thiserror::Error)]
pub enum HostError {
    /// There is one with this name, which reads something else.
    #[error("there is a consumer {0} already, with other settings")]
    Exists(String),
    /// No such kind of fact.
    #[error("there are no facts of kind `{0}`")]
    Kind(String),
    /// JetStream refuses or does not answer.
    #[error("JetStream does not make the consumer {name}: {reason}")]
    Unavailable {
        /// Which.
        name: String,
        /// Its words.
        reason: String,
    },
}

impl ConsumerName {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ConsumerName {
    type Err = NotAName;

    fn from_str(text: &str) -> Result<Self, NotAName> {
        let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_';
        let good = (1..=NAME).contains(&text.len()) && text.bytes().all(allowed);
        good.then(|| Self(text.to_owned())).ok_or(NotAName)
    }
}

impl fmt::Display for ConsumerName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for HostStart {
    type Err = NotAStart;

    fn from_str(text: &str) -> Result<Self, NotAStart> {
        match text {
            "first" => return Ok(Self::First),
            "next" => return Ok(Self::Next),
            _ => {}
        }
        if let Ok(sequence) = text.parse() {
            return Ok(Self::Sequence(sequence));
        }
        let moment = serde_json::from_value(Value::from(text));
        moment.map(Self::At).map_err(|_| NotAStart)
    }
}

impl HostStart {
    fn policy(self) -> DeliverPolicy {
        match self {
            Self::At(at) => DeliverPolicy::ByStartTime {
                start_time: at.to_offset(),
            },
            Self::First | Self::Sequence(0) => DeliverPolicy::All,
            Self::Next => DeliverPolicy::New,
            Self::Sequence(start_sequence) => DeliverPolicy::ByStartSequence { start_sequence },
        }
    }
}

/// A consumer's name on the broker. No name of an app or of a consumer holds a colon, so no two of them make the same one.
pub fn host_consumer(app: &AppId, name: &ConsumerName) -> String {
    format!("{app}:{name}")
}

/// Make a durable consumer of an app's facts, of these kinds or all. Making it again as it is changes nothing; `replace` takes one with
/// other settings, and how far it had come, away before.
pub async fn make_host_consumer(
    broker: &Broker,
    app: &AppId,
    name: &ConsumerName,
    start: HostStart,
    kinds: &[String],
    replace: bool,
) -> Result<(), HostError> {
    if let Some(unknown) = kinds
        .iter()
        .find(|kind| matches!(FactKind::parse(kind), FactKind::Unknown(_)))
    {
        return Err(HostError::Kind(unknown.clone()));
    }
    let name = host_consumer(app, name);
    for shard in SHARDS {
        let stream = streams::log_name(shard);
        if replace {
            // Where there is none, that is as well; anything else is said by what follows.
            let gone = broker.jetstream.delete_consumer_from_stream(&name, &stream);
            let _ = timeout(QUESTION, gone).await;
        }
        let config = consumer_config(shard, app, &name, start, kinds);
        let made = broker.jetstream.create_consumer_strict_on_stream(config, &stream);
        let unavailable = |reason: String| HostError::Unavailable {
            name: name.clone(),
            reason,
        };
        match timeout(QUESTION, made).await {
            Ok(Ok(_)) => {}
            Ok(Err(error)) if matches!(error.kind(), ConsumerCreateStrictErrorKind::AlreadyExists) => {
                return Err(HostError::Exists(name));
            }
            Ok(Err(error)) => return Err(unavailable(error.to_string())),
            Err(_) => return Err(unavailable("no answer in time".to_owned())),
        }
    }
    Ok(())
}

fn consumer_config(
    shard: ShardId,
    app: &AppId,
    name: &str,
    start: HostStart,
    kinds: &[String],
) -> pull::Config {
    let filter_subjects = if kinds.is_empty() {
        vec![subject::facts_of(shard, app, None)]
    } else {
        let kinds: BTreeSet<&String> = kinds.iter().collect();
        kinds
            .into_iter()
            .map(|kind| subject::facts_of(shard, app, Some(kind)))
            .collect()
    };
    pull::Config {
        durable_name: Some(name.to_owned()),
        name: Some(name.to_owned()),
        description: Some(format!("MTChat: services of {app}")),
        deliver_policy: start.policy(),
        ack_policy: AckPolicy::Explicit,
        filter_subjects,
        ..pull::Config::default()
    }
}

/// What one call into the service's account is called there, and in the app's account.
struct Grant {
    service: String,
    local: String,
    /// Several answers to one question.
    streamed: bool,
}

/// All that a consumer needs: to be looked at, to give its next messages, and to be told what is done. None of the three can name
/// another consumer, and answers go to the account that asked.
fn grants(app: &AppId, name: &ConsumerName) -> Vec<Grant> {
    let consumer = host_consumer(app, name);
    let of_shard = |shard: ShardId| {
        let stream = streams::log_name(shard);
        let call = |verb: &str, streamed: bool| Grant {
            service: format!("$JS.API.CONSUMER.{verb}.{stream}.{consumer}"),
            local: format!("{HOST_API}.CONSUMER.{verb}.{stream}.{consumer}"),
            streamed,
        };
        let ack = format!("$JS.ACK.{stream}.{consumer}.>");
        let ack = Grant {
            service: ack.clone(),
            local: ack,
            streamed: false,
        };
        [call("INFO", false), call("MSG.NEXT", true), ack]
    };
    SHARDS.into_iter().flat_map(of_shard).collect()
}

/// To post notices, the app's account has a subject of its own: whose they are stands there and nowhere else.
fn notice_grant(app: &AppId) -> Grant {
    let subject = subject::notice_posts(app);
    Grant {
        service: subject.clone(),
        local: subject,
        streamed: false,
    }
}

/// Everything that an app's services may call.
fn all_grants(app: &AppId, consumers: &BTreeSet<ConsumerName>) -> Vec<Grant> {
    let of_consumers = consumers.iter().flat_map(|name| grants(app, name));
    of_consumers.chain([notice_grant(app)]).collect()
}

/// What the service's account lets an app's account call, in the words of nats-server's configuration.
pub fn host_exports(app: &AppId, consumers: &BTreeSet<ConsumerName>) -> Vec<Value> {
    let export = |grant: Grant| {
        let mut export = json!({ "service": grant.service, "accounts": [app] });
        if grant.streamed {
            export["response_type"] = Value::from("stream");
        }
        export
    };
    all_grants(app, consumers).into_iter().map(export).collect()
}

/// An app's account with its one user, who is known by a public nkey, in the words of nats-server's configuration.
pub fn host_account(app: &AppId, user: &str, consumers: &BTreeSet<ConsumerName>) -> Value {
    let grants = all_grants(app, consumers);
    // A list of nothing would allow everything; there is always one.
    let allowed: Vec<&str> = grants.iter().map(|grant| grant.local.as_str()).collect();
    let import = |grant: &Grant| {
        json!({
            "service": { "account": SERVICE_ACCOUNT, "subject": grant.service },
            "to": grant.local,
        })
    };
    json!({
        "users": [{
            "nkey": user,
            "permissions": { "publish": { "allow": allowed }, "subscribe": { "allow": ["_INBOX.>"] } },
        }],
        "imports": grants.iter().map(import).collect::<Vec<Value>>(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> ConsumerName {
        text.parse().unwrap()
    }

    #[test]
    fn a_name_is_one_token_and_no_colon() {
        assert_eq!(name("orders-2_x").as_str(), "orders-2_x");
        for wrong in ["", "a.b", "a:b", "*", ">", "A", "a b", &"a".repeat(33)] {
            assert_eq!(wrong.parse::<ConsumerName>(), Err(NotAName), "{wrong}");
        }
    }

    #[test]
    fn a_beginning_is_read() {
        let read = |text: &str| text.parse::<HostStart>();
        assert_eq!(read("first"), Ok(HostStart::First));
        assert_eq!(read("next"), Ok(HostStart::Next));
        assert_eq!(read("17"), Ok(HostStart::Sequence(17)));
        assert!(matches!(read("2026-01-31T12:00:00Z"), Ok(HostStart::At(_))));
        for wrong in ["", "-1", "yesterday", "2026-13-01T00:00:00Z"] {
            assert_eq!(read(wrong), Err(NotAStart), "{wrong}");
        }
    }

    #[test]
    fn an_app_is_let_at_its_own_consumers_only() {
        let app = AppId::new("shop").unwrap();
        let consumers = BTreeSet::from([name("orders")]);
        let account = host_account(&app, "U", &consumers);
        assert_eq!(
            account["users"][0]["permissions"]["publish"]["allow"],
            json!([
                "mtchat.api.CONSUMER.INFO.MTCHAT_LOG_0.shop:orders",
                "mtchat.api.CONSUMER.MSG.NEXT.MTCHAT_LOG_0.shop:orders",
                "$JS.ACK.MTCHAT_LOG_0.shop:orders.>",
                "mtchat.svc.shop.notices.post",
            ])
        );
        let exports = host_exports(&app, &consumers);
        assert!(exports.iter().all(|export| export["accounts"] == json!(["shop"])));
        let none = host_account(&app, "U", &BTreeSet::new());
        assert_eq!(
            none["users"][0]["permissions"]["publish"],
            json!({ "allow": ["mtchat.svc.shop.notices.post"] })
        );
    }
}
