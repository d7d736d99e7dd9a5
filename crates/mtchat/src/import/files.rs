//! Bytes of files: copied into our store, or left where they are, and compared.

use std::sync::Arc;

use futures_util::{StreamExt, TryStreamExt, stream};
use mtchat_files::{FileError, FileStore, Found};
use mtchat_protocol::{Attachment, Thumbnail};
use mtchat_storage::SourceFile;
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;

use super::error::ImportError;

/// Files on their way at once.
const AT_ONCE: usize = 8;
/// The most that is held of files on their way, in units of a mebibyte. A larger file than that comes alone.
const HELD: u32 = 160;
const UNIT: u64 = 1 << 20;
/// No store takes more in one piece.
const LARGEST: u64 = 5 << 30;

/// What became of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Became {
    /// It is in our store, and the same.
    Here,
    /// It is there, and not what the database says of it.
    Different(&'static str),
    /// It is not there.
    Missing,
}

/// Both stores.
pub(super) struct Files {
    pub(super) ours: FileStore,
    pub(super) theirs: Theirs,
    /// Nothing is written.
    pub(super) dry: bool,
    held: Arc<Semaphore>,
}

/// Where the files are.
pub(super) enum Theirs {
    /// Where they stay: in our own bucket.
    Ours,
    /// In another bucket of our own store, which can copy by itself.
    Beside { store: FileStore, bucket: String },
    /// In another store.
    Apart(FileStore),
}

impl Files {
    pub(super) fn new(ours: FileStore, theirs: Theirs, dry: bool) -> Self {
        Self {
            ours,
            theirs,
            dry,
            held: Arc::new(Semaphore::new(HELD as usize)),
        }
    }

    /// Bring files, several at once, and say what became of each, in order. Small pictures are brought too, and written into the
    /// attachments.
    pub(super) async fn bring(
        &self,
        files: Vec<(&mut Attachment, &SourceFile)>,
    ) -> Result<Vec<Became>, ImportError> {
        let each = files
            .into_iter()
            .map(|(attachment, source)| self.bring_one(attachment, source));
        stream::iter(each).buffered(AT_ONCE).try_collect().await
    }

    async fn bring_one(
        &self,
        attachment: &mut Attachment,
        source: &SourceFile,
    ) -> Result<Became, ImportError> {
        let (to, content_type) = (
            attachment.key.as_str().to_owned(),
            attachment.content_type.as_str(),
        );
        let Some(found) = self.brought(&source.key, &to, content_type).await? else {
            return Ok(Became::Missing);
        };
        attachment.thumbnail = self.thumbnail(attachment, source).await?;
        Ok(if found.size == attachment.size {
            Became::Here
        } else {
            Became::Different("it is of another size than the database says")
        })
    }

    async fn thumbnail(
        &self,
        attachment: &Attachment,
        source: &SourceFile,
    ) -> Result<Thumbnail, ImportError> {
        let Some(key) = &source.thumbnail_key else {
            return Ok(Thumbnail::None);
        };
        if *key == source.key {
            return Ok(Thumbnail::Itself);
        }
        let to = attachment.key.thumbnail();
        let found = self.brought(key, to.as_str(), "image/jpeg").await?;
        let content_type = found.and_then(|found| found.content_type);
        Ok(match content_type.as_deref() {
            Some("image/jpeg") => Thumbnail::Jpeg,
            Some("image/png") => Thumbnail::Png,
            // Of another kind, or not there: clients show the picture itself.
            Some(_) | None => Thumbnail::None,
        })
    }

    /// Have an object under a key of ours with the bytes that it has there; `None` when it is nowhere.
    async fn brought(&self, from: &str, to: &str, content_type: &str) -> Result<Option<Found>, ImportError> {
        let source = match &self.theirs {
            Theirs::Ours if from == to => return ours(self.ours.look(to).await),
            Theirs::Ours => &self.ours,
            Theirs::Beside { store, .. } | Theirs::Apart(store) => store,
        };
        let Some(there) = theirs(source.look(from).await)? else {
            // What was copied before it went stays.
            return ours(self.ours.look(to).await);
        };
        if self.dry {
            return Ok(Some(there));
        }
        if let Some(here) = ours(self.ours.look(to).await)?
            && self.is_same(source, from, &there, to, &here).await?
        {
            return Ok(Some(here));
        }
        self.copy(source, from, &there, to, content_type).await?;
        let Some(here) = ours(self.ours.look(to).await)? else {
            return Ok(None);
        };
        if self.is_same(source, from, &there, to, &here).await? {
            Ok(Some(here))
        } else {
            Err(ours_failed(FileError::Changed))
        }
    }

    async fn copy(
        &self,
        source: &FileStore,
        from: &str,
        there: &Found,
        to: &str,
        content_type: &str,
    ) -> Result<(), ImportError> {
        match &self.theirs {
            Theirs::Ours => ours(self.ours.copy(from, &there.etag, to).await),
            Theirs::Beside { bucket, .. } => ours(self.ours.copy_from(bucket, from, &there.etag, to).await),
            Theirs::Apart(_) => {
                let _held = self.room_for(there.size, 1).await;
                let bytes = theirs(source.read(from, LARGEST).await)?;
                let content_type = there.content_type.as_deref().unwrap_or(content_type);
                ours(self.ours.put(to, content_type, bytes).await)
            }
        }
    }

    /// The ETag of what was written in one piece is the hash of its bytes. Where it is not, the bytes are compared.
    async fn is_same(
        &self,
        source: &FileStore,
        from: &str,
        there: &Found,
        to: &str,
        here: &Found,
    ) -> Result<bool, ImportError> {
        if there.size != here.size {
            return Ok(false);
        }
        if there.etag == here.etag {
            return Ok(true);
        }
        let _held = self.room_for(there.size, 2).await;
        let one = Sha256::digest(&theirs(source.read(from, LARGEST).await)?);
        let other = Sha256::digest(&ours(self.ours.read(to, LARGEST).await)?);
        Ok(one == other)
    }

    async fn room_for(&self, size: u64, times: u64) -> Option<tokio::sync::OwnedSemaphorePermit> {
        let units = (size.saturating_mul(times) / UNIT + 1).min(u64::from(HELD));
        let units = u32::try_from(units).unwrap_or(HELD);
        Arc::clone(&self.held).acquire_many_owned(units).await.ok()
    }
}

fn ours_failed(source: FileError) -> ImportError {
    ImportError::Files { place: "our", source }
}

fn ours<T>(answer: Result<T, FileError>) -> Result<T, ImportError> {
    answer.map_err(ours_failed)
}

fn theirs<T>(answer: Result<T, FileError>) -> Result<T, ImportError> {
    answer.map_err(|source| ImportError::Files {
        place: "the other",
        source,
    })
}
