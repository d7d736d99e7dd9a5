//! What hosts do with dialogs beside making them.

use http::Method;
use mtchat_protocol::{DialogId, ErrorCode, MessageId, MessageType, ServerFrame};
use mtchat_tests::{Journal, System, User, token};
use serde_json::{Value, json};

fn updates(journal: &Journal) -> Vec<Value> {
    let frames = journal.frames.iter().map(|seen| &seen.frame);
    let updates = frames.filter(|frame| matches!(frame, ServerFrame::DialogUpdated(_)));
    updates
        .map(|frame| serde_json::to_value(frame).unwrap())
        .collect()
}

#[tokio::test]
async fn a_change_arrives_live_and_stays() {
    let system = System::with().edges(2).start().await;
    let [alice, bob] = system
        .dialog()
        .with("title", json!("before"))
        .with("meta", json!({ "a": 1 }))
        .on_edges([0, 1])
        .between(["alice", "bob"])
        .await;
    let admin = system.admin(0);
    let change = json!({ "title": "after", "object_url": "https://shop.example/7", "meta": null });
    let view = admin.patch(alice.dialog(), &change).await;
    assert_eq!(view.title.as_ref().unwrap().as_str(), "after");
    assert_eq!((&view.meta, view.frozen), (&None, false));
    assert_eq!(view, admin.dialog(alice.dialog()).await.unwrap().dialog);
    let untitled = admin.patch(alice.dialog(), &json!({ "title": null })).await;
    assert_eq!((untitled.title, &untitled.object_url), (None, &view.object_url));

    alice.send("marker").await;
    bob.sees("marker").await;
    let heard = updates(&bob.device().journal());
    assert_eq!(heard.len(), 2, "{heard:?}");
    assert_eq!(heard[0]["title"], "after");
    assert_eq!(heard[0]["object_url"], "https://shop.example/7");
    assert_eq!(heard[0].get("meta"), Some(&json!(null)), "it was cleared");
    assert_eq!(heard[1]["title"], json!(null));
    assert_eq!(heard[1].get("meta"), None, "it did not change");
    assert!(heard[0]["pos"].is_string() && heard[0]["seq"].as_u64() < heard[1]["seq"].as_u64());
}

#[tokio::test]
async fn nothing_is_appended_to_a_frozen_dialog_but_by_the_host() {
    let system = System::with().edges(2).start().await;
    let [alice, bob] = system
        .dialog()
        .with("access_scopes", json!([{ "scope_level0": ["acme"] }]))
        .on_edges([0, 1])
        .between(["alice", "bob"])
        .await;
    let admin = system.admin(0);
    let sent = bob.send("before").await;
    let frozen = admin
        .patch(alice.dialog(), &json!({ "frozen": true, "title": "closed" }))
        .await;
    assert!(frozen.frozen);
    refuses_everything(&system, &bob, sent.id).await;
    let path = format!("/dialogs/{}/messages", alice.dialog());
    let said = admin.ask(Method::POST, &path, r#"{"text":"no"}"#);
    assert_eq!(said.await.code(), ErrorCode::Forbidden);

    admin.add(alice.dialog(), "dan").await;
    admin.remove(alice.dialog(), "dan").await;
    let item = bob
        .ask(Method::GET, &format!("/api/v1/dialogs/{}", bob.dialog()), "")
        .await;
    assert_eq!(item.data::<Value>()["frozen"], true);
    let opened = admin.patch(alice.dialog(), &json!({ "frozen": false })).await;
    assert!(!opened.frozen);
    bob.send("after").await;
    alice.sees(["before", "after"]).await;
    let heard: Vec<Value> = updates(&alice.device().journal());
    assert_eq!(
        (&heard[0]["frozen"], &heard[0]["title"]),
        (&json!(true), &json!("closed")),
        "one fact for both"
    );
    assert_eq!(heard[1]["frozen"], false);
}

async fn refuses_everything(system: &System, bob: &User, own: MessageId) {
    let dialog = format!("/api/v1/dialogs/{}", bob.dialog());
    let content = r#"{"content":"no"}"#;
    for (method, path, body) in [
        (Method::POST, format!("{dialog}/messages"), content),
        (Method::PUT, format!("{dialog}/messages/{own}"), content),
        (Method::DELETE, format!("{dialog}/messages/{own}"), ""),
        (Method::POST, format!("{dialog}/leave"), ""),
    ] {
        let refused = bob.ask(method, &path, body).await;
        assert_eq!(refused.code(), ErrorCode::Forbidden, "{path}: {refused}");
    }
    let bearer = format!("Bearer {}", token::scoped("carol", &["acme"]));
    let headers = [
        ("Authorization", bearer.as_str()),
        ("Content-Type", "application/json"),
    ];
    let url = system.edge(1).url(&format!("{dialog}/join"));
    let joined = system
        .http()
        .ask(Method::POST, &url, &headers, r#"{"display_name":"Carol"}"#);
    assert_eq!(joined.await.unwrap().code(), ErrorCode::Forbidden);
}

#[tokio::test]
async fn what_the_host_says_stands_in_the_order_of_messages_and_is_never_unread() {
    let system = System::with().edges(2).start().await;
    let [alice, bob] = system.dialog().on_edges([0, 1]).between(["alice", "bob"]).await;
    let admin = system.admin(0);
    let first = alice.send("one").await;
    let card = json!({ "card": {
        "type": "order_paid", "title": "Paid <b>now</b>", "link": "https://shop.example/7",
        "fields": [{ "name": "Amount", "value": "7 EUR" }]
    }});
    let posted = admin.post(alice.dialog(), &card).await;
    let said = admin.post(alice.dialog(), &json!({ "text": "5 < 7" })).await;
    let last = alice.send("two").await;
    assert!(first.seq < posted.seq && posted.seq < said.seq && said.seq < last.seq);
    assert_eq!(
        (posted.message_type, &posted.sender_id),
        (MessageType::System, &None)
    );
    let content: Value = serde_json::from_str(posted.content.as_str()).unwrap();
    let expected = json!({
        "event": "card", "type": "order_paid", "title": "Paid <b>now</b>", "link": "https://shop.example/7",
        "fields": [{ "name": "Amount", "value": "7 EUR" }], "text": "Paid <b>now</b>\nAmount: 7 EUR"
    });
    assert_eq!(content, expected);
    let content: Value = serde_json::from_str(said.content.as_str()).unwrap();
    assert_eq!(content, json!({ "event": "host_message", "text": "5 < 7" }));

    bob.sees(["one", "two"]).await;
    let live: Vec<MessageId> = bob
        .device()
        .journal()
        .frames
        .iter()
        .filter_map(|seen| match &seen.frame {
            ServerFrame::MessageNew(new) => Some(new.id),
            _ => None,
        })
        .collect();
    assert_eq!(live, [first.id, posted.id, said.id, last.id]);
    let path = format!("/api/v1/dialogs/{}", bob.dialog());
    let page: Value = bob
        .ask(Method::GET, &format!("{path}/messages?limit=4"), "")
        .await
        .data();
    let stored: Vec<&Value> = page["messages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["id"])
        .collect();
    assert_eq!(json!(stored), json!(live));
    let item: Value = bob.ask(Method::GET, &path, "").await.data();
    assert_eq!(item["unread_count"], 2);
}

#[tokio::test]
async fn what_breaks_a_limit_is_refused() {
    let system = System::start().await;
    let [alice] = system.dialog().between(["alice"]).await;
    let admin = system.admin(0);
    let (dialog, card) = (
        format!("/dialogs/{}", alice.dialog()),
        |card: Value| json!({ "card": card }),
    );
    let messages = format!("{dialog}/messages");
    for (method, path, body) in [
        (Method::PATCH, &dialog, json!({ "title": "t".repeat(501) })),
        (Method::PATCH, &dialog, json!({ "object_url": "u".repeat(2_049) })),
        (Method::PATCH, &dialog, json!({ "meta": "m".repeat(20_000) })),
        (Method::POST, &messages, json!({})),
        (Method::POST, &messages, json!({ "text": " " })),
        (Method::POST, &messages, json!({ "text": "t".repeat(4_001) })),
        (Method::POST, &messages, card(json!({ "type": "t", "title": "" }))),
        (
            Method::POST,
            &messages,
            card(json!({ "type": "t", "title": "t", "link": "javascript:alert(1)" })),
        ),
        (
            Method::POST,
            &messages,
            json!({ "text": "t", "card": { "type": "t", "title": "t" } }),
        ),
    ] {
        let refused = admin.ask(method, path, &body.to_string()).await;
        assert_eq!(
            (refused.status.as_u16(), refused.code()),
            (400, ErrorCode::InvalidInput),
            "{body}"
        );
    }
    admin
        .ask(Method::POST, &messages, r#"{"card":{"type":"t"}}"#)
        .await
        .expect(422);
    admin
        .ask(Method::PATCH, &dialog, r#"{"frozen":"yes"}"#)
        .await
        .expect(422);
    assert!(updates(&alice.device().journal()).is_empty());
}

#[tokio::test]
async fn all_dialogs_are_listed_newest_first_page_by_page() {
    let system = System::start().await;
    let admin = system.admin(0);
    let mut made = Vec::new();
    for (object_type, object_id) in [
        ("order", "1"),
        ("order", "2"),
        ("ticket", "1"),
        ("order", "1"),
        ("order", "3"),
    ] {
        let request = json!({ "object_type": object_type, "object_id": object_id });
        made.push(admin.create(&request).await.id);
    }
    let gone = admin
        .create(&json!({ "object_type": "order", "object_id": "1" }))
        .await;
    admin.delete(gone.id).await;
    for (filter, expected) in [
        ("", vec![made[4], made[3], made[2], made[1], made[0]]),
        ("&object_type=order", vec![made[4], made[3], made[1], made[0]]),
        ("&object_type=order&object_id=1", vec![made[3], made[0]]),
        ("&object_type=nothing", vec![]),
    ] {
        let (mut listed, mut cursor) = (Vec::new(), String::new());
        loop {
            let path = format!("/dialogs?limit=2{filter}{cursor}");
            let page: Value = admin.ask(Method::GET, &path, "").await.expect(200).json();
            let dialogs = page["data"].as_array().unwrap();
            assert!(dialogs.len() <= 2);
            listed.extend(dialogs.iter().map(|dialog| dialog["id"].clone()));
            let Some(next) = page["next_cursor"].as_str() else {
                break;
            };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(json!(listed), json!(expected), "{filter}");
    }
    for bad in ["cursor=x", "object_id=1", "limit=x"] {
        let refused = admin.ask(Method::GET, &format!("/dialogs?{bad}"), "").await;
        assert_eq!(refused.status.as_u16(), 400, "{bad}");
    }
}

#[tokio::test]
async fn an_export_is_the_whole_dialog_in_order() {
    let system = System::start().await;
    let [alice, bob] = system.dialog().between(["alice", "bob"]).await;
    let admin = system.admin(0);
    let edited = alice.send("v0").await;
    for version in 1..=120 {
        alice.edit(edited.id, &format!("v{version}")).await;
    }
    let gone = bob.send("secret").await;
    bob.delete(gone.id).await;
    for number in 0..70 {
        bob.send_accepted(&format!("m{number}")).await;
    }
    bob.send("last").await;
    let path = format!("/dialogs/{}/export", alice.dialog());
    let answer = admin.ask(Method::GET, &path, "").await.expect(200);
    assert_eq!(answer.header("Content-Type"), Some("application/x-ndjson"));
    let text = String::from_utf8(answer.body.to_vec()).unwrap();
    assert!(!text.contains("secret"));
    let lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let of = |kind: &str, field: &str| -> Vec<Value> {
        let lines = lines.iter().filter(|line| line["type"] == kind);
        lines.map(|line| line[field].clone()).collect()
    };
    assert_eq!(of("dialog", "id"), [json!(alice.dialog())]);
    assert_eq!(of("participant", "user_id"), ["alice", "bob"]);
    let contents: Vec<String> = (0..70).map(|number| format!("m{number}")).collect();
    let contents = [&["v120".to_owned()][..], &contents, &["last".to_owned()]].concat();
    assert_eq!(
        of("message", "content")[1..],
        contents[..],
        "the first one is the system's"
    );
    let versions: Vec<String> = (0..120).map(|version| format!("v{version}")).collect();
    assert_eq!(of("version", "content"), versions);
    assert!(
        of("version", "message_id")
            .iter()
            .all(|id| *id == json!(edited.id))
    );
    assert_eq!(lines.last().unwrap(), &json!({ "type": "end", "messages": 73 }));
}

#[tokio::test]
async fn members_see_what_a_message_said_before() {
    let system = System::start().await;
    let [alice, bob] = system.dialog().between(["alice", "bob"]).await;
    let [mallory] = system.dialog().between(["mallory"]).await;
    let sent = alice.send("first").await;
    let history = |dialog: DialogId| format!("/api/v1/dialogs/{dialog}/messages/{}/history", sent.id);
    let path = history(alice.dialog());
    assert_eq!(bob.ask(Method::GET, &path, "").await.data::<Value>(), json!([]));
    let second = alice.edit(sent.id, "second").await;
    alice.edit(sent.id, "third").await;
    let versions: Vec<Value> = bob.ask(Method::GET, &path, "").await.data();
    let contents: Vec<&Value> = versions.iter().map(|version| &version["content"]).collect();
    assert_eq!(contents, ["first", "second"]);
    assert_eq!(versions[0]["edited_at"], json!(second.last_edited_at));
    assert_eq!(
        mallory.ask(Method::GET, &path, "").await.code(),
        ErrorCode::DialogNotFound
    );
    let through_own = mallory.ask(Method::GET, &history(mallory.dialog()), "").await;
    assert_eq!(through_own.code(), ErrorCode::MessageNotFound);
    alice.delete(sent.id).await;
    assert_eq!(
        bob.ask(Method::GET, &path, "").await.code(),
        ErrorCode::MessageNotFound
    );
}

#[tokio::test]
async fn an_unknown_dialog_is_not_found_and_without_a_token_nobody_is_served() {
    let system = System::start().await;
    let [alice] = system.dialog().between(["alice"]).await;
    let admin = system.admin(0);
    for dialog in [DialogId::fresh(), alice.dialog()] {
        let path = format!("/dialogs/{dialog}");
        for (method, path, body) in [
            (Method::PATCH, path.clone(), r#"{"title":"t"}"#),
            (Method::POST, format!("{path}/messages"), r#"{"text":"t"}"#),
            (
                Method::PUT,
                format!("{path}/participants/alice/role"),
                r#"{"role":"owner"}"#,
            ),
            (Method::GET, format!("{path}/export"), ""),
        ] {
            let headers = [("Content-Type", "application/json")];
            let url = system.edge(0).url(&format!("/api/v1/management{path}"));
            let nobody = system
                .http()
                .ask(method.clone(), &url, &headers, body)
                .await
                .unwrap();
            assert_eq!(nobody.code(), ErrorCode::Unauthorized);
            if dialog != alice.dialog() {
                assert_eq!(
                    admin.ask(method, &path, body).await.code(),
                    ErrorCode::NotFound,
                    "{path}"
                );
            }
        }
    }
    let url = system.edge(0).url("/api/v1/management/dialogs");
    let nobody = system.http().ask(Method::GET, &url, &[], "");
    assert_eq!(nobody.await.unwrap().code(), ErrorCode::Unauthorized);
}
