//! A user's list of dialogs as this edge remembers it: in which order, and how much is unread. Nothing here is the truth: the
//! database says what each dialog adds, and the live path which dialogs to ask it about again.

use std::{cmp::Reverse, collections::HashMap, fmt, sync::Arc, time::Duration};

use moka::sync::Cache;
use mtchat_protocol::{DialogCursor, DialogId, Epoch, ShardId, TotalUnreadView};
use mtchat_storage::{DialogWindow, ShelfAnswer, ShelfEntry, Storage, StorageError};
use tokio::time::{Instant, sleep};

use crate::gateway::{Changed, Hub, Owner};

/// Most entries remembered, of all users together; one takes some 64 bytes.
const MOST_ENTRIES: u64 = 2_000_000;
/// Of more dialogs at once everything is asked anew.
const MOST_CHANGED: usize = 256;
/// How long the live path may be behind the database before that is no use: mostly it is ahead.
const PATIENCE: Duration = Duration::from_millis(100);
/// Between two looks at it.
const LOOK_AGAIN: Duration = Duration::from_millis(2);

/// The lists that this edge remembers. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Shelves {
    storage: Storage,
    hub: Hub,
    known: Cache<Owner, Arc<Shelf>>,
}

/// One user's dialogs, as far as the log goes that is in it.
#[derive(Debug, Clone)]
pub(crate) struct Shelf {
    epoch: Epoch,
    log_seq: u64,
    entries: Arc<HashMap<DialogId, ShelfEntry>>,
}

impl Shelves {
    pub(crate) fn new(storage: Storage, hub: Hub) -> Self {
        let weigh =
            |_: &Owner, shelf: &Arc<Shelf>| u32::try_from(shelf.entries.len() + 1).unwrap_or(u32::MAX);
        let known = Cache::builder()
            .max_capacity(MOST_ENTRIES)
            .weigher(weigh)
            .time_to_idle(Duration::from_secs(600))
            .build();
        Self { storage, hub, known }
    }

    /// A user's list: everything that the database holds by now is in it.
    pub(crate) async fn of(&self, owner: &Owner) -> Result<Arc<Shelf>, StorageError> {
        if let Some(known) = self.known.get(owner)
            && let Some(shelf) = self.refreshed(owner, &known).await?
        {
            return Ok(shelf);
        }
        // A life of the log that is over is no ground to go on from, so it is looked at first.
        let epoch = self.hub.epoch();
        let ShelfAnswer { log_seq, entries } = self.ask(owner, None).await?;
        let entries: HashMap<_, _> = entries.into_iter().map(|entry| (entry.dialog, entry)).collect();
        let shelf = Arc::new(Shelf {
            epoch: epoch.clone().unwrap_or(Epoch(String::new())),
            log_seq,
            entries: Arc::new(entries),
        });
        if epoch.is_some() {
            self.known.insert(owner.clone(), shelf.clone());
        }
        Ok(shelf)
    }

    /// Ask only about what has changed; `None` when that is not known.
    async fn refreshed(&self, owner: &Owner, known: &Shelf) -> Result<Option<Arc<Shelf>>, StorageError> {
        let Some(Changed {
            told,
            dialogs: changed,
        }) = self.changed_since(owner, known)
        else {
            return Ok(None);
        };
        if changed.len() > MOST_CHANGED {
            return Ok(None);
        }
        let answer = self.ask(owner, Some(&changed)).await?;
        // The database may hold more than this edge has been told: then other dialogs may have changed too.
        let told = if told >= answer.log_seq {
            told
        } else {
            match self.caught_up(owner, known, answer.log_seq).await {
                Some(since) if since.dialogs.iter().all(|dialog| changed.contains(dialog)) => since.told,
                Some(_) | None => return Ok(None),
            }
        };
        let shelf = Arc::new(known.with(&changed, &answer, told));
        self.known.insert(owner.clone(), shelf.clone());
        Ok(Some(shelf))
    }

    /// Wait until this edge has been told everything that the database held, and say what has changed by then.
    async fn caught_up(&self, owner: &Owner, known: &Shelf, stored: u64) -> Option<Changed> {
        let deadline = Instant::now() + PATIENCE;
        while self.hub.position() < stored {
            if Instant::now() >= deadline {
                return None;
            }
            sleep(LOOK_AGAIN).await;
        }
        self.changed_since(owner, known)
    }

    fn changed_since(&self, owner: &Owner, known: &Shelf) -> Option<Changed> {
        self.hub.changed_since(owner, &known.epoch, known.log_seq)
    }

    async fn ask(&self, owner: &Owner, dialogs: Option<&[DialogId]>) -> Result<ShelfAnswer, StorageError> {
        let Owner { app, user } = owner;
        self.storage
            .shelf_entries(ShardId::default(), app, user, dialogs)
            .await
    }
}

impl Shelf {
    /// The dialogs of a stretch of the list, and where it goes on: pinned first, then by last activity.
    pub(crate) fn page(
        &self,
        archived: Option<bool>,
        window: DialogWindow,
    ) -> (Vec<DialogId>, Option<DialogCursor>) {
        let mut listed: Vec<DialogCursor> = self
            .entries
            .values()
            .filter(|entry| archived.is_none_or(|archived| entry.archived == archived))
            .map(place)
            .filter(|place| window.after.is_none_or(|after| key(place) < key(&after)))
            .collect();
        let wanted = (window.offset as usize).saturating_add(window.limit as usize);
        let more = listed.len() > wanted;
        if more {
            listed.select_nth_unstable_by_key(wanted, |place| Reverse(key(place)));
            listed.truncate(wanted);
        }
        listed.sort_unstable_by_key(|place| Reverse(key(place)));
        let page = listed.split_off(listed.len().min(window.offset as usize));
        let next = page.last().copied().filter(|_| more);
        (page.iter().map(|place| place.dialog).collect(), next)
    }

    /// Everything of the log up to here is in it.
    pub(crate) fn log_seq(&self) -> u64 {
        self.log_seq
    }

    /// How much is unread in all.
    pub(crate) fn total(&self) -> TotalUnreadView {
        let unread = self.entries.values().map(|entry| entry.unread);
        TotalUnreadView {
            unread_count: unread.clone().sum(),
            dialogs: unread.filter(|unread| *unread > 0).count() as u64,
        }
    }

    /// The same with these dialogs as the database says now; what it does not mention is not the user's any more.
    fn with(&self, changed: &[DialogId], answer: &ShelfAnswer, told: u64) -> Self {
        let mut entries = self.entries.clone();
        if !changed.is_empty() {
            let entries = Arc::make_mut(&mut entries);
            for dialog in changed {
                entries.remove(dialog);
            }
            entries.extend(answer.entries.iter().map(|entry| (entry.dialog, *entry)));
        }
        Self {
            epoch: self.epoch.clone(),
            // What was told and is not stored yet is asked for again.
            log_seq: told.min(answer.log_seq),
            entries,
        }
    }
}

fn place(entry: &ShelfEntry) -> DialogCursor {
    DialogCursor {
        pinned: entry.pinned,
        active_at: entry.active_at,
        dialog: entry.dialog,
    }
}

fn key(place: &DialogCursor) -> (bool, i64, DialogId) {
    (place.pinned, place.active_at.micros(), place.dialog)
}

impl fmt::Debug for Shelves {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shelves")
            .field("known", &self.known.entry_count())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use mtchat_protocol::Timestamp;
    use uuid::Uuid;

    use super::*;

    fn entry(number: u128, active_at: i64, pinned: bool, archived: bool) -> ShelfEntry {
        ShelfEntry {
            dialog: DialogId(Uuid::from_u128(number)),
            active_at: Timestamp::from_micros(active_at),
            pinned,
            archived,
            unread: u64::from(!pinned),
        }
    }

    fn shelf(entries: &[ShelfEntry]) -> Shelf {
        Shelf {
            epoch: Epoch("e".to_owned()),
            log_seq: 7,
            entries: Arc::new(entries.iter().map(|entry| (entry.dialog, *entry)).collect()),
        }
    }

    fn window(limit: u32, offset: u32, after: Option<DialogCursor>) -> DialogWindow {
        DialogWindow { limit, offset, after }
    }

    fn numbers(page: &[DialogId]) -> Vec<u128> {
        page.iter().map(|dialog| dialog.0.as_u128()).collect()
    }

    #[test]
    fn pages_follow_each_other_by_cursor_and_by_offset() {
        let entries: Vec<_> = (0..10)
            .map(|number| {
                entry(
                    number,
                    i64::try_from(number / 2).unwrap(),
                    number == 3,
                    number == 4,
                )
            })
            .collect();
        let shelf = shelf(&entries);
        let order = [3, 9, 8, 7, 6, 5, 2, 1, 0];
        let (mut found, mut after) = (Vec::new(), None);
        loop {
            let (page, next) = shelf.page(Some(false), window(4, 0, after));
            found.extend(numbers(&page));
            after = next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(found, order);
        for offset in 0..12_u32 {
            let (page, _) = shelf.page(Some(false), window(3, offset, None));
            let expected: Vec<_> = order.iter().skip(offset as usize).take(3).copied().collect();
            assert_eq!(numbers(&page), expected, "{offset}");
        }
        assert_eq!(numbers(&shelf.page(Some(true), window(9, 0, None)).0), [4]);
        assert_eq!(shelf.page(None, window(9, 0, None)).0.len(), 9);
        assert_eq!(shelf.total().unread_count, 9);
    }

    #[test]
    fn what_changed_is_replaced_and_what_is_not_mentioned_goes() {
        let of = |number| entry(number, i64::try_from(number).unwrap(), false, false);
        let before = shelf(&[of(1), of(2), of(3)]);
        let changed = [1, 2].map(|number| DialogId(Uuid::from_u128(number)));
        let answer = ShelfAnswer {
            log_seq: 9,
            entries: vec![entry(1, 9, false, false)],
        };
        let after = before.with(&changed, &answer, 12);
        assert_eq!(numbers(&after.page(None, window(9, 0, None)).0), [1, 3]);
        assert_eq!(after.log_seq, 9, "what is not stored yet is asked for again");
        assert_eq!(numbers(&before.page(None, window(9, 0, None)).0), [3, 2, 1]);
    }
}
