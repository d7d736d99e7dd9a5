//! Large dialogs, and who was in them when.

use mtchat_domain::Command;
use mtchat_protocol::AppId;

use crate::support::{Database, history::History};

fn app() -> AppId {
    AppId::default_app()
}

#[tokio::test]
async fn a_message_writes_rows_independent_of_the_number_of_members() {
    let database = Database::start().await;
    let mut history = History::default();
    let people: Vec<String> = (0..300).map(|n| format!("user {n}")).collect();
    let people: Vec<&str> = people.iter().map(String::as_str).collect();
    let dialog = history.create(&people);
    history.send("user 7", dialog, "hi");
    let to = database
        .storage
        .apply(&database.start, &history.entries[..1])
        .await
        .unwrap();
    let mut look = database.look().await;
    let changed = "SELECT count(*) FROM participants WHERE xmin::text::bigint > $1";
    let before: i64 = sqlx::query_scalar("SELECT txid_current()")
        .fetch_one(&mut look)
        .await
        .unwrap();
    database.storage.apply(&to, &history.entries).await.unwrap();
    let changed: i64 = sqlx::query_scalar(changed)
        .bind(before)
        .fetch_one(&mut look)
        .await
        .unwrap();
    assert_eq!(changed, 1);

    let rev = history.dialogs[&(app(), dialog)].state.members_rev;
    let members = database
        .storage
        .members_at(&app(), dialog, rev)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(members, history.dialogs[&(app(), dialog)].state.members);
    assert_eq!(
        database
            .storage
            .members_at(&app(), dialog, rev + 1)
            .await
            .unwrap(),
        None
    );
}

#[tokio::test]
async fn who_left_is_no_member_but_was_one_at_an_earlier_revision() {
    let database = Database::start().await;
    let mut history = History::default();
    let dialog = history.create(&["alice", "bob"]);
    history.by("bob", dialog, Command::Leave);
    database
        .storage
        .apply(&database.start, &history.entries)
        .await
        .unwrap();
    let names = async |rev| -> Vec<String> {
        let members = database
            .storage
            .members_at(&app(), dialog, rev)
            .await
            .unwrap()
            .unwrap();
        members.iter().map(|member| member.user.to_string()).collect()
    };
    assert_eq!(names(1).await, ["alice", "bob"]);
    assert_eq!(names(2).await, ["alice"]);
    let personal: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM participants WHERE NOT present AND num_nonnulls(email, phone) > 0",
    )
    .fetch_one(&mut database.look().await)
    .await
    .unwrap();
    assert_eq!(personal, 0);
}
