use std::time::Duration;

use futures_util::{StreamExt, TryStreamExt, stream};
use mtchat_files::{FileError, is_what_it_says, size};
use mtchat_protocol::{AppId, Attachment, ContentType, DialogId, FileKey, FileRefused, Thumbnail};
use tokio::time::timeout;

use super::{Files, Upload, upload::final_key};
use crate::ApiError;

/// How many files of a message are looked at side by side.
const AT_ONCE: usize = 4;
/// How long all of that may take.
const WITHIN: Duration = Duration::from_secs(20);
/// So much of a file tells what it is.
const START: u64 = 64 * 1024;
/// So much of a picture tells its size, where what cameras write before it is long.
const LONG_START: u64 = 1024 * 1024;
/// Pictures with more bytes have no thumbnail.
const MOST_PICTURE: u64 = 30 * 1024 * 1024;

impl Files {
    /// Check the files that were uploaded, and copy each to where nobody can write. What was copied and then is not needed, is deleted
    /// here, or by the sweeper when this process does not come to it.
    pub(crate) async fn finish(
        &self,
        app: &AppId,
        dialog: DialogId,
        uploads: &[Upload],
    ) -> Result<Vec<Attachment>, ApiError> {
        let targets: Vec<FileKey> = uploads.iter().map(|_| final_key(app, dialog)).collect();
        let mut each = Vec::with_capacity(uploads.len());
        for (upload, key) in uploads.iter().zip(&targets) {
            each.push(self.finish_one(upload, key));
        }
        let all = stream::iter(each).buffered(AT_ONCE).try_collect::<Vec<_>>();
        let finished = timeout(WITHIN, all).await.unwrap_or(Err(ApiError::FilesDown));
        if finished.is_err() {
            self.discard_keys(&targets);
        }
        finished
    }

    /// Nobody needs these after all.
    pub(crate) fn discard(&self, attachments: &[Attachment]) {
        let keys: Vec<FileKey> = attachments.iter().map(|one| one.key.clone()).collect();
        self.discard_keys(&keys);
    }

    fn discard_keys(&self, keys: &[FileKey]) {
        let with_thumbnails = keys.iter().flat_map(|key| [key.clone(), key.thumbnail()]);
        let keys: Vec<String> = with_thumbnails.map(|key| key.as_str().to_owned()).collect();
        let store = self.0.store.clone();
        tokio::spawn(async move {
            if let Err(error) = store.delete(&keys).await {
                tracing::debug!(%error, "copies of files are left to the sweeper");
            }
        });
    }

    async fn finish_one(&self, upload: &Upload, key: &FileKey) -> Result<Attachment, ApiError> {
        let (store, from, said) = (&self.0.store, upload.key.as_str(), &upload.request);
        let found = store.look(from).await?.ok_or(ApiError::AttachmentNotFound)?;
        let stored = found.content_type.as_deref().and_then(ContentType::declared);
        if found.size != said.size || stored != Some(said.content_type) {
            return Err(ApiError::NotAsDeclared);
        }
        let start = store.start_of(from, &found.etag, START.min(found.size)).await?;
        if !is_what_it_says(said.content_type.as_str(), &start) {
            return Err(FileRefused::Type.into());
        }
        let picture = said.content_type.is_picture();
        let mut pixels = if picture { size(&start) } else { None };
        if picture && pixels.is_none() && found.size > START {
            let longer = LONG_START.min(found.size);
            pixels = size(&store.start_of(from, &found.etag, longer).await?);
        }
        store.copy(from, &found.etag, key.as_str()).await?;
        let thumbnail = match pixels {
            Some(_) if found.size <= MOST_PICTURE => self.make_thumbnail(key).await,
            Some(_) | None => Thumbnail::None,
        };
        Ok(Attachment {
            id: upload.id,
            filename: said.filename.clone(),
            content_type: said.content_type,
            size: said.size,
            width: pixels.map(|pixels| pixels.width),
            height: pixels.map(|pixels| pixels.height),
            thumbnail,
            key: key.clone(),
            upload: upload.key.clone(),
        })
    }

    /// A message does not wait for a picture of its picture longer than a moment, and is sent without one.
    async fn make_thumbnail(&self, key: &FileKey) -> Thumbnail {
        let Some(pictures) = &self.0.pictures else {
            return Thumbnail::None;
        };
        let made = async {
            let bytes = self.0.store.read(key.as_str(), MOST_PICTURE).await.ok()?;
            let Some(small) = pictures.thumbnail(bytes).await.ok()? else {
                return Some(Thumbnail::Itself);
            };
            let kind = match small.content_type {
                "image/png" => Thumbnail::Png,
                _ => Thumbnail::Jpeg,
            };
            let target = key.thumbnail();
            let put = self.0.store.put(target.as_str(), small.content_type, small.bytes);
            put.await.ok().map(|()| kind)
        };
        made.await.unwrap_or_default()
    }
}

impl From<FileError> for ApiError {
    fn from(error: FileError) -> Self {
        match error {
            FileError::Missing => Self::AttachmentNotFound,
            FileError::Changed => Self::UploadChanged,
            other => Self::Files(other),
        }
    }
}
