use mtchat_protocol::{DialogId, MessageId, MessageView, MessagesPage, PageQuery, ServerFrame, UserId};

use crate::{
    Change, Flaw, Row,
    map::sort_by,
    message::{Held, of_frame},
    outbox::Outbox,
    placed::Placed,
    stretch::{Stretch, merged},
};

/// Most messages that are kept of one dialog; those farthest from the reader go first and can be loaded again.
const MOST: usize = 2_000;
/// The newest stay in any case, so that what comes has something to follow.
const NEWEST: usize = 50;

/// The messages of a dialog that are loaded: stretches without holes, with gaps between them.
#[derive(Debug, Clone)]
pub(crate) struct Timeline {
    dialog: DialogId,
    /// By `seq`; never empty ones but a single live one.
    stretches: Vec<Stretch>,
    /// What is loaded is of another life of the log and waits to be replaced.
    stale: bool,
    /// Where one wants to go, until that is loaded or known not to be there.
    jump: Option<MessageId>,
    /// About where one reads: the `seq` at which something was loaded last; `None`: at the newest.
    place: Option<u64>,
    /// The rows as they were told last, by name and version.
    told: Vec<(u128, u64)>,
    /// Something may be different from what was told.
    touched: bool,
    versions: u64,
}

impl Timeline {
    pub(crate) fn new(dialog: DialogId) -> Self {
        Self {
            dialog,
            stretches: Vec::new(),
            stale: true,
            jump: None,
            place: None,
            told: Vec::new(),
            touched: true,
            versions: 0,
        }
    }

    /// Nothing that comes fits to what is loaded, until the newest page is loaded anew.
    pub(crate) fn become_stale(&mut self) {
        self.stale = true;
    }

    /// The dialog is not one's own any more: nothing of it is shown.
    pub(crate) fn clear(&mut self) {
        self.touched = true;
        self.stretches.clear();
        self.stale = true;
    }

    /// Whether what is loaded goes on live from before a place of the log.
    pub(crate) fn is_live_before(&self, at: u64) -> bool {
        let newest = self.stretches.last().and_then(|newest| newest.live);
        newest.is_some_and(|live| live < at)
    }

    pub(crate) fn is_stale(&self) -> bool {
        self.stale
    }

    /// Go to a message. What is asked for now, if anything: while nothing fits to what is loaded, that comes first.
    pub(crate) fn jump(&mut self, message: MessageId) -> Option<PageQuery> {
        self.jump = Some(message);
        self.jumps()
    }

    /// Where one still wants to go.
    pub(crate) fn jumps(&self) -> Option<PageQuery> {
        let message = self.jump.filter(|_| !self.stale)?;
        Some(PageQuery::Around(message))
    }

    /// One reads the newest ones again.
    pub(crate) fn reads_newest(&mut self) {
        self.place = None;
    }

    /// There is no way there, or one wants to be somewhere else.
    pub(crate) fn stay(&mut self) {
        self.jump = None;
    }

    /// The page that closes the gap before the oldest loaded stretch, or after the newest; `None` where there is none.
    pub(crate) fn older(&self) -> Option<PageQuery> {
        let oldest = self.stretches.first().filter(|oldest| oldest.more_before)?;
        Some(PageQuery::Before(oldest.messages.front()?.view.id))
    }

    pub(crate) fn newer(&self) -> Option<PageQuery> {
        let newest = self.stretches.last().filter(|newest| newest.live.is_none())?;
        Some(PageQuery::After(newest.messages.back()?.view.id))
    }

    /// Take a page that says what was so when the log had come up to `as_of`.
    pub(crate) fn take(&mut self, query: PageQuery, page: MessagesPage, as_of: u64, flaw: Option<Flaw>) {
        self.touched = true;
        if self.stale {
            if query != PageQuery::Latest {
                return;
            }
            self.stretches.clear();
            self.stale = false;
        }
        if matches!(query, PageQuery::Around(message) if Some(message) == self.jump) {
            self.jump = None;
        }
        let joint = match query {
            PageQuery::Before(anchor) | PageQuery::After(anchor) => self.seq_of(anchor),
            PageQuery::Around(_) | PageQuery::Latest => None,
        };
        if joint.is_none() && matches!(query, PageQuery::Before(_) | PageQuery::After(_)) {
            // What the page begins at is not loaded any more.
            return;
        }
        let fresh = Stretch {
            more_before: page.has_more_before,
            live: (!page.has_more_after).then_some(as_of),
            messages: page
                .messages
                .into_iter()
                .map(|view| self.held(view, as_of))
                .collect(),
        };
        let range = fresh.range();
        let low = [range.map(|(low, _)| low), joint].into_iter().flatten().min();
        let high = [range.map(|(_, high)| high), joint].into_iter().flatten().max();
        self.place = match query {
            PageQuery::Latest => None,
            PageQuery::Before(_) => low,
            PageQuery::After(_) => high,
            PageQuery::Around(_) => low.zip(high).map(|(low, high)| low.midpoint(high)),
        };
        let everywhere = flaw == Some(Flaw::JoinsAcrossGaps);
        let touches = |stretch: &Stretch| match (stretch.range(), low.zip(high)) {
            (Some((first, last)), Some((low, high))) => everywhere || (first <= high && last >= low),
            (None, _) | (_, None) => true,
        };
        let (touching, apart): (Vec<_>, Vec<_>) = self.stretches.drain(..).partition(touches);
        let mut apart = apart;
        if fresh.live.is_some() {
            // What was the end is not, if so much came since that nothing joins them; unless the page is older than that.
            let newest = apart.iter().filter_map(|stretch| stretch.live).max();
            let fresh = match newest {
                Some(newest) if newest > as_of => Stretch { live: None, ..fresh },
                Some(_) | None => {
                    apart.iter_mut().for_each(|stretch| stretch.live = None);
                    fresh
                }
            };
            apart.push(merged(touching, fresh, low, high, as_of, query, flaw));
        } else {
            apart.push(merged(touching, fresh, low, high, as_of, query, flaw));
        }
        sort_by(&mut apart, |one, other| one.range() > other.range());
        apart.retain(|stretch| !stretch.messages.is_empty() || stretch.live.is_some());
        // Only the newest can go on live.
        if let Some((_, older)) = apart.split_last_mut() {
            older.iter_mut().for_each(|stretch| stretch.live = None);
        }
        self.stretches = apart;
        self.trim();
    }

    /// Apply what happened at a place of the log; whatever is loaded from later knows of it already.
    pub(crate) fn apply(&mut self, frame: &ServerFrame, at: u64, me: Option<&UserId>, flaw: Option<Flaw>) {
        if self.stale {
            return;
        }
        self.touched = true;
        let all = flaw == Some(Flaw::IgnoresAsOf);
        match frame {
            ServerFrame::MessageNew(new) => {
                self.versions += 1;
                let fresh = Held {
                    view: of_frame(new, flaw),
                    as_of: at,
                    version: self.versions,
                };
                let Some(last) = self.stretches.last_mut() else {
                    return;
                };
                if last.live.is_some_and(|live| all || live < at) {
                    last.live = Some(at);
                    // A page from later may hold it already, and what came after it.
                    let place = last
                        .messages
                        .partition_point(|held| held.view.seq < fresh.view.seq);
                    let there = last
                        .messages
                        .get(place)
                        .is_some_and(|held| held.view.id == fresh.view.id);
                    if !there || all {
                        last.messages.insert(place, fresh);
                    }
                    self.trim();
                }
            }
            ServerFrame::MessageDeleted { id, .. } => {
                for stretch in &mut self.stretches {
                    stretch
                        .messages
                        .retain(|held| held.view.id != *id || (!all && held.as_of >= at));
                }
                let only = self.stretches.len() == 1;
                self.stretches
                    .retain(|stretch| !stretch.messages.is_empty() || (only && stretch.live.is_some()));
            }
            other => {
                let Some(held) = crate::message::target(other).and_then(|id| self.find(id)) else {
                    return;
                };
                if (all || held.as_of < at) && held.apply(other, at, me) {
                    self.versions += 1;
                    let version = self.versions;
                    if let Some(held) = crate::message::target(other).and_then(|id| self.find(id)) {
                        held.version = version;
                    }
                }
            }
        }
    }

    /// How many messages of others came after this one, when everything after it is loaded.
    pub(crate) fn after(&self, message: MessageId, counts: impl Fn(&MessageView) -> bool) -> Option<u64> {
        let newest = self.stretches.last().filter(|newest| newest.live.is_some())?;
        let place = newest.messages.iter().position(|held| held.view.id == message)?;
        let after = newest.messages.range(place + 1..);
        Some(after.filter(|held| counts(&held.view)).count() as u64)
    }

    /// The rows, gaps and messages on their way included.
    pub(crate) fn rows(&self, outbox: &Outbox) -> Vec<Row> {
        self.placed(outbox).iter().map(Placed::row).collect()
    }

    /// What is different since this was asked last. `sending`: what is on its way may be different, too.
    pub(crate) fn change(&mut self, outbox: &Outbox, sending: bool) -> Option<Change> {
        if !std::mem::take(&mut self.touched) && !sending {
            return None;
        }
        let placed = self.placed(outbox);
        let now: Vec<(u128, u64)> = placed.iter().map(Placed::name).collect();
        let same = |pair: &(&(u128, u64), &(u128, u64))| pair.0 == pair.1;
        let from = now.iter().zip(&self.told).take_while(same).count();
        let most = now.len().min(self.told.len()) - from;
        let tail = now.iter().rev().zip(self.told.iter().rev());
        let end = tail.take(most).take_while(same).count();
        let removed = self.told.len() - from - end;
        let added = now.len() - from - end;
        if removed == 0 && added == 0 {
            return None;
        }
        let rows = placed[from..from + added].iter().map(Placed::row).collect();
        let dialog = self.dialog;
        self.told = now;
        Some(Change {
            dialog,
            from,
            removed,
            rows,
        })
    }

    fn placed<'a>(&'a self, outbox: &'a Outbox) -> Vec<Placed<'a>> {
        let mut rows = Vec::new();
        let mut after = None;
        for stretch in &self.stretches {
            let before = stretch.messages.front().map(|held| held.view.id);
            if after.is_some() || stretch.more_before {
                rows.push(Placed::Gap { after, before });
            }
            rows.extend(stretch.messages.iter().map(Placed::Message));
            after = stretch.messages.back().map(|held| held.view.id);
        }
        if self.stretches.last().is_some_and(|newest| newest.live.is_none()) {
            rows.push(Placed::Gap { after, before: None });
        }
        let sending = outbox.of(self.dialog).filter(|entry| !self.holds(entry.id));
        rows.extend(sending.map(Placed::Sending));
        rows
    }

    pub(crate) fn holds(&self, id: MessageId) -> bool {
        self.seq_of(id).is_some()
    }

    pub(crate) fn seq_of(&self, id: MessageId) -> Option<u64> {
        let mut all = self.stretches.iter().flat_map(|stretch| &stretch.messages);
        all.find(|held| held.view.id == id).map(|held| held.view.seq)
    }

    fn find(&mut self, id: MessageId) -> Option<&mut Held> {
        let mut all = self
            .stretches
            .iter_mut()
            .flat_map(|stretch| &mut stretch.messages);
        all.find(|held| held.view.id == id)
    }

    fn held(&mut self, mut view: MessageView, as_of: u64) -> Held {
        self.versions += 1;
        crate::message::sort(&mut view.reactions);
        Held {
            view,
            as_of,
            version: self.versions,
        }
    }

    fn trim(&mut self) {
        let count: usize = self.stretches.iter().map(|stretch| stretch.messages.len()).sum();
        for _ in MOST..count {
            let oldest = self.stretches.first().and_then(Stretch::range);
            let far_back = self
                .place
                .zip(oldest)
                .map(|(place, (oldest, _))| place.saturating_sub(oldest));
            let far_ahead = self
                .place
                .zip(self.newest_to_go())
                .map(|(place, newest)| newest.saturating_sub(place));
            if far_ahead > far_back {
                self.drop_newest();
            } else {
                self.drop_oldest();
            }
        }
    }

    fn drop_oldest(&mut self) {
        let Some(oldest) = self.stretches.first_mut() else {
            return;
        };
        oldest.messages.pop_front();
        oldest.more_before = true;
        if oldest.messages.is_empty() {
            self.stretches.remove(0);
        }
    }

    /// The newest message that is not one of the very newest.
    fn newest_to_go(&self) -> Option<u64> {
        let (newest, older) = self.stretches.split_last()?;
        let apart = older.last().and_then(|stretch| stretch.messages.back());
        let kept = if newest.live.is_some() { NEWEST } else { 0 };
        let inside = newest.messages.iter().rev().nth(kept);
        inside.or(apart).map(|held| held.view.seq)
    }

    /// Drop that one: there is a gap before the very newest then.
    fn drop_newest(&mut self) {
        let Some(mut newest) = self.stretches.pop() else {
            return;
        };
        let kept = if newest.live.is_some() { NEWEST } else { 0 };
        let before = newest.messages.len().saturating_sub(kept);
        if before > 0 {
            let rest = newest.messages.split_off(before);
            let live = newest.live.take();
            self.stretches.push(std::mem::replace(
                &mut newest,
                Stretch {
                    messages: rest,
                    more_before: true,
                    live,
                },
            ));
        }
        if let Some(last) = self.stretches.last_mut() {
            last.messages.pop_back();
            if last.messages.is_empty() {
                self.stretches.pop();
            }
        }
        if newest.live.is_some() {
            self.stretches.push(newest);
        }
    }
}

#[cfg(test)]
#[path = "timeline_tests.rs"]
mod tests;
