//! Who is to be told of unread messages, and how far they have been.

use std::collections::HashMap;

use mtchat_domain::preview;
use mtchat_protocol::{
    AppId, Company, DialogId, DisplayName, FactId, Head, MessageId, NotificationLevel, NotifiedMessage,
    ObjectId, ObjectType, RichText, SenderView, Title, UserId,
};
use sha2::{Digest, Sha256};
use sqlx::{PgConnection, Row, postgres::PgRow};
use uuid::Uuid;

use crate::{
    NoticeClaim, Storage, StorageError,
    notifications::{place, put_off, theirs},
    participant::unread,
    row::{level, moment, number, optional_text, signed, text},
};

/// A member to whom something in a dialog is new.
#[derive(Debug, Clone, PartialEq)]
pub struct Unnotified {
    /// The app.
    pub app: AppId,
    /// The dialog.
    pub dialog: DialogId,
    /// Who.
    pub user: UserId,
    /// The id of the notice about it: whoever gives the same answer makes the same notice.
    pub notice: FactId,
    /// Up to which fact of the dialog the answer goes.
    pub up_to: u64,
    /// Of which messages they want to be told.
    pub level: NotificationLevel,
    /// Something of what is new mentions them.
    pub mentioned: bool,
    /// Something of what is new answers a message of theirs.
    pub replied: bool,
    /// The dialog as it is stored; its members are only referred to.
    pub head: Head,
    /// How much they have not read.
    pub unread_count: u64,
    /// Where that begins.
    pub first_unread: MessageId,
    /// The newest message that is new to them and of which they want to be told, with as much of its content as notices carry.
    pub message: NotifiedMessage,
}

/// Who has something new: behind what they have read and what they were told, up to the claim. Whoever has read everything is left out
/// before any message is looked at. What mentions or answers somebody is found by an index that has no other messages.
const UNNOTIFIED: &str = concat!(
    "SELECT p.app, p.dialog, p.user_id, p.notifications, p.mentions_only, x.up_to, d.seq, d.count, d.object_type,
        d.object_id, d.title, d.frozen, d.members_rev, a.mentioned, a.replied,
        CASE WHEN p.mentions_only THEN coalesce(a.newest, n.id) ELSE n.id END AS newest, f.id AS first, ",
    unread!(),
    " AS unread
    FROM unnest($1::text[], $2::uuid[], $3::bigint[]) x (app, dialog, up_to)
    JOIN dialogs d ON d.app = x.app AND d.id = x.dialog AND NOT d.deleted
    JOIN participants p ON p.app = d.app AND p.dialog = d.id AND p.present AND p.notified_seq < x.up_to
        AND p.read_seq < x.up_to AND p.read_count < d.count
    LEFT JOIN unnest($5::text[], $6::uuid[], $7::text[]) w (app, dialog, user_id)
        ON p.notifications AND w.app = p.app AND w.dialog = p.dialog AND w.user_id = p.user_id
    JOIN LATERAL (
        SELECT m.id FROM messages m
        WHERE ",
    theirs!(),
    " AND m.seq > greatest(p.read_seq, p.notified_seq) AND m.seq <= x.up_to
        ORDER BY m.seq DESC LIMIT 1
    ) n ON true
    JOIN LATERAL (
        SELECT m.id FROM messages m
        WHERE ",
    theirs!(),
    " AND m.seq > p.read_seq
        ORDER BY m.seq LIMIT 1
    ) f ON true
    CROSS JOIN LATERAL (
        SELECT coalesce(bool_or(t.mentions), false) AS mentioned, coalesce(bool_or(t.answers), false) AS replied,
            (array_agg(t.id ORDER BY t.seq DESC))[1] AS newest
        FROM (
            SELECT m.id, m.seq, p.user_id = ANY (m.mentions) AS mentions, EXISTS (
                SELECT FROM messages r
                WHERE r.app = m.app AND r.dialog = m.dialog AND r.id = m.reply_to AND r.sender_id = p.user_id
            ) AS answers
            FROM messages m
            WHERE ",
    theirs!(),
    " AND (m.mentions IS NOT NULL OR m.reply_to IS NOT NULL) AND p.notifications
                AND m.seq > greatest(p.read_seq, p.notified_seq) AND m.seq <= x.up_to
        ) t
        WHERE t.mentions OR t.answers
    ) a
    WHERE w.user_id IS NULL
    LIMIT $4"
);

const MESSAGES: &str = "
SELECT m.app, m.dialog, m.id, m.seq, m.sent_at, m.reply_to, m.sender_id, m.content, s.display_name, s.company
FROM (SELECT DISTINCT * FROM unnest($1::text[], $2::uuid[], $3::uuid[]) x (app, dialog, id)) x
JOIN messages m ON m.app = x.app AND m.dialog = x.dialog AND m.id = x.id
LEFT JOIN participants s ON s.app = m.app AND s.dialog = m.dialog AND s.user_id = m.sender_id";

/// Both questions see the same moment.
const ONE_MOMENT: &str = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY";

const NOTIFIED: &str = "
UPDATE participants p SET notified_seq = x.up_to
FROM unnest($1::text[], $2::uuid[], $3::text[], $4::bigint[]) x (app, dialog, user_id, up_to)
WHERE p.app = x.app AND p.dialog = x.dialog AND p.user_id = x.user_id AND p.notified_seq < x.up_to";

impl Storage {
    /// Some of those to whom something is new in these dialogs and who are not put off, at most so many; asked again once they were told
    /// and [written down](Self::notified), the others.
    pub async fn unnotified(
        &self,
        claims: &[NoticeClaim],
        most: u32,
    ) -> Result<Vec<Unnotified>, StorageError> {
        let waiting = put_off(claims);
        self.bounded(async {
            let mut transaction = self.pool.begin().await?;
            sqlx::query(ONE_MOMENT).execute(&mut *transaction).await?;
            let query = columns!(sqlx::query(UNNOTIFIED), claims, claim => {
                claim.app.as_str(),
                claim.dialog.0,
                signed(claim.up_to),
            });
            let query = query.bind(i64::from(most));
            let query = columns!(query, waiting, one => {
                one.0.app.as_str(),
                one.0.dialog.0,
                one.1.as_str(),
            });
            let rows = query.fetch_all(&mut *transaction).await?;
            let messages = messages(&mut transaction, &rows).await?;
            transaction.commit().await?;
            rows.iter().map(|row| read(row, &messages)).collect()
        })
        .await
    }

    /// These have been told, or were passed over.
    pub async fn notified(&self, members: &[Unnotified]) -> Result<(), StorageError> {
        self.bounded(async {
            let query = columns!(sqlx::query(NOTIFIED), members, member => {
                member.app.as_str(),
                member.dialog.0,
                member.user.as_str(),
                signed(member.up_to),
            });
            Ok(query.execute(&self.pool).await.map(drop)?)
        })
        .await
    }
}

/// The newest messages of these members, each once.
async fn messages(
    connection: &mut PgConnection,
    members: &[PgRow],
) -> Result<HashMap<(AppId, Uuid, Uuid), NotifiedMessage>, StorageError> {
    let (mut apps, mut dialogs, mut ids) = (Vec::new(), Vec::new(), Vec::new());
    for row in members {
        apps.push(row.try_get::<&str, _>("app")?);
        dialogs.push(row.try_get::<Uuid, _>("dialog")?);
        ids.push(row.try_get::<Uuid, _>("newest")?);
    }
    let query = sqlx::query(MESSAGES).bind(apps).bind(dialogs).bind(ids);
    let rows = query.fetch_all(connection).await?;
    let each = rows.iter().map(|row| {
        let name = optional_text(row, "display_name", DisplayName::new)?;
        let id: Uuid = row.try_get("id")?;
        let (app, dialog) = place(row)?;
        let message = NotifiedMessage {
            id: MessageId(id),
            seq: number(row, "seq")?,
            sender: SenderView {
                user_id: text(row, "sender_id", UserId::new)?,
                display_name: name.unwrap_or_else(DisplayName::of_the_erased),
                company: optional_text(row, "company", Company::new)?,
            },
            content: preview(&RichText::sanitised(row.try_get("content")?)),
            reply_to: row.try_get::<Option<Uuid>, _>("reply_to")?.map(MessageId),
            sent_at: moment(row, "sent_at")?,
        };
        Ok(((app, dialog.0, id), message))
    });
    each.collect()
}

fn read(
    row: &PgRow,
    messages: &HashMap<(AppId, Uuid, Uuid), NotifiedMessage>,
) -> Result<Unnotified, StorageError> {
    let (app, dialog) = place(row)?;
    let user = text(row, "user_id", UserId::new)?;
    let up_to = number(row, "up_to")?;
    let newest = (app.clone(), dialog.0, row.try_get::<Uuid, _>("newest")?);
    Ok(Unnotified {
        notice: FactId(hashed(&[
            app.as_str().as_bytes(),
            dialog.0.as_bytes(),
            user.as_str().as_bytes(),
            &up_to.to_be_bytes(),
        ])),
        app,
        dialog,
        user,
        up_to,
        level: level(row)?.unwrap_or_default(),
        mentioned: row.try_get("mentioned")?,
        replied: row.try_get("replied")?,
        head: Head {
            seq: number(row, "seq")?,
            count: number(row, "count")?,
            object_type: text(row, "object_type", ObjectType::new)?,
            object_id: text(row, "object_id", ObjectId::new)?,
            title: optional_text(row, "title", Title::new)?,
            frozen: row.try_get("frozen")?,
            deleted: false,
            members_rev: number(row, "members_rev")?,
            members: None,
        },
        unread_count: number(row, "unread")?,
        first_unread: MessageId(row.try_get("first")?),
        message: messages.get(&newest).cloned().ok_or(sqlx::Error::RowNotFound)?,
    })
}

/// One id for these parts, whoever makes it.
fn hashed(parts: &[&[u8]]) -> Uuid {
    let mut hash = Sha256::new();
    for part in parts {
        // Lengths before contents: no two lists have the same bytes.
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash.finalize()[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn different_parts_have_different_ids() {
        let ids = [
            hashed(&[b"a", b"bc"]),
            hashed(&[b"ab", b"c"]),
            hashed(&[b"abc"]),
            hashed(&[b"abc", b""]),
        ];
        for (index, id) in ids.iter().enumerate() {
            assert!(!ids[..index].contains(id));
        }
        assert_eq!(hashed(&[b"a", b"bc"]), ids[0]);
    }
}
