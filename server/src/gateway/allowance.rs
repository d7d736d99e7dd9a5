/// How much of something may happen: a burst, refilled over time. In the hub's seconds, so it costs no timer and no clock.
#[derive(Debug)]
pub(crate) struct Allowance {
    left: u32,
    refilled: u32,
}

impl Allowance {
    pub(crate) fn new(burst: u32, now: u32) -> Self {
        Self {
            left: burst,
            refilled: now,
        }
    }

    /// Whether one more is allowed.
    pub(crate) fn take(&mut self, now: u32, burst: u32, per_second: u32) -> bool {
        let more = now.saturating_sub(self.refilled).saturating_mul(per_second);
        self.left = self.left.saturating_add(more).min(burst);
        self.refilled = now;
        if self.left == 0 {
            return false;
        }
        self.left -= 1;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_allowed_and_then_the_rate() {
        let mut allowance = Allowance::new(3, 0);
        let mut take = |now| allowance.take(now, 3, 2);
        assert_eq!([take(0), take(0), take(0), take(0)], [true, true, true, false]);
        assert_eq!([take(1), take(1), take(1)], [true, true, false]);
        assert_eq!(
            [take(100), take(100), take(100), take(100)],
            [true, true, true, false]
        );
    }
}
