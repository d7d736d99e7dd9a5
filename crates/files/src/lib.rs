//! Attachments' bytes: where they are kept, what they really are, and their thumbnails.
//!
//! Bytes go between browsers and an S3-compatible store directly, by signed links ([`FileStore`]); edges look at what has
//! arrived and never carry it. Nothing here knows dialogs: a key is a string, and who may have a link is decided above.

mod disposition;
mod error;
mod options;
mod percent;
mod picture;
mod sniff;
mod store;

pub use disposition::Shown;
pub use error::FileError;
pub use options::{FileOptions, FileOptionsError};
pub use picture::{
    PictureError, PictureOptions, Pictures, Size, THUMBNAIL_SIDE, Thumbnail, run_child, size, thumbnail,
};
pub use sniff::{SNIFFED, is_what_it_says};
pub use store::{FileStore, Found, Listed, Unfinished};
