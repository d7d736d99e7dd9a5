//! Limits of an app's own: it waits when it has asked for too much, and no other app does.

use http::Method;
use mtchat_protocol::{DialogId, ErrorCode};
use mtchat_tests::{Answer, Heard, HostApp, PATIENCE, Refused, Socket, System, eventually};
use serde_json::{Value, json};

/// A request that does nothing but count.
async fn asks(app: &HostApp, user: &str) -> Answer {
    let path = format!("/api/v1/dialogs/{}", DialogId::fresh());
    app.ask(Method::GET, &path, user, &Value::Null).await
}

/// The first refusal among so many requests.
async fn refusal(app: &HostApp, user: &str, requests: usize) -> Option<Answer> {
    for _ in 0..requests {
        let answer = asks(app, user).await;
        if answer.status.as_u16() != 404 {
            return Some(answer);
        }
    }
    None
}

fn is_told_to_wait(answer: &Answer, limit: &str) {
    assert_eq!(answer.code(), ErrorCode::RateLimitExceeded, "{answer}");
    assert_eq!(answer.status.as_u16(), 429, "{answer}");
    assert_eq!(answer.header("RateLimit-Limit"), Some(limit));
    assert_eq!(answer.header("RateLimit-Remaining"), Some("0"));
    assert_eq!(answer.header("RateLimit-Reset"), answer.header("Retry-After"));
    let wait = answer
        .header("Retry-After")
        .and_then(|wait| wait.parse::<u64>().ok());
    assert!(wait.is_some_and(|wait| wait >= 1), "{answer}");
}

#[tokio::test]
async fn an_app_at_its_own_limit_waits_until_that_is_raised_and_another_never() {
    let system = System::start().await;
    let acme = HostApp::create_with(&system, "acme", &["--app-rate", "1:20"]).await;
    let umbrella = HostApp::create(&system, "umbrella").await;
    let refused = refusal(&acme, "alice", 60).await;
    is_told_to_wait(&refused.expect("twenty at once are allowed"), "20");
    // Its users and its backend draw on the same.
    let unknown = format!("/dialogs/{}", DialogId::fresh());
    let managed = acme.manage(Method::GET, &unknown, &Value::Null);
    is_told_to_wait(&managed.await, "20");
    assert!(refusal(&umbrella, "alice", 60).await.is_none());

    acme.change(&system, &["--app-rate", "1000:2000"]).await;
    let raised = async || (asks(&acme, "alice").await.status.as_u16() == 404).then_some(());
    eventually("the limit to be raised", PATIENCE, raised).await;
    // One request may also have come with the second that passed; sixty have not.
    let unlimited = async || refusal(&acme, "alice", 60).await.is_none().then_some(());
    eventually("the raised limit to hold", PATIENCE, unlimited).await;
    acme.change(&system, &["--app-rate", "1:20"]).await;
    // Until then enough may be asked to be refused by the limit before.
    let of_twenty = |answer: &Answer| answer.header("RateLimit-Limit") == Some("20");
    let lowered = async || refusal(&acme, "alice", 60).await.filter(of_twenty);
    is_told_to_wait(
        &eventually("the limit to be lowered", PATIENCE, lowered).await,
        "20",
    );
    acme.change(&system, &["--app-rate", "default"]).await;
    eventually("the limit to be as configured", PATIENCE, unlimited).await;
}

#[tokio::test]
async fn each_user_of_an_app_has_the_limit_that_the_app_sets() {
    let system = System::start().await;
    let acme = HostApp::create_with(&system, "acme", &["--user-rate", "1:5"]).await;
    let umbrella = HostApp::create(&system, "umbrella").await;
    is_told_to_wait(
        &refusal(&acme, "alice", 20)
            .await
            .expect("five at once are allowed"),
        "5",
    );
    assert_eq!(asks(&acme, "bob").await.status.as_u16(), 404);
    assert!(refusal(&umbrella, "alice", 20).await.is_none());
    // An app of its own can also be allowed more than the others.
    umbrella
        .change(&system, &["--user-rate", "5000:9000", "--participants", "3"])
        .await;
    let (status, listed) = system.program(&["app", "list"]).run().await;
    assert!(
        status.success() && listed.contains("5000:9000") && listed.contains("1:5"),
        "{listed}"
    );
}

#[tokio::test]
async fn dialogs_and_participants_of_an_app_have_its_own_bounds() {
    let system = System::start().await;
    let own = ["--participants", "2", "--dialogs-per-minute", "3"];
    let acme = HostApp::create_with(&system, "acme", &own).await;
    let umbrella = HostApp::create(&system, "umbrella").await;
    let dialog =
        |people: &[&str]| json!({ "object_type": "order", "object_id": "1", "participants": people });
    let create =
        async |app: &HostApp, people: &[&str]| app.manage(Method::POST, "/dialogs", &dialog(people)).await;
    assert_eq!(create(&acme, &["a", "b", "c"]).await.code(), ErrorCode::Forbidden);
    create(&umbrella, &["a", "b", "c"]).await.expect(200);
    let made: Value = create(&acme, &["a", "b"]).await.expect(200).data();
    let people = format!("/dialogs/{}/participants", made["id"].as_str().unwrap());
    let carol = json!({ "user_id": "carol", "display_name": "Carol" });
    let add = async || acme.manage(Method::POST, &people, &carol).await;
    assert_eq!(add().await.code(), ErrorCode::Forbidden);

    create(&acme, &["a"]).await.expect(200);
    create(&acme, &["a"]).await.expect(200);
    is_told_to_wait(&create(&acme, &["a"]).await, "3");
    for _ in 0..5 {
        create(&umbrella, &["a"]).await.expect(200);
    }
    acme.change(
        &system,
        &["--participants", "default", "--dialogs-per-minute", "600"],
    )
    .await;
    let room = async || (add().await.status.as_u16() == 201).then_some(());
    eventually("the dialog to have room", PATIENCE, room).await;
    create(&acme, &["a", "b", "c"]).await.expect(200);
}

#[tokio::test]
async fn an_app_has_as_many_sockets_as_it_may_and_keeps_those_that_are_open() {
    let system = System::start().await;
    let acme = HostApp::create_with(&system, "acme", &["--sockets", "2"]).await;
    let umbrella = HostApp::create(&system, "umbrella").await;
    let port = system.edge(0).port();
    let open = async |app: &HostApp, user: &str| {
        let query = format!("?token={}", app.token(user));
        Socket::open(port, &query).await
    };
    let mut first = acme.socket("alice").await;
    let _second = acme.socket("bob").await;
    assert!(matches!(open(&acme, "carol").await, Err(Refused::Answer(status, ..)) if status.as_u16() == 503));
    let mut late = Socket::open(port, "").await.unwrap();
    let auth = json!({ "type": "auth", "token": acme.token("dave") });
    late.say(&auth.to_string()).await;
    assert_eq!(late.ends().await, Heard::Closed(Some(4002)));
    for user in ["alice", "bob", "carol"] {
        umbrella.socket(user).await;
    }
    acme.change(&system, &["--sockets", "3"]).await;
    let _third = eventually("a place", PATIENCE, async || open(&acme, "carol").await.ok()).await;
    acme.change(&system, &["--sockets", "1"]).await;
    first.say(r#"{"type":"ping"}"#).await;
    assert_eq!(first.hears().await["type"], "pong");
}

#[tokio::test]
async fn a_limit_that_is_none_is_refused() {
    let system = System::start().await;
    HostApp::create(&system, "acme").await;
    for wrong in [
        "0:5",
        "5:0",
        "5",
        "5:",
        ":5",
        "x:y",
        "-1:5",
        "5:5:5",
        "99999999999:1",
    ] {
        let (status, printed) = system
            .program(&["app", "change", "acme", "--app-rate", wrong])
            .run()
            .await;
        assert!(!status.success(), "{wrong}: {printed}");
    }
    let (status, _) = system
        .program(&["app", "change", "acme", "--sockets", "0"])
        .run()
        .await;
    assert!(!status.success());
}
