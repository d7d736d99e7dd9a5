//! Dialogs that were archived for everybody because nothing was said in them for long.

use sqlx::PgConnection;

use super::fold::Fold;
use crate::row::signed;

/// A message that came after it has brought the dialog back, and somebody who came after it has never had it archived. So it is written
/// behind the messages of its batch, and compared with what is stored when the log is given again.
const ARCHIVE: &str = "
WITH x AS (
    SELECT x.* FROM unnest($1::text[], $2::uuid[], $3::bigint[], $4::bigint[]) x (app, dialog, seq, count)
    JOIN dialogs d ON d.app = x.app AND d.id = x.dialog AND d.count = x.count AND NOT d.deleted
), marked AS (
    UPDATE dialogs d SET auto_archived_seq = x.seq
    FROM x
    WHERE d.app = x.app AND d.id = x.dialog AND (d.auto_archived_seq IS NULL OR d.auto_archived_seq < x.seq)
        AND NOT EXISTS (SELECT FROM messages m WHERE m.app = x.app AND m.dialog = x.dialog AND m.seq > x.seq)
)
UPDATE participants p SET archived_count = x.count
FROM x
WHERE p.app = x.app AND p.dialog = x.dialog AND p.present AND p.joined_seq < x.seq
    AND (p.archived_count IS NULL OR p.archived_count < x.count)";

/// Put dialogs out of the sight of everybody who was in them; before what users change of their own state, which is theirs to say.
pub(crate) async fn archive(connection: &mut PgConnection, fold: &Fold<'_>) -> Result<(), sqlx::Error> {
    let rows = fold.archivals.rows();
    if rows.is_empty() {
        return Ok(());
    }
    let query = columns!(sqlx::query(ARCHIVE), rows, row => {
        row.place.app,
        row.place.dialog,
        signed(row.seq),
        signed(row.count),
    });
    query.execute(connection).await.map(drop)
}
