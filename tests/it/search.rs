//! Full-text search: what one may read, and nothing else.

use http::Method;
use mtchat_protocol::{DialogId, ErrorCode, MessageId, MessagesPage, SearchPage};
use mtchat_tests::{PATIENCE, System, User, eventually, token};
use serde_json::json;

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

async fn search(user: &User, query: &str) -> SearchPage {
    let path = format!("/api/v1/search?{query}");
    user.ask(Method::GET, &path, "").await.expect(200).data()
}

async fn found(user: &User, q: &str) -> Vec<MessageId> {
    let page = search(user, &format!("q={}", encoded(q))).await;
    page.results.iter().map(|hit| hit.message.id).collect()
}

/// The index comes a moment behind the message.
async fn finds(user: &User, q: &str, expected: &[MessageId]) {
    let what = format!("{} finds {expected:?} by {q}", user.id());
    eventually(&what, PATIENCE, async || {
        (found(user, q).await == expected).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_message_is_found_and_jumped_to() {
    let system = System::start().await;
    let [alice, bob] = system.dialog().offline().between(["alice", "bob"]).await;
    for number in 0..30 {
        alice.send(&format!("filler {number}")).await;
    }
    let sent = alice
        .send("The <b>invoice</b> for заказ 1042 &lt;urgent&gt;")
        .await;
    alice.send("after it").await;
    finds(&bob, "invo", &[sent.id]).await;
    finds(&bob, "ЗАКАЗ 1042", &[sent.id]).await;
    let page = search(&bob, "q=invoice").await;
    let hit = &page.results[0];
    assert_eq!(
        hit.snippet,
        "The <mark>invoice</mark> for заказ 1042 &lt;urgent&gt;"
    );
    assert_eq!(
        (hit.dialog.id, hit.dialog.object_type.as_str()),
        (bob.dialog(), "order")
    );
    assert_eq!(
        (hit.message.seq, hit.message.sender_id.as_str()),
        (sent.seq, "alice")
    );
    assert!(hit.rank > 0.0 && page.next_cursor.is_none());

    let around = format!(
        "/api/v1/dialogs/{}/messages?limit=5&around={}",
        hit.dialog.id, hit.message.id
    );
    let page: MessagesPage = bob.ask(Method::GET, &around, "").await.data();
    assert!(
        page.messages.iter().any(|message| message.id == sent.id),
        "the jump lands on it"
    );
}

#[tokio::test]
async fn nobody_finds_what_they_may_not_read() {
    let system = System::start().await;
    let rules = json!([{ "scope_level0": ["acme"] }]);
    let builder = system.dialog().offline().with("access_scopes", rules);
    let [alice, bob] = builder.between(["alice", "bob"]).await;
    let [mallory] = system.dialog().offline().between(["mallory"]).await;
    let secret = alice.send("canary").await;
    let own = mallory.send("canary of mallory").await;
    finds(&alice, "canary", &[secret.id]).await;
    finds(&bob, "canary", &[secret.id]).await;
    finds(&mallory, "canary", &[own.id]).await;

    let in_dialog = format!("/api/v1/search?q=canary&dialog_id={}", alice.dialog());
    let invented = format!("/api/v1/search?q=canary&dialog_id={}", DialogId::fresh());
    let refused = mallory.ask(Method::GET, &in_dialog, "").await.expect(404);
    let unknown = mallory.ask(Method::GET, &invented, "").await.expect(404);
    assert_eq!(
        (refused.code(), &refused.body),
        (ErrorCode::DialogNotFound, &unknown.body)
    );
    let bearer = format!("Bearer {}", token::scoped("carol", &["acme"]));
    let ask = async |path: &str| {
        let headers = [("Authorization", bearer.as_str())];
        let url = system.edge(0).url(path);
        system
            .http()
            .ask(Method::GET, &url, &headers, String::new())
            .await
            .unwrap()
    };
    assert_eq!(
        ask(&in_dialog).await.expect(403).code(),
        ErrorCode::NotParticipant
    );
    let candidate: SearchPage = ask("/api/v1/search?q=canary").await.data();
    assert_eq!(candidate.results, []);

    system.admin(0).remove(alice.dialog(), "bob").await;
    assert_eq!(found(&bob, "canary").await, []);
    bob.ask(Method::GET, &in_dialog, "").await.expect(404);
}

#[tokio::test]
async fn edits_and_deletions_change_what_is_found() {
    let system = System::start().await;
    let [alice] = system.dialog().offline().between(["alice"]).await;
    let (one, two) = (alice.send("first words").await, alice.send("second words").await);
    finds(&alice, "words", &[two.id, one.id]).await;
    alice.delete(two.id).await;
    assert_eq!(found(&alice, "words").await, [one.id], "at once");
    alice.edit(one.id, "other text").await;
    finds(&alice, "words", &[]).await;
    finds(&alice, "other", &[one.id]).await;
    let system_messages = found(&alice, "chat_created").await;
    assert_eq!(system_messages, [], "only what people say");
}

#[tokio::test]
async fn results_come_page_by_page_and_bad_questions_are_refused() {
    let system = System::start().await;
    let [alice] = system.dialog().offline().between(["alice"]).await;
    let mut sent = Vec::new();
    for number in 0..7 {
        sent.insert(0, alice.send(&format!("paged {number}")).await.id);
    }
    finds(&alice, "paged", &sent).await;
    let (mut ids, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = search(&alice, &format!("q=paged&limit=3{cursor}")).await;
        assert!(page.results.len() <= 3);
        ids.extend(page.results.iter().map(|hit| hit.message.id));
        let Some(next) = page.next_cursor else { break };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(ids, sent);

    let long = "x".repeat(201);
    let many = "a+".repeat(17);
    for bad in [
        "",
        "q=",
        "q=%21%3F",
        &format!("q={long}"),
        &format!("q={many}"),
        "q=a&cursor=-1",
    ] {
        let refused = alice
            .ask(Method::GET, &format!("/api/v1/search?{bad}"), "")
            .await
            .expect(400);
        assert_eq!(refused.code(), ErrorCode::InvalidInput, "{bad}");
    }
    for bad in ["q=a&limit=x", "q=a&dialog_id=1", "q=%FF"] {
        alice
            .ask(Method::GET, &format!("/api/v1/search?{bad}"), "")
            .await
            .expect(400);
    }
    for strange in ["'", "a' & !b", "\\", "a:*", "(a|b)", "a\0b", "<->", "%_"] {
        let path = format!("/api/v1/search?q=x{}", encoded(strange));
        alice.ask(Method::GET, &path, "").await.expect(200);
    }
}
