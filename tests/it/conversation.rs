//! A message's way from one user to the other and into the history.

use http::Method;
use mtchat_protocol::{DialogItemView, MessageView, ServerFrame};
use mtchat_tests::System;
use serde_json::{Value, json};

#[tokio::test]
async fn a_message_reaches_the_other_member_and_the_history() {
    let system = System::start().await;
    let [alice, bob] = system.dialog().between(["alice", "bob"]).await;
    alice.send("hi").await;
    bob.sees("hi").await;
    alice.sees("hi").await;
    assert_eq!(bob.reads().await, ["hi"]);
}

#[tokio::test]
async fn a_frame_carries_everything_that_a_client_shows() {
    let system = System::start().await;
    let [alice, bob] = system.dialog().between(["alice", "bob"]).await;
    let first = alice.send("one").await;
    let body = json!({ "content": "two", "reply_to": first.id }).to_string();
    let path = format!("/api/v1/dialogs/{}/messages", alice.dialog());
    let second: MessageView = alice.ask(Method::POST, &path, &body).await.data();
    bob.sees(["one", "two"]).await;

    let journal = bob.device().journal();
    let frames = journal.frames.iter().map(|seen| &seen.frame);
    // How much is unread may be told after it.
    let newest = frames
        .rev()
        .find(|frame| matches!(frame, ServerFrame::MessageNew(_)))
        .unwrap();
    let frame = serde_json::to_value(newest).unwrap();
    assert_eq!(frame["id"], json!(second.id));
    assert_eq!(frame["reply_to_id"], json!(first.id));
    assert_eq!(frame["sender_id"], "alice");
    assert_eq!(frame["sender"]["display_name"], "alice");
    assert_eq!(frame["sender"]["company"], "Acme");
    assert_eq!(frame["sent_at"], json!(second.sent_at));
    assert_eq!(frame["seq"], json!(second.seq));
    assert_eq!(frame["message_type"], "user");
}

#[tokio::test]
async fn an_edit_and_a_deletion_reach_everybody() {
    let system = System::start().await;
    let [alice, bob] = system.dialog().between(["alice", "bob"]).await;
    let kept = alice.send("one").await;
    let gone = alice.send("two").await;
    let edited = alice.edit(kept.id, "one and a half").await;
    alice.delete(gone.id).await;
    assert!(edited.last_edited_at.is_some());

    bob.device()
        .until("the deletion", |journal| journal.deletions == [gone.id])
        .await;
    assert_eq!(
        bob.device().journal().edits,
        [(kept.id, "one and a half".to_owned())]
    );
    assert_eq!(bob.reads().await, ["one and a half"]);
}

#[tokio::test]
async fn a_page_is_asked_for_before_after_and_around_a_message() {
    let system = System::start().await;
    let [alice] = system.dialog().offline().between(["alice"]).await;
    let mut sent = Vec::new();
    for number in 0..9 {
        sent.push(alice.send(&number.to_string()).await);
    }
    let page = async |query: &str| {
        let path = format!("/api/v1/dialogs/{}/messages?{query}", alice.dialog());
        let page: Value = alice.ask(Method::GET, &path, "").await.expect(200).json();
        let texts = page["data"]["messages"].as_array().unwrap().iter();
        let texts: Vec<String> = texts
            .map(|message| message["content"].as_str().unwrap().to_owned())
            .collect();
        let more = (
            page["data"]["has_more_before"].clone(),
            page["data"]["has_more_after"].clone(),
        );
        (texts, more)
    };
    let middle = sent[4].id;
    assert_eq!(
        page("limit=2").await,
        (vec!["7".into(), "8".into()], (json!(true), json!(false)))
    );
    assert_eq!(page(&format!("limit=2&before={middle}")).await.0, ["2", "3"]);
    assert_eq!(page(&format!("limit=2&after={middle}")).await.0, ["5", "6"]);
    assert_eq!(page(&format!("limit=3&around={middle}")).await.0, ["3", "4", "5"]);
    assert_eq!(
        page(&format!("limit=9&after={middle}")).await.1,
        (json!(true), json!(false))
    );
}

#[tokio::test]
async fn a_dialog_shows_its_last_message_and_its_people() {
    let system = System::start().await;
    let [alice, bob] = system.dialog().offline().between(["alice", "bob"]).await;
    alice.send("hi").await;
    let path = format!("/api/v1/dialogs/{}", alice.dialog());
    let item: DialogItemView = bob.ask(Method::GET, &path, "").await.data();
    assert!(item.i_am_participant);
    assert_eq!(item.participants_count, 2);
    assert_eq!(item.unread_count, Some(1));
    assert_eq!(item.last_message.unwrap().content.as_str(), "hi");
}

#[tokio::test]
async fn what_a_browser_must_not_run_is_taken_out() {
    let system = System::start().await;
    let [alice, bob] = system.dialog().between(["alice", "bob"]).await;
    alice
        .send("<p onclick=\"x()\">a <script>alert(1)</script><b>b</b> &amp; c</p>")
        .await;
    bob.device()
        .until("the message", |journal| journal.messages.len() == 1)
        .await;
    let seen = bob.device().messages()[0].content.clone();
    assert_eq!(seen, "<p>a <b>b</b> &amp; c</p>");
}
