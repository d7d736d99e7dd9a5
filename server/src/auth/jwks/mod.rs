//! Keys that an app publishes at an address (RFC 7517), which an operator set. Nothing that a token says names an address: its `kid`
//! picks among keys that are known, and an unknown one makes the pinned addresses be read again, within bounds.
//!
//! Whoever verifies a token looks into an [`Index`] in memory. A task for each address reads it in the background, so a slow or
//! broken one costs nobody anything but its own keys, and those only after a day.

mod address;
mod client;
mod document;
mod error;
mod freshness;
mod index;
mod published;
mod source;

pub use address::{JwksUrl, NotAJwksUrl};

pub(super) use document::PublishedKey;
pub(super) use index::Index;
pub(super) use published::{Followed, Published};
