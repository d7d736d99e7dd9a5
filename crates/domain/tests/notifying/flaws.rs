//! Mistakes that somebody could make, each of which the histories must find.

use proptest::test_runner::{Config, TestError, TestRunner};

use super::{acts, replay};

/// So many histories at most until a mistake is found.
const MOST: u32 = 10_000;

/// A mistake in how timers are answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flaw {
    /// Whoever goes on after a death answers for what has come since, too.
    AsksAnotherQuestion,
    /// Deleted messages are news, and unread.
    CountsDeletedMessages,
    /// One's own messages are news, and unread.
    CountsOwnMessages,
    /// That the timer is set is forgotten after the answer, and with it what was said meanwhile.
    ForgetsTheTimerLast,
    /// What they had read is news again when they mark it as unread.
    ForgetsWhatTheyHadRead,
    /// Nobody goes on after a death.
    ForgetsWhoDied,
    /// A notice's id follows from what is unread at the moment.
    MakesIdsFromWhatIsUnread,
    /// Whoever has notifications off is told later of what came meanwhile.
    PassesOverForNowOnly,
    /// What comes after the first notification sets no timer.
    SetsOneTimerOnly,
    /// What was said before somebody came is news to them.
    TellsOfWhatWasBefore,
    /// Notifications that are off change nothing.
    TellsWhoDoesNotWantToBeTold,
    /// The read pointer changes nothing.
    TellsWhoHasRead,
    /// It is not written down who was told.
    WritesNothingDown,
}

const FLAWS: [Flaw; 13] = [
    Flaw::AsksAnotherQuestion,
    Flaw::CountsDeletedMessages,
    Flaw::CountsOwnMessages,
    Flaw::ForgetsTheTimerLast,
    Flaw::ForgetsWhatTheyHadRead,
    Flaw::ForgetsWhoDied,
    Flaw::MakesIdsFromWhatIsUnread,
    Flaw::PassesOverForNowOnly,
    Flaw::SetsOneTimerOnly,
    Flaw::TellsOfWhatWasBefore,
    Flaw::TellsWhoDoesNotWantToBeTold,
    Flaw::TellsWhoHasRead,
    Flaw::WritesNothingDown,
];

#[test]
fn every_planted_mistake_is_found() {
    let mut missed = Vec::new();
    for flaw in FLAWS {
        // Which history it is does not matter, so it is neither made small nor kept.
        let mut runner = TestRunner::new(Config {
            cases: MOST,
            failure_persistence: None,
            max_shrink_iters: 0,
            ..Config::default()
        });
        match runner.run(&acts(), |acts| replay(&acts, Some(flaw))) {
            Ok(()) => missed.push(flaw),
            Err(TestError::Fail(why, _)) => println!("{flaw:?}: {why}"),
            Err(aborted) => panic!("{flaw:?}: {aborted}"),
        }
    }
    assert!(missed.is_empty(), "not found: {missed:?}");
}
