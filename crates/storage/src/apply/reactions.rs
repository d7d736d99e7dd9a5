//! What members have put on messages.

use sqlx::PgConnection;

use super::fold::Fold;
use crate::row::signed;

/// The last fact about an emoji of a user wins. On a message that is gone there is nothing, whatever the log says again.
const REACT: &str = "
INSERT INTO reactions (app, dialog, message, emoji, user_id, seq, present)
SELECT x.*
FROM unnest($1::text[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::bigint[], $7::bool[])
    x (app, dialog, message, emoji, user_id, seq, present)
JOIN messages m ON m.app = x.app AND m.dialog = x.dialog AND m.id = x.message AND m.deleted_at IS NULL
ON CONFLICT (app, dialog, message, emoji, user_id) DO UPDATE SET seq = excluded.seq, present = excluded.present
WHERE reactions.seq < excluded.seq";

/// Put emoji on messages and take them away; after the messages, before those are erased.
pub(crate) async fn react(connection: &mut PgConnection, fold: &Fold<'_>) -> Result<(), sqlx::Error> {
    let rows = fold.reactions.rows();
    if rows.is_empty() {
        return Ok(());
    }
    let query = columns!(sqlx::query(REACT), rows, row => {
        row.place.app,
        row.place.dialog,
        row.reaction.message_id.0,
        row.reaction.emoji.as_str(),
        row.reaction.user.as_str(),
        signed(row.seq),
        row.present,
    });
    query.execute(connection).await.map(drop)
}
