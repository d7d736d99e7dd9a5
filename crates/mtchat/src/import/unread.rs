//! Where a reader stands. There it is a counter, beside a pointer that may say something else; here it follows from the place alone.
//! The counter is what people see, so the place is chosen that makes it true.

use mtchat_protocol::MessageId;

/// A message of a user, in a timeline.
#[derive(Debug, Clone, Copy)]
pub(super) struct Item {
    pub(super) id: MessageId,
    pub(super) seq: u64,
    /// Which of the dialog's senders.
    pub(super) sender: u32,
    pub(super) deleted: bool,
}

/// A place in a timeline: behind a message, or before the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct ReadPlace {
    pub(super) message: Option<MessageId>,
    pub(super) seq: u64,
    /// How many messages of users stand before it.
    pub(super) count: u64,
}

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) place: ReadPlace,
    pub(super) unread: u64,
    /// Whether the pointer is where it was there.
    pub(super) moved: bool,
}

/// The place from which on `counter` messages are unread to somebody: the pointer's own, if it is one of them, else the last of them.
/// A counter that is larger than everything that others have said becomes that.
pub(super) fn place(items: &[Item], reader: Option<u32>, pointer: ReadPlace, counter: i64) -> Found {
    let counter = u64::try_from(counter).unwrap_or(0);
    let counts = |item: &Item| !item.deleted && Some(item.sender) != reader;
    // Places behind `unread` messages of others, from the end: the first and the last of them.
    let (mut unread, mut last, mut first) = (0, items.len(), 0);
    for (before, item) in items.iter().enumerate().rev() {
        if counts(item) {
            if unread == counter {
                first = before + 1;
                break;
            }
            unread += 1;
            last = before;
        }
    }
    let pointed = usize::try_from(pointer.count).unwrap_or(usize::MAX);
    if (first..=last).contains(&pointed) {
        return Found {
            place: pointer,
            unread,
            moved: false,
        };
    }
    let message = last.checked_sub(1).and_then(|at| items.get(at));
    let place = message.map_or_else(ReadPlace::default, |item| ReadPlace {
        message: Some(item.id),
        seq: item.seq,
        count: last as u64,
    });
    Found {
        place,
        unread,
        moved: true,
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const READER: Option<u32> = Some(0);

    /// A timeline: `r` is the reader's, `o` of another, `x` another's and deleted.
    fn items(said: &str) -> Vec<Item> {
        let each = said.bytes().enumerate().map(|(at, who)| Item {
            id: MessageId(Uuid::from_u128(at as u128 + 1)),
            seq: 2 * at as u64 + 2,
            sender: u32::from(who != b'r'),
            deleted: who == b'x',
        });
        each.collect()
    }

    fn behind(items: &[Item], count: usize) -> ReadPlace {
        ReadPlace {
            message: count.checked_sub(1).map(|at| items[at].id),
            seq: count.checked_sub(1).map_or(0, |at| items[at].seq),
            count: count as u64,
        }
    }

    #[test]
    fn a_pointer_that_agrees_stays() {
        let items = items("oroor");
        for (count, counter) in [(0, 3), (1, 2), (2, 2), (3, 1), (4, 0), (5, 0)] {
            let found = place(&items, READER, behind(&items, count), counter);
            assert_eq!(
                (found.place, found.moved),
                (behind(&items, count), false),
                "{count}"
            );
            assert_eq!(found.unread, counter.unsigned_abs());
        }
    }

    #[test]
    fn a_pointer_that_does_not_agree_goes_to_the_last_place_that_does() {
        let items = items("oroor");
        for (counter, count) in [(0, 5), (1, 3), (2, 2), (3, 0)] {
            let wrong = behind(&items, if count == 0 { 5 } else { 0 });
            let found = place(&items, READER, wrong, counter);
            assert_eq!(
                (found.place, found.moved),
                (behind(&items, count), true),
                "{counter}"
            );
            assert_eq!(found.unread, counter.unsigned_abs());
        }
    }

    #[test]
    fn what_is_deleted_counts_for_nobody() {
        let items = items("oxxo");
        assert_eq!(
            place(&items, READER, behind(&items, 2), 1).place,
            behind(&items, 2)
        );
        assert_eq!(
            place(&items, READER, behind(&items, 0), 1).place,
            behind(&items, 3)
        );
    }

    #[test]
    fn no_counter_is_larger_than_what_others_said() {
        let items = items("oro");
        let found = place(&items, READER, behind(&items, 3), 9);
        assert_eq!((found.place, found.unread), (ReadPlace::default(), 2));
        assert_eq!(place(&items, READER, behind(&items, 3), -4).unread, 0);
        let nothing = place(&[], None, ReadPlace::default(), 5);
        assert_eq!(
            (nothing.place, nothing.unread, nothing.moved),
            (ReadPlace::default(), 0, false)
        );
    }

    #[test]
    fn every_counter_that_can_be_true_becomes_true() {
        for said in ["", "o", "r", "rrr", "ororoo", "xoxrro", "roxorxoo"] {
            let items = items(said);
            let others = said.matches('o').count();
            for counter in 0..=others {
                for count in 0..=items.len() {
                    let found = place(
                        &items,
                        READER,
                        behind(&items, count),
                        i64::try_from(counter).unwrap(),
                    );
                    let after = &items[usize::try_from(found.place.count).unwrap()..];
                    let counted = after.iter().filter(|item| item.sender == 1 && !item.deleted);
                    assert_eq!(counted.count(), counter, "{said} {counter} {count}");
                }
            }
        }
    }
}
