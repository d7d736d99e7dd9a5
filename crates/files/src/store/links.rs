use std::time::Duration;

use aws_sdk_s3::presigning::PresigningConfig;

use super::{FileStore, silent};
use crate::{FileError, Shown};

/// Signatures count in whole seconds, and for a week at most.
const LIFETIMES: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(7 * 24 * 3_600));

/// Links for browsers. They are signed here, for the public endpoint, and ask nobody: they are made while the store is away
/// too. A lifetime beyond what signatures can have is cut to it.
impl FileStore {
    /// A link that takes a `PUT` of exactly this many bytes, with exactly this `Content-Type`.
    pub async fn presign_put(
        &self,
        key: &str,
        content_type: &str,
        size: u64,
        lifetime: Duration,
    ) -> Result<String, FileError> {
        let request = self.shared.signer.put_object().bucket(self.bucket()).key(key);
        let request = request
            .content_type(content_type)
            .content_length(signed_size(size)?);
        let signed = silent(request.presigned(signing(lifetime)?)).await?;
        Ok(signed.uri().to_owned())
    }

    /// A link that gives the file as it is to be shown, to this reader's browser only.
    pub async fn presign_get(
        &self,
        key: &str,
        shown: &Shown,
        lifetime: Duration,
    ) -> Result<String, FileError> {
        let lifetime = lifetime.clamp(LIFETIMES.0, LIFETIMES.1);
        // The same link gives the same bytes for as long as it gives any.
        let caching = format!("private, max-age={}", lifetime.as_secs());
        let request = self.shared.signer.get_object().bucket(self.bucket()).key(key);
        let request = request
            .response_content_type(shown.media_type())
            .response_content_disposition(shown.disposition())
            .response_cache_control(caching);
        let signed = silent(request.presigned(signing(lifetime)?)).await?;
        Ok(signed.uri().to_owned())
    }

    /// A link that takes a `PUT` of one part, of exactly this many bytes.
    pub async fn presign_part(
        &self,
        key: &str,
        upload_id: &str,
        number: i32,
        size: u64,
        lifetime: Duration,
    ) -> Result<String, FileError> {
        let request = self.shared.signer.upload_part().bucket(self.bucket()).key(key);
        let request = request
            .upload_id(upload_id)
            .part_number(number)
            .content_length(signed_size(size)?);
        let signed = silent(request.presigned(signing(lifetime)?)).await?;
        Ok(signed.uri().to_owned())
    }
}

fn signing(lifetime: Duration) -> Result<PresigningConfig, FileError> {
    let lifetime = lifetime.clamp(LIFETIMES.0, LIFETIMES.1);
    PresigningConfig::expires_in(lifetime).map_err(|_| FileError::unusable_request())
}

fn signed_size(size: u64) -> Result<i64, FileError> {
    i64::try_from(size).map_err(|_| FileError::unusable_request())
}
