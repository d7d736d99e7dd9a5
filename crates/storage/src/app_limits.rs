use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};

/// How much an app and its users may ask of an edge; `None`: as configured for all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct StoredLimits {
    /// Requests of all its users and of its host.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app: Option<StoredRate>,
    /// Requests of each of its users.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<StoredRate>,
    /// Its open sockets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sockets: Option<NonZeroU32>,
    /// Dialogs that it creates in a minute.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dialogs_per_minute: Option<NonZeroU32>,
    /// Participants of one of its dialogs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub participants: Option<NonZeroU32>,
    /// Bytes of one of its files.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_bytes: Option<NonZeroU32>,
}

/// How often something may happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredRate {
    /// A second, over time.
    pub per_second: NonZeroU32,
    /// At once.
    pub burst: NonZeroU32,
}
