//! What `mtchat import` refuses, and what it says then.

use std::time::Duration;

use mtchat::embedded::Port;
use mtchat_protocol::DialogId;
use mtchat_tests::{Chats, FileServer, Legacy, Look, Program, System, within};
use serde_json::Value;

const LONG: Duration = Duration::from_secs(60);

fn import(system: &System, from: &str, arguments: &[&str]) -> Program {
    let all = [&["import"], arguments].concat();
    system.program(&all).with("IMPORT_DATABASE_URL", from)
}

async fn run(program: &Program) -> (Option<i32>, String) {
    let before = program.printed().len();
    let ended = within("the import to end", LONG, program.spawn().wait_with_output()).await;
    let code = ended.expect("the child is ours to wait for").status.code();
    (code, program.printed().split_off(before))
}

/// It ends with this code and says this, and nothing is here.
async fn refuses(system: &System, from: &str, arguments: &[&str], code: i32, words: &[&str]) {
    let (ended, said) = run(&import(system, from, arguments)).await;
    assert_eq!(ended, Some(code), "{said}");
    for word in words {
        assert!(said.contains(word), "{word} is not in: {said}");
    }
    assert_eq!(system.database().await.row_counts().await["dialogs"], 0);
}

#[tokio::test]
async fn a_database_that_can_not_be_read_is_refused_before_anything_is_written() {
    let mut system = System::start().await;
    let other = Legacy::bare(&mut system, "other").await;
    refuses(
        &system,
        other.url(),
        &[],
        65,
        &["missing", "the table dialogs", "the table attachments"],
    )
    .await;

    let older = Legacy::start(&mut system, "older").await;
    older
        .run(
            "ALTER TABLE messages DROP COLUMN last_edited_at; ALTER TABLE attachments DROP COLUMN thumbnail_s3_key;
            ALTER TABLE dialog_access_scopes DROP COLUMN scope_level0",
        )
        .await;
    let missing = [
        "messages.last_edited_at",
        "attachments.thumbnail_s3_key",
        "dialog_access_scopes.scope_level0",
    ];
    refuses(&system, older.url(), &[], 65, &missing).await;

    let nobody = format!(
        "postgres://nobody:hush@127.0.0.1:{}/x",
        Port::free().unwrap().number()
    );
    let (code, said) = run(&import(&system, &nobody, &[])).await;
    assert_eq!(code, Some(69), "{said}");
    assert!(
        said.contains("the other database") && !said.contains("hush"),
        "{said}"
    );
    refuses(&system, "mysql://there/x", &[], 64, &["postgres://"]).await;
    refuses(
        &system,
        older.url(),
        &["--app", "nobodys"],
        65,
        &["mtchat app create nobodys"],
    )
    .await;
    refuses(&system, older.url(), &["--files", "keep"], 78, &["S3_ENDPOINT"]).await;
}

#[tokio::test]
async fn an_older_schema_is_read_where_it_says_the_same() {
    let mut system = System::start().await;
    let older = Legacy::start(&mut system, "older").await;
    older
        .run(
            "ALTER TABLE dialogs DROP COLUMN meta; ALTER TABLE dialogs DROP COLUMN object_url;
            ALTER TABLE dialogs ALTER COLUMN object_id TYPE uuid USING object_id::uuid;
            ALTER TABLE dialog_access_scopes DROP COLUMN scope_level0;
            ALTER TABLE dialog_access_scopes ADD COLUMN tenant_uid uuid;
            INSERT INTO dialogs (id, object_id, object_type) VALUES
                ('01890000-0000-7000-8000-000000000001', '11111111-1111-4111-8111-111111111111', 'order');
            INSERT INTO dialog_access_scopes (id, dialog_id, tenant_uid) VALUES
                (gen_random_uuid(), '01890000-0000-7000-8000-000000000001', '22222222-2222-4222-8222-222222222222')",
        )
        .await;
    let (code, said) = run(&import(&system, older.url(), &[])).await;
    assert_eq!(code, Some(0), "{said}");
    let id = DialogId("01890000-0000-7000-8000-000000000001".parse().unwrap());
    let here = system.admin(0).dialog(id).await.unwrap();
    assert_eq!(
        here.dialog.object_id.as_str(),
        "11111111-1111-4111-8111-111111111111"
    );
    let tenant = here.access_scopes[0].tenant_uid.as_ref();
    assert_eq!(tenant.unwrap().as_str(), "22222222-2222-4222-8222-222222222222");
}

#[tokio::test]
async fn what_can_not_come_over_is_named_and_the_rest_comes() {
    let mut system = System::start().await;
    let all = Chats::make(3, 12, 400);
    let legacy = Legacy::start(&mut system, "legacy").await;
    legacy.fill(&all).await;
    legacy.run("DELETE FROM attachments").await;
    let [bad, worse] = [&all.chats[4], &all.chats[5]];
    legacy
        .run(&format!(
            "UPDATE dialogs SET object_id = '' WHERE id = '{}';
            UPDATE dialog_participants SET user_id = '' WHERE dialog_id = '{}' AND user_id = '{}'",
            bad.id, worse.id, worse.people[0].user
        ))
        .await;
    let report = system.directory().join("report.jsonl");
    let report = report.to_str().unwrap();
    let (code, said) = run(&import(&system, legacy.url(), &["--dry-run", "--report", report])).await;
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("Not everything can be brought"), "{said}");
    let (code, said) = run(&import(&system, legacy.url(), &["--report", report])).await;
    assert_eq!(code, Some(1), "{said}");
    assert!(
        said.contains("2 dialogs can not be brought") && !said.contains("DIFFERENT"),
        "{said}"
    );
    let lines = std::fs::read_to_string(report).unwrap();
    let notes: Vec<Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let refused: Vec<&str> = notes
        .iter()
        .filter(|note| note["did"] == "refused")
        .map(|note| note["dialog"].as_str().unwrap())
        .collect();
    assert_eq!(refused, [bad.id.to_string(), worse.id.to_string()]);
    assert_eq!(system.database().await.row_counts().await["dialogs"], 10);

    // Mended there, they come with the next run.
    legacy
        .run(&format!(
            "UPDATE dialogs SET object_id = '4' WHERE id = '{}';
            UPDATE dialog_participants SET user_id = 'somebody' WHERE user_id = ''",
            bad.id
        ))
        .await;
    let (code, said) = run(&import(&system, legacy.url(), &[])).await;
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("2 dialogs were brought"), "{said}");

    // What is deleted here does not come back, and what changes there is not taken for what came.
    system.admin(0).delete(DialogId(bad.id)).await;
    legacy
        .run(&format!(
            "UPDATE dialogs SET title = 'another' WHERE id = '{}'",
            worse.id
        ))
        .await;
    let (code, said) = run(&import(&system, legacy.url(), &[])).await;
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("1 dialogs have been deleted here"), "{said}");
    assert!(said.contains("1 dialogs have changed there"), "{said}");
    assert_eq!(system.admin(0).dialog(DialogId(bad.id)).await, None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_come_from_another_store_or_stay_where_they_are() {
    let mut system = System::with()
        .files()
        .variable("RATE_LIMIT_ENABLED", "false")
        // Nothing was said in them for long.
        .variable("ARCHIVE_AFTER_SECS", "3000000000")
        .start()
        .await;
    let all = Chats::make(77, 40, 4_000);
    let legacy = Legacy::start(&mut system, "legacy").await;
    legacy.fill(&all).await;
    assert!(all.files().count() > 3);
    refuses(&system, legacy.url(), &[], 64, &["--files copy", "--files keep"]).await;

    // From another store; one of the files is lost there.
    let elsewhere = FileServer::start().await;
    let without = |(_, file): &(&mtchat_tests::Chat, &mtchat_tests::LegacyFile)| file.thumbnail.is_none();
    let lost = all.files().find(without).unwrap().1.key.clone();
    for (_, file) in all.files().filter(|(_, file)| file.key != lost) {
        elsewhere
            .put(&file.key, file.content_type, file.bytes.clone())
            .await;
        if let Some((key, bytes)) = &file.thumbnail {
            elsewhere.put(key, "image/png", bytes.clone()).await;
        }
    }
    let there = elsewhere.options();
    let program = import(&system, legacy.url(), &["--files", "copy"])
        .with("IMPORT_S3_ENDPOINT", &there.endpoint)
        .with("IMPORT_S3_BUCKET", &there.bucket)
        .with("IMPORT_S3_ACCESS_KEY_ID", &there.access_key_id)
        .with("IMPORT_S3_SECRET_ACCESS_KEY", &there.secret_access_key);
    let (code, said) = run(&program).await;
    assert_eq!(code, Some(1), "{said}");
    assert!(
        said.contains("1 files have no bytes") && !said.contains("DIFFERENT"),
        "{said}"
    );

    // It is found again, and comes with the next run.
    let (_, file) = all.files().find(|(_, file)| file.key == lost).unwrap();
    elsewhere
        .put(&file.key, file.content_type, file.bytes.clone())
        .await;
    let (code, said) = run(&program).await;
    assert_eq!(code, Some(0), "{said}");
    Look::at(&system).is_all_of(&all).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_that_lie_in_our_bucket_stay() {
    let mut system = System::with()
        .files()
        .variable("RATE_LIMIT_ENABLED", "false")
        // Nothing was said in them for long.
        .variable("ARCHIVE_AFTER_SECS", "3000000000")
        .start()
        .await;
    let all = Chats::make(78, 30, 3_000);
    let legacy = Legacy::start(&mut system, "legacy").await;
    legacy.fill(&all).await;
    let store = system.files_ref().store().clone();
    store.prepare(&["*".to_owned()]).await.unwrap();
    for (_, file) in all.files() {
        let put = store.put(&file.key, file.content_type, file.bytes.clone().into());
        put.await.unwrap();
        if let Some((key, bytes)) = &file.thumbnail {
            store.put(key, "image/png", bytes.clone().into()).await.unwrap();
        }
    }
    let (code, said) = run(&import(&system, legacy.url(), &["--files", "keep"])).await;
    assert_eq!(code, Some(0), "{said}");
    Look::at(&system).is_all_of(&all).await;
    assert!(system.files_ref().keys_under("default/files/").await.is_empty());
}
