//! Which dialogs wait for their timers. The timers themselves are the broker's.

use std::time::Duration;

use mtchat_domain::MOST_PUT_OFF;
use mtchat_protocol::{AppId, DialogId, Epoch, ShardId, UserId};
use sqlx::{Row, postgres::PgRow};

use crate::{
    ApplyError, Storage, StorageError,
    row::{number, signed, sound},
};

/// How far a shard's log was looked through for messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notifying {
    /// The shard.
    pub shard: ShardId,
    /// The log's life that `log_seq` belongs to.
    pub epoch: Epoch,
    /// For everything up to here a timer is set or was; 0 is nothing yet.
    pub log_seq: u64,
}

/// What the answer to a dialog's timer is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeClaim {
    /// The app.
    pub app: AppId,
    /// The dialog.
    pub dialog: DialogId,
    /// Its facts up to this one; the same for everybody who gives this answer, until one of them has finished.
    pub up_to: u64,
    /// Whether members may be put off: nobody may have been told by somebody else who gave this answer and died, and it was not done
    /// very often already.
    pub may_put_off: bool,
    /// Members who are not told by this answer, but by a later one, unless they have notifications off.
    pub put_off: Vec<UserId>,
}

/// Messages that are neither own nor deleted, of participant `p`.
macro_rules! theirs {
    () => {
        "m.app = p.app AND m.dialog = p.dialog AND m.ordinal IS NOT NULL AND m.deleted_at IS NULL
            AND m.sender_id <> p.user_id"
    };
}
pub(crate) use theirs;

/// In another life of the log its places mean nothing any more.
const FORGET_PLACES: &str = "
UPDATE awaited_notices SET log_seq = 0, up_to = NULL, up_to_log = NULL
WHERE shard = $1 AND EXISTS (SELECT FROM notifying n WHERE n.shard = $1 AND n.epoch <> $2)";

/// Takes the place in `epoch`; in another life of the log timers are set for all of it again, and nobody is told anything twice.
const BEGIN: &str = "
INSERT INTO notifying AS n (shard, epoch, log_seq) VALUES ($1, $2, 0)
ON CONFLICT (shard) DO UPDATE
SET epoch = excluded.epoch, log_seq = CASE WHEN n.epoch = excluded.epoch THEN n.log_seq ELSE 0 END
RETURNING log_seq";

const MOVE: &str = "
WITH moved AS (
    UPDATE notifying SET log_seq = $4 WHERE shard = $1 AND epoch = $2 AND log_seq = $3 RETURNING 1
), awaited AS (
    INSERT INTO awaited_notices (shard, app, dialog, log_seq, since)
    SELECT $1, x.app, x.dialog, x.log_seq, clock_timestamp()
    FROM moved, unnest($5::text[], $6::uuid[], $7::bigint[]) x (app, dialog, log_seq)
    ON CONFLICT (app, dialog) DO UPDATE SET log_seq = excluded.log_seq, since = excluded.since
)
SELECT count(*) AS moved FROM moved";

/// The first of several tries says what the answer is about.
const CLAIM: &str = "
INSERT INTO awaited_notices AS a (shard, app, dialog, log_seq, since, up_to, up_to_log)
SELECT $1, d.app, d.id, 0, clock_timestamp(), d.seq, $4
FROM unnest($2::text[], $3::uuid[]) x (app, dialog)
JOIN dialogs d ON d.app = x.app AND d.id = x.dialog AND NOT d.deleted
ON CONFLICT (app, dialog) DO UPDATE
SET up_to = coalesce(a.up_to, excluded.up_to), up_to_log = coalesce(a.up_to_log, excluded.up_to_log),
    again = a.up_to IS NOT NULL
RETURNING a.app, a.dialog, a.up_to, NOT a.again AND a.put_off < $5 AS may_put_off";

/// They go on waiting, for the next answer, if something is new to one of those who were put off.
const PUT_OFF: &str = concat!(
    "UPDATE awaited_notices a
    SET up_to = NULL, up_to_log = NULL, put_off = a.put_off + 1, since = clock_timestamp()
    FROM (
        SELECT DISTINCT p.app, p.dialog
        FROM unnest($1::text[], $2::uuid[], $3::bigint[], $4::text[]) x (app, dialog, up_to, user_id)
        JOIN dialogs d ON d.app = x.app AND d.id = x.dialog AND NOT d.deleted
        JOIN participants p ON p.app = x.app AND p.dialog = x.dialog AND p.user_id = x.user_id AND p.present
            AND p.notifications AND p.notified_seq < x.up_to AND p.read_seq < x.up_to
        WHERE EXISTS (
            SELECT FROM messages m
            WHERE ",
    theirs!(),
    " AND m.seq > greatest(p.read_seq, p.notified_seq) AND m.seq <= x.up_to
        )
    ) x
    WHERE a.app = x.app AND a.dialog = x.dialog
    RETURNING a.app, a.dialog"
);

/// What came after the answer was begun goes on waiting, for an answer of its own.
const SETTLE: &str = "
WITH x AS (
    SELECT * FROM unnest($1::text[], $2::uuid[]) x (app, dialog)
), answered AS (
    DELETE FROM awaited_notices a USING x
    WHERE a.app = x.app AND a.dialog = x.dialog AND a.log_seq <= coalesce(a.up_to_log, $3)
)
UPDATE awaited_notices a SET up_to = NULL, up_to_log = NULL, put_off = 0 FROM x
WHERE a.app = x.app AND a.dialog = x.dialog AND a.log_seq > coalesce(a.up_to_log, $3)
RETURNING a.app, a.dialog";

const OVERDUE: &str = "
SELECT app, dialog FROM awaited_notices
WHERE shard = $1 AND since < clock_timestamp() - make_interval(secs => $2)
ORDER BY since LIMIT $3";

/// A dialog in its app.
pub(crate) type Place = (AppId, DialogId);

impl Storage {
    /// Where the notifier stands in this life of the log.
    pub async fn begin_notifying(&self, shard: ShardId, epoch: &Epoch) -> Result<Notifying, StorageError> {
        self.bounded(async {
            let mut transaction = self.pool.begin().await?;
            sqlx::query(FORGET_PLACES)
                .bind(i32::from(shard.0))
                .bind(&epoch.0)
                .execute(&mut *transaction)
                .await?;
            let row = sqlx::query(BEGIN)
                .bind(i32::from(shard.0))
                .bind(&epoch.0)
                .fetch_one(&mut *transaction)
                .await?;
            transaction.commit().await?;
            Ok(Notifying {
                shard,
                epoch: epoch.clone(),
                log_seq: number(&row, "log_seq")?,
            })
        })
        .await
    }

    /// How far the shard's log was looked through for messages to tell of; `None`: nobody ever did.
    pub async fn notifying(&self, shard: ShardId) -> Result<Option<u64>, StorageError> {
        self.bounded(async {
            let row = sqlx::query("SELECT log_seq FROM notifying WHERE shard = $1")
                .bind(i32::from(shard.0))
                .fetch_optional(&self.pool)
                .await?;
            row.map(|row| number(&row, "log_seq")).transpose()
        })
        .await
    }

    /// Timers are set for these dialogs, each for the message at its place of the log; move up to `log_seq`. All or nothing, and
    /// nothing when the notifier is not at `from` any more. No dialog may be named twice.
    pub async fn await_notices(
        &self,
        from: &Notifying,
        awaited: &[(Place, u64)],
        log_seq: u64,
    ) -> Result<Notifying, ApplyError> {
        let query = sqlx::query(MOVE)
            .bind(i32::from(from.shard.0))
            .bind(&from.epoch.0)
            .bind(signed(from.log_seq))
            .bind(signed(log_seq));
        let query = columns!(query, awaited, one => { one.0.0.as_str(), one.0.1.0, signed(one.1) });
        let moved = self
            .bounded(async { Ok(query.fetch_one(&self.pool).await?.try_get::<i64, _>("moved")?) })
            .await?;
        if moved == 0 {
            return Err(ApplyError::Fenced);
        }
        Ok(Notifying {
            log_seq,
            ..from.clone()
        })
    }

    /// Begin to answer for these dialogs, or go on where somebody has begun: the log ended at `end`, and everything up to there must
    /// be stored. Dialogs that are gone are left out.
    pub async fn claim_notices(
        &self,
        shard: ShardId,
        dialogs: &[Place],
        end: u64,
    ) -> Result<Vec<NoticeClaim>, StorageError> {
        self.bounded(async {
            let query = sqlx::query(CLAIM).bind(i32::from(shard.0));
            let query = columns!(query, dialogs, one => { one.0.as_str(), one.1.0 }).bind(signed(end));
            let query = query.bind(MOST_PUT_OFF);
            let rows = query.fetch_all(&self.pool).await?;
            let claims = rows.iter().map(|row| {
                let (app, dialog) = place(row)?;
                Ok(NoticeClaim {
                    app,
                    dialog,
                    up_to: number(row, "up_to")?,
                    may_put_off: row.try_get("may_put_off")?,
                    put_off: Vec::new(),
                })
            });
            claims.collect()
        })
        .await
    }

    /// These answers are given, except to those who were put off. Those dialogs come back in which something is new to one of these:
    /// they wait for another timer, and their answers are over.
    pub async fn put_off_notices(&self, claims: &[NoticeClaim]) -> Result<Vec<Place>, StorageError> {
        let members = put_off(claims);
        self.bounded(async {
            let query = columns!(sqlx::query(PUT_OFF), members, one => {
                one.0.app.as_str(),
                one.0.dialog.0,
                signed(one.0.up_to),
                one.1.as_str(),
            });
            let rows = query.fetch_all(&self.pool).await?;
            rows.iter().map(place).collect()
        })
        .await
    }

    /// These dialogs' timers are answered; `end` as when that was begun. Those come back to which something came meanwhile: they wait
    /// for another timer.
    pub async fn settle_notices(&self, dialogs: &[Place], end: u64) -> Result<Vec<Place>, StorageError> {
        self.bounded(async {
            let query = columns!(sqlx::query(SETTLE), dialogs, one => { one.0.as_str(), one.1.0 });
            let rows = query.bind(signed(end)).fetch_all(&self.pool).await?;
            rows.iter().map(place).collect()
        })
        .await
    }

    /// Some dialogs whose timers were not answered for so long, the oldest first.
    pub async fn overdue_notices(
        &self,
        shard: ShardId,
        waiting: Duration,
        most: u32,
    ) -> Result<Vec<Place>, StorageError> {
        self.bounded(async {
            let rows = sqlx::query(OVERDUE)
                .bind(i32::from(shard.0))
                .bind(waiting.as_secs_f64())
                .bind(i64::from(most))
                .fetch_all(&self.pool)
                .await?;
            rows.iter().map(place).collect()
        })
        .await
    }
}

/// Whom these answers put off, one by one.
pub(crate) fn put_off(claims: &[NoticeClaim]) -> Vec<(&NoticeClaim, &UserId)> {
    let each = claims.iter().flat_map(|claim| {
        let members = claim.put_off.iter();
        members.map(move |user| (claim, user))
    });
    each.collect()
}

pub(crate) fn place(row: &PgRow) -> Result<Place, StorageError> {
    let app = sound("app", AppId::new(row.try_get("app")?))?;
    Ok((app, DialogId(row.try_get("dialog")?)))
}
