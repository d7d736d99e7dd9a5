use mtchat_protocol::Fact;
use sqlx::PgConnection;

use crate::{
    Projection,
    row::{signed, storable},
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
