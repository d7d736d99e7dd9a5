use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use time::{OffsetDateTime, UtcOffset, format_description::well_known::Rfc3339};

/// A moment in UTC with microsecond precision (what Postgres keeps); RFC 3339 on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// From microseconds since the Unix epoch.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds since the Unix epoch.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// The system's clock.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn now() -> Self {
        Self::from_offset(OffsetDateTime::now_utc())
    }

    /// From a date and time with any offset.
    pub fn from_offset(at: OffsetDateTime) -> Self {
        let micros = at.unix_timestamp_nanos() / 1_000;
        Self(i64::try_from(micros).unwrap_or(i64::MAX))
    }

    /// As a date and time in UTC; moments outside the calendar (±9999 years) become the epoch.
    pub fn to_offset(self) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0) * 1_000)
            .unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = self.to_offset();
        let (date, time) = (at.date(), at.time());
        let (month, micro) = (u8::from(date.month()), time.microsecond());
        write!(f, "{:04}-{month:02}-{:02}T", date.year(), date.day())?;
        write!(
            f,
            "{:02}:{:02}:{:02}.{micro:06}Z",
            time.hour(),
            time.minute(),
            time.second()
        )
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = Timestamp;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a date and time after RFC 3339")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Timestamp, E> {
                let at = OffsetDateTime::parse(text, &Rfc3339).map_err(E::custom)?;
                Ok(Timestamp::from_offset(at.to_offset(UtcOffset::UTC)))
            }
        }
        deserializer.deserialize_str(Visitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_survives_the_wire() {
        let at = Timestamp::from_micros(1_764_000_000_000_042);
        let json = serde_json::to_string(&at).unwrap();
        assert_eq!(json, "\"2025-11-24T16:00:00.000042Z\"");
        assert_eq!(serde_json::from_str::<Timestamp>(&json).unwrap(), at);
    }

    #[test]
    fn other_offsets_are_read_as_utc() {
        let at: Timestamp = serde_json::from_str("\"2025-11-24T19:00:00+03:00\"").unwrap();
        assert_eq!(at.to_string(), "2025-11-24T16:00:00.000000Z");
    }
}
