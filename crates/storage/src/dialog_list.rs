use mtchat_protocol::{
    AppId, Company, DialogCursor, DialogId, DialogItemView, ObjectId, ObjectType, ScopeValue, Scopes, UserId,
};
use sqlx::{Row, postgres::PgRow};

use crate::{
    Storage, StorageError,
    dialog::dialog_columns,
    dialog_item::{caller_join, item_columns, item_joins, listed},
    member::people,
    participant::{is_archived, unread},
    row::moment,
};

/// Most dialogs of one object that are shown at once; more than any object has.
const MOST_OF_AN_OBJECT: i64 = 1_000;

/// Which of the caller's dialogs are listed.
#[derive(Debug, Clone, Default)]
pub struct DialogFilter {
    /// Archived ones only, or the others only.
    pub archived: Option<bool>,
    /// A substring of the title or of a participant's company, in whatever case.
    pub search: Option<String>,
    /// With unread messages only.
    pub unread: bool,
    /// Of this kind of object only.
    pub object_type: Option<ObjectType>,
    /// With somebody of this company, other than the caller.
    pub company: Option<Company>,
    /// Only dialogs without rules and those whose rules these scopes match.
    pub within: Option<Scopes>,
}

impl DialogFilter {
    /// Whether it asks for nothing beside what is archived.
    pub fn is_plain(&self) -> bool {
        let Self {
            archived: _,
            search,
            unread,
            object_type,
            company,
            within,
        } = self;
        search.is_none() && !unread && object_type.is_none() && company.is_none() && within.is_none()
    }
}

/// Which stretch of a list.
#[derive(Debug, Clone, Copy)]
pub struct DialogWindow {
    /// How many.
    pub limit: u32,
    /// How many are left out before that.
    pub offset: u32,
    /// Only what comes after this place.
    pub after: Option<DialogCursor>,
}

/// A stretch of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct DialogPage {
    /// The dialogs.
    pub items: Vec<DialogItemView>,
    /// Where it goes on; `None` at its end.
    pub next: Option<DialogCursor>,
}

/// Whether the scopes in three parameters match a rule that dialog `d` has now.
macro_rules! rules_match {
    ($level0:literal, $level1:literal, $level2:literal) => {
        concat!(
            "EXISTS (
        SELECT FROM access_rules r WHERE r.app = d.app AND r.dialog = d.id AND r.seq = d.rules_seq
            AND (r.level0 = '{}' OR r.level0 && ",
            $level0,
            ") AND (r.level1 = '{}' OR r.level1 && ",
            $level1,
            ") AND (r.level2 = '{}' OR r.level2 && ",
            $level2,
            ")
    )"
        )
    };
}

/// Whether the pattern in a parameter stands in the title of dialog `d` or in the company of one of its people.
macro_rules! found {
    ($pattern:literal) => {
        concat!(
            "(",
            $pattern,
            "::text IS NULL OR d.title ILIKE ",
            $pattern,
            " OR EXISTS (
        SELECT FROM participants f WHERE f.app = d.app AND f.dialog = d.id AND f.present AND f.company ILIKE ",
            $pattern,
            "
    ))"
        )
    };
}

/// The page is found first, by what stands in two rows a dialog; these and everything else are looked up for its dialogs only.
macro_rules! participating {
    ($filters:expr) => {
        concat!(
            "WITH page AS (
    SELECT d.id, p.pinned, d.active_at, d.ctid AS dialog_row, p.ctid AS participant_row
    FROM participants p
    JOIN dialogs d ON d.app = p.app AND d.id = p.dialog AND NOT d.deleted
    WHERE p.app = $1 AND p.user_id = $2 AND p.present
        AND ($3::bool IS NULL OR ",
            is_archived!(),
            " = $3)
        AND ($4::bool IS NULL OR (p.pinned, d.active_at, d.id) < ($4, $5::timestamptz, $6::uuid))",
            $filters,
            "
    ORDER BY p.pinned DESC, d.active_at DESC, d.id DESC
    LIMIT $7 OFFSET $8
)
SELECT ",
            item_columns!(),
            " FROM page JOIN dialogs d ON d.ctid = page.dialog_row JOIN participants p ON p.ctid = page.participant_row",
            item_joins!(),
            "ORDER BY page.pinned DESC, page.active_at DESC, page.id DESC"
        )
    };
}

/// What nearly everybody asks for: it compares nothing that nobody asked to compare.
const PARTICIPATING: &str = participating!("");

const PARTICIPATING_FILTERED: &str = participating!(concat!(
    " AND ",
    found!("$9"),
    " AND (NOT $10 OR ",
    unread!(),
    " > 0) AND ($11::text IS NULL OR d.object_type = $11)
        AND ($12::text IS NULL OR EXISTS (
            SELECT FROM participants c WHERE c.app = d.app AND c.dialog = d.id AND c.present AND c.company = $12
                AND c.user_id <> p.user_id
        ))
        AND (NOT $13 OR d.rules_key = $14 OR ",
    rules_match!("$15::text[]", "$16::text[]", "$17::text[]"),
    ")"
));

/// Which rules match is for a function of the database to say (see the migration of row security).
const AVAILABLE: &str = concat!(
    "WITH matching AS (
    SELECT dialog, seq FROM joinable($1, $3, $5, $6)
), page AS (
    SELECT d.id, d.active_at
    FROM matching
    JOIN dialogs d ON d.app = $1 AND d.id = matching.dialog AND d.rules_seq = matching.seq AND NOT d.deleted
    WHERE NOT EXISTS (
            SELECT FROM participants p WHERE p.app = d.app AND p.dialog = d.id AND p.user_id = $2 AND p.present
        ) AND ",
    found!("$4"),
    " AND ($7::text IS NULL OR d.object_type = $7)
        AND ($8::text IS NULL OR EXISTS (
            SELECT FROM participants c WHERE c.app = d.app AND c.dialog = d.id AND c.present AND c.company = $8
        ))
        AND ($9::timestamptz IS NULL OR (d.active_at, d.id) < ($9, $10::uuid))
    ORDER BY d.active_at DESC, d.id DESC
    LIMIT $11 OFFSET $12
)
SELECT ",
    item_columns!(),
    " FROM page JOIN dialogs d ON d.app = $1 AND d.id = page.id",
    caller_join!(),
    item_joins!(),
    "ORDER BY page.active_at DESC, page.id DESC"
);

const OF_OBJECT: &str = concat!(
    "SELECT ",
    item_columns!(),
    " FROM dialogs d",
    caller_join!(),
    item_joins!(),
    "WHERE d.app = $1 AND d.object_type = $3 AND d.object_id = $5 AND NOT d.deleted AND ",
    found!("$4"),
    " AND CASE WHEN p.user_id IS NOT NULL THEN $9 AND ($11::bool IS NULL OR ",
    is_archived!(),
    " = $11) ELSE $10 AND ",
    rules_match!("$6::text[]", "$7::text[]", "$8::text[]"),
    " END
    ORDER BY d.created_at DESC, d.id DESC
    LIMIT $12"
);

/// Which of an object's dialogs are listed.
#[derive(Debug, Clone, Default)]
pub struct ObjectFilter {
    /// Those that the caller takes part in.
    pub participating: bool,
    /// Those that the caller may join.
    pub available: bool,
    /// Of the caller's own: archived ones only, or the others only.
    pub archived: Option<bool>,
    /// A substring of the title or of a participant's company, in whatever case.
    pub search: Option<String>,
}

impl Storage {
    /// Dialogs that the user takes part in: pinned first, then by last activity.
    pub async fn participating(
        &self,
        app: &AppId,
        user: &UserId,
        filter: &DialogFilter,
        window: DialogWindow,
    ) -> Result<DialogPage, StorageError> {
        let plain = filter.is_plain();
        let statement = if plain {
            PARTICIPATING
        } else {
            PARTICIPATING_FILTERED
        };
        let mut query = sqlx::query(statement)
            .bind(app.as_str())
            .bind(user.as_str())
            .bind(filter.archived)
            .bind(window.after.map(|after| after.pinned))
            .bind(window.after.map(|after| after.active_at.to_offset()))
            .bind(window.after.map(|after| after.dialog.0))
            .bind(i64::from(window.limit) + 1)
            .bind(i64::from(window.offset));
        let within = filter.within.as_ref();
        let level = |level: fn(&Scopes) -> &[ScopeValue]| within.map(|scopes| values(level(scopes)));
        if !plain {
            query = query
                .bind(filter.search.as_deref().map(pattern))
                .bind(filter.unread)
                .bind(filter.object_type.as_ref().map(ObjectType::as_str))
                .bind(filter.company.as_ref().map(Company::as_str))
                .bind(within.is_some())
                .bind(crate::rules_key::rules_key([]))
                .bind(level(|scopes| &scopes.scope_level0))
                .bind(level(|scopes| &scopes.scope_level1))
                .bind(level(|scopes| &scopes.scope_level2));
        }
        let rows = self.rows(app, query).await?;
        page(&rows, window.limit)
    }

    /// Dialogs that the user may join with these scopes and does not take part in, by last activity.
    pub async fn available(
        &self,
        app: &AppId,
        user: &UserId,
        scopes: &Scopes,
        filter: &DialogFilter,
        window: DialogWindow,
    ) -> Result<DialogPage, StorageError> {
        let query = sqlx::query(AVAILABLE)
            .bind(app.as_str())
            .bind(user.as_str())
            .bind(values(&scopes.scope_level0))
            .bind(filter.search.as_deref().map(pattern))
            .bind(values(&scopes.scope_level1))
            .bind(values(&scopes.scope_level2))
            .bind(filter.object_type.as_ref().map(ObjectType::as_str))
            .bind(filter.company.as_ref().map(Company::as_str))
            .bind(window.after.map(|after| after.active_at.to_offset()))
            .bind(window.after.map(|after| after.dialog.0))
            .bind(i64::from(window.limit) + 1)
            .bind(i64::from(window.offset));
        let rows = self.rows(app, query).await?;
        page(&rows, window.limit)
    }

    /// The dialogs of an object that the user takes part in or may join with these scopes, newest first.
    pub async fn dialogs_of_object(
        &self,
        app: &AppId,
        user: &UserId,
        scopes: &Scopes,
        object: (&ObjectType, &ObjectId),
        filter: &ObjectFilter,
        most: Option<u32>,
    ) -> Result<Vec<DialogItemView>, StorageError> {
        let query = sqlx::query(OF_OBJECT)
            .bind(app.as_str())
            .bind(user.as_str())
            .bind(object.0.as_str())
            .bind(filter.search.as_deref().map(pattern))
            .bind(object.1.as_str())
            .bind(values(&scopes.scope_level0))
            .bind(values(&scopes.scope_level1))
            .bind(values(&scopes.scope_level2))
            .bind(filter.participating)
            .bind(filter.available)
            .bind(filter.archived)
            .bind(most.map_or(MOST_OF_AN_OBJECT, i64::from));
        let rows = self.rows(app, query).await?;
        rows.iter().map(listed).collect()
    }
}

fn page(rows: &[PgRow], limit: u32) -> Result<DialogPage, StorageError> {
    let limit = limit as usize;
    let shown = &rows[..rows.len().min(limit)];
    let next = match shown.last() {
        Some(last) if rows.len() > limit => Some(cursor(last)?),
        Some(_) | None => None,
    };
    let items = shown.iter().map(listed).collect::<Result<_, _>>()?;
    Ok(DialogPage { items, next })
}

fn cursor(row: &PgRow) -> Result<DialogCursor, StorageError> {
    Ok(DialogCursor {
        pinned: row.try_get::<Option<bool>, _>("pinned")?.unwrap_or(false),
        active_at: moment(row, "active_at")?,
        dialog: DialogId(row.try_get("id")?),
    })
}

fn values(level: &[ScopeValue]) -> Vec<&str> {
    level.iter().map(ScopeValue::as_str).collect()
}

/// Anything around the text, whose own wildcards are letters.
fn pattern(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len() + 2);
    pattern.push('%');
    for letter in text.chars() {
        if matches!(letter, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    pattern
}
