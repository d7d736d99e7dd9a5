use std::time::{Duration, SystemTime, UNIX_EPOCH};

use metrics::counter;
use mtchat_files::{FileError, FileStore, Listed};
use mtchat_nats::{Broker, ReadError, log_state};
use mtchat_protocol::ShardId;
use mtchat_storage::{Storage, StorageError};
use tokio::time::{Instant, sleep};

/// Most files that are deleted at once.
const BATCH: u32 = 500;
/// Most files that are looked at at once.
const PAGE: u32 = 1_000;
/// Between two pages of the look through the store.
const PAGE_EVERY: Duration = Duration::from_secs(5);
/// What was copied for a message and is in no message after so long never will be: an hour, or less where uploads are kept for less,
/// but never so soon that it could still be on its way (edges give themselves half a minute).
const NEVER_SENT: (Duration, Duration) = (Duration::from_secs(60), Duration::from_secs(3_600));
/// How long it is waited for the database, and between two looks at it.
const STORED_WITHIN: Duration = Duration::from_secs(5);
const LOOK_AGAIN: Duration = Duration::from_millis(100);
/// Where the look through the store stands in the database.
const AREA: &str = "all";

/// How files are kept.
#[derive(Debug, Clone)]
pub struct FileSweepOptions {
    /// Where they are.
    pub store: mtchat_files::FileOptions,
    /// How long an upload is kept that no message names.
    pub upload_keep: Duration,
}

/// Sees to it that the store holds the files of what is left and nothing else. Every step can be done twice.
///
/// What the projector knows not to be needed is deleted at once. What only the store knows of — uploads that no message names, copies
/// that a message was to have when an edge died — is found by a slow look through all of it.
pub(crate) struct FileSweep {
    store: FileStore,
    storage: Storage,
    upload_keep: Duration,
    broker: Broker,
    next_page: Instant,
}

/// Why a step was not done; the next look does it again.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SweepError {
    #[error(transparent)]
    Files(#[from] FileError),
    #[error(transparent)]
    Log(#[from] ReadError),
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl FileSweep {
    /// `None` when the options say nothing that could be a store.
    pub(crate) fn new(storage: &Storage, broker: &Broker, options: &FileSweepOptions) -> Option<Self> {
        let store = FileStore::new(options.store.clone());
        let store =
            store.inspect_err(|error| tracing::error!(%error, "the file store is not configured rightly"));
        Some(Self {
            store: store.ok()?,
            storage: storage.clone(),
            broker: broker.clone(),
            upload_keep: options.upload_keep,
            next_page: Instant::now(),
        })
    }

    /// One step of everything; whether there is more to do at once.
    pub(crate) async fn step(&mut self) -> Result<bool, SweepError> {
        let more = self.delete_due().await?;
        if Instant::now() >= self.next_page {
            let whole = self.look_through().await?;
            self.next_page = Instant::now() + if whole { PAGE_EVERY } else { Duration::ZERO };
        }
        Ok(more)
    }

    /// Delete what nobody needs; whether there is more of it.
    pub(crate) async fn delete_due(&self) -> Result<bool, SweepError> {
        let due = self.storage.due_files(BATCH).await?;
        if due.is_empty() {
            return Ok(false);
        }
        self.store.delete(&due).await?;
        self.storage.files_gone(&due).await?;
        counter!("mtchat_files_deleted_total", "why" => "unneeded").increment(due.len() as u64);
        tracing::debug!(files = due.len(), "files that nobody needs were deleted");
        Ok(due.len() as u64 >= u64::from(BATCH))
    }

    /// Look at the next page of the store; whether that was the last one.
    async fn look_through(&self) -> Result<bool, SweepError> {
        let after = self
            .storage
            .file_sweep(AREA)
            .await?
            .filter(|after| !after.is_empty());
        let listed = self.store.list("", after.as_deref(), PAGE).await?;
        let whole = listed.len() < PAGE as usize;
        let orphans = self.orphans(&listed).await?;
        if !orphans.is_empty() {
            self.store.delete(&orphans).await?;
            counter!("mtchat_files_deleted_total", "why" => "orphaned").increment(orphans.len() as u64);
            tracing::info!(files = orphans.len(), "files that belong to nothing were deleted");
        }
        self.abort_unfinished().await?;
        let place = listed.last().filter(|_| !whole).map_or("", |last| &last.key);
        self.storage.move_file_sweep(AREA, place).await?;
        Ok(whole)
    }

    async fn orphans(&self, listed: &[Listed]) -> Result<Vec<String>, SweepError> {
        let now = now_secs();
        let older = |file: &&Listed, age: Duration| now - file.modified_secs > age_secs(age);
        let uploads = listed.iter().filter(|file| is_in(&file.key, "uploads"));
        let mut orphans: Vec<String> = uploads
            .filter(|file| older(file, self.upload_keep))
            .map(|file| file.key.clone())
            .collect();
        let copies = listed.iter().filter(|file| is_in(&file.key, "files"));
        let old: Vec<String> = copies
            .filter(|file| older(file, self.upload_keep.clamp(NEVER_SENT.0, NEVER_SENT.1)))
            .map(|file| file.key.clone())
            .collect();
        if !old.is_empty() && self.is_all_stored().await? {
            orphans.extend(self.storage.unneeded_files(old).await?);
        }
        Ok(orphans)
    }

    /// Whether the database has come as far as the log is now. Until then a message may have a copy that the database knows nothing of,
    /// however old it is.
    async fn is_all_stored(&self) -> Result<bool, SweepError> {
        let shard = ShardId::default();
        let end = log_state(&self.broker, shard).await?.last_seq;
        let until = Instant::now() + STORED_WITHIN;
        loop {
            let stored = self.storage.projection(shard).await?;
            if stored.is_some_and(|stored| stored.log_seq >= end) {
                return Ok(true);
            }
            if Instant::now() >= until {
                return Ok(false);
            }
            sleep(LOOK_AGAIN).await;
        }
    }

    /// Parts of uploads that were begun and never completed.
    async fn abort_unfinished(&self) -> Result<(), SweepError> {
        let now = now_secs();
        for unfinished in self.store.unfinished_parts("", PAGE).await? {
            if now - unfinished.begun_secs > age_secs(self.upload_keep) {
                self.store
                    .abort_parts(&unfinished.key, &unfinished.upload_id)
                    .await?;
                counter!("mtchat_files_deleted_total", "why" => "unfinished").increment(1);
            }
        }
        Ok(())
    }
}

/// Whether a key is in this part of its app's files: `<app>/<part>/…`. Anything else in the bucket is not ours to delete.
fn is_in(key: &str, part: &str) -> bool {
    let mut words = key.split('/');
    words.next().is_some_and(|app| !app.is_empty()) && words.next() == Some(part) && words.count() == 2
}

fn age_secs(age: Duration) -> i64 {
    i64::try_from(age.as_secs()).unwrap_or(i64::MAX)
}

fn now_secs() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    age_secs(since)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_this_product_puts_there_is_looked_at() {
        assert!(is_in("default/uploads/d/k", "uploads"));
        assert!(is_in("default/files/d/k.thumbnail", "files"));
        for other in [
            "uploads/d/k",
            "default/uploads",
            "/files/d/k",
            "a/files/d/k/more",
            "backup.tar",
        ] {
            assert!(!is_in(other, "uploads") && !is_in(other, "files"), "{other}");
        }
    }
}
