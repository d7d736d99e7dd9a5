//! What is brought, written as the projector would have left it. Nothing of it stands in the log.

use mtchat_protocol::{AppId, Attachment};
use sqlx::PgConnection;

use super::rows::{ImportedDialog, ImportedMessage, ImportedParticipant, ImportedVersion};
use crate::{
    StorageError,
    row::{signed, storable},
    rules_key::rules_key,
};

/// The number of the creation: everybody is there from it on, and messages come after it.
const BEGINNING: i64 = 1;

const DIALOGS: &str = "
INSERT INTO dialogs (app, id, seq, count, log_seq, members_rev, rules_seq, created_at, active_at, frozen, erased,
    object_type, object_id, created_by, title, object_url, meta, rules_key)
SELECT $1, x.id, x.seq, x.count, 0, $2, $2, x.created_at, x.active_at, false, x.erased,
    x.object_type, x.object_id, x.created_by, x.title, x.object_url, x.meta::json, x.rules_key
FROM unnest($3::uuid[], $4::bigint[], $5::bigint[], $6::timestamptz[], $7::timestamptz[], $8::bool[], $9::text[],
    $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::bytea[])
    x (id, seq, count, created_at, active_at, erased, object_type, object_id, created_by, title, object_url, meta, rules_key)";

/// Levels come as JSON, because an array of arrays would have to be a rectangle.
const RULES: &str = "
INSERT INTO access_rules (app, dialog, seq, position, id, created_at, level0, level1, level2)
SELECT $1, x.dialog, $2, x.position, x.id, x.created_at,
    ARRAY(SELECT jsonb_array_elements_text(x.levels -> 0)),
    ARRAY(SELECT jsonb_array_elements_text(x.levels -> 1)),
    ARRAY(SELECT jsonb_array_elements_text(x.levels -> 2))
FROM unnest($3::uuid[], $4::int[], $5::uuid[], $6::timestamptz[], $7::jsonb[]) x (dialog, position, id, created_at, levels)";

/// Nobody is told any more of what was unread there.
const PARTICIPANTS: &str = "
INSERT INTO participants (app, dialog, user_id, joined_seq, changed_seq, role_seq, position, present, joined_at, joined_as,
    display_name, company, email, phone, notifications, pinned, archived_count, read_count, read_seq, last_read_message_id,
    own_seq, notified_seq)
SELECT $1, x.dialog, x.user_id, $2, $2, $2, x.position, x.present, x.joined_at, x.joined_as,
    x.display_name, x.company, x.email, x.phone, x.notifications, x.pinned, x.archived_count, x.read_count, x.read_seq,
    x.last_read, x.own_seq, x.notified_seq
FROM unnest($3::uuid[], $4::text[], $5::int[], $6::bool[], $7::timestamptz[], $8::text[], $9::text[], $10::text[],
    $11::text[], $12::text[], $13::bool[], $14::bool[], $15::bigint[], $16::bigint[], $17::bigint[], $18::uuid[],
    $19::bigint[], $20::bigint[])
    x (dialog, user_id, position, present, joined_at, joined_as, display_name, company, email, phone, notifications, pinned,
        archived_count, read_count, read_seq, last_read, own_seq, notified_seq)";

const MESSAGES: &str = "
INSERT INTO messages (app, dialog, id, seq, ordinal, log_seq, sent_at, edited_at, edit_seq, deleted_at, reply_to, sender_id,
    content, attachments)
SELECT $1, x.dialog, x.id, x.seq, x.ordinal, 0, x.sent_at, x.edited_at, x.edit_seq, x.deleted_at, x.reply_to, x.sender_id,
    x.content, x.attachments::json
FROM unnest($2::uuid[], $3::uuid[], $4::bigint[], $5::bigint[], $6::timestamptz[], $7::timestamptz[], $8::bigint[],
    $9::timestamptz[], $10::uuid[], $11::text[], $12::text[], $13::text[])
    x (dialog, id, seq, ordinal, sent_at, edited_at, edit_seq, deleted_at, reply_to, sender_id, content, attachments)";

const VERSIONS: &str = "
INSERT INTO message_versions (app, dialog, message, seq, edited_at, content)
SELECT $1, x.dialog, x.message, x.seq, x.edited_at, x.content
FROM unnest($2::uuid[], $3::uuid[], $4::bigint[], $5::timestamptz[], $6::text[]) x (dialog, message, seq, edited_at, content)";

const ATTACHMENTS: &str = "
INSERT INTO attachments (app, id, dialog, message, file_key, upload_key, thumbnail)
SELECT $1, x.id, x.dialog, x.message, x.file_key, x.upload_key, x.thumbnail
FROM unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::bool[])
    x (id, dialog, message, file_key, upload_key, thumbnail)";

pub(super) async fn messages(
    connection: &mut PgConnection,
    app: &AppId,
    messages: &[ImportedMessage],
) -> Result<(), StorageError> {
    let query = columns!(sqlx::query(MESSAGES).bind(app.as_str()), messages, m => {
        m.dialog.0,
        m.id.0,
        signed(m.seq),
        m.ordinal.map(signed),
        m.sent_at.to_offset(),
        m.edited_at.map(mtchat_protocol::Timestamp::to_offset),
        m.versions.last().map_or(0, |version| signed(version.seq)),
        m.deleted_at.map(mtchat_protocol::Timestamp::to_offset),
        m.reply_to.map(|id| id.0),
        m.sender.as_ref().map(mtchat_protocol::UserId::as_str),
        storable(&m.content),
        files(&m.attachments),
    });
    query.execute(&mut *connection).await?;
    let versions: Vec<(&ImportedMessage, &ImportedVersion)> = messages
        .iter()
        .flat_map(|message| message.versions.iter().map(move |version| (message, version)))
        .collect();
    if !versions.is_empty() {
        let query = columns!(sqlx::query(VERSIONS).bind(app.as_str()), versions, row => {
            row.0.dialog.0,
            row.0.id.0,
            signed(row.1.seq),
            row.1.edited_at.to_offset(),
            storable(&row.1.content),
        });
        query.execute(&mut *connection).await?;
    }
    let attached: Vec<(&ImportedMessage, &Attachment)> = messages
        .iter()
        .flat_map(|message| message.attachments.iter().map(move |file| (message, file)))
        .collect();
    if !attached.is_empty() {
        let query = columns!(sqlx::query(ATTACHMENTS).bind(app.as_str()), attached, row => {
            row.1.id.0,
            row.0.dialog.0,
            row.0.id.0,
            row.1.key.as_str(),
            row.1.upload.as_str(),
            row.1.thumbnail.content_type().is_some(),
        });
        query.execute(connection).await?;
    }
    Ok(())
}

pub(super) async fn dialogs(
    connection: &mut PgConnection,
    app: &AppId,
    dialogs: &[&ImportedDialog],
) -> Result<(), StorageError> {
    let query = sqlx::query(DIALOGS).bind(app.as_str()).bind(BEGINNING);
    let query = columns!(query, dialogs, d => {
        d.id.0,
        signed(d.seq),
        signed(d.count),
        d.created_at.to_offset(),
        d.active_at.to_offset(),
        d.erased,
        d.object_type.as_str(),
        d.object_id.as_str(),
        d.created_by.as_ref().map(mtchat_protocol::UserId::as_str),
        d.title.as_ref().map(mtchat_protocol::Title::as_str),
        d.object_url.as_ref().map(mtchat_protocol::ObjectUrl::as_str),
        d.meta.as_deref(),
        rules_key(d.rules.iter().map(|rule| &rule.scopes)),
    });
    query.execute(&mut *connection).await?;
    let rules: Vec<_> = dialogs
        .iter()
        .flat_map(|dialog| {
            (0_i32..)
                .zip(&dialog.rules)
                .map(move |rule| (dialog.id.0, rule.0, rule.1))
        })
        .collect();
    if !rules.is_empty() {
        let query = sqlx::query(RULES).bind(app.as_str()).bind(BEGINNING);
        let query = columns!(query, rules, row => {
            row.0,
            row.1,
            row.2.id.0,
            row.2.created_at.to_offset(),
            sqlx::types::Json(row.2.scopes.levels()),
        });
        query.execute(&mut *connection).await?;
    }
    participants(connection, app, dialogs).await
}

async fn participants(
    connection: &mut PgConnection,
    app: &AppId,
    dialogs: &[&ImportedDialog],
) -> Result<(), StorageError> {
    let people: Vec<(&ImportedDialog, i32, &ImportedParticipant)> = dialogs
        .iter()
        .flat_map(|dialog| {
            let people = (0_i32..).zip(&dialog.participants);
            people.map(move |(position, one)| (*dialog, position, one))
        })
        .collect();
    if people.is_empty() {
        return Ok(());
    }
    let query = sqlx::query(PARTICIPANTS).bind(app.as_str()).bind(BEGINNING);
    let query = columns!(query, people, row => {
        row.0.id.0,
        row.2.user.as_str(),
        row.1,
        row.2.present,
        row.2.joined_at.to_offset(),
        row.2.joined_as.as_str(),
        row.2.display_name.as_str(),
        row.2.company.as_ref().map(mtchat_protocol::Company::as_str),
        row.2.email.as_ref().map(mtchat_protocol::Email::as_str),
        row.2.phone.as_ref().map(mtchat_protocol::Phone::as_str),
        row.2.notifications,
        row.2.pinned,
        row.2.archived.then(|| signed(row.0.count)),
        signed(row.2.read_count),
        signed(row.2.read_seq),
        row.2.last_read.map(|id| id.0),
        signed(row.2.own_seq),
        signed(row.0.seq),
    });
    query.execute(connection).await?;
    Ok(())
}

/// As the projector keeps them.
fn files(attachments: &[Attachment]) -> Option<String> {
    if attachments.is_empty() {
        return None;
    }
    serde_json::to_string(attachments).ok()
}
