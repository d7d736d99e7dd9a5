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
    let paged = page
        .value
        .messages
        .into_iter()
        .find(|one| one.id == message)
        .unwrap();
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
    history.host(&app(), other, Command::Delete { rules: Vec::new() });
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
