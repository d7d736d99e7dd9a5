//! Row security: what the database itself refuses, whatever a statement forgets.

use mtchat_domain::SearchWords;
use mtchat_protocol::{AppId, DialogId};
use mtchat_storage::{DialogFilter, DialogWindow, SearchPlace, Storage, StorageError, StorageOptions};
use sqlx::{Connection, PgConnection, Row};

use crate::support::{
    Database, SHARD, epoch,
    history::{History, rule, scopes, user},
    postgres::Postgres,
};

/// Tables with no app of their own: edges may not ask them, or what they hold concerns nobody.
const OF_NO_APP: [&str; 9] = [
    "_sqlx_migrations",
    "apps",
    "dead_letters",
    "doomed_files",
    "file_sweeps",
    "indexing",
    "job_runs",
    "notifying",
    "projection",
];

/// Two apps with a dialog each.
struct TwoApps {
    database: Database,
    here: AppId,
    there: AppId,
    mine: DialogId,
    theirs: DialogId,
}

impl TwoApps {
    async fn start() -> Self {
        let database = Database::start().await;
        let (here, there) = (AppId::default_app(), AppId::new("other").unwrap());
        let mut history = History::default();
        let mine = history.create_with(&here, &["alice"], vec![rule([&["a"], &[], &[]])]);
        let theirs = history.create_with(&there, &["alice"], vec![rule([&["a"], &[], &[]])]);
        history.send("alice", mine, "hello here");
        database
            .storage
            .apply(&database.start, &history.entries)
            .await
            .unwrap();
        Self {
            database,
            here,
            there,
            mine,
            theirs,
        }
    }

    /// A storage that has one connection for both, and gives up soon.
    fn on_one_connection(&self) -> Storage {
        let mut options = StorageOptions::new(self.database.server.url());
        options.max_connections = 1;
        options.statement_timeout = std::time::Duration::from_millis(300);
        Storage::connect_lazy(&options).unwrap()
    }

    /// A connection as edges make theirs.
    async fn edge(&self) -> PgConnection {
        let mut edge = self.database.look().await;
        run(&mut edge, "SET ROLE mtchat_edge").await.unwrap();
        edge
    }
}

async fn run(connection: &mut PgConnection, sql: &'static str) -> Result<u64, sqlx::Error> {
    Ok(sqlx::raw_sql(sql).execute(connection).await?.rows_affected())
}

/// Say whose rows are to be seen, as edges do.
async fn name_app(edge: &mut PgConnection, app: &str) {
    let naming = sqlx::query("SELECT set_config('mtchat.app', $1, false)").bind(app);
    naming.execute(edge).await.unwrap();
}

async fn count(connection: &mut PgConnection, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(connection).await.unwrap()
}

async fn names(connection: &mut PgConnection, sql: &'static str) -> Vec<String> {
    sqlx::query_scalar(sql).fetch_all(connection).await.unwrap()
}

/// The code of what the server refused.
fn refused<T: std::fmt::Debug>(result: Result<T, sqlx::Error>) -> String {
    let error = result.unwrap_err();
    error.as_database_error().unwrap().code().unwrap().into_owned()
}

#[tokio::test]
async fn who_names_no_app_sees_no_row_of_any_table() {
    let apps = TwoApps::start().await;
    let mut edge = apps.edge().await;
    let tables = "SELECT c.relname::text FROM pg_class c WHERE c.relkind IN ('r', 'p') AND c.relrowsecurity
        AND c.relnamespace = current_schema()::regnamespace AND has_table_privilege(c.oid, 'SELECT')";
    let tables = names(&mut edge, tables).await;
    assert!(tables.len() >= 11, "{tables:?}");
    for table in tables {
        let sql = sqlx::AssertSqlSafe(format!("SELECT count(*) FROM {table}"));
        let seen: i64 = sqlx::query_scalar(sql).fetch_one(&mut edge).await.unwrap();
        assert_eq!(seen, 0, "{table}");
    }
    name_app(&mut edge, "default").await;
    assert_eq!(count(&mut edge, "SELECT count(*) FROM dialogs").await, 1);
    assert_eq!(
        names(&mut edge, "SELECT DISTINCT app FROM participants").await,
        ["default"]
    );
    run(&mut edge, "RESET mtchat.app").await.unwrap();
    assert_eq!(count(&mut edge, "SELECT count(*) FROM dialogs").await, 0);
}

#[tokio::test]
async fn every_table_with_an_app_is_secured_against_its_owner_too() {
    let apps = TwoApps::start().await;
    let mut look = apps.database.look().await;
    let open = "SELECT relname::text FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = current_schema()::regnamespace
        AND NOT (relrowsecurity AND relforcerowsecurity) ORDER BY 1";
    assert_eq!(names(&mut look, open).await, OF_NO_APP);
    let roles = sqlx::query(
        "SELECT rolsuper OR rolbypassrls OR rolcreaterole OR rolcanlogin AS strong FROM pg_roles WHERE rolname LIKE 'mtchat_%'",
    );
    let roles = roles.fetch_all(&mut look).await.unwrap();
    assert_eq!(roles.len(), 2);
    assert!(roles.iter().all(|role| !role.get::<bool, _>("strong")));
    let owned = "SELECT relname::text FROM pg_class WHERE pg_get_userbyid(relowner) LIKE 'mtchat_%'";
    assert_eq!(names(&mut look, owned).await, Vec::<String>::new());
}

#[tokio::test]
async fn rows_of_another_app_are_neither_written_nor_moved_nor_taken_away() {
    let apps = TwoApps::start().await;
    let mut edge = apps.edge().await;
    name_app(&mut edge, "default").await;
    let insert = "INSERT INTO last_seen (app, user_id, at) VALUES ('other', 'mallory', now())";
    assert_eq!(refused(run(&mut edge, insert).await), "42501");
    let own = "INSERT INTO last_seen (app, user_id, at) VALUES ('default', 'mallory', now())";
    run(&mut edge, own).await.unwrap();
    let moved = "UPDATE last_seen SET app = 'other'";
    assert_eq!(refused(run(&mut edge, moved).await), "42501");
    for sql in [
        "DELETE FROM dialogs",
        "UPDATE messages SET app = 'default'",
        "SELECT * FROM apps",
        "ALTER TABLE dialogs DISABLE ROW LEVEL SECURITY",
        "DROP POLICY of_one_app ON dialogs",
        "SELECT * FROM message_words",
    ] {
        assert_eq!(refused(run(&mut edge, sql).await), "42501", "{sql}");
    }
}

#[tokio::test]
async fn endpoints_of_another_app_and_all_that_is_theirs_do_not_exist() {
    const TABLES: [&str; 6] = [
        "webhook_endpoints (app, endpoint, url) VALUES ('other', 'a', 'https://host.example/')",
        "webhook_positions (app, endpoint, shard, epoch, log_seq) VALUES ('other', 'a', 0, '1-0', 0)",
        "webhook_pending (app, endpoint, shard, log_seq, dialog, fact_id, event, failures)
            VALUES ('other', 'a', 0, 1, gen_random_uuid(), gen_random_uuid(), 'message.new', 0)",
        "webhook_dead_letters (app, endpoint, shard, log_seq, dialog, fact_id, event, failures)
            VALUES ('other', 'a', 0, 1, gen_random_uuid(), gen_random_uuid(), 'message.new', 0)",
        "webhook_deliveries (app, endpoint, event_id, event, dialog, shard, log_seq, attempt, outcome, latency_ms, body_sha256, at)
            VALUES ('other', 'a', gen_random_uuid(), 'message.new', gen_random_uuid(), 0, 1, 1, 'delivered', 1, '', now())",
        "webhook_notes (app, endpoint, id, event, payload) VALUES ('other', 'a', gen_random_uuid(), 'webhook.test', '{}')",
    ];
    let apps = TwoApps::start().await;
    let (mut look, mut edge) = (apps.database.look().await, apps.edge().await);
    name_app(&mut edge, "default").await;
    for insert in TABLES {
        let table = insert.split(' ').next().unwrap();
        let sql = |text: String| sqlx::raw_sql(sqlx::AssertSqlSafe(text));
        let written = sql(format!("INSERT INTO {insert}")).execute(&mut edge).await;
        assert_eq!(refused(written), "42501", "{table}");
        sql(format!("INSERT INTO {insert}"))
            .execute(&mut look)
            .await
            .unwrap();
        let count_all = sqlx::AssertSqlSafe(format!("SELECT count(*) FROM {table}"));
        let seen: i64 = sqlx::query_scalar(count_all).fetch_one(&mut edge).await.unwrap();
        assert_eq!(seen, 0, "{table}");
    }
    for sql in [
        "DELETE FROM webhook_endpoints",
        "UPDATE webhook_deliveries SET outcome = 'delivered'",
        "UPDATE webhook_notes SET event = 'message.new'",
    ] {
        assert_eq!(refused(run(&mut edge, sql).await), "42501", "{sql}");
    }
}

#[tokio::test]
async fn the_functions_that_look_into_indexes_compare_the_app_themselves() {
    let apps = TwoApps::start().await;
    let mut edge = apps.edge().await;
    let joinable = "SELECT count(*) FROM joinable('other', '{a}', '{}', '{}')";
    assert_eq!(count(&mut edge, joinable).await, 0);
    name_app(&mut edge, "default").await;
    assert_eq!(count(&mut edge, joinable).await, 0);
    name_app(&mut edge, "other").await;
    assert_eq!(count(&mut edge, joinable).await, 1);
}

#[tokio::test]
async fn a_connection_that_served_one_app_serves_another_without_a_trace() {
    let apps = TwoApps::start().await;
    let storage = apps.on_one_connection();
    for _ in 0..3 {
        assert!(
            storage
                .dialog_view(&apps.here, apps.mine)
                .await
                .unwrap()
                .is_some()
        );
        assert!(
            storage
                .dialog_view(&apps.here, apps.theirs)
                .await
                .unwrap()
                .is_none()
        );
        assert!(
            storage
                .dialog_view(&apps.there, apps.theirs)
                .await
                .unwrap()
                .is_some()
        );
        assert!(
            storage
                .dialog_view(&apps.there, apps.mine)
                .await
                .unwrap()
                .is_none()
        );
    }
    storage.close().await;
}

#[tokio::test]
async fn what_was_given_up_half_way_leaves_nothing_on_a_connection() {
    let apps = TwoApps::start().await;
    let storage = apps.on_one_connection();
    let sessions = "SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'";
    let mut look = apps.database.look().await;
    let mut lock = look.begin().await.unwrap();
    sqlx::raw_sql("LOCK TABLE dialogs IN ACCESS EXCLUSIVE MODE")
        .execute(&mut *lock)
        .await
        .unwrap();
    let timed_out = storage.dialog_view(&apps.here, apps.mine).await;
    assert!(timed_out.is_err(), "{timed_out:?}");
    // Given up by the caller before the server answers.
    let reading = storage.dialog_view(&apps.here, apps.mine);
    let given_up = tokio::time::timeout(std::time::Duration::from_millis(50), reading).await;
    assert!(given_up.is_err());
    lock.rollback().await.unwrap();
    assert!(
        storage
            .dialog_view(&apps.there, apps.mine)
            .await
            .unwrap()
            .is_none()
    );
    assert!(
        storage
            .dialog_view(&apps.there, apps.theirs)
            .await
            .unwrap()
            .is_some()
    );
    assert_eq!(count(&mut look, sessions).await, 0);
    storage.close().await;
}

#[tokio::test]
async fn an_owner_who_is_no_superuser_can_migrate_and_serve() {
    let server = Postgres::start();
    let mut look = PgConnection::connect(&server.url()).await.unwrap();
    run(&mut look, "CREATE ROLE host LOGIN CREATEROLE").await.unwrap();
    run(&mut look, "CREATE DATABASE chat OWNER host").await.unwrap();
    let storage = serve(&server.url_of("host", "chat")).await.unwrap();
    storage.close().await;
}

#[tokio::test]
async fn who_may_make_no_roles_is_told_what_an_administrator_has_to_do() {
    let server = Postgres::start();
    let mut look = PgConnection::connect(&server.url()).await.unwrap();
    run(&mut look, "CREATE ROLE host LOGIN").await.unwrap();
    run(&mut look, "CREATE DATABASE chat OWNER host").await.unwrap();
    let told = serve(&server.url_of("host", "chat"))
        .await
        .err()
        .unwrap()
        .to_string();
    assert!(told.contains("mtchat_edge is missing"), "{told}");
    for sql in [
        "CREATE ROLE mtchat_edge NOLOGIN",
        "CREATE ROLE mtchat_worker NOLOGIN",
        "GRANT mtchat_edge, mtchat_worker TO host",
    ] {
        run(&mut look, sql).await.unwrap();
    }
    serve(&server.url_of("host", "chat")).await.unwrap().close().await;
}

/// Migrate, project, index, and read by way of each kind of index.
async fn serve(url: &str) -> Result<Storage, StorageError> {
    let storage = Storage::connect_lazy(&StorageOptions::new(url)).unwrap();
    storage.migrate().await?;
    let app = AppId::default_app();
    let mut history = History::default();
    let dialog = history.create_with(&app, &["alice"], vec![rule([&["a"], &[], &[]])]);
    history.send("alice", dialog, "hello");
    let start = storage.begin_projection(SHARD, &epoch(1)).await?;
    storage.apply(&start, &history.entries).await.unwrap();
    let indexing = storage.begin_indexing(SHARD, &epoch(1)).await?;
    let (facts, to) = crate::searching::facts(&history, 0);
    storage.index(&indexing, &facts, to).await.unwrap();
    let alice = user("alice");
    let place = SearchPlace {
        app: &app,
        user: &alice,
        dialog: None,
    };
    let words = SearchWords::new("hello").unwrap();
    let found = storage.search(place, &words, None, 10).await?;
    assert_eq!(found.results.len(), 1);
    let open = storage
        .available(
            &app,
            &user("bob"),
            &scopes([&["a"], &[], &[]]),
            &DialogFilter::default(),
            DialogWindow {
                limit: 10,
                offset: 0,
                after: None,
            },
        )
        .await?;
    assert_eq!(open.items.len(), 1);
    assert!(storage.dialog_view(&app, dialog).await?.is_some());
    Ok(storage)
}
