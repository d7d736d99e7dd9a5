use aws_sdk_s3::{
    primitives::ByteStream,
    types::{Delete, ObjectIdentifier},
};
use bytes::{Bytes, BytesMut};

use super::{FileStore, LARGEST_PAGE};
use crate::{FileError, percent::percent_encoded};

/// What the store says of an object without giving it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Its length in bytes.
    pub size: u64,
    /// The type it was written with: a claim of whoever wrote it.
    pub content_type: Option<String>,
    /// Which version of its bytes this is.
    pub etag: String,
}

impl FileStore {
    /// Whether there is such an object, and what it is. A missing bucket has no objects.
    pub async fn look(&self, key: &str) -> Result<Option<Found>, FileError> {
        match self.ask("look", self.head(key)).await {
            Ok(found) => Ok(Some(found)),
            Err(FileError::Missing) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The first bytes of this version of an object: `bytes` of them, or all there are.
    pub async fn start_of(&self, key: &str, etag: &str, bytes: u64) -> Result<Bytes, FileError> {
        self.ask("start_of", self.get_start(key, etag, bytes)).await
    }

    /// A whole object, [`FileError::TooLarge`] when it is longer than `most` bytes; never more than these are held.
    pub async fn read(&self, key: &str, most: u64) -> Result<Bytes, FileError> {
        self.ask("read", self.get_whole(key, most)).await
    }

    /// Copy this version of an object inside the store, its type with it: [`FileError::Changed`] when it is another version
    /// by now, [`FileError::Missing`] when it is gone. Stores copy up to 5 GiB at once.
    pub async fn copy(&self, from: &str, etag: &str, to: &str) -> Result<(), FileError> {
        self.copy_from(self.bucket(), from, etag, to).await
    }

    /// The same from another bucket of the store.
    pub async fn copy_from(&self, bucket: &str, from: &str, etag: &str, to: &str) -> Result<(), FileError> {
        self.have_moved("copy", async {
            let is_kept = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
            let source = format!("{bucket}/{}", percent_encoded(from, is_kept));
            let request = self.client().copy_object().bucket(self.bucket()).key(to);
            request
                .copy_source(source)
                .copy_source_if_match(etag)
                .send()
                .await?;
            Ok(())
        })
        .await
    }

    /// Write an object, over one that may be there.
    pub async fn put(&self, key: &str, content_type: &str, bytes: Bytes) -> Result<(), FileError> {
        self.ask("put", async {
            let request = self.client().put_object().bucket(self.bucket()).key(key);
            let request = request.content_type(content_type).body(ByteStream::from(bytes));
            request.send().await?;
            Ok(())
        })
        .await
    }

    /// Delete objects, any number of them; those that are gone already are no error. Each thousand has a deadline of its own.
    /// After an error some may be deleted: say it again.
    pub async fn delete(&self, keys: &[String]) -> Result<(), FileError> {
        for batch in keys.chunks(LARGEST_PAGE as usize) {
            self.ask("delete", self.delete_batch(batch)).await?;
        }
        Ok(())
    }

    async fn head(&self, key: &str) -> Result<Found, FileError> {
        let found = self
            .client()
            .head_object()
            .bucket(self.bucket())
            .key(key)
            .send()
            .await?;
        let size = found.content_length().and_then(|size| u64::try_from(size).ok());
        let (Some(size), Some(etag)) = (size, found.e_tag()) else {
            return Err(FileError::unavailable("an answer without a length or an ETag"));
        };
        Ok(Found {
            size,
            content_type: found.content_type().map(str::to_owned),
            etag: etag.to_owned(),
        })
    }

    async fn get_start(&self, key: &str, etag: &str, bytes: u64) -> Result<Bytes, FileError> {
        if bytes == 0 {
            return Ok(Bytes::new());
        }
        let request = self
            .client()
            .get_object()
            .bucket(self.bucket())
            .key(key)
            .if_match(etag);
        match request.range(format!("bytes=0-{}", bytes - 1)).send().await {
            // A store may give more than it was asked for.
            Ok(object) => Ok(first_bytes(object.body, bytes).await?.0),
            Err(error)
                if error
                    .raw_response()
                    .is_some_and(|answer| answer.status().as_u16() == 416) =>
            {
                self.check_empty(key, etag).await
            }
            Err(error) => Err(error.into()),
        }
    }

    /// No range fits into an empty object, and not every store looks at its version before it says so.
    async fn check_empty(&self, key: &str, etag: &str) -> Result<Bytes, FileError> {
        let found = self.head(key).await?;
        if found.etag == etag && found.size == 0 {
            Ok(Bytes::new())
        } else {
            Err(FileError::Changed)
        }
    }

    async fn get_whole(&self, key: &str, most: u64) -> Result<Bytes, FileError> {
        let object = self
            .client()
            .get_object()
            .bucket(self.bucket())
            .key(key)
            .send()
            .await?;
        let told = object
            .content_length()
            .and_then(|length| u64::try_from(length).ok());
        if told.is_some_and(|length| length > most) {
            return Err(FileError::TooLarge);
        }
        match first_bytes(object.body, most).await? {
            (bytes, true) => Ok(bytes),
            (_, false) => Err(FileError::TooLarge),
        }
    }

    async fn delete_batch(&self, keys: &[String]) -> Result<(), FileError> {
        let mut named = Vec::with_capacity(keys.len());
        for key in keys {
            let object = ObjectIdentifier::builder().key(key).build();
            named.push(object.map_err(|_| FileError::unusable_request())?);
        }
        let wanted = Delete::builder().set_objects(Some(named)).quiet(true).build();
        let wanted = wanted.map_err(|_| FileError::unusable_request())?;
        let request = self
            .client()
            .delete_objects()
            .bucket(self.bucket())
            .delete(wanted);
        let answer = request.send().await?;
        for failure in answer.errors() {
            // The call as a whole was a success; only the code says what this one is.
            match FileError::said(200, failure.code()) {
                FileError::Missing => {}
                error => return Err(error),
            }
        }
        Ok(())
    }
}

/// At most these many bytes of a body, and whether that is all of it.
async fn first_bytes(mut body: ByteStream, most: u64) -> Result<(Bytes, bool), FileError> {
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let mut taken = BytesMut::new();
    while let Some(chunk) = body.next().await {
        let chunk = chunk.map_err(|_| FileError::unavailable("the answer broke off"))?;
        let room = most - taken.len();
        if chunk.len() > room {
            taken.extend_from_slice(&chunk[..room]);
            return Ok((taken.freeze(), false));
        }
        taken.extend_from_slice(&chunk);
    }
    Ok((taken.freeze(), true))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn never_more_is_taken_than_wanted() {
        let body = || ByteStream::from_static(b"abc");
        let taken = async |most| first_bytes(body(), most).await.unwrap();
        assert_eq!(taken(0).await, (Bytes::new(), false));
        assert_eq!(taken(2).await, (Bytes::from_static(b"ab"), false));
        assert_eq!(taken(3).await, (Bytes::from_static(b"abc"), true));
        assert_eq!(taken(u64::MAX).await, (Bytes::from_static(b"abc"), true));
    }
}
