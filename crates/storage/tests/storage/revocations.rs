//! Whose tokens are not good any more.

use mtchat_protocol::{AppId, Revocation, Timestamp, UserId};
use sqlx::Row;

use crate::support::Database;

fn app(name: &str) -> AppId {
    AppId::new(name).unwrap()
}

fn user(name: &str) -> UserId {
    UserId::new(name).unwrap()
}

fn at(micros: i64) -> Timestamp {
    Timestamp::from_micros(micros)
}

fn users(revocations: &[Revocation]) -> Vec<&str> {
    revocations
        .iter()
        .map(|revocation| revocation.user.as_str())
        .collect()
}

#[tokio::test]
async fn what_was_revoked_is_never_good_again() {
    let database = Database::start().await;
    let storage = &database.storage;
    let (one, alice) = (app("one"), user("alice"));
    let first = storage.revoke_before(&one, &alice, at(2_000)).await.unwrap();
    let second = storage.revoke_before(&one, &alice, at(1_000)).await.unwrap();
    assert_eq!(second.revoked.not_before, Some(at(2_000)));
    assert!(second.revoked.changed_at > first.revoked.changed_at);
    let banned = storage.ban(&one, &alice).await.unwrap();
    assert!(banned.revoked.banned);
    let unbanned = storage.unban(&one, &alice).await.unwrap().unwrap();
    assert_eq!(
        (unbanned.revoked.banned, unbanned.revoked.not_before),
        (false, Some(at(2_000)))
    );
    assert!(unbanned.revoked.changed_at > banned.revoked.changed_at);
    assert_eq!(storage.unban(&one, &alice).await.unwrap(), None);
}

#[tokio::test]
async fn a_host_changes_only_users_of_its_own_app() {
    let database = Database::start().await;
    let storage = &database.storage;
    storage.ban(&app("one"), &user("alice")).await.unwrap();
    assert_eq!(storage.unban(&app("two"), &user("alice")).await.unwrap(), None);
    storage.ban(&app("two"), &user("alice")).await.unwrap();
    storage.unban(&app("two"), &user("alice")).await.unwrap().unwrap();
    let in_force = storage.revocations_in_force(at(0), None).await.unwrap();
    assert_eq!(in_force.len(), 1);
    assert_eq!(
        (in_force[0].app.as_str(), in_force[0].revoked.banned),
        ("one", true)
    );
}

#[tokio::test]
async fn an_edge_reads_first_what_is_in_force_and_then_what_has_changed() {
    let database = Database::start().await;
    let storage = &database.storage;
    let one = app("one");
    storage
        .revoke_before(&one, &user("old"), at(1_000))
        .await
        .unwrap();
    storage
        .revoke_before(&one, &user("new"), at(9_000))
        .await
        .unwrap();
    storage.ban(&one, &user("banned")).await.unwrap();
    let pardoned = storage.ban(&one, &user("pardoned")).await.unwrap();
    storage.unban(&one, &user("pardoned")).await.unwrap();

    let in_force = storage.revocations_in_force(at(5_000), None).await.unwrap();
    assert_eq!(users(&in_force), ["new", "banned"]);
    let rest = storage
        .revocations_in_force(at(5_000), in_force.first())
        .await
        .unwrap();
    assert_eq!(users(&rest), ["banned"]);
    let end = storage
        .revocations_in_force(at(5_000), rest.last())
        .await
        .unwrap();
    assert!(end.is_empty());

    let since = pardoned.revoked.changed_at;
    let changed = storage.revocations_changed(since, None).await.unwrap();
    assert_eq!(users(&changed), ["pardoned"]);
    assert!(!changed[0].revoked.banned);
    let end = storage.revocations_changed(since, changed.last()).await.unwrap();
    assert!(end.is_empty());
}

#[tokio::test]
async fn looking_for_changes_reads_the_index_and_not_the_table() {
    let database = Database::start().await;
    let mut look = database.look().await;
    sqlx::query(
        "INSERT INTO revocations (app, user_id, banned, changed_at)
        SELECT 'one', 'user-' || n, true, now() - n * interval '1 second' FROM generate_series(1, 20000) n",
    )
    .execute(&mut look)
    .await
    .unwrap();
    sqlx::query("ANALYZE revocations")
        .execute(&mut look)
        .await
        .unwrap();
    let plan = sqlx::query(
        "EXPLAIN SELECT app, user_id, banned, not_before, changed_at FROM revocations
        WHERE (changed_at, app, user_id) > (now() - interval '10 seconds', '', '')
        ORDER BY changed_at, app, user_id LIMIT 5000",
    )
    .fetch_all(&mut look)
    .await
    .unwrap();
    let plan: Vec<String> = plan.iter().map(|row| row.get(0)).collect();
    let plan = plan.join("\n");
    assert!(plan.contains("revocations_by_change"), "{plan}");
    assert!(!plan.contains("Seq Scan") && !plan.contains("Sort"), "{plan}");
}
