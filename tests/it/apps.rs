//! Several host applications in one deployment.

use std::time::Duration;

use http::Method;
use mtchat_protocol::{DialogView, ErrorCode};
use mtchat_tests::{Heard, HostApp, Socket, System, token, within};
use serde_json::{Value, json};

fn dialog_between(users: [&str; 2], mark: &str) -> Value {
    let people = users.map(|user| json!({ "user_id": user, "display_name": format!("{mark} {user}") }));
    json!({ "object_type": "order", "object_id": "1", "title": mark, "participants": people })
}

/// A dialog of Alice and Bob in this app.
async fn dialog_of(app: &HostApp, mark: &str) -> DialogView {
    let body = dialog_between(["alice", "bob"], mark);
    app.manage(Method::POST, "/dialogs", &body).await.data()
}

/// What the program prints when it has done this.
async fn done(system: &System, arguments: &[&str]) -> String {
    let (status, printed) = system.program(arguments).run().await;
    assert!(status.success(), "{printed}");
    printed
}

#[tokio::test]
async fn an_app_made_while_everything_runs_has_its_own_users_and_dialogs() {
    let system = System::with().edges(2).start().await;
    let acme = HostApp::create(&system, "acme").await;
    let dialog = dialog_of(&acme, "acme").await;
    let mut bob = acme.at(system.edge(1).port()).socket("bob").await;
    let messages = format!("/api/v1/dialogs/{}/messages", dialog.id);
    acme.ask(Method::POST, &messages, "alice", &json!({ "content": "hi" }))
        .await
        .expect(200);
    assert_eq!(bob.hears().await["content"], "hi");
}

/// The same user ids, the same object, the same message ids: nothing of one app answers for another.
#[tokio::test]
async fn nothing_of_an_app_reaches_another() {
    let system = System::start().await;
    let (acme, umbrella) = (
        HostApp::create(&system, "acme").await,
        HostApp::create(&system, "umbrella").await,
    );
    let canary = "canary-7f3a9";
    let dialog = dialog_of(&acme, canary).await;
    let mut stranger = umbrella.socket("bob").await;
    let messages = format!("/api/v1/dialogs/{}/messages", dialog.id);
    let sent = acme
        .ask(Method::POST, &messages, "alice", &json!({ "content": canary }))
        .await;
    let message: Value = sent.data();
    let id = message["id"].as_str().unwrap();

    let mut heard = Vec::new();
    for (method, path, body) in [
        (Method::GET, format!("/api/v1/dialogs/{}", dialog.id), Value::Null),
        (Method::GET, messages.clone(), Value::Null),
        (Method::GET, format!("{messages}/{id}"), Value::Null),
        (Method::POST, messages.clone(), json!({ "content": "x" })),
        (Method::PUT, format!("{messages}/{id}"), json!({ "content": "x" })),
        (Method::DELETE, format!("{messages}/{id}"), Value::Null),
        (
            Method::POST,
            format!("/api/v1/dialogs/{}/leave", dialog.id),
            Value::Null,
        ),
    ] {
        let answer = umbrella.ask(method, &path, "alice", &body).await.expect(404);
        heard.push(String::from_utf8_lossy(&answer.body).into_owned());
    }
    let path = format!("/dialogs/{}", dialog.id);
    let shown = umbrella.manage(Method::GET, &path, &Value::Null).await;
    heard.push(String::from_utf8_lossy(&shown.expect(404).body).into_owned());
    umbrella
        .manage(Method::DELETE, &path, &Value::Null)
        .await
        .expect(204);
    let found = umbrella
        .manage(
            Method::POST,
            "/dialogs/search",
            &json!({ "object_type": "order", "object_id": "1" }),
        )
        .await;
    assert_eq!(found.json::<Value>(), json!({ "data": null }));

    // A message of their own comes next: nothing came before it.
    let own = dialog_of(&umbrella, "own").await;
    let next = stranger.hears().await;
    assert_eq!(next["dialog_id"], json!(own.id), "{next}");
    heard.push(next.to_string());
    assert!(heard.iter().all(|text| !text.contains(canary)), "{heard:?}");

    let still = acme.ask(Method::GET, &messages, "bob", &Value::Null).await;
    let body = String::from_utf8_lossy(&still.body).into_owned();
    assert!(body.contains(canary), "{body}");
}

#[tokio::test]
async fn a_token_is_good_in_its_own_app_only() {
    let system = System::start().await;
    let acme = HostApp::create(&system, "acme").await;
    let [alice, _bob] = system.dialog().offline().between(["alice", "bob"]).await;
    let path = format!("/api/v1/dialogs/{}", alice.dialog());
    let foreign = acme.ask(Method::GET, &path, "alice", &Value::Null).await;
    assert_eq!(foreign.code(), ErrorCode::DialogNotFound);
    let claims = json!({ "sub": "alice", "exp": token::now() + 60, "app": "acme" });
    let forged = token::signed(&claims, "another-secret-that-nobody-configured");
    let bearer = format!("Bearer {forged}");
    let answer = system
        .http()
        .ask(
            Method::GET,
            &system.edge(0).url(&path),
            &[("Authorization", &bearer)],
            "",
        )
        .await
        .unwrap();
    assert_eq!(answer.code(), ErrorCode::Unauthorized);
}

#[tokio::test]
async fn an_app_that_is_disabled_is_shut_out_and_comes_back() {
    let system = System::start().await;
    let acme = HostApp::create(&system, "acme").await;
    let run = async |arguments: &[&str]| done(&system, arguments).await;
    let mut socket = acme.socket("alice").await;
    run(&["app", "disable", "acme"]).await;
    let end = within("the socket's end", Duration::from_secs(5), socket.ends()).await;
    assert_eq!(end, Heard::Closed(Some(4104)));
    acme.comes_in(false).await;
    run(&["app", "enable", "acme"]).await;
    acme.comes_in(true).await;
    let listed = run(&["app", "list"]).await;
    assert!(listed.contains("acme") && listed.contains("key 1"), "{listed}");
    run(&["app", "remove-key", "acme", "1"]).await;
    run(&["app", "remove-token", "acme", "1"]).await;
    acme.comes_in(false).await;
}

/// What a key of the app's has let in goes with it: sockets, tickets, requests. What another key has let in does not notice.
#[tokio::test]
async fn a_key_that_is_removed_takes_its_sockets_along_and_no_others() {
    let system = System::start().await;
    let acme = HostApp::create(&system, "acme").await;
    let run = async |arguments: &[&str]| done(&system, arguments).await;
    let added = run(&["app", "add-key", "acme"]).await;
    let secret = added.lines().find_map(|line| line.strip_prefix("JWT_SECRET="));
    let acme_now = acme.signing_with(secret.expect("it prints the secret"));
    acme_now.comes_in(true).await;
    let dialog = dialog_of(&acme, "acme").await;
    let [mut stolen, mut fresh] = [acme.socket("alice").await, acme_now.socket("alice").await];
    let ticket = acme
        .ask(Method::POST, "/api/v1/ws/ticket", "alice", &Value::Null)
        .await;
    let ticket = ticket.data::<Value>()["ticket"].as_str().unwrap().to_owned();

    run(&["app", "remove-key", "acme", "1"]).await;
    let end = within("the socket's end", Duration::from_secs(5), stolen.ends()).await;
    assert_eq!(end, Heard::Closed(Some(4104)));
    let query = format!("?ticket={ticket}");
    assert!(Socket::open(system.edge(0).port(), &query).await.is_err());
    assert!(!acme.admits(&acme.token("alice")).await);

    let messages = format!("/api/v1/dialogs/{}/messages", dialog.id);
    acme_now
        .ask(Method::POST, &messages, "bob", &json!({ "content": "hi" }))
        .await
        .expect(200);
    assert_eq!(fresh.hears().await["content"], "hi");
}

#[tokio::test]
async fn what_can_not_be_is_said_and_changes_nothing() {
    let system = System::start().await;
    HostApp::create(&system, "acme").await;
    let refused = async |arguments: &[&str], says: &str| {
        let (status, printed) = system.program(arguments).run().await;
        assert!(
            !status.success() && printed.contains(says),
            "{arguments:?}: {printed}"
        );
    };
    refused(&["app", "create", "acme"], "exists already").await;
    refused(&["app", "disable", "nobody"], "there is no app").await;
    refused(&["app", "create", "A.b"], "invalid value").await;
    refused(&["app", "remove-key", "acme", "7"], "no key number 7").await;
    refused(
        &["app", "add-key", "acme", "--algorithm", "RS256"],
        "needs --file",
    )
    .await;
    let file = system.directory().join("key.pem");
    std::fs::write(&file, "nonsense").unwrap();
    let file = file.to_string_lossy().into_owned();
    let key = ["app", "add-key", "acme", "--algorithm", "ES256", "--file", &file];
    refused(&key, "this is no key for ES256").await;
    std::fs::write(&file, mtchat_tests::JWT_SECRET).unwrap();
    refused(&["app", "add-key", "acme", "--file", &file], "is app `default`'s").await;
}
