//! Search: what is found by whom, and by which way.

use std::collections::HashMap;

use mtchat_domain::{Command, SearchWords};
use mtchat_protocol::{AppId, DialogId, Fact, MessageId, SearchCursor, SearchPage};
use mtchat_storage::{ApplyError, Indexing, SearchPlace};
use sqlx::Row;

use crate::support::{
    Database, SHARD, epoch,
    history::{History, user},
};

fn app() -> AppId {
    AppId::default_app()
}

/// A database that is projected and indexed.
struct Indexed {
    database: Database,
    indexing: Indexing,
}

impl Indexed {
    async fn of(history: &History) -> Self {
        let database = Database::start().await;
        let indexing = database.storage.begin_indexing(SHARD, &epoch(1)).await.unwrap();
        let mut indexed = Self { database, indexing };
        indexed.catch_up(history).await;
        indexed
    }

    async fn catch_up(&mut self, history: &History) {
        self.project(history).await;
        let (facts, to) = facts(history, self.indexing.log_seq);
        self.indexing = self
            .database
            .storage
            .index(&self.indexing, &facts, to)
            .await
            .unwrap();
    }

    async fn project(&self, history: &History) {
        let at = self.database.storage.projection(SHARD).await.unwrap().unwrap();
        self.database.storage.apply(&at, &history.entries).await.unwrap();
    }

    async fn page(&self, name: &str, q: &str, behind: Option<SearchCursor>, limit: u32) -> SearchPage {
        self.ask(&app(), name, None, q, behind, limit).await
    }

    async fn ask(
        &self,
        app: &AppId,
        name: &str,
        dialog: Option<DialogId>,
        q: &str,
        behind: Option<SearchCursor>,
        limit: u32,
    ) -> SearchPage {
        let user = user(name);
        let place = SearchPlace {
            app,
            user: &user,
            dialog,
        };
        let words = SearchWords::new(q).unwrap();
        self.database
            .storage
            .search(place, &words, behind, limit)
            .await
            .unwrap()
    }

    async fn finds(&self, name: &str, q: &str) -> Vec<MessageId> {
        ids(&self.page(name, q, None, 50).await)
    }
}

fn ids(page: &SearchPage) -> Vec<MessageId> {
    page.results.iter().map(|hit| hit.message.id).collect()
}

pub fn facts(history: &History, behind: u64) -> (Vec<Fact>, u64) {
    let entries = history.entries.iter().filter(|entry| entry.log_seq > behind);
    let facts = entries.filter_map(|entry| entry.fact.clone().ok()).collect();
    (facts, history.entries.last().unwrap().log_seq)
}

#[tokio::test]
async fn all_words_are_needed_and_the_last_may_be_a_beginning() {
    let mut history = History::default();
    let dialog = history.create(&["alice", "bob"]);
    let first = history.send(
        "alice",
        dialog,
        "<p>The <b>Invoice</b> for order-1042 &amp; more</p>",
    );
    let second = history.send("bob", dialog, "Счёт на ОПЛАТУ, order 7");
    history.send("bob", dialog, "nothing of it");
    let indexed = Indexed::of(&history).await;
    for (q, expected) in [
        ("invoice", vec![first]),
        ("INVO", vec![first]),
        ("order", vec![second, first]),
        ("order 1042", vec![first]),
        ("1042 invoice order", vec![first]),
        ("invo order", vec![]),
        ("order invoi", vec![first]),
        ("more order invoic", vec![first]),
        ("order invox", vec![]),
        ("order invoicex", vec![]),
        ("счёт оплат", vec![second]),
        ("more", vec![first]),
        ("amp", vec![]),
        ("p", vec![]),
    ] {
        assert_eq!(indexed.finds("bob", q).await, expected, "{q}");
    }
    let hit = indexed.page("bob", "invoice", None, 5).await.results.remove(0);
    assert_eq!(hit.snippet, "The <mark>Invoice</mark> for order-1042 &amp; more");
    assert_eq!((hit.message.sender_id.as_str(), hit.message.seq), ("alice", 2));
    assert_eq!((hit.dialog.id, hit.dialog.object_id.as_str()), (dialog, "1"));
}

#[tokio::test]
async fn only_who_takes_part_now_finds_anything() {
    let mut history = History::default();
    let dialog = history.create(&["alice", "bob"]);
    let other = history.create(&["alice"]);
    let here = history.send("alice", dialog, "secret here");
    let there = history.send("alice", other, "secret there");
    let mut indexed = Indexed::of(&history).await;
    assert_eq!(indexed.finds("alice", "secret").await, [there, here]);
    assert_eq!(indexed.finds("bob", "secret").await, [here]);
    assert_eq!(indexed.finds("mallory", "secret").await, []);
    let only = indexed
        .ask(&app(), "alice", Some(dialog), "secret", None, 9)
        .await;
    assert_eq!(ids(&only), [here]);
    let foreign = indexed.ask(&app(), "bob", Some(other), "secret", None, 9).await;
    assert_eq!(ids(&foreign), []);
    let elsewhere = AppId::new("elsewhere").unwrap();
    let foreign = indexed.ask(&elsewhere, "alice", None, "secret", None, 9).await;
    assert_eq!(ids(&foreign), []);

    history.by("bob", dialog, Command::Leave);
    indexed.catch_up(&history).await;
    assert_eq!(indexed.finds("bob", "secret").await, []);
}

#[tokio::test]
async fn who_is_in_many_dialogs_finds_the_same() {
    let mut history = History::default();
    let mut sent = HashMap::new();
    for number in 0..70 {
        let people: &[&str] = if number % 10 == 0 {
            &["alice", "bob"]
        } else {
            &["alice"]
        };
        let dialog = history.create(people);
        sent.insert(number, history.send("alice", dialog, &format!("needle {number}")));
    }
    let indexed = Indexed::of(&history).await;
    let newest: Vec<MessageId> = (20..70).rev().map(|number| sent[&number]).collect();
    assert_eq!(indexed.finds("alice", "needle").await, newest);
    let few: Vec<MessageId> = (0..7).rev().map(|number| sent[&(number * 10)]).collect();
    assert_eq!(indexed.finds("bob", "needle").await, few);
    let elsewhere = AppId::new("elsewhere").unwrap();
    let foreign = indexed.ask(&elsewhere, "alice", None, "needle", None, 9).await;
    assert_eq!(ids(&foreign), []);
}

#[tokio::test]
async fn pages_follow_each_other_without_a_hole() {
    let mut history = History::default();
    let dialog = history.create(&["alice"]);
    let sent: Vec<MessageId> = (0..7)
        .map(|n| history.send("alice", dialog, &format!("word {n}")))
        .collect();
    let indexed = Indexed::of(&history).await;
    let (mut found, mut cursor) = (Vec::new(), None);
    loop {
        let page = indexed.page("alice", "word", cursor, 3).await;
        found.extend(ids(&page));
        cursor = page.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(found, sent.into_iter().rev().collect::<Vec<_>>());
}

#[tokio::test]
async fn edits_are_found_by_their_new_words_and_deleted_messages_not_at_all() {
    let mut history = History::default();
    let dialog = history.create(&["alice"]);
    let ended = history.create(&["alice"]);
    let (edited, deleted) = (
        history.send("alice", dialog, "old one"),
        history.send("alice", dialog, "old two"),
    );
    history.send("alice", ended, "old three");
    let mut indexed = Indexed::of(&history).await;
    history.edit("alice", dialog, edited, "new one");
    history.delete_message("alice", dialog, deleted);
    history.host(&app(), ended, Command::Delete { rules: Vec::new() });
    indexed.project(&history).await;
    assert_eq!(
        indexed.finds("alice", "two").await,
        [],
        "a deletion counts before it is indexed"
    );
    assert_eq!(indexed.finds("alice", "three").await, []);
    indexed.catch_up(&history).await;
    assert_eq!(indexed.finds("alice", "old").await, []);
    assert_eq!(indexed.finds("alice", "new").await, [edited]);
    let rows = "SELECT count(*) FROM message_words";
    let mut look = indexed.database.look().await;
    assert_eq!(
        sqlx::query_scalar::<_, i64>(rows)
            .fetch_one(&mut look)
            .await
            .unwrap(),
        1
    );
}

#[tokio::test]
async fn indexing_again_changes_nothing_and_a_second_indexer_is_stopped() {
    let mut history = History::default();
    let dialog = history.create(&["alice"]);
    let (edited, deleted) = (
        history.send("alice", dialog, "old"),
        history.send("alice", dialog, "gone"),
    );
    history.edit("alice", dialog, edited, "new");
    history.delete_message("alice", dialog, deleted);
    let indexed = Indexed::of(&history).await;
    let storage = &indexed.database.storage;
    let dump = "SELECT string_agg(t::text, ';' ORDER BY message) FROM message_words t";
    let mut look = indexed.database.look().await;
    let before: String = sqlx::query_scalar(dump).fetch_one(&mut look).await.unwrap();

    let late = Indexing {
        log_seq: 0,
        ..indexed.indexing.clone()
    };
    let (all, to) = facts(&history, 0);
    assert!(matches!(
        storage.index(&late, &all, to).await,
        Err(ApplyError::Fenced)
    ));
    assert_eq!(
        storage.begin_indexing(SHARD, &epoch(1)).await.unwrap(),
        indexed.indexing
    );

    let mut anew = storage.begin_indexing(SHARD, &epoch(2)).await.unwrap();
    assert_eq!(anew.log_seq, 0);
    for entry in &history.entries {
        let fact = entry.fact.clone().unwrap();
        anew = storage.index(&anew, &[fact], entry.log_seq).await.unwrap();
    }
    let after: String = sqlx::query_scalar(dump).fetch_one(&mut look).await.unwrap();
    assert_eq!(after, before);
}

#[tokio::test]
async fn a_search_reads_the_index_of_words_and_no_table_from_its_beginning() {
    let mut history = History::default();
    let dialog = history.create(&["alice"]);
    history.send("alice", dialog, "needle");
    let indexed = Indexed::of(&history).await;
    // Straw, so that reading everything would show.
    let straw = "INSERT INTO message_words (app, dialog, message, seq, sent_at, no, words)
        SELECT 'default', gen_random_uuid(), gen_random_uuid(), 1, now(), nextval('message_words_no'),
            array_to_tsvector(ARRAY[search_app('default') || 'straw', n::text])
        FROM generate_series(1, 20000) n";
    let mut look = indexed.database.look().await;
    sqlx::raw_sql(straw).execute(&mut look).await.unwrap();
    sqlx::raw_sql("VACUUM ANALYZE message_words")
        .execute(&mut look)
        .await
        .unwrap();
    sqlx::raw_sql("SELECT pg_stat_reset()")
        .execute(&mut look)
        .await
        .unwrap();
    assert_eq!(indexed.finds("alice", "needle").await.len(), 1);
    let read = "SELECT coalesce(sum(seq_scan), 0)::bigint AS scans,
            (SELECT idx_scan FROM pg_stat_user_indexes WHERE indexrelname = 'message_words_by_word') AS by_word
        FROM pg_stat_user_tables WHERE relname IN ('message_words', 'messages', 'participants', 'dialogs')";
    indexed.database.storage.close().await;
    let row = loop {
        // What a connection has done is told when it ends.
        sqlx::raw_sql("SELECT pg_stat_clear_snapshot()")
            .execute(&mut look)
            .await
            .unwrap();
        let row = sqlx::query(read).fetch_one(&mut look).await.unwrap();
        if row.get::<i64, _>("by_word") > 0 || row.get::<i64, _>("scans") > 0 {
            break row;
        }
    };
    // Two windows hold all there is; the empty ones are not looked through.
    assert_eq!((row.get::<i64, _>("scans"), row.get::<i64, _>("by_word")), (0, 2));
}
