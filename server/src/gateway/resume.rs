use mtchat_protocol::{Epoch, Positions};

/// How far a position may be ahead of this edge. An edge may lag a little behind the one that the client came from; more is a
/// position that nobody gave.
const MOST_AHEAD: u64 = 100_000;

/// Where a client says that it stood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ResumePoint {
    epoch: Option<Epoch>,
    positions: Option<Positions>,
}

/// How a connection continues, for the metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Resumption {
    /// It asked for nothing.
    Fresh,
    /// It is too far back, or of another epoch: the client reloads.
    Lost,
    /// Everything missed follows.
    Recovered,
}

impl ResumePoint {
    /// A point of a well-formed frame.
    pub(crate) fn new(epoch: Epoch, positions: Positions) -> Self {
        Self {
            epoch: Some(epoch),
            positions: Some(positions),
        }
    }

    /// From the handshake's query. `None` when it does not ask to resume; what is malformed or half given is a point that can
    /// not be reached, never an error: the client reloads.
    pub(crate) fn parse(epoch: Option<&str>, pos: Option<&str>) -> Option<Self> {
        if epoch.is_none() && pos.is_none() {
            return None;
        }
        let positions = pos.and_then(|text| text.parse().ok());
        Some(Self {
            epoch: epoch.map(|text| Epoch(text.to_owned())),
            positions,
        })
    }

    /// A point that can not be reached.
    pub(crate) fn unreachable() -> Self {
        Self {
            epoch: None,
            positions: None,
        }
    }

    /// The log sequence to continue after, when everything since is known here.
    pub(crate) fn within(&self, epoch: &Epoch, floor: u64, last: u64) -> Option<u64> {
        if self.epoch.as_ref() != Some(epoch) {
            return None;
        }
        let [after] = *self.positions.as_ref()?.0.as_slice() else {
            return None;
        };
        (floor..=last.saturating_add(MOST_AHEAD))
            .contains(&after)
            .then_some(after)
    }
}

impl Resumption {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Fresh => "fresh",
            Self::Lost => "lost",
            Self::Recovered => "recovered",
        }
    }

    /// As the frames tell it.
    pub(crate) fn recovered(self) -> Option<bool> {
        match self {
            Self::Fresh => None,
            Self::Lost => Some(false),
            Self::Recovered => Some(true),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn within(epoch: &str, pos: &str) -> Option<u64> {
        ResumePoint::parse(Some(epoch), Some(pos))
            .unwrap()
            .within(&Epoch("e".to_owned()), 100, 200)
    }

    #[test]
    fn a_point_in_the_ring_or_a_little_ahead_is_reached() {
        assert_eq!(within("e", "100"), Some(100));
        assert_eq!(within("e", "200"), Some(200));
        assert_eq!(within("e", "100200"), Some(100_200));
    }

    #[test]
    fn a_point_before_the_ring_of_another_epoch_or_absurdly_ahead_is_not() {
        for (epoch, pos) in [
            ("e", "99"),
            ("f", "150"),
            ("", "150"),
            ("e", "100201"),
            ("e", "18446744073709551615"),
        ] {
            assert_eq!(within(epoch, pos), None, "{epoch} {pos}");
        }
    }

    #[test]
    fn a_malformed_point_is_one_that_can_not_be_reached() {
        for pos in ["", "-1", "1e9", "150,150", "150 ", "x", "99999999999999999999"] {
            assert_eq!(within("e", pos), None, "{pos}");
        }
        assert_eq!(
            ResumePoint::parse(None, Some("150"))
                .unwrap()
                .within(&Epoch("e".to_owned()), 100, 200),
            None
        );
        assert_eq!(ResumePoint::parse(None, None), None);
    }
}
