use mtchat_domain::Dialog;
use mtchat_protocol::{
    AppId, DialogDetailView, DialogId, DialogView, ObjectId, ObjectKey, ObjectType, ObjectUrl, Scopes, Title,
    UserId,
};
use sqlx::{Row, postgres::PgRow};
use uuid::Uuid;

use crate::{
    Storage, StorageError, access,
    member::{members, people},
    participant,
    row::{moment, number, optional_text, text},
    rules_key::rules_key,
};

/// The columns of [`read_view`], of dialog `d`.
macro_rules! dialog_columns {
    () => {
        "d.id, d.object_id, d.object_type, d.title, d.object_url, d.created_by, d.created_at, d.meta, d.frozen"
    };
}
pub(crate) use dialog_columns;

const STATE: &str = concat!(
    "SELECT d.seq, d.count, d.object_type, d.object_id, d.title, d.frozen, d.deleted, d.members_rev, q.*
    FROM dialogs d CROSS JOIN LATERAL (",
    people!(),
    ") q WHERE d.app = $1 AND d.id = $2"
);

const VIEW: &str = concat!(
    "SELECT ",
    dialog_columns!(),
    " FROM dialogs d WHERE d.app = $1 AND d.id = $2 AND NOT d.deleted"
);

const FIND: &str = concat!(
    "SELECT ",
    dialog_columns!(),
    " FROM dialogs d
    WHERE d.app = $1 AND d.object_type = $2 AND d.object_id = $3 AND NOT d.deleted AND d.rules_key = $4
    ORDER BY d.created_at DESC, d.id DESC
    LIMIT 1"
);

const BY_KEY: &str = concat!(
    "SELECT ",
    dialog_columns!(),
    " FROM dialogs d
    WHERE d.app = $1 AND d.object_type = $2 AND d.object_id = $3 AND d.key = $4 AND NOT d.deleted
    ORDER BY d.created_at DESC
    LIMIT 1"
);

impl Storage {
    /// The state that commands are decided against, as it is stored; deleted dialogs have one too.
    pub async fn dialog_state(&self, app: &AppId, dialog: DialogId) -> Result<Option<Dialog>, StorageError> {
        let row = self
            .maybe_row(app, sqlx::query(STATE).bind(app.as_str()).bind(dialog.0))
            .await?;
        row.map(|row| read_state(&row)).transpose()
    }

    /// A dialog.
    pub async fn dialog_view(
        &self,
        app: &AppId,
        dialog: DialogId,
    ) -> Result<Option<DialogView>, StorageError> {
        let row = self
            .maybe_row(app, sqlx::query(VIEW).bind(app.as_str()).bind(dialog.0))
            .await?;
        row.map(|row| read_view(&row)).transpose()
    }

    /// A dialog with its participants and rules, all of one moment.
    pub async fn dialog_detail(
        &self,
        app: &AppId,
        dialog: DialogId,
    ) -> Result<Option<DialogDetailView>, StorageError> {
        self.bounded(async {
            let connection = self.apps.of(app).await?;
            let mut moment = connection
                .begin("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
                .await?;
            let row = sqlx::query(VIEW)
                .bind(app.as_str())
                .bind(dialog.0)
                .fetch_optional(&mut *moment)
                .await?;
            let Some(row) = row else { return Ok(None) };
            let detail = DialogDetailView {
                dialog: read_view(&row)?,
                participants: participant::of_dialog(&mut moment, app, dialog).await?,
                access_scopes: access::scopes_of_dialog(&mut moment, app, dialog).await?,
            };
            moment.commit().await?;
            Ok(Some(detail))
        })
        .await
    }

    /// The dialog that was found or created for an object under a key.
    pub async fn dialog_by_key(
        &self,
        app: &AppId,
        object_type: &ObjectType,
        object_id: &ObjectId,
        key: &ObjectKey,
    ) -> Result<Option<DialogView>, StorageError> {
        let row = self
            .maybe_row(
                app,
                sqlx::query(BY_KEY)
                    .bind(app.as_str())
                    .bind(object_type.as_str())
                    .bind(object_id.as_str())
                    .bind(key.as_str()),
            )
            .await?;
        row.map(|row| read_view(&row)).transpose()
    }

    /// The newest dialog of an object that has exactly these rules, in whatever order.
    pub async fn find_dialog(
        &self,
        app: &AppId,
        object_type: &ObjectType,
        object_id: &ObjectId,
        rules: &[Scopes],
    ) -> Result<Option<DialogView>, StorageError> {
        let row = self
            .maybe_row(
                app,
                sqlx::query(FIND)
                    .bind(app.as_str())
                    .bind(object_type.as_str())
                    .bind(object_id.as_str())
                    .bind(rules_key(rules)),
            )
            .await?;
        row.map(|row| read_view(&row)).transpose()
    }
}

fn read_state(row: &PgRow) -> Result<Dialog, StorageError> {
    Ok(Dialog {
        seq: number(row, "seq")?,
        count: number(row, "count")?,
        object_type: text(row, "object_type", ObjectType::new)?,
        object_id: text(row, "object_id", ObjectId::new)?,
        title: optional_text(row, "title", Title::new)?,
        frozen: row.try_get("frozen")?,
        deleted: row.try_get("deleted")?,
        members_rev: number(row, "members_rev")?,
        members: members(row)?.into(),
    })
}

/// The dialog in the columns of [`dialog_columns`].
pub(crate) fn read_view(row: &PgRow) -> Result<DialogView, StorageError> {
    Ok(DialogView {
        id: DialogId(row.try_get::<Uuid, _>("id")?),
        object_id: text(row, "object_id", ObjectId::new)?,
        object_type: text(row, "object_type", ObjectType::new)?,
        title: optional_text(row, "title", Title::new)?,
        object_url: optional_text(row, "object_url", ObjectUrl::new)?,
        created_by: optional_text(row, "created_by", UserId::new)?,
        created_at: moment(row, "created_at")?,
        meta: row.try_get("meta")?,
        frozen: row.try_get("frozen")?,
    })
}
