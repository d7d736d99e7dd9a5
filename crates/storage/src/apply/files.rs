//! Files of messages: which message has them, and which bytes nobody needs any more.

use sqlx::PgConnection;

use super::fold::Fold;

/// The bytes of attachments `$from` are not needed from a moment on. Whatever is written twice is deleted at the earlier one.
macro_rules! doom {
    ($from:literal) => {
        concat!(
            "INSERT INTO doomed_files (file_key, due)
    SELECT DISTINCT doomed.file_key, now()
    FROM ",
            $from,
            " a, unnest(CASE WHEN a.thumbnail
        THEN ARRAY[a.file_key, a.upload_key, a.file_key || '.thumbnail']
        ELSE ARRAY[a.file_key, a.upload_key] END) doomed (file_key)
    ON CONFLICT (file_key) DO UPDATE SET due = least(doomed_files.due, excluded.due)"
        )
    };
}

/// The upload itself is kept while the sender may try again, because its client did not hear that the message was taken.
const ATTACH: &str = "
WITH x AS (
    SELECT x.* FROM unnest($1::text[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::bool[])
        x (app, id, dialog, message, file_key, upload_key, thumbnail)
    JOIN messages m ON m.app = x.app AND m.dialog = x.dialog AND m.id = x.message AND m.deleted_at IS NULL
), attached AS (
    INSERT INTO attachments (app, id, dialog, message, file_key, upload_key, thumbnail) SELECT * FROM x ON CONFLICT DO NOTHING
)
INSERT INTO doomed_files (file_key, due)
SELECT DISTINCT upload_key, now() + make_interval(secs => $8) FROM x
ON CONFLICT DO NOTHING";

/// How long an upload outlives its message's acceptance, in seconds. Longer than clients try again.
const RETRIED_WITHIN: f64 = 600.0;

const OF_MESSAGES: &str = concat!(
    "WITH gone AS (
    DELETE FROM attachments a USING unnest($1::text[], $2::uuid[], $3::uuid[]) x (app, dialog, message)
    WHERE a.app = x.app AND a.dialog = x.dialog AND a.message = x.message
    RETURNING a.file_key, a.upload_key, a.thumbnail
) ",
    doom!("gone")
);

const OF_DIALOGS: &str = concat!(
    "WITH gone AS (
    DELETE FROM attachments a USING unnest($1::text[], $2::uuid[]) x (app, dialog)
    WHERE a.app = x.app AND a.dialog = x.dialog
    RETURNING a.file_key, a.upload_key, a.thumbnail
) ",
    doom!("gone")
);

/// Say which files the batch's messages have.
pub(crate) async fn attach(connection: &mut PgConnection, fold: &Fold<'_>) -> Result<(), sqlx::Error> {
    let with_files = fold
        .messages
        .iter()
        .filter(|message| message.attachments.is_some());
    let rows: Vec<_> = with_files
        .flat_map(|message| {
            let files = message.user.into_iter().flat_map(|user| &user.attachments);
            files.map(move |file| (message.place, message.fact.id.0, file))
        })
        .collect();
    if rows.is_empty() {
        return Ok(());
    }
    let query = columns!(sqlx::query(ATTACH), rows, row => {
        row.0.app,
        row.2.id.0,
        row.0.dialog,
        row.1,
        row.2.key.as_str(),
        row.2.upload.as_str(),
        row.2.thumbnail.content_type().is_some(),
    });
    query.bind(RETRIED_WITHIN).execute(connection).await.map(drop)
}

/// The files of deleted messages and deleted dialogs are not needed any more.
pub(crate) async fn release(connection: &mut PgConnection, fold: &Fold<'_>) -> Result<(), sqlx::Error> {
    let (erased, ended) = (fold.erased.rows(), fold.ended.rows());
    if !erased.is_empty() {
        let query = columns!(sqlx::query(OF_MESSAGES), erased, row => {
            row.place.app,
            row.place.dialog,
            row.message,
        });
        query.execute(&mut *connection).await?;
    }
    if !ended.is_empty() {
        let query = columns!(sqlx::query(OF_DIALOGS), ended, row => {
            row.place.app,
            row.place.dialog,
        });
        query.execute(&mut *connection).await?;
    }
    Ok(())
}
