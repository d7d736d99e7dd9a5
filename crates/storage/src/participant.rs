use mtchat_protocol::{
    AppId, Company, DialogId, DisplayName, Email, JoinedAs, MessageId, ParticipantSummary, ParticipantView,
    Phone, Role, UserId,
};
use sqlx::{PgConnection, Row, postgres::PgRow};
use uuid::Uuid;

use crate::{
    Storage, StorageError,
    row::{level, moment, number, optional_text, text},
};

/// How many messages of dialog `d` participant `p` has not read: those after the pointer, without the deleted ones and without
/// their own. Both exceptions are found by an index, and only where there are some: a dialog knows whether a message of it was
/// ever deleted. Sending moves the pointer, so there are own messages after it only when
/// they left and came back; for everybody else that part costs nothing.
macro_rules! unread {
    () => {
        "greatest(0, d.count - p.read_count - CASE WHEN d.erased THEN (
            SELECT count(*) FROM messages g
            WHERE g.app = p.app AND g.dialog = p.dialog AND g.ordinal > p.read_count AND g.deleted_at IS NOT NULL
        ) ELSE 0 END - CASE WHEN p.own_seq > p.read_seq THEN (
            SELECT count(*) FROM messages o
            WHERE o.app = p.app AND o.dialog = p.dialog AND o.seq > p.read_seq AND o.seq <= p.own_seq
                AND o.sender_id = p.user_id AND o.deleted_at IS NULL
        ) ELSE 0 END)"
    };
}
pub(crate) use unread;

/// Whether participant `p` has dialog `d` archived: no message came since.
macro_rules! is_archived {
    () => {
        "(p.archived_count IS NOT NULL AND p.archived_count >= d.count)"
    };
}
pub(crate) use is_archived;

const PARTICIPANTS: &str = concat!(
    "SELECT p.user_id, p.joined_at, p.joined_as, p.notifications, p.mentions_only, p.last_read_message_id, p.display_name,
        p.company, p.email, p.phone, p.role, p.pinned, ",
    is_archived!(),
    " AS archived, ",
    unread!(),
    " AS unread
    FROM dialogs d JOIN participants p ON p.app = d.app AND p.dialog = d.id AND p.present
    WHERE d.app = $1 AND d.id = $2
    ORDER BY p.joined_seq, p.position"
);

/// The newest first: more than a page of messages can be of.
const FORMER: &str = "SELECT p.user_id, p.display_name, p.company
    FROM dialogs d JOIN participants p ON p.app = d.app AND p.dialog = d.id AND NOT p.present
    WHERE d.app = $1 AND d.id = $2
    ORDER BY p.changed_seq DESC, p.user_id LIMIT 1000";

impl Storage {
    /// Those who were in a dialog and are not any more, under the names that they had there: at most 1,000, who left last first. Nobody
    /// when there is no such dialog.
    pub async fn former_participants(
        &self,
        app: &AppId,
        dialog: DialogId,
    ) -> Result<Vec<ParticipantSummary>, StorageError> {
        self.bounded(async {
            let mut connection = self.apps.of(app).await?;
            let query = sqlx::query(FORMER).bind(app.as_str()).bind(dialog.0);
            let rows = query.fetch_all(&mut *connection).await?;
            connection.keep();
            rows.iter().map(summary).collect()
        })
        .await
    }

    /// Everybody in a dialog, by join time; nobody when there is no such dialog.
    pub async fn participants(
        &self,
        app: &AppId,
        dialog: DialogId,
    ) -> Result<Vec<ParticipantView>, StorageError> {
        self.bounded(async {
            let mut connection = self.apps.of(app).await?;
            let people = of_dialog(&mut connection, app, dialog).await?;
            connection.keep();
            Ok(people)
        })
        .await
    }
}

pub(crate) async fn of_dialog(
    connection: &mut PgConnection,
    app: &AppId,
    dialog: DialogId,
) -> Result<Vec<ParticipantView>, StorageError> {
    let rows = sqlx::query(PARTICIPANTS)
        .bind(app.as_str())
        .bind(dialog.0)
        .fetch_all(connection)
        .await?;
    rows.iter().map(|row| read(dialog, row)).collect()
}

fn summary(row: &PgRow) -> Result<ParticipantSummary, StorageError> {
    Ok(ParticipantSummary {
        user_id: text(row, "user_id", UserId::new)?,
        display_name: Some(text(row, "display_name", DisplayName::new)?),
        company: optional_text(row, "company", Company::new)?,
    })
}

fn read(dialog_id: DialogId, row: &PgRow) -> Result<ParticipantView, StorageError> {
    let joined_as = row.try_get::<&str, _>("joined_as")?;
    let level = level(row)?.unwrap_or_default();
    Ok(ParticipantView {
        dialog_id,
        user_id: text(row, "user_id", UserId::new)?,
        joined_at: moment(row, "joined_at")?,
        joined_as: JoinedAs::parse(joined_as).unwrap_or(JoinedAs::Participant),
        role: Role::parse(row.try_get("role")?).unwrap_or_default(),
        notifications_enabled: level.enabled(),
        notification_level: level,
        last_read_message_id: row
            .try_get::<Option<Uuid>, _>("last_read_message_id")?
            .map(MessageId),
        unread_count: number(row, "unread")?,
        display_name: Some(text(row, "display_name", DisplayName::new)?),
        company: optional_text(row, "company", Company::new)?,
        email: optional_text(row, "email", Email::new)?,
        phone: optional_text(row, "phone", Phone::new)?,
        is_archived: row.try_get("archived")?,
        is_pinned: row.try_get("pinned")?,
        is_online: None,
        last_seen: None,
    })
}
