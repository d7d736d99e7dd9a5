use std::time::Duration;

/// Growing, jittered delays between tries of the same thing.
#[derive(Debug, Clone)]
pub(crate) struct Backoff {
    first: Duration,
    most: Duration,
    failures: u32,
}

impl Backoff {
    /// Between tries at the database.
    pub(crate) fn database() -> Self {
        Self::new(Duration::from_millis(20), Duration::from_secs(2))
    }

    /// Between starts of a role.
    pub(crate) fn restart() -> Self {
        Self::new(Duration::from_millis(50), Duration::from_secs(2))
    }

    /// Between beginnings of telling an endpoint.
    pub(crate) fn endpoint() -> Self {
        Self::new(Duration::from_millis(50), Duration::from_secs(30))
    }

    fn new(first: Duration, most: Duration) -> Self {
        Self {
            first,
            most,
            failures: 0,
        }
    }

    /// One more failure: how long to wait now.
    pub(crate) fn next(&mut self) -> Duration {
        let delay = delay(self.first, self.most, self.failures, fastrand::f64());
        self.failures = self.failures.saturating_add(1);
        delay
    }

    /// It went well: begin with the shortest delay again.
    pub(crate) fn reset(&mut self) {
        self.failures = 0;
    }

    /// How often it failed in a row.
    pub(crate) fn failures(&self) -> u32 {
        self.failures
    }
}

/// Doubled with each failure up to `most`; between its half and the whole of it, so that workers which failed together do not
/// come back together. `share` is in 0..1.
fn delay(first: Duration, most: Duration, failures: u32, share: f64) -> Duration {
    let whole = first.saturating_mul(1 << failures.min(16)).min(most);
    whole.mul_f64(0.5 + share / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: Duration = Duration::from_millis(20);
    const MOST: Duration = Duration::from_secs(2);

    #[test]
    fn delays_grow_and_are_bounded() {
        assert_eq!(delay(FIRST, MOST, 0, 0.0), FIRST / 2);
        assert_eq!(delay(FIRST, MOST, 3, 0.0), FIRST * 4);
        for failures in [7, 16, 17, u32::MAX] {
            assert_eq!(delay(FIRST, MOST, failures, 0.0), MOST / 2);
            assert!(delay(FIRST, MOST, failures, 0.999) <= MOST);
        }
    }

    #[test]
    fn success_brings_the_shortest_delay_back() {
        let mut backoff = Backoff::new(FIRST, MOST);
        for _ in 0..20 {
            assert!(backoff.next() <= MOST);
        }
        backoff.reset();
        assert!(backoff.next() <= FIRST);
        assert_eq!(backoff.failures(), 1);
    }
}
