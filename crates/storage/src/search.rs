use mtchat_domain::{SearchWords, plain_text, snippet};
use mtchat_protocol::{
    AppId, DialogId, FoundDialogView, FoundMessageView, MessageId, ObjectId, ObjectType, SearchCursor,
    SearchHitView, SearchPage, Title, UserId,
};
use sqlx::{Row, postgres::PgRow};
use uuid::Uuid;

use crate::{
    Storage, StorageError,
    row::{moment, number, optional_text, signed, text},
};

/// Who searches, and where.
#[derive(Debug, Clone, Copy)]
pub struct SearchPlace<'a> {
    /// The app.
    pub app: &'a AppId,
    /// The user; of their dialogs only those are searched in which they take part now.
    pub user: &'a UserId,
    /// Only this dialog.
    pub dialog: Option<DialogId>,
}

/// The index finds words and, for whoever is in a few dialogs only, those dialogs at once; who is in more finds the app's
/// messages with these words, and of them those of the own dialogs. `IS TRUE` keeps that a look into a hash table, whatever the
/// planner guesses. What is found is shown as the message is now: one that is deleted is a row without a message.
const SEARCH: &str = "
WITH mine AS MATERIALIZED (
    SELECT p.app, p.dialog FROM participants p
    WHERE p.app = $1 AND p.user_id = $2 AND p.present AND p.dialog = coalesce($3, p.dialog)
), few AS (
    SELECT dialog FROM mine LIMIT 65
), asked AS MATERIALIZED (
    SELECT CASE WHEN count(*) <= 64
        THEN string_agg('''' || ':' || dialog || '''', '|')::tsquery && $4::tsquery
        ELSE $5::tsquery END AS query
    FROM few
), page AS MATERIALIZED (
    SELECT w.dialog, w.message, w.sent_at
    FROM asked JOIN message_words w ON w.words @@ asked.query
    WHERE ((w.app, w.dialog) IN (SELECT app, dialog FROM mine)) IS TRUE
        AND ($6::timestamptz IS NULL OR (w.sent_at, w.message) < ($6, $7::uuid))
    ORDER BY w.sent_at DESC, w.message DESC LIMIT $8
)
SELECT page.dialog, page.message, page.sent_at, m.seq, m.sender_id, m.content, d.title, d.object_type, d.object_id
FROM page
LEFT JOIN messages m ON m.app = $1 AND m.dialog = page.dialog AND m.id = page.message
    AND m.deleted_at IS NULL AND m.sender_id IS NOT NULL
LEFT JOIN dialogs d ON d.app = $1 AND d.id = page.dialog
ORDER BY page.sent_at DESC, page.message DESC";

impl Storage {
    /// Messages with all these words, newest first. A page may be shorter than it could be, without being the last: what was
    /// deleted just now is left out.
    pub async fn search(
        &self,
        place: SearchPlace<'_>,
        words: &SearchWords,
        behind: Option<SearchCursor>,
        limit: u32,
    ) -> Result<SearchPage, StorageError> {
        let limit = limit as usize;
        let rows = self
            .bounded(async {
                Ok(sqlx::query(SEARCH)
                    .bind(place.app.as_str())
                    .bind(place.user.as_str())
                    .bind(place.dialog.map(|dialog| dialog.0))
                    .bind(query(words, None))
                    .bind(query(words, Some(place.app)))
                    .bind(behind.map(|cursor| cursor.sent_at.to_offset()))
                    .bind(behind.map(|cursor| cursor.message.0))
                    .bind(signed(limit as u64 + 1))
                    .fetch_all(&self.pool)
                    .await?)
            })
            .await?;
        let shown = &rows[..rows.len().min(limit)];
        let next_cursor = match shown.last() {
            Some(last) if rows.len() > limit => Some(cursor(last)?),
            Some(_) | None => None,
        };
        let hits = shown.iter().filter_map(|row| read(row, words).transpose());
        Ok(SearchPage {
            results: hits.collect::<Result<_, _>>()?,
            next_cursor,
        })
    }
}

/// As Postgres reads it. Words are letters and digits, and apps nothing that would end a quotation.
fn query(words: &SearchWords, app: Option<&AppId>) -> String {
    let app = app.map(|app| format!("'{}'", app_token(app)));
    let whole = words.whole().map(|word| format!("'{word}'"));
    let beginning = words.beginning().map(|word| format!("'{word}':*"));
    let parts: Vec<String> = app.into_iter().chain(whole).chain(beginning).collect();
    parts.join(" & ")
}

/// The word that every message of an app has.
pub(crate) fn app_token(app: &AppId) -> String {
    format!("@{app}")
}

/// The word that every message of a dialog has.
pub(crate) fn dialog_token(dialog: DialogId) -> String {
    format!(":{dialog}")
}

fn cursor(row: &PgRow) -> Result<SearchCursor, StorageError> {
    Ok(SearchCursor {
        sent_at: moment(row, "sent_at")?,
        message: MessageId(row.try_get::<Uuid, _>("message")?),
    })
}

/// The message of a row; `None` when it is gone.
fn read(row: &PgRow, words: &SearchWords) -> Result<Option<SearchHitView>, StorageError> {
    let Some(sender_id) = optional_text(row, "sender_id", UserId::new)? else {
        return Ok(None);
    };
    let dialog_id = DialogId(row.try_get::<Uuid, _>("dialog")?);
    let found = snippet(&plain_text(row.try_get("content")?), words);
    Ok(Some(SearchHitView {
        message: FoundMessageView {
            id: MessageId(row.try_get::<Uuid, _>("message")?),
            dialog_id,
            sender_id,
            sent_at: moment(row, "sent_at")?,
            seq: number(row, "seq")?,
        },
        snippet: found.html,
        dialog: FoundDialogView {
            id: dialog_id,
            title: optional_text(row, "title", Title::new)?,
            object_type: text(row, "object_type", ObjectType::new)?,
            object_id: text(row, "object_id", ObjectId::new)?,
        },
        rank: found.rank,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_is_typed_ends_a_quotation() {
        let words = SearchWords::new("it's 'a' \\ | & !b :* D'Arc").unwrap();
        assert_eq!(query(&words, None), "'a' & 'b' & 'd' & 'it' & 's' & 'arc':*");
        let app = AppId::default_app();
        assert_eq!(
            query(&SearchWords::new("ab").unwrap(), Some(&app)),
            "'@default' & 'ab'"
        );
    }
}
