use mtchat_protocol::{Epoch, Fact, FactId, ShardId};
use sqlx::{Row, postgres::PgRow};
use uuid::Uuid;

use crate::{
    ApplyError, Storage, StorageError, Undecodable,
    row::{number, signed},
};

/// How far a shard's log is applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Projection {
    /// The shard.
    pub shard: ShardId,
    /// The log's life that `log_seq` belongs to.
    pub epoch: Epoch,
    /// Everything up to here is applied; 0 is nothing yet.
    pub log_seq: u64,
    /// The fact at `log_seq`; `None` at 0 and where no fact could be read.
    pub fact_id: Option<FactId>,
}

/// One message of the log, for the projector.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Where it stands in the log.
    pub log_seq: u64,
    /// The fact, or what stands there instead of one: that goes to the dead letters.
    pub fact: Result<Fact, Undecodable>,
}

impl Storage {
    /// Where the shard's projection stands; `None` before it began.
    pub async fn projection(&self, shard: ShardId) -> Result<Option<Projection>, StorageError> {
        self.bounded(async {
            let row = sqlx::query("SELECT epoch, log_seq, fact_id FROM projection WHERE shard = $1")
                .bind(i32::from(shard.0))
                .fetch_optional(&self.pool)
                .await?;
            row.map(|row| read(shard, &row)).transpose()
        })
        .await
    }

    /// Where the shard's projection stands; it begins at 0 of `epoch` when there is none.
    pub async fn begin_projection(&self, shard: ShardId, epoch: &Epoch) -> Result<Projection, StorageError> {
        self.bounded(async {
            sqlx::query(
                "INSERT INTO projection (shard, epoch, log_seq) VALUES ($1, $2, 0) ON CONFLICT DO NOTHING",
            )
            .bind(i32::from(shard.0))
            .bind(&epoch.0)
            .execute(&self.pool)
            .await?;
            let row = sqlx::query("SELECT epoch, log_seq, fact_id FROM projection WHERE shard = $1")
                .bind(i32::from(shard.0))
                .fetch_one(&self.pool)
                .await?;
            read(shard, &row)
        })
        .await
    }

    /// Begin a new life of the log: what is stored stays, and the log is applied again from its start.
    pub async fn restart_projection(
        &self,
        from: &Projection,
        epoch: &Epoch,
    ) -> Result<Projection, ApplyError> {
        let sql = "UPDATE projection SET epoch = $5, log_seq = 0, fact_id = NULL
            WHERE shard = $1 AND epoch = $2 AND log_seq = $3 AND fact_id IS NOT DISTINCT FROM $4";
        let moved = self
            .bounded(async {
                let done = sqlx::query(sql)
                    .bind(i32::from(from.shard.0))
                    .bind(&from.epoch.0)
                    .bind(signed(from.log_seq))
                    .bind(from.fact_id.map(|id| id.0))
                    .bind(&epoch.0)
                    .execute(&self.pool)
                    .await?;
                Ok(done.rows_affected())
            })
            .await?;
        if moved == 0 {
            return Err(ApplyError::Fenced);
        }
        Ok(Projection {
            shard: from.shard,
            epoch: epoch.clone(),
            log_seq: 0,
            fact_id: None,
        })
    }
}

pub(crate) fn read(shard: ShardId, row: &PgRow) -> Result<Projection, StorageError> {
    Ok(Projection {
        shard,
        epoch: Epoch(row.try_get("epoch")?),
        log_seq: number(row, "log_seq")?,
        fact_id: row.try_get::<Option<Uuid>, _>("fact_id")?.map(FactId),
    })
}
