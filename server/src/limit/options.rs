use std::num::NonZeroU32;

use super::Rate;

/// How much anybody may ask of this edge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LimitOptions {
    /// Requests of one user.
    pub user: Rate,
    /// What the expensive reads of one user cost, in units of about a millisecond of the database.
    pub cost: Rate,
    /// Messages that are sent to one dialog.
    pub dialog: Rate,
    /// Requests of one app: those of all its users and of its host.
    pub app: Rate,
    /// Requests without a good identity from one address; beyond it they are answered without saying why.
    pub address: Rate,
    /// Handshakes of sockets from one address.
    pub handshake: Rate,
    /// Handshakes of sockets from everywhere.
    pub admission: Rate,
    /// Dialogs that one app creates in a minute.
    pub dialogs_per_minute: NonZeroU32,
    /// Participants of one dialog.
    pub participants: usize,
    /// How many proxies stand before this edge, each of which adds to `X-Forwarded-For` whom it heard; 0: the header says nothing.
    pub trusted_proxies: usize,
}

impl Default for LimitOptions {
    fn default() -> Self {
        Self {
            user: Rate::new(1_000, 2_000),
            cost: Rate::new(500, 5_000),
            dialog: Rate::new(5_000, 10_000),
            app: Rate::new(100_000, 200_000),
            address: Rate::new(50, 200),
            handshake: Rate::new(1_000, 4_000),
            admission: Rate::new(2_000, 4_000),
            dialogs_per_minute: NonZeroU32::MIN.saturating_add(5_999),
            participants: 10_000,
            trusted_proxies: 0,
        }
    }
}
