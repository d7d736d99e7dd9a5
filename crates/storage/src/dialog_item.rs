use mtchat_domain::caller_matches;
use mtchat_protocol::{
    AppId, DialogId, DialogItemView, DisplayName, LastMessageView, MessageId, MessageType, RichText, Scopes,
    UserId,
};
use sqlx::{Row, postgres::PgRow};
use uuid::Uuid;

use crate::{
    Storage, StorageError,
    dialog::{dialog_columns, read_view},
    member::{people, summaries},
    participant::{is_archived, unread},
    row::{moment, number, optional_text},
};

/// The last message is the newest that is not deleted; nobody else's is looked up, and none for who does not take part.
const ITEM: &str = concat!(
    "SELECT ",
    dialog_columns!(),
    ", q.*, p.user_id IS NOT NULL AS participant, p.pinned, p.notifications,
        CASE WHEN p.user_id IS NOT NULL THEN ",
    is_archived!(),
    " END AS archived, CASE WHEN p.user_id IS NOT NULL THEN ",
    unread!(),
    " END AS unread,
        l.id AS last_id, l.content AS last_content, l.sender_id AS last_sender, s.display_name AS last_sender_name,
        l.sent_at AS last_sent_at
    FROM dialogs d
    LEFT JOIN participants p ON p.app = d.app AND p.dialog = d.id AND p.user_id = $3 AND p.present
    LEFT JOIN LATERAL (
        SELECT m.id, m.content, m.sender_id, m.sent_at FROM messages m
        WHERE m.app = d.app AND m.dialog = d.id AND m.deleted_at IS NULL AND p.user_id IS NOT NULL
        ORDER BY m.seq DESC LIMIT 1
    ) l ON true
    LEFT JOIN participants s ON s.app = d.app AND s.dialog = d.id AND s.user_id = l.sender_id
    CROSS JOIN LATERAL (",
    people!(),
    ") q
    WHERE d.app = $1 AND d.id = $2 AND NOT d.deleted"
);

impl Storage {
    /// A dialog as a user sees it who takes part in it or may join it with these scopes; `None` for everybody else.
    pub async fn dialog_item(
        &self,
        app: &AppId,
        dialog: DialogId,
        user: &UserId,
        scopes: &Scopes,
    ) -> Result<Option<DialogItemView>, StorageError> {
        let item = self
            .bounded(async {
                let row = sqlx::query(ITEM)
                    .bind(app.as_str())
                    .bind(dialog.0)
                    .bind(user.as_str())
                    .fetch_optional(&self.pool)
                    .await?;
                row.map(|row| read(&row)).transpose()
            })
            .await?;
        let Some(item) = item else { return Ok(None) };
        if item.i_am_participant {
            return Ok(Some(item));
        }
        let access = self.access(app, dialog, user).await?;
        let may_join = access.is_some_and(|access| caller_matches(scopes, &access.rules));
        Ok(may_join.then_some(DialogItemView {
            can_join: true,
            ..item
        }))
    }
}

fn read(row: &PgRow) -> Result<DialogItemView, StorageError> {
    let participants = summaries(row)?;
    let participant = row.try_get("participant")?;
    let last_message = last_message(row)?;
    let unread_count = if participant {
        Some(number(row, "unread")?)
    } else {
        None
    };
    Ok(DialogItemView {
        dialog: read_view(row)?,
        participants_count: participants.len() as u64,
        i_am_participant: participant,
        can_join: false,
        unread_count,
        is_archived: row.try_get("archived")?,
        is_pinned: row.try_get("pinned")?,
        notifications_enabled: row.try_get("notifications")?,
        last_message_at: last_message.as_ref().map(|message| message.sent_at),
        last_message,
        participants,
    })
}

fn last_message(row: &PgRow) -> Result<Option<LastMessageView>, StorageError> {
    let Some(id) = row.try_get::<Option<Uuid>, _>("last_id")? else {
        return Ok(None);
    };
    let sender_id = optional_text(row, "last_sender", UserId::new)?;
    Ok(Some(LastMessageView {
        id: MessageId(id),
        content: RichText::sanitised(row.try_get("last_content")?),
        sender_name: optional_text(row, "last_sender_name", DisplayName::new)?,
        sent_at: moment(row, "last_sent_at")?,
        message_type: match sender_id {
            Some(_) => MessageType::User,
            None => MessageType::System,
        },
        sender_id,
    }))
}
