use std::num::NonZeroU32;

use governor::{
    Quota, RateLimiter,
    clock::{Clock, DefaultClock},
    middleware::NoOpMiddleware,
    state::keyed::DashMapStateStore,
};

use super::{Counted, Excess, Rate};

/// Token buckets of one size, one for each key. A bucket that is full again is forgotten by [`Buckets::tidy`], so what is kept is
/// bounded by what came in lately.
pub(super) struct Buckets<C: Clock = DefaultClock> {
    of: Counted,
    burst: u32,
    clock: C,
    limiter: RateLimiter<u64, DashMapStateStore<u64>, C, NoOpMiddleware<C::Instant>>,
}

impl Buckets {
    /// Full buckets of this rate.
    pub(super) fn new(of: Counted, rate: Rate) -> Self {
        let quota = Quota::per_second(rate.per_second).allow_burst(rate.burst);
        Self::with_clock(of, quota, DefaultClock::default())
    }
}

impl<C: Clock + Clone> Buckets<C> {
    pub(super) fn with_clock(of: Counted, quota: Quota, clock: C) -> Self {
        Self {
            of,
            burst: quota.burst_size().get(),
            limiter: RateLimiter::dashmap_with_clock(quota, clock.clone()),
            clock,
        }
    }

    /// Take one out of a key's bucket.
    pub(super) fn take(&self, key: u64) -> Result<(), Excess> {
        self.take_many(key, NonZeroU32::MIN)
    }

    /// Take several at once, or none. More than a bucket can ever hold are taken for all that it can hold.
    pub(super) fn take_many(&self, key: u64, many: NonZeroU32) -> Result<(), Excess> {
        let many = NonZeroU32::new(self.burst).map_or(many, |most| many.min(most));
        let Ok(Err(until)) = self.limiter.check_key_n(&key, many) else {
            return Ok(());
        };
        metrics::counter!("mtchat_limited_total", "of" => self.of.as_str()).increment(1);
        Err(Excess {
            of: self.of,
            limit: self.burst,
            wait: until.wait_time_from(self.clock.now()),
        })
    }

    /// Forget the buckets that are full again.
    pub(super) fn tidy(&self) {
        self.limiter.retain_recent();
    }

    /// How many are kept.
    pub(super) fn len(&self) -> usize {
        self.limiter.len()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use governor::clock::FakeRelativeClock;

    use super::*;

    fn buckets(per_second: u32, burst: u32) -> (Buckets<FakeRelativeClock>, FakeRelativeClock) {
        let clock = FakeRelativeClock::default();
        let quota = Quota::per_second(NonZeroU32::new(per_second).unwrap())
            .allow_burst(NonZeroU32::new(burst).unwrap());
        (Buckets::with_clock(Counted::User, quota, clock.clone()), clock)
    }

    #[test]
    fn a_burst_is_allowed_and_then_the_rate() {
        let (buckets, clock) = buckets(2, 3);
        let taken = || (0..5).filter(|_| buckets.take(1).is_ok()).count();
        assert_eq!(taken(), 3);
        clock.advance(Duration::from_secs(1));
        assert_eq!(taken(), 2);
        clock.advance(Duration::from_secs(60));
        assert_eq!(taken(), 3);
    }

    #[test]
    fn several_are_taken_whole_or_not_at_all() {
        let (buckets, clock) = buckets(2, 5);
        let three = NonZeroU32::new(3).unwrap();
        assert!(buckets.take_many(1, three).is_ok());
        let excess = buckets.take_many(1, three).unwrap_err();
        assert_eq!((excess.limit, excess.wait), (5, Duration::from_millis(500)));
        assert!(buckets.take(1).is_ok() && buckets.take(1).is_ok() && buckets.take(1).is_err());
        clock.advance(Duration::from_secs(60));
        let all = NonZeroU32::new(1_000).unwrap();
        assert!(buckets.take_many(1, all).is_ok());
        assert!(buckets.take(1).is_err());
    }

    #[test]
    fn one_key_does_not_draw_on_another() {
        let (buckets, _) = buckets(1, 1);
        assert!(buckets.take(1).is_ok());
        assert!(buckets.take(1).is_err());
        assert!(buckets.take(2).is_ok());
    }

    #[test]
    fn an_excess_says_how_long_to_wait_in_whole_seconds() {
        let (fast, _) = buckets(1_000, 1);
        assert!(fast.take(1).is_ok());
        let excess = fast.take(1).unwrap_err();
        assert_eq!((excess.limit, excess.seconds()), (1, 1));

        let clock = FakeRelativeClock::default();
        let slow = Quota::per_minute(NonZeroU32::MIN);
        let slow = Buckets::with_clock(Counted::Creations, slow, clock.clone());
        assert!(slow.take(1).is_ok());
        clock.advance(Duration::from_millis(500));
        assert_eq!(slow.take(1).unwrap_err().seconds(), 60);
        clock.advance(Duration::from_millis(59_500));
        assert!(slow.take(1).is_ok());
    }

    #[test]
    fn buckets_that_are_full_again_are_forgotten() {
        let (buckets, clock) = buckets(10, 10);
        (0..1_000).for_each(|key| buckets.take(key).unwrap());
        buckets.tidy();
        assert_eq!(buckets.len(), 1_000);
        clock.advance(Duration::from_secs(2));
        assert!(buckets.take(7).is_ok());
        buckets.tidy();
        assert_eq!(buckets.len(), 1);
    }
}
