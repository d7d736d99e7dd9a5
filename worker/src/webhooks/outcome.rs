use std::time::Duration;

/// The longest that an endpoint may ask to be left alone.
pub(super) const MOST_RETRY_AFTER: Duration = Duration::from_secs(3_600);

/// What became of a try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It wants to be left alone for so long.
    Busy(Duration),
    /// It took the event.
    Delivered,
    /// It did not, and may do so later.
    Failed,
    /// It wants nothing any more.
    Gone,
    /// It says that it never will.
    Rejected,
    /// It did not answer in time, or broke off.
    Silent,
    /// There was no connection: whatever was to be sent, it would not have been.
    Unreachable,
}

/// Judge an answer.
pub(super) fn judge(status: u16, retry_after: Option<Duration>) -> Outcome {
    match (status, retry_after) {
        (200..=299, _) => Outcome::Delivered,
        (410, _) => Outcome::Gone,
        (429 | 503, Some(wait)) => Outcome::Busy(wait.min(MOST_RETRY_AFTER)),
        (408 | 409 | 425 | 429, _) => Outcome::Failed,
        (400..=499, _) => Outcome::Rejected,
        // Redirects, too: nobody follows them, because nobody chose where they lead.
        _ => Outcome::Failed,
    }
}

impl Outcome {
    /// As a word, for metrics and for whoever looks.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Busy(_) => "busy",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
            Self::Gone => "gone",
            Self::Rejected => "rejected",
            Self::Silent => "silent",
            Self::Unreachable => "unreachable",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_judged() {
        let minute = Some(Duration::from_secs(60));
        let wait = Outcome::Busy(Duration::from_secs(60));
        for (status, retry_after, expected) in [
            (200, None, Outcome::Delivered),
            (204, minute, Outcome::Delivered),
            (301, None, Outcome::Failed),
            (308, None, Outcome::Failed),
            (400, None, Outcome::Rejected),
            (404, minute, Outcome::Rejected),
            (408, None, Outcome::Failed),
            (409, None, Outcome::Failed),
            (410, None, Outcome::Gone),
            (425, None, Outcome::Failed),
            (429, None, Outcome::Failed),
            (429, minute, wait),
            (500, minute, Outcome::Failed),
            (503, minute, wait),
            (503, Some(Duration::MAX), Outcome::Busy(MOST_RETRY_AFTER)),
        ] {
            assert_eq!(judge(status, retry_after), expected, "{status}");
        }
    }
}
