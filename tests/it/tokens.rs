//! Forged, expired and foreign tokens, on REST and on sockets.

use http::Method;
use jsonwebtoken::Algorithm;
use mtchat_protocol::ErrorCode;
use mtchat_tests::{ADMIN_TOKEN, Heard, JWT_SECRET, Refused, Socket, System, token};
use serde_json::json;

fn bad_tokens() -> Vec<(&'static str, String)> {
    let later = token::now() + 3_600;
    let good = json!({ "sub": "alice", "exp": later });
    let (head, _) = token::of("alice")
        .rsplit_once('.')
        .map(|(head, tail)| (head.to_owned(), tail.to_owned()))
        .unwrap();
    let other = "f00dfeed9c3e4b1a8d7c6f5e4a3b2c1d0e9f8a7b6c5d4e3f";
    vec![
        ("nonsense", "x".to_owned()),
        ("empty parts", "..".to_owned()),
        ("another secret", token::signed(&good, other)),
        ("no signature", format!("{head}.")),
        (
            "none",
            token::unsigned(&json!({ "alg": "none", "typ": "JWT" }), &good),
        ),
        ("None", token::unsigned(&json!({ "alg": "None" }), &good)),
        ("no algorithm", token::unsigned(&json!({ "typ": "JWT" }), &good)),
        ("HS512", token::signed_by(Algorithm::HS512, &good, JWT_SECRET)),
        (
            "expired",
            token::signed(&json!({ "sub": "alice", "exp": token::now() - 120 }), JWT_SECRET),
        ),
        ("no expiry", token::signed(&json!({ "sub": "alice" }), JWT_SECRET)),
        (
            "expiry as text",
            token::signed(&json!({ "sub": "alice", "exp": later.to_string() }), JWT_SECRET),
        ),
        (
            "not yet",
            token::signed(&json!({ "sub": "alice", "exp": later, "nbf": later }), JWT_SECRET),
        ),
        ("no user", token::signed(&json!({ "exp": later }), JWT_SECRET)),
        (
            "empty user",
            token::signed(&json!({ "sub": "", "exp": later }), JWT_SECRET),
        ),
        (
            "user as object",
            token::signed(&json!({ "sub": {}, "exp": later }), JWT_SECRET),
        ),
        (
            "user too long",
            token::signed(&json!({ "sub": "x".repeat(256), "exp": later }), JWT_SECRET),
        ),
        ("the management token", ADMIN_TOKEN.to_owned()),
        ("too large", "x".repeat(20_000)),
    ]
}

#[tokio::test]
async fn a_bad_token_opens_nothing() {
    let system = System::start().await;
    let [alice] = system.dialog().between(["alice"]).await;
    let url = system.edge(0).url(&format!("/api/v1/dialogs/{}", alice.dialog()));
    for (name, bad) in bad_tokens() {
        let bearer = format!("Bearer {bad}");
        let answer = system
            .http()
            .ask(Method::GET, &url, &[("Authorization", &bearer)], "")
            .await
            .unwrap();
        assert_eq!(
            (answer.status.as_u16(), answer.code()),
            (401, ErrorCode::Unauthorized),
            "{name}: {answer}"
        );
        match Socket::open(system.edge(0).port(), &format!("?token={bad}")).await {
            Err(Refused::Answer(status, _, body)) => {
                assert!(matches!(status.as_u16(), 401 | 414 | 431), "{name}: {status}");
                assert!(
                    status.as_u16() != 401 || body.starts_with(b"{\"error\":"),
                    "{name}"
                );
            }
            other => panic!("{name}: {other:?}"),
        }
    }
    for headers in [&[][..], &[("Authorization", "Basic YTpi")][..]] {
        let answer = system.http().ask(Method::GET, &url, headers, "").await.unwrap();
        assert_eq!(
            (answer.status.as_u16(), answer.code()),
            (401, ErrorCode::Unauthorized),
            "{answer}"
        );
    }
    let query = format!("{url}?user_id=alice");
    let answer = system.http().ask(Method::GET, &query, &[], "").await.unwrap();
    assert_eq!(
        answer.code(),
        ErrorCode::Unauthorized,
        "the query says nothing about who one is"
    );
}

#[tokio::test]
async fn a_socket_without_a_token_must_say_whose_it_is_first() {
    let system = System::start().await;
    let [alice, bob] = system.dialog().between(["alice", "bob"]).await;
    let port = system.edge(0).port();
    let mut socket = Socket::open(port, "").await.unwrap();
    let auth = json!({ "type": "auth", "token": bob.token() });
    socket.say(&auth.to_string()).await;
    assert_eq!(socket.hears().await["type"], "connected");
    alice.send("hi").await;
    assert_eq!(socket.hears().await["content"], "hi");

    let mut forged = Socket::open(port, "").await.unwrap();
    forged.say(r#"{"type":"auth","token":"x"}"#).await;
    assert!(matches!(forged.ends().await, Heard::Closed(Some(4100..4200))));
    let mut silent = Socket::open(port, "").await.unwrap();
    assert!(matches!(silent.ends().await, Heard::Closed(Some(4100..4200))));
}

#[tokio::test]
async fn the_management_api_is_open_to_its_token_only() {
    let system = System::start().await;
    let url = system.edge(0).url("/api/v1/management/dialogs/search");
    let body = r#"{"object_type":"order","object_id":"1"}"#;
    let alice = format!("Bearer {}", token::of("alice"));
    let longer = format!("Bearer {ADMIN_TOKEN}x");
    let shorter = format!("Bearer {}", &ADMIN_TOKEN[1..]);
    for (header, status, code) in [
        (None, 401, ErrorCode::Unauthorized),
        (Some("Basic YTpi"), 401, ErrorCode::Unauthorized),
        (Some(alice.as_str()), 403, ErrorCode::Forbidden),
        (Some(longer.as_str()), 403, ErrorCode::Forbidden),
        (Some(shorter.as_str()), 403, ErrorCode::Forbidden),
    ] {
        let mut headers = vec![("Content-Type", "application/json")];
        headers.extend(header.map(|header| ("Authorization", header)));
        let answer = system
            .http()
            .ask(Method::POST, &url, &headers, body)
            .await
            .unwrap();
        assert_eq!(
            (answer.status.as_u16(), answer.code()),
            (status, code),
            "{header:?}"
        );
    }
}
