use std::time::Duration;

use fastrand::Rng;

/// Waits that grow, each a random part of the whole («full jitter»), so that a herd of clients does not come back together.
#[derive(Debug, Clone, Default)]
pub(crate) struct Backoff {
    failures: u32,
}

/// The longest first wait, and the longest of all.
const FIRST: Duration = Duration::from_millis(500);
const LONGEST: Duration = Duration::from_secs(30);

impl Backoff {
    /// How long to wait after one more failure.
    pub(crate) fn next(&mut self, rng: &mut Rng) -> Duration {
        let whole = FIRST
            .saturating_mul(1 << self.failures.min(16))
            .min(LONGEST)
            .as_millis();
        self.failures = self.failures.saturating_add(1);
        Duration::from_millis(rng.u64(..=u64::try_from(whole).unwrap_or(u64::MAX)))
    }

    /// All is well again.
    pub(crate) fn reset(&mut self) {
        self.failures = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_a_bound_and_are_spread() {
        let mut rng = Rng::with_seed(7);
        let mut longest = [Duration::ZERO; 12];
        for _ in 0..500 {
            let mut backoff = Backoff::default();
            for (wait, most) in (0..12).map(|_| backoff.next(&mut rng)).zip(&mut longest) {
                *most = wait.max(*most);
            }
        }
        assert!(longest[0] <= FIRST && longest[0] > FIRST / 2);
        assert!(longest[11] <= LONGEST && longest[11] > LONGEST / 2);
        assert!(longest.windows(2).all(|pair| pair[0] <= pair[1] + LONGEST / 5));
    }
}
