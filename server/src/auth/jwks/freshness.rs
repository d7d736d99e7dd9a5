use std::time::Duration;

use tokio::time::Instant;

/// How long a document is good that does not say so itself.
const USUAL_AGE: Duration = Duration::from_secs(15 * 60);
/// However short it says that it is good: an address is not asked more often than this.
const LEAST_AGE: Duration = Duration::from_secs(5 * 60);
/// However long it says that it is good: a key that was taken away must end.
const MOST_AGE: Duration = Duration::from_secs(24 * 3_600);
/// How long keys go on after they should have been read again, while the address does not answer.
const STALE: Duration = Duration::from_secs(24 * 3_600);
/// The pause after the first failure; it doubles with each further one …
const FIRST_PAUSE: Duration = Duration::from_secs(5);
/// … up to this.
const LONGEST_PAUSE: Duration = Duration::from_secs(5 * 60);

/// When an address is read next, and until when what it gave last holds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Freshness {
    due: Instant,
    failures: u32,
    /// `None`: nothing was read yet, or all of it has lapsed.
    lapses: Option<Instant>,
}

impl Freshness {
    /// Nothing is known, so it is to be read now.
    pub(super) fn new(now: Instant) -> Self {
        Self {
            due: now,
            failures: 0,
            lapses: None,
        }
    }

    /// It was read, and says how long it is good.
    pub(super) fn was_read(&mut self, now: Instant, max_age: Option<Duration>) {
        self.failures = 0;
        self.due = now + max_age.unwrap_or(USUAL_AGE).clamp(LEAST_AGE, MOST_AGE);
        self.lapses = Some(self.due + STALE);
    }

    /// It could not be read; whether what it gave before has just lapsed.
    pub(super) fn has_failed(&mut self, now: Instant) -> bool {
        let pause = FIRST_PAUSE * 2u32.saturating_pow(self.failures.min(16));
        self.failures = self.failures.saturating_add(1);
        self.due = now + pause.min(LONGEST_PAUSE);
        let lapsed = self.lapses.is_some_and(|lapses| lapses <= now);
        if lapsed {
            self.lapses = None;
        }
        lapsed
    }

    /// When it is to be read next.
    pub(super) fn due(&self) -> Instant {
        self.due
    }
}

/// The `max-age` of a `Cache-Control` header; what must not be kept is as old as can be.
pub(super) fn max_age(cache_control: &str) -> Option<Duration> {
    let mut age = None;
    for directive in cache_control.split(',').map(str::trim) {
        if directive.eq_ignore_ascii_case("no-cache") || directive.eq_ignore_ascii_case("no-store") {
            return Some(Duration::ZERO);
        }
        let Some((name, value)) = directive.split_once('=') else {
            continue;
        };
        if name.trim().eq_ignore_ascii_case("max-age") {
            let seconds = value.trim().trim_matches('"').parse().ok();
            age = age.or(seconds.map(Duration::from_secs));
        }
    }
    age
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_read_again_within_bounds() {
        let now = Instant::now();
        let next = |max_age| {
            let mut freshness = Freshness::new(now);
            freshness.was_read(now, max_age);
            freshness.due() - now
        };
        assert_eq!(next(None), USUAL_AGE);
        assert_eq!(next(Some(Duration::ZERO)), LEAST_AGE);
        assert_eq!(next(Some(Duration::from_secs(3_600))), Duration::from_secs(3_600));
        assert_eq!(next(Some(Duration::MAX)), MOST_AGE);
    }

    #[test]
    fn after_a_failure_the_pauses_grow_up_to_five_minutes() {
        let now = Instant::now();
        let mut freshness = Freshness::new(now);
        let pauses: Vec<u64> = (0..9)
            .map(|_| {
                freshness.has_failed(now);
                (freshness.due() - now).as_secs()
            })
            .collect();
        assert_eq!(pauses, [5, 10, 20, 40, 80, 160, 300, 300, 300]);
        freshness.was_read(now, None);
        freshness.has_failed(now);
        assert_eq!(freshness.due() - now, FIRST_PAUSE);
    }

    #[test]
    fn keys_lapse_a_day_after_they_should_have_been_read_again() {
        let now = Instant::now();
        let mut freshness = Freshness::new(now);
        freshness.was_read(now, None);
        let end = now + USUAL_AGE + STALE;
        assert!(!freshness.has_failed(end - Duration::from_secs(1)));
        assert!(freshness.has_failed(end));
        assert!(!freshness.has_failed(end + LONGEST_PAUSE), "once only");
    }

    #[test]
    fn cache_control_is_read_as_far_as_it_concerns_us() {
        let seconds = |header| max_age(header).map(|age| age.as_secs());
        assert_eq!(seconds("public, max-age=3600, must-revalidate"), Some(3_600));
        assert_eq!(seconds("Max-Age=\"60\""), Some(60));
        assert_eq!(seconds("max-age=60, no-store"), Some(0));
        for nothing in ["", "public", "max-age", "max-age=-1", "max-age=x", "s-maxage=9"] {
            assert_eq!(seconds(nothing), None, "{nothing}");
        }
    }
}
