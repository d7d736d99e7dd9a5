use std::time::Duration;

use async_nats::jetstream::kv::{Entry, Operation, Store};
use bytes::Bytes;
use tokio::{
    task::JoinHandle,
    time::{Instant, sleep, timeout},
};
use tokio_util::sync::CancellationToken;

use crate::{Broker, broker::QUESTION, streams};

const RENEW_EVERY: Duration = Duration::from_secs(1);
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// A holder whose entry stood still for so long is taken for dead. No clocks are compared, only patience.
const PATIENCE: Duration = Duration::from_millis(3_500);

/// The right to do one job in the whole deployment. It is a hint that saves work, not a fence: whoever acts under it also
/// writes by compare-and-set.
pub struct Lease {
    name: String,
    holder: String,
    bucket: Store,
    lost: CancellationToken,
    renewal: Option<JoinHandle<u64>>,
    released: CancellationToken,
}

impl Lease {
    /// Wait until the lease is held; `None` when `stop` came first.
    pub async fn acquire(
        broker: &Broker,
        name: &str,
        holder: &str,
        stop: &CancellationToken,
    ) -> Option<Self> {
        let mut seen: Option<(u64, Instant)> = None;
        loop {
            if let Some(bucket) = bucket(broker).await
                && let Some(revision) = attempt(&bucket, name, holder, &mut seen).await
            {
                tracing::info!(lease = name, "the lease is held");
                return Some(Self::hold(bucket, name, holder, revision));
            }
            tokio::select! {
                () = stop.cancelled() => return None,
                () = sleep(LOOK_EVERY) => {}
            }
        }
    }

    /// Cancelled when somebody else has taken the lease.
    pub fn lost(&self) -> CancellationToken {
        self.lost.clone()
    }

    /// Give it back, so that another holder need not wait.
    pub async fn release(mut self) {
        self.released.cancel();
        let Some(renewal) = self.renewal.take() else {
            return;
        };
        let Ok(revision) = renewal.await else { return };
        if self.lost.is_cancelled() {
            return;
        }
        let given_back = timeout(QUESTION, self.bucket.update(&self.name, Bytes::new(), revision)).await;
        if !matches!(given_back, Ok(Ok(_))) {
            tracing::warn!(lease = %self.name, holder = %self.holder, "the lease was not given back; it lapses by itself");
        }
    }

    fn hold(bucket: Store, name: &str, holder: &str, revision: u64) -> Self {
        let (lost, released) = (CancellationToken::new(), CancellationToken::new());
        let renewal = tokio::spawn(renew(
            bucket.clone(),
            name.to_owned(),
            holder.to_owned(),
            revision,
            lost.clone(),
            released.clone(),
        ));
        Self {
            name: name.to_owned(),
            holder: holder.to_owned(),
            bucket,
            lost,
            renewal: Some(renewal),
            released,
        }
    }
}

/// A lease that is dropped without being given back is renewed no more, so it lapses.
impl Drop for Lease {
    fn drop(&mut self) {
        self.released.cancel();
    }
}

async fn renew(
    bucket: Store,
    name: String,
    holder: String,
    mut revision: u64,
    lost: CancellationToken,
    released: CancellationToken,
) -> u64 {
    loop {
        tokio::select! {
            () = released.cancelled() => return revision,
            () = sleep(RENEW_EVERY) => {}
        }
        match timeout(QUESTION, bucket.update(&name, holder.clone().into(), revision)).await {
            Ok(Ok(next)) => revision = next,
            // Refused, or no answer: the entry tells whether it is still ours.
            Ok(Err(_)) | Err(_) => match timeout(QUESTION, bucket.entry(&name)).await {
                Ok(Ok(Some(entry))) if entry.value == holder.as_bytes() => revision = entry.revision,
                Ok(Ok(_)) => {
                    tracing::warn!(lease = %name, "the lease was taken by another holder");
                    lost.cancel();
                    return revision;
                }
                // The broker is away; nobody can take the lease meanwhile either.
                Ok(Err(_)) | Err(_) => {}
            },
        }
    }
}

async fn bucket(broker: &Broker) -> Option<Store> {
    timeout(QUESTION, broker.jetstream.get_key_value(streams::LEASES))
        .await
        .ok()?
        .ok()
}

/// One try: free, given back, or standing still for too long → ours.
async fn attempt(bucket: &Store, name: &str, holder: &str, seen: &mut Option<(u64, Instant)>) -> Option<u64> {
    let entry = timeout(QUESTION, bucket.entry(name)).await.ok()?.ok()?;
    let value = Bytes::copy_from_slice(holder.as_bytes());
    let Some(entry) = entry else {
        return timeout(QUESTION, bucket.create(name, value)).await.ok()?.ok();
    };
    if !is_free(&entry, seen) {
        return None;
    }
    timeout(QUESTION, bucket.update(name, value, entry.revision))
        .await
        .ok()?
        .ok()
}

fn is_free(entry: &Entry, seen: &mut Option<(u64, Instant)>) -> bool {
    if entry.operation != Operation::Put || entry.value.is_empty() {
        return true;
    }
    match seen {
        Some((revision, since)) if *revision == entry.revision => since.elapsed() >= PATIENCE,
        _ => {
            *seen = Some((entry.revision, Instant::now()));
            false
        }
    }
}
