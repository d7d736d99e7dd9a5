//! The projector's side: fences, dead letters, tombstones.

use mtchat_domain::Command;
use mtchat_protocol::{AppId, FactData, FactId, MessageId, RichText};
use mtchat_storage::{ApplyError, Entry, Undecodable};
use sqlx::Row;

use crate::support::{
    Database, SHARD, epoch,
    history::{History, participant, rule, user},
};

fn app() -> AppId {
    AppId::default_app()
}

#[tokio::test]
async fn the_second_of_two_projectors_changes_nothing() {
    let database = Database::start().await;
    let storage = &database.storage;
    let mut history = History::default();
    let dialog = history.create(&["alice", "bob"]);
    history.send("alice", dialog, "one");
    history.send("bob", dialog, "two");
    let first = storage
        .apply(&database.start, &history.entries[..2])
        .await
        .unwrap();
    assert_eq!(storage.projection(SHARD).await.unwrap(), Some(first.clone()));

    let structural = storage.apply(&database.start, &history.entries).await;
    assert!(matches!(structural, Err(ApplyError::Fenced)));
    let plain = storage.apply(&database.start, &history.entries[2..]).await;
    assert!(matches!(plain, Err(ApplyError::Fenced)));
    let other_life = storage.restart_projection(&database.start, &epoch(2)).await;
    assert!(matches!(other_life, Err(ApplyError::Fenced)));
    assert_eq!(
        storage.dialog_state(&app(), dialog).await.unwrap().unwrap().seq,
        2
    );

    let second = storage.apply(&first, &history.entries).await.unwrap();
    assert_eq!(second.log_seq, 3);
    assert_eq!(
        storage.dialog_state(&app(), dialog).await.unwrap().unwrap().seq,
        3
    );
}

#[tokio::test]
async fn of_many_projectors_at_once_one_applies() {
    let database = Database::start().await;
    let mut history = History::default();
    let dialog = history.create(&["alice"]);
    history.send("alice", dialog, "one");
    let projectors: Vec<_> = (0..8)
        .map(|_| {
            let options = mtchat_storage::StorageOptions::new(database.server.url());
            let storage = mtchat_storage::Storage::connect_lazy(&options).unwrap();
            let (start, entries) = (database.start.clone(), history.entries.clone());
            tokio::spawn(async move { storage.apply(&start, &entries).await })
        })
        .collect();
    let mut applied = 0;
    for projector in projectors {
        match projector.await.unwrap() {
            Ok(to) => {
                assert_eq!(to.log_seq, 2);
                applied += 1;
            }
            Err(error) => assert!(matches!(error, ApplyError::Fenced), "{error}"),
        }
    }
    assert_eq!(applied, 1);
}

#[tokio::test]
async fn an_entry_that_is_no_fact_is_kept_and_the_log_goes_on() {
    let database = Database::start().await;
    let mut history = History::default();
    let dialog = history.create(&["alice"]);
    let letter = Undecodable {
        subject: "mtchat.log.0\0".into(),
        reason: "not JSON".into(),
        payload: vec![0, 255],
    };
    history.entries.push(Entry {
        log_seq: 2,
        fact: Err(letter),
    });
    history.send("alice", dialog, "one");
    let to = database
        .storage
        .apply(&database.start, &history.entries[..2])
        .await
        .unwrap();
    assert_eq!(to.fact_id, None);
    let to = database.storage.apply(&to, &history.entries).await.unwrap();
    assert_eq!(to.log_seq, 3);
    assert!(to.fact_id.is_some());
    let mut look = database.look().await;
    let row = sqlx::query("SELECT log_seq, payload FROM dead_letters")
        .fetch_one(&mut look)
        .await
        .unwrap();
    assert_eq!(
        (row.get::<i64, _>("log_seq"), row.get::<Vec<u8>, _>("payload")),
        (2, vec![0, 255])
    );
}

#[tokio::test]
async fn a_message_without_room_is_kept_as_a_dead_letter_and_fails_nothing() {
    let database = Database::start().await;
    let mut history = History::default();
    let dialog = history.create(&["alice"]);
    let one = history.send("alice", dialog, "one");
    history.send("alice", dialog, "same id");
    let two = history.send("alice", dialog, "two");
    set_id(&mut history.entries[2], one);
    let to = database
        .storage
        .apply(&database.start, &history.entries)
        .await
        .unwrap();
    // A log that lost its tail may give a number to another message.
    let mut again = history.entries[3].clone();
    again.log_seq = 5;
    set_id(&mut again, MessageId(uuid::Uuid::from_u128(77)));
    database.storage.apply(&to, &[again]).await.unwrap();

    let message = async |id| {
        database
            .storage
            .message(&app(), dialog, id, &user("alice"))
            .await
            .unwrap()
    };
    assert_eq!(message(one).await.unwrap().content.as_str(), "one");
    assert_eq!(message(two).await.unwrap().content.as_str(), "two");
    let buried: Vec<i64> = sqlx::query_scalar("SELECT log_seq FROM dead_letters ORDER BY log_seq")
        .fetch_all(&mut database.look().await)
        .await
        .unwrap();
    assert_eq!(buried, [3, 5]);
}

fn set_id(entry: &mut Entry, id: MessageId) {
    entry.fact.as_mut().unwrap().id = FactId(id.0);
}

#[tokio::test]
async fn the_same_id_in_two_dialogs_and_apps_is_two_messages() {
    let database = Database::start().await;
    let mut history = History::default();
    let (one, two) = (history.create(&["alice"]), history.create(&["alice"]));
    let id = history.send("alice", one, "in one");
    history.send("alice", two, "in two");
    set_id(&mut history.entries[3], id);
    database
        .storage
        .apply(&database.start, &history.entries)
        .await
        .unwrap();
    for (dialog, text) in [(one, "in one"), (two, "in two")] {
        let message = database
            .storage
            .message(&app(), dialog, id, &user("alice"))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(message.content.as_str(), text);
    }
    let elsewhere = AppId::new("elsewhere").unwrap();
    assert_eq!(
        database
            .storage
            .message(&elsewhere, one, id, &user("alice"))
            .await
            .unwrap(),
        None
    );
    assert_eq!(
        database.storage.dialog_state(&elsewhere, one).await.unwrap(),
        None
    );
}

#[tokio::test]
async fn a_fact_that_postgres_can_not_take_goes_to_the_dead_letters_alone() {
    let database = Database::start().await;
    // Postgres's own limits are far beyond the protocol's, so this database has a narrower one.
    let narrow = "ALTER TABLE messages ADD CHECK (content <> 'unbearable')";
    sqlx::raw_sql(narrow)
        .execute(&mut database.look().await)
        .await
        .unwrap();
    let mut history = History::default();
    let dialog = history.create(&["alice"]);
    let one = history.send("alice", dialog, "one");
    let bad = history.send("alice", dialog, "unbearable");
    let two = history.send("alice", dialog, "two");
    let to = database
        .storage
        .apply(&database.start, &history.entries)
        .await
        .unwrap();
    assert_eq!(database.storage.projection(SHARD).await.unwrap(), Some(to));
    let message = async |id| {
        database
            .storage
            .message(&app(), dialog, id, &user("alice"))
            .await
            .unwrap()
    };
    assert!(message(one).await.is_some());
    assert!(message(two).await.is_some());
    assert!(message(bad).await.is_none());
    let payload: Vec<u8> = sqlx::query_scalar("SELECT payload FROM dead_letters")
        .fetch_one(&mut database.look().await)
        .await
        .unwrap();
    assert_eq!(mtchat_protocol::Fact::decode(&payload).unwrap().id, FactId(bad.0));
}

#[tokio::test]
async fn text_with_nul_is_stored_without_it() {
    let database = Database::start().await;
    let mut history = History::default();
    let dialog = history.create(&["alice"]);
    let id = history.send("alice", dialog, "a\0b");
    history.edit("alice", dialog, id, "c\0d");
    database
        .storage
        .apply(&database.start, &history.entries)
        .await
        .unwrap();
    let message = database
        .storage
        .message(&app(), dialog, id, &user("alice"))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(message.content.as_str(), "c\u{fffd}d");
}

#[tokio::test]
async fn a_deleted_dialog_leaves_nothing_but_a_tombstone_and_stays_deleted() {
    let database = Database::start().await;
    let storage = &database.storage;
    let mut history = History::default();
    let dialog = history.create_with(&app(), &["alice", "bob"], vec![rule([&["t1"], &[], &[]])]);
    let id = history.send("alice", dialog, "secret one");
    history.edit("alice", dialog, id, "secret two");
    history.host(&app(), dialog, Command::Delete { rules: Vec::new() });
    let mut to = storage.apply(&database.start, &history.entries).await.unwrap();
    let mut look = database.look().await;
    for round in 2..5_u32 {
        let left: i64 = sqlx::query_scalar(
            "SELECT (SELECT count(*) FROM messages) + (SELECT count(*) FROM message_versions)
                + (SELECT count(*) FROM participants) + (SELECT count(*) FROM access_rules)
                + (SELECT count(*) FROM dead_letters)
                + (SELECT count(*) FROM dialogs
                    WHERE num_nonnulls(title, object_url, meta, created_by) > 0 OR NOT deleted)",
        )
        .fetch_one(&mut look)
        .await
        .unwrap();
        assert_eq!(left, 0, "round {round}");
        let start = storage.restart_projection(&to, &epoch(round)).await.unwrap();
        // Without the deletion itself: a batch may end just before it.
        to = storage.apply(&start, &history.entries[..4]).await.unwrap();
    }
    assert!(
        storage
            .dialog_state(&app(), dialog)
            .await
            .unwrap()
            .unwrap()
            .deleted
    );
    assert_eq!(storage.dialog_view(&app(), dialog).await.unwrap(), None);
    assert_eq!(storage.dialog_detail(&app(), dialog).await.unwrap(), None);
    let alice = participant("alice", mtchat_protocol::JoinedAs::Participant).user;
    assert_eq!(storage.access(&app(), dialog, &alice).await.unwrap(), None);
}

#[tokio::test]
async fn every_edit_keeps_what_was_said_before_until_the_message_is_deleted() {
    let database = Database::start().await;
    let mut history = History::default();
    let dialog = history.create(&["alice"]);
    let id = history.send("alice", dialog, "one");
    history.edit("alice", dialog, id, "two");
    history.edit("alice", dialog, id, "three");
    history.edit("alice", dialog, id, "four");
    let to = database
        .storage
        .apply(&database.start, &history.entries[..3])
        .await
        .unwrap();
    let to = database.storage.apply(&to, &history.entries).await.unwrap();
    let mut look = database.look().await;
    let sql = "SELECT content FROM message_versions ORDER BY seq";
    let versions: Vec<String> = sqlx::query_scalar(sql).fetch_all(&mut look).await.unwrap();
    assert_eq!(versions, ["one", "two", "three"]);
    let message = database
        .storage
        .message(&app(), dialog, id, &user("alice"))
        .await
        .unwrap()
        .unwrap();
    let last = history.entries.last().unwrap().fact.as_ref().unwrap();
    assert_eq!(
        (message.content, message.last_edited_at),
        (RichText::sanitised("four"), Some(last.at))
    );

    history.delete_message("alice", dialog, id);
    database.storage.apply(&to, &history.entries).await.unwrap();
    let versions: Vec<String> = sqlx::query_scalar(sql).fetch_all(&mut look).await.unwrap();
    assert!(versions.is_empty());
    let stored = database
        .storage
        .stored_message(&app(), dialog, id)
        .await
        .unwrap()
        .unwrap();
    assert!(stored.deleted);
    assert_eq!((stored.view.content.as_str(), stored.log_seq), ("", 2));
    let found = database
        .storage
        .found_message(&app(), dialog, id)
        .await
        .unwrap()
        .unwrap();
    assert!(found.deleted);
}

#[tokio::test]
async fn a_fact_of_a_later_version_moves_the_head() {
    let database = Database::start().await;
    let mut history = History::default();
    let dialog = history.create(&["alice"]);
    history.send("alice", dialog, "one");
    let fact = history.entries[1].fact.as_mut().unwrap();
    let data = serde_json::value::RawValue::from_string("{}".to_owned()).unwrap();
    fact.data = FactData::Unknown(mtchat_protocol::UnknownData {
        kind: "dialog_frozen".into(),
        data,
    });
    fact.head.frozen = true;
    database
        .storage
        .apply(&database.start, &history.entries)
        .await
        .unwrap();
    let state = database
        .storage
        .dialog_state(&app(), dialog)
        .await
        .unwrap()
        .unwrap();
    assert_eq!((state.seq, state.frozen), (2, true));
}
