use std::collections::BTreeMap;

use proptest::prelude::*;
use uuid::Uuid;

use super::*;

const NOW: Timestamp = Timestamp::from_micros(1_000_000);
const LATER: Timestamp = Timestamp::from_micros(2_000_000);

fn dialog(number: u128) -> DialogId {
    DialogId(Uuid::from_u128(number))
}

fn item(number: u128, log_seq: u64) -> Item {
    Item {
        log_seq,
        dialog: dialog(number),
        fact_id: FactId(Uuid::from_u128(u128::from(log_seq))),
        event: "message.new".to_owned(),
        failures: 0,
        failing_since: None,
        last_failed: None,
        due: None,
        stored: false,
    }
}

fn queue(items: &[(u128, u64)]) -> Queue {
    let mut queue = Queue::new(0, Vec::new(), 16);
    for (number, log_seq) in items {
        queue.reach(*log_seq);
        queue.push(item(*number, *log_seq));
    }
    queue
}

/// What would be started of everything that waits, if all were looked at.
fn by_looking_at_all(queue: &Queue) -> Option<u64> {
    let waiting = queue.lanes.values().filter(|lane| !lane.under_way);
    waiting
        .filter_map(Lane::turn)
        .min()
        .map(|(_, log_seq, _)| log_seq)
}

/// Every dialog of which nothing is under way waits in one place, and in the right one; nothing else does.
fn index_is_sound(queue: &Queue) -> bool {
    let waiting = queue.lanes.values().filter(|lane| !lane.under_way);
    let turns: BTreeSet<Turn> = waiting.clone().filter_map(Lane::turn).collect();
    let due = |lane: &&Lane| lane.items.front().is_some_and(|first| first.due.is_some());
    let alarms = queue.alarms.iter().map(|(_, turn)| *turn);
    turns == queue.ready.union(&queue.asleep).copied().collect::<BTreeSet<_>>()
        && queue.ready.is_disjoint(&queue.asleep)
        && queue.asleep == alarms.collect::<BTreeSet<_>>()
        && queue.alarms.len() == queue.asleep.len()
        && waiting.filter(due).count() >= queue.asleep.len()
}

fn start(queue: &mut Queue) -> Option<u64> {
    queue.start(NOW, false).map(|item| item.log_seq)
}

#[test]
fn a_dialog_goes_one_by_one_and_dialogs_side_by_side() {
    let mut queue = queue(&[(1, 1), (1, 2), (2, 3)]);
    assert_eq!(
        [start(&mut queue), start(&mut queue), start(&mut queue)],
        [Some(1), Some(3), None]
    );
    assert_eq!(queue.position(), 0);
    queue.settle(dialog(2));
    assert_eq!(queue.position(), 0, "the first one is under way still");
    queue.settle(dialog(1));
    assert_eq!((queue.position(), start(&mut queue)), (1, Some(2)));
    queue.settle(dialog(1));
    assert_eq!(queue.position(), 3);
}

#[test]
fn what_waits_behind_a_failure_is_put_aside_and_the_others_go_on() {
    let mut queue = queue(&[(1, 1), (2, 2), (1, 3), (2, 4)]);
    start(&mut queue);
    let failed = queue.retry(dialog(1), NOW, LATER).unwrap();
    assert_eq!(
        (failed.failures, failed.due, failed.failing_since),
        (1, Some(LATER), Some(NOW))
    );
    let shelved: Vec<u64> = queue.shelve().iter().map(|item| item.log_seq).collect();
    assert_eq!((shelved, queue.position(), queue.stored()), (vec![3], 1, 2));
    assert_eq!(start(&mut queue), Some(2));
    assert_eq!((start(&mut queue), queue.next_due()), (None, Some(LATER)));
    let again = queue.start(LATER, false).map(|item| item.log_seq);
    assert_eq!(again, Some(1));
}

#[test]
fn what_is_read_again_and_stored_already_is_not_taken_twice() {
    let stored = Item {
        stored: true,
        ..item(1, 5)
    };
    let mut queue = Queue::new(3, vec![stored], 16);
    for read in [item(2, 4), item(1, 5)] {
        queue.reach(read.log_seq);
        queue.push(read);
    }
    assert_eq!((queue.stored(), queue.open.len()), (1, 1));
}

#[test]
fn without_room_a_failure_holds_the_position() {
    let stored = (1..=MOST_STORED as u64).map(|log_seq| Item {
        stored: true,
        due: Some(LATER),
        ..item(1, log_seq)
    });
    let mut queue = Queue::new(2_000, stored.collect(), 16);
    queue.reach(2_001);
    queue.push(item(2, 2_001));
    assert_eq!(start(&mut queue), Some(2_001));
    assert_eq!(queue.retry(dialog(2), NOW, LATER), None);
    assert_eq!((queue.position(), queue.shelve()), (2_000, Vec::new()));
}

#[test]
fn a_probe_asks_the_one_that_waited_longest_and_waking_up_asks_all() {
    let mut queue = queue(&[(1, 1), (2, 2)]);
    start(&mut queue);
    queue.retry(dialog(1), NOW, LATER);
    start(&mut queue);
    queue.retry(dialog(2), NOW, LATER);
    assert_eq!(start(&mut queue), None);
    assert_eq!(queue.start(NOW, true).map(|item| item.log_seq), Some(1));
    queue.stay(dialog(1));
    queue.wake();
    assert_eq!([start(&mut queue), start(&mut queue)], [Some(2), Some(1)]);
}

#[test]
fn the_window_grows_with_the_requests() {
    let [small, large] = [16, 128].map(|at_once| Queue::new(0, Vec::new(), at_once));
    assert_eq!((small.window, large.window), (256, 512));
}

#[test]
fn what_becomes_due_goes_out_in_its_turn() {
    let mut queue = queue(&[(1, 1), (2, 2), (3, 3)]);
    start(&mut queue);
    queue.retry(dialog(1), NOW, LATER);
    start(&mut queue);
    queue.settle(dialog(2));
    let order: Vec<u64> = std::iter::from_fn(|| queue.start(LATER, false).map(|item| item.log_seq)).collect();
    assert_eq!((order, queue.next_due()), (vec![3, 1], None));
    assert!(index_is_sound(&queue));
}

proptest! {
    /// Whatever fails: each dialog's events are settled in order, each once, and the position never passes one that is open.
    #[test]
    fn order_holds_and_nothing_is_passed_over(
        places in prop::collection::vec(0..5_u128, 1..80),
        acts in prop::collection::vec(0..5_u8, 0..400),
    ) {
        let numbered = places.iter().zip(1..).map(|(dialog, log_seq)| (*dialog, log_seq));
        let mut queue = queue(&numbered.collect::<Vec<_>>());
        let mut under_way: VecDeque<Item> = VecDeque::new();
        let mut settled: BTreeMap<DialogId, Vec<u64>> = BTreeMap::new();
        let mut kept: BTreeSet<u64> = BTreeSet::new();
        let mut done: BTreeSet<u64> = BTreeSet::new();
        // In the end everything goes well.
        let healed = std::iter::repeat_n([0, 1], 200).flatten();
        for act in acts.into_iter().chain(healed) {
            match (act, under_way.front().map(|item| item.dialog)) {
                (0, _) => {
                    let expected = by_looking_at_all(&queue);
                    let started = queue.start(NOW, true);
                    prop_assert_eq!(started.as_ref().map(|item| item.log_seq), expected);
                    under_way.extend(started);
                }
                (1, Some(dialog)) => {
                    let item = queue.settle(dialog).unwrap();
                    prop_assert_eq!(Some(item.log_seq), under_way.pop_front().map(|item| item.log_seq));
                    kept.remove(&item.log_seq);
                    done.insert(item.log_seq);
                    settled.entry(dialog).or_default().push(item.log_seq);
                }
                (2, Some(dialog)) => {
                    under_way.pop_front();
                    kept.extend(queue.retry(dialog, NOW, LATER).map(|item| item.log_seq));
                }
                (3, Some(dialog)) => {
                    under_way.pop_front();
                    queue.stay(dialog);
                }
                _ => kept.extend(queue.shelve().iter().map(|item| item.log_seq)),
            }
            let passed = |log_seq: &u64| kept.contains(log_seq) || done.contains(log_seq);
            prop_assert!((1..=queue.position()).all(|log_seq| passed(&log_seq)));
            prop_assert_eq!(queue.stored(), kept.len());
            prop_assert!(index_is_sound(&queue));
        }
        prop_assert!(settled.values().all(|order| order.is_sorted()));
        prop_assert_eq!(settled.values().map(Vec::len).sum::<usize>(), places.len());
        prop_assert_eq!(queue.position(), places.len() as u64);
    }
}
