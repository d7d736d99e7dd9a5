use serde::{Deserialize, Serialize};

use crate::{Timestamp, UserId};

/// How far the erasure of a person is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ErasureView {
    /// Who is forgotten. The id itself is the host's and stays, where the order of things needs one.
    pub user_id: UserId,
    /// When the host asked.
    pub requested_at: Timestamp,
    /// When it was done; `null` while it goes on.
    pub finished_at: Option<Timestamp>,
    /// How many dialogs the person was taken out of, or had been in.
    pub dialogs: u64,
    /// How many of their messages were deleted.
    pub messages: u64,
    /// How many facts of the log were overwritten.
    pub facts: u64,
    /// Storage keys of the person's files that are still there and are to be deleted, at most a thousand.
    pub files: Vec<String>,
}
