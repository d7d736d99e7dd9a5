//! `mtchat migrate`, and the migration at the start of edges and workers.

use std::time::Duration;

use mtchat_storage::{Storage, StorageError};
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use crate::{
    Failure,
    settings::{Purpose, Settings, Sources},
    telemetry,
};

/// How long a start waits for the first try; a long migration then goes on beside it.
const FIRST_TRY: Duration = Duration::from_secs(5);
const FIRST_DELAY: Duration = Duration::from_millis(250);
const LONGEST_DELAY: Duration = Duration::from_secs(10);

pub(crate) async fn migrate(sources: &Sources) -> Result<(), Failure> {
    let settings = Settings::load(sources, Purpose::Migrate)?;
    telemetry::start_logs(telemetry::SERVER_LOGS);
    let storage = Storage::connect_lazy(&settings.database.storage_options())?;
    let pending = storage.migrations_pending().await?;
    storage.migrate().await?;
    storage.close().await;
    match pending {
        0 => println!("The tables are up to date."),
        1 => println!("1 migration was applied."),
        many => println!("{many} migrations were applied."),
    }
    Ok(())
}

/// Migrates, trying until it is done or the process stops: an edge must serve live traffic although Postgres is away.
/// Returns after the first try, or when that takes long.
pub(crate) async fn keep_trying(storage: Storage, stop: CancellationToken) {
    let (tried, first_try) = oneshot::channel();
    tokio::spawn(async move {
        tokio::select! {
            () = stop.cancelled() => {}
            () = until_done(&storage, tried) => {}
        }
    });
    let _ = tokio::time::timeout(FIRST_TRY, first_try).await;
}

async fn until_done(storage: &Storage, tried: oneshot::Sender<()>) {
    let mut tried = Some(tried);
    let mut delay = FIRST_DELAY;
    loop {
        let migrated = storage.migrate().await;
        if let Some(tried) = tried.take() {
            let _ = tried.send(());
        }
        match migrated {
            Ok(()) => return tracing::info!("the tables are up to date"),
            Err(error) => report(&error, delay),
        }
        // Replicas that lost the same database must not come back in step.
        tokio::time::sleep(delay.mul_f64(0.5 + fastrand::f64() / 2.0)).await;
        delay = (delay * 2).min(LONGEST_DELAY);
    }
}

fn report(error: &StorageError, delay: Duration) {
    if error.may_retry() {
        tracing::warn!(%error, retry.seconds = delay.as_secs_f64(), "the tables can not be brought up to date yet");
    } else {
        tracing::error!(%error, retry.seconds = delay.as_secs_f64(), "the tables can not be brought up to date");
    }
}
