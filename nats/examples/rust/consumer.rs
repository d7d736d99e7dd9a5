//! A service of a host: reads the facts of its app from MTChat's log, in order, and goes on where it stopped. Needs the crates
//! `async-nats` (with `nkeys`), `futures-util` and `serde_json`.

use std::collections::HashSet;

use async_nats::{
    ConnectOptions,
    jetstream::{self, consumer::PullConsumer},
};
use futures_util::StreamExt;
use serde_json::Value;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// What a service has done. A real one keeps the ids in the database that it changes, in the same transaction.
#[derive(Default)]
pub(crate) struct Handled {
    ids: HashSet<(String, String)>,
}

impl Handled {
    /// A fact may come again: after a crash between its effect and its acknowledgement. Its id, unique in its dialog, tells.
    pub(crate) fn is_new(&mut self, fact: &Value) -> bool {
        let part = |name: &str| fact[name].as_str().unwrap_or_default().to_owned();
        self.ids.insert((part("dialog"), part("id")))
    }
}

/// Hand every new fact to `effect`, until that says to stop.
pub(crate) async fn consume(
    url: &str,
    seed: &str,
    consumer: &str,
    handled: &mut Handled,
    mut effect: impl FnMut(&Value) -> bool,
) -> Result<(), Failure> {
    let client = ConnectOptions::new().nkey(seed.to_owned()).connect(url).await?;
    let log = jetstream::with_prefix(client.clone(), "mtchat.api");
    let consumer: PullConsumer = log.get_consumer_from_stream(consumer, "MTCHAT_LOG_0").await?;
    let mut messages = consumer.messages().await?;
    while let Some(message) = messages.next().await {
        let message = match message {
            Ok(message) => message,
            // The broker restarts: the client comes back by itself, and so do the messages.
            Err(error) => {
                eprintln!("the broker: {error}");
                continue;
            }
        };
        let fact: Value = serde_json::from_slice(&message.payload)?;
        let goes_on = !handled.is_new(&fact) || effect(&fact);
        // What is not acknowledged comes again.
        if let Err(error) = message.double_ack().await {
            eprintln!("not acknowledged: {error}");
        }
        if !goes_on {
            break;
        }
    }
    // Whoever only vanishes may be given the next fact still, and the one who comes after waits until it is given again (30 s).
    client.drain().await?;
    Ok(())
}
