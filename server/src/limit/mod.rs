//! How much anybody may ask for: token buckets of users, dialogs, apps and addresses, and what expensive reads cost. Each edge counts by itself.

mod address;
mod buckets;
mod cost;
mod excess;
mod limits;
mod options;
mod own;
mod rate;

pub use address::Peer;
pub use cost::Cost;
pub use excess::{Counted, Excess};
pub use limits::Limits;
pub use options::LimitOptions;
pub use own::OwnLimits;
pub use rate::Rate;

pub(crate) use address::address;
