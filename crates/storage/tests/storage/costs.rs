//! What a message costs the database does not depend on how many take part.

use mtchat_protocol::DialogId;
use mtchat_storage::{Projection, Storage, StorageOptions};

use crate::support::{Database, history::History};

const MESSAGES: i64 = 20;

/// Rows written since the statistics began. A session tells of what it did when it ends, so all others must have ended.
async fn rows_written(database: &Database) -> i64 {
    let mut look = database.look().await;
    let others = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()";
    while sqlx::query_scalar::<_, i64>(others)
        .fetch_one(&mut look)
        .await
        .unwrap()
        > 0
    {}
    sqlx::query_scalar("SELECT sum(n_tup_ins + n_tup_upd + n_tup_del)::bigint FROM pg_stat_user_tables")
        .fetch_one(&mut look)
        .await
        .unwrap()
}

/// What a number of messages into a dialog writes, one batch each.
async fn cost(database: &mut Database, history: &mut History, at: &mut Projection, dialog: DialogId) -> i64 {
    database.storage.close().await;
    let before = rows_written(database).await;
    database.storage = Storage::connect_lazy(&StorageOptions::new(database.server.url())).unwrap();
    for number in 0..MESSAGES {
        let from = history.entries.len();
        history.send("u1", dialog, &number.to_string());
        let applied = database.storage.apply(at, &history.entries[from..]).await;
        *at = applied.unwrap();
    }
    database.storage.close().await;
    let after = rows_written(database).await;
    database.storage = Storage::connect_lazy(&StorageOptions::new(database.server.url())).unwrap();
    after - before
}

#[tokio::test]
async fn a_message_writes_as_many_rows_in_a_dialog_of_a_thousand_as_in_one_of_three() {
    let names: Vec<String> = (0..1_000).map(|number| format!("u{number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut history = History::default();
    let small = history.create(&names[..3]);
    let large = history.create(&names);
    let mut database = Database::start().await;
    let mut at = database
        .storage
        .apply(&database.start, &history.entries)
        .await
        .unwrap();
    let few = cost(&mut database, &mut history, &mut at, small).await;
    let many = cost(&mut database, &mut history, &mut at, large).await;
    assert_eq!(few, many);
    // The message, the dialog's head, the sender's pointer, the projection.
    assert_eq!(few, 4 * MESSAGES);
}
