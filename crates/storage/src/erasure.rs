//! Forgetting a person: what the worker that does it asks and writes. Each step can be done again.

use mtchat_domain::{erased_name, without_person};
use mtchat_protocol::{
    AppId, AuditAction, Company, DialogId, DisplayName, ErasureView, MessageId, Revocation, UserId,
};
use sqlx::{PgConnection, Row, postgres::PgRow};
use uuid::Uuid;

use crate::{
    Audited, Storage, StorageError, audit, revocation,
    row::{moment, number, optional_moment, optional_text, signed, text},
};

/// How many dialogs, or messages, are worked on at once.
const PAGE: i64 = 200;

/// Asking again while it goes on changes nothing; afterwards it begins anew, for whoever came back.
const REQUEST: &str =
    "INSERT INTO erasures AS e (app, user_id, requested_at) VALUES ($1, $2, clock_timestamp())
    ON CONFLICT (app, user_id) DO UPDATE SET requested_at = excluded.requested_at, finished_at = NULL,
        dialogs = 0, messages = 0, facts = 0
    WHERE e.finished_at IS NOT NULL
    RETURNING true";
const ONE: &str = "SELECT app, user_id, requested_at, finished_at, dialogs, messages, facts FROM erasures
    WHERE app = $1 AND user_id = $2";
const PENDING: &str = "SELECT app, user_id, requested_at, finished_at, dialogs, messages, facts FROM erasures
    WHERE finished_at IS NULL ORDER BY requested_at LIMIT 1";
const DIALOGS: &str = "SELECT dialog FROM participants
    WHERE app = $1 AND user_id = $2 AND (present OR NOT present) AND dialog > $3
    ORDER BY dialog LIMIT $4";
const MESSAGES: &str = "SELECT id FROM messages
    WHERE app = $1 AND dialog = $2 AND sender_id = $3 AND deleted_at IS NULL ORDER BY seq LIMIT $4";
const NAMES: &str =
    "SELECT display_name, company FROM participants WHERE app = $1 AND dialog = $2 AND user_id = $3";
const SYSTEM_MESSAGES: &str =
    "SELECT id, content FROM messages WHERE app = $1 AND dialog = $2 AND sender_id IS NULL";
const REWRITE: &str = "UPDATE messages SET content = $4 WHERE app = $1 AND dialog = $2 AND id = $3";
const FORGET: &str = "WITH reacted AS (
        DELETE FROM reactions WHERE app = $1 AND dialog = $2 AND user_id = $3
    )
    UPDATE participants SET display_name = $4, company = NULL, email = NULL, phone = NULL
    WHERE app = $1 AND dialog = $2 AND user_id = $3";
const FORGET_PRESENCE: &str = "DELETE FROM last_seen WHERE app = $1 AND user_id = $2";
const FORGET_LETTERS: &str = "DELETE FROM dead_letters
    WHERE split_part(subject, '.', 4) = $1 AND position(convert_to($2, 'UTF8') IN payload) > 0";
const COUNT: &str = "UPDATE erasures SET dialogs = dialogs + $3, messages = messages + $4, facts = facts + $5
    WHERE app = $1 AND user_id = $2";
const FINISH: &str = "UPDATE erasures SET finished_at = clock_timestamp()
    WHERE app = $1 AND user_id = $2 AND finished_at IS NULL AND requested_at = $3";

/// A person who is to be forgotten.
#[derive(Debug, Clone, PartialEq)]
pub struct Erasure {
    /// In which app.
    pub app: AppId,
    /// Who, and how far it is.
    pub view: ErasureView,
}

/// What has been done of an erasure since it was counted last.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Erased {
    /// Dialogs that the person was in.
    pub dialogs: u64,
    /// Messages that were deleted.
    pub messages: u64,
    /// Facts of the log that were overwritten.
    pub facts: u64,
}

impl Storage {
    /// Have a person forgotten. From now on no token of theirs is good; the rest is a worker's to do.
    pub async fn request_erasure(
        &self,
        app: &AppId,
        user: &UserId,
    ) -> Result<(ErasureView, Revocation), StorageError> {
        self.bounded(async {
            let mut transaction = self.apps.of(app).await?.begin("BEGIN").await?;
            let revocation = revocation::ban(&mut transaction, app, user).await?;
            let began = sqlx::query(REQUEST)
                .bind(app.as_str())
                .bind(user.as_str())
                .fetch_optional(&mut *transaction)
                .await?;
            if began.is_some() {
                let audited = Audited {
                    user: Some(user.clone()),
                    ..Audited::by_host(AuditAction::UserErased)
                };
                audit::append(&mut transaction, app.as_str(), &[audited]).await?;
            }
            let row = sqlx::query(ONE)
                .bind(app.as_str())
                .bind(user.as_str())
                .fetch_one(&mut *transaction)
                .await?;
            transaction.commit().await?;
            Ok((read(&row)?.view, revocation))
        })
        .await
    }

    /// How far the erasure of a person is; `None`: nobody asked for it.
    pub async fn erasure(&self, app: &AppId, user: &UserId) -> Result<Option<ErasureView>, StorageError> {
        let row = self
            .maybe_row(app, sqlx::query(ONE).bind(app.as_str()).bind(user.as_str()))
            .await?;
        row.map(|row| Ok(read(&row)?.view)).transpose()
    }

    /// The erasure that has waited longest.
    pub async fn pending_erasure(&self) -> Result<Option<Erasure>, StorageError> {
        self.bounded(async {
            let row = sqlx::query(PENDING).fetch_optional(&self.pool).await?;
            row.map(|row| read(&row)).transpose()
        })
        .await
    }

    /// Dialogs in which a user is or was, in the order of their ids, after one of them; none is the end.
    pub async fn dialogs_ever(
        &self,
        app: &AppId,
        user: &UserId,
        after: DialogId,
    ) -> Result<Vec<DialogId>, StorageError> {
        self.bounded(async {
            let rows: Vec<Uuid> = sqlx::query_scalar(DIALOGS)
                .bind(app.as_str())
                .bind(user.as_str())
                .bind(after.0)
                .bind(PAGE)
                .fetch_all(&self.pool)
                .await?;
            Ok(rows.into_iter().map(DialogId).collect())
        })
        .await
    }

    /// Some messages that a user wrote in a dialog and that are not deleted, the oldest first.
    pub async fn messages_by(
        &self,
        app: &AppId,
        dialog: DialogId,
        user: &UserId,
    ) -> Result<Vec<MessageId>, StorageError> {
        self.bounded(async {
            let rows: Vec<Uuid> = sqlx::query_scalar(MESSAGES)
                .bind(app.as_str())
                .bind(dialog.0)
                .bind(user.as_str())
                .bind(PAGE)
                .fetch_all(&self.pool)
                .await?;
            Ok(rows.into_iter().map(MessageId).collect())
        })
        .await
    }

    /// Forget a user's profile in a dialog, also where the dialog itself told of them, and their reactions.
    pub async fn forget_in(&self, app: &AppId, dialog: DialogId, user: &UserId) -> Result<(), StorageError> {
        self.bounded(async {
            let mut transaction = self.pool.begin().await?;
            let row = sqlx::query(NAMES)
                .bind(app.as_str())
                .bind(dialog.0)
                .bind(user.as_str())
                .fetch_optional(&mut *transaction)
                .await?;
            let Some(row) = row else { return Ok(()) };
            let name = (
                text(&row, "display_name", DisplayName::new)?,
                optional_text(&row, "company", Company::new)?,
            );
            if name.0 != erased_name() {
                rewrite(&mut transaction, app, dialog, name).await?;
            }
            sqlx::query(FORGET)
                .bind(app.as_str())
                .bind(dialog.0)
                .bind(user.as_str())
                .bind(erased_name().as_str())
                .execute(&mut *transaction)
                .await?;
            transaction.commit().await?;
            Ok(())
        })
        .await
    }

    /// Forget what is known of a user beside dialogs: when they were online last, and what of theirs could not be stored.
    pub async fn forget_elsewhere(&self, app: &AppId, user: &UserId) -> Result<(), StorageError> {
        self.bounded(async {
            let mut transaction = self.pool.begin().await?;
            let quoted = serde_json::Value::from(user.as_str()).to_string();
            sqlx::query(FORGET_PRESENCE)
                .bind(app.as_str())
                .bind(user.as_str())
                .execute(&mut *transaction)
                .await?;
            sqlx::query(FORGET_LETTERS)
                .bind(app.as_str())
                .bind(quoted)
                .execute(&mut *transaction)
                .await?;
            transaction.commit().await?;
            Ok(())
        })
        .await
    }

    /// Count what was done.
    pub async fn count_erased(&self, erasure: &Erasure, erased: Erased) -> Result<(), StorageError> {
        self.bounded(async {
            sqlx::query(COUNT)
                .bind(erasure.app.as_str())
                .bind(erasure.view.user_id.as_str())
                .bind(signed(erased.dialogs))
                .bind(signed(erased.messages))
                .bind(signed(erased.facts))
                .execute(&self.pool)
                .await?;
            Ok(())
        })
        .await
    }

    /// It is done.
    pub async fn finish_erasure(&self, erasure: &Erasure) -> Result<(), StorageError> {
        self.bounded(async {
            sqlx::query(FINISH)
                .bind(erasure.app.as_str())
                .bind(erasure.view.user_id.as_str())
                .bind(erasure.view.requested_at.to_offset())
                .execute(&self.pool)
                .await?;
            Ok(())
        })
        .await
    }
}

/// Take a name out of a dialog's system messages.
async fn rewrite(
    connection: &mut PgConnection,
    app: &AppId,
    dialog: DialogId,
    name: (DisplayName, Option<Company>),
) -> Result<(), StorageError> {
    let rows = sqlx::query(SYSTEM_MESSAGES)
        .bind(app.as_str())
        .bind(dialog.0)
        .fetch_all(&mut *connection)
        .await?;
    let names = [name];
    for row in rows {
        let Some(content) = without_person(row.try_get("content")?, &names) else {
            continue;
        };
        sqlx::query(REWRITE)
            .bind(app.as_str())
            .bind(dialog.0)
            .bind(row.try_get::<Uuid, _>("id")?)
            .bind(content)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

fn read(row: &PgRow) -> Result<Erasure, StorageError> {
    Ok(Erasure {
        app: text(row, "app", AppId::new)?,
        view: ErasureView {
            user_id: text(row, "user_id", UserId::new)?,
            requested_at: moment(row, "requested_at")?,
            finished_at: optional_moment(row, "finished_at")?,
            dialogs: number(row, "dialogs")?,
            messages: number(row, "messages")?,
            facts: number(row, "facts")?,
            files: Vec::new(),
        },
    })
}
