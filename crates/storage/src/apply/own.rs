//! Users' own state.

use std::collections::HashMap;

use mtchat_protocol::{Fact, FactData, NotificationLevel, UserId};
use sqlx::{PgConnection, Row};
use uuid::Uuid;

use super::fold::{Fold, Place};
use crate::{Unarchived, row::signed};

/// What a batch changes of one user's own state in one dialog.
pub(crate) struct OwnRow<'a> {
    pub(crate) place: Place<'a>,
    pub(crate) user: &'a UserId,
    /// The last fact; its head says in which of the user's stays it was.
    pub(crate) fact: &'a Fact,
    /// The pointer is at least here afterwards …
    pub(crate) least: Option<Pointer>,
    /// … and, before that, at most here; with the log position of the mark.
    pub(crate) most: Option<(u64, Pointer)>,
    /// How far they have read in between: what was read once is never told of, however far back it is marked as unread.
    pub(crate) read_once: u64,
    pub(crate) archived: Option<Option<u64>>,
    pub(crate) pinned: Option<bool>,
    pub(crate) level: Option<NotificationLevel>,
}

/// Where a read pointer stands.
#[derive(Clone, Copy)]
pub(crate) struct Pointer {
    pub(crate) seq: u64,
    pub(crate) count: u64,
    pub(crate) message: Uuid,
}

impl<'a> OwnRow<'a> {
    pub(crate) fn new(place: Place<'a>, user: &'a UserId, fact: &'a Fact) -> Self {
        Self {
            place,
            user,
            fact,
            least: None,
            most: None,
            read_once: 0,
            archived: None,
            pinned: None,
            level: None,
        }
    }

    /// One more fact, in the log's order.
    pub(crate) fn take(&mut self, log_seq: u64, fact: &'a Fact) {
        self.fact = fact;
        match &fact.data {
            FactData::Archived(archived) => self.archived = Some(Some(archived.count)),
            FactData::MarkedUnread(marked) => self.mark(
                log_seq,
                Pointer {
                    seq: marked.seq,
                    count: marked.count,
                    message: marked.message_id.0,
                },
            ),
            FactData::NotificationsSet(set) => self.level = Some(set.level()),
            FactData::Pinned(_) => self.pinned = Some(true),
            FactData::Read(read) => self.read(Pointer {
                seq: read.seq,
                count: read.count,
                message: read.message_id.0,
            }),
            FactData::Unarchived(_) => self.archived = Some(None),
            FactData::Unpinned(_) => self.pinned = Some(false),
            FactData::DialogArchived(_)
            | FactData::DialogCreated(_)
            | FactData::DialogDeleted(_)
            | FactData::DialogUnarchived(_)
            | FactData::DialogUpdated(_)
            | FactData::MessageCreated(_)
            | FactData::MessageDeleted(_)
            | FactData::MessageEdited(_)
            | FactData::ParticipantAdded(_)
            | FactData::ParticipantJoined(_)
            | FactData::ParticipantLeft(_)
            | FactData::ParticipantRemoved(_)
            | FactData::ReactionAdded(_)
            | FactData::ReactionRemoved(_)
            | FactData::NoticePosted(_)
            | FactData::NotificationPending(_)
            | FactData::ParticipantRoleChanged(_)
            | FactData::ScopesReplaced(_)
            | FactData::Unknown(_) => {}
        }
    }

    /// Reads raise, marks lower: whatever their order, together they are one pair of bounds.
    pub(crate) fn read(&mut self, to: Pointer) {
        self.read_once = self.read_once.max(to.seq);
        if self.least.is_none_or(|least| least.seq < to.seq) {
            self.least = Some(to);
        }
        if let Some((_, most)) = &mut self.most
            && most.seq < to.seq
        {
            *most = to;
        }
    }

    fn mark(&mut self, log_seq: u64, to: Pointer) {
        let lowest = self
            .most
            .map_or(to, |(_, most)| if most.seq < to.seq { most } else { to });
        self.most = Some((log_seq, lowest));
        if let Some(least) = &mut self.least
            && least.seq > to.seq
        {
            *least = to;
        }
    }
}

/// A mark that was followed by an own message is over: sending reads everything before. That matters when the log is given again,
/// because the message is not.
const REWIND: &str = "
UPDATE participants p
SET notified_seq = greatest(p.notified_seq, p.read_seq), read_seq = x.seq, read_count = x.count, last_read_message_id = (
    SELECT m.id FROM messages m
    WHERE m.app = p.app AND m.dialog = p.dialog AND m.seq <= x.seq
    ORDER BY m.seq DESC LIMIT 1
)
FROM unnest($1::text[], $2::uuid[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[])
    x (app, dialog, user_id, head_seq, log_seq, seq, count)
WHERE p.app = x.app AND p.dialog = x.dialog AND p.user_id = x.user_id AND p.present AND p.joined_seq <= x.head_seq
    AND p.read_seq > x.seq
    AND NOT EXISTS (
        SELECT 1 FROM messages o
        WHERE o.app = p.app AND o.dialog = p.dialog AND o.seq = p.own_seq AND o.seq > p.joined_seq
            AND o.log_seq > x.log_seq
    )";

/// What was of an earlier stay is over: the head that a fact was decided on says so.
const CHANGE: &str = "
UPDATE participants p
SET read_seq = greatest(p.read_seq, x.read_seq),
    read_count = CASE WHEN p.read_seq < x.read_seq THEN x.read_count ELSE p.read_count END,
    last_read_message_id = CASE WHEN p.read_seq < x.read_seq THEN x.message ELSE p.last_read_message_id END,
    archived_count = CASE WHEN x.with_archived THEN x.archived_count ELSE p.archived_count END,
    notified_seq = greatest(p.notified_seq, x.read_once),
    pinned = coalesce(x.pinned, p.pinned),
    notifications = coalesce(x.notifications, p.notifications),
    mentions_only = coalesce(x.mentions_only, p.mentions_only)
FROM unnest($1::text[], $2::uuid[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[], $7::uuid[], $8::bool[],
    $9::bigint[], $10::bool[], $11::bool[], $12::bigint[], $13::bool[])
    x (app, dialog, user_id, head_seq, read_seq, read_count, message, with_archived, archived_count, pinned, notifications,
        read_once, mentions_only)
WHERE p.app = x.app AND p.dialog = x.dialog AND p.user_id = x.user_id AND p.present AND p.joined_seq <= x.head_seq";

/// Who archived without having seen the newest message has not archived.
const LATE: &str = "
UPDATE participants p SET archived_count = NULL
FROM unnest($1::text[], $2::uuid[], $3::text[]) x (app, dialog, user_id)
JOIN dialogs d ON d.app = x.app AND d.id = x.dialog
WHERE p.app = x.app AND p.dialog = x.dialog AND p.user_id = x.user_id AND p.archived_count < d.count
RETURNING p.app, p.dialog, p.user_id";

/// A participant's row, by its key.
pub(crate) type Who = (String, Uuid, String);

/// Users' own state, after everything that the batch's messages changed. Answers who had archived too early.
pub(crate) async fn change(connection: &mut PgConnection, fold: &Fold<'_>) -> Result<Vec<Who>, sqlx::Error> {
    if fold.own.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<&OwnRow<'_>> = fold.own.values().collect();
    let marks: Vec<_> = rows.iter().filter_map(|row| Some((*row, row.most?))).collect();
    if !marks.is_empty() {
        let query = columns!(sqlx::query(REWIND), marks, mark => {
            mark.0.place.app,
            mark.0.place.dialog,
            mark.0.user.as_str(),
            signed(mark.0.fact.seq()),
            signed(mark.1.0),
            signed(mark.1.1.seq),
            signed(mark.1.1.count),
        });
        query.execute(&mut *connection).await?;
    }
    let query = columns!(sqlx::query(CHANGE), rows, row => {
        row.place.app,
        row.place.dialog,
        row.user.as_str(),
        signed(row.fact.seq()),
        row.least.map(|least| signed(least.seq)),
        row.least.map(|least| signed(least.count)),
        row.least.map(|least| least.message),
        row.archived.is_some(),
        row.archived.flatten().map(signed),
        row.pinned,
        row.level.map(NotificationLevel::enabled),
        row.most.map(|_| signed(row.read_once)),
        row.level.map(|level| level == NotificationLevel::Mentions),
    });
    query.execute(&mut *connection).await?;
    let archived: Vec<_> = rows
        .iter()
        .filter(|row| row.archived.flatten().is_some())
        .collect();
    if archived.is_empty() {
        return Ok(Vec::new());
    }
    let query = columns!(sqlx::query(LATE), archived, row => {
        row.place.app,
        row.place.dialog,
        row.user.as_str(),
    });
    let rows = query.fetch_all(connection).await?;
    rows.iter()
        .map(|row| {
            Ok((
                row.try_get("app")?,
                row.try_get("dialog")?,
                row.try_get("user_id")?,
            ))
        })
        .collect()
}

/// Those for whom messages brought a dialog back, by dialog. Who changed that themselves in the same batch has been told.
pub(crate) fn unarchived(fold: &Fold<'_>, woken: Vec<Who>, late: Vec<Who>) -> Vec<Unarchived> {
    let changed = |who: &Who| {
        fold.own.values().any(|row| {
            row.archived.is_some()
                && row.place.app == who.0
                && row.place.dialog == who.1
                && row.user.as_str() == who.2
        })
    };
    let mut by_dialog: HashMap<(String, Uuid), Vec<UserId>> = HashMap::new();
    for (app, dialog, user) in woken.into_iter().filter(|who| !changed(who)).chain(late) {
        let Ok(user) = UserId::new(&user) else { continue };
        by_dialog.entry((app, dialog)).or_default().push(user);
    }
    let told = by_dialog.into_iter().filter_map(|((app, dialog), users)| {
        let place = Place { app: &app, dialog };
        let cause = cause(fold, place)?.clone();
        Some(Unarchived { cause, users })
    });
    told.collect()
}

fn cause<'a>(fold: &Fold<'a>, place: Place<'_>) -> Option<&'a Fact> {
    let is_there = |other: &Place<'_>| other.app == place.app && other.dialog == place.dialog;
    let head = fold.heads.rows().iter().find(|head| is_there(&head.place));
    head.map(|head| head.fact).or_else(|| {
        let own = fold.own.values().find(|row| is_there(&row.place));
        own.map(|row| row.fact)
    })
}
