//! Somebody else's dialog does not exist.

use http::Method;
use mtchat_protocol::{DialogId, MessageId};
use mtchat_tests::{Answer, Socket, System, User, token};
use serde_json::json;

/// Every request of the Chat API about a dialog and a message.
fn requests(dialog: DialogId, message: MessageId) -> Vec<(Method, String, &'static str)> {
    let dialog = format!("/api/v1/dialogs/{dialog}");
    let content = r#"{"content":"mine now"}"#;
    vec![
        (Method::GET, dialog.clone(), ""),
        (Method::GET, format!("{dialog}/participants"), ""),
        (Method::GET, format!("{dialog}/messages"), ""),
        (Method::GET, format!("{dialog}/messages?around={message}"), ""),
        (Method::GET, format!("{dialog}/messages/{message}"), ""),
        (Method::POST, format!("{dialog}/messages"), content),
        (Method::PUT, format!("{dialog}/messages/{message}"), content),
        (Method::DELETE, format!("{dialog}/messages/{message}"), ""),
        (
            Method::POST,
            format!("{dialog}/join"),
            r#"{"display_name":"M","company":"M"}"#,
        ),
        (Method::POST, format!("{dialog}/leave"), ""),
        (
            Method::PUT,
            format!("{dialog}/messages/{message}/reactions/%F0%9F%91%8D"),
            "",
        ),
        (
            Method::DELETE,
            format!("{dialog}/messages/{message}/reactions/%F0%9F%91%8D"),
            "",
        ),
    ]
}

async fn answers(user: &User, dialog: DialogId, message: MessageId) -> Vec<Answer> {
    let mut answers = Vec::new();
    for (method, path, body) in requests(dialog, message) {
        answers.push(user.ask(method, &path, body).await);
    }
    answers
}

#[tokio::test]
async fn a_strangers_dialog_answers_exactly_as_one_that_does_not_exist() {
    let system = System::start().await;
    let rules = json!([{ "scope_level0": ["acme"] }]);
    let [alice, _bob] = system
        .dialog()
        .with("access_scopes", rules)
        .between(["alice", "bob"])
        .await;
    let [mallory] = system.dialog().between(["mallory"]).await;
    let sent = alice.send("secret").await;
    let real = answers(&mallory, alice.dialog(), sent.id).await;
    let invented = answers(&mallory, DialogId::fresh(), sent.id).await;
    for (real, invented) in real.iter().zip(&invented) {
        assert_eq!(real.status.as_u16(), 404, "{real}");
        assert_eq!((real.status, &real.body), (invented.status, &invented.body));
    }
    assert_eq!(alice.reads().await, ["secret"]);
    mallory.hears_nothing_else().await;
}

#[tokio::test]
async fn a_message_of_another_dialog_is_not_found_through_ones_own() {
    let system = System::start().await;
    let [alice] = system.dialog().between(["alice"]).await;
    let [mallory] = system.dialog().between(["mallory"]).await;
    let sent = alice.send("secret").await;
    let own = format!("/api/v1/dialogs/{}/messages", mallory.dialog());
    for (method, path) in [
        (Method::GET, format!("{own}/{}", sent.id)),
        (Method::GET, format!("{own}?before={}", sent.id)),
        (Method::DELETE, format!("{own}/{}", sent.id)),
    ] {
        let answer = mallory.ask(method, &path, "").await;
        assert_eq!(answer.status.as_u16(), 404, "{path}: {answer}");
    }
    let reply = json!({ "content": "re", "reply_to": sent.id }).to_string();
    let answer = mallory.ask(Method::POST, &own, &reply).await;
    assert_eq!(answer.status.as_u16(), 400, "{answer}");
}

#[tokio::test]
async fn only_the_author_changes_a_message() {
    let system = System::start().await;
    let [alice, bob] = system.dialog().between(["alice", "bob"]).await;
    let sent = alice.send("mine").await;
    let path = format!("/api/v1/dialogs/{}/messages/{}", bob.dialog(), sent.id);
    let edited = bob.ask(Method::PUT, &path, r#"{"content":"yours"}"#).await;
    assert_eq!(edited.code(), mtchat_protocol::ErrorCode::NotMessageAuthor);
    let deleted = bob.ask(Method::DELETE, &path, "").await;
    assert_eq!(deleted.code(), mtchat_protocol::ErrorCode::NotMessageAuthor);
    assert_eq!(alice.reads().await, ["mine"]);
}

#[tokio::test]
async fn who_one_is_stands_in_the_token_and_nowhere_else() {
    let system = System::start().await;
    let [alice, bob] = system.dialog().between(["alice", "bob"]).await;
    let path = format!(
        "/api/v1/dialogs/{}/messages?user_id=alice&sender_id=alice",
        bob.dialog()
    );
    let body = r#"{"content":"hi","sender_id":"alice","user_id":"alice"}"#;
    bob.ask(Method::POST, &path, body).await.expect(200);
    alice.sees("hi").await;
    assert_eq!(
        alice.device().messages()[0].sender.as_ref().unwrap().as_str(),
        "bob"
    );

    let query = format!("?user_id=alice&token={}", token::of("mallory"));
    let mut socket = Socket::open(system.edge(0).port(), &query).await.unwrap();
    assert_eq!(socket.hears().await["user_id"], "mallory");
}
