//! Files of messages, and what becomes of their bytes.

use mtchat_domain::Command;
use mtchat_protocol::{AppId, Attachment, MessagesPage, PageQuery};
use mtchat_storage::{PageAnswer, Projection, Storage};
use sqlx::{Connection, Row};

use crate::support::{
    Database,
    history::{History, file, send_files, user},
};

fn app() -> AppId {
    AppId::default_app()
}

async fn page(storage: &Storage, dialog: mtchat_protocol::DialogId) -> MessagesPage {
    let answer = storage
        .messages_page(&app(), dialog, &user("bob"), PageQuery::Latest, 50)
        .await;
    match answer.unwrap() {
        PageAnswer::Page(page) => page.value,
        other => panic!("{other:?}"),
    }
}

/// Keys of bytes that are to be deleted, sorted: now, or some time.
async fn doomed(database: &Database, when: &str) -> Vec<String> {
    let mut connection = database.look().await;
    let sql = format!("SELECT file_key FROM doomed_files WHERE due {when} now() ORDER BY file_key");
    let sql = sqlx::AssertSqlSafe(sql);
    let rows = sqlx::query(sql).fetch_all(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

fn keys_of(name: &str) -> Vec<String> {
    vec![
        format!("default/files/{name}"),
        format!("default/files/{name}.thumbnail"),
        format!("default/uploads/{name}"),
    ]
}

#[tokio::test]
async fn files_are_shown_with_their_message_and_found_by_their_id() {
    let (database, mut history) = (Database::start().await, History::default());
    let dialog = history.create(&["alice", "bob"]);
    let (one, two) = (file("one"), file("two"));
    history.by("alice", dialog, send_files(vec![one.clone(), two.clone()]));
    let message = history.last_message();
    history.send("bob", dialog, "thanks");
    let storage = &database.storage;
    storage.apply(&database.start, &history.entries).await.unwrap();

    let messages = page(storage, dialog).await.messages;
    let shown: Vec<_> = messages
        .iter()
        .map(|message| message.attachments.clone())
        .collect();
    assert_eq!(shown, [vec![], vec![one.view(), two.view()], vec![]]);
    let single = storage
        .message(&app(), dialog, message, &user("bob"))
        .await
        .unwrap();
    assert_eq!(single.unwrap().attachments, shown[1]);
    let found = storage.attachment(&app(), two.id).await.unwrap().unwrap();
    assert_eq!((found.dialog, &found.attachment), (dialog, &two));
    let owners = storage.owners(&app(), &[one.id, file("three").id]).await.unwrap();
    assert_eq!(owners, [(one.id, message)]);

    // Another app has none of it.
    let other = AppId::new("other").unwrap();
    assert_eq!(storage.attachment(&other, two.id).await.unwrap(), None);
    assert_eq!(storage.owners(&other, &[one.id]).await.unwrap(), []);
}

#[tokio::test]
async fn what_is_deleted_leaves_no_bytes_behind() {
    let (database, mut history) = (Database::start().await, History::default());
    let (dialog, other) = (
        history.create(&["alice", "bob"]),
        history.create(&["alice", "bob"]),
    );
    for (dialog, name) in [(dialog, "one"), (dialog, "two"), (other, "three")] {
        history.by("alice", dialog, send_files(vec![file(name)]));
    }
    let storage = &database.storage;
    let at: Projection = storage.apply(&database.start, &history.entries).await.unwrap();
    assert!(doomed(&database, "<=").await.is_empty());
    // The uploads themselves go after a while.
    let uploads = ["one", "three", "two"].map(|name| format!("default/uploads/{name}"));
    assert_eq!(doomed(&database, ">").await, uploads);

    let message = page(storage, dialog).await.messages[1].id;
    history.delete_message("alice", dialog, message);
    history.host(&app(), other, Command::Delete { rules: Vec::new() });
    storage.apply(&at, &history.entries).await.unwrap();
    let mut gone = keys_of("one");
    gone.extend(keys_of("three"));
    gone.sort();
    assert_eq!(doomed(&database, "<=").await, gone);
    assert_eq!(storage.attachment(&app(), file("one").id).await.unwrap(), None);
    assert_eq!(storage.attachment(&app(), file("three").id).await.unwrap(), None);
    assert!(
        storage
            .attachment(&app(), file("two").id)
            .await
            .unwrap()
            .is_some()
    );

    // What is done is not there any more, and what is not is.
    let due = storage.due_files(100).await.unwrap();
    storage.files_gone(&due).await.unwrap();
    assert!(storage.due_files(100).await.unwrap().is_empty());
    let mut keys = keys_of("one");
    keys.extend(keys_of("two"));
    keys.retain(|key| !key.contains("uploads"));
    let unneeded = storage.unneeded_files(keys).await.unwrap();
    assert_eq!(unneeded, ["default/files/one", "default/files/one.thumbnail"]);
}

#[tokio::test]
async fn a_message_sent_and_deleted_in_one_batch_leaves_no_bytes_either() {
    let (database, mut history) = (Database::start().await, History::default());
    let dialog = history.create(&["alice", "bob"]);
    history.by("alice", dialog, send_files(vec![file("one")]));
    let message = history.last_message();
    history.delete_message("alice", dialog, message);
    let storage = &database.storage;
    let at = storage.apply(&database.start, &history.entries).await.unwrap();
    assert_eq!(doomed(&database, "<=").await, keys_of("one"));
    // Given again from the beginning, nothing comes back.
    let again = Projection {
        log_seq: 0,
        fact_id: None,
        ..at.clone()
    };
    assert!(
        storage.apply(&again, &history.entries).await.is_err(),
        "it is fenced"
    );
    let none: Vec<(mtchat_protocol::AttachmentId, mtchat_protocol::MessageId)> = Vec::new();
    assert_eq!(storage.owners(&app(), &[file("one").id]).await.unwrap(), none);
}

#[tokio::test]
async fn one_upload_is_of_the_first_message_that_has_it() {
    let (database, mut history) = (Database::start().await, History::default());
    let dialog = history.create(&["alice", "bob"]);
    history.by("alice", dialog, send_files(vec![file("one")]));
    let first = history.last_message();
    // Edges do not let this happen; the projection takes whatever stands in the log.
    let copy = Attachment {
        key: mtchat_protocol::FileKey::made("default/files/copy"),
        ..file("one")
    };
    history.by("alice", dialog, send_files(vec![copy]));
    let storage = &database.storage;
    storage.apply(&database.start, &history.entries).await.unwrap();
    assert_eq!(
        storage.owners(&app(), &[file("one").id]).await.unwrap(),
        [(file("one").id, first)]
    );
}
