//! Limits: who floods is told to wait, and nobody else notices.

use http::Method;
use mtchat_protocol::{ErrorCode, MessageId};
use mtchat_tests::{Answer, Refused, Socket, System, User, token};
use serde_json::json;

/// Every limited answer says when to come back.
fn is_told_to_wait(answer: &Answer) {
    assert_eq!(
        (answer.status.as_u16(), answer.code()),
        (429, ErrorCode::RateLimitExceeded),
        "{answer}"
    );
    let number = |name: &str| answer.header(name).and_then(|value| value.parse::<u64>().ok());
    assert!(
        number("Retry-After").is_some_and(|seconds| seconds >= 1),
        "{answer}"
    );
    assert_eq!(number("RateLimit-Remaining"), Some(0));
    assert_eq!(number("RateLimit-Reset"), number("Retry-After"));
    assert!(number("RateLimit-Limit").is_some_and(|limit| limit >= 1));
}

/// As many reads as it takes until one is refused.
async fn flood(user: &User) -> Answer {
    let path = format!("/api/v1/dialogs/{}", user.dialog());
    for _ in 0..200 {
        let answer = user.ask(Method::GET, &path, "").await;
        if answer.status.as_u16() != 200 {
            return answer;
        }
    }
    panic!("{} was never refused", user.id());
}

#[tokio::test]
async fn a_user_who_floods_is_told_to_wait_and_another_is_not() {
    let system = System::with()
        .variable("RATE_LIMIT_ENABLED", "true")
        .variable("RATE_LIMIT_RPS", "1")
        .variable("RATE_LIMIT_BURST", "10")
        .start()
        .await;
    let [alice, bob] = system.dialog().between(["alice", "bob"]).await;
    let refused = flood(&alice).await;
    is_told_to_wait(&refused);
    assert_eq!(refused.header("RateLimit-Limit"), Some("10"));
    let sent = alice.try_send(MessageId::fresh(), "too much").await.unwrap();
    is_told_to_wait(&sent);
    bob.send("unaffected").await;
    assert_eq!(bob.reads().await, ["unaffected"]);
    assert!(system.edge(0).metric("mtchat_limited_total").await >= 2.0);
}

#[tokio::test]
async fn expensive_reads_in_a_loop_are_told_to_wait_and_cheap_ones_go_on() {
    let system = System::with()
        .variable("READ_COST_RPS", "1")
        .variable("READ_COST_BURST", "30")
        .start()
        .await;
    let [alice, bob, mallory] = system.dialog().between(["alice", "bob", "mallory"]).await;
    let sent = alice.send("far away").await;
    let around = format!("/api/v1/dialogs/{}/messages?around={}", alice.dialog(), sent.id);
    let search = "/api/v1/search?q=far";
    for (user, path, most) in [(&mallory, search, 3), (&bob, around.as_str(), 15)] {
        let mut answers = Vec::new();
        for _ in 0..most + 5 {
            answers.push(user.ask(Method::GET, path, "").await);
        }
        let good = answers
            .iter()
            .filter(|answer| answer.status.as_u16() == 200)
            .count();
        // A little is given back meanwhile.
        assert!((most..most + 5).contains(&good), "{path}: {good}");
        let refused = answers.iter().find(|answer| answer.status.as_u16() != 200);
        is_told_to_wait(refused.expect("one too many"));
    }
    // One budget for all of them, and nothing of it for what is cheap.
    let listed = mallory.ask(Method::GET, "/api/v1/dialogs?search=x", "").await;
    is_told_to_wait(&listed);
    for path in ["/api/v1/dialogs", "/api/v1/unread"] {
        mallory.ask(Method::GET, path, "").await.expect(200);
    }
    alice.ask(Method::GET, search, "").await.expect(200);
}

#[tokio::test]
async fn a_dialog_takes_so_many_messages_and_others_go_on() {
    let system = System::with()
        .edge_configuration("[limits]\ndialog_rps = 1\ndialog_burst = 3\n")
        .start()
        .await;
    let [alice, bob] = system.dialog().between(["alice", "bob"]).await;
    let [also_alice] = system.dialog().between(["alice"]).await;
    let [mallory] = system.dialog().between(["mallory"]).await;
    // Whoever may not write can not use it up.
    let path = format!("/api/v1/dialogs/{}/messages", alice.dialog());
    for _ in 0..5 {
        let answer = mallory.ask(Method::POST, &path, r#"{"content":"hi"}"#).await;
        assert_eq!(answer.code(), ErrorCode::DialogNotFound);
    }
    let mut answers = Vec::new();
    for number in 0..6 {
        let sender = if number % 2 == 0 { &alice } else { &bob };
        answers.push(sender.try_send(MessageId::fresh(), "hi").await.unwrap());
    }
    assert_eq!(answers[0].status.as_u16(), 200);
    let refused = answers.iter().find(|answer| answer.status.as_u16() == 429);
    is_told_to_wait(refused.expect("six messages at once were too many"));
    let elsewhere = also_alice.try_send(MessageId::fresh(), "hi").await.unwrap();
    assert_eq!(elsewhere.status.as_u16(), 200);
}

#[tokio::test]
async fn bad_tokens_from_one_address_are_limited_and_good_ones_are_not() {
    let system = System::with()
        .edge_configuration("[limits]\naddress_rps = 1\naddress_burst = 3\ntrusted_proxies = 1\n")
        .start()
        .await;
    let [alice] = system.dialog().between(["alice"]).await;
    let url = system.edge(0).url(&format!("/api/v1/dialogs/{}", alice.dialog()));
    let ask = async |token: &str, from: &str| {
        let bearer = format!("Bearer {token}");
        let headers = [("Authorization", bearer.as_str()), ("X-Forwarded-For", from)];
        system.http().ask(Method::GET, &url, &headers, "").await.unwrap()
    };
    let mut statuses = Vec::new();
    for number in 0..6 {
        // What the client itself writes before the proxy's word gives it no other address.
        let answer = ask("bad", &format!("10.0.0.{number}, 192.0.2.1")).await;
        statuses.push(answer.status.as_u16());
        if answer.status.as_u16() == 429 {
            is_told_to_wait(&answer);
        }
    }
    assert_eq!(statuses[..3], [401, 401, 401]);
    assert!(statuses.contains(&429), "{statuses:?}");
    assert_eq!(ask("bad", "192.0.2.2").await.status.as_u16(), 401);
    assert_eq!(ask(alice.token(), "192.0.2.1").await.status.as_u16(), 200);
}

async fn refusal(port: u16, query: &str) -> (u16, u64) {
    for _ in 0..20 {
        match Socket::open(port, query).await {
            Ok(_) => {}
            Err(Refused::Answer(status, headers, _)) => {
                let after = headers.get("Retry-After").and_then(|after| after.to_str().ok());
                return (status.as_u16(), after.unwrap().parse().unwrap());
            }
            Err(other) => panic!("{other:?}"),
        }
    }
    panic!("no socket was refused");
}

#[tokio::test]
async fn handshakes_from_one_address_are_limited() {
    let system = System::with()
        .edge_configuration("[limits]\nhandshake_rps = 1\nhandshake_burst = 4\n")
        .start()
        .await;
    let query = format!("?token={}", token::of("alice"));
    let (status, after) = refusal(system.edge(0).port(), &query).await;
    assert_eq!(status, 429);
    assert!((1..=5).contains(&after));
}

#[tokio::test]
async fn a_herd_is_admitted_at_a_rate_and_told_to_spread() {
    let system = System::with()
        .edge_configuration("[limits]\nadmission_rps = 1\nadmission_burst = 4\n")
        .start()
        .await;
    let query = format!("?token={}", token::of("alice"));
    let (status, after) = refusal(system.edge(0).port(), &query).await;
    assert_eq!(status, 503);
    assert!((1..=5).contains(&after));
}

#[tokio::test]
async fn an_app_has_so_many_sockets() {
    let system = System::with()
        .edge_configuration("[gateway]\nmax_connections_per_app = 2\n")
        .start()
        .await;
    let port = system.edge(0).port();
    let open = async |user: &str| Socket::open(port, &format!("?token={}", token::of(user))).await;
    let mut first = open("alice").await.unwrap();
    first.hears().await;
    let mut second = open("bob").await.unwrap();
    second.hears().await;
    assert!(matches!(open("carol").await, Err(Refused::Answer(status, ..)) if status.as_u16() == 503));
    let mut late = Socket::open(port, "").await.unwrap();
    let auth = json!({ "type": "auth", "token": token::of("dave") });
    late.say(&auth.to_string()).await;
    assert_eq!(late.ends().await, mtchat_tests::Heard::Closed(Some(4002)));
    drop(first);
    mtchat_tests::eventually("a place", mtchat_tests::PATIENCE, async || {
        open("carol").await.ok()
    })
    .await;
}

#[tokio::test]
async fn dialogs_and_their_participants_are_bounded() {
    let system = System::with()
        .edge_configuration("[limits]\nparticipants = 2\ndialogs_per_minute = 3\n")
        .start()
        .await;
    let [alice, bob] = system.dialog().between(["alice", "bob"]).await;
    let admin = system.admin(0);
    let path = format!("/dialogs/{}/participants", alice.dialog());
    let add = async |user: &str| {
        let body = json!({ "user_id": user, "display_name": user }).to_string();
        admin.try_ask(Method::POST, &path, &body).await.unwrap()
    };
    assert_eq!(add("carol").await.expect(403).code(), ErrorCode::Forbidden);
    add("bob").await.expect(201);
    bob.leave().await;
    add("carol").await.expect(201);

    let create = async |participants: serde_json::Value| {
        let body = json!({ "object_type": "order", "object_id": "1", "participants": participants });
        let answer = admin.try_ask(Method::POST, "/dialogs", &body.to_string()).await;
        answer.unwrap()
    };
    assert_eq!(create(json!(["a", "b", "c"])).await.code(), ErrorCode::Forbidden);
    create(json!(["a"])).await.expect(200);
    create(json!(["a"])).await.expect(200);
    let refused = create(json!(["a"])).await;
    is_told_to_wait(&refused);
    assert!(refused.header("Retry-After").unwrap().parse::<u64>().unwrap() > 1);
}
