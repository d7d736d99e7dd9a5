//! Applying a fact that was set aside, after whatever was wrong has been put right.
//!
//! Its dialog has gone on, so it can not simply be applied behind what came later: an edit of it, or a title that was changed once more,
//! was passed by then. The dialog is put back to before it and everything since is given again, in one transaction that holds the
//! projector off. That changes nothing but what the missing fact makes different, because applying is idempotent from any earlier point.

use std::collections::HashSet;

use mtchat_protocol::{Epoch, Fact, FactClass, FactData, ShardId};
use sqlx::{Connection, PgConnection, Row};
use tokio::time::timeout;

use super::{fold::Fold, put_back::put_back, write_effects};
use crate::{
    ApplyError, Entry, Projection, Storage, StorageError, index, projection,
    row::{number, signed},
};

/// A fact that was set aside, and what the log holds behind it.
#[derive(Debug, Clone)]
pub struct Again {
    /// Of which log.
    pub shard: ShardId,
    /// The log's life that it was set aside in.
    pub epoch: Epoch,
    /// Where it stands.
    pub log_seq: u64,
    /// What it says, now that it can be read.
    pub fact: Fact,
    /// What follows it in its dialog, in order.
    pub followed: Vec<Followed>,
    /// The oldest sequence that the log held …
    pub log_first: u64,
    /// … and the newest, when it was asked what follows.
    pub log_last: u64,
}

/// An entry of the log behind the fact, of the same dialog.
#[derive(Debug, Clone)]
pub struct Followed {
    /// Where it stands.
    pub log_seq: u64,
    /// Whether it has a number in the dialog's order.
    pub ordered: bool,
    /// What it says; `None`: it can not be read.
    pub fact: Option<Fact>,
}

/// Why a fact was not applied again. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum NotAgain {
    /// Another life of the log has begun since.
    #[error(
        "it was set aside in an earlier life of the log, which was applied anew since: look for a later letter of the same fact"
    )]
    Elsewhere,
    /// Somebody else was quicker, or it never was.
    #[error("there is no such letter (any more)")]
    Gone,
    /// What came after it can not be given again.
    #[error(
        "the log does not hold everything that came after it in its dialog any more, so it can not be put in its place"
    )]
    Incomplete,
    /// The dialog went on while it was looked at.
    #[error("the dialog goes on too quickly: try again")]
    Moved,
    /// It still can not be applied.
    #[error("it still can not be applied: {0}")]
    Refused(String),
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// Whatever made the dialog was set aside as well.
    #[error("its dialog is not known: the letter of its creation comes first")]
    Unknown,
}

impl From<sqlx::Error> for NotAgain {
    fn from(error: sqlx::Error) -> Self {
        Self::Storage(error.into())
    }
}

/// How far the database is with a dialog.
struct Stands {
    seq: u64,
    log_seq: u64,
    deleted: bool,
}

const HOLD: &str = "SELECT epoch, log_seq, fact_id FROM projection WHERE shard = $1 FOR UPDATE";
const TAKE: &str = "DELETE FROM dead_letters WHERE shard = $1 AND epoch = $2 AND log_seq = $3";
const OTHERS: &str =
    "SELECT log_seq FROM dead_letters WHERE shard = $1 AND epoch = $2 AND log_seq = ANY ($3)";
const STANDS: &str = "SELECT seq, log_seq, deleted FROM dialogs WHERE app = $1 AND id = $2 FOR UPDATE";

impl Storage {
    /// Apply a fact that was set aside, and what followed it in its dialog, and forget the letter: all or nothing. How many facts were
    /// given; 0: its dialog is deleted.
    pub async fn apply_again(&self, again: &Again) -> Result<usize, NotAgain> {
        let work = async {
            let mut connection = self.writers.connect().await?;
            let given = give(&mut connection, again).await;
            // What was not committed the server takes back; a connection that can not say good-bye is as closed as one that can.
            let _ = connection.close().await;
            given
        };
        timeout(self.writers.deadline(), work)
            .await
            .unwrap_or_else(|_| Err(StorageError::timed_out().into()))
    }
}

async fn give(connection: &mut PgConnection, again: &Again) -> Result<usize, NotAgain> {
    let mut transaction = connection.begin().await?;
    let held = sqlx::query(HOLD)
        .bind(i32::from(again.shard.0))
        .fetch_optional(&mut *transaction)
        .await?;
    let projection = held.map(|row| projection::read(again.shard, &row)).transpose()?;
    let projection = projection
        .filter(|projection| projection.epoch == again.epoch)
        .ok_or(NotAgain::Elsewhere)?;
    let taken = sqlx::query(TAKE)
        .bind(i32::from(again.shard.0))
        .bind(&again.epoch.0)
        .bind(signed(again.log_seq))
        .execute(&mut *transaction)
        .await?;
    if taken.rows_affected() == 0 {
        return Err(NotAgain::Gone);
    }
    let stands = stands(&mut transaction, &again.fact).await?;
    let given = if stands.as_ref().is_some_and(|stands| stands.deleted) {
        0
    } else {
        let entries = entries(&mut transaction, again, &projection).await?;
        check(again, stands.as_ref())?;
        // A user's own state has no part in the dialog's order.
        if !is_own(&again.fact) {
            put_back(&mut transaction, &again.fact).await?;
        }
        write(&mut transaction, &projection, &entries).await?;
        entries.len()
    };
    transaction.commit().await?;
    Ok(given)
}

async fn stands(connection: &mut PgConnection, fact: &Fact) -> Result<Option<Stands>, NotAgain> {
    let row = sqlx::query(STANDS)
        .bind(fact.app.as_str())
        .bind(fact.dialog.0)
        .fetch_optional(connection)
        .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Stands {
        seq: number(&row, "seq")?,
        log_seq: number(&row, "log_seq")?,
        deleted: row.try_get("deleted")?,
    }))
}

/// The fact and what the projection has passed behind it. What was set aside as well stays so.
async fn entries(
    connection: &mut PgConnection,
    again: &Again,
    projection: &Projection,
) -> Result<Vec<Entry>, NotAgain> {
    let places: Vec<i64> = again.followed.iter().map(|next| signed(next.log_seq)).collect();
    let others: Vec<i64> = sqlx::query_scalar(OTHERS)
        .bind(i32::from(again.shard.0))
        .bind(&again.epoch.0)
        .bind(places)
        .fetch_all(connection)
        .await?;
    let others: HashSet<i64> = others.into_iter().collect();
    // A user's own state has no part in the dialog's order.
    let own = is_own(&again.fact);
    let passed = again.followed.iter().filter(|next| {
        next.log_seq <= projection.log_seq
            && !others.contains(&signed(next.log_seq))
            && !(own && next.ordered)
    });
    let followed = passed.filter_map(|next| Some((next.log_seq, next.fact.clone()?)));
    let entries = std::iter::once((again.log_seq, again.fact.clone())).chain(followed);
    Ok(entries
        .map(|(log_seq, fact)| Entry {
            log_seq,
            fact: Ok(fact),
        })
        .collect())
}

/// Whether everything that the database has of the dialog behind the fact is there to be given again. The order is dense, so counting
/// tells.
fn check(again: &Again, stands: Option<&Stands>) -> Result<(), NotAgain> {
    let whole = again.log_first <= again.log_seq + 1;
    let Some(stands) = stands else {
        return match (matches!(again.fact.data, FactData::DialogCreated(_)), whole) {
            (true, true) => Ok(()),
            (true, false) => Err(NotAgain::Incomplete),
            (false, _) => Err(NotAgain::Unknown),
        };
    };
    if stands.log_seq > again.log_last {
        return Err(NotAgain::Moved);
    }
    // Own state has no numbers that could be counted, and who comes in begins with none.
    let begins_anew = matches!(
        again.fact.data,
        FactData::ParticipantAdded(_) | FactData::ParticipantJoined(_)
    );
    if (is_own(&again.fact) || begins_anew) && !whole {
        return Err(NotAgain::Incomplete);
    }
    if is_own(&again.fact) {
        return Ok(());
    }
    let passed = again
        .followed
        .iter()
        .filter(|next| next.ordered && next.log_seq <= stands.log_seq);
    let reached = again.fact.seq().saturating_add(passed.count() as u64);
    // Behind the fact before this one, or wherever the later ones have brought it.
    if stands.seq < again.fact.seq() || reached == stands.seq {
        Ok(())
    } else {
        Err(NotAgain::Incomplete)
    }
}

/// The projection stays where it is.
async fn write(
    connection: &mut PgConnection,
    projection: &Projection,
    entries: &[Entry],
) -> Result<(), NotAgain> {
    let fold = Fold::new(entries);
    let written = match write_effects(connection, projection, projection, &fold, true).await {
        Ok((written, _)) => written,
        Err(ApplyError::Fenced) => return Err(NotAgain::Moved),
        Err(ApplyError::Storage(error)) if error.may_retry() => return Err(error.into()),
        Err(ApplyError::Storage(error)) => return Err(NotAgain::Refused(error.to_string())),
    };
    if let Some((_, refused)) = written.refused.first() {
        return Err(NotAgain::Refused(refused.reason.clone()));
    }
    // The index passed it as well.
    let facts = entries.iter().filter_map(|entry| entry.fact.as_ref().ok());
    index::write_words(connection, facts).await?;
    Ok(())
}

fn is_own(fact: &Fact) -> bool {
    fact.data.class() == FactClass::Own
}
