use mtchat_protocol::{AppId, DialogId, TotalUnreadView, UserId};
use sqlx::Row;
use uuid::Uuid;

use crate::{
    Storage, StorageError,
    participant::unread,
    row::{number, text},
};

const TOTAL: &str = concat!(
    "SELECT coalesce(sum(u.unread), 0)::bigint AS unread, count(*) FILTER (WHERE u.unread > 0) AS dialogs
    FROM (
        SELECT ",
    unread!(),
    " AS unread
        FROM participants p JOIN dialogs d ON d.app = p.app AND d.id = p.dialog AND NOT d.deleted
        WHERE p.app = $1 AND p.user_id = $2 AND p.present AND d.count > p.read_count
        OFFSET 0
    ) u"
);

const BY_DIALOG: &str = concat!(
    "SELECT p.dialog, ",
    unread!(),
    " AS unread
    FROM participants p JOIN dialogs d ON d.app = p.app AND d.id = p.dialog AND NOT d.deleted
    WHERE p.app = $1 AND p.user_id = $2 AND p.present AND d.count > p.read_count"
);

const IN: &str = concat!(
    "SELECT p.user_id, p.dialog, ",
    unread!(),
    " AS unread
    FROM unnest($2::text[], $3::uuid[]) x (user_id, dialog)
    JOIN participants p ON p.app = $1 AND p.dialog = x.dialog AND p.user_id = x.user_id AND p.present
    JOIN dialogs d ON d.app = p.app AND d.id = p.dialog AND NOT d.deleted AND d.count > p.read_count"
);

impl Storage {
    /// How many messages the user has not read, in all dialogs together.
    pub async fn total_unread(&self, app: &AppId, user: &UserId) -> Result<TotalUnreadView, StorageError> {
        let row = self
            .row(app, sqlx::query(TOTAL).bind(app.as_str()).bind(user.as_str()))
            .await?;
        Ok(TotalUnreadView {
            unread_count: number(&row, "unread")?,
            dialogs: number(&row, "dialogs")?,
        })
    }

    /// The same, dialog by dialog; those without unread messages may be missing.
    pub async fn unread_by_dialog(
        &self,
        app: &AppId,
        user: &UserId,
    ) -> Result<Vec<(DialogId, u64)>, StorageError> {
        let rows = self
            .rows(app, sqlx::query(BY_DIALOG).bind(app.as_str()).bind(user.as_str()))
            .await?;
        let each = rows.iter().map(|row| {
            let dialog = DialogId(row.try_get::<Uuid, _>("dialog")?);
            Ok((dialog, number(row, "unread")?))
        });
        each.collect()
    }

    /// How many messages these users have not read in these dialogs; pairs without any may be missing.
    pub async fn unread_in(
        &self,
        app: &AppId,
        pairs: &[(&UserId, DialogId)],
    ) -> Result<Vec<(UserId, DialogId, u64)>, StorageError> {
        let users: Vec<&str> = pairs.iter().map(|(user, _)| user.as_str()).collect();
        let dialogs: Vec<Uuid> = pairs.iter().map(|(_, dialog)| dialog.0).collect();
        let rows = self
            .rows(app, sqlx::query(IN).bind(app.as_str()).bind(users).bind(dialogs))
            .await?;
        let each = rows.iter().map(|row| {
            let dialog = DialogId(row.try_get::<Uuid, _>("dialog")?);
            Ok((text(row, "user_id", UserId::new)?, dialog, number(row, "unread")?))
        });
        each.collect()
    }
}
