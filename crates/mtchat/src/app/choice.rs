use std::{fmt, num::NonZeroU32, str::FromStr};

use mtchat_storage::StoredRate;

/// The word that takes what an app has of its own back.
const DEFAULT: &str = "default";

/// Something of an app's own, or what is configured for all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Choice<T> {
    Configured,
    Own(T),
}

impl<T> Choice<T> {
    /// What is to be stored.
    pub(super) fn own(self) -> Option<T> {
        match self {
            Self::Configured => None,
            Self::Own(own) => Some(own),
        }
    }
}

impl<T: FromStr> FromStr for Choice<T> {
    type Err = T::Err;

    fn from_str(text: &str) -> Result<Self, T::Err> {
        if text == DEFAULT {
            return Ok(Self::Configured);
        }
        text.parse().map(Self::Own)
    }
}

/// A rate as `RPS:BURST`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct RateText(pub(super) StoredRate);

/// Text that is no rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a rate is two whole numbers, at least 1, like 50:100")]
pub(super) struct NotARate;

impl FromStr for RateText {
    type Err = NotARate;

    fn from_str(text: &str) -> Result<Self, NotARate> {
        let number = |text: &str| text.parse::<NonZeroU32>().map_err(|_| NotARate);
        let (per_second, burst) = text.split_once(':').ok_or(NotARate)?;
        Ok(Self(StoredRate {
            per_second: number(per_second)?,
            burst: number(burst)?,
        }))
    }
}

impl fmt::Display for RateText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.0.per_second, self.0.burst)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_read_as_it_is_shown() {
        let rate: Choice<RateText> = "50:100".parse().unwrap();
        assert_eq!(rate.own().unwrap().to_string(), "50:100");
        assert_eq!("default".parse::<Choice<RateText>>().unwrap().own(), None);
        for wrong in ["", "50", "0:1", "1:0", "1:2:3", "a:b", " 1:2"] {
            assert_eq!(wrong.parse::<Choice<RateText>>(), Err(NotARate), "{wrong}");
        }
    }
}
