//! Dialogs, participants and access rules.

use sqlx::PgConnection;

use super::fold::Fold;
use crate::row::signed;

const CREATE: &str = "
INSERT INTO dialogs (app, id, seq, count, log_seq, members_rev, rules_seq, created_at, active_at, frozen,
    object_type, object_id, created_by, title, object_url, meta, rules_key, key)
SELECT x.app, x.id, x.seq, x.count, x.log_seq, x.members_rev, x.seq, x.at, x.at, x.frozen,
    x.object_type, x.object_id, x.created_by, x.title, x.object_url, x.meta::json, x.rules_key, x.key
FROM unnest($1::text[], $2::uuid[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::timestamptz[], $8::bool[],
    $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::bytea[],
    $16::text[])
    x (app, id, seq, count, log_seq, members_rev, at, frozen,
        object_type, object_id, created_by, title, object_url, meta, rules_key, key)
ON CONFLICT DO NOTHING";

/// The head itself moves with the timeline, after this: until then `seq` says whether a dialog is behind the batch.
const UPDATE: &str = "
UPDATE dialogs d
SET title = x.title, frozen = x.frozen, members_rev = x.members_rev,
    object_url = CASE WHEN x.with_url THEN x.object_url ELSE d.object_url END,
    meta = CASE WHEN x.with_meta THEN x.meta::json ELSE d.meta END,
    rules_seq = coalesce(x.rules_seq, d.rules_seq),
    rules_key = coalesce(x.rules_key, d.rules_key)
FROM unnest($1::text[], $2::uuid[], $3::bigint[], $4::text[], $5::bool[], $6::bigint[], $7::bool[], $8::text[],
    $9::bool[], $10::text[], $11::bigint[], $12::bytea[])
    x (app, id, seq, title, frozen, members_rev, with_url, object_url, with_meta, meta, rules_seq, rules_key)
WHERE d.app = x.app AND d.id = x.id AND d.seq < x.seq AND NOT d.deleted";

const DROP_RULES: &str = "
DELETE FROM access_rules r
USING unnest($1::text[], $2::uuid[], $3::bigint[]) x (app, dialog, seq)
WHERE r.app = x.app AND r.dialog = x.dialog AND r.seq < x.seq";

/// Levels come as JSON, because an array of arrays would have to be a rectangle. Only the rules that the dialog has now are taken.
const ADD_RULES: &str = "
INSERT INTO access_rules (app, dialog, seq, position, id, created_at, level0, level1, level2)
SELECT x.app, x.dialog, x.seq, x.position, x.id, x.created_at,
    ARRAY(SELECT jsonb_array_elements_text(x.levels -> 0)),
    ARRAY(SELECT jsonb_array_elements_text(x.levels -> 1)),
    ARRAY(SELECT jsonb_array_elements_text(x.levels -> 2))
FROM unnest($1::text[], $2::uuid[], $3::bigint[], $4::int[], $5::uuid[], $6::timestamptz[], $7::jsonb[])
    x (app, dialog, seq, position, id, created_at, levels)
JOIN dialogs d ON d.app = x.app AND d.id = x.dialog AND d.rules_seq = x.seq AND NOT d.deleted
ON CONFLICT DO NOTHING";

/// Who comes in begins anew, whatever was known of an earlier stay; only their own newest message is remembered.
const ARRIVE: &str = "
INSERT INTO participants (app, dialog, user_id, joined_seq, changed_seq, position, present, joined_as, joined_at,
    display_name, company, email, phone, role, role_seq, notified_seq)
SELECT x.app, x.dialog, x.user_id, x.seq, x.seq, x.position, true, x.joined_as, x.joined_at,
    x.display_name, x.company, x.email, x.phone, x.role, x.seq, x.seq
FROM unnest($1::text[], $2::uuid[], $3::text[], $4::bigint[], $5::int[], $6::text[], $7::timestamptz[],
    $8::text[], $9::text[], $10::text[], $11::text[], $12::text[])
    x (app, dialog, user_id, seq, position, joined_as, joined_at, display_name, company, email, phone, role)
JOIN dialogs d ON d.app = x.app AND d.id = x.dialog AND NOT d.deleted
ON CONFLICT (app, dialog, user_id) DO UPDATE
SET joined_seq = excluded.joined_seq, changed_seq = excluded.changed_seq, position = excluded.position, present = true,
    joined_as = excluded.joined_as, joined_at = excluded.joined_at, display_name = excluded.display_name,
    company = excluded.company, email = excluded.email, phone = excluded.phone,
    role = excluded.role, role_seq = excluded.role_seq, notified_seq = excluded.notified_seq,
    read_count = 0, read_seq = 0, last_read_message_id = NULL, archived_count = NULL, pinned = false, notifications = true,
    mentions_only = false
WHERE participants.changed_seq < excluded.changed_seq";

/// Who came in later than the role was given has the role they came in with.
const CHANGE_ROLE: &str = "
UPDATE participants p SET role = x.role, role_seq = x.seq
FROM unnest($1::text[], $2::uuid[], $3::text[], $4::bigint[], $5::text[]) x (app, dialog, user_id, seq, role)
WHERE p.app = x.app AND p.dialog = x.dialog AND p.user_id = x.user_id AND p.role_seq < x.seq";

/// Name and company stay, for the messages that remain; how to reach the person, and what they had put out of sight, does not.
const DEPART: &str = "
UPDATE participants p SET present = false, changed_seq = x.seq, email = NULL, phone = NULL, archived_count = NULL
FROM unnest($1::text[], $2::uuid[], $3::text[], $4::bigint[]) x (app, dialog, user_id, seq)
WHERE p.app = x.app AND p.dialog = x.dialog AND p.user_id = x.user_id AND p.changed_seq < x.seq";

const END: &str = "
WITH x AS (
    SELECT * FROM unnest($1::text[], $2::uuid[]) x (app, dialog)
), versions AS (
    DELETE FROM message_versions v USING x WHERE v.app = x.app AND v.dialog = x.dialog
), reacted AS (
    DELETE FROM reactions e USING x WHERE e.app = x.app AND e.dialog = x.dialog
), timeline AS (
    DELETE FROM messages m USING x WHERE m.app = x.app AND m.dialog = x.dialog
), people AS (
    DELETE FROM participants p USING x WHERE p.app = x.app AND p.dialog = x.dialog
), rules AS (
    DELETE FROM access_rules r USING x WHERE r.app = x.app AND r.dialog = x.dialog
)
UPDATE dialogs d
SET deleted = true, members_rev = d.seq, title = NULL, object_url = NULL, meta = NULL, created_by = NULL, rules_key = '',
    auto_archived_seq = NULL
FROM x WHERE d.app = x.app AND d.id = x.dialog AND NOT d.deleted";

/// New dialogs.
pub(crate) async fn create(connection: &mut PgConnection, fold: &Fold<'_>) -> Result<(), sqlx::Error> {
    if fold.created.is_empty() {
        return Ok(());
    }
    let query = columns!(sqlx::query(CREATE), &fold.created, row => {
        row.fact.app.as_str(),
        row.fact.dialog.0,
        signed(row.fact.seq()),
        signed(row.fact.head.count),
        signed(row.log_seq),
        signed(row.fact.head.members_rev),
        row.fact.at.to_offset(),
        row.fact.head.frozen,
        row.fact.head.object_type.as_str(),
        row.fact.head.object_id.as_str(),
        row.data.created_by.as_ref().map(mtchat_protocol::UserId::as_str),
        row.fact.head.title.as_ref().map(mtchat_protocol::Title::as_str),
        row.data.object_url.as_ref().map(mtchat_protocol::ObjectUrl::as_str),
        row.data.meta.as_ref().map(ToString::to_string),
        row.rules_key.as_slice(),
        row.data.key.as_ref().map(mtchat_protocol::ObjectKey::as_str),
    });
    query.execute(connection).await.map(drop)
}

/// What changed of dialogs apart from their messages.
pub(crate) async fn update(connection: &mut PgConnection, fold: &Fold<'_>) -> Result<(), sqlx::Error> {
    let rows = fold.details.rows();
    if rows.is_empty() {
        return Ok(());
    }
    let query = columns!(sqlx::query(UPDATE), rows, row => {
        row.place.app,
        row.place.dialog,
        signed(row.fact.seq()),
        row.fact.head.title.as_ref().map(mtchat_protocol::Title::as_str),
        row.fact.head.frozen,
        signed(row.fact.head.members_rev),
        row.object_url.is_some(),
        row.object_url.flatten(),
        row.meta.is_some(),
        row.meta.as_ref().and_then(Option::as_deref),
        row.rules.as_ref().map(|(seq, _)| signed(*seq)),
        row.rules.as_ref().map(|(_, key)| key.as_slice()),
    });
    query.execute(connection).await.map(drop)
}

/// The newest set of rules of each dialog in place of the one before.
pub(crate) async fn replace_rules(connection: &mut PgConnection, fold: &Fold<'_>) -> Result<(), sqlx::Error> {
    let sets = fold.rules.rows();
    if sets.is_empty() {
        return Ok(());
    }
    let query = columns!(sqlx::query(DROP_RULES), sets, set => {
        set.place.app,
        set.place.dialog,
        signed(set.seq),
    });
    query.execute(&mut *connection).await?;
    let rules: Vec<_> = sets
        .iter()
        .flat_map(|set| {
            (0_i32..)
                .zip(set.rules)
                .map(move |(position, rule)| (set, position, rule))
        })
        .collect();
    if rules.is_empty() {
        return Ok(());
    }
    let query = columns!(sqlx::query(ADD_RULES), rules, row => {
        row.0.place.app,
        row.0.place.dialog,
        signed(row.0.seq),
        row.1,
        row.2.id.0,
        row.2.created_at.to_offset(),
        sqlx::types::Json(row.2.scopes.levels()),
    });
    query.execute(connection).await.map(drop)
}

/// Who came in.
pub(crate) async fn arrive(connection: &mut PgConnection, fold: &Fold<'_>) -> Result<(), sqlx::Error> {
    let rows = fold.arrivals.rows();
    if rows.is_empty() {
        return Ok(());
    }
    let query = columns!(sqlx::query(ARRIVE), rows, row => {
        row.place.app,
        row.place.dialog,
        row.participant.user.as_str(),
        signed(row.seq),
        row.position,
        row.participant.joined_as.as_str(),
        row.participant.joined_at.to_offset(),
        row.participant.profile.display_name.as_str(),
        row.participant.profile.company.as_ref().map(mtchat_protocol::Company::as_str),
        row.participant.profile.email.as_ref().map(mtchat_protocol::Email::as_str),
        row.participant.profile.phone.as_ref().map(mtchat_protocol::Phone::as_str),
        row.participant.role.as_str(),
    });
    query.execute(connection).await.map(drop)
}

/// Who has another role; after the arrivals, so that the later of the two stands.
pub(crate) async fn change_roles(connection: &mut PgConnection, fold: &Fold<'_>) -> Result<(), sqlx::Error> {
    let rows = fold.roles.rows();
    if rows.is_empty() {
        return Ok(());
    }
    let query = columns!(sqlx::query(CHANGE_ROLE), rows, row => {
        row.place.app,
        row.place.dialog,
        row.user.as_str(),
        signed(row.seq),
        row.role.as_str(),
    });
    query.execute(connection).await.map(drop)
}

/// Who went; after the arrivals, so that the later of the two stands.
pub(crate) async fn depart(connection: &mut PgConnection, fold: &Fold<'_>) -> Result<(), sqlx::Error> {
    let rows = fold.departures.rows();
    if rows.is_empty() {
        return Ok(());
    }
    let query = columns!(sqlx::query(DEPART), rows, row => {
        row.place.app,
        row.place.dialog,
        row.user.as_str(),
        signed(row.seq),
    });
    query.execute(connection).await.map(drop)
}

/// Deleted dialogs: everything of them goes, whatever this batch added.
pub(crate) async fn end(connection: &mut PgConnection, fold: &Fold<'_>) -> Result<(), sqlx::Error> {
    let rows = fold.ended.rows();
    if rows.is_empty() {
        return Ok(());
    }
    let query = columns!(sqlx::query(END), rows, row => { row.place.app, row.place.dialog });
    query.execute(connection).await.map(drop)
}
