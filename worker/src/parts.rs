use std::ops::Range;

/// How often a single fact is tried before it is a dead letter.
const TRIES: u32 = 3;
/// How often more than one are tried at once when the database is too slow for them.
const SLOW_TRIES: u32 = 2;

/// Who is to blame when facts could not be applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Blame {
    /// The database, the network, another transaction: the same will succeed later.
    Elsewhere,
    /// Something in the facts: the same will fail again.
    Facts,
    /// It took too long: fewer at once may succeed.
    Size,
}

/// What to do after a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    /// Wait, then try the present part.
    Wait,
    /// Try the present part, a smaller one, at once.
    Split,
    /// The fact at this index can not be applied: make it a dead letter, then try the present part.
    Bury(usize),
}

/// A batch, cut into ever smaller parts until a fact that can not be applied stands alone. Order is kept.
///
/// Parts that fail because of their facts are halved at once: trying the same again tells nothing, and one bad fact among five
/// hundred is found in a dozen transactions. A single fact has three tries.
#[derive(Debug)]
pub(crate) struct Parts {
    /// The present part is the last one.
    rest: Vec<Range<usize>>,
    tries: u32,
}

impl Parts {
    /// Of a batch of so many.
    pub(crate) fn of(length: usize) -> Self {
        let whole = 0..length;
        Self {
            rest: if whole.is_empty() { Vec::new() } else { vec![whole] },
            tries: 0,
        }
    }

    /// The part to be applied now; `None` when all are.
    pub(crate) fn present(&self) -> Option<Range<usize>> {
        self.rest.last().cloned()
    }

    /// The present part is applied.
    pub(crate) fn applied(&mut self) {
        self.rest.pop();
        self.tries = 0;
    }

    /// The present part could not be applied. `buried` says that it is a dead letter already: then its fact is not to blame.
    pub(crate) fn failed(&mut self, blame: Blame, buried: bool) -> Next {
        let Some(part) = self.present() else {
            return Next::Wait;
        };
        let single = part.len() == 1;
        match blame {
            Blame::Elsewhere => return Next::Wait,
            Blame::Facts | Blame::Size if single && buried => return Next::Wait,
            Blame::Facts | Blame::Size => self.tries += 1,
        }
        match blame {
            Blame::Facts if single && self.tries >= TRIES => {
                self.tries = 0;
                Next::Bury(part.start)
            }
            Blame::Facts if !single => self.split(&part),
            Blame::Size if !single && self.tries >= SLOW_TRIES => self.split(&part),
            Blame::Facts | Blame::Size | Blame::Elsewhere => Next::Wait,
        }
    }

    fn split(&mut self, part: &Range<usize>) -> Next {
        let middle = part.start + part.len() / 2;
        self.applied();
        self.rest.push(middle..part.end);
        self.rest.push(part.start..middle);
        Next::Split
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Apply `length` facts of which `bad` can not be; gives what was applied in order, what was buried, and the tries.
    fn run(length: usize, bad: &[usize]) -> (Vec<usize>, Vec<usize>, u32) {
        let (mut parts, mut applied, mut buried, mut tries) = (Parts::of(length), vec![], vec![], 0);
        while let Some(part) = parts.present() {
            tries += 1;
            assert!(tries < 1_000, "it does not end");
            if part
                .clone()
                .all(|index| !bad.contains(&index) || buried.contains(&index))
            {
                applied.extend(part);
                parts.applied();
            } else if let Next::Bury(index) = parts.failed(Blame::Facts, false) {
                buried.push(index);
            }
        }
        (applied, buried, tries)
    }

    #[test]
    fn a_bad_fact_is_found_and_all_others_are_applied_in_order() {
        for bad in [
            vec![],
            vec![0],
            vec![499],
            vec![250],
            vec![3, 4],
            vec![0, 100, 499],
        ] {
            let (applied, buried, tries) = run(500, &bad);
            assert_eq!(applied, (0..500).collect::<Vec<_>>());
            assert_eq!(buried, bad);
            assert!(
                tries <= 1 + 24 * u32::try_from(bad.len()).unwrap(),
                "{tries} tries for {bad:?}"
            );
        }
    }

    #[test]
    fn nothing_is_nothing() {
        assert_eq!(Parts::of(0).present(), None);
    }

    #[test]
    fn a_single_fact_has_three_tries() {
        let mut parts = Parts::of(1);
        let nexts = [0; 3].map(|_| parts.failed(Blame::Facts, false));
        assert_eq!(nexts, [Next::Wait, Next::Wait, Next::Bury(0)]);
    }

    #[test]
    fn troubles_elsewhere_never_cost_a_fact() {
        let mut parts = Parts::of(1);
        assert!((0..100).all(|_| parts.failed(Blame::Elsewhere, false) == Next::Wait));
        assert!((0..100).all(|_| parts.failed(Blame::Size, false) == Next::Wait));
        let mut parts = Parts::of(500);
        assert!((0..100).all(|_| parts.failed(Blame::Elsewhere, false) == Next::Wait));
        assert_eq!(parts.present(), Some(0..500));
    }

    #[test]
    fn what_is_too_slow_becomes_smaller() {
        let mut parts = Parts::of(8);
        assert_eq!(parts.failed(Blame::Size, false), Next::Wait);
        assert_eq!(parts.failed(Blame::Size, false), Next::Split);
        assert_eq!(parts.present(), Some(0..4));
    }

    #[test]
    fn a_dead_letter_that_can_not_be_written_is_not_to_blame() {
        let mut parts = Parts::of(1);
        assert!((0..100).all(|_| parts.failed(Blame::Facts, true) == Next::Wait));
    }
}
