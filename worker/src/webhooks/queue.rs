use std::collections::{BTreeSet, HashMap, VecDeque};

use mtchat_protocol::{DialogId, FactId, Timestamp};

/// Most events of an endpoint that are read and neither delivered nor written down: at least so many, and with more requests at once so
/// many for each, because several are of one dialog and go one after another.
const LEAST_WINDOW: usize = 256;
const WINDOW_PER_REQUEST: usize = 4;
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

/// In which order dialogs have their turn: when the last one was, where the first event stands in the log, and the dialog itself.
type Turn = (u64, u64, DialogId);

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
///
/// A dialog of which nothing is under way is in `ready`, or in `asleep` and `alarms`, so that with a thousand of them the next one is
/// found without looking at all.
#[derive(Debug)]
pub(super) struct Queue {
    lanes: HashMap<DialogId, Lane>,
    /// Those that may go out now.
    ready: BTreeSet<Turn>,
    /// Those whose time has not come.
    asleep: BTreeSet<Turn>,
    /// When it comes.
    alarms: BTreeSet<(Timestamp, Turn)>,
    /// What holds the position: read, and neither settled nor stored.
    open: BTreeSet<u64>,
    /// Everything up to here was read.
    reached: u64,
    stored: usize,
    starts: u64,
    window: usize,
}

impl Lane {
    fn turn(&self) -> Option<Turn> {
        let first = self.items.front()?;
        Some((self.started, first.log_seq, first.dialog))
    }
}

impl Queue {
    /// Begin behind a position, with what is stored, for so many requests at once.
    pub(super) fn new(position: u64, stored: Vec<Item>, at_once: usize) -> Self {
        let mut queue = Self {
            lanes: HashMap::new(),
            ready: BTreeSet::new(),
            asleep: BTreeSet::new(),
            alarms: BTreeSet::new(),
            open: BTreeSet::new(),
            reached: position,
            stored: stored.len(),
            starts: 0,
            window: LEAST_WINDOW.max(at_once.saturating_mul(WINDOW_PER_REQUEST)),
        };
        for item in stored {
            queue.append(item);
        }
        queue
    }

    /// The log was read up to here.
    pub(super) fn reach(&mut self, log_seq: u64) {
        self.reached = self.reached.max(log_seq);
    }

    /// Take what was read. What is here already came from the database.
    pub(super) fn push(&mut self, item: Item) {
        let lane = self.lanes.get(&item.dialog);
        if lane.is_some_and(|lane| lane.items.iter().any(|known| known.log_seq == item.log_seq)) {
            return;
        }
        self.open.insert(item.log_seq);
        self.append(item);
    }

    /// Start the event that may go out now: of the dialog that was served longest ago, and there the first. With `whenever` also one
    /// that is not due yet.
    pub(super) fn start(&mut self, now: Timestamp, whenever: bool) -> Option<Item> {
        self.rouse(now);
        let ready = self.ready.first();
        let next = if whenever {
            ready.into_iter().chain(self.asleep.first()).min()
        } else {
            ready
        };
        let (_, _, dialog) = *next?;
        self.withdraw(dialog);
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
        self.enlist(dialog);
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
        let kept = item.stored.then(|| item.clone());
        self.enlist(dialog);
        kept
    }

    /// The event that was under way waits where it is.
    pub(super) fn stay(&mut self, dialog: DialogId) {
        if let Some(lane) = self.lanes.get_mut(&dialog) {
            lane.under_way = false;
            if let Some(first) = lane.items.front_mut() {
                first.due = None;
            }
        }
        self.enlist(dialog);
    }

    /// Whatever waits may be tried now: the endpoint is back.
    pub(super) fn wake(&mut self) {
        self.alarms.clear();
        for turn in std::mem::take(&mut self.asleep) {
            let lane = self.lanes.get_mut(&turn.2);
            if let Some(first) = lane.and_then(|lane| lane.items.front_mut()) {
                first.due = None;
            }
            self.ready.insert(turn);
        }
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
        self.open.len() < self.window
    }

    /// How many events wait in the database.
    pub(super) fn stored(&self) -> usize {
        self.stored
    }

    /// When the next event becomes due that waits for its time.
    pub(super) fn next_due(&self) -> Option<Timestamp> {
        self.alarms.first().map(|(due, _)| *due)
    }

    fn append(&mut self, item: Item) {
        let dialog = item.dialog;
        let lane = self.lanes.entry(dialog).or_default();
        lane.items.push_back(item);
        if lane.items.len() == 1 {
            self.enlist(dialog);
        }
    }

    /// Nothing of a dialog is under way: it waits for its turn.
    fn enlist(&mut self, dialog: DialogId) {
        let Some(lane) = self.lanes.get(&dialog) else {
            return;
        };
        let Some(turn) = lane.turn() else { return };
        match lane.items.front().and_then(|first| first.due) {
            Some(due) => {
                self.asleep.insert(turn);
                self.alarms.insert((due, turn));
            }
            None => {
                self.ready.insert(turn);
            }
        }
    }

    /// A dialog waits no longer.
    fn withdraw(&mut self, dialog: DialogId) {
        let Some(lane) = self.lanes.get(&dialog) else {
            return;
        };
        let Some(turn) = lane.turn() else { return };
        self.ready.remove(&turn);
        self.asleep.remove(&turn);
        if let Some(due) = lane.items.front().and_then(|first| first.due) {
            self.alarms.remove(&(due, turn));
        }
    }

    /// Those whose time has come may go out.
    fn rouse(&mut self, now: Timestamp) {
        while let Some(alarm) = self.alarms.first().copied().filter(|(due, _)| *due <= now) {
            self.alarms.remove(&alarm);
            self.asleep.remove(&alarm.1);
            self.ready.insert(alarm.1);
        }
    }
}

#[cfg(test)]
mod tests;
