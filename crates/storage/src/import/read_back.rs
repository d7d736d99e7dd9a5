//! What was brought, as it stands here.

use std::collections::HashMap;

use mtchat_protocol::{
    AccessRule, AppId, Company, DialogId, DisplayName, Email, JoinedAs, MessageId, ObjectId, ObjectType,
    ObjectUrl, Phone, ScopeId, ScopeValue, Scopes, Title, UserId,
};
use sqlx::{PgConnection, Row, postgres::PgRow};
use uuid::Uuid;

use super::{
    rows::{ImportedDialog, ImportedMessage, ImportedParticipant, ImportedVersion},
    source::Stretch,
};
use crate::{
    StorageError,
    message::attachments,
    participant::{is_archived, unread},
    row::{moment, number, optional_moment, optional_text, signed, sound, text},
};

const DIALOGS: &str = "SELECT id, object_type, object_id, title, object_url, created_by, created_at, active_at, meta::text AS meta,
        seq, count, erased
    FROM dialogs WHERE app = $1 AND id = ANY ($2) AND NOT deleted ORDER BY id";

const RULES: &str = "SELECT r.dialog, r.id, r.created_at, r.level0, r.level1, r.level2
    FROM dialogs d JOIN access_rules r ON r.app = d.app AND r.dialog = d.id AND r.seq = d.rules_seq
    WHERE d.app = $1 AND d.id = ANY ($2) ORDER BY r.dialog, r.position";

/// Unread as every reader is told it.
const PARTICIPANTS: &str = concat!(
    "SELECT p.dialog, p.user_id, p.present, p.joined_at, p.joined_as, p.display_name, p.company, p.email, p.phone,
        p.notifications, p.pinned, p.last_read_message_id, p.read_seq, p.read_count, p.own_seq, ",
    is_archived!(),
    " AS archived, ",
    unread!(),
    " AS unread
    FROM dialogs d JOIN participants p ON p.app = d.app AND p.dialog = d.id
    WHERE d.app = $1 AND d.id = ANY ($2) ORDER BY p.dialog, p.joined_seq, p.position"
);

macro_rules! messages {
    ($which:literal) => {
        concat!(
            "SELECT dialog, id, seq, ordinal, sender_id, content, sent_at, edited_at, reply_to, deleted_at, attachments
    FROM messages WHERE app = $1 AND ",
            $which
        )
    };
}

const WHOLE: &str = messages!("dialog = ANY ($2) ORDER BY dialog, seq");

const PART: &str = messages!("dialog = $2 AND seq > $3 ORDER BY seq LIMIT $4");

const VERSIONS: &str = "SELECT v.message, v.seq, v.edited_at, v.content
    FROM unnest($2::uuid[], $3::uuid[]) x (dialog, message)
    JOIN message_versions v ON v.app = $1 AND v.dialog = x.dialog AND v.message = x.message
    ORDER BY v.message, v.seq";

pub(super) async fn dialogs(
    connection: &mut PgConnection,
    app: &AppId,
    ids: &[Uuid],
) -> Result<Vec<ImportedDialog>, StorageError> {
    let rows = sqlx::query(DIALOGS).bind(app.as_str()).bind(ids);
    let rows = rows.fetch_all(&mut *connection).await?;
    let mut dialogs = rows.iter().map(dialog).collect::<Result<Vec<_>, _>>()?;
    let rows = sqlx::query(RULES).bind(app.as_str()).bind(ids);
    let mut rules: HashMap<Uuid, Vec<AccessRule>> = HashMap::new();
    for row in rows.fetch_all(&mut *connection).await? {
        rules.entry(row.try_get("dialog")?).or_default().push(rule(&row)?);
    }
    let rows = sqlx::query(PARTICIPANTS).bind(app.as_str()).bind(ids);
    let mut people: HashMap<Uuid, Vec<ImportedParticipant>> = HashMap::new();
    for row in rows.fetch_all(connection).await? {
        people
            .entry(row.try_get("dialog")?)
            .or_default()
            .push(participant(&row)?);
    }
    for dialog in &mut dialogs {
        dialog.rules = rules.remove(&dialog.id.0).unwrap_or_default();
        dialog.participants = people.remove(&dialog.id.0).unwrap_or_default();
    }
    Ok(dialogs)
}

pub(super) async fn messages(
    connection: &mut PgConnection,
    app: &AppId,
    stretch: &Stretch,
    after: u64,
    most: u32,
) -> Result<Vec<ImportedMessage>, StorageError> {
    let query = match stretch {
        Stretch::Whole(dialogs) => sqlx::query(WHOLE).bind(app.as_str()).bind(dialogs),
        Stretch::Part(dialog) => sqlx::query(PART)
            .bind(app.as_str())
            .bind(dialog)
            .bind(signed(after))
            .bind(i64::from(most)),
    };
    let rows = query.fetch_all(&mut *connection).await?;
    let mut messages = rows.iter().map(message).collect::<Result<Vec<_>, _>>()?;
    let query = columns!(sqlx::query(VERSIONS).bind(app.as_str()), messages, m => { m.dialog.0, m.id.0 });
    let mut versions: HashMap<Uuid, Vec<ImportedVersion>> = HashMap::new();
    for row in query.fetch_all(connection).await? {
        let version = ImportedVersion {
            seq: number(&row, "seq")?,
            edited_at: moment(&row, "edited_at")?,
            content: row.try_get("content")?,
        };
        versions.entry(row.try_get("message")?).or_default().push(version);
    }
    for message in &mut messages {
        message.versions = versions.remove(&message.id.0).unwrap_or_default();
    }
    Ok(messages)
}

fn dialog(row: &PgRow) -> Result<ImportedDialog, StorageError> {
    Ok(ImportedDialog {
        id: DialogId(row.try_get("id")?),
        object_type: text(row, "object_type", ObjectType::new)?,
        object_id: text(row, "object_id", ObjectId::new)?,
        title: optional_text(row, "title", Title::new)?,
        object_url: optional_text(row, "object_url", ObjectUrl::new)?,
        created_by: optional_text(row, "created_by", UserId::new)?,
        created_at: moment(row, "created_at")?,
        active_at: moment(row, "active_at")?,
        meta: row.try_get("meta")?,
        seq: number(row, "seq")?,
        count: number(row, "count")?,
        erased: row.try_get("erased")?,
        rules: Vec::new(),
        participants: Vec::new(),
    })
}

fn rule(row: &PgRow) -> Result<AccessRule, StorageError> {
    let level = |column| {
        let values: Vec<String> = row.try_get(column)?;
        let values = values
            .iter()
            .map(|value| sound("scope value", ScopeValue::new(value)));
        values.collect::<Result<Vec<_>, StorageError>>()
    };
    Ok(AccessRule {
        id: ScopeId(row.try_get("id")?),
        created_at: moment(row, "created_at")?,
        scopes: Scopes {
            scope_level0: level("level0")?,
            scope_level1: level("level1")?,
            scope_level2: level("level2")?,
        },
    })
}

fn participant(row: &PgRow) -> Result<ImportedParticipant, StorageError> {
    Ok(ImportedParticipant {
        user: text(row, "user_id", UserId::new)?,
        present: row.try_get("present")?,
        joined_at: moment(row, "joined_at")?,
        joined_as: JoinedAs::parse(row.try_get("joined_as")?).unwrap_or(JoinedAs::Participant),
        display_name: text(row, "display_name", DisplayName::new)?,
        company: optional_text(row, "company", Company::new)?,
        email: optional_text(row, "email", Email::new)?,
        phone: optional_text(row, "phone", Phone::new)?,
        notifications: row.try_get("notifications")?,
        archived: row.try_get("archived")?,
        pinned: row.try_get("pinned")?,
        last_read: row
            .try_get::<Option<Uuid>, _>("last_read_message_id")?
            .map(MessageId),
        read_seq: number(row, "read_seq")?,
        read_count: number(row, "read_count")?,
        own_seq: number(row, "own_seq")?,
        unread: number(row, "unread")?,
    })
}

fn message(row: &PgRow) -> Result<ImportedMessage, StorageError> {
    let ordinal: Option<i64> = row.try_get("ordinal")?;
    Ok(ImportedMessage {
        dialog: DialogId(row.try_get("dialog")?),
        id: MessageId(row.try_get("id")?),
        seq: number(row, "seq")?,
        ordinal: ordinal.map(i64::unsigned_abs),
        sender: optional_text(row, "sender_id", UserId::new)?,
        content: row.try_get("content")?,
        sent_at: moment(row, "sent_at")?,
        edited_at: optional_moment(row, "edited_at")?,
        reply_to: row.try_get::<Option<Uuid>, _>("reply_to")?.map(MessageId),
        deleted_at: optional_moment(row, "deleted_at")?,
        versions: Vec::new(),
        attachments: attachments(row)?,
    })
}
