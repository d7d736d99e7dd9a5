use mtchat_protocol::{AppId, AuditAction, Revocation, Revoked, Timestamp, UserId};
use sqlx::{PgConnection, Row, postgres::PgRow};

use crate::{
    Audited, Storage, StorageError, audit,
    row::{moment, optional_moment, text},
};

/// How many are read at once.
const PAGE: i64 = 5_000;

/// A later moment holds against an earlier one, so that nothing that was revoked is good again. Clocks may go back; what is
/// changed later says so all the same.
const REVOKE: &str = "INSERT INTO revocations AS r (app, user_id, banned, not_before, changed_at)
    VALUES ($1, $2, false, $3, clock_timestamp())
    ON CONFLICT (app, user_id) DO UPDATE SET not_before = greatest(r.not_before, excluded.not_before),
        changed_at = greatest(clock_timestamp(), r.changed_at + interval '1 microsecond')
    RETURNING app, user_id, banned, not_before, changed_at";
const BAN: &str = "INSERT INTO revocations AS r (app, user_id, banned, changed_at)
    VALUES ($1, $2, true, clock_timestamp())
    ON CONFLICT (app, user_id) DO UPDATE SET banned = true,
        changed_at = greatest(clock_timestamp(), r.changed_at + interval '1 microsecond')
    RETURNING app, user_id, banned, not_before, changed_at";
const UNBAN: &str = "UPDATE revocations r SET banned = false,
        changed_at = greatest(clock_timestamp(), r.changed_at + interval '1 microsecond')
    WHERE app = $1 AND user_id = $2 AND banned
    RETURNING app, user_id, banned, not_before, changed_at";
const IN_FORCE: &str = "SELECT app, user_id, banned, not_before, changed_at FROM revocations
    WHERE (changed_at, app, user_id) > ($1, $2, $3) AND (banned OR not_before > $4)
    ORDER BY changed_at, app, user_id LIMIT $5";
const CHANGED: &str = "SELECT app, user_id, banned, not_before, changed_at FROM revocations
    WHERE (changed_at, app, user_id) > ($1, $2, $3)
    ORDER BY changed_at, app, user_id LIMIT $4";

/// Write down what was done to a user's tokens, in the transaction that does it.
async fn wrote(
    connection: &mut PgConnection,
    action: AuditAction,
    app: &AppId,
    user: &UserId,
    details: serde_json::Value,
) -> Result<(), StorageError> {
    let audited = Audited {
        user: Some(user.clone()),
        details,
        ..Audited::by_host(action)
    };
    audit::append(connection, app.as_str(), &[audited]).await
}

/// Refuse every token of a user, within a transaction.
pub(crate) async fn ban(
    connection: &mut PgConnection,
    app: &AppId,
    user: &UserId,
) -> Result<Revocation, StorageError> {
    let row = sqlx::query(BAN)
        .bind(app.as_str())
        .bind(user.as_str())
        .fetch_one(connection)
        .await?;
    read(&row)
}

impl Storage {
    /// Tokens of a user that were made before are not good any more.
    pub async fn revoke_before(
        &self,
        app: &AppId,
        user: &UserId,
        not_before: Timestamp,
    ) -> Result<Revocation, StorageError> {
        self.bounded(async {
            let mut transaction = self.apps.of(app).await?.begin("BEGIN").await?;
            let row = sqlx::query(REVOKE)
                .bind(app.as_str())
                .bind(user.as_str())
                .bind(not_before.to_offset())
                .fetch_one(&mut *transaction)
                .await?;
            let details = serde_json::json!({ "before": not_before });
            wrote(&mut transaction, AuditAction::UserRevoked, app, user, details).await?;
            transaction.commit().await?;
            read(&row)
        })
        .await
    }

    /// No token of a user is good any more.
    pub async fn ban(&self, app: &AppId, user: &UserId) -> Result<Revocation, StorageError> {
        self.bounded(async {
            let mut transaction = self.apps.of(app).await?.begin("BEGIN").await?;
            let revocation = ban(&mut transaction, app, user).await?;
            let nothing = serde_json::json!({});
            wrote(&mut transaction, AuditAction::UserBanned, app, user, nothing).await?;
            transaction.commit().await?;
            Ok(revocation)
        })
        .await
    }

    /// Tokens of a user are good again, except for those that were revoked. `None`: the user was not banned.
    pub async fn unban(&self, app: &AppId, user: &UserId) -> Result<Option<Revocation>, StorageError> {
        self.bounded(async {
            let mut transaction = self.apps.of(app).await?.begin("BEGIN").await?;
            let row = sqlx::query(UNBAN)
                .bind(app.as_str())
                .bind(user.as_str())
                .fetch_optional(&mut *transaction)
                .await?;
            if row.is_some() {
                let nothing = serde_json::json!({});
                wrote(&mut transaction, AuditAction::UserUnbanned, app, user, nothing).await?;
            }
            transaction.commit().await?;
            row.as_ref().map(read).transpose()
        })
        .await
    }

    /// Those that refuse tokens that were made since then, a page of them: after the last one of the page before. An empty page is
    /// the end.
    pub async fn revocations_in_force(
        &self,
        tokens_since: Timestamp,
        last: Option<&Revocation>,
    ) -> Result<Vec<Revocation>, StorageError> {
        let (at, app, user) = after(last, Timestamp::from_micros(0));
        self.bounded(async {
            let rows = sqlx::query(IN_FORCE)
                .bind(at.to_offset())
                .bind(app)
                .bind(user)
                .bind(tokens_since.to_offset())
                .bind(PAGE)
                .fetch_all(&self.pool)
                .await?;
            rows.iter().map(read).collect()
        })
        .await
    }

    /// Those that were changed since then by the database's clock, also those that refuse nothing any more. Pages as above.
    pub async fn revocations_changed(
        &self,
        since: Timestamp,
        last: Option<&Revocation>,
    ) -> Result<Vec<Revocation>, StorageError> {
        let (at, app, user) = after(last, since);
        self.bounded(async {
            let rows = sqlx::query(CHANGED)
                .bind(at.to_offset())
                .bind(app)
                .bind(user)
                .bind(PAGE)
                .fetch_all(&self.pool)
                .await?;
            rows.iter().map(read).collect()
        })
        .await
    }
}

fn after(last: Option<&Revocation>, since: Timestamp) -> (Timestamp, &str, &str) {
    last.map_or((since, "", ""), |last| {
        (last.revoked.changed_at, last.app.as_str(), last.user.as_str())
    })
}

fn read(row: &PgRow) -> Result<Revocation, StorageError> {
    Ok(Revocation {
        app: text(row, "app", AppId::new)?,
        user: text(row, "user_id", UserId::new)?,
        revoked: Revoked {
            banned: row.try_get("banned")?,
            not_before: optional_moment(row, "not_before")?,
            changed_at: moment(row, "changed_at")?,
        },
    })
}
