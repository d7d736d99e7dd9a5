//! Who may do what: roles, and what the host permits in the token.

use http::Method;
use mtchat_protocol::{ErrorCode, Role, ServerFrame};
use mtchat_tests::{Answer, JWT_SECRET, System, User, token};
use serde_json::json;

async fn delete(user: &User, message: mtchat_protocol::MessageId) -> Answer {
    let path = format!("/api/v1/dialogs/{}/messages/{message}", user.dialog());
    user.ask(Method::DELETE, &path, "").await
}

#[tokio::test]
async fn who_may_only_read_reads_and_writes_nothing() {
    let system = System::with().edges(2).start().await;
    let [alice, bob] = system.dialog().on_edges([0, 1]).between(["alice", "bob"]).await;
    let admin = system.admin(0);
    let own = bob.send("mine").await;
    admin.change_role(alice.dialog(), "bob", "read_only").await;
    let path = format!("/api/v1/dialogs/{}/messages/{}", bob.dialog(), own.id);
    let sent = bob
        .try_send(mtchat_protocol::MessageId::fresh(), "no")
        .await
        .unwrap();
    let edited = bob.ask(Method::PUT, &path, r#"{"content":"no"}"#).await;
    let deleted = delete(&bob, own.id).await;
    for refused in [sent, edited, deleted] {
        assert_eq!(refused.code(), ErrorCode::Forbidden, "{refused}");
    }
    assert_eq!(bob.reads().await, ["mine"]);
    alice.send("still heard").await;
    bob.sees(["mine", "still heard"]).await;

    let detail = admin.dialog(alice.dialog()).await.unwrap();
    let roles: Vec<Role> = detail.participants.iter().map(|one| one.role).collect();
    assert_eq!(roles, [Role::Member, Role::ReadOnly]);
    let told = |frame: &ServerFrame| matches!(frame, ServerFrame::ParticipantUpdated { user_id, role: Role::ReadOnly, .. } if user_id.as_str() == "bob");
    assert!(
        alice
            .device()
            .journal()
            .frames
            .iter()
            .any(|seen| told(&seen.frame))
    );

    admin.change_role(alice.dialog(), "bob", "member").await;
    bob.send("again").await;
}

#[tokio::test]
async fn moderators_and_owners_delete_messages_of_others_and_edit_none() {
    let system = System::start().await;
    let [alice, bob] = system.dialog().between(["alice", "bob"]).await;
    let admin = system.admin(0);
    for role in ["moderator", "owner"] {
        let sent = alice.send("rude").await;
        admin.change_role(alice.dialog(), "bob", "member").await;
        assert_eq!(delete(&bob, sent.id).await.code(), ErrorCode::NotMessageAuthor);
        admin.change_role(alice.dialog(), "bob", role).await;
        let path = format!("/api/v1/dialogs/{}/messages/{}", bob.dialog(), sent.id);
        let edited = bob.ask(Method::PUT, &path, r#"{"content":"nice"}"#).await;
        assert_eq!(edited.code(), ErrorCode::NotMessageAuthor);
        delete(&bob, sent.id).await.expect(204);
    }
    assert!(alice.reads().await.is_empty());
}

#[tokio::test]
async fn a_permission_in_the_token_lets_a_member_moderate_and_nobody_else() {
    let system = System::start().await;
    let [alice, _bob] = system.dialog().between(["alice", "bob"]).await;
    let ask = async |user: &str, message: mtchat_protocol::MessageId| {
        let claims = json!({ "sub": user, "exp": token::now() + 600, "permissions": ["moderate"] });
        let bearer = format!("Bearer {}", token::signed(&claims, JWT_SECRET));
        let path = format!("/api/v1/dialogs/{}/messages/{message}", alice.dialog());
        let headers = [("Authorization", bearer.as_str())];
        let url = system.edge(0).url(&path);
        let answer = system.http().ask(Method::DELETE, &url, &headers, "");
        answer.await.unwrap()
    };
    let sent = alice.send("rude").await;
    assert_eq!(ask("mallory", sent.id).await.code(), ErrorCode::DialogNotFound);
    ask("bob", sent.id).await.expect(204);
}

#[tokio::test]
async fn roles_are_given_at_creation_and_when_adding() {
    let system = System::start().await;
    let admin = system.admin(0);
    let participants = json!([
        { "user_id": "alice", "display_name": "Alice", "role": "owner" },
        { "user_id": "bob", "display_name": "Bob" }
    ]);
    let request = json!({ "object_type": "order", "object_id": "7", "participants": participants });
    let dialog = admin.create(&request).await.id;
    let carol = json!({ "user_id": "carol", "display_name": "Carol", "role": "read_only" }).to_string();
    let path = format!("/dialogs/{dialog}/participants");
    admin.ask(Method::POST, &path, &carol).await.expect(201);
    let detail = admin.dialog(dialog).await.unwrap();
    let roles: Vec<Role> = detail.participants.iter().map(|one| one.role).collect();
    assert_eq!(roles, [Role::Owner, Role::Member, Role::ReadOnly]);

    let unknown = json!({ "user_id": "dan", "display_name": "Dan", "role": "king" }).to_string();
    admin.ask(Method::POST, &path, &unknown).await.expect(422);
    let role = json!({ "role": "owner" }).to_string();
    let nobody = format!("/dialogs/{dialog}/participants/nobody/role");
    let refused = admin.ask(Method::PUT, &nobody, &role).await;
    assert_eq!(refused.code(), ErrorCode::ParticipantNotFound);
    for path in [format!(
        "/dialogs/{}/participants/alice/role",
        mtchat_protocol::DialogId::fresh()
    )] {
        assert_eq!(
            admin.ask(Method::PUT, &path, &role).await.code(),
            ErrorCode::NotFound
        );
    }
}
