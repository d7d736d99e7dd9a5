use std::time::Duration;

use serde::{Deserialize, Deserializer};

/// For fields whose name ends in `_secs`.
pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    u64::deserialize(deserializer).map(Duration::from_secs)
}
