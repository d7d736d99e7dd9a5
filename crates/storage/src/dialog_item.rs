use mtchat_domain::caller_matches;
use mtchat_protocol::{
    AppId, DialogId, DialogItemView, DisplayName, LastMessageView, MessageId, MessageType, NotificationLevel,
    ParticipantSummary, RichText, Scopes, UserId,
};
use sqlx::{Row, postgres::PgRow};
use uuid::Uuid;

use crate::{
    AsOf, Storage, StorageError,
    as_of::{log_seq_of, stored_to},
    dialog::{dialog_columns, read_view},
    member::{people, summaries},
    participant::{is_archived, unread},
    row::{level, moment, number, optional_text},
};

/// The columns of [`read`], of dialog `d` as participant `p` (or nobody) sees it. The last message is the newest that is not
/// deleted; none is looked up for who does not take part.
macro_rules! item_columns {
    () => {
        concat!(
            dialog_columns!(),
            ", q.*, p.user_id IS NOT NULL AS participant, p.pinned, p.notifications, p.mentions_only, d.active_at,
        CASE WHEN p.user_id IS NOT NULL THEN ",
            is_archived!(),
            " END AS archived,
        CASE WHEN p.user_id IS NOT NULL THEN ",
            unread!(),
            " END AS unread,
        l.id AS last_id, l.content AS last_content, l.sender_id AS last_sender, l.sent_at AS last_sent_at,
        CASE WHEN l.sender_id <> ALL (q.users) THEN (
            SELECT s.display_name FROM participants s
            WHERE s.app = d.app AND s.dialog = d.id AND s.user_id = l.sender_id
        ) END AS former_sender"
        )
    };
}
pub(crate) use item_columns;

/// Participant `p`: the caller, who is parameter 2, or nobody.
macro_rules! caller_join {
    () => {
        "
    LEFT JOIN participants p ON p.app = d.app AND p.dialog = d.id AND p.user_id = $2 AND p.present"
    };
}
pub(crate) use caller_join;

/// What [`item_columns`] are taken from, beside dialog `d` and participant `p`. Nearly always the dialog's newest fact is its last
/// message: that is one look, where a search from the end of an index reads a page of it.
macro_rules! item_joins {
    () => {
        concat!(
            "
    LEFT JOIN LATERAL (
        (SELECT m.id, m.content, m.sender_id, m.sent_at FROM messages m
        WHERE m.app = d.app AND m.dialog = d.id AND m.seq = d.seq AND m.deleted_at IS NULL AND p.user_id IS NOT NULL)
        UNION ALL
        (SELECT m.id, m.content, m.sender_id, m.sent_at FROM messages m
        WHERE m.app = d.app AND m.dialog = d.id AND m.deleted_at IS NULL AND p.user_id IS NOT NULL
        ORDER BY m.seq DESC LIMIT 1)
        LIMIT 1
    ) l ON true
    CROSS JOIN LATERAL (",
            people!(),
            ") q "
        )
    };
}
pub(crate) use item_joins;

const ITEM: &str = concat!(
    "SELECT ",
    stored_to!(),
    ", ",
    item_columns!(),
    " FROM dialogs d",
    caller_join!(),
    item_joins!(),
    "WHERE d.app = $1 AND d.id = $3 AND NOT d.deleted"
);

impl Storage {
    /// A dialog as a user sees it who takes part in it or may join it with these scopes; `None` for everybody else.
    pub async fn dialog_item(
        &self,
        app: &AppId,
        dialog: DialogId,
        user: &UserId,
        scopes: &Scopes,
    ) -> Result<Option<AsOf<DialogItemView>>, StorageError> {
        let query = sqlx::query(ITEM)
            .bind(app.as_str())
            .bind(user.as_str())
            .bind(dialog.0);
        let Some(row) = self.maybe_row(app, query).await? else {
            return Ok(None);
        };
        let (item, log_seq) = (read(&row)?, log_seq_of(&row)?);
        if item.i_am_participant {
            return Ok(Some(AsOf { log_seq, value: item }));
        }
        let access = self.access(app, dialog, user).await?;
        let may_join = access.is_some_and(|access| caller_matches(scopes, &access.rules));
        let value = DialogItemView {
            can_join: true,
            ..item
        };
        Ok(may_join.then_some(AsOf { log_seq, value }))
    }
}

/// The item in the columns of [`item_columns`]; whether the caller may join is for the caller of this to say.
pub(crate) fn read(row: &PgRow) -> Result<DialogItemView, StorageError> {
    let participants = summaries(row)?;
    let participant = row.try_get("participant")?;
    let last_message = last_message(row, &participants)?;
    let unread_count = if participant {
        Some(number(row, "unread")?)
    } else {
        None
    };
    let level = level(row)?;
    Ok(DialogItemView {
        dialog: read_view(row)?,
        participants_count: participants.len() as u64,
        i_am_participant: participant,
        can_join: false,
        unread_count,
        is_archived: row.try_get("archived")?,
        is_pinned: row.try_get("pinned")?,
        notifications_enabled: level.map(NotificationLevel::enabled),
        notification_level: level,
        last_message_at: last_message.as_ref().map(|message| message.sent_at),
        last_message,
        participants,
    })
}

/// Everybody else than a participant is listed because they may join.
pub(crate) fn listed(row: &PgRow) -> Result<DialogItemView, StorageError> {
    let item = read(row)?;
    Ok(DialogItemView {
        can_join: !item.i_am_participant,
        ..item
    })
}

/// Its sender is named as a participant, also when they left.
fn last_message(
    row: &PgRow,
    participants: &[ParticipantSummary],
) -> Result<Option<LastMessageView>, StorageError> {
    let Some(id) = row.try_get::<Option<Uuid>, _>("last_id")? else {
        return Ok(None);
    };
    let sender_id = optional_text(row, "last_sender", UserId::new)?;
    let sender = participants
        .iter()
        .find(|participant| Some(&participant.user_id) == sender_id.as_ref());
    let sender_name = match sender {
        Some(sender) => sender.display_name.clone(),
        None => optional_text(row, "former_sender", DisplayName::new)?,
    };
    Ok(Some(LastMessageView {
        id: MessageId(id),
        content: RichText::sanitised(row.try_get("last_content")?),
        sender_name,
        sent_at: moment(row, "last_sent_at")?,
        message_type: match sender_id {
            Some(_) => MessageType::User,
            None => MessageType::System,
        },
        sender_id,
    }))
}
