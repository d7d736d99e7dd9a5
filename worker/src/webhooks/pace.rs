use std::{collections::BTreeSet, time::Duration};

use mtchat_protocol::{DialogId, Timestamp};

use super::outcome::Outcome;

/// How often an event is tried that the endpoint says it will never take.
const TRIES_OF_REJECTED: u32 = 4;
/// After so long an event that fails is given up.
const GIVE_UP_AFTER: Duration = Duration::from_secs(3 * 24 * 3_600);
/// Between two tries of one event.
const FIRST_DELAY: Duration = Duration::from_secs(1);
const MOST_DELAY: Duration = Duration::from_secs(4 * 3_600);
/// The same while nothing shows that the endpoint takes anything: then the event is hardly to blame.
const MOST_DELAY_IN_SILENCE: Duration = Duration::from_secs(15 * 60);
/// When so many dialogs failed and none went well in between, it is the endpoint and not the events.
const DIALOGS_THAT_FAIL: usize = 5;
/// Between two probes of an endpoint that is down, and of one that answers, if only with errors.
const MOST_BETWEEN_PROBES: Duration = Duration::from_secs(15 * 60);
const MOST_BETWEEN_PROBES_THAT_ANSWER: Duration = Duration::from_secs(60);
/// What is to be done with an event after a try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// Give it up.
    Bury,
    /// Switch the endpoint off.
    Disable,
    /// It is delivered. `revived`: the endpoint was down until now.
    Done { revived: bool },
    /// Try it again then; others go on.
    Retry(Timestamp),
    /// It waits where it is, because the endpoint is down.
    Stay,
}

/// What may be sent now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Permit {
    /// As much as there is room for.
    Many,
    /// One event, to see whether the endpoint is back.
    Probe,
    /// Nothing, until then at least; `None`: until something comes back.
    Wait(Option<Timestamp>),
}

/// The history of an event, as far as it matters for what comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tries {
    pub(super) dialog: DialogId,
    /// How often it failed before.
    pub(super) failures: u32,
    pub(super) failing_since: Option<Timestamp>,
    pub(super) last_failed: Option<Timestamp>,
    /// Whether it was sent to see whether the endpoint is back.
    pub(super) probe: bool,
}

/// How an endpoint does.
#[derive(Debug, Default)]
pub(super) struct Health {
    /// Dialogs that failed since something went well.
    failing: BTreeSet<DialogId>,
    down: Option<Down>,
    left_alone_until: Option<Timestamp>,
    last_delivered: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy)]
struct Down {
    probes: u32,
    probe_at: Timestamp,
}

/// A moment so much later.
pub(super) fn later(moment: Timestamp, by: Duration) -> Timestamp {
    let by = i64::try_from(by.as_micros()).unwrap_or(i64::MAX);
    Timestamp::from_micros(moment.micros().saturating_add(by))
}

/// How long it is from one moment to another.
pub(super) fn between(from: Timestamp, to: Timestamp) -> Duration {
    let micros = to.micros().saturating_sub(from.micros());
    Duration::from_micros(u64::try_from(micros).unwrap_or(0))
}

impl Health {
    /// Learn what became of a try, and say what is to be done with its event. `share` is random, in 0..1.
    pub(super) fn after(&mut self, now: Timestamp, tries: Tries, outcome: Outcome, share: f64) -> Step {
        match outcome {
            Outcome::Delivered => {
                self.failing.clear();
                self.last_delivered = Some(now);
                Step::Done {
                    revived: self.down.take().is_some(),
                }
            }
            Outcome::Gone => Step::Disable,
            Outcome::Unreachable => self.goes_down(now, tries, outcome, share),
            Outcome::Busy(wait) => {
                self.wait_until(later(now, wait));
                self.failed(now, tries, outcome, share)
            }
            Outcome::Failed | Outcome::Rejected | Outcome::Silent => self.failed(now, tries, outcome, share),
        }
    }

    /// Send nothing until then.
    pub(super) fn wait_until(&mut self, moment: Timestamp) {
        self.left_alone_until = self.left_alone_until.max(Some(moment));
    }

    /// What may be sent now, while so many tries are under way.
    pub(super) fn permit(&self, now: Timestamp, under_way: usize) -> Permit {
        if let Some(until) = self.left_alone_until.filter(|until| *until > now) {
            return Permit::Wait(Some(until));
        }
        match self.down {
            None => Permit::Many,
            Some(down) if down.probe_at > now => Permit::Wait(Some(down.probe_at)),
            Some(_) if under_way > 0 => Permit::Wait(None),
            Some(_) => Permit::Probe,
        }
    }

    /// Whether the endpoint as a whole takes nothing.
    pub(super) fn is_down(&self) -> bool {
        self.down.is_some()
    }

    fn failed(&mut self, now: Timestamp, tries: Tries, outcome: Outcome, share: f64) -> Step {
        self.failing.insert(tries.dialog);
        if self.down.is_some() || self.failing.len() >= DIALOGS_THAT_FAIL {
            // Nothing counts against an event that the endpoint would not have taken anyway.
            return self.goes_down(now, tries, outcome, share);
        }
        let since = tries.failing_since.unwrap_or(now);
        let rejected = outcome == Outcome::Rejected && tries.failures + 1 >= TRIES_OF_REJECTED;
        if rejected || between(since, now) >= GIVE_UP_AFTER {
            return Step::Bury;
        }
        let takes_others = self.last_delivered > tries.last_failed && self.last_delivered.is_some();
        let most = if takes_others {
            MOST_DELAY
        } else {
            MOST_DELAY_IN_SILENCE
        };
        let mut at = later(now, delay(tries.failures, most, share));
        if let Outcome::Busy(wait) = outcome {
            at = at.max(later(now, wait));
        }
        Step::Retry(at)
    }

    /// Tries that were under way already say nothing new.
    fn goes_down(&mut self, now: Timestamp, tries: Tries, outcome: Outcome, share: f64) -> Step {
        let probes = match self.down {
            None => 0,
            Some(down) if tries.probe => down.probes.saturating_add(1),
            Some(_) => return Step::Stay,
        };
        let most = match outcome {
            Outcome::Silent | Outcome::Unreachable => MOST_BETWEEN_PROBES,
            Outcome::Busy(_) | Outcome::Delivered | Outcome::Failed | Outcome::Gone | Outcome::Rejected => {
                MOST_BETWEEN_PROBES_THAT_ANSWER
            }
        };
        self.down = Some(Down {
            probes,
            probe_at: later(now, delay(probes, most, share)),
        });
        Step::Stay
    }
}

/// One, two and four seconds; then doubled up to `most`, less up to a quarter, so that what failed together does not come back together.
fn delay(failures: u32, most: Duration, share: f64) -> Duration {
    let whole = FIRST_DELAY.saturating_mul(1 << failures.min(20)).min(most);
    if failures < 3 {
        return whole;
    }
    whole.mul_f64(0.75 + share / 4.0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::webhooks::outcome::{MOST_RETRY_AFTER, judge};

    const NOW: Timestamp = Timestamp::from_micros(1_000_000_000_000);

    fn tries(dialog: u128, failures: u32) -> Tries {
        Tries {
            dialog: DialogId(Uuid::from_u128(dialog)),
            failures,
            failing_since: (failures > 0).then_some(NOW),
            last_failed: (failures > 0).then_some(NOW),
            probe: false,
        }
    }

    fn after_seconds(seconds: u64) -> Timestamp {
        later(NOW, Duration::from_secs(seconds))
    }

    #[test]
    fn an_event_is_tried_after_one_two_and_four_seconds() {
        for (failures, seconds) in [(0, 1), (1, 2), (2, 4)] {
            let step = Health::default().after(NOW, tries(1, failures), Outcome::Failed, 0.9);
            assert_eq!(step, Step::Retry(after_seconds(seconds)));
        }
    }

    #[test]
    fn what_is_rejected_is_tried_four_times_and_what_fails_for_three_days() {
        let mut health = Health::default();
        for failures in 0..3 {
            let step = health.after(NOW, tries(1, failures), Outcome::Rejected, 1.0);
            assert!(matches!(step, Step::Retry(_)), "{failures}");
        }
        assert_eq!(health.after(NOW, tries(1, 3), Outcome::Rejected, 1.0), Step::Bury);
        let days = |days: u64| after_seconds(days * 24 * 3_600);
        let step = health.after(days(2), tries(1, 40), Outcome::Failed, 1.0);
        assert!(matches!(step, Step::Retry(_)));
        assert_eq!(
            health.after(days(3), tries(1, 41), Outcome::Failed, 1.0),
            Step::Bury
        );
    }

    #[test]
    fn an_event_waits_for_hours_only_while_the_endpoint_takes_others() {
        let wait = |health: &mut Health| match health.after(NOW, tries(1, 30), Outcome::Failed, 1.0) {
            Step::Retry(at) => between(NOW, at),
            step => panic!("{step:?}"),
        };
        assert_eq!(wait(&mut Health::default()), MOST_DELAY_IN_SILENCE);
        let mut health = Health {
            last_delivered: Some(after_seconds(1)),
            ..Health::default()
        };
        assert_eq!(wait(&mut health), MOST_DELAY);
    }

    #[test]
    fn one_dialog_that_fails_is_not_the_endpoint_and_five_are() {
        let mut health = Health::default();
        for _ in 0..20 {
            assert_ne!(health.after(NOW, tries(1, 1), Outcome::Failed, 1.0), Step::Stay);
        }
        for dialog in 2..5 {
            assert_ne!(
                health.after(NOW, tries(dialog, 0), Outcome::Silent, 1.0),
                Step::Stay
            );
        }
        assert_eq!(health.permit(NOW, 3), Permit::Many);
        assert_eq!(health.after(NOW, tries(5, 0), Outcome::Failed, 1.0), Step::Stay);
        assert_eq!(health.permit(NOW, 0), Permit::Wait(Some(after_seconds(1))));
        assert_eq!(health.permit(after_seconds(1), 1), Permit::Wait(None));
        assert_eq!(health.permit(after_seconds(1), 0), Permit::Probe);
        let delivered = health.after(after_seconds(1), tries(1, 1), Outcome::Delivered, 1.0);
        assert_eq!(delivered, Step::Done { revived: true });
        assert_eq!(health.permit(after_seconds(1), 0), Permit::Many);
    }

    #[test]
    fn probes_grow_apart_and_only_probes_count() {
        let mut health = Health::default();
        health.after(NOW, tries(1, 0), Outcome::Unreachable, 1.0);
        health.after(NOW, tries(2, 0), Outcome::Unreachable, 1.0);
        assert_eq!(health.permit(NOW, 0), Permit::Wait(Some(after_seconds(1))));
        let probe = Tries {
            probe: true,
            ..tries(1, 0)
        };
        let mut waits = Vec::new();
        for _ in 0..20 {
            assert_eq!(health.after(NOW, probe, Outcome::Unreachable, 1.0), Step::Stay);
            let Permit::Wait(Some(at)) = health.permit(NOW, 0) else {
                panic!("it is down");
            };
            waits.push(between(NOW, at));
        }
        assert!(waits.is_sorted(), "{waits:?}");
        assert_eq!(waits[19], MOST_BETWEEN_PROBES);
        health.after(NOW, probe, Outcome::Failed, 1.0);
        let soon = Permit::Wait(Some(later(NOW, MOST_BETWEEN_PROBES_THAT_ANSWER)));
        assert_eq!(health.permit(NOW, 0), soon);
    }

    #[test]
    fn an_endpoint_that_wants_to_be_left_alone_is() {
        let mut health = Health::default();
        let busy = Outcome::Busy(Duration::from_secs(30));
        assert_eq!(
            health.after(NOW, tries(1, 0), busy, 1.0),
            Step::Retry(after_seconds(30))
        );
        assert_eq!(health.permit(NOW, 0), Permit::Wait(Some(after_seconds(30))));
        assert_eq!(health.permit(after_seconds(30), 0), Permit::Many);
    }

    #[test]
    fn who_is_gone_is_switched_off() {
        let step = Health::default().after(NOW, tries(1, 0), Outcome::Gone, 1.0);
        assert_eq!(step, Step::Disable);
    }

    fn any_outcome() -> impl Strategy<Value = Outcome> {
        prop_oneof![
            (0..10_000_u64).prop_map(|seconds| judge(429, Some(Duration::from_secs(seconds)))),
            Just(Outcome::Delivered),
            Just(Outcome::Failed),
            Just(Outcome::Rejected),
            Just(Outcome::Silent),
            Just(Outcome::Unreachable),
        ]
    }

    proptest! {
        /// Whatever happens, nothing waits for longer than it may, and one success opens the endpoint again.
        #[test]
        fn waits_are_bounded_and_success_heals(
            story in prop::collection::vec((0..8_u128, 0..60_u32, any_outcome(), 0.0..1.0_f64), 0..60),
        ) {
            let mut health = Health::default();
            for (dialog, failures, outcome, share) in story {
                let probe = health.permit(NOW, 0) == Permit::Probe;
                let step = health.after(NOW, Tries { probe, ..tries(dialog, failures) }, outcome, share);
                if let Step::Retry(at) = step {
                    let wait = between(NOW, at);
                    prop_assert!(wait >= FIRST_DELAY && wait <= MOST_DELAY, "{wait:?}");
                }
                if let Permit::Wait(Some(at)) = health.permit(NOW, 0) {
                    prop_assert!(between(NOW, at) <= MOST_RETRY_AFTER);
                }
                prop_assert_eq!(matches!(step, Step::Done { .. }), outcome == Outcome::Delivered);
            }
            health.after(NOW, tries(0, 0), Outcome::Delivered, 1.0);
            prop_assert!(!health.is_down());
        }
    }
}
