//! Applying the log.

mod again;
mod archival;
mod files;
mod fold;
mod latest;
mod own;
mod put_back;
mod reactions;
mod rows;
mod structure;
mod timeline;
mod writers;

use sqlx::{Connection, PgConnection};
use tokio::time::timeout;

pub use self::again::{Again, Followed, NotAgain};
pub(crate) use self::writers::Writers;
use self::{fold::Fold, own::Who, timeline::Written};
use crate::{
    Applied, ApplyError, Entry, Projection, Storage, StorageError, Unarchived, Undecodable, audit,
    dead_letter::bury, row::signed,
};

impl Storage {
    /// Apply a batch of the log, in order, and move the projection behind it: all or nothing, and nothing when the projection is
    /// not at `from` any more. What the database can not take goes to the dead letters, and the rest goes on. Entries at or
    /// before `from` are left out.
    pub async fn apply(&self, from: &Projection, batch: &[Entry]) -> Result<Projection, ApplyError> {
        Ok(self.project(from, batch).await?.projection)
    }

    /// The same, and who must be told of something that only the projection can know.
    pub async fn project(&self, from: &Projection, batch: &[Entry]) -> Result<Applied, ApplyError> {
        let applied = batch.partition_point(|entry| entry.log_seq <= from.log_seq);
        let batch = &batch[applied..];
        match self.apply_batch(from, batch).await {
            Err(ApplyError::Storage(error)) if error.is_about_values() => {
                self.apply_singly(from, batch).await
            }
            outcome => outcome,
        }
    }

    /// An error about values may be a message that is stored already; after it the writer is careful, and the second try says.
    async fn apply_batch(&self, from: &Projection, batch: &[Entry]) -> Result<Applied, ApplyError> {
        match self.apply_once(from, batch).await {
            Err(ApplyError::Storage(error)) if error.is_about_values() => self.apply_once(from, batch).await,
            outcome => outcome,
        }
    }

    async fn apply_once(&self, from: &Projection, batch: &[Entry]) -> Result<Applied, ApplyError> {
        let Some(last) = batch.last() else {
            return Ok(Applied {
                projection: from.clone(),
                unarchived: Vec::new(),
            });
        };
        let to = Projection {
            shard: from.shard,
            epoch: from.epoch.clone(),
            log_seq: last.log_seq,
            fact_id: last.fact.as_ref().ok().map(|fact| fact.id),
        };
        let fold = Fold::new(batch);
        let slot = self.writers.slot(from.shard);
        let work = async {
            // The connection is out of its slot while it is used: whatever goes wrong, or stops here, it is closed, and the
            // server takes back what was not committed.
            let mut writer = slot.lock().await;
            let mut connection = match writer.connection.take() {
                Some(connection) => connection,
                None => self.writers.connect().await?,
            };
            let written = if fold.is_plain() {
                write_plain(&mut connection, from, &to, &fold, writer.careful).await
            } else {
                write_all(&mut connection, from, &to, &fold, writer.careful).await
            };
            match &written {
                Ok((all_new, _)) => writer.careful &= !all_new || fold.messages.is_empty(),
                Err(ApplyError::Storage(error)) => writer.careful |= error.is_about_values(),
                Err(ApplyError::Fenced) => {}
            }
            if matches!(written, Ok(_) | Err(ApplyError::Fenced)) {
                writer.connection = Some(connection);
            }
            written
        };
        let (_, unarchived) = timeout(self.writers.deadline(), work)
            .await
            .unwrap_or_else(|_| Err(StorageError::timed_out().into()))?;
        Ok(Applied {
            projection: to,
            unarchived,
        })
    }

    /// Something in the batch is more than the database takes: find it by applying one entry at a time.
    async fn apply_singly(&self, from: &Projection, batch: &[Entry]) -> Result<Applied, ApplyError> {
        let mut at = from.clone();
        let mut unarchived = Vec::new();
        for entry in batch {
            let applied = match self.apply_batch(&at, std::slice::from_ref(entry)).await {
                Err(ApplyError::Storage(error)) if error.is_about_values() => {
                    let Ok(fact) = &entry.fact else {
                        return Err(error.into());
                    };
                    let letter = Entry {
                        log_seq: entry.log_seq,
                        fact: Err(Undecodable::refused(fact, error.to_string())),
                    };
                    self.apply_once(&at, std::slice::from_ref(&letter)).await?
                }
                outcome => outcome?,
            };
            at = applied.projection;
            unarchived.extend(applied.unarchived);
        }
        Ok(Applied {
            projection: at,
            unarchived,
        })
    }
}

/// Nothing but messages: one statement, which is its own transaction. Answers whether all messages were new, and
/// for whom they brought dialogs back.
async fn write_plain(
    connection: &mut PgConnection,
    from: &Projection,
    to: &Projection,
    fold: &Fold<'_>,
    careful: bool,
) -> Result<(bool, Vec<Unarchived>), ApplyError> {
    let written = timeline::write(connection, from, to, fold, careful).await?;
    bury_refused(connection, to, &written.refused).await?;
    Ok((written.all_new, own::unarchived(fold, written.woken, Vec::new())))
}

/// Everything else: several statements between two ends of a transaction. The order of the statements is the order in which effects
/// of one batch may build on each other.
async fn write_all(
    connection: &mut PgConnection,
    from: &Projection,
    to: &Projection,
    fold: &Fold<'_>,
    careful: bool,
) -> Result<(bool, Vec<Unarchived>), ApplyError> {
    let mut transaction = connection.begin().await?;
    // A second projector waits here and then finds the row changed; without this it could wait, or deadlock, anywhere.
    let fence = "SELECT 1 FROM projection WHERE shard = $1 AND epoch = $2 AND log_seq = $3 FOR UPDATE";
    let held = sqlx::query(fence)
        .bind(i32::from(from.shard.0))
        .bind(&from.epoch.0)
        .bind(signed(from.log_seq))
        .fetch_optional(&mut *transaction)
        .await?;
    if held.is_none() {
        transaction.rollback().await?;
        return Err(ApplyError::Fenced);
    }
    let (written, late) = match write_effects(&mut transaction, from, to, fold, careful).await {
        Err(ApplyError::Fenced) => {
            transaction.rollback().await?;
            return Err(ApplyError::Fenced);
        }
        written => written?,
    };
    if !fold.letters.is_empty() {
        bury(&mut transaction, to, &fold.letters).await?;
    }
    bury_refused(&mut transaction, to, &written.refused).await?;
    transaction.commit().await?;
    Ok((written.all_new, own::unarchived(fold, written.woken, late)))
}

/// All that facts change, within a transaction of the caller's. What became of messages, and whose own state brought dialogs back.
async fn write_effects(
    connection: &mut PgConnection,
    from: &Projection,
    to: &Projection,
    fold: &Fold<'_>,
    careful: bool,
) -> Result<(Written, Vec<Who>), ApplyError> {
    structure::create(connection, fold).await?;
    structure::update(connection, fold).await?;
    structure::replace_rules(connection, fold).await?;
    structure::arrive(connection, fold).await?;
    structure::change_roles(connection, fold).await?;
    structure::depart(connection, fold).await?;
    let written = timeline::write(connection, from, to, fold, careful).await?;
    files::attach(connection, fold).await?;
    timeline::edit(connection, fold).await?;
    reactions::react(connection, fold).await?;
    timeline::erase(connection, fold).await?;
    archival::archive(connection, fold).await?;
    let late = own::change(connection, fold).await?;
    files::release(connection, fold).await?;
    structure::end(connection, fold).await?;
    for (app, audited) in audit::of_facts(&fold.audited) {
        audit::append(connection, app, &audited).await?;
    }
    Ok((written, late))
}

async fn bury_refused(
    connection: &mut PgConnection,
    to: &Projection,
    refused: &[(u64, Undecodable)],
) -> Result<(), ApplyError> {
    if refused.is_empty() {
        return Ok(());
    }
    let letters: Vec<_> = refused
        .iter()
        .map(|(log_seq, letter)| (*log_seq, letter))
        .collect();
    Ok(bury(connection, to, &letters).await?)
}
