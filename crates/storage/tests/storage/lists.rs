//! Lists of dialogs: whom a rule lets in, what a search finds, and how all of it is looked up.

use std::collections::BTreeSet;

use mtchat_domain::caller_matches;
use mtchat_protocol::{AccessRule, AppId, DialogId, ObjectId, ObjectType, ScopeValue, Scopes};
use mtchat_storage::{DialogFilter, DialogWindow, ObjectFilter, Storage, StorageOptions};
use proptest::{
    collection::vec,
    prelude::*,
    strategy::ValueTree,
    test_runner::{Config, TestRunner},
};
use sqlx::AssertSqlSafe;

use crate::support::{
    Database,
    history::{History, rule, scopes, user},
};

const ALL: DialogWindow = DialogWindow {
    limit: 1_000,
    offset: 0,
    after: None,
};

fn app() -> AppId {
    AppId::default_app()
}

async fn stored(history: &History) -> Database {
    let database = Database::start().await;
    let applied = database.storage.apply(&database.start, &history.entries).await;
    applied.unwrap();
    database
}

async fn change(database: &Database, sql: &str) {
    sqlx::query(AssertSqlSafe(sql.to_owned()))
        .execute(&mut database.look().await)
        .await
        .unwrap();
}

async fn mine(database: &Database, filter: &DialogFilter, window: DialogWindow) -> Vec<DialogId> {
    let storage = &database.storage;
    let page = storage
        .participating(&app(), &user("alice"), filter, window)
        .await;
    page.unwrap().items.iter().map(|item| item.dialog.id).collect()
}

fn some_scopes() -> impl Strategy<Value = Scopes> {
    let level = || {
        let value = prop::sample::select(vec!["a", "b", "/"]);
        vec(value.prop_map(|value| ScopeValue::new(value).unwrap()), 0..3)
    };
    (level(), level(), level()).prop_map(|(scope_level0, scope_level1, scope_level2)| Scopes {
        scope_level0,
        scope_level1,
        scope_level2,
    })
}

#[test]
fn the_database_lets_in_whom_the_domain_lets_in() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut sampler = TestRunner::new(Config::default());
    let mut some = || vec(some_scopes(), 0..3).new_tree(&mut sampler).unwrap().current();
    let mut history = History::default();
    let mut dialogs: Vec<(DialogId, Vec<AccessRule>)> = Vec::new();
    for _ in 0..150 {
        let rules: Vec<_> = some()
            .into_iter()
            .map(|scopes| AccessRule {
                scopes,
                ..rule([&[], &[], &[]])
            })
            .collect();
        dialogs.push((history.create_with(&app(), &["alice"], rules.clone()), rules));
    }
    let callers: Vec<_> = (0..60).flat_map(|_| some()).collect();
    let object = (ObjectType::new("order").unwrap(), ObjectId::new("1").unwrap());
    let both = ObjectFilter {
        participating: true,
        available: true,
        ..ObjectFilter::default()
    };
    runtime.block_on(async {
        let database = stored(&history).await;
        let (storage, carol) = (&database.storage, user("carol"));
        for held in callers.iter().chain([&Scopes::default()]) {
            let expected: BTreeSet<_> = dialogs
                .iter()
                .filter(|(_, rules)| caller_matches(held, rules))
                .map(|(id, _)| id.0)
                .collect();
            let listed = storage
                .available(&app(), &carol, held, &DialogFilter::default(), ALL)
                .await
                .unwrap();
            let found: BTreeSet<_> = listed.items.iter().map(|item| item.dialog.id.0).collect();
            assert_eq!(found, expected, "available to {held:?}");
            let listed = storage
                .dialogs_of_object(&app(), &carol, held, (&object.0, &object.1), &both, None)
                .await
                .unwrap();
            let found: BTreeSet<_> = listed.iter().map(|item| item.dialog.id.0).collect();
            assert_eq!(found, expected, "of the object, for {held:?}");
        }
    });
}

#[tokio::test]
async fn only_the_newest_rules_count_and_a_deleted_dialog_is_nowhere() {
    let mut history = History::default();
    let open = [rule([&["t"], &[], &[]])];
    let changed = history.create_with(&app(), &["alice"], open.to_vec());
    let gone = history.create_with(&app(), &["alice"], open.to_vec());
    let stays = history.create_with(&app(), &["alice"], open.to_vec());
    let other = vec![rule([&["other"], &[], &[]])];
    assert!(history.host(
        &app(),
        changed,
        mtchat_domain::Command::ReplaceScopes {
            rules: other,
            former: Vec::new()
        }
    ));
    assert!(history.host(&app(), gone, mtchat_domain::Command::Delete { rules: Vec::new() }));
    let database = stored(&history).await;
    let held = scopes([&["t"], &[], &[]]);
    let listed = database
        .storage
        .available(&app(), &user("carol"), &held, &DialogFilter::default(), ALL)
        .await
        .unwrap();
    let found: Vec<_> = listed.items.iter().map(|item| item.dialog.id).collect();
    assert_eq!(found, [stays]);
    let own = mine(&database, &DialogFilter::default(), ALL).await;
    assert_eq!(
        BTreeSet::from_iter(own.iter().map(|id| id.0)),
        BTreeSet::from([changed.0, stays.0])
    );
}

#[tokio::test]
async fn paging_by_cursor_shows_the_rest_once_while_others_become_active() {
    let mut history = History::default();
    let dialogs: Vec<_> = (0..9).map(|_| history.create(&["alice", "bob"])).collect();
    let database = stored(&history).await;
    change(&database, "UPDATE participants SET pinned = true WHERE user_id = 'alice' AND dialog IN (SELECT id FROM dialogs ORDER BY id LIMIT 2)").await;
    let storage = &database.storage;
    let mut seen = Vec::new();
    let mut after = None;
    loop {
        let window = DialogWindow {
            limit: 2,
            offset: 0,
            after,
        };
        let page = storage
            .participating(&app(), &user("alice"), &DialogFilter::default(), window)
            .await
            .unwrap();
        seen.extend(page.items.iter().map(|item| item.dialog.id));
        // What was shown becomes active again: it moves before the cursor and does not come twice.
        let shown = page.items.last().unwrap().dialog.id;
        change(
            &database,
            &format!("UPDATE dialogs SET active_at = now() + interval '1 h' WHERE id = '{shown}'"),
        )
        .await;
        match page.next {
            Some(next) => after = Some(next),
            None => break,
        }
    }
    assert_eq!(seen.len(), dialogs.len());
    assert_eq!(
        BTreeSet::from_iter(seen.iter().map(|id| id.0)),
        BTreeSet::from_iter(dialogs.iter().map(|id| id.0))
    );
}

/// Twenty thousand dialogs, a thousand of them Alice's; every list is looked up by indexes, and of the rules only few are read.
#[tokio::test]
async fn no_list_reads_a_table_from_end_to_end() {
    let mut database = stored(&History::default()).await;
    for sql in [
        "INSERT INTO dialogs (app, id, seq, count, log_seq, members_rev, rules_seq, created_at, active_at, frozen,
            object_type, object_id, rules_key)
        SELECT 'default', md5(n::text)::uuid, 1, 5, n, 1, 1, now(), now() - n * interval '1 s', false, 'order', n::text, ''
        FROM generate_series(1, 20000) n",
        "INSERT INTO participants (app, dialog, user_id, joined_seq, changed_seq, joined_at, position, present,
            joined_as, display_name, company)
        SELECT 'default', md5(n::text)::uuid, CASE WHEN n <= 1000 THEN 'alice' ELSE 'u' || n END, 1, 1, now(), 0, true,
            'participant', 'A', 'Acme'
        FROM generate_series(1, 20000) n",
        "INSERT INTO access_rules (app, dialog, seq, position, id, created_at, level0, level1, level2)
        SELECT 'default', md5(n::text)::uuid, 1, 0, md5(n::text)::uuid, now(), ARRAY['t' || n / 100], '{}', '{}'
        FROM generate_series(1, 20000) n",
        "ANALYZE",
    ] {
        change(&database, sql).await;
    }
    database.storage.close().await;
    let before = scans(&database).await;
    database.storage = Storage::connect_lazy(&StorageOptions::new(database.server.url())).unwrap();
    let searched = DialogFilter {
        search: Some("acme".to_owned()),
        ..DialogFilter::default()
    };
    let first = DialogWindow { limit: 50, ..ALL };
    assert_eq!(mine(&database, &searched, first).await.len(), 50);
    let (storage, alice, held) = (&database.storage, user("alice"), scopes([&["t150"], &[], &[]]));
    let available = storage.available(&app(), &alice, &held, &searched, ALL).await;
    assert_eq!(available.unwrap().items.len(), 100);
    let object = (ObjectType::new("order").unwrap(), ObjectId::new("7").unwrap());
    let both = ObjectFilter {
        participating: true,
        available: true,
        ..ObjectFilter::default()
    };
    let of_object = storage
        .dialogs_of_object(&app(), &alice, &held, (&object.0, &object.1), &both, None)
        .await;
    assert_eq!(of_object.unwrap().len(), 1);
    let unread = storage.total_unread(&app(), &alice).await.unwrap();
    assert_eq!(unread.dialogs, 1_000);
    database.storage.close().await;
    let after = scans(&database).await;
    assert_eq!(after.0, before.0, "a table was read from end to end");
    let read = after.1 - before.1;
    assert!(read < 5_000, "{read} rules were read");
}

/// Sequential scans of all tables, and rows of rules fetched. A session tells of what it did when it ends, so all others must have
/// ended.
async fn scans(database: &Database) -> (i64, i64) {
    let mut look = database.look().await;
    let others = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()";
    while sqlx::query_scalar::<_, i64>(others)
        .fetch_one(&mut look)
        .await
        .unwrap()
        > 0
    {}
    sqlx::query_as(
        "SELECT (SELECT sum(seq_scan) FROM pg_stat_user_tables)::bigint,
            (SELECT idx_tup_fetch FROM pg_stat_user_tables WHERE relname = 'access_rules')::bigint",
    )
    .fetch_one(&mut look)
    .await
    .unwrap()
}
