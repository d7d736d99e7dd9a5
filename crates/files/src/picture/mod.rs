//! Pictures: how large one is shown, and a small one of it.
//!
//! [`size`] reads a header where it is, without anything of a decoder. A decoder works on what a stranger made to hurt it, so
//! it runs only in a process of its own that may take little and do nothing ([`Pictures`] starts it, [`run_child`] is it).

mod answer;
mod child;
mod directory;
mod error;
mod exif;
mod pictures;
#[cfg(test)]
mod samples;
mod size;
mod thumbnail;

pub use child::run_child;
pub use error::PictureError;
pub use pictures::{PictureOptions, Pictures};
pub use size::{Size, size};
pub use thumbnail::{THUMBNAIL_SIDE, Thumbnail, thumbnail};
