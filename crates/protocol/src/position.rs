use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::{Invalid, Reason};

/// A log with its projector, fan-out and watermark. One shard is the default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ShardId(pub u16);

impl fmt::Display for ShardId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Where a fact stands in its shard's log. As a header (`Mtchat-Position`): `<shard>-<log sequence>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The shard.
    pub shard: ShardId,
    /// The log's sequence.
    pub log_seq: u64,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.shard, self.log_seq)
    }
}

impl FromStr for Position {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let malformed = || {
            Invalid::new(
                "Mtchat-Position",
                Reason::Malformed("a position that this server gave"),
            )
        };
        let (shard, log_seq) = text.split_once('-').ok_or_else(malformed)?;
        Ok(Self {
            shard: ShardId(number(shard).ok_or_else(malformed)?),
            log_seq: number(log_seq).ok_or_else(malformed)?,
        })
    }
}

/// How far a connection has been served: the log sequence of every shard, in shard order.
///
/// A string on the wire (`"4711"`, `"4711,88"`), opaque to clients: they keep the newest and give it back.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Positions(pub Vec<u64>);

impl fmt::Display for Positions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, log_seq) in self.0.iter().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            write!(f, "{comma}{log_seq}")?;
        }
        Ok(())
    }
}

impl FromStr for Positions {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let malformed = || Invalid::new("pos", Reason::Malformed("a position that this server gave"));
        if text.len() > 1_024 {
            return Err(malformed());
        }
        text.split(',')
            .map(|part| number(part).ok_or_else(malformed))
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

impl Serialize for Positions {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Positions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'_, str>::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

/// One unbroken life of the log. It changes when the log lost facts that had been acknowledged, and then
/// every client starts afresh. Opaque to clients.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Epoch(pub String);

impl fmt::Display for Epoch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Plain decimal digits only: `u64::from_str` would take a leading plus sign.
fn number<T: FromStr>(digits: &str) -> Option<T> {
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forged_positions_are_refused() {
        for bad in [
            "",
            "-",
            "1",
            "1-",
            "-1",
            "1--2",
            "+1-2",
            "0-18446744073709551616",
            "a-b",
            "70000-1",
        ] {
            assert!(bad.parse::<Position>().is_err(), "{bad:?} was taken");
        }
        for bad in ["", ",", "1,", "-1", "1 ,2", "0x1"] {
            assert!(bad.parse::<Positions>().is_err(), "{bad:?} was taken");
        }
        assert_eq!("0-42".parse::<Position>().unwrap().to_string(), "0-42");
        assert_eq!("4,7".parse::<Positions>().unwrap().to_string(), "4,7");
    }
}
