use mtchat_protocol::ShardId;

use crate::{Broker, StreamOptions, streams};

/// One thing that was looked at, in plain words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What was looked at.
    pub subject: String,
    /// Whether it is as it must be.
    pub ok: bool,
    /// What was seen, and what to do about it.
    pub says: String,
}

/// Look at the broker and its streams, changing nothing.
pub async fn inspect(broker: &Broker, options: &StreamOptions) -> Vec<Finding> {
    let shard = ShardId(0);
    let mut findings = vec![Finding {
        subject: "broker".to_owned(),
        ok: true,
        says: format!("nats-server {}", broker.version()),
    }];
    let payload = broker.max_payload();
    findings.push(Finding {
        subject: "max_payload".to_owned(),
        ok: payload >= 1024 * 1024,
        says: format!("{payload} bytes; at least 1 MB is needed for the longest messages"),
    });
    for wanted in [
        streams::log_config(shard, options),
        streams::live_config(shard, options),
        streams::tickets_config(options),
        streams::timers_config(options),
    ] {
        let (ok, says) = match broker.jetstream.get_stream(&wanted.name).await {
            Ok(stream) if streams::same(&stream.cached_info().config, &wanted) => {
                let state = &stream.cached_info().state;
                (
                    true,
                    format!("{} messages, {} bytes", state.messages, state.bytes),
                )
            }
            Ok(_) => (
                false,
                "differs from the configuration; the next start brings it up to date or says why not"
                    .to_owned(),
            ),
            Err(error) if streams::is_missing(&error.kind()) => {
                (false, "missing; it is made at the next start".to_owned())
            }
            Err(error) => (false, format!("JetStream does not answer: {error}")),
        };
        findings.push(Finding {
            subject: wanted.name,
            ok,
            says,
        });
    }
    findings
}
