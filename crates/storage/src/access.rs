use mtchat_protocol::{AccessRule, AccessScopeView, AppId, DialogId, ScopeId, ScopeValue, Scopes, UserId};
use sqlx::{PgConnection, Row, postgres::PgRow};
use uuid::Uuid;

use crate::{
    Storage, StorageError,
    row::{moment, sound},
};

/// What decides whether somebody may see a dialog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    /// They take part in it.
    pub participant: bool,
    /// Who may join.
    pub rules: Vec<AccessRule>,
}

/// A row for each rule, and at least one when there is the dialog.
const ACCESS: &str = "
SELECT EXISTS (
        SELECT FROM participants p WHERE p.app = d.app AND p.dialog = d.id AND p.user_id = $3 AND p.present
    ) AS participant, r.id, r.created_at, r.level0, r.level1, r.level2
FROM dialogs d
LEFT JOIN access_rules r ON r.app = d.app AND r.dialog = d.id AND r.seq = d.rules_seq
WHERE d.app = $1 AND d.id = $2 AND NOT d.deleted
ORDER BY r.position";

/// A row for each rule, and at least one when there is the dialog.
const MAYBE_RULES: &str = "
SELECT r.id, r.created_at, r.level0, r.level1, r.level2
FROM dialogs d
LEFT JOIN access_rules r ON r.app = d.app AND r.dialog = d.id AND r.seq = d.rules_seq
WHERE d.app = $1 AND d.id = $2 AND NOT d.deleted
ORDER BY r.position";

const RULES: &str = "
SELECT r.id, r.created_at, r.level0, r.level1, r.level2
FROM dialogs d
JOIN access_rules r ON r.app = d.app AND r.dialog = d.id AND r.seq = d.rules_seq
WHERE d.app = $1 AND d.id = $2 AND NOT d.deleted
ORDER BY r.position";

impl Storage {
    /// Whether a user takes part in a dialog, and who may join it; `None` when there is no such dialog.
    pub async fn access(
        &self,
        app: &AppId,
        dialog: DialogId,
        user: &UserId,
    ) -> Result<Option<Access>, StorageError> {
        let rows = self
            .rows(
                app,
                sqlx::query(ACCESS)
                    .bind(app.as_str())
                    .bind(dialog.0)
                    .bind(user.as_str()),
            )
            .await?;
        let Some(first) = rows.first() else {
            return Ok(None);
        };
        let participant = first.try_get("participant")?;
        let rules: Result<Vec<_>, _> = rows.iter().filter_map(|row| read(row).transpose()).collect();
        Ok(Some(Access {
            participant,
            rules: rules?,
        }))
    }

    /// Who may join a dialog; `None` when there is no such dialog.
    pub async fn rules(
        &self,
        app: &AppId,
        dialog: DialogId,
    ) -> Result<Option<Vec<AccessRule>>, StorageError> {
        let rows = self
            .rows(app, sqlx::query(MAYBE_RULES).bind(app.as_str()).bind(dialog.0))
            .await?;
        if rows.is_empty() {
            return Ok(None);
        }
        let rules: Result<Vec<_>, _> = rows.iter().filter_map(|row| read(row).transpose()).collect();
        rules.map(Some)
    }

    /// The access rules of a dialog, in the order in which they were given.
    pub async fn access_scopes(
        &self,
        app: &AppId,
        dialog: DialogId,
    ) -> Result<Vec<AccessScopeView>, StorageError> {
        self.bounded(async {
            let mut connection = self.apps.of(app).await?;
            let scopes = scopes_of_dialog(&mut connection, app, dialog).await?;
            connection.keep();
            Ok(scopes)
        })
        .await
    }
}

pub(crate) async fn scopes_of_dialog(
    connection: &mut PgConnection,
    app: &AppId,
    dialog: DialogId,
) -> Result<Vec<AccessScopeView>, StorageError> {
    let rows = sqlx::query(RULES)
        .bind(app.as_str())
        .bind(dialog.0)
        .fetch_all(connection)
        .await?;
    rows.iter()
        .filter_map(|row| read(row).transpose())
        .map(|rule| Ok(AccessScopeView::new(dialog, rule?)))
        .collect()
}

/// The rule of a row; `None` where the dialog has none.
fn read(row: &PgRow) -> Result<Option<AccessRule>, StorageError> {
    let Some(id) = row.try_get::<Option<Uuid>, _>("id")? else {
        return Ok(None);
    };
    Ok(Some(AccessRule {
        id: ScopeId(id),
        created_at: moment(row, "created_at")?,
        scopes: Scopes {
            scope_level0: level(row, "level0")?,
            scope_level1: level(row, "level1")?,
            scope_level2: level(row, "level2")?,
        },
    }))
}

fn level(row: &PgRow, column: &'static str) -> Result<Vec<ScopeValue>, StorageError> {
    let values: Vec<String> = row.try_get(column)?;
    values
        .iter()
        .map(|value| sound(column, ScopeValue::new(value)))
        .collect()
}
