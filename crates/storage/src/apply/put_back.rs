//! A dialog is put back to before a fact, as far as what came later has passed it by and the fact itself would be overlooked.

use mtchat_protocol::{Fact, FactData, MessageId, UserId};
use sqlx::PgConnection;

use crate::row::signed;

/// Its head, which says what is applied.
const HEAD: &str = "UPDATE dialogs SET seq = $3 WHERE app = $1 AND id = $2 AND seq > $3";

/// Somebody who came back: what they did since then may have been taken for a part of an earlier stay.
const STAY: &str = "
UPDATE participants p SET changed_seq = least(p.changed_seq, $4), own_seq = least(p.own_seq, coalesce((
    SELECT max(m.seq) FROM messages m
    WHERE m.app = p.app AND m.dialog = p.dialog AND m.sender_id = p.user_id AND m.seq <= $4
), 0))
WHERE p.app = $1 AND p.dialog = $2 AND p.user_id = $3";

/// A message that was edited again: what it said in between was never known. The first of the later edits kept what it said before.
const CONTENT: &str = "
WITH later AS (
    DELETE FROM message_versions WHERE app = $1 AND dialog = $2 AND message = $3 AND seq > $4 RETURNING seq, content
), earlier AS (
    SELECT seq, edited_at FROM message_versions WHERE app = $1 AND dialog = $2 AND message = $3 AND seq <= $4
    ORDER BY seq DESC LIMIT 1
)
UPDATE messages m SET content = coalesce((SELECT content FROM later ORDER BY seq LIMIT 1), m.content),
    edit_seq = coalesce((SELECT seq FROM earlier), 0), edited_at = (SELECT edited_at FROM earlier)
WHERE m.app = $1 AND m.dialog = $2 AND m.id = $3 AND m.deleted_at IS NULL";

/// A message that is deleted by now: what it said has gone, that it was edited has not.
const OF_DELETED: &str = "
UPDATE messages SET edit_seq = $4, edited_at = $5
WHERE app = $1 AND dialog = $2 AND id = $3 AND deleted_at IS NOT NULL AND edit_seq < $4";

/// Everything that comes behind the fact is given again after this, so nothing of it is lost.
pub(super) async fn put_back(connection: &mut PgConnection, fact: &Fact) -> Result<(), sqlx::Error> {
    sqlx::query(HEAD)
        .bind(fact.app.as_str())
        .bind(fact.dialog.0)
        .bind(before(fact))
        .execute(&mut *connection)
        .await?;
    match &fact.data {
        FactData::ParticipantAdded(came) | FactData::ParticipantJoined(came) => {
            stay(connection, fact, &came.participant.user).await
        }
        FactData::MessageEdited(edited) => content(connection, fact, edited.message_id).await,
        // What they change is compared row by row, or by the head alone.
        _ => Ok(()),
    }
}

async fn stay(connection: &mut PgConnection, fact: &Fact, user: &UserId) -> Result<(), sqlx::Error> {
    let put_back = sqlx::query(STAY)
        .bind(fact.app.as_str())
        .bind(fact.dialog.0)
        .bind(user.as_str())
        .bind(before(fact));
    put_back.execute(connection).await.map(drop)
}

async fn content(connection: &mut PgConnection, fact: &Fact, message: MessageId) -> Result<(), sqlx::Error> {
    let put_back = sqlx::query(CONTENT)
        .bind(fact.app.as_str())
        .bind(fact.dialog.0)
        .bind(message.0)
        .bind(before(fact));
    put_back.execute(&mut *connection).await?;
    let of_deleted = sqlx::query(OF_DELETED)
        .bind(fact.app.as_str())
        .bind(fact.dialog.0)
        .bind(message.0)
        .bind(signed(fact.seq()))
        .bind(fact.at.to_offset());
    of_deleted.execute(connection).await.map(drop)
}

fn before(fact: &Fact) -> i64 {
    signed(fact.seq().saturating_sub(1))
}
