use super::{FileStore, LARGEST_PAGE};
use crate::FileError;

/// An object of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its key.
    pub key: String,
    /// Its length in bytes.
    pub size: u64,
    /// When it was written, in seconds of Unix time.
    pub modified_secs: i64,
}

impl FileStore {
    /// The next objects whose keys begin so, in the order of their keys, behind the key `after`: at most `most`, and at most
    /// a thousand. Fewer than that are the last.
    pub async fn list(&self, prefix: &str, after: Option<&str>, most: u32) -> Result<Vec<Listed>, FileError> {
        let most = most.min(LARGEST_PAGE);
        if most == 0 {
            return Ok(Vec::new());
        }
        self.ask("list", self.page(prefix, after, most)).await
    }

    async fn page(&self, prefix: &str, after: Option<&str>, most: u32) -> Result<Vec<Listed>, FileError> {
        let request = self
            .client()
            .list_objects_v2()
            .bucket(self.bucket())
            .prefix(prefix);
        let request = request
            .set_start_after(after.map(str::to_owned))
            .max_keys(most.cast_signed());
        let page = request.send().await?;
        page.contents().iter().map(listed).collect()
    }
}

fn listed(object: &aws_sdk_s3::types::Object) -> Result<Listed, FileError> {
    let (Some(key), Some(modified)) = (object.key(), object.last_modified()) else {
        // Without its date an object would pass for an old one, and old ones are swept.
        return Err(FileError::unavailable("a list that can not be read"));
    };
    Ok(Listed {
        key: key.to_owned(),
        size: u64::try_from(object.size().unwrap_or_default()).unwrap_or_default(),
        modified_secs: modified.secs(),
    })
}
