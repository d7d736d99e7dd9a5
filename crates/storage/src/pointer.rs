use mtchat_domain::Place;
use mtchat_protocol::{AppId, DialogId, MessageId, UserId};

use crate::{Storage, StorageError, participant::unread, row::number};

/// Where a pointer goes that a user moves to a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Right before it: it and all after it are unread. Moves the pointer back only.
    Before,
    /// Behind it: it and all before it are read. Moves the pointer forward only.
    Behind,
}

/// The place, and what would be unread if the pointer of `p` had moved there.
const PLACE: &str = concat!(
    "SELECT t.seq, t.count, ",
    unread!(),
    " AS unread
    FROM dialogs d
    JOIN messages m ON m.app = d.app AND m.dialog = d.id AND m.id = $4
    CROSS JOIN LATERAL (
        SELECT m.seq - $5 AS seq, coalesce(m.ordinal - $5, (
            SELECT o.ordinal FROM messages o
            WHERE o.app = m.app AND o.dialog = m.dialog AND o.seq < m.seq AND o.ordinal IS NOT NULL
            ORDER BY o.seq DESC LIMIT 1
        ), 0) AS count
    ) t
    JOIN LATERAL (
        SELECT q.app, q.dialog, q.user_id, q.own_seq,
            CASE WHEN $5 = 0 THEN greatest(q.read_seq, t.seq) ELSE least(q.read_seq, t.seq) END AS read_seq,
            CASE WHEN $5 = 0 THEN greatest(q.read_count, t.count) ELSE least(q.read_count, t.count) END AS read_count
        FROM participants q
        WHERE q.app = d.app AND q.dialog = d.id AND q.user_id = $3 AND q.present
    ) p ON true
    WHERE d.app = $1 AND d.id = $2 AND NOT d.deleted"
);

impl Storage {
    /// Where a participant's pointer goes that is moved to a message, deleted or not; `None` when this dialog has no such message
    /// or no such participant.
    pub async fn place(
        &self,
        app: &AppId,
        dialog: DialogId,
        user: &UserId,
        message_id: MessageId,
        side: Side,
    ) -> Result<Option<Place>, StorageError> {
        let shift: i64 = match side {
            Side::Before => 1,
            Side::Behind => 0,
        };
        let row = self
            .maybe_row(
                app,
                sqlx::query(PLACE)
                    .bind(app.as_str())
                    .bind(dialog.0)
                    .bind(user.as_str())
                    .bind(message_id.0)
                    .bind(shift),
            )
            .await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(Place {
            message_id,
            seq: number(&row, "seq")?,
            count: number(&row, "count")?,
            unread_count: number(&row, "unread")?,
        }))
    }
}
