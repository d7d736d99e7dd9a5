//! One-time tickets: a URL carries nothing that is good for anything later.

use http::Method;
use mtchat_protocol::ErrorCode;
use mtchat_tests::{Answer, HostApp, PATIENCE, Refused, Socket, System, eventually, token};
use serde_json::json;

/// Ask this edge for a ticket, with so much said by proxies.
async fn ask(system: &System, edge: usize, token: &str, forwarded: &str) -> Answer {
    let bearer = format!("Bearer {token}");
    let headers = [("Authorization", bearer.as_str()), ("X-Forwarded-For", forwarded)];
    let url = system.edge(edge).url("/api/v1/ws/ticket");
    system.http().ask(Method::POST, &url, &headers, "").await.unwrap()
}

/// The query of a socket with a fresh ticket.
async fn ticket(system: &System, token: &str) -> String {
    let answer = ask(system, 0, token, "127.0.0.1").await.expect(201);
    assert_eq!(answer.header("Cache-Control"), Some("no-store"));
    let made: serde_json::Value = answer.data();
    assert_eq!(made["expires_in"], 30);
    let ticket = made["ticket"].as_str().unwrap();
    assert_eq!(ticket.len(), 43, "256 bits");
    format!("?ticket={ticket}")
}

fn status(opened: &Result<Socket, Refused>) -> u16 {
    match opened {
        Ok(_) => 101,
        Err(Refused::Answer(status, ..)) => status.as_u16(),
        Err(Refused::Unreachable(why)) => panic!("{why}"),
    }
}

async fn connects(system: &System, query: &str, user: &str) {
    let mut socket = Socket::open(system.edge(0).port(), query).await.unwrap();
    let hello = socket.hears().await;
    assert_eq!(
        (&hello["type"], &hello["user_id"]),
        (&json!("connected"), &json!(user))
    );
}

#[tokio::test]
async fn a_ticket_opens_one_socket_on_any_edge_and_only_once() {
    let system = System::with()
        .edges(2)
        .variable("WS_QUERY_TOKEN", "false")
        .start()
        .await;
    let ports = [0, 1].map(|edge| system.edge(edge).port());
    let query = ticket(&system, &token::of("alice")).await;
    let attempts = (0..16).map(|number| Socket::open(ports[number % 2], &query));
    let opened = futures_util::future::join_all(attempts).await;
    let mut statuses: Vec<u16> = opened.iter().map(status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [[101].as_slice(), &[401; 15]].concat());
    assert_eq!(status(&Socket::open(ports[1], &query).await), 401, "a second use");
    // The same with what nobody made.
    for forged in [
        "?ticket=",
        "?ticket=x",
        &format!("?ticket={}", "A".repeat(43)),
        "?ticket=*",
    ] {
        assert_eq!(status(&Socket::open(ports[0], forged).await), 401, "{forged}");
    }
    connects(&system, &ticket(&system, &token::of("bob")).await, "bob").await;
}

#[tokio::test]
async fn a_ticket_is_good_from_the_address_that_asked_for_it() {
    let system = System::with().variable("TRUSTED_PROXIES", "1").start().await;
    let made: serde_json::Value = ask(&system, 0, &token::of("alice"), "192.0.2.7")
        .await
        .expect(201)
        .data();
    let query = format!("?ticket={}", made["ticket"].as_str().unwrap());
    assert_eq!(status(&Socket::open(system.edge(0).port(), &query).await), 401);
    connects(&system, &ticket(&system, &token::of("alice")).await, "alice").await;
}

#[tokio::test]
async fn a_ticket_is_of_its_app_and_for_pages_of_it() {
    let system = System::start().await;
    let acme = HostApp::create_with(&system, "acme", &["--cors-origin", "https://acme.example"]).await;
    let umbrella = HostApp::create_with(
        &system,
        "umbrella",
        &["--cors-origin", "https://umbrella.example"],
    )
    .await;
    let port = system.edge(0).port();
    for (app, foreign) in [
        (&acme, "https://umbrella.example"),
        (&umbrella, "https://acme.example"),
    ] {
        let query = ticket(&system, &app.token("alice")).await;
        assert_eq!(status(&Socket::open_from(port, &query, foreign).await), 403);
        assert_eq!(
            status(&Socket::open_from(port, &query, foreign).await),
            401,
            "used up"
        );
    }
    let query = ticket(&system, &acme.token("alice")).await;
    assert_eq!(
        status(&Socket::open_from(port, &query, "https://acme.example").await),
        101
    );
}

#[tokio::test]
async fn who_was_banned_after_asking_does_not_come_in() {
    let system = System::start().await;
    let query = ticket(&system, &token::of("bob")).await;
    let banned = system.admin(0).ask(Method::POST, "/users/bob/ban", "").await;
    banned.expect(204);
    assert_eq!(status(&Socket::open(system.edge(0).port(), &query).await), 401);
}

#[tokio::test]
async fn tickets_are_made_again_after_the_broker_was_away_and_those_before_are_gone() {
    let mut system = System::start().await;
    let before = ticket(&system, &token::of("alice")).await;
    system.nats().kill().await;
    let refused = ask(&system, 0, &token::of("alice"), "127.0.0.1")
        .await
        .expect(503);
    assert_eq!(refused.code(), ErrorCode::ServiceUnavailable);
    system.nats().restart().await.unwrap();
    let after = eventually("a ticket", PATIENCE, async || {
        let answer = ask(&system, 0, &token::of("alice"), "127.0.0.1").await;
        (answer.status.as_u16() == 201).then(|| answer.data::<serde_json::Value>())
    })
    .await;
    assert_eq!(status(&Socket::open(system.edge(0).port(), &before).await), 401);
    let query = format!("?ticket={}", after["ticket"].as_str().unwrap());
    connects(&system, &query, "alice").await;
}
