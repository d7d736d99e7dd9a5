//! Our side of an import: one at a time in an app, a transaction for each batch of dialogs.

use std::{collections::HashMap, time::Duration};

use mtchat_protocol::{AppId, UserId};
use sqlx::{Connection, PgConnection, Row, postgres::PgRow};
use tokio::time::timeout;
use uuid::Uuid;

use super::{
    read_back,
    rows::{ImportedDialog, ImportedMessage},
    source::{SourcePlace, Stretch},
    sums::{ImportSum, hash_of},
    words, write,
};
use crate::{
    Audited, Storage, StorageError, audit,
    row::{number, text},
};

/// One import at a time: two would do the same work twice, and one of them would fail at every dialog.
const ALONE: &str = "SELECT pg_try_advisory_lock(hashtext('mtchat import'), hashtext($1)) AS alone";

const KNOWN: &str = "SELECT x.id, d.deleted, d.seq, d.log_seq, i.source_hash, i.verified
    FROM unnest($2::uuid[]) x (id)
    LEFT JOIN dialogs d ON d.app = $1 AND d.id = x.id
    LEFT JOIN imported_dialogs i ON i.app = $1 AND i.dialog = x.id
    WHERE d.id IS NOT NULL OR i.dialog IS NOT NULL";

const ERASED: &str = "SELECT user_id FROM erasures WHERE app = $1 ORDER BY user_id";

const MARK: &str = "INSERT INTO imported_dialogs (app, dialog, source_hash)
    SELECT $1, x.dialog, x.hash FROM unnest($2::uuid[], $3::bytea[]) x (dialog, hash)";

const VERIFIED: &str = "UPDATE imported_dialogs SET verified = true WHERE app = $1 AND dialog = ANY ($2)";

/// What is known here of a dialog that is to be brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownDialog {
    /// It was brought by an earlier import: the hash of what was brought then.
    pub source_hash: Option<Vec<u8>>,
    /// It was compared then, and was the same.
    pub verified: bool,
    /// It has been deleted here.
    pub deleted: bool,
    /// Something has happened in it here since.
    pub went_on: bool,
}

impl KnownDialog {
    /// Whether these are the sums of what was brought.
    #[must_use]
    pub fn is_of(&self, sums: &[ImportSum; 7]) -> bool {
        self.source_hash.as_deref() == Some(hash_of(sums).as_slice())
    }
}

/// Where dialogs are brought to.
pub struct ImportTarget {
    pub(super) connection: PgConnection,
    pub(super) app: AppId,
    pub(super) deadline: Duration,
}

/// Dialogs that are being brought: all of them or, when it is dropped before [`commit`](Self::commit), none.
pub struct ImportBatch<'a> {
    transaction: sqlx::Transaction<'a, sqlx::Postgres>,
    app: &'a AppId,
    deadline: Duration,
    marked: Vec<(Uuid, Vec<u8>)>,
}

impl Storage {
    /// Begin to bring dialogs into an app. `None`: somebody else does so at this moment.
    pub async fn import(
        &self,
        app: &AppId,
        statement_timeout: Duration,
    ) -> Result<Option<ImportTarget>, StorageError> {
        let options = self
            .migrating
            .clone()
            .application_name("mtchat import")
            .options([("statement_timeout", statement_timeout.as_millis().to_string())])
            .options([("role", "mtchat_worker")]);
        let deadline = statement_timeout + Duration::from_secs(10);
        let connected = timeout(deadline, PgConnection::connect_with(&options)).await;
        let mut connection = connected.unwrap_or_else(|_| Err(late()))?;
        let row = sqlx::query(ALONE)
            .bind(app.as_str())
            .fetch_one(&mut connection)
            .await?;
        let app = app.clone();
        Ok(row.try_get::<bool, _>("alone")?.then_some(ImportTarget {
            connection,
            app,
            deadline,
        }))
    }
}

impl ImportTarget {
    /// People who are forgotten here: nothing of them is brought back.
    pub async fn erased_people(&mut self) -> Result<Vec<UserId>, StorageError> {
        let query = sqlx::query(ERASED).bind(self.app.as_str());
        let rows = within(self.deadline, query.fetch_all(&mut self.connection)).await?;
        rows.iter().map(|row| text(row, "user_id", UserId::new)).collect()
    }

    /// Those of these dialogs that are known here.
    pub async fn known(&mut self, dialogs: &[Uuid]) -> Result<HashMap<Uuid, KnownDialog>, StorageError> {
        let query = sqlx::query(KNOWN).bind(self.app.as_str()).bind(dialogs);
        let rows = within(self.deadline, query.fetch_all(&mut self.connection)).await?;
        rows.iter().map(known).collect()
    }

    /// Begin to bring some dialogs.
    pub async fn begin(&mut self) -> Result<ImportBatch<'_>, StorageError> {
        let transaction = within(self.deadline, self.connection.begin()).await?;
        Ok(ImportBatch {
            transaction,
            app: &self.app,
            deadline: self.deadline,
            marked: Vec::new(),
        })
    }

    /// Dialogs as they stand here, without their messages.
    pub async fn dialogs(&mut self, dialogs: &[Uuid]) -> Result<Vec<ImportedDialog>, StorageError> {
        let work = read_back::dialogs(&mut self.connection, &self.app, dialogs);
        timeout(self.deadline, work)
            .await
            .unwrap_or_else(|_| Err(StorageError::timed_out()))
    }

    /// Messages as they stand here, by dialog and number: those of whole dialogs, or the next ones of a long dialog.
    pub async fn messages(
        &mut self,
        stretch: &Stretch,
        after: u64,
        most: u32,
    ) -> Result<Vec<ImportedMessage>, StorageError> {
        let work = read_back::messages(&mut self.connection, &self.app, stretch, after, most);
        timeout(self.deadline, work)
            .await
            .unwrap_or_else(|_| Err(StorageError::timed_out()))
    }

    /// These dialogs were compared and are the same.
    pub async fn verified(&mut self, dialogs: &[Uuid]) -> Result<(), StorageError> {
        let query = sqlx::query(VERIFIED).bind(self.app.as_str()).bind(dialogs);
        within(self.deadline, query.execute(&mut self.connection)).await?;
        Ok(())
    }

    /// Make these messages findable, in this order, unless they are: how many were not.
    pub async fn index(&mut self, messages: &[SourcePlace]) -> Result<u64, StorageError> {
        let work = words::index(&mut self.connection, &self.app, messages);
        timeout(self.deadline, work)
            .await
            .unwrap_or_else(|_| Err(StorageError::timed_out()))
    }

    /// Let the planner know how large the tables have become.
    pub async fn analyse(&self, storage: &Storage) -> Result<(), StorageError> {
        // Only the owner may.
        let mut connection = PgConnection::connect_with(&storage.migrating).await?;
        let sql = "ANALYZE dialogs, participants, access_rules, messages, message_versions, attachments, message_words";
        sqlx::query(sql).execute(&mut connection).await?;
        connection.close().await?;
        Ok(())
    }

    /// Let somebody else import.
    pub async fn close(self) {
        // A connection that can not say good-bye is as closed as one that can.
        let _ = timeout(Duration::from_secs(2), self.connection.close()).await;
    }
}

impl ImportBatch<'_> {
    /// Write messages.
    pub async fn messages(&mut self, messages: &[ImportedMessage]) -> Result<(), StorageError> {
        let work = write::messages(&mut self.transaction, self.app, messages);
        timeout(self.deadline, work)
            .await
            .unwrap_or_else(|_| Err(StorageError::timed_out()))
    }

    /// Write dialogs, each with the sums of everything of it.
    pub async fn dialogs(
        &mut self,
        dialogs: &[(ImportedDialog, [ImportSum; 7])],
    ) -> Result<(), StorageError> {
        let rows: Vec<&ImportedDialog> = dialogs.iter().map(|(dialog, _)| dialog).collect();
        let work = write::dialogs(&mut self.transaction, self.app, &rows);
        timeout(self.deadline, work)
            .await
            .unwrap_or_else(|_| Err(StorageError::timed_out()))?;
        let marks = dialogs.iter().map(|(dialog, sums)| (dialog.id.0, hash_of(sums)));
        self.marked.extend(marks);
        Ok(())
    }

    /// Write down what was done, and let everybody see it.
    pub async fn commit(mut self, audited: Audited) -> Result<(), StorageError> {
        let query = columns!(sqlx::query(MARK).bind(self.app.as_str()), self.marked, mark => {
            mark.0,
            mark.1.as_slice(),
        });
        within(self.deadline, query.execute(&mut *self.transaction)).await?;
        // Last: whoever else adds to the chain waits from here on.
        let work = async {
            audit::append(&mut self.transaction, self.app.as_str(), &[audited]).await?;
            self.transaction.commit().await?;
            Ok(())
        };
        timeout(self.deadline, work)
            .await
            .unwrap_or_else(|_| Err(StorageError::timed_out()))
    }
}

fn late() -> sqlx::Error {
    let late = std::io::Error::new(std::io::ErrorKind::TimedOut, "no answer within the deadline");
    sqlx::Error::Io(late)
}

async fn within<T>(
    deadline: Duration,
    work: impl Future<Output = Result<T, sqlx::Error>>,
) -> Result<T, StorageError> {
    Ok(timeout(deadline, work).await.unwrap_or_else(|_| Err(late()))?)
}

fn known(row: &PgRow) -> Result<(Uuid, KnownDialog), StorageError> {
    let deleted: Option<bool> = row.try_get("deleted")?;
    let in_log: Option<i64> = row.try_get("log_seq")?;
    let known = KnownDialog {
        source_hash: row.try_get("source_hash")?,
        verified: row.try_get::<Option<bool>, _>("verified")?.unwrap_or_default(),
        deleted: deleted.unwrap_or(true),
        // What was brought stands in no log.
        went_on: in_log.is_some() && number(row, "log_seq")? > 0,
    };
    Ok((row.try_get("id")?, known))
}
