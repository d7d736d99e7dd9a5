//! `mtchat import`: an existing deployment comes over whole.

use std::{collections::BTreeMap, time::Duration};

use http::Method;
use mtchat_files::{FileOptions, FileStore};
use mtchat_protocol::{DialogId, MessageId, MessageView, MessagesPage, SearchPage};
use mtchat_tests::{Chat, Chats, Legacy, Look, PATIENCE, Program, System, eventually, within};
use serde_json::json;
use tokio::time::Instant;

/// How long an import of the largest of these may take.
const LONG: Duration = Duration::from_secs(120);

async fn system() -> System {
    System::with()
        .files()
        .variable("RATE_LIMIT_ENABLED", "false")
        // Nothing was said in them for long.
        .variable("ARCHIVE_AFTER_SECS", "3000000000")
        .start()
        .await
}

/// `mtchat import` from there with these arguments.
fn import(system: &System, legacy: &Legacy, arguments: &[&str]) -> Program {
    let all = [&["import"], arguments].concat();
    system.program(&all).with("IMPORT_DATABASE_URL", legacy.url())
}

/// Its exit code and what it has printed.
async fn run(program: &Program) -> (Option<i32>, String) {
    let before = program.printed().len();
    let ended = within("the import to end", LONG, program.spawn().wait_with_output()).await;
    let code = ended.expect("the child is ours to wait for").status.code();
    (code, program.printed().split_off(before))
}

/// The files of chats in a bucket of their own in the system's store.
async fn put_files(system: &System, all: &Chats, bucket: &str) {
    let options = FileOptions {
        bucket: bucket.to_owned(),
        ..system.files_ref().options()
    };
    let store = FileStore::new(options).unwrap();
    store.prepare(&["*".to_owned()]).await.unwrap();
    for (_, file) in all.files() {
        let put = store.put(&file.key, file.content_type, file.bytes.clone().into());
        put.await.unwrap();
        if let Some((key, bytes)) = &file.thumbnail {
            store.put(key, "image/png", bytes.clone().into()).await.unwrap();
        }
    }
}

/// How many rows each of our tables has.
async fn rows(system: &System) -> BTreeMap<String, i64> {
    system.database().await.row_counts().await
}

/// Somebody in a dialog, and somebody else, with messages in it that both can read.
fn busy(all: &Chats) -> &Chat {
    let busy = |chat: &&Chat| chat.people.len() >= 2 && chat.messages.len() > 20 && chat.rules.is_empty();
    all.chats.iter().skip(3).find(busy).expect("one of so many")
}

async fn unread(look: &Look<'_>, system: &System, chat: &Chat, user: &str) -> u64 {
    let detail = system.admin(0).dialog(DialogId(chat.id)).await.unwrap();
    let here = detail
        .participants
        .iter()
        .find(|one| one.user_id.as_str() == user);
    let path = format!("/api/v1/dialogs/{}/messages?limit=1", chat.id);
    let page: MessagesPage = look.ask(user, Method::GET, &path, "").await.data();
    assert_eq!(page.messages.len(), 1);
    here.unwrap().unread_count
}

/// The dialog goes on behind what was said in it there.
async fn goes_on(system: &System, chat: &Chat) {
    let look = Look::at(system);
    let (alice, bob) = (chat.people[0].user.as_str(), chat.people[1].user.as_str());
    let before = look.history(alice, DialogId(chat.id)).await;
    let was_unread = unread(&look, system, chat, bob).await;
    let path = format!("/api/v1/dialogs/{}/messages", chat.id);
    let last = before.last().unwrap();
    let body = json!({ "id": MessageId::fresh(), "content": "and on", "reply_to": last.id }).to_string();
    let sent: MessageView = look.ask(alice, Method::POST, &path, &body).await.data();
    let edits: usize = chat.messages.iter().map(|said| said.versions.len()).sum();
    assert_eq!(sent.seq, 2 + (chat.messages.len() + edits) as u64);
    let after = look.history(bob, DialogId(chat.id)).await;
    assert_eq!(after.len(), before.len() + 1);
    assert_eq!(after.last().unwrap().id, sent.id);
    assert_eq!(unread(&look, system, chat, bob).await, was_unread + 1);

    // What was said there can be changed here, and what it said before stays.
    let own = chat
        .messages
        .iter()
        .rev()
        .find(|said| said.sender.as_deref() == Some(alice));
    let own = own.expect("they said something");
    let path = format!("{path}/{}", own.id);
    let body = json!({ "content": "changed here" }).to_string();
    look.ask(alice, Method::PUT, &path, &body).await.expect(200);
    let versions: Vec<serde_json::Value> = look
        .ask(bob, Method::GET, &format!("{path}/history"), "")
        .await
        .data();
    assert_eq!(versions.len(), own.versions.len() + 1);
    assert!(
        versions
            .iter()
            .any(|version| version["content"] == own.content.as_str())
    );
}

/// Every message has a word of its own; what it says now is found, and newer messages are found first.
async fn is_found(system: &System, all: &Chats, chat: &Chat) {
    let (look, user) = (Look::at(system), chat.people[0].user.as_str());
    let number = all.chats.iter().position(|one| one.id == chat.id).unwrap();
    let said = chat
        .messages
        .iter()
        .enumerate()
        .filter(|(_, said)| said.sender.is_some());
    // The last ones: no other word begins as theirs do.
    for (at, said) in said.rev().take(20) {
        let path = format!("/api/v1/search?q=needle{number}x{at}");
        let page: SearchPage = look.ask(user, Method::GET, &path, "").await.data();
        let found: Vec<_> = page.results.iter().map(|hit| hit.message.id.0).collect();
        assert!(found.contains(&said.id), "needle{number}x{at} in {found:?}");
    }
    let page: SearchPage = look
        .ask(user, Method::GET, "/api/v1/search?q=nee&limit=50", "")
        .await
        .data();
    let times: Vec<_> = page.results.iter().map(|hit| hit.message.sent_at).collect();
    assert!(
        times.len() > 1 && times.is_sorted_by(|one, other| one >= other),
        "{times:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_import_that_is_killed_goes_on() {
    let mut system = system().await;
    let all = Chats::make(80, 300, 12_000);
    let legacy = Legacy::start(&mut system, "legacy").await;
    legacy.fill(&all).await;
    put_files(&system, &all, "legacy-files").await;
    let arguments = [
        "--files",
        "copy",
        "--files-bucket",
        "legacy-files",
        "--batch",
        "3",
    ];
    let program = import(&system, &legacy, &arguments);
    let database = system.database().await;
    for least in [6, 60] {
        let mut child = program.spawn();
        eventually("some dialogs to come", PATIENCE, async || {
            (database.row_counts().await["dialogs"] >= least).then_some(())
        })
        .await;
        // In the middle of whatever it does.
        child.start_kill().unwrap();
        child.wait().await.unwrap();
        let counts = database.row_counts().await;
        assert!(
            counts["dialogs"] < 300,
            "it was not killed in the middle: {counts:?}"
        );
        assert_eq!(counts["dialogs"], counts["imported_dialogs"]);
    }
    let (code, said) = run(&program).await;
    assert_eq!(code, Some(0), "{said}");
    assert!(
        said.contains("Everything is equal") && said.contains("had been brought before"),
        "{said}"
    );
    Look::at(&system).is_all_of(&all).await;
    let full = rows(&system).await;
    assert_eq!((full["dialogs"], full["messages"]), (300, 12_000));
    let files = i64::try_from(all.files().count()).unwrap();
    assert_eq!(full["attachments"], files);
    let copied = system.files_ref().keys_under("default/files/").await;
    let thumbnails = all.files().filter(|(_, file)| file.thumbnail.is_some());
    assert_eq!(copied.len(), usize::try_from(files).unwrap() + thumbnails.count());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_thousand_messages_come_over() {
    let mut system = system().await;
    let all = Chats::make(8, 1_000, 100_000);
    let legacy = Legacy::start(&mut system, "legacy").await;
    legacy.fill(&all).await;
    put_files(&system, &all, "legacy-files").await;
    let copied = ["--files", "copy", "--files-bucket", "legacy-files"];

    let empty = rows(&system).await;
    let (code, said) = run(&import(&system, &legacy, &[&copied[..], &["--dry-run"]].concat())).await;
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("Everything can be brought"), "{said}");
    assert_eq!(rows(&system).await, empty);

    let began = Instant::now();
    let (code, said) = run(&import(&system, &legacy, &copied)).await;
    let took = began.elapsed();
    println!("{said}\nimported in {:.1} s", took.as_secs_f64());
    assert_eq!(code, Some(0), "{said}");
    assert!(
        said.contains("Everything is equal") && !said.contains("DIFFERENT"),
        "{said}"
    );

    Look::at(&system).is_all_of(&all).await;
    let full = rows(&system).await;
    assert_eq!(full["dialogs"], 1_000);
    assert_eq!(full["messages"], 100_000);
    let users = all.messages().filter(|said| said.sender.is_some());
    assert_eq!(full["message_words"], i64::try_from(users.count()).unwrap());

    // A second one adds nothing.
    let (code, said) = run(&import(&system, &legacy, &copied)).await;
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("1000 dialogs had been brought before"), "{said}");
    assert!(!said.contains("were brought."), "{said}");
    assert_eq!(rows(&system).await, full);

    let chat = busy(&all);
    is_found(&system, &all, chat).await;
    goes_on(&system, chat).await;

    // What is in use here since is left alone.
    let (code, said) = run(&import(&system, &legacy, &copied)).await;
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("1 of them are in use here since"), "{said}");
}
