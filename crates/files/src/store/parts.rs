use aws_sdk_s3::types::{CompletedMultipartUpload, CompletedPart, MultipartUpload};

use super::{FileStore, LARGEST_PAGE};
use crate::FileError;

/// An upload in parts that was begun, and neither completed nor aborted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfinished {
    /// The key of the object that it would become.
    pub key: String,
    /// Which of the uploads to this key.
    pub upload_id: String,
    /// When it was begun, in seconds of Unix time.
    pub begun_secs: i64,
}

/// Where a page of unfinished uploads goes on. Some stores tell only one of the two.
#[derive(Clone, Default, PartialEq, Eq)]
struct Marker {
    key: Option<String>,
    upload_id: Option<String>,
}

/// Files that are uploaded in parts. No part is visible before the upload is completed.
impl FileStore {
    /// Begin an upload in parts and give back its id.
    pub async fn begin_parts(&self, key: &str, content_type: &str) -> Result<String, FileError> {
        self.ask("begin_parts", async {
            let request = self
                .client()
                .create_multipart_upload()
                .bucket(self.bucket())
                .key(key);
            let begun = request.content_type(content_type).send().await?;
            let id = begun.upload_id().map(str::to_owned);
            id.ok_or_else(|| FileError::unavailable("an upload without an id"))
        })
        .await
    }

    /// Make an object of the parts, in ascending order of their numbers, each with the ETag that its upload was answered
    /// with. [`FileError::Missing`] when there is no such upload: it may have been completed already.
    pub async fn complete_parts(
        &self,
        key: &str,
        upload_id: &str,
        parts: &[(i32, String)],
    ) -> Result<(), FileError> {
        let parts = parts.iter().map(|(number, etag)| {
            let part = CompletedPart::builder().part_number(*number);
            part.e_tag(etag).build()
        });
        let wanted = CompletedMultipartUpload::builder().set_parts(Some(parts.collect()));
        let wanted = wanted.build();
        self.have_moved("complete_parts", async {
            let request = self.client().complete_multipart_upload().bucket(self.bucket());
            let request = request.key(key).upload_id(upload_id).multipart_upload(wanted);
            request.send().await?;
            Ok(())
        })
        .await
    }

    /// Forget an upload and its parts; one that the store does not know is no error.
    pub async fn abort_parts(&self, key: &str, upload_id: &str) -> Result<(), FileError> {
        let aborted = self.ask("abort_parts", async {
            let request = self.client().abort_multipart_upload().bucket(self.bucket());
            request.key(key).upload_id(upload_id).send().await?;
            Ok(())
        });
        match aborted.await {
            Err(FileError::Missing) => Ok(()),
            done => done,
        }
    }

    /// Uploads that were begun under keys that begin so and are not finished, at most `most`, in the store's own order.
    /// Each thousand has a deadline of its own.
    pub async fn unfinished_parts(&self, prefix: &str, most: u32) -> Result<Vec<Unfinished>, FileError> {
        let most = most as usize;
        let mut found = Vec::new();
        let mut marker = Some(Marker::default());
        while let Some(from) = marker.take()
            && found.len() < most
        {
            let wanted = (most - found.len()).min(LARGEST_PAGE as usize);
            let page = self.unfinished_page(prefix, from.clone(), wanted);
            let (uploads, next) = self.ask("unfinished_parts", page).await?;
            // A store that says there is more and does not move on would be asked for ever.
            marker = next.filter(|next| *next != from);
            found.extend(uploads);
        }
        found.truncate(most);
        Ok(found)
    }

    async fn unfinished_page(
        &self,
        prefix: &str,
        from: Marker,
        most: usize,
    ) -> Result<(Vec<Unfinished>, Option<Marker>), FileError> {
        let request = self.client().list_multipart_uploads().bucket(self.bucket());
        let request = request
            .prefix(prefix)
            .set_key_marker(from.key)
            .set_upload_id_marker(from.upload_id)
            .max_uploads(i32::try_from(most).unwrap_or(i32::MAX));
        let page = request.send().await?;
        let uploads = page.uploads().iter().map(unfinished).collect::<Result<_, _>>()?;
        let marker = page.is_truncated().unwrap_or_default().then(|| Marker {
            key: page.next_key_marker().map(str::to_owned),
            upload_id: page.next_upload_id_marker().map(str::to_owned),
        });
        Ok((uploads, marker))
    }
}

fn unfinished(upload: &MultipartUpload) -> Result<Unfinished, FileError> {
    let (Some(key), Some(id), Some(begun)) = (upload.key(), upload.upload_id(), upload.initiated()) else {
        // Without its date an upload would pass for an old one, and old ones are aborted.
        return Err(FileError::unavailable("a list of uploads that can not be read"));
    };
    Ok(Unfinished {
        key: key.to_owned(),
        upload_id: id.to_owned(),
        begun_secs: begun.secs(),
    })
}
