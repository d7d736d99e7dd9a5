use mtchat_domain::{FoundMessage, KnownReaction, KnownReactions};
use mtchat_protocol::{AppId, DialogId, Emoji, MessageId, ReactionSummary, UserId};
use sqlx::{Row, postgres::PgRow, types::Json};

use crate::{
    Storage, StorageError,
    row::{optional_text, sound},
};

/// What is on message `m`, as user `$user` sees it: one row with the column `reactions`, null when there is nothing. An argument
/// more is a condition.
macro_rules! reactions_of_message {
    ($user:literal $(, $condition:literal)?) => {
        concat!(
            "SELECT json_agg(json_build_array(e.emoji, e.others, e.first_of_others, e.own)) AS reactions
            FROM (
                SELECT x.emoji, count(*) FILTER (WHERE x.user_id <> ", $user, ") AS others,
                    min(x.seq) FILTER (WHERE x.user_id <> ", $user, ") AS first_of_others,
                    min(x.seq) FILTER (WHERE x.user_id = ", $user, ") AS own
                FROM reactions x
                WHERE x.app = m.app AND x.dialog = m.dialog AND x.message = m.id AND x.present ",
            $("AND ", $condition, )?
            " GROUP BY x.emoji
            ) e"
        )
    };
}
pub(crate) use reactions_of_message;

const REACTED: &str = concat!(
    "SELECT m.sender_id, m.deleted_at IS NOT NULL AS deleted, r.reactions
    FROM messages m CROSS JOIN LATERAL (",
    reactions_of_message!("$4"),
    ") r WHERE m.app = $1 AND m.dialog = $2 AND m.id = $3"
);

/// An emoji in the column `reactions`: which, how many others, the first of them, and one's own.
type OnMessage = (String, u64, Option<u64>, Option<u64>);

impl Storage {
    /// Who wrote a message, whether it is deleted, and what is on it for this user, all of one moment; `None` when this dialog has no
    /// such message.
    pub async fn reacted_message(
        &self,
        app: &AppId,
        dialog: DialogId,
        message: MessageId,
        user: &UserId,
    ) -> Result<Option<(FoundMessage, KnownReactions)>, StorageError> {
        let row = self
            .maybe_row(
                app,
                sqlx::query(REACTED)
                    .bind(app.as_str())
                    .bind(dialog.0)
                    .bind(message.0)
                    .bind(user.as_str()),
            )
            .await?;
        let Some(row) = row else { return Ok(None) };
        let found = FoundMessage {
            author: optional_text(&row, "sender_id", UserId::new)?,
            deleted: row.try_get("deleted")?,
        };
        Ok(Some((found, known(&row)?)))
    }
}

/// The column `reactions` as it is shown.
pub(crate) fn summaries(row: &PgRow) -> Result<Vec<ReactionSummary>, StorageError> {
    Ok(known(row)?.summary())
}

fn known(row: &PgRow) -> Result<KnownReactions, StorageError> {
    let rows: Option<Json<Vec<OnMessage>>> = row.try_get("reactions")?;
    let rows = rows.into_iter().flat_map(|Json(rows)| rows);
    let reactions = rows.map(|(emoji, others, first_of_others, own)| {
        Ok(KnownReaction {
            emoji: sound("emoji", Emoji::new(&emoji))?,
            others,
            first_of_others,
            own,
        })
    });
    Ok(KnownReactions(reactions.collect::<Result<_, StorageError>>()?))
}
