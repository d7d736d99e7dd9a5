use mtchat_protocol::{Fact, UserId};

use crate::Projection;

/// What came of applying a batch.
#[derive(Debug, Clone, PartialEq)]
pub struct Applied {
    /// Where the projection stands now.
    pub projection: Projection,
    /// For whom messages brought dialogs back.
    pub unarchived: Vec<Unarchived>,
}

/// Those for whom a dialog is not archived any more.
#[derive(Debug, Clone, PartialEq)]
pub struct Unarchived {
    /// The last fact of the dialog in the batch.
    pub cause: Fact,
    /// For whom.
    pub users: Vec<UserId>,
}
