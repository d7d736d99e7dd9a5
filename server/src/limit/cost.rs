use std::num::NonZeroU32;

/// What an expensive read takes from its caller's budget, in units of about a millisecond of the database's work. Reads that cost
/// the same whatever stands in the database take nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cost {
    /// A page around a message: two pages, and where the message stands.
    Around,
    /// A list that matches every dialog against something: its text, or the caller's scopes.
    Matching,
    /// A search in messages.
    Search,
}

impl Cost {
    pub(super) const fn units(self) -> NonZeroU32 {
        let units = match self {
            Self::Around => 2,
            Self::Matching => 5,
            Self::Search => 10,
        };
        NonZeroU32::MIN.saturating_add(units - 1)
    }
}
