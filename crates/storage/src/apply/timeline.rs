//! Messages, and how far dialogs and readers have come.

use sqlx::{PgConnection, Row, postgres::PgRow};
use uuid::Uuid;

use super::{fold::Fold, own::Who, rows::MessageRow};
use crate::{ApplyError, Projection, Undecodable, row::signed};

/// Everything that a sent message changes, and the projection, in one statement: without the projection's row nothing else happens.
macro_rules! write_statement {
    ($conflict:literal) => {
        concat!(
            "WITH advanced AS (
    UPDATE projection SET log_seq = $5, fact_id = $6
    WHERE shard = $1 AND epoch = $2 AND log_seq = $3 AND fact_id IS NOT DISTINCT FROM $4
    RETURNING 1
), stored AS (
    INSERT INTO messages (app, dialog, id, seq, ordinal, log_seq, sent_at, reply_to, sender_id, content,
        attachments, mentions)
    SELECT x.app, x.dialog, x.id, x.seq, x.ordinal, x.log_seq, x.sent_at, x.reply_to, x.sender_id, x.content,
        x.attachments::json,
        CASE WHEN x.mentions IS NOT NULL THEN ARRAY(SELECT json_array_elements_text(x.mentions::json)) END
    FROM advanced, unnest($7::text[], $8::uuid[], $9::uuid[], $10::bigint[], $11::bigint[], $12::bigint[],
        $13::timestamptz[], $14::uuid[], $15::text[], $16::text[], $29::text[], $30::text[])
        x (app, dialog, id, seq, ordinal, log_seq, sent_at, reply_to, sender_id, content, attachments, mentions)
    JOIN dialogs d ON d.app = x.app AND d.id = x.dialog AND NOT d.deleted
",
            $conflict,
            "
    RETURNING 1
), heads AS (
    UPDATE dialogs d
    SET seq = x.seq, count = x.count, log_seq = x.log_seq, active_at = coalesce(x.active_at, d.active_at),
        auto_archived_seq = CASE WHEN x.active_at IS NULL THEN d.auto_archived_seq END
    FROM advanced, unnest($17::text[], $18::uuid[], $19::bigint[], $20::bigint[], $21::bigint[], $22::timestamptz[])
        x (app, dialog, seq, count, log_seq, active_at)
    WHERE d.app = x.app AND d.id = x.dialog AND d.seq < x.seq
), archived AS (
    SELECT p.app, p.dialog, p.user_id
    FROM advanced, unnest($17::text[], $18::uuid[], $20::bigint[]) x (app, dialog, count)
    JOIN participants p ON p.app = x.app AND p.dialog = x.dialog
        AND p.archived_count IS NOT NULL AND p.archived_count < x.count
    WHERE p.present
), woken AS (
    UPDATE participants p SET archived_count = NULL
    FROM archived a
    WHERE p.app = a.app AND p.dialog = a.dialog AND p.user_id = a.user_id
        AND (a.app, a.dialog, a.user_id) NOT IN (SELECT * FROM unnest($23::text[], $24::uuid[], $25::text[]))
), pointers AS (
    UPDATE participants p
    SET own_seq = x.seq, archived_count = NULL,
        read_count = CASE WHEN p.joined_seq < x.seq AND p.read_count < x.ordinal THEN x.ordinal ELSE p.read_count END,
        read_seq = CASE WHEN p.joined_seq < x.seq AND p.read_count < x.ordinal THEN x.seq ELSE p.read_seq END,
        last_read_message_id =
            CASE WHEN p.joined_seq < x.seq AND p.read_count < x.ordinal THEN x.id ELSE p.last_read_message_id END
    FROM advanced, unnest($23::text[], $24::uuid[], $25::text[], $26::bigint[], $27::bigint[], $28::uuid[])
        x (app, dialog, user_id, seq, ordinal, id)
    WHERE p.app = x.app AND p.dialog = x.dialog AND p.user_id = x.user_id AND p.own_seq < x.seq
)
SELECT (SELECT count(*) FROM advanced) AS advanced, (SELECT count(*) FROM stored) AS stored, w.apps, w.dialogs, w.users
FROM (
    SELECT array_agg(app) AS apps, array_agg(dialog) AS dialogs, array_agg(user_id) AS users FROM archived
) w"
        )
    };
}

/// A message that is stored already fails the batch. New messages are what there usually is, and without asking first whether
/// they are new they cost a third less.
const WRITE_NEW: &str = write_statement!("");

/// A message that is stored already stays as it is.
const WRITE_MISSING: &str = write_statement!("ON CONFLICT DO NOTHING");

/// Of the messages that were not stored now, those that are not there from an earlier time either: their id or their number was
/// taken, or their dialog is not known.
const REFUSED: &str = "
SELECT x.place - 1 AS place
FROM unnest($1::text[], $2::uuid[], $3::uuid[], $4::bigint[]) WITH ORDINALITY x (app, dialog, id, seq, place)
LEFT JOIN dialogs d ON d.app = x.app AND d.id = x.dialog
LEFT JOIN messages m ON m.app = x.app AND m.dialog = x.dialog AND m.id = x.id
WHERE d.deleted IS NOT TRUE AND m.seq IS DISTINCT FROM x.seq";

/// Keep what was said before, then say the new. A deleted message stays deleted.
const EDIT: &str = "
WITH x AS (
    SELECT * FROM unnest($1::text[], $2::uuid[], $3::uuid[], $4::bigint[], $5::timestamptz[], $6::text[], $7::text[], $8::bool[],
        $9::text[]) x (app, dialog, message, seq, at, content, previous, last, mentions)
), kept AS (
    INSERT INTO message_versions (app, dialog, message, seq, edited_at, content)
    SELECT x.app, x.dialog, x.message, x.seq, x.at, coalesce(x.previous, m.content)
    FROM x JOIN messages m ON m.app = x.app AND m.dialog = x.dialog AND m.id = x.message
    WHERE m.edit_seq < x.seq AND m.deleted_at IS NULL
    ON CONFLICT DO NOTHING
)
UPDATE messages m SET content = x.content, edited_at = x.at, edit_seq = x.seq,
    mentions = CASE WHEN x.mentions IS NOT NULL THEN ARRAY(SELECT json_array_elements_text(x.mentions::json)) END
FROM x
WHERE x.last AND m.app = x.app AND m.dialog = x.dialog AND m.id = x.message
    AND m.edit_seq < x.seq AND m.deleted_at IS NULL";

const ERASE: &str = "
WITH x AS (
    SELECT * FROM unnest($1::text[], $2::uuid[], $3::uuid[], $4::timestamptz[]) x (app, dialog, message, at)
), versions AS (
    DELETE FROM message_versions v USING x
    WHERE v.app = x.app AND v.dialog = x.dialog AND v.message = x.message
), dialogs_with_gaps AS (
    UPDATE dialogs d SET erased = true FROM x WHERE d.app = x.app AND d.id = x.dialog AND NOT d.erased
), reacted AS (
    DELETE FROM reactions e USING x
    WHERE e.app = x.app AND e.dialog = x.dialog AND e.message = x.message
)
UPDATE messages m SET content = '', reply_to = NULL, attachments = NULL, mentions = NULL, deleted_at = x.at
FROM x
WHERE m.app = x.app AND m.dialog = x.dialog AND m.id = x.message AND m.deleted_at IS NULL";

/// What became of a batch's messages.
pub(crate) struct Written {
    /// All of them were new.
    pub(crate) all_new: bool,
    /// Those for which there is no room.
    pub(crate) refused: Vec<(u64, Undecodable)>,
    /// Those who had a dialog archived that a message brought back.
    pub(crate) woken: Vec<Who>,
}

/// Store the messages and move heads, pointers and the projection. Unless `careful`, a message that is stored already is an error
/// about values.
pub(crate) async fn write(
    connection: &mut PgConnection,
    from: &Projection,
    to: &Projection,
    fold: &Fold<'_>,
    careful: bool,
) -> Result<Written, ApplyError> {
    let (messages, heads, pointers) = (&fold.messages, fold.heads.rows(), fold.pointers.rows());
    let query = sqlx::query(if careful { WRITE_MISSING } else { WRITE_NEW })
        .bind(i32::from(from.shard.0))
        .bind(&from.epoch.0)
        .bind(signed(from.log_seq))
        .bind(from.fact_id.map(|id| id.0))
        .bind(signed(to.log_seq))
        .bind(to.fact_id.map(|id| id.0));
    let query = columns!(query, messages, m => {
        m.place.app,
        m.place.dialog,
        m.fact.id.0,
        signed(m.fact.seq()),
        m.user.map(|_| signed(m.fact.head.count)),
        signed(m.log_seq),
        m.fact.at.to_offset(),
        m.user.and_then(|user| user.reply_to).map(|id| id.0),
        m.user.map(|user| user.sender.user_id.as_str()),
        &*m.content,
    });
    let query = columns!(query, heads, head => {
        head.place.app,
        head.place.dialog,
        signed(head.fact.seq()),
        signed(head.fact.head.count),
        signed(head.log_seq),
        head.active_at.map(mtchat_protocol::Timestamp::to_offset),
    });
    let query = columns!(query, pointers, pointer => {
        pointer.place.app,
        pointer.place.dialog,
        pointer.user.as_str(),
        signed(pointer.fact.seq()),
        signed(pointer.fact.head.count),
        pointer.fact.id.0,
    });
    let query = columns!(query, messages, m => { m.attachments.as_deref(), m.mentions.as_deref() });
    let row = query.fetch_one(&mut *connection).await?;
    if row.try_get::<i64, _>("advanced")? == 0 {
        return Err(ApplyError::Fenced);
    }
    let stored = usize::try_from(row.try_get::<i64, _>("stored")?).unwrap_or_default();
    let all_new = stored == messages.len();
    let refused = if all_new {
        Vec::new()
    } else {
        refused(connection, messages).await?
    };
    let woken = woken(&row)?;
    Ok(Written {
        all_new,
        refused,
        woken,
    })
}

fn woken(row: &PgRow) -> Result<Vec<Who>, sqlx::Error> {
    let apps: Vec<String> = row.try_get::<Option<_>, _>("apps")?.unwrap_or_default();
    let dialogs: Vec<Uuid> = row.try_get::<Option<_>, _>("dialogs")?.unwrap_or_default();
    let users: Vec<String> = row.try_get::<Option<_>, _>("users")?.unwrap_or_default();
    let rows = apps.into_iter().zip(dialogs).zip(users);
    Ok(rows.map(|((app, dialog), user)| (app, dialog, user)).collect())
}

async fn refused(
    connection: &mut PgConnection,
    messages: &[MessageRow<'_>],
) -> Result<Vec<(u64, Undecodable)>, ApplyError> {
    let query = columns!(sqlx::query(REFUSED), messages, m => {
        m.place.app,
        m.place.dialog,
        m.fact.id.0,
        signed(m.fact.seq()),
    });
    let rows = query.fetch_all(connection).await?;
    let mut refused = Vec::with_capacity(rows.len());
    for row in rows {
        let place = usize::try_from(row.try_get::<i64, _>("place")?).unwrap_or(usize::MAX);
        if let Some(message) = messages.get(place) {
            let reason = "the id or the number of this message is taken, or its dialog is not known";
            refused.push((
                message.log_seq,
                Undecodable::refused(message.fact, reason.to_owned()),
            ));
        }
    }
    Ok(refused)
}

/// Replace contents and keep the previous ones.
pub(crate) async fn edit(connection: &mut PgConnection, fold: &Fold<'_>) -> Result<(), sqlx::Error> {
    if fold.edits.is_empty() {
        return Ok(());
    }
    let query = columns!(sqlx::query(EDIT), &fold.edits, edit => {
        edit.place.app,
        edit.place.dialog,
        edit.message,
        signed(edit.seq),
        edit.at.to_offset(),
        &*edit.content,
        edit.previous.as_deref(),
        edit.last,
        edit.mentions.as_deref(),
    });
    query.execute(connection).await.map(drop)
}

/// Remove the content of deleted messages, and all that they said before.
pub(crate) async fn erase(connection: &mut PgConnection, fold: &Fold<'_>) -> Result<(), sqlx::Error> {
    let rows = fold.erased.rows();
    if rows.is_empty() {
        return Ok(());
    }
    let query = columns!(sqlx::query(ERASE), rows, row => {
        row.place.app,
        row.place.dialog,
        row.message,
        row.at.to_offset(),
    });
    query.execute(connection).await.map(drop)
}
