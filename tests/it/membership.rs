//! Coming and going: access begins and ends with the fact.

use http::Method;
use mtchat_protocol::{ErrorCode, JoinedAs, ServerFrame};
use mtchat_tests::{Socket, System, token};
use serde_json::{Value, json};

#[tokio::test]
async fn a_removed_participant_hears_of_it_and_of_nothing_after_it() {
    let system = System::with().edges(2).start().await;
    let [alice, bob] = system.dialog().on_edges([0, 1]).between(["alice", "bob"]).await;
    let [_, also_bob] = system.dialog().on_edges([0, 1]).between(["trent", "bob"]).await;
    alice.send("before").await;
    bob.sees("before").await;
    system.admin(0).remove(alice.dialog(), "bob").await;
    let refused = bob
        .try_send(mtchat_protocol::MessageId::fresh(), "too late")
        .await
        .unwrap();
    assert_eq!(refused.code(), ErrorCode::DialogNotFound);
    alice.send("after").await;
    alice.sees(["before", "after"]).await;

    // The marker is of another dialog of bob's, on the same socket, and comes after everything else.
    also_bob.send("marker").await;
    bob.sees("marker").await;
    let journal = bob.device().journal();
    let left = |frame: &ServerFrame| matches!(frame, ServerFrame::ParticipantLeft { user_id, .. } if user_id.as_str() == "bob");
    assert!(journal.frames.iter().any(|seen| left(&seen.frame)));
}

#[tokio::test]
async fn adding_somebody_twice_happens_once() {
    let system = System::start().await;
    let [alice] = system.dialog().between(["alice"]).await;
    let admin = system.admin(0);
    admin.add(alice.dialog(), "bob").await;
    admin.add(alice.dialog(), "bob").await;
    alice.send("marker").await;
    alice.sees("marker").await;
    let joined = |frame: &ServerFrame| matches!(frame, ServerFrame::ParticipantJoined { .. });
    let journal = alice.device().journal();
    assert_eq!(
        journal.frames.iter().filter(|seen| joined(&seen.frame)).count(),
        1
    );
    drop(journal);
    let detail = admin.dialog(alice.dialog()).await.unwrap();
    assert_eq!(detail.participants.len(), 2);
}

#[tokio::test]
async fn a_candidate_joins_by_scope_reads_and_leaves() {
    let system = System::start().await;
    let rule = json!([{ "scope_level0": ["acme"] }]);
    let [alice] = system
        .dialog()
        .with("access_scopes", rule)
        .between(["alice"])
        .await;
    alice.send("hi").await;
    let carol = token::scoped("carol", &["acme"]);
    let stranger = token::scoped("stranger", &["other"]);
    let ask = async |token: &str, method: Method, path: &str, body: &str| {
        let bearer = format!("Bearer {token}");
        let headers = [
            ("Authorization", bearer.as_str()),
            ("Content-Type", "application/json"),
        ];
        let url = system
            .edge(0)
            .url(&format!("/api/v1/dialogs/{}{path}", alice.dialog()));
        system
            .http()
            .ask(method, &url, &headers, body.to_owned())
            .await
            .unwrap()
    };
    let profile = r#"{"display_name":"Carol","company":"Acme"}"#;
    assert_eq!(
        ask(&stranger, Method::GET, "", "").await.code(),
        ErrorCode::DialogNotFound
    );
    assert_eq!(
        ask(&stranger, Method::POST, "/join", profile).await.code(),
        ErrorCode::DialogNotFound
    );
    assert_eq!(
        ask(&carol, Method::GET, "/messages", "").await.code(),
        ErrorCode::NotParticipant
    );

    let mut socket = Socket::open(system.edge(0).port(), &format!("?token={carol}"))
        .await
        .unwrap();
    socket.hears().await;
    let joined: serde_json::Value = ask(&carol, Method::POST, "/join", profile)
        .await
        .expect(200)
        .json();
    assert_eq!(joined, json!({ "status": "joined", "dialog_id": alice.dialog() }));
    assert_eq!(socket.hears().await["type"], "participant.joined");
    assert_eq!(
        ask(&carol, Method::POST, "/join", profile).await.code(),
        ErrorCode::BadRequest
    );
    ask(&carol, Method::GET, "/messages", "").await.expect(200);
    let detail = system.admin(0).dialog(alice.dialog()).await.unwrap();
    assert_eq!(detail.participants.last().unwrap().joined_as, JoinedAs::Joined);

    ask(&carol, Method::POST, "/leave", "").await.expect(200);
    ask(&carol, Method::POST, "/leave", "").await.expect(200);
    assert_eq!(
        ask(&carol, Method::GET, "/messages", "").await.code(),
        ErrorCode::NotParticipant
    );
}

#[tokio::test]
async fn a_deleted_dialog_is_gone_for_everybody() {
    let system = System::start().await;
    let [alice, bob] = system.dialog().between(["alice", "bob"]).await;
    alice.send("hi").await;
    system.admin(0).delete(alice.dialog()).await;
    let deleted = |frame: &ServerFrame| matches!(frame, ServerFrame::DialogDeleted { .. });
    let heard = |journal: &mtchat_tests::Journal| journal.frames.iter().any(|seen| deleted(&seen.frame));
    bob.device().until("the end of the dialog", heard).await;
    let path = format!("/api/v1/dialogs/{}/messages", alice.dialog());
    assert_eq!(
        bob.ask(Method::GET, &path, "").await.code(),
        ErrorCode::DialogNotFound
    );
    assert!(system.admin(0).dialog(alice.dialog()).await.is_none());
    system.admin(0).delete(alice.dialog()).await;
}

#[tokio::test]
async fn a_dialog_is_found_by_its_object_and_exact_rules() {
    let system = System::start().await;
    let admin = system.admin(0);
    let rules = json!([{ "scope_level0": ["a", "b"] }, { "tenant_uid": "c" }]);
    let created = admin
        .create(&json!({ "object_type": "order", "object_id": "7", "access_scopes": rules }))
        .await;
    let search = async |rules: serde_json::Value| {
        let body = json!({ "object_type": "order", "object_id": "7", "access_scopes": rules }).to_string();
        let answer = admin
            .ask(Method::POST, "/dialogs/search", &body)
            .await
            .expect(200);
        answer.json::<serde_json::Value>()["data"]["id"].clone()
    };
    let shuffled = json!([{ "scope_level0": ["c"] }, { "scope_level0": ["b", "a"] }]);
    assert_eq!(search(shuffled).await, json!(created.id));
    assert_eq!(search(json!([{ "scope_level0": ["a"] }])).await, json!(null));
}

#[tokio::test]
async fn who_has_left_is_known_by_name_to_those_who_are_there() {
    let system = System::start().await;
    let [alice, _bob, carol] = system.dialog().between(["alice", "bob", "carol"]).await;
    carol.send("I was here").await;
    system.admin(0).remove(alice.dialog(), "carol").await;
    let path = format!("/api/v1/dialogs/{}/participants/former", alice.dialog());
    let former = async |user: &str| {
        let (bearer, url) = (format!("Bearer {}", token::of(user)), system.edge(0).url(&path));
        let headers = [("Authorization", bearer.as_str())];
        let answer = system.http().ask(Method::GET, &url, &headers, "").await;
        answer.expect("the edge answers")
    };
    let seen = former("alice").await;
    assert_eq!(seen.status, 200);
    assert_eq!(
        seen.data::<Value>(),
        json!([{"user_id": "carol", "display_name": "carol", "company": "Acme"}])
    );
    assert_eq!(former("carol").await.status, 404);

    system.admin(0).add(alice.dialog(), "carol").await;
    let back = former("alice").await;
    assert_eq!(back.data::<Value>(), json!([]));
}
