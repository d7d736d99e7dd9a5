use std::time::Duration;

use mtchat_nats::{Broker, BrokerError, LEAST_SERVER, inspect};

use super::Finding;
use crate::settings::NatsSettings;

const PATIENCE: Duration = Duration::from_secs(2);

/// Whether it answers, is new enough, and has the streams as configured.
pub(super) async fn examine(nats: &NatsSettings) -> Vec<Finding> {
    let broker = match Broker::connect(&nats.broker_options("mtchat-doctor", PATIENCE)).await {
        Ok(broker) => broker,
        Err(error) => return vec![Finding::problem("broker", advice(&error))],
    };
    let findings = inspect(&broker, &nats.stream_options()).await;
    findings
        .into_iter()
        .map(|finding| {
            if finding.ok {
                Finding::ok(&finding.subject, finding.says)
            } else {
                Finding::problem(&finding.subject, finding.says)
            }
        })
        .collect()
}

fn advice(error: &BrokerError) -> String {
    let (major, minor) = LEAST_SERVER;
    match error {
        BrokerError::Version { .. } => format!("{error}. Update it to {major}.{minor} or newer"),
        BrokerError::Url(_) | BrokerError::Credentials => format!("{error}. Correct NATS_URL"),
        BrokerError::JetStream(_) => {
            format!("{error}. Start nats-server with JetStream (`-js`, or a `jetstream` block)")
        }
        BrokerError::Connect(_) | BrokerError::Disconnected => {
            format!(
                "{error}. Start it, or correct NATS_URL; a running `mtchat up` is looked at with --data DIR"
            )
        }
    }
}
