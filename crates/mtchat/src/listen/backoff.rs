use std::time::Duration;

const FIRST: Duration = Duration::from_millis(200);
const LONGEST: Duration = Duration::from_secs(10);

/// The wait before the next connection: any part of a time that doubles with each failure.
#[derive(Debug, Default)]
pub(super) struct Backoff {
    failures: u32,
}

impl Backoff {
    /// The next wait; `share` is in 0..1.
    pub(super) fn delay(&mut self, share: f64) -> Duration {
        let whole = FIRST.saturating_mul(1 << self.failures.min(16)).min(LONGEST);
        self.failures = self.failures.saturating_add(1);
        whole.mul_f64(share)
    }

    /// It went well.
    pub(super) fn reset(&mut self) {
        self.failures = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_up_to_a_bound_and_begin_anew() {
        let mut backoff = Backoff::default();
        assert_eq!(backoff.delay(1.0), FIRST);
        assert_eq!(backoff.delay(0.5), FIRST);
        assert_eq!(backoff.delay(0.0), Duration::ZERO);
        for _ in 0..100 {
            assert!(backoff.delay(1.0) <= LONGEST);
        }
        backoff.reset();
        assert_eq!(backoff.delay(1.0), FIRST);
    }
}
