use std::collections::VecDeque;

use mtchat_protocol::{MessageId, PageQuery};

use crate::{Flaw, map::sort_by, message::Held};

/// Messages without holes between them.
#[derive(Debug, Clone)]
pub(crate) struct Stretch {
    pub(crate) messages: VecDeque<Held>,
    /// There are older ones.
    pub(crate) more_before: bool,
    /// Up to where in the log the newest message is in it; `None`: there are newer ones.
    pub(crate) live: Option<u64>,
}

impl Stretch {
    pub(crate) fn range(&self) -> Option<(u64, u64)> {
        Some((self.messages.front()?.view.seq, self.messages.back()?.view.seq))
    }
}

/// One stretch of a page and all that touches it. Inside of the page it says what is there, unless something is newer than it.
pub(crate) fn merged(
    touching: Vec<Stretch>,
    fresh: Stretch,
    low: Option<u64>,
    high: Option<u64>,
    as_of: u64,
    query: PageQuery,
    flaw: Option<Flaw>,
) -> Stretch {
    let mut all = Stretch {
        more_before: fresh.more_before,
        live: fresh.live,
        messages: VecDeque::new(),
    };
    let end = match (fresh.live, query) {
        (Some(_), _) => Some(u64::MAX),
        (None, _) => high,
    };
    let start = if fresh.more_before { low } else { Some(0) };
    let mut kept: Vec<Held> = Vec::new();
    for stretch in touching {
        if let (Some((first, _)), Some(low)) = (stretch.range(), low)
            && first < low
        {
            all.more_before = stretch.more_before;
        }
        if let Some(live) = stretch.live {
            all.live = Some(all.live.map_or(live, |known| known.max(live)));
        }
        kept.extend(stretch.messages);
    }
    let inside = |seq: u64| start.is_some_and(|start| seq >= start) && end.is_some_and(|end| seq <= end);
    let anchor = match query {
        PageQuery::Before(anchor) | PageQuery::After(anchor) => Some(anchor),
        PageQuery::Around(_) | PageQuery::Latest => None,
    };
    let named: Vec<MessageId> = fresh.messages.iter().map(|held| held.view.id).collect();
    kept.retain(|held| {
        let told = named.contains(&held.view.id);
        let gone = !told && inside(held.view.seq) && held.as_of <= as_of && Some(held.view.id) != anchor;
        let replaced = told && held.as_of <= as_of;
        !gone && !replaced
    });
    for mut told in fresh.messages {
        match kept.iter_mut().find(|held| held.view.id == told.view.id) {
            Some(_) if flaw == Some(Flaw::KeepsOldLinks) => {}
            Some(newer) => newer.take_links(&mut told),
            None => kept.push(told),
        }
    }
    sort_by(&mut kept, |one, other| one.view.seq > other.view.seq);
    all.messages = kept.into();
    all
}
