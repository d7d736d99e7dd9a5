use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{AttachmentId, ContentType, DialogId, FileKey, FileName};

/// A file of a message, as the log has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Attachment {
    /// The attachment; follows from the upload, so that one upload is one attachment.
    pub id: AttachmentId,
    /// What it is called.
    pub filename: FileName,
    /// What it is; its first bytes were compared with that.
    pub content_type: ContentType,
    /// How many bytes.
    pub size: u64,
    /// Pixels from left to right, as it is shown; only of pictures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    /// Pixels from top to bottom, as it is shown; only of pictures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
    /// Whether there is a thumbnail.
    #[serde(default, skip_serializing_if = "Thumbnail::is_none")]
    pub thumbnail: Thumbnail,
    /// Where the bytes lie; nobody but servers can write there.
    pub key: FileKey,
    /// Where they were uploaded to.
    pub upload: FileKey,
}

impl Attachment {
    /// As readers see it, without links.
    pub fn view(&self) -> AttachmentView {
        AttachmentView {
            id: self.id,
            filename: self.filename.clone(),
            content_type: self.content_type,
            size: self.size,
            width: self.width,
            height: self.height,
            url: None,
            thumbnail_url: None,
            thumbnail: self.thumbnail,
        }
    }
}

/// A file of a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AttachmentView {
    /// The attachment.
    pub id: AttachmentId,
    /// What it is called.
    pub filename: FileName,
    /// What it is.
    pub content_type: ContentType,
    /// How many bytes.
    pub size: u64,
    /// Pixels from left to right; only of pictures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    /// Pixels from top to bottom; only of pictures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
    /// Where the bytes are for a while, also for a page without headers. `GET /attachments/{id}/url` gives a fresh one. Absent where
    /// there is no reader to make it for, and while files are switched off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The same for a small picture of it; only of pictures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thumbnail_url: Option<String>,
    /// Not on the wire: whoever makes links needs to know whether there is a thumbnail.
    #[serde(skip)]
    #[cfg_attr(feature = "ts", ts(skip))]
    pub thumbnail: Thumbnail,
}

/// The small picture of a picture.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Thumbnail {
    /// The picture itself is small enough.
    Itself,
    /// A JPEG beside it.
    Jpeg,
    /// There is none.
    #[default]
    None,
    /// A PNG beside it.
    Png,
}

impl Thumbnail {
    /// Whether there is none.
    pub fn is_none(&self) -> bool {
        *self == Self::None
    }

    /// What it is, when it lies beside the picture.
    pub fn content_type(self) -> Option<&'static str> {
        match self {
            Self::Itself | Self::None => None,
            Self::Jpeg => Some("image/jpeg"),
            Self::Png => Some("image/png"),
        }
    }
}

/// A file that was uploaded, as the sender of a message names it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AttachmentInput {
    /// The key that the upload was given.
    pub s3_key: String,
    /// What it is called.
    pub filename: String,
    /// What it is, as it was declared for the upload.
    #[serde(default)]
    pub content_type: String,
    /// How many bytes, as they were declared for the upload.
    pub size: i64,
}

impl fmt::Debug for AttachmentInput {
    // Names and keys never reach a log by accident.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AttachmentInput({:?}, {} bytes)", self.content_type, self.size)
    }
}

/// Body of `POST /upload/presign`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PresignUpload {
    /// The dialog that the file is for.
    pub dialog_id: DialogId,
    /// What it is called.
    pub filename: String,
    /// What it is; empty when that is not known.
    #[serde(default)]
    pub content_type: String,
    /// How many bytes.
    pub size: i64,
}

/// Where to upload a file to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UploadView {
    /// `PUT` the bytes here, exactly as many as declared, with the `Content-Type` in `content_type`.
    pub upload_url: String,
    /// Names the upload when the message is sent.
    pub s3_key: String,
    /// How long the link lives, in seconds.
    pub expires_in: u64,
    /// The `Content-Type` that the link is signed for: what was declared, `application/octet-stream` for nothing.
    pub content_type: String,
}

/// Links to a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AttachmentLinks {
    /// To the file.
    pub url: String,
    /// To a small picture of it; null when there is none.
    pub thumbnail_url: Option<String>,
    /// How long they live, in seconds. They end with the reader's access to the dialog.
    pub expires_in: u64,
}

/// Where to upload a large file to, in parts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UploadPartsView {
    /// Names the upload when the message is sent.
    pub s3_key: String,
    /// Names it while it is uploaded.
    pub upload_id: String,
    /// `PUT` each part to its link, in any order, side by side, and again after a failure. Every part but the last is of `part_size`.
    pub part_urls: Vec<String>,
    /// How many bytes a part has.
    pub part_size: u64,
    /// How long the links live, in seconds.
    pub expires_in: u64,
    /// The type that the file will have.
    pub content_type: String,
}

/// Body of `POST /upload/complete`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CompleteUpload {
    /// The dialog that the file is for.
    pub dialog_id: DialogId,
    /// As it was told when the upload began.
    pub s3_key: String,
    /// As it was told when the upload began.
    pub upload_id: String,
    /// `ETag` of each part, as the store answered, in the order of the parts.
    pub etags: Vec<String>,
}

/// What an upload in parts has become.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CompletedUpload {
    /// Names the upload when the message is sent.
    pub s3_key: String,
    /// How many bytes it has.
    pub size: u64,
}
