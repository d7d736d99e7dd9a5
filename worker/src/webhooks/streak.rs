use std::time::Duration;

use mtchat_protocol::Timestamp;

use super::pace::between;

/// Failures further apart than that are not one time of trouble: nobody was asked in between.
const QUIET: Duration = Duration::from_secs(24 * 3_600);

/// Since when an endpoint takes nothing although it is asked.
#[derive(Debug)]
pub(super) struct Streak {
    since: Option<Timestamp>,
    last: Option<Timestamp>,
    most: Duration,
}

/// What a try changes in that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    /// It takes nothing from this moment on.
    Began(Timestamp),
    /// It takes something again.
    Ended,
    /// It has taken nothing since then, which is too long.
    Lasts(Timestamp),
    /// Nothing.
    Same,
}

impl Streak {
    /// As it was written down.
    pub(super) fn new(since: Option<Timestamp>, most: Duration) -> Self {
        Self {
            since,
            last: None,
            most,
        }
    }

    /// Since when it takes nothing.
    pub(super) fn since(&self) -> Option<Timestamp> {
        self.since
    }

    /// Learn what became of a try.
    pub(super) fn after(&mut self, now: Timestamp, delivered: bool) -> Turn {
        if delivered {
            self.last = None;
            return self.since.take().map_or(Turn::Same, |_| Turn::Ended);
        }
        let quiet = self
            .last
            .replace(now)
            .is_some_and(|last| between(last, now) > QUIET);
        match self.since {
            Some(since) if !quiet && between(since, now) >= self.most => Turn::Lasts(since),
            Some(_) if !quiet => Turn::Same,
            Some(_) | None => {
                self.since = Some(now);
                Turn::Began(now)
            }
        }
    }
}

/// For whoever is told of it.
pub(super) fn reason(most: Duration) -> String {
    let days = most.as_secs() / (24 * 3_600);
    match days {
        0 => format!("nothing was taken for {} s", most.as_secs()),
        1 => "nothing was taken for a day".to_owned(),
        _ => format!("nothing was taken for {days} days"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::webhooks::pace::later;

    const NOW: Timestamp = Timestamp::from_micros(1_000_000_000_000);
    const HOUR: u64 = 3_600;
    const FIVE_DAYS: Duration = Duration::from_secs(5 * 24 * HOUR);

    fn after_hours(hours: u64) -> Timestamp {
        later(NOW, Duration::from_secs(hours * HOUR))
    }

    #[test]
    fn five_days_of_nothing_but_failures_are_too_long() {
        let mut streak = Streak::new(None, FIVE_DAYS);
        assert_eq!(streak.after(NOW, false), Turn::Began(NOW));
        for hours in (4..120).step_by(4) {
            assert_eq!(streak.after(after_hours(hours), false), Turn::Same);
        }
        assert_eq!(streak.after(after_hours(120), false), Turn::Lasts(NOW));
        let mut resumed = Streak::new(Some(NOW), FIVE_DAYS);
        assert_eq!(resumed.after(after_hours(120), false), Turn::Lasts(NOW));
    }

    #[test]
    fn one_success_begins_it_anew_and_is_told_once() {
        let mut streak = Streak::new(Some(NOW), FIVE_DAYS);
        assert_eq!(streak.after(after_hours(1), true), Turn::Ended);
        assert_eq!(streak.after(after_hours(2), true), Turn::Same);
        let later = after_hours(119);
        assert_eq!(streak.after(later, false), Turn::Began(later));
        assert_eq!(streak.since(), Some(later));
    }

    #[test]
    fn who_is_hardly_ever_asked_is_not_switched_off_for_two_failures() {
        let mut streak = Streak::new(None, FIVE_DAYS);
        streak.after(NOW, false);
        let much_later = after_hours(200);
        assert_eq!(streak.after(much_later, false), Turn::Began(much_later));
    }

    #[test]
    fn the_reason_says_how_long() {
        assert_eq!(reason(FIVE_DAYS), "nothing was taken for 5 days");
        assert_eq!(reason(Duration::from_secs(3)), "nothing was taken for 3 s");
    }
}
