//! The database away, back, and new.

use mtchat_protocol::AppId;
use mtchat_storage::{ApplyError, Storage, StorageError, StorageOptions};

use crate::support::{Database, history::History, postgres::Postgres};

#[tokio::test]
async fn a_database_that_is_away_is_unavailable_and_comes_back_without_a_restart() {
    let database = Database::start().await;
    let mut history = History::default();
    let dialog = history.create(&["alice"]);
    history.send("alice", dialog, "one");
    let (app, storage) = (AppId::default_app(), &database.storage);
    let to = storage
        .apply(&database.start, &history.entries[..1])
        .await
        .unwrap();
    database.server.down();
    assert!(matches!(
        storage.dialog_view(&app, dialog).await,
        Err(StorageError::Unavailable(_))
    ));
    assert!(matches!(storage.ping().await, Err(StorageError::Unavailable(_))));
    for _ in 0..2 {
        let refused = storage.apply(&to, &history.entries).await;
        assert!(
            matches!(refused, Err(ApplyError::Storage(StorageError::Unavailable(_)))),
            "{refused:?}"
        );
    }
    database.server.up();
    storage.ping().await.unwrap();
    assert_eq!(storage.apply(&to, &history.entries).await.unwrap().log_seq, 2);
    assert!(storage.dialog_view(&app, dialog).await.unwrap().is_some());
}

#[tokio::test]
async fn replicas_that_start_at_once_migrate_once() {
    let server = Postgres::start();
    let storages: Vec<_> = (0..6)
        .map(|_| Storage::connect_lazy(&StorageOptions::new(server.url())).unwrap())
        .collect();
    assert!(storages[0].migrations_pending().await.unwrap() > 0);
    let starting: Vec<_> = storages
        .iter()
        .cloned()
        .map(|storage| tokio::spawn(async move { storage.migrate().await }))
        .collect();
    for start in starting {
        start.await.unwrap().unwrap();
    }
    assert_eq!(storages[1].migrations_pending().await.unwrap(), 0);
    storages[2].migrate().await.unwrap();
    let facts = storages[3].server_facts().await.unwrap();
    assert!(facts.version >= 150_000);
    assert!((facts.clock.micros() - mtchat_protocol::Timestamp::now().micros()).abs() < 60_000_000);
    for storage in storages {
        storage.close().await;
    }
}

#[tokio::test]
async fn an_unreachable_database_is_no_obstacle_to_a_start() {
    let mut options = StorageOptions::new("postgres://nobody@127.0.0.1:1/none");
    options.acquire_timeout = std::time::Duration::from_millis(200);
    let storage = Storage::connect_lazy(&options).unwrap();
    assert!(matches!(storage.ping().await, Err(StorageError::Unavailable(_))));
    assert!(matches!(
        storage.migrate().await,
        Err(StorageError::Unavailable(_))
    ));
    assert!(Storage::connect_lazy(&StorageOptions::new("not a url")).is_err());
}
