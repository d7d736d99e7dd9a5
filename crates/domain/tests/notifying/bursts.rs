//! Many messages within a delay, and what comes after.

use proptest::prelude::*;

use super::{Act, Dialog, Notice, PEOPLE};

/// A dialog of so many people.
fn dialog_of(people: usize) -> Dialog {
    let mut dialog = Dialog::default();
    for who in 0..people {
        dialog.step(&Act::Join(who));
    }
    dialog
}

fn say(dialog: &mut Dialog, count: u64) {
    for _ in 0..count {
        dialog.step(&Act::Send(0));
    }
}

/// What is told when the timer goes off, however often whoever answers it dies.
fn told(dialog: &mut Dialog, deaths: usize) -> Vec<Notice> {
    let mut told = Vec::new();
    for _ in 0..deaths {
        let [_, given] = dialog.fire(Some(PEOPLE));
        told.extend(given);
    }
    let [_, given] = dialog.fire(None);
    told.extend(given);
    told
}

#[test]
fn a_hundred_messages_are_one_notification_of_a_hundred() {
    let mut dialog = dialog_of(3);
    say(&mut dialog, 100);
    dialog.step(&Act::Read { who: 2, which: 99 });
    let notice = Notice {
        who: 1,
        up_to: 103,
        unread: 100,
    };
    assert_eq!(told(&mut dialog, 0), [notice]);
    assert_eq!(told(&mut dialog, 0), []);
}

proptest! {
    #[test]
    fn a_burst_is_one_notification_however_often_its_timer_is_answered(sent in 1_u64..=100, deaths in 0_usize..5) {
        let mut dialog = dialog_of(2);
        say(&mut dialog, sent);
        prop_assert_eq!(told(&mut dialog, deaths), vec![Notice { who: 1, up_to: sent + 2, unread: sent }]);
        prop_assert!(told(&mut dialog, 0).is_empty());
    }

    /// All that is unread counts, and whoever has read the second burst is not told of it.
    #[test]
    fn a_burst_after_a_notification_is_one_more(
        first in 1_u64..=100, second in 1_u64..=100, deaths in 0_usize..5, reads in any::<bool>(),
    ) {
        let mut dialog = dialog_of(2);
        say(&mut dialog, first);
        prop_assert_eq!(told(&mut dialog, deaths).len(), 1);
        say(&mut dialog, second);
        let all = first + second;
        if reads {
            dialog.step(&Act::Read { who: 1, which: usize::try_from(all - 1).unwrap() });
        }
        let expected = (!reads).then_some(Notice { who: 1, up_to: all + 2, unread: all });
        prop_assert_eq!(told(&mut dialog, deaths), Vec::from_iter(expected));
    }

    /// What comes between a death and the end of its answer is told of by an answer of its own.
    #[test]
    fn a_burst_in_the_middle_of_an_answer_is_another_notification(first in 1_u64..=50, second in 1_u64..=50) {
        let mut dialog = dialog_of(2);
        say(&mut dialog, first);
        let [_, begun] = dialog.fire(Some(PEOPLE));
        prop_assert_eq!(begun, vec![Notice { who: 1, up_to: first + 2, unread: first }]);
        say(&mut dialog, second);
        prop_assert!(told(&mut dialog, 0).is_empty(), "the same once more");
        let all = first + second;
        prop_assert_eq!(told(&mut dialog, 0), vec![Notice { who: 1, up_to: all + 2, unread: all }]);
    }
}
