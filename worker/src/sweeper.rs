use std::{convert::Infallible, sync::Arc, time::Duration};

use mtchat_nats::{Log, LogOptions};
use mtchat_protocol::ShardId;
use mtchat_storage::Storage;

use crate::{departure::Departure, duty::Duty, eraser::Eraser};

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
    duty.report.started(0);
    loop {
        // A person is in dialogs of every shard: the first shard's sweeper sees to all of them.
        let due = if duty.shard == ShardId::default() {
            storage.pending_erasure().await?
        } else {
            None
        };
        match due {
            Some(erasure) => Eraser::new(storage, &log, duty, &erasure).run().await?,
            None => duty.pause(LOOK_EVERY).await?,
        }
        duty.report.progress(0);
    }
}
