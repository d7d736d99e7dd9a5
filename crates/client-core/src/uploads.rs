//! How files that were uploaded are read: of a size that is a count of bytes. Read as the protocol has it, as a number of either sign,
//! it would bring all that reads numbers with fractions into the program for pages.

use mtchat_protocol::AttachmentInput;
use serde::{Deserialize, Deserializer};

#[derive(Deserialize)]
struct Upload {
    s3_key: String,
    filename: String,
    #[serde(default)]
    content_type: String,
    size: u64,
}

pub(crate) fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<AttachmentInput>, D::Error> {
    let uploads = Vec::<Upload>::deserialize(deserializer)?;
    Ok(uploads.into_iter().map(AttachmentInput::from).collect())
}

impl From<Upload> for AttachmentInput {
    fn from(upload: Upload) -> Self {
        Self {
            s3_key: upload.s3_key,
            filename: upload.filename,
            content_type: upload.content_type,
            // More than any file has.
            size: i64::try_from(upload.size).unwrap_or(i64::MAX),
        }
    }
}
