use std::{convert::Infallible, sync::Arc, time::Duration};

use mtchat_nats::{Log, LogOptions};
use mtchat_protocol::ShardId;
use mtchat_storage::Storage;

use crate::{
    backlog::BacklogGauges, departure::Departure, duty::Duty, eraser::Eraser, file_sweep::FileSweep,
    retention::Retention,
};

/// How often it is looked whether there is something to do.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// Do what hosts asked for and nobody waits for, one thing after the other. What was begun and not finished is begun again: every
/// step can be done twice.
pub(crate) async fn session(storage: &Storage, duty: &Duty) -> Result<Infallible, Departure> {
    let log = Log::new(
        duty.broker.clone(),
        LogOptions::default(),
        Arc::new(storage.clone()),
    );
    // Files are of every shard: the first shard's sweeper sees to all of them.
    let mut files = match &duty.options.files {
        Some(options) if duty.shard == ShardId::default() => FileSweep::new(storage, &duty.broker, options),
        Some(_) | None => None,
    };
    let keep = duty.options.log_keep;
    let mut retention = keep.map(|keep| Retention::new(storage, &duty.broker, duty.shard, keep));
    let mut backlog = BacklogGauges::new(storage, &duty.broker, duty.shard);
    let mut failures = 0_u32;
    duty.report.started(0);
    loop {
        if let Err(error) = backlog.look().await {
            tracing::debug!(%error, "what waits could not be counted; trying again");
        }
        if let Some(retention) = &mut retention
            && let Err(error) = retention.look().await
        {
            tracing::warn!(%error, "it can not be seen what the log may forget; trying again");
            metrics::counter!("mtchat_log_look_failures_total").increment(1);
        }
        // Without the store everything else goes on.
        let more = match &mut files {
            Some(files) => match files.step().await {
                Ok(more) => {
                    failures = 0;
                    more
                }
                Err(error) => {
                    metrics::counter!("mtchat_files_sweep_failures_total").increment(1);
                    // The first may be that the bucket is just being made. The second is told; the metric counts on.
                    failures = failures.saturating_add(1);
                    if failures == 2 {
                        tracing::warn!(%error, "files could not be cleared away; trying again");
                    }
                    false
                }
            },
            None => false,
        };
        // A person is in dialogs of every shard: the first shard's sweeper sees to all of them.
        let due = if duty.shard == ShardId::default() {
            storage.pending_erasure().await?
        } else {
            None
        };
        match due {
            Some(erasure) => {
                Eraser::new(storage, &log, duty, &erasure)
                    .run(files.as_ref())
                    .await?;
            }
            None if more => {}
            None => duty.pause(LOOK_EVERY).await?,
        }
        duty.report.progress(0);
    }
}
