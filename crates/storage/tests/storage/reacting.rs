//! What is on messages, in every way that they are read.

use mtchat_domain::Command;
use mtchat_protocol::{AppId, DialogId, MessageId, PageQuery, ReactionSummary};
use mtchat_storage::{PageAnswer, Projection, Storage};
use sqlx::Row;

use crate::support::{
    Database, SHARD,
    history::{History, user},
};

fn app() -> AppId {
    AppId::default_app()
}

fn shown(reactions: &[ReactionSummary]) -> Vec<(&str, u64, bool)> {
    let shown = reactions.iter();
    shown.map(|one| (one.emoji.as_str(), one.count, one.me)).collect()
}

async fn on(storage: &Storage, dialog: DialogId, message: MessageId, name: &str) -> Vec<ReactionSummary> {
    let view = storage
        .message(&app(), dialog, message, &user(name))
        .await
        .unwrap();
    let single = view.unwrap().reactions;
    let page = storage
        .messages_page(&app(), dialog, &user(name), PageQuery::Latest, 50)
        .await
        .unwrap();
    let PageAnswer::Page(page) = page else {
        panic!("no page")
    };
    let paged = page.messages.into_iter().find(|one| one.id == message).unwrap();
    assert_eq!(paged.reactions, single, "a page and a single message agree");
    single
}

async fn catch_up(database: &Database, history: &History) -> Projection {
    let at = database.storage.projection(SHARD).await.unwrap().unwrap();
    database.storage.apply(&at, &history.entries).await.unwrap()
}

#[tokio::test]
async fn a_message_shows_what_is_on_it_by_the_first_of_each() {
    let mut history = History::default();
    let dialog = history.create(&["alice", "bob", "carol"]);
    let (one, two) = (
        history.send("alice", dialog, "one"),
        history.send("bob", dialog, "two"),
    );
    assert!(history.react("bob", dialog, one, "👍", true));
    assert!(history.react("carol", dialog, one, "🎉", true));
    assert!(history.react("carol", dialog, one, "👍", true));
    assert!(history.react("carol", dialog, one, "❤️", true));
    assert!(history.react("carol", dialog, one, "❤️", false));
    assert!(!history.react("carol", dialog, one, "👍", true));
    let database = Database::start().await;
    catch_up(&database, &history).await;
    let storage = &database.storage;
    assert_eq!(
        shown(&on(storage, dialog, one, "bob").await),
        [("👍", 2, true), ("🎉", 1, false)]
    );
    assert_eq!(shown(&on(storage, dialog, two, "bob").await), []);

    history.react("bob", dialog, one, "👍", false);
    history.by("carol", dialog, Command::Leave);
    catch_up(&database, &history).await;
    assert_eq!(
        shown(&on(storage, dialog, one, "bob").await),
        [("🎉", 1, false), ("👍", 1, false)],
        "what was put there by who left stays"
    );
}

#[tokio::test]
async fn reactions_count_neither_as_messages_nor_as_activity() {
    let mut history = History::default();
    let dialog = history.create(&["alice", "bob"]);
    let id = history.send("alice", dialog, "one");
    let database = Database::start().await;
    catch_up(&database, &history).await;
    let sql =
        "SELECT count, active_at, (SELECT sum(read_count)::bigint FROM participants) AS read FROM dialogs";
    let mut look = database.look().await;
    let before = sqlx::query(sql).fetch_one(&mut look).await.unwrap();
    history.react("bob", dialog, id, "👍", true);
    catch_up(&database, &history).await;
    let after = sqlx::query(sql).fetch_one(&mut look).await.unwrap();
    let numbers = |row: &sqlx::postgres::PgRow| {
        let active_at: time::OffsetDateTime = row.get("active_at");
        (row.get::<i64, _>("count"), active_at, row.get::<i64, _>("read"))
    };
    assert_eq!(numbers(&after), numbers(&before));
    let people = database.storage.participants(&app(), dialog).await.unwrap();
    assert_eq!(people[1].unread_count, 1);
}

#[tokio::test]
async fn nothing_is_left_on_what_is_deleted() {
    let mut history = History::default();
    let dialog = history.create(&["alice", "bob"]);
    let other = history.create(&["alice", "bob"]);
    let (gone, kept) = (
        history.send("alice", dialog, "gone"),
        history.send("bob", other, "kept"),
    );
    history.react("bob", dialog, gone, "👍", true);
    history.react("bob", other, kept, "👍", true);
    let database = Database::start().await;
    catch_up(&database, &history).await;
    history.delete_message("alice", dialog, gone);
    history.host(&app(), other, Command::Delete);
    let end = catch_up(&database, &history).await;
    let left = "SELECT count(*) FROM reactions";
    let mut look = database.look().await;
    assert_eq!(
        sqlx::query_scalar::<_, i64>(left)
            .fetch_one(&mut look)
            .await
            .unwrap(),
        0
    );
    let start = database
        .storage
        .restart_projection(&end, &crate::support::epoch(2))
        .await
        .unwrap();
    database.storage.apply(&start, &history.entries).await.unwrap();
    assert_eq!(
        sqlx::query_scalar::<_, i64>(left)
            .fetch_one(&mut look)
            .await
            .unwrap(),
        0,
        "a replay brings nothing back"
    );
}

#[tokio::test]
async fn a_page_of_a_dialog_without_reactions_asks_for_them_once() {
    let mut history = History::default();
    let (plain, other) = (history.create(&["alice"]), history.create(&["alice"]));
    for number in 0..50 {
        history.send("alice", plain, &number.to_string());
    }
    let elsewhere = history.send("alice", other, "elsewhere");
    history.react("alice", other, elsewhere, "👍", true);
    let database = Database::start().await;
    catch_up(&database, &history).await;
    let mut look = database.look().await;
    sqlx::raw_sql("SELECT pg_stat_reset()")
        .execute(&mut look)
        .await
        .unwrap();
    let storage = &database.storage;
    let (app, alice) = (app(), user("alice"));
    let page = storage.messages_page(&app, plain, &alice, PageQuery::Latest, 50);
    assert!(matches!(page.await.unwrap(), PageAnswer::Page(page) if page.messages.len() == 50));
    storage.close().await;
    let looks = "SELECT seq_scan, idx_scan FROM pg_stat_user_tables WHERE relname = 'reactions'";
    let looks = loop {
        // What a connection has done is told when it ends.
        let row = sqlx::query(looks).fetch_one(&mut look).await.unwrap();
        let looks = (row.get::<i64, _>("seq_scan"), row.get::<i64, _>("idx_scan"));
        if looks != (0, 0) {
            break looks;
        }
    };
    assert_eq!(looks, (0, 1));
}
