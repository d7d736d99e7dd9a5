use std::collections::{BTreeSet, HashMap, VecDeque};

use mtchat_protocol::{DialogId, FactId, Timestamp};

/// Most events of an endpoint that are read and neither delivered nor written down.
const WINDOW: usize = 256;
/// Most events of an endpoint that wait in the database. With so many the endpoint holds its place in the log.
const MOST_STORED: usize = 1_000;

/// An event on its way to an endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Item {
    /// Where its fact stands in the log.
    pub(super) log_seq: u64,
    pub(super) dialog: DialogId,
    pub(super) fact_id: FactId,
    pub(super) event: String,
    /// How often it failed.
    pub(super) failures: u32,
    pub(super) failing_since: Option<Timestamp>,
    pub(super) last_failed: Option<Timestamp>,
    /// Not to be tried before.
    pub(super) due: Option<Timestamp>,
    /// Whether it waits in the database.
    pub(super) stored: bool,
}

/// One dialog: its events go out one after another.
#[derive(Debug, Default)]
struct Lane {
    items: VecDeque<Item>,
    /// The first one is under way.
    under_way: bool,
    /// The how many-th start of all its last one was.
    started: u64,
}

/// What is on its way to an endpoint, dialog by dialog, and how far that makes the endpoint in the log.
#[derive(Debug)]
pub(super) struct Queue {
    lanes: HashMap<DialogId, Lane>,
    /// What holds the position: read, and neither settled nor stored.
    open: BTreeSet<u64>,
    /// Everything up to here was read.
    reached: u64,
    stored: usize,
    starts: u64,
}

impl Queue {
    /// Begin behind a position, with what is stored.
    pub(super) fn new(position: u64, stored: Vec<Item>) -> Self {
        let mut queue = Self {
            lanes: HashMap::new(),
            open: BTreeSet::new(),
            reached: position,
            stored: stored.len(),
            starts: 0,
        };
        for item in stored {
            queue.lanes.entry(item.dialog).or_default().items.push_back(item);
        }
        queue
    }

    /// The log was read up to here.
    pub(super) fn reach(&mut self, log_seq: u64) {
        self.reached = self.reached.max(log_seq);
    }

    /// Take what was read. What is here already came from the database.
    pub(super) fn push(&mut self, item: Item) {
        let lane = self.lanes.entry(item.dialog).or_default();
        if lane.items.iter().any(|known| known.log_seq == item.log_seq) {
            return;
        }
        self.open.insert(item.log_seq);
        lane.items.push_back(item);
    }

    /// Start the event that may go out now: of the dialog that was served longest ago, and there the first. With `whenever` also one
    /// that is not due yet.
    pub(super) fn start(&mut self, now: Timestamp, whenever: bool) -> Option<Item> {
        let ready = |lane: &Lane| {
            let first = lane.items.front()?;
            let due = whenever || first.due.is_none_or(|due| due <= now);
            (!lane.under_way && due).then_some((lane.started, first.log_seq))
        };
        let next = self
            .lanes
            .iter()
            .filter_map(|(dialog, lane)| Some((ready(lane)?, *dialog)));
        let (_, dialog) = next.min()?;
        self.starts += 1;
        let lane = self.lanes.get_mut(&dialog)?;
        lane.under_way = true;
        lane.started = self.starts;
        lane.items.front().cloned()
    }

    /// The event that was under way is done with, one way or another; it comes back, as it was.
    pub(super) fn settle(&mut self, dialog: DialogId) -> Option<Item> {
        let lane = self.lanes.get_mut(&dialog)?;
        lane.under_way = false;
        let item = lane.items.pop_front()?;
        if lane.items.is_empty() {
            self.lanes.remove(&dialog);
        }
        if item.stored {
            self.stored -= 1;
        } else {
            self.open.remove(&item.log_seq);
        }
        Some(item)
    }

    /// The event that was under way failed and is tried again then. It comes back when it is to be written down; there is no room for
    /// others beyond a bound, and these hold the position.
    pub(super) fn retry(&mut self, dialog: DialogId, now: Timestamp, due: Timestamp) -> Option<Item> {
        let lane = self.lanes.get_mut(&dialog)?;
        lane.under_way = false;
        let item = lane.items.front_mut()?;
        item.failures = item.failures.saturating_add(1);
        item.failing_since = item.failing_since.or(Some(now));
        item.last_failed = Some(now);
        item.due = Some(due);
        if !item.stored && self.stored < MOST_STORED {
            item.stored = true;
            self.stored += 1;
            self.open.remove(&item.log_seq);
        }
        item.stored.then(|| item.clone())
    }

    /// The event that was under way waits where it is.
    pub(super) fn stay(&mut self, dialog: DialogId) {
        if let Some(lane) = self.lanes.get_mut(&dialog) {
            lane.under_way = false;
            if let Some(first) = lane.items.front_mut() {
                first.due = None;
            }
        }
    }

    /// Whatever waits may be tried now: the endpoint is back.
    pub(super) fn wake(&mut self) {
        let waiting = self.lanes.values_mut().filter(|lane| !lane.under_way);
        waiting
            .filter_map(|lane| lane.items.front_mut())
            .for_each(|first| first.due = None);
    }

    /// What waits behind a stored event is to be stored as well, as far as there is room: so that one dialog does not hold the others'
    /// place in the log.
    pub(super) fn shelve(&mut self) -> Vec<Item> {
        let mut shelved = Vec::new();
        if self.open.is_empty() {
            return shelved;
        }
        for lane in self.lanes.values_mut() {
            if !lane.items.front().is_some_and(|first| first.stored) {
                continue;
            }
            for item in lane.items.iter_mut().filter(|item| !item.stored) {
                if self.stored == MOST_STORED {
                    return shelved;
                }
                item.stored = true;
                self.stored += 1;
                self.open.remove(&item.log_seq);
                shelved.push(item.clone());
            }
        }
        shelved
    }

    /// Everything in the log up to here is delivered, stored or given up.
    pub(super) fn position(&self) -> u64 {
        self.open.first().map_or(self.reached, |first| first - 1)
    }

    /// Whether more may be read.
    pub(super) fn has_room(&self) -> bool {
        self.open.len() < WINDOW
    }

    /// How many events wait in the database.
    pub(super) fn stored(&self) -> usize {
        self.stored
    }

    /// When the next event becomes due that waits for its time.
    pub(super) fn next_due(&self) -> Option<Timestamp> {
        let waiting = self.lanes.values().filter(|lane| !lane.under_way);
        waiting.filter_map(|lane| lane.items.front()?.due).min()
    }
}

#[cfg(test)]
mod tests {
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
        let mut queue = Queue::new(0, Vec::new());
        for (number, log_seq) in items {
            queue.reach(*log_seq);
            queue.push(item(*number, *log_seq));
        }
        queue
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
        let mut queue = Queue::new(3, vec![stored]);
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
        let mut queue = Queue::new(2_000, stored.collect());
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
                    (0, _) => under_way.extend(queue.start(NOW, true)),
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
            }
            prop_assert!(settled.values().all(|order| order.is_sorted()));
            prop_assert_eq!(settled.values().map(Vec::len).sum::<usize>(), places.len());
            prop_assert_eq!(queue.position(), places.len() as u64);
        }
    }
}
