use mtchat_protocol::{AppId, DialogId, MessageType, MessageView, MessagesPage, PageQuery, UserId};
use sqlx::{Row, postgres::PgRow};

use crate::{
    AsOf, Storage, StorageError,
    as_of::{log_seq_of, stored_to},
    message,
    reactions::{reactions_of_message, summaries},
    row::{number, signed},
};

/// What a caller gets who asks for messages.
#[derive(Debug, Clone, PartialEq)]
pub enum PageAnswer {
    /// The message that the page should lie around, before or after is not one of this dialog.
    NoSuchMessage,
    /// The caller does not take part in this dialog, or there is none.
    NotParticipant,
    /// The page.
    Page(AsOf<MessagesPage>),
}

/// A page is cut out of the timeline: so many messages before the cut, so many from it on, and one more on each side, which only
/// says whether there are more. So every kind of page is this one statement, and what it says of its edges is exact. Where a
/// dialog has no reactions at all, which is asked once, none are looked for.
const PAGE: &str = concat!(
    "
SELECT ",
    stored_to!(),
    ", p.user_id IS NOT NULL AS participant, p.read_seq, cut.seq AS cut, m.*, r.reactions
FROM dialogs d
LEFT JOIN participants p ON p.app = d.app AND p.dialog = d.id AND p.user_id = $3 AND p.present
LEFT JOIN messages a ON a.app = d.app AND a.dialog = d.id AND a.id = $4
CROSS JOIN LATERAL (SELECT CASE WHEN $4 IS NULL THEN 9223372036854775807 ELSE a.seq + $5 END AS seq) cut
CROSS JOIN LATERAL (
    SELECT EXISTS (SELECT FROM reactions e WHERE e.app = d.app AND e.dialog = d.id) AS here OFFSET 0
) any_reaction
LEFT JOIN LATERAL (
    (
        SELECT true AS before, app, dialog, id, seq, ordinal, sent_at, edited_at, reply_to, sender_id, content, attachments
        FROM messages
        WHERE app = d.app AND dialog = d.id AND seq < cut.seq AND deleted_at IS NULL AND p.user_id IS NOT NULL
        ORDER BY seq DESC LIMIT $6
    ) UNION ALL (
        SELECT false, app, dialog, id, seq, ordinal, sent_at, edited_at, reply_to, sender_id, content, attachments
        FROM messages
        WHERE app = d.app AND dialog = d.id AND seq >= cut.seq AND deleted_at IS NULL AND p.user_id IS NOT NULL
        ORDER BY seq LIMIT $7
    )
) m ON true
CROSS JOIN LATERAL (",
    reactions_of_message!("$3", "any_reaction.here"),
    ") r
WHERE d.app = $1 AND d.id = $2 AND NOT d.deleted"
);

/// How many messages a page takes on each side of the cut.
struct Sides {
    before: usize,
    after: usize,
}

impl Storage {
    /// A page of a dialog for one of its participants.
    pub async fn messages_page(
        &self,
        app: &AppId,
        dialog: DialogId,
        user: &UserId,
        query: PageQuery,
        limit: u32,
    ) -> Result<PageAnswer, StorageError> {
        let limit = limit as usize;
        // The anchor itself lies behind the cut, except where the page begins after it.
        let (anchor, shift, sides) = match query {
            PageQuery::After(anchor) => (
                Some(anchor.0),
                1_i64,
                Sides {
                    before: 0,
                    after: limit,
                },
            ),
            PageQuery::Around(anchor) => {
                let before = limit / 2;
                let after = limit - before;
                (Some(anchor.0), 0, Sides { before, after })
            }
            PageQuery::Before(anchor) => (
                Some(anchor.0),
                0,
                Sides {
                    before: limit,
                    after: 0,
                },
            ),
            PageQuery::Latest => (
                None,
                0,
                Sides {
                    before: limit,
                    after: 0,
                },
            ),
        };
        let rows = self
            .rows(
                app,
                sqlx::query(PAGE)
                    .bind(app.as_str())
                    .bind(dialog.0)
                    .bind(user.as_str())
                    .bind(anchor)
                    .bind(shift)
                    .bind(signed(sides.before as u64 + 1))
                    .bind(signed(sides.after as u64 + 1)),
            )
            .await?;
        let Some(first) = rows.first() else {
            return Ok(PageAnswer::NotParticipant);
        };
        if !first.try_get::<bool, _>("participant")? {
            return Ok(PageAnswer::NotParticipant);
        }
        if first.try_get::<Option<i64>, _>("cut")?.is_none() {
            return Ok(PageAnswer::NoSuchMessage);
        }
        let mut page = assemble(dialog, &rows, &sides)?;
        if !matches!(query, PageQuery::Around(_)) {
            let read = number(first, "read_seq")?;
            let unread = page
                .messages
                .iter()
                .find(|message| is_unread(message, user, read));
            page.first_unread_message_id = unread.map(|message| message.id);
        }
        let log_seq = log_seq_of(first)?;
        Ok(PageAnswer::Page(AsOf { log_seq, value: page }))
    }
}

fn is_unread(message: &MessageView, user: &UserId, read: u64) -> bool {
    message.seq > read
        && message.message_type == MessageType::User
        && message.sender_id.as_ref().is_some_and(|sender| sender != user)
}

fn assemble(dialog: DialogId, rows: &[PgRow], sides: &Sides) -> Result<MessagesPage, StorageError> {
    let (mut before, mut after) = (Vec::new(), Vec::new());
    for row in rows {
        // A page without messages is one row that has none.
        match row.try_get::<Option<bool>, _>("before")? {
            Some(true) => before.push(row),
            Some(false) => after.push(row),
            None => {}
        }
    }
    // Nothing promises that a union keeps the order of its parts.
    let seq = |row: &&PgRow| row.try_get::<i64, _>("seq").unwrap_or_default();
    before.sort_by_key(|row| std::cmp::Reverse(seq(row)));
    after.sort_by_key(seq);
    let has_more_before = before.len() > sides.before;
    let has_more_after = after.len() > sides.after;
    before.truncate(sides.before);
    after.truncate(sides.after);
    let messages = before.into_iter().rev().chain(after);
    Ok(MessagesPage {
        messages: messages.map(|row| read(dialog, row)).collect::<Result<_, _>>()?,
        first_unread_message_id: None,
        has_more_before,
        has_more_after,
    })
}

fn read(dialog: DialogId, row: &PgRow) -> Result<MessageView, StorageError> {
    Ok(MessageView {
        reactions: summaries(row)?,
        ..message::read(dialog, row)?
    })
}
