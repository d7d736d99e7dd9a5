//! Revoked tokens and banned users: nothing more goes to them, on any edge, also over sockets that are open.

use std::time::Duration;

use http::Method;
use mtchat_protocol::{ErrorCode, MessageId};
use mtchat_tests::{Answer, Heard, JWT_SECRET, Socket, System, User, eventually, token, within};
use serde_json::{Value, json};
use tokio::time::Instant;

/// After so long nothing may come to whoever was revoked.
const PROMPT: Duration = Duration::from_secs(5);

/// A token that was made so many seconds from now.
fn issued(user: &str, seconds: i64) -> String {
    let now = token::now();
    let claims = json!({ "sub": user, "exp": now + 3_600, "iat": now.saturating_add_signed(seconds) });
    token::signed(&claims, JWT_SECRET)
}

async fn open(system: &System, edge: usize, token: &str) -> Socket {
    let query = format!("?token={token}");
    let mut socket = Socket::open(system.edge(edge).port(), &query).await.unwrap();
    assert_eq!(socket.hears().await["type"], "connected");
    socket
}

async fn show(system: &System, edge: usize, user: &User, token: &str) -> Answer {
    let bearer = format!("Bearer {token}");
    let url = system
        .edge(edge)
        .url(&format!("/api/v1/dialogs/{}", user.dialog()));
    let headers = [("Authorization", bearer.as_str())];
    system.http().ask(Method::GET, &url, &headers, "").await.unwrap()
}

/// Keep writing, until dropped.
async fn flood(user: User) {
    loop {
        user.send_accepted("flood").await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_revoked_token_gets_no_byte_after_five_seconds_on_any_edge() {
    let system = System::with().edges(2).start().await;
    let [alice, bob] = system
        .dialog()
        .on_edges([0, 1])
        .offline()
        .between(["alice", "bob"])
        .await;
    alice.connect().await;
    let old = issued("bob", -10);
    let mut here = open(&system, 0, &old).await;
    let mut there = open(&system, 1, &old).await;
    let flooding = tokio::spawn(flood(alice.clone()));
    assert_eq!(here.hears().await["content"], "flood");
    assert_eq!(there.hears().await["content"], "flood");

    let answer = system.admin(0).ask(Method::POST, "/users/bob/revoke", "{}").await;
    let revoked = Instant::now();
    let view: Value = answer.expect(200).data();
    assert_eq!(
        (&view["user_id"], &view["banned"]),
        (&json!("bob"), &json!(false))
    );
    for socket in [&mut here, &mut there] {
        assert_eq!(
            within("the end of the socket", PROMPT, socket.ends()).await,
            Heard::Closed(Some(4104))
        );
        assert!(revoked.elapsed() < PROMPT);
    }
    flooding.abort();

    for edge in [0, 1] {
        let refused = show(&system, edge, &bob, &old).await;
        assert_eq!(refused.expect(401).code(), ErrorCode::Unauthorized);
        // A token that does not say when it was made could be any.
        assert_eq!(show(&system, edge, &bob, bob.token()).await.status.as_u16(), 401);
        let fresh = issued("bob", 2);
        assert_eq!(show(&system, edge, &bob, &fresh).await.status.as_u16(), 200);
        open(&system, edge, &fresh).await;
        let mut anonymous = Socket::open(system.edge(edge).port(), "").await.unwrap();
        anonymous
            .say(&json!({ "type": "auth", "token": old }).to_string())
            .await;
        assert_eq!(anonymous.ends().await, Heard::Closed(Some(4104)));
    }
    alice
        .try_send(MessageId::fresh(), "others go on")
        .await
        .unwrap()
        .expect(200);
}

#[tokio::test]
async fn a_banned_user_is_kept_out_until_unbanned() {
    let system = System::with().edges(2).start().await;
    let [alice, bob] = system
        .dialog()
        .on_edges([0, 1])
        .offline()
        .between(["alice", "bob"])
        .await;
    alice.connect().await;
    let fresh = issued("bob", 2);
    let mut socket = open(&system, 1, &fresh).await;
    let admin = system.admin(0);
    admin.ask(Method::POST, "/users/bob/ban", "").await.expect(204);
    admin.ask(Method::POST, "/users/bob/ban", "").await.expect(204);
    assert_eq!(
        within("the end of the socket", PROMPT, socket.ends()).await,
        Heard::Closed(Some(4104))
    );
    for edge in [0, 1] {
        assert_eq!(show(&system, edge, &bob, &fresh).await.status.as_u16(), 401);
    }
    alice.send("others go on").await;
    alice.sees("others go on").await;

    admin.ask(Method::DELETE, "/users/bob/ban", "").await.expect(204);
    admin
        .ask(Method::DELETE, "/users/nobody/ban", "")
        .await
        .expect(204);
    for edge in [0, 1] {
        eventually("bob to be let in", PROMPT, async || {
            let answer = show(&system, edge, &bob, &fresh).await;
            (answer.status.as_u16() == 200).then_some(())
        })
        .await;
    }
}

#[tokio::test]
async fn a_ban_outlives_a_restart_and_a_lost_announcement() {
    let system = System::with().edges(2).bad_network().start().await;
    let [bob] = system.dialog().offline().between(["bob"]).await;
    // Announcements come through the broker; the database is asked all the same.
    system.network().cut();
    let banned = system.admin(0).ask(Method::POST, "/users/bob/ban", "").await;
    banned.expect(204);
    eventually("the other edge to learn it", PROMPT, async || {
        let answer = show(&system, 1, &bob, bob.token()).await;
        (answer.status.as_u16() == 401).then_some(())
    })
    .await;
    system.network().mend();
    system.edge(1).kill().await;
    system.edge(1).restart().await;
    assert_eq!(show(&system, 1, &bob, bob.token()).await.status.as_u16(), 401);
}

#[tokio::test]
async fn only_the_host_revokes_and_not_into_the_future() {
    let system = System::start().await;
    let [alice] = system.dialog().offline().between(["alice"]).await;
    for path in ["/users/bob/revoke", "/users/bob/ban"] {
        let url = system.edge(0).url(&format!("/api/v1/management{path}"));
        let bearer = format!("Bearer {}", alice.token());
        let headers = [
            ("Authorization", bearer.as_str()),
            ("Content-Type", "application/json"),
        ];
        let answer = system
            .http()
            .ask(Method::POST, &url, &headers, "{}")
            .await
            .unwrap();
        assert_eq!(answer.expect(403).code(), ErrorCode::Forbidden);
    }
    let admin = system.admin(0);
    let later = json!({ "before": "2999-01-01T00:00:00Z" }).to_string();
    let answer = admin.ask(Method::POST, "/users/alice/revoke", &later).await;
    assert_eq!(answer.expect(400).code(), ErrorCode::InvalidInput);
    let earlier = json!({ "before": "2020-01-01T00:00:00Z" }).to_string();
    let answer = admin.ask(Method::POST, "/users/alice/revoke", &earlier).await;
    answer.expect(200);
    // Hers does not say when it was made.
    assert_eq!(show(&system, 0, &alice, alice.token()).await.status.as_u16(), 401);
    assert_eq!(
        show(&system, 0, &alice, &issued("alice", -10))
            .await
            .status
            .as_u16(),
        200
    );
}

#[tokio::test]
async fn a_ban_holds_where_callers_are_who_they_say_they_are() {
    let system = System::with().variable("JWT_AUTH_ENABLED", "false").start().await;
    let admin = system.admin(0);
    let created = admin
        .create(&json!({ "object_type": "order", "object_id": "1", "participants": ["bob", "alice"] }))
        .await;
    let ask = async |user: &str| {
        let url = system
            .edge(0)
            .url(&format!("/api/v1/dialogs/{}?user_id={user}", created.id));
        system
            .http()
            .ask(Method::GET, &url, &[], "")
            .await
            .unwrap()
            .status
    };
    assert_eq!(ask("bob").await, 200);
    admin.ask(Method::POST, "/users/bob/ban", "").await.expect(204);
    assert_eq!(ask("bob").await, 401);
    assert_eq!(ask("alice").await, 200);
}
