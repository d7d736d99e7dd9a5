//! Forgetting a person: nothing that they wrote, and nothing of who they were, is left anywhere.

use std::{fs, path::Path};

use http::Method;
use mtchat_protocol::{AuditAction, AuditEntryView, DialogId, ErasureView, MessageView};
use mtchat_tests::{Admin, PATIENCE, System, User, eventually};
use serde_json::json;

/// Stands in everything that the person wrote and is.
const CANARY: &str = "canary7f3e";

async fn add(admin: &Admin, dialog: DialogId, user: &str) {
    let profile = json!({
        "user_id": user, "display_name": format!("{user} {CANARY}"), "company": format!("{CANARY} Ltd"),
        "email": format!("{CANARY}@example.com"), "phone": format!("+1 {CANARY}"),
    });
    let path = format!("/dialogs/{dialog}/participants");
    admin
        .ask(Method::POST, &path, &profile.to_string())
        .await
        .expect(201);
}

async fn say(user: &User, dialog: DialogId, text: &str) -> MessageView {
    let path = format!("/api/v1/dialogs/{dialog}/messages");
    let body = json!({ "content": text }).to_string();
    user.ask(Method::POST, &path, &body).await.expect(200).data()
}

async fn erase(admin: &Admin, user: &str) -> ErasureView {
    admin
        .ask(Method::POST, &format!("/users/{user}/erase"), "")
        .await
        .expect(202)
        .data()
}

async fn forgotten(admin: &Admin, user: &str) -> ErasureView {
    let path = format!("/users/{user}/erase");
    eventually("the person is forgotten", PATIENCE * 3, async || {
        let view: ErasureView = admin.ask(Method::GET, &path, "").await.data();
        view.finished_at.is_some().then_some(view)
    })
    .await
}

/// The files below a directory in which the canary stands.
fn files_with_canary(directory: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files_with_canary(&path));
        } else if fs::read(&path).is_ok_and(|bytes| holds_canary(&bytes)) {
            found.push(path.display().to_string());
        }
    }
    found
}

fn holds_canary(bytes: &[u8]) -> bool {
    bytes
        .windows(CANARY.len())
        .any(|window| window == CANARY.as_bytes())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_of_a_forgotten_person_is_left_anywhere() {
    let system = System::start().await;
    let admin = system.admin(0);
    let [bob] = system.dialog().between(["bob"]).await;
    let [alice] = system.dialog().between(["alice"]).await;
    let (here, left, gone) = (bob.dialog(), bob_in_another(&system).await, alice.dialog());
    add(&admin, here, "alice").await;
    let first = say(&alice, here, &format!("one {CANARY}")).await;
    let path = format!("/api/v1/dialogs/{here}/messages/{}", first.id);
    let edit = json!({ "content": format!("edited {CANARY}") }).to_string();
    alice.ask(Method::PUT, &path, &edit).await.expect(200);
    say(&alice, here, &format!("two {CANARY}")).await;
    bob.send("mine").await;
    // One that she has left, and one that has ended.
    add(&admin, left, "alice").await;
    say(&alice, left, &format!("three {CANARY}")).await;
    admin.remove(left, "alice").await;
    alice.send(&format!("four {CANARY}")).await;
    admin.delete(gone).await;
    assert!(
        !files_with_canary(&system.directory().join("nats")).is_empty(),
        "the log does hold the canary before"
    );

    let asked = erase(&admin, "alice").await;
    assert_eq!((asked.finished_at, asked.user_id.as_str()), (None, "alice"));
    assert_eq!(
        erase(&admin, "alice").await.requested_at,
        asked.requested_at,
        "a repeat changes nothing"
    );
    alice.ask(Method::GET, "/api/v1/dialogs", "").await.expect(401);
    let done = forgotten(&admin, "alice").await;
    assert_eq!((done.dialogs, done.messages), (2, 3));
    assert!(done.facts >= 8, "{done:?}");

    for path in [
        format!("/api/v1/dialogs/{here}"),
        format!("/api/v1/dialogs/{here}/messages"),
        format!("/api/v1/dialogs/{left}/messages"),
        format!("/api/v1/dialogs/{here}/participants"),
        "/api/v1/dialogs".to_owned(),
        format!("/api/v1/search?q={CANARY}"),
    ] {
        let answer = bob.ask(Method::GET, &path, "").await.expect(200);
        assert!(!holds_canary(&answer.body), "{path}: {answer}");
    }
    for path in [
        format!("/dialogs/{here}"),
        format!("/dialogs/{left}/export"),
        "/audit".to_owned(),
    ] {
        let answer = admin.ask(Method::GET, &path, "").await.expect(200);
        assert!(!holds_canary(&answer.body), "{path}: {answer}");
    }
    let files = files_with_canary(&system.directory().join("nats"));
    assert!(files.is_empty(), "the log's files hold the canary: {files:?}");
    let tables = system.database().await.tables_with(CANARY).await;
    assert!(tables.is_empty(), "tables hold the canary: {tables:?}");

    // Life goes on: the dialogs take messages, and Bob has seen the others go.
    bob.send("still here").await;
    say(&bob, left, "and there").await;
    assert_eq!(bob.reads().await, ["mine", "still here"]);
    let audit: Vec<AuditEntryView> = admin.ask(Method::GET, "/audit", "").await.data();
    let erasures = audit
        .iter()
        .filter(|entry| entry.action == AuditAction::UserErased);
    assert_eq!(erasures.count(), 1);
}

async fn bob_in_another(system: &System) -> DialogId {
    let [bob] = system.dialog().offline().between(["bob"]).await;
    bob.dialog()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_erasure_that_was_interrupted_is_finished_by_another_worker() {
    let system = System::with().workers(2).start().await;
    let admin = system.admin(0);
    let [bob, alice] = system.dialog().between(["bob", "alice"]).await;
    for number in 0..20 {
        alice.send(&format!("{number} {CANARY}")).await;
    }
    erase(&admin, "alice").await;
    // Whichever of them holds the role now: in the middle of it, or before it began.
    eventually("she is taken out of the dialog", PATIENCE, async || {
        let dialog = admin.dialog(bob.dialog()).await.expect("it is there");
        (dialog.participants.len() == 1).then_some(())
    })
    .await;
    system.worker(0).kill().await;
    let done = forgotten(&admin, "alice").await;
    assert!(done.finished_at.is_some());
    assert_eq!(bob.reads().await, Vec::<String>::new());
    let tables = system.database().await.tables_with(CANARY).await;
    assert!(tables.is_empty(), "tables hold the canary: {tables:?}");
    let files = files_with_canary(&system.directory().join("nats"));
    assert!(files.is_empty(), "the log's files hold the canary: {files:?}");
}

#[tokio::test]
async fn nobody_is_forgotten_unasked_and_other_apps_are_not_touched() {
    let system = System::start().await;
    let admin = system.admin(0);
    admin.ask(Method::GET, "/users/alice/erase", "").await.expect(404);
    let done = {
        erase(&admin, "stranger").await;
        forgotten(&admin, "stranger").await
    };
    assert_eq!((done.dialogs, done.messages, done.facts), (0, 0, 0));
}
