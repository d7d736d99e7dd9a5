use mtchat_protocol::{Epoch, Fact, ShardId, Timestamp};
use sqlx::{PgConnection, Row, postgres::PgRow};

use crate::{
    Projection, Storage, StorageError,
    row::{moment, number, signed, storable},
};

/// What stands in the log where a fact should: kept whole, so that nothing accepted is lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undecodable {
    /// Its subject.
    pub subject: String,
    /// Why it could not be taken.
    pub reason: String,
    /// The bytes of the log.
    pub payload: Vec<u8>,
}

/// What was set aside, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetter {
    /// Of which log.
    pub shard: ShardId,
    /// The log's life that `log_seq` belongs to.
    pub epoch: Epoch,
    /// Where it stands in the log.
    pub log_seq: u64,
    /// When it was set aside.
    pub at: Timestamp,
    /// What could not be taken, and why.
    pub what: Undecodable,
}

/// The oldest first: what was sent later may build on it.
const LIST: &str = "
SELECT shard, epoch, log_seq, at, subject, reason, payload FROM dead_letters ORDER BY shard, at, log_seq LIMIT $1";

const ONE: &str = "
SELECT shard, epoch, log_seq, at, subject, reason, payload FROM dead_letters
WHERE shard = $1 AND log_seq = $2 ORDER BY at DESC LIMIT 1";

impl Storage {
    /// What was set aside, the oldest first, so many at most.
    pub async fn dead_letters(&self, most: u32) -> Result<Vec<DeadLetter>, StorageError> {
        self.bounded(async {
            let rows = sqlx::query(LIST)
                .bind(i64::from(most))
                .fetch_all(&self.pool)
                .await?;
            rows.iter().map(read).collect()
        })
        .await
    }

    /// What was set aside at a place of the log; where several lives of the log had something there, the newest.
    pub async fn dead_letter(
        &self,
        shard: ShardId,
        log_seq: u64,
    ) -> Result<Option<DeadLetter>, StorageError> {
        self.bounded(async {
            let row = sqlx::query(ONE)
                .bind(i32::from(shard.0))
                .bind(signed(log_seq))
                .fetch_optional(&self.pool)
                .await?;
            row.as_ref().map(read).transpose()
        })
        .await
    }
}

fn read(row: &PgRow) -> Result<DeadLetter, StorageError> {
    Ok(DeadLetter {
        shard: ShardId(u16::try_from(row.try_get::<i32, _>("shard")?).unwrap_or_default()),
        epoch: Epoch(row.try_get("epoch")?),
        log_seq: number(row, "log_seq")?,
        at: moment(row, "at")?,
        what: Undecodable {
            subject: row.try_get("subject")?,
            reason: row.try_get("reason")?,
            payload: row.try_get("payload")?,
        },
    })
}

impl Undecodable {
    /// A fact that can be read, but not stored.
    pub(crate) fn refused(fact: &Fact, reason: String) -> Self {
        Self {
            subject: format!("{}.{}.{}", fact.app, fact.dialog, fact.data.kind_str()),
            reason,
            payload: fact.encode().unwrap_or_default(),
        }
    }
}

/// Keep what could not be applied; a replay finds it there already.
pub(crate) async fn bury(
    connection: &mut PgConnection,
    projection: &Projection,
    letters: &[(u64, &Undecodable)],
) -> Result<(), sqlx::Error> {
    for (log_seq, _) in letters {
        tracing::warn!(
            log.seq = log_seq,
            log.shard = projection.shard.0,
            "an entry of the log could not be applied and went to the dead letters"
        );
    }
    let log_seqs: Vec<i64> = letters.iter().map(|(log_seq, _)| signed(*log_seq)).collect();
    let subjects: Vec<_> = letters
        .iter()
        .map(|(_, letter)| storable(&letter.subject))
        .collect();
    let reasons: Vec<_> = letters
        .iter()
        .map(|(_, letter)| storable(&letter.reason))
        .collect();
    let payloads: Vec<&[u8]> = letters.iter().map(|(_, letter)| &*letter.payload).collect();
    sqlx::query(
        "INSERT INTO dead_letters (shard, epoch, log_seq, subject, reason, payload)
        SELECT $1, $2, x.* FROM unnest($3::bigint[], $4::text[], $5::text[], $6::bytea[]) x
        ON CONFLICT DO NOTHING",
    )
    .bind(i32::from(projection.shard.0))
    .bind(&projection.epoch.0)
    .bind(log_seqs)
    .bind(subjects)
    .bind(reasons)
    .bind(payloads)
    .execute(connection)
    .await?;
    Ok(())
}
