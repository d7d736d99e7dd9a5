//! Chats into tables.

use uuid::Uuid;

use super::{Chats, Legacy};

/// Rows that are written at once.
const ROWS: usize = 5_000;

const DIALOGS: &str = "INSERT INTO dialogs (id, object_type, object_id, title, object_url, created_by, created_at, meta)
    SELECT x.id, x.object_type, x.object_id, x.title, x.url, x.created_by, to_timestamp(0) + x.at * interval '1 microsecond',
        x.meta::jsonb
    FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::text[])
        x (id, object_type, object_id, title, url, created_by, at, meta)";
const RULES: &str = "INSERT INTO dialog_access_scopes (id, dialog_id, scope_level0, scope_level1, scope_level2, created_at)
    SELECT x.id, x.dialog, ARRAY(SELECT jsonb_array_elements_text(x.levels -> 0)),
        ARRAY(SELECT jsonb_array_elements_text(x.levels -> 1)), ARRAY(SELECT jsonb_array_elements_text(x.levels -> 2)),
        to_timestamp(x.at)
    FROM unnest($1::uuid[], $2::uuid[], $3::jsonb[], $4::bigint[]) x (id, dialog, levels, at)";
const MESSAGES: &str = "INSERT INTO messages (id, dialog_id, sender_id, content, sent_at, last_edited_at, reply_to_id, message_type)
    SELECT x.id, x.dialog, x.sender, x.content, to_timestamp(0) + x.at * interval '1 microsecond',
        to_timestamp(0) + x.edited_at * interval '1 microsecond', x.reply_to,
        CASE WHEN x.sender IS NULL THEN 'system' ELSE 'user' END
    FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::uuid[])
        x (id, dialog, sender, content, at, edited_at, reply_to)";
const VERSIONS: &str = "INSERT INTO message_edit_history (id, message_id, old_content, edited_at)
    SELECT gen_random_uuid(), x.message, x.content, to_timestamp(0) + x.at * interval '1 microsecond'
    FROM unnest($1::uuid[], $2::text[], $3::bigint[]) x (message, content, at)";
const FILES: &str = "INSERT INTO attachments (id, message_id, filename, content_type, size, s3_key, created_at, width, height,
        thumbnail_s3_key)
    SELECT x.id, x.message, x.filename, x.content_type, x.size, x.key, to_timestamp(x.place), x.width, x.height, x.thumbnail
    FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::bigint[], $6::text[], $7::bigint[], $8::int[], $9::int[],
        $10::text[]) x (id, message, filename, content_type, size, key, place, width, height, thumbnail)";
const PEOPLE: &str = "INSERT INTO dialog_participants (dialog_id, user_id, joined_at, joined_as, last_read_message_id, unread_count,
        notifications_enabled, is_archived, is_pinned, display_name, company, email, phone)
    SELECT x.dialog, x.user_id, to_timestamp(0) + x.at * interval '1 microsecond', x.joined_as, x.last_read, x.unread,
        x.notifications, x.archived, x.pinned, x.name, x.company, x.email, x.phone
    FROM unnest($1::uuid[], $2::text[], $3::bigint[], $4::text[], $5::uuid[], $6::int[], $7::bool[], $8::bool[], $9::bool[],
        $10::text[], $11::text[], $12::text[], $13::text[])
        x (dialog, user_id, at, joined_as, last_read, unread, notifications, archived, pinned, name, company, email, phone)";

/// One array for each column.
macro_rules! insert {
    ($legacy:expr, $sql:expr, $rows:expr, $row:ident => { $($column:expr),+ $(,)? }) => {
        for rows in $rows.chunks(ROWS) {
            let query = sqlx::query($sql);
            $(let query = query.bind(rows.iter().map(|$row| $column).collect::<Vec<_>>());)+
            query.execute(&$legacy.pool).await.expect("the rows are taken");
        }
    };
}

impl Legacy {
    /// Write chats into it.
    pub async fn fill(&self, all: &Chats) {
        let chats: Vec<_> = all.chats.iter().collect();
        insert!(self, DIALOGS, chats, chat => {
            chat.id, chat.object_type.as_str(), chat.object_id.as_str(), chat.title.as_deref(), chat.object_url.as_deref(),
            chat.created_by.as_deref(), chat.created_at, chat.meta.as_deref(),
        });
        let rules: Vec<_> = chats
            .iter()
            .flat_map(|chat| {
                let rules = (0_i64..).zip(&chat.rules);
                rules.map(|(place, (id, levels))| (*id, chat.id, levels, place))
            })
            .collect();
        insert!(self, RULES, rules, row => { row.0, row.1, sqlx::types::Json(row.2), row.3 });
        let said: Vec<_> = chats
            .iter()
            .flat_map(|chat| chat.messages.iter().map(|said| (chat.id, said)))
            .collect();
        insert!(self, MESSAGES, said, row => {
            row.1.id, row.0, row.1.sender.as_deref(), row.1.content.as_str(), row.1.sent_at, row.1.edited_at, row.1.reply_to,
        });
        let versions: Vec<_> = said
            .iter()
            .flat_map(|(_, said)| said.versions.iter().map(|version| (said.id, version)))
            .collect();
        insert!(self, VERSIONS, versions, row => { row.0, row.1.1.as_str(), row.1.0 });
        let files: Vec<(Uuid, i64, &super::LegacyFile)> = said
            .iter()
            .flat_map(|(_, said)| {
                (0_i64..)
                    .zip(&said.files)
                    .map(|(place, file)| (said.id, place, file))
            })
            .collect();
        insert!(self, FILES, files, row => {
            row.2.id, row.0, row.2.filename.as_str(), row.2.content_type,
            i64::try_from(row.2.bytes.len()).expect("small files"), row.2.key.as_str(), row.1,
            row.2.size.map(|size| size.0), row.2.size.map(|size| size.1),
            row.2.thumbnail.as_ref().map(|thumbnail| thumbnail.0.as_str()),
        });
        let people: Vec<_> = chats
            .iter()
            .flat_map(|chat| chat.people.iter().map(|one| (chat.id, one)))
            .collect();
        insert!(self, PEOPLE, people, row => {
            row.0, row.1.user.as_str(), row.1.joined_at, row.1.joined_as, row.1.last_read, row.1.unread,
            row.1.notifications, row.1.archived, row.1.pinned, row.1.name.as_deref(), row.1.company.as_deref(),
            row.1.email.as_deref(), row.1.phone.as_deref(),
        });
        self.run("ANALYZE").await;
    }
}
