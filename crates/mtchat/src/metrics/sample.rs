use std::time::Duration;

use metrics::gauge;
use mtchat_storage::Storage;
use tokio_util::sync::CancellationToken;

/// More often than anybody looks.
const EVERY: Duration = Duration::from_secs(5);

/// Shows how the connections to Postgres are used, from time to time, until told to stop. Nothing is counted where they are used, but for
/// who waits.
pub(crate) fn sample(storage: Storage, stop: CancellationToken) {
    tokio::spawn(async move {
        let mut ticks = tokio::time::interval(EVERY);
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                _ = ticks.tick() => show(&storage),
            }
        }
    });
}

fn show(storage: &Storage) {
    let usage = storage.usage();
    for (pool, usage) in [("app", usage.app), ("common", usage.common)] {
        gauge!("mtchat_database_connections", "pool" => pool, "state" => "used").set(usage.used);
        gauge!("mtchat_database_connections", "pool" => pool, "state" => "idle").set(usage.idle);
        gauge!("mtchat_database_connections_max", "pool" => pool).set(usage.most);
    }
    gauge!("mtchat_database_waiting").set(usage.waiting);
}
