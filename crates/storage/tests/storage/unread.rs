//! Unread is arithmetic, and right for everybody.

use mtchat_domain::Command;
use mtchat_protocol::{AppId, DialogId, JoinedAs};
use mtchat_storage::Storage;

use crate::support::{
    Database,
    history::{History, join, participant, rule, user},
};

fn app() -> AppId {
    AppId::default_app()
}

async fn unread(storage: &Storage, dialog: DialogId, name: &str) -> u64 {
    let views = storage.participants(&app(), dialog).await.unwrap();
    let view = views.into_iter().find(|view| view.user_id == user(name)).unwrap();
    let item = storage
        .dialog_item(&app(), dialog, &user(name), &Default::default())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        item.unread_count,
        Some(view.unread_count),
        "one number everywhere"
    );
    view.unread_count
}

#[tokio::test]
async fn sending_reads_all_before_and_deleted_messages_do_not_count() {
    let database = Database::start().await;
    let mut history = History::default();
    let dialog = history.create(&["alice", "bob"]);
    let one = history.send("alice", dialog, "one");
    history.send("alice", dialog, "two");
    let to = database
        .storage
        .apply(&database.start, &history.entries)
        .await
        .unwrap();
    assert_eq!(unread(&database.storage, dialog, "alice").await, 0);
    assert_eq!(unread(&database.storage, dialog, "bob").await, 2);

    history.delete_message("alice", dialog, one);
    let to = database.storage.apply(&to, &history.entries).await.unwrap();
    assert_eq!(unread(&database.storage, dialog, "bob").await, 1);

    let three = history.send("bob", dialog, "three");
    database.storage.apply(&to, &history.entries).await.unwrap();
    assert_eq!(unread(&database.storage, dialog, "bob").await, 0);
    assert_eq!(unread(&database.storage, dialog, "alice").await, 1);
    let views = database.storage.participants(&app(), dialog).await.unwrap();
    assert_eq!(views[1].last_read_message_id, Some(three));
}

#[tokio::test]
async fn who_comes_later_has_all_messages_so_far_unread() {
    let database = Database::start().await;
    let mut history = History::default();
    let rules = [rule([&["t1"], &[], &[]])];
    let dialog = history.create_with(&app(), &["alice", "bob"], rules.to_vec());
    for text in ["one", "two", "three"] {
        history.send("alice", dialog, text);
    }
    history.by("carol", dialog, join("carol", &rules));
    history.host(
        &app(),
        dialog,
        Command::AddParticipant(participant("dan", JoinedAs::Participant)),
    );
    let to = database
        .storage
        .apply(&database.start, &history.entries)
        .await
        .unwrap();
    assert_eq!(unread(&database.storage, dialog, "carol").await, 3);
    assert_eq!(unread(&database.storage, dialog, "dan").await, 3);

    // Who comes back finds the others' messages unread, and never their own.
    history.send("carol", dialog, "four");
    history.by("carol", dialog, Command::Leave);
    history.send("alice", dialog, "five");
    history.by("carol", dialog, join("carol", &rules));
    let to = database.storage.apply(&to, &history.entries).await.unwrap();
    assert_eq!(unread(&database.storage, dialog, "carol").await, 4);
    history.send("carol", dialog, "six");
    database.storage.apply(&to, &history.entries).await.unwrap();
    assert_eq!(unread(&database.storage, dialog, "carol").await, 0);
    assert_eq!(unread(&database.storage, dialog, "bob").await, 6);
}

#[tokio::test]
async fn joining_a_long_dialog_and_coming_back_to_it_cost_little() {
    let database = Database::start().await;
    let mut history = History::default();
    let dialog = history.create(&["alice", "bob"]);
    for n in 0..3_000 {
        history.send("alice", dialog, &n.to_string());
    }
    database
        .storage
        .apply(&database.start, &history.entries)
        .await
        .unwrap();
    assert_eq!(unread(&database.storage, dialog, "bob").await, 3_000);
    let plan: Vec<String> = sqlx::query_scalar(
        "EXPLAIN (ANALYZE, BUFFERS, COSTS off, TIMING off)
        SELECT count(*) FROM messages g
        WHERE g.app = 'default' AND g.ordinal > 0 AND g.deleted_at IS NOT NULL
            AND g.dialog = (SELECT id FROM dialogs LIMIT 1)",
    )
    .fetch_all(&mut database.look().await)
    .await
    .unwrap();
    let plan = plan.join("\n");
    assert!(plan.contains("messages_deleted"), "{plan}");
}
