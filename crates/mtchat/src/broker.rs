use std::time::Duration;

use mtchat_nats::{Broker, BrokerError, StreamError, reconcile};
use tokio::time::{Instant, sleep};

use crate::{Failure, settings::NatsSettings};

/// Between two tries at the streams.
const PAUSE: Duration = Duration::from_millis(250);

/// Connects and makes the streams as configured, trying for this long: NATS may start at the same time as we do.
pub(crate) async fn connect(nats: &NatsSettings, name: &str, wait: Duration) -> Result<Broker, Failure> {
    let deadline = Instant::now() + wait;
    let broker = Broker::connect(&nats.broker_options(name, wait))
        .await
        .map_err(Failure::Broker)?;
    loop {
        match reconcile(&broker, &nats.stream_options()).await {
            Ok(()) => return Ok(broker),
            Err(error @ StreamError::Destructive { .. }) => return Err(error.into()),
            Err(error) if Instant::now() >= deadline => {
                let connected = *broker.connected().borrow();
                return Err(if connected {
                    error.into()
                } else {
                    Failure::Broker(BrokerError::Disconnected)
                });
            }
            Err(error) => tracing::warn!(%error, "the streams can not be made yet"),
        }
        sleep(PAUSE).await;
    }
}
