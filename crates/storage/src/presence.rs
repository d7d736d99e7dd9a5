use mtchat_protocol::{AppId, Timestamp, UserId, limits::INLINE_MEMBERS};
use sqlx::postgres::PgRow;

use crate::{
    Storage, StorageError,
    row::{moment, optional_moment, text},
};

/// In how many of a user's dialogs, the newest, contacts are looked for. Who has more contacts than those hears of them by
/// watching.
const DIALOGS: i64 = 500;

/// Who shares a dialog with one of these users. Of very large dialogs nobody is told: they are no acquaintance, and each of their
/// members would cost as much as all others together.
const CONTACTS: &str = "
SELECT DISTINCT u.id AS user_id, o.user_id AS contact
FROM unnest($2::text[]) u(id)
CROSS JOIN LATERAL (
    SELECT p.dialog FROM participants p
    WHERE p.app = $1 AND p.user_id = u.id AND p.present
    ORDER BY p.dialog DESC LIMIT $3
) d
CROSS JOIN LATERAL (
    SELECT n.user_id, count(*) OVER () AS members FROM (
        SELECT m.user_id FROM participants m
        WHERE m.app = $1 AND m.dialog = d.dialog AND m.present LIMIT $4
    ) n
) o
WHERE o.members < $4 AND o.user_id <> u.id";

/// Which of these pairs share a dialog, whatever its size.
const ACQUAINTED: &str = "
SELECT w.user_id, w.asker, s.at
FROM unnest($2::text[], $3::text[]) w(user_id, asker)
LEFT JOIN last_seen s ON s.app = $1 AND s.user_id = w.user_id
WHERE EXISTS (
    SELECT FROM participants a
    JOIN participants b ON b.app = a.app AND b.dialog = a.dialog AND b.user_id = w.user_id AND b.present
    WHERE a.app = $1 AND a.user_id = w.asker AND a.present
)";

const LAST_SEEN: &str = "SELECT user_id, at FROM last_seen WHERE app = $1 AND user_id = ANY($2)";

/// Clocks of edges differ: what is kept only moves forward.
const SEEN: &str = "INSERT INTO last_seen AS s (app, user_id, at)
    SELECT $1, x.user_id, max(x.at) FROM unnest($2::text[], $3::timestamptz[]) x(user_id, at) GROUP BY x.user_id
    ON CONFLICT (app, user_id) DO UPDATE SET at = excluded.at WHERE s.at < excluded.at";

/// Two users who share a dialog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acquaintance {
    /// Whose presence it is about.
    pub user: UserId,
    /// Who may know of it.
    pub asker: UserId,
    /// When the user had a connection last, as far as it is known.
    pub last_seen: Option<Timestamp>,
}

impl Storage {
    /// Who shares a dialog of at most [`INLINE_MEMBERS`] with one of these users: pairs of the user and the contact. Of each user
    /// the 500 newest dialogs are looked at.
    pub async fn contacts(
        &self,
        app: &AppId,
        users: &[UserId],
    ) -> Result<Vec<(UserId, UserId)>, StorageError> {
        let users: Vec<&str> = users.iter().map(UserId::as_str).collect();
        let most = i64::try_from(INLINE_MEMBERS)
            .unwrap_or(i64::MAX)
            .saturating_add(1);
        let rows = self
            .rows(
                app,
                sqlx::query(CONTACTS)
                    .bind(app.as_str())
                    .bind(&users)
                    .bind(DIALOGS)
                    .bind(most),
            )
            .await?;
        let pair = |row: &PgRow| {
            Ok((
                text(row, "user_id", UserId::new)?,
                text(row, "contact", UserId::new)?,
            ))
        };
        rows.iter().map(pair).collect()
    }

    /// Which of these pairs, of a user and somebody who asks about them, share a dialog.
    pub async fn acquainted(
        &self,
        app: &AppId,
        pairs: &[(UserId, UserId)],
    ) -> Result<Vec<Acquaintance>, StorageError> {
        let (users, askers): (Vec<&str>, Vec<&str>) = pairs
            .iter()
            .map(|(user, asker)| (user.as_str(), asker.as_str()))
            .unzip();
        let rows = self
            .rows(
                app,
                sqlx::query(ACQUAINTED)
                    .bind(app.as_str())
                    .bind(&users)
                    .bind(&askers),
            )
            .await?;
        let acquaintance = |row: &PgRow| {
            Ok(Acquaintance {
                user: text(row, "user_id", UserId::new)?,
                asker: text(row, "asker", UserId::new)?,
                last_seen: optional_moment(row, "at")?,
            })
        };
        rows.iter().map(acquaintance).collect()
    }

    /// When these users had a connection last; those of whom it is not known are left out.
    pub async fn last_seen(
        &self,
        app: &AppId,
        users: &[&UserId],
    ) -> Result<Vec<(UserId, Timestamp)>, StorageError> {
        let users: Vec<&str> = users.iter().map(|user| user.as_str()).collect();
        let rows = self
            .rows(app, sqlx::query(LAST_SEEN).bind(app.as_str()).bind(&users))
            .await?;
        rows.iter()
            .map(|row| Ok((text(row, "user_id", UserId::new)?, moment(row, "at")?)))
            .collect()
    }

    /// These users had a connection until then.
    pub async fn keep_last_seen(
        &self,
        app: &AppId,
        seen: &[(UserId, Timestamp)],
    ) -> Result<(), StorageError> {
        let (users, at): (Vec<&str>, Vec<_>) = seen
            .iter()
            .map(|(user, at)| (user.as_str(), at.to_offset()))
            .unzip();
        self.run(app, sqlx::query(SEEN).bind(app.as_str()).bind(&users).bind(&at))
            .await?;
        Ok(())
    }
}
