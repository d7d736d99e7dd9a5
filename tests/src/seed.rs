//! A large history, written straight into the tables: what a reader of it costs is measured, not how it came to be.

use mtchat_protocol::{DialogId, MessageId};
use uuid::Uuid;

use crate::Database;

/// How much history.
#[derive(Debug, Clone, Copy)]
pub struct Seed {
    /// Dialogs of the app, of three members each.
    pub dialogs: i32,
    /// Messages in all of them together.
    pub messages: i32,
    /// In how many of the dialogs [`READER`] takes part.
    pub read: i32,
    /// How many of the messages stand in the first dialog.
    pub largest: i32,
}

/// Who takes part in many dialogs.
pub const READER: &str = "reader";

/// In tables of this size plans must be made from what stands there.
const STEPS: [&str; 9] = [
    "CREATE TEMPORARY TABLE seeded AS
     SELECT n, md5('dialog ' || n)::uuid AS id,
        CASE WHEN n = 1 THEN $4 ELSE ($2 - $4) / ($1 - 1) END AS count,
        now() - n * interval '1 minute' AS at
     FROM generate_series(1, $1) n WHERE $3 > 0",
    "INSERT INTO dialogs (id, seq, count, log_seq, members_rev, rules_seq, created_at, active_at, frozen, app,
        object_type, object_id, created_by, title, rules_key)
     SELECT id, count + 1, count, 0, 1, 1, at - interval '1 year', at, false, 'default', 'order', n::text, 'u1-' || n,
        'Order ' || n, ''
     FROM seeded",
    "INSERT INTO participants (dialog, joined_seq, changed_seq, joined_at, position, present, app, user_id, joined_as,
        display_name, company, read_count, read_seq)
     SELECT id, 1, 1, at - interval '1 year', p, true, 'default',
        CASE WHEN p = 0 AND n <= $3 THEN 'reader' ELSE 'u' || p || '-' || n END, 'participant', 'Name ' || p,
        'Company ' || n % 100, count / 2, count / 2 + 1
     FROM seeded, generate_series(0, 2) p WHERE $1 > 0 AND $2 > 0 AND $4 > 0",
    // As they were sent: messages of many dialogs lie between each other.
    "INSERT INTO messages (dialog, id, seq, ordinal, log_seq, sent_at, app, sender_id, content)
     SELECT id, md5('message ' || n || ' ' || m)::uuid, m + 1, m, 0, sent_at, 'default',
        'u' || 1 + m % 2 || '-' || n,
        (SELECT string_agg('w' || floor(20000 * power(random(), 3))::int, ' ') FROM generate_series(1, 8) WHERE m > 0)
     FROM (
        SELECT id, n, m, at - (count - m) * interval '1 second' AS sent_at
        FROM seeded, generate_series(1, count) m WHERE $1 > 0 AND $2 > 0 AND $3 > 0 AND $4 > 0 ORDER BY 4
     ) sent",
    // Written into an index one by one, so many words take minutes.
    "CREATE TEMPORARY TABLE by_word AS SELECT pg_get_indexdef('message_words_by_word'::regclass) AS definition",
    "DROP INDEX message_words_by_word",
    "INSERT INTO message_words (dialog, message, seq, sent_at, app, no, words)
     SELECT dialog, id, seq, sent_at, app, no, search_stretches(no) || array_to_tsvector(ARRAY(
            SELECT DISTINCT lexeme FROM unnest(string_to_array(content, ' ')) word, search_lexemes(app, word) lexeme
        ) || (':' || dialog))
     FROM (
        SELECT *, nextval('message_words_no') AS no
        FROM (SELECT * FROM messages WHERE $1 > 0 AND $2 > 0 AND $3 > 0 AND $4 > 0 ORDER BY sent_at) m
     ) m",
    "DROP TABLE seeded",
    "DO $$BEGIN EXECUTE (SELECT definition FROM by_word); END$$",
];

impl Database {
    /// Write so much history into empty tables. The log knows nothing of it, so only reads make sense afterwards.
    pub async fn seed(&self, seed: Seed) {
        let mut connection = self.pool.acquire().await.expect("Postgres answers");
        for step in STEPS {
            let mut query = sqlx::query(step);
            if step.contains("$1") {
                query = query
                    .bind(seed.dialogs)
                    .bind(seed.messages)
                    .bind(seed.read)
                    .bind(seed.largest);
            }
            query
                .execute(&mut *connection)
                .await
                .expect("the history can be written");
        }
        sqlx::raw_sql("VACUUM (ANALYZE)")
            .execute(&mut *connection)
            .await
            .expect("the tables can be vacuumed");
    }

    /// Some messages of the reader's dialogs, half of them of the largest dialog.
    pub async fn some_messages(&self, seed: Seed, count: i32) -> Vec<(DialogId, MessageId)> {
        let query = "SELECT md5('dialog ' || n)::uuid, md5('message ' || n || ' ' || m)::uuid FROM (
                SELECT n, 1 + floor(random() * CASE WHEN n = 1 THEN $4 ELSE ($2 - $4) / ($1 - 1) END)::int AS m
                FROM (SELECT CASE WHEN i % 2 = 0 THEN 1 ELSE 2 + floor(random() * ($3 - 1))::int END AS n
                    FROM generate_series(1, $5) i) chosen
            ) places";
        let rows: Vec<(Uuid, Uuid)> = sqlx::query_as(query)
            .bind(seed.dialogs)
            .bind(seed.messages)
            .bind(seed.read)
            .bind(seed.largest)
            .bind(count)
            .fetch_all(&self.pool)
            .await
            .expect("the messages can be read");
        rows.into_iter()
            .map(|(dialog, message)| (DialogId(dialog), MessageId(message)))
            .collect()
    }
}
