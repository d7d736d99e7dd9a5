use std::fmt::Write;

use mtchat_files::FileError;
use mtchat_protocol::{
    AppId, AttachmentId, AttachmentInput, CompleteUpload, CompletedUpload, ContentType, DialogId, FileKey,
    FileName, FileRefused, Invalid, Reason, UploadPartsView, UploadView, UserId, limits,
};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use uuid::Uuid;

use super::Files;
use crate::ApiError;

/// Bytes of chance in a key: nobody guesses one.
const CHANCE: usize = 16;
/// Bytes of a part; stores take no smaller ones than 5 MiB, but the last.
const PART: u64 = 8 * 1024 * 1024;
/// Most parts of a file.
const MOST_PARTS: usize = 1_000;
/// The longest declared type.
const DECLARED: usize = 200;

/// A file that somebody wants to upload, or says that they have uploaded; within the limits.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct UploadRequest {
    pub(crate) filename: FileName,
    pub(crate) content_type: ContentType,
    pub(crate) size: u64,
    /// The type in the words of whoever uploads, which are those that the link is signed for.
    declared: String,
}

/// A file that its sender may send.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Upload {
    pub(crate) id: AttachmentId,
    pub(crate) key: FileKey,
    pub(crate) request: UploadRequest,
}

impl UploadRequest {
    /// Check the limits.
    pub(crate) fn new(filename: &str, content_type: &str, size: i64, most: u64) -> Result<Self, ApiError> {
        let filename = FileName::new(filename)?;
        let printable = |byte: u8| (0x20..0x7f).contains(&byte);
        if content_type.len() > DECLARED || !content_type.bytes().all(printable) {
            return Err(FileRefused::Type.into());
        }
        let known = ContentType::declared(content_type).ok_or(FileRefused::Type)?;
        let size = u64::try_from(size).map_err(|_| Invalid::new("size", Reason::Malformed("0 or more")))?;
        if size > most {
            return Err(FileRefused::TooLarge(most).into());
        }
        let declared = match content_type.trim() {
            "" => known.as_str(),
            said => said,
        };
        Ok(Self {
            filename,
            content_type: known,
            size,
            declared: declared.to_owned(),
        })
    }
}

impl Files {
    /// Where this person may upload this file to, for this dialog.
    pub(crate) async fn presign(
        &self,
        app: &AppId,
        dialog: DialogId,
        user: &UserId,
        request: &UploadRequest,
    ) -> Result<UploadView, ApiError> {
        let key = self.upload_key(app, dialog, user, &chance()?);
        let lifetime = self.0.options.upload_lifetime;
        let upload_url = self
            .0
            .store
            .presign_put(key.as_str(), &request.declared, request.size, lifetime)
            .await?;
        Ok(UploadView {
            upload_url,
            s3_key: key.as_str().to_owned(),
            expires_in: lifetime.as_secs(),
            content_type: request.declared.clone(),
        })
    }

    /// Where this person may upload this file to in parts, for this dialog.
    pub(crate) async fn begin_parts(
        &self,
        app: &AppId,
        dialog: DialogId,
        user: &UserId,
        request: &UploadRequest,
    ) -> Result<UploadPartsView, ApiError> {
        if request.size == 0 {
            return Err(Invalid::new("size", Reason::Malformed("more than 0 for an upload in parts")).into());
        }
        let key = self.upload_key(app, dialog, user, &chance()?);
        let (store, lifetime) = (&self.0.store, self.0.options.upload_lifetime);
        let upload_id = store.begin_parts(key.as_str(), &request.declared).await?;
        let mut part_urls = Vec::new();
        let mut begin = 0;
        while begin < request.size {
            let size = PART.min(request.size - begin);
            let number = i32::try_from(part_urls.len() + 1).unwrap_or(i32::MAX);
            part_urls.push(
                store
                    .presign_part(key.as_str(), &upload_id, number, size, lifetime)
                    .await?,
            );
            begin += size;
        }
        Ok(UploadPartsView {
            s3_key: key.as_str().to_owned(),
            upload_id,
            part_urls,
            part_size: PART,
            expires_in: lifetime.as_secs(),
            content_type: request.declared.clone(),
        })
    }

    /// Put the parts together. A repeat answers as the first time.
    pub(crate) async fn complete_parts(
        &self,
        app: &AppId,
        dialog: DialogId,
        user: &UserId,
        request: &CompleteUpload,
    ) -> Result<CompletedUpload, ApiError> {
        let plausible = |text: &str| {
            !text.is_empty() && text.len() <= 1_024 && text.bytes().all(|byte| byte.is_ascii_graphic())
        };
        if request.etags.is_empty()
            || request.etags.len() > MOST_PARTS
            || !request.etags.iter().all(|etag| plausible(etag))
        {
            return Err(Invalid::new("etags", Reason::Malformed("the ETag of each part")).into());
        }
        if !plausible(&request.upload_id) {
            return Err(Invalid::new("upload_id", Reason::Malformed("as it was told")).into());
        }
        let key = self.made_for(app, dialog, user, &request.s3_key);
        let key = key.ok_or(ApiError::AttachmentNotFound)?;
        let parts: Vec<(i32, String)> = (1..).zip(request.etags.iter().cloned()).collect();
        let completed = self
            .0
            .store
            .complete_parts(key.as_str(), &request.upload_id, &parts)
            .await;
        // Whoever asks again finds the file and not its parts.
        let found = self.0.store.look(key.as_str()).await?;
        match (completed, found) {
            (_, Some(found)) => Ok(CompletedUpload {
                s3_key: request.s3_key.clone(),
                size: found.size,
            }),
            (Err(FileError::Refused(_)), None) => Err(ApiError::NotAsDeclared),
            (Err(error), None) => Err(error.into()),
            (Ok(()), None) => Err(ApiError::AttachmentNotFound),
        }
    }

    /// The files that a message names. A key that was not made for this person and dialog is of no file.
    pub(crate) fn uploads(
        &self,
        app: &AppId,
        dialog: DialogId,
        user: &UserId,
        inputs: &[AttachmentInput],
        most_bytes: u64,
    ) -> Result<Vec<Upload>, ApiError> {
        if inputs.len() > limits::ATTACHMENTS {
            return Err(FileRefused::TooMany.into());
        }
        let mut uploads: Vec<Upload> = Vec::with_capacity(inputs.len());
        for input in inputs {
            let request = UploadRequest::new(&input.filename, &input.content_type, input.size, most_bytes)?;
            let key = self.made_for(app, dialog, user, &input.s3_key);
            let key = key.ok_or(ApiError::AttachmentNotFound)?;
            let id = attachment_id(&key);
            if uploads.iter().any(|other| other.id == id) {
                return Err(Invalid::new("attachments", Reason::Duplicate).into());
            }
            uploads.push(Upload { id, key, request });
        }
        Ok(uploads)
    }

    /// The key, if it was made for this person and dialog.
    fn made_for(&self, app: &AppId, dialog: DialogId, user: &UserId, key: &str) -> Option<FileKey> {
        let chance = key.rsplit('/').next().and_then(|name| name.split('-').next())?;
        let made = self.upload_key(app, dialog, user, chance);
        bool::from(made.as_str().as_bytes().ct_eq(key.as_bytes())).then_some(made)
    }

    fn upload_key(&self, app: &AppId, dialog: DialogId, user: &UserId, chance: &str) -> FileKey {
        let parts = [
            app.as_str().as_bytes(),
            dialog.0.as_bytes().as_slice(),
            user.as_str().as_bytes(),
            chance.as_bytes(),
        ];
        let seal = hex(&self.0.seal.over("upload", &parts));
        FileKey::made(&format!("{app}/uploads/{dialog}/{chance}-{seal}"))
    }
}

/// One upload is one attachment, whoever asks.
fn attachment_id(key: &FileKey) -> AttachmentId {
    let digest = Sha256::new_with_prefix(b"attachment\0")
        .chain_update(key.as_str())
        .finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    // RFC 9562, version 8: made by a rule of one's own.
    AttachmentId(uuid::Builder::from_custom_bytes(bytes).into_uuid())
}

/// Where the bytes of a message lie for good: nobody ever learns the key, or may write there.
pub(super) fn final_key(app: &AppId, dialog: DialogId) -> FileKey {
    let chance = Uuid::new_v4();
    FileKey::made(&format!("{app}/files/{dialog}/{}", chance.simple()))
}

fn chance() -> Result<String, ApiError> {
    let mut chance = [0; CHANCE];
    getrandom::fill(&mut chance).map_err(|_| ApiError::Unexpected("the system has no randomness"))?;
    Ok(hex(&chance))
}

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
            // Writing into a string can not fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}
