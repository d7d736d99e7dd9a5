//! A user's own state: their devices follow, others hear of reading only, and it survives coming back.

use http::Method;
use mtchat_protocol::{DialogItemView, ErrorCode, MessageId, ServerFrame};
use mtchat_tests::{Answer, Device, Journal, System, User, token};
use serde_json::{Value, json};

async fn post(user: &User, verb: &str, body: &str) -> Answer {
    let path = format!("/api/v1/dialogs/{}/{verb}", user.dialog());
    user.ask(Method::POST, &path, body).await
}

async fn reads_to(user: &User, message: MessageId) -> Value {
    let body = json!({ "last_read_message_id": message }).to_string();
    post(user, "read", &body).await.expect(200).json()
}

async fn item(user: &User) -> DialogItemView {
    let path = format!("/api/v1/dialogs/{}", user.dialog());
    user.ask(Method::GET, &path, "").await.expect(200).data()
}

fn types(journal: &Journal) -> Vec<String> {
    let frames = journal.frames.iter();
    let json = frames.map(|seen| serde_json::to_value(&seen.frame).unwrap());
    json.map(|json| json["type"].as_str().unwrap().to_owned())
        .collect()
}

async fn hears(device: &Device, what: &str) {
    device
        .until(what, |journal| types(journal).iter().any(|one| one == what))
        .await;
}

#[tokio::test]
async fn the_devices_of_a_user_follow_and_others_hear_nothing() {
    let system = System::with().edges(2).start().await;
    let [alice, bob] = system.dialog().between(["alice", "bob"]).await;
    let other = bob.another_device(1).await;
    for (verb, body, status, frame) in [
        ("archive", "", "archived", "dialog.archived"),
        ("unarchive", "", "unarchived", "dialog.unarchived"),
        ("pin", "", "pinned", "dialog.pinned"),
        ("unpin", "", "unpinned", "dialog.unpinned"),
        (
            "notifications",
            r#"{"enabled":false}"#,
            "disabled",
            "dialog.notifications",
        ),
    ] {
        let answer: Value = post(&bob, verb, body).await.expect(200).json();
        assert_eq!(answer, json!({ "status": status }));
        hears(bob.device(), frame).await;
        hears(&other, frame).await;
    }
    post(&bob, "pin", "").await.expect(200);
    post(&bob, "archive", "").await.expect(200);
    let seen = item(&bob).await;
    assert_eq!(
        (seen.is_archived, seen.is_pinned, seen.notifications_enabled),
        (Some(true), Some(true), Some(false))
    );
    assert_eq!(item(&alice).await.is_archived, Some(false));
    alice.send("marker").await;
    alice.sees("marker").await;
    let journal = alice.device().journal();
    let about_bob = |one: &String| one.starts_with("dialog.");
    assert!(!types(&journal).iter().any(about_bob), "{:?}", types(&journal));
}

#[tokio::test]
async fn reading_is_told_to_members_and_what_is_left_to_own_devices_only() {
    let system = System::with().edges(2).start().await;
    let [alice, bob] = system.dialog().on_edges([0, 1]).between(["alice", "bob"]).await;
    let other = bob.another_device(0).await;
    let one = alice.send("one").await.id;
    alice.send("two").await;
    assert_eq!(
        reads_to(&bob, one).await,
        json!({ "success": true, "unread_count": 1 })
    );
    let told = |left: Option<u64>| {
        move |journal: &Journal| {
            let is_it = |frame: &ServerFrame| {
                matches!(frame, ServerFrame::MessageRead { user_id, last_read_message_id, unread_count, pos, .. }
                    if user_id.as_str() == "bob" && *last_read_message_id == one && *unread_count == left && pos.is_some())
            };
            journal.frames.iter().filter(|seen| is_it(&seen.frame)).count() == 1
        }
    };
    alice.device().until("the receipt", told(None)).await;
    bob.device().until("what is left", told(Some(1))).await;
    other.until("what is left", told(Some(1))).await;
    assert!(!told(None)(&bob.device().journal()), "own devices get one frame");
    assert_eq!(item(&bob).await.unread_count, Some(1));
}

#[tokio::test]
async fn a_new_message_brings_an_archived_dialog_back_live_and_in_the_view() {
    let system = System::start().await;
    let [alice, bob, carol] = system.dialog().between(["alice", "bob", "carol"]).await;
    post(&bob, "archive", "").await.expect(200);
    assert_eq!(item(&bob).await.is_archived, Some(true));
    alice.send("hello").await;
    assert_eq!(item(&bob).await.is_archived, Some(false));
    hears(bob.device(), "dialog.unarchived").await;
    alice.send("marker").await;
    carol.sees(["hello", "marker"]).await;
    let heard = types(&carol.device().journal());
    assert!(
        !heard.contains(&"dialog.unarchived".to_owned()),
        "carol had not archived it"
    );
}

#[tokio::test]
async fn a_pointer_moves_back_only_when_that_is_asked_for() {
    let system = System::start().await;
    let [alice, bob] = system.dialog().between(["alice", "bob"]).await;
    let one = alice.send("one").await.id;
    let two = alice.send("two").await.id;
    let three = alice.send("three").await.id;
    assert_eq!(reads_to(&bob, three).await["unread_count"], 0);
    assert_eq!(reads_to(&bob, one).await["unread_count"], 0);
    assert_eq!(item(&bob).await.unread_count, Some(0));
    let body = json!({ "message_id": two }).to_string();
    let marked: Value = post(&bob, "unread", &body).await.expect(200).json();
    assert_eq!(marked, json!({ "success": true, "unread_count": 2 }));
    hears(bob.device(), "message.unread").await;
    assert_eq!(item(&bob).await.unread_count, Some(2));
    alice.delete(three).await;
    assert_eq!(item(&bob).await.unread_count, Some(1));
    // A deleted message is a place too.
    assert_eq!(reads_to(&bob, three).await["unread_count"], 0);
    assert!(!types(&alice.device().journal()).contains(&"message.unread".to_owned()));
}

#[tokio::test]
async fn only_participants_have_a_state_of_their_own() {
    let system = System::start().await;
    let rule = json!([{ "scope_level0": ["acme"] }]);
    let [alice, bob] = system
        .dialog()
        .with("access_scopes", rule)
        .between(["alice", "bob"])
        .await;
    let one = alice.send("one").await.id;
    let ask = async |token: &str, verb: &str, body: String| {
        let bearer = format!("Bearer {token}");
        let headers = [
            ("Authorization", bearer.as_str()),
            ("Content-Type", "application/json"),
        ];
        let path = format!("/api/v1/dialogs/{}/{verb}", alice.dialog());
        let url = system.edge(0).url(&path);
        let answer = system.http().ask(Method::POST, &url, &headers, body).await;
        answer.unwrap().code()
    };
    system.admin(0).remove(alice.dialog(), "bob").await;
    let candidate = token::scoped("carol", &["acme"]);
    let stranger = token::scoped("stranger", &["other"]);
    for (verb, body) in [
        ("archive", json!({})),
        ("unarchive", json!({})),
        ("pin", json!({})),
        ("unpin", json!({})),
        ("notifications", json!({ "enabled": true })),
        ("read", json!({ "last_read_message_id": one })),
        ("unread", json!({ "message_id": one })),
    ] {
        let body = body.to_string();
        let code = ask(&stranger, verb, body.clone()).await;
        assert_eq!(code, ErrorCode::DialogNotFound, "a stranger may not {verb}");
        let code = ask(&candidate, verb, body.clone()).await;
        assert_eq!(code, ErrorCode::NotParticipant, "a candidate may not {verb}");
        let code = ask(bob.token(), verb, body).await;
        assert_eq!(code, ErrorCode::DialogNotFound, "who was removed may not {verb}");
    }
    let unknown = json!({ "last_read_message_id": MessageId::fresh() }).to_string();
    assert_eq!(
        post(&alice, "read", &unknown).await.code(),
        ErrorCode::MessageNotFound
    );
}

#[tokio::test]
async fn a_device_that_was_away_hears_of_everything_it_missed() {
    let system = System::start().await;
    let [alice, bob] = system.dialog().between(["alice", "bob"]).await;
    let other = bob.another_device(0).await;
    other.drop_connection().await;
    let one = alice.send("one").await.id;
    reads_to(&bob, one).await;
    post(&bob, "pin", "").await.expect(200);
    post(&bob, "archive", "").await.expect(200);
    alice.send("two").await;
    hears(bob.device(), "dialog.unarchived").await;
    other.connect().await;
    hears(&other, "dialog.unarchived").await;
    let journal = other.journal();
    assert_eq!(journal.recovered, Some(true));
    let heard = types(&journal);
    let missed: Vec<_> = heard
        .iter()
        .map(String::as_str)
        .filter(|one| !matches!(*one, "connected" | "pong" | "presence.update" | "unread.total"))
        .collect();
    assert_eq!(
        missed,
        [
            "message.new",
            "message.read",
            "dialog.pinned",
            "dialog.archived",
            "message.new",
            "dialog.unarchived"
        ]
    );
    assert_eq!(journal.faults, Vec::<String>::new());
}
