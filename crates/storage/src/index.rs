//! The words of messages, written behind the projection by the indexer.

use std::collections::{BTreeSet, HashMap};

use mtchat_domain::{plain_text, words_of};
use mtchat_protocol::{AppId, DialogId, Epoch, Fact, FactData, ShardId};
use sqlx::PgConnection;
use tokio::time::timeout;
use uuid::Uuid;

use crate::{
    ApplyError, Storage, StorageError,
    row::{number, signed},
    search::{AppDigits, dialog_token},
};

/// Most different words of a message that can be found.
const MOST_WORDS: usize = 4_000;

/// How far a shard's log is indexed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Indexing {
    /// The shard.
    pub shard: ShardId,
    /// The log's life that `log_seq` belongs to.
    pub epoch: Epoch,
    /// Everything up to here is indexed; 0 is nothing yet.
    pub log_seq: u64,
}

/// Takes the place in `epoch`; in another life of the log everything is indexed again, which changes nothing that is there.
const BEGIN: &str = "
INSERT INTO indexing AS i (shard, epoch, log_seq) VALUES ($1, $2, 0)
ON CONFLICT (shard) DO UPDATE
SET epoch = excluded.epoch, log_seq = CASE WHEN i.epoch = excluded.epoch THEN i.log_seq ELSE 0 END
RETURNING log_seq";

const MOVE: &str = "
UPDATE indexing SET log_seq = $4 WHERE shard = $1 AND epoch = $2 AND log_seq = $3";

/// Lexemes come as JSON, because an array of arrays would have to be a rectangle. A message keeps its number, whatever is said of it
/// later.
pub(crate) const WRITE: &str = "
INSERT INTO message_words (app, dialog, message, seq, sent_at, no, words)
SELECT x.app, x.dialog, x.message, x.seq, x.sent_at, x.no,
    array_to_tsvector(ARRAY(SELECT jsonb_array_elements_text(x.words))) || search_stretches(x.no)
FROM (
    SELECT x.*, nextval('message_words_no') AS no
    FROM unnest($1::text[], $2::uuid[], $3::uuid[], $4::bigint[], $5::timestamptz[], $6::jsonb[])
        x (app, dialog, message, seq, sent_at, words)
) x
ON CONFLICT (app, dialog, message) DO UPDATE SET seq = excluded.seq,
    words = ts_delete(excluded.words, tsvector_to_array(search_stretches(excluded.no))) || search_stretches(message_words.no)
WHERE message_words.seq < excluded.seq";

/// A message that is not there has no words; the fact does not say when it was sent.
const CHANGE: &str = "
UPDATE message_words w SET seq = x.seq,
    words = array_to_tsvector(ARRAY(SELECT jsonb_array_elements_text(x.words))) || search_stretches(w.no)
FROM unnest($1::text[], $2::uuid[], $3::uuid[], $4::bigint[], $5::jsonb[]) x (app, dialog, message, seq, words)
WHERE w.app = x.app AND w.dialog = x.dialog AND w.message = x.message AND w.seq < x.seq";

const REMOVE: &str = "
DELETE FROM message_words w USING unnest($1::text[], $2::uuid[], $3::uuid[]) x (app, dialog, message)
WHERE w.app = x.app AND w.dialog = x.dialog AND w.message = x.message";

const PATIENCE: &str = "SET LOCAL statement_timeout = '60s'";

const END: &str = "
DELETE FROM message_words w USING unnest($1::text[], $2::uuid[]) x (app, dialog) WHERE w.app = x.app AND w.dialog = x.dialog";

type Place<'a> = (&'a str, Uuid);

/// What a batch says of messages: of each the last.
#[derive(Default)]
struct Words<'a> {
    written: HashMap<(Place<'a>, Uuid), (&'a Fact, BTreeSet<String>)>,
    changed: HashMap<(Place<'a>, Uuid), (&'a Fact, BTreeSet<String>)>,
    removed: Vec<(Place<'a>, Uuid)>,
    ended: Vec<Place<'a>>,
}

impl Storage {
    /// Where the shard's index stands in this life of the log.
    pub async fn begin_indexing(&self, shard: ShardId, epoch: &Epoch) -> Result<Indexing, StorageError> {
        self.bounded(async {
            let row = sqlx::query(BEGIN)
                .bind(i32::from(shard.0))
                .bind(&epoch.0)
                .fetch_one(&self.pool)
                .await?;
            Ok(Indexing {
                shard,
                epoch: epoch.clone(),
                log_seq: number(&row, "log_seq")?,
            })
        })
        .await
    }

    /// How far the shard's log is indexed; `None`: nobody ever did.
    pub async fn indexed(&self, shard: ShardId) -> Result<Option<u64>, StorageError> {
        self.bounded(async {
            let row = sqlx::query("SELECT log_seq FROM indexing WHERE shard = $1")
                .bind(i32::from(shard.0))
                .fetch_optional(&self.pool)
                .await?;
            row.map(|row| number(&row, "log_seq")).transpose()
        })
        .await
    }

    /// Index a batch of the log, in order, and move behind it up to `log_seq`: all or nothing, and nothing when the index is not
    /// at `from` any more.
    pub async fn index(&self, from: &Indexing, facts: &[Fact], log_seq: u64) -> Result<Indexing, ApplyError> {
        let words = Words::of(facts);
        let work = async {
            let mut transaction = self.pool.begin().await?;
            // Moving first makes a second indexer wait here, and then find the row changed.
            let moved = sqlx::query(MOVE)
                .bind(i32::from(from.shard.0))
                .bind(&from.epoch.0)
                .bind(signed(from.log_seq))
                .bind(signed(log_seq))
                .execute(&mut *transaction)
                .await?;
            if moved.rows_affected() == 0 {
                transaction.rollback().await?;
                return Ok(false);
            }
            words.write(&mut transaction).await?;
            transaction.commit().await?;
            Ok::<_, StorageError>(true)
        };
        let moved = timeout(self.writers.deadline(), work)
            .await
            .unwrap_or_else(|_| Err(StorageError::timed_out()))?;
        if !moved {
            return Err(ApplyError::Fenced);
        }
        Ok(Indexing {
            log_seq,
            ..from.clone()
        })
    }
}

/// Index facts beside the indexer, within a transaction of the caller's.
pub(crate) async fn write_words<'a>(
    connection: &mut PgConnection,
    facts: impl IntoIterator<Item = &'a Fact>,
) -> Result<(), sqlx::Error> {
    Words::of(facts).write(connection).await
}

impl<'a> Words<'a> {
    fn of(facts: impl IntoIterator<Item = &'a Fact>) -> Self {
        let mut words = Self::default();
        for fact in facts {
            words.take(fact);
        }
        words
    }

    fn take(&mut self, fact: &'a Fact) {
        let place = (fact.app.as_str(), fact.dialog.0);
        match &fact.data {
            FactData::MessageCreated(created) => {
                let said = lexemes(&fact.app, fact.dialog, created.content.as_str());
                self.written.insert((place, fact.id.0), (fact, said));
            }
            FactData::MessageEdited(edited) => {
                let said = lexemes(&fact.app, fact.dialog, edited.content.as_str());
                self.changed.insert((place, edited.message_id.0), (fact, said));
            }
            FactData::MessageDeleted(deleted) => self.removed.push((place, deleted.message_id.0)),
            FactData::DialogDeleted(_) => self.ended.push(place),
            FactData::DialogArchived(_)
            | FactData::DialogCreated(_)
            | FactData::DialogUpdated(_)
            | FactData::ParticipantAdded(_)
            | FactData::ParticipantJoined(_)
            | FactData::ParticipantLeft(_)
            | FactData::ParticipantRemoved(_)
            | FactData::ReactionAdded(_)
            | FactData::ReactionRemoved(_)
            | FactData::Archived(_)
            | FactData::DialogUnarchived(_)
            | FactData::MarkedUnread(_)
            | FactData::NotificationPending(_)
            | FactData::NotificationsSet(_)
            | FactData::Pinned(_)
            | FactData::Read(_)
            | FactData::Unarchived(_)
            | FactData::Unpinned(_)
            | FactData::NoticePosted(_)
            | FactData::ParticipantRoleChanged(_)
            | FactData::ScopesReplaced(_)
            | FactData::Unknown(_) => {}
        }
    }

    /// In the order in which effects of one batch may build on each other.
    async fn write(&self, connection: &mut PgConnection) -> Result<(), sqlx::Error> {
        if !self.written.is_empty() {
            let mut rows: Vec<_> = self.written.iter().collect();
            // Numbers are given in the order in which the messages were sent.
            rows.sort_unstable_by_key(|row| (row.1.0.at.micros(), row.1.0.id.0));
            let query = columns!(sqlx::query(WRITE), rows, row => {
                row.0.0.0, row.0.0.1, row.0.1, signed(row.1.0.seq()), row.1.0.at.to_offset(), sqlx::types::Json(&row.1.1)
            });
            query.execute(&mut *connection).await?;
        }
        if !self.changed.is_empty() {
            let rows: Vec<_> = self.changed.iter().collect();
            let query = columns!(sqlx::query(CHANGE), rows, row => {
                row.0.0.0, row.0.0.1, row.0.1, signed(row.1.0.seq()), sqlx::types::Json(&row.1.1)
            });
            query.execute(&mut *connection).await?;
        }
        if !self.removed.is_empty() {
            let query = columns!(sqlx::query(REMOVE), self.removed, row => { row.0.0, row.0.1, row.1 });
            query.execute(&mut *connection).await?;
        }
        if !self.ended.is_empty() {
            // A long dialog takes its time.
            sqlx::query(PATIENCE).execute(&mut *connection).await?;
            let query = columns!(sqlx::query(END), self.ended, row => { row.0, row.1 });
            query.execute(&mut *connection).await?;
        }
        Ok(())
    }
}

/// The words of a text as their app's, and the one for its dialog.
pub(crate) fn lexemes(app: &AppId, dialog: DialogId, html: &str) -> BTreeSet<String> {
    let app = AppDigits::of(app);
    let said = words_of(&plain_text(html)).into_iter().take(MOST_WORDS);
    said.flat_map(|word| app.lexemes(&word))
        .chain([dialog_token(dialog)])
        .collect()
}
