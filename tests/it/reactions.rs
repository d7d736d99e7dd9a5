//! Emoji on messages: the same for everybody, whoever was first.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::join_all;
use http::Method;
use mtchat_protocol::{ErrorCode, MessageId, MessageView, ReactionSummary, ServerFrame};
use mtchat_tests::{Answer, Journal, System, User, token};
use serde_json::{Value, json};

const EMOJI: [&str; 3] = ["👍", "🎉", "❤️"];

fn path(user: &User, message: MessageId, emoji: &str) -> String {
    let emoji: String = emoji.bytes().map(|byte| format!("%{byte:02X}")).collect();
    format!(
        "/api/v1/dialogs/{}/messages/{message}/reactions/{emoji}",
        user.dialog()
    )
}

async fn react(user: &User, message: MessageId, emoji: &str, method: Method) -> Answer {
    user.ask(method, &path(user, message, emoji), "").await
}

async fn shown(user: &User, message: MessageId) -> Vec<ReactionSummary> {
    let path = format!("/api/v1/dialogs/{}/messages/{message}", user.dialog());
    let view: MessageView = user.ask(Method::GET, &path, "").await.data();
    let in_history = user.history().await.into_iter().find(|one| one.id == message);
    assert_eq!(in_history.unwrap().reactions, view.reactions);
    view.reactions
}

/// Who has put what on a message, folded from what a device has heard.
fn folded(journal: &Journal, message: MessageId) -> BTreeMap<String, BTreeSet<String>> {
    let mut folded: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for seen in &journal.frames {
        if let ServerFrame::MessageReaction {
            message_id,
            user_id,
            emoji,
            added,
            ..
        } = &seen.frame
            && *message_id == message
        {
            let users = folded.entry(emoji.as_str().to_owned()).or_default();
            let changed = if *added {
                users.insert(user_id.as_str().to_owned())
            } else {
                users.remove(user_id.as_str())
            };
            assert!(changed, "what changes nothing is no fact: {:?}", seen.frame);
        }
    }
    folded.retain(|_, users| !users.is_empty());
    folded
}

#[tokio::test]
async fn a_reaction_reaches_everybody_and_the_history() {
    let system = System::with().edges(2).start().await;
    let [alice, bob] = system.dialog().on_edges([0, 1]).between(["alice", "bob"]).await;
    let sent = alice.send("hi").await;
    let answer: Vec<ReactionSummary> = react(&bob, sent.id, "👍🏽", Method::PUT).await.data();
    assert_eq!(json!(answer), json!([{ "emoji": "👍🏽", "count": 1, "me": true }]));
    alice
        .device()
        .until("the reaction", |journal| !folded(journal, sent.id).is_empty())
        .await;
    {
        let journal = alice.device().journal();
        let mut frames = journal.frames.iter().rev().map(|seen| &seen.frame);
        let newest = frames
            .find(|frame| matches!(frame, ServerFrame::MessageReaction { .. }))
            .unwrap();
        let frame = serde_json::to_value(newest).unwrap();
        let expected = json!({
            "type": "message.reaction", "dialog_id": alice.dialog(), "message_id": sent.id, "user_id": "bob",
            "emoji": "👍🏽", "added": true, "seq": sent.seq + 1, "pos": frame["pos"],
        });
        assert_eq!(frame, expected);
    }
    assert_eq!(
        json!(shown(&alice, sent.id).await),
        json!([{ "emoji": "👍🏽", "count": 1, "me": false }])
    );

    let again = react(&bob, sent.id, "👍🏽", Method::PUT).await;
    assert_eq!(again.data::<Vec<ReactionSummary>>(), answer);
    let gone = react(&bob, sent.id, "👍🏽", Method::DELETE).await;
    assert_eq!(gone.data::<Vec<ReactionSummary>>(), []);
    let again = react(&bob, sent.id, "👍🏽", Method::DELETE).await;
    assert_eq!(again.data::<Vec<ReactionSummary>>(), []);
    assert_eq!(shown(&alice, sent.id).await, []);

    let next = alice.send("next").await;
    assert_eq!(next.seq, sent.seq + 3, "repeats are no facts");
    let item = alice
        .ask(Method::GET, &format!("/api/v1/dialogs/{}", bob.dialog()), "")
        .await;
    let item: Value = item.json();
    assert_eq!(item["data"]["last_message"]["id"], json!(next.id));
    let item = bob
        .ask(Method::GET, &format!("/api/v1/dialogs/{}", bob.dialog()), "")
        .await;
    let item: Value = item.json();
    assert_eq!(item["data"]["unread_count"], 2, "reactions are not unread");
    let plain = bob.history().await.pop().unwrap();
    assert!(
        serde_json::to_value(plain).unwrap().get("reactions").is_none(),
        "left out when there are none"
    );
}

#[tokio::test]
async fn concurrent_reactions_of_several_users_on_two_edges_converge() {
    let system = System::with().edges(2).start().await;
    let names = ["alice", "bob", "carol", "dan"];
    let users = system.dialog().on_edges([0, 1]).between(names).await;
    let sent = users[0].send("what do you think?").await;
    let work = users.iter().enumerate().map(|(number, user)| async move {
        for round in 0..12 {
            let emoji = EMOJI[(round + number) % EMOJI.len()];
            // Everybody ends with something on the message, and has taken something away.
            let method = if (round / 3 + number) % 2 == 0 {
                Method::PUT
            } else {
                Method::DELETE
            };
            react(user, sent.id, emoji, method).await.expect(200);
        }
    });
    join_all(work).await;
    let marker = users[0].send("done").await;
    for user in &users {
        user.device()
            .until("the marker", |journal| {
                journal.messages.iter().any(|message| message.id == marker.id)
            })
            .await;
        let heard = folded(&user.device().journal(), sent.id);
        assert!(!heard.is_empty());
        let expected: BTreeMap<&str, (u64, bool)> = heard
            .iter()
            .map(|(emoji, users)| (emoji.as_str(), (users.len() as u64, users.contains(user.id()))))
            .collect();
        let shown = shown(user, sent.id).await;
        let shown: BTreeMap<&str, (u64, bool)> = shown
            .iter()
            .map(|one| (one.emoji.as_str(), (one.count, one.me)))
            .collect();
        assert_eq!(shown, expected, "what {} sees", user.id());
    }
}

#[tokio::test]
async fn only_members_react_and_only_to_what_is_there() {
    let system = System::start().await;
    let rules = json!([{ "scope_level0": ["acme"] }]);
    let builder = system.dialog().with("access_scopes", rules);
    let [alice, bob] = builder.between(["alice", "bob"]).await;
    let [mallory] = system.dialog().offline().between(["mallory"]).await;
    let sent = alice.send("hi").await;
    let other = mallory.send("elsewhere").await;
    for method in [Method::PUT, Method::DELETE] {
        let place = path(&alice, sent.id, "👍");
        let refused = mallory.ask(method.clone(), &place, "").await.expect(404);
        assert_eq!(refused.code(), ErrorCode::DialogNotFound);
        let refused = react(&alice, other.id, "👍", method.clone()).await.expect(404);
        assert_eq!(refused.code(), ErrorCode::MessageNotFound);

        let bearer = format!("Bearer {}", token::scoped("carol", &["acme"]));
        let headers = [("Authorization", bearer.as_str())];
        let url = system.edge(0).url(&place);
        let refused = system.http().ask(method, &url, &headers, String::new()).await;
        assert_eq!(refused.unwrap().expect(403).code(), ErrorCode::NotParticipant);
    }
    react(&bob, sent.id, "👍", Method::PUT).await.expect(200);
    bob.leave().await;
    react(&bob, sent.id, "🎉", Method::PUT).await.expect(404);
    let kept = shown(&alice, sent.id).await;
    assert_eq!(json!(kept), json!([{ "emoji": "👍", "count": 1, "me": false }]));

    let page = format!("/api/v1/dialogs/{}/messages", alice.dialog());
    let page: Value = alice.ask(Method::GET, &page, "").await.json();
    let system_message = page["data"]["messages"][0]["id"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    let refused = react(&alice, system_message, "👍", Method::PUT).await.expect(400);
    assert_eq!(refused.code(), ErrorCode::BadRequest);
    alice.delete(sent.id).await;
    let refused = react(&alice, sent.id, "👍", Method::PUT).await.expect(404);
    assert_eq!(refused.code(), ErrorCode::MessageNotFound);
}

#[tokio::test]
async fn what_is_no_emoji_or_one_too_many_is_refused() {
    let system = System::start().await;
    let [alice] = system.dialog().offline().between(["alice"]).await;
    let sent = alice.send("hi").await;
    for text in ["ok", "<", " ", "1", "👍 ", &"👍".repeat(9)] {
        let refused = react(&alice, sent.id, text, Method::PUT).await.expect(400);
        assert_eq!(refused.code(), ErrorCode::InvalidInput, "{text:?}");
    }
    let broken = format!(
        "/api/v1/dialogs/{}/messages/{}/reactions/%F0%9F",
        alice.dialog(),
        sent.id
    );
    alice.ask(Method::PUT, &broken, "").await.expect(400);
    let emoji = |number: u32| char::from_u32(0x1F600 + number).unwrap().to_string();
    for number in 0..20 {
        react(&alice, sent.id, &emoji(number), Method::PUT)
            .await
            .expect(200);
    }
    let refused = react(&alice, sent.id, &emoji(20), Method::PUT).await.expect(400);
    assert_eq!(refused.code(), ErrorCode::InvalidInput);
    react(&alice, sent.id, &emoji(3), Method::DELETE)
        .await
        .expect(200);
    react(&alice, sent.id, &emoji(20), Method::PUT).await.expect(200);
    assert_eq!(shown(&alice, sent.id).await.len(), 20);
}
