use mtchat_protocol::Epoch;

use super::{connection::Owner, hub::Hub, roster::Changed};

/// For those who remember something of a user and want to know whether it still holds.
impl Hub {
    /// Of which dialogs a user was told something after a point of an epoch; `None`: that is not known completely.
    pub(crate) fn changed_since(&self, owner: &Owner, epoch: &Epoch, after: u64) -> Option<Changed> {
        self.roster().changed_since(owner, epoch, after)
    }

    /// The log's life that the live path tells of.
    pub(crate) fn epoch(&self) -> Option<Epoch> {
        self.roster().epoch().cloned()
    }
}
