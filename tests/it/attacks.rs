//! Attacks that no other file tries, and the list of all: `docs/attacks.md`.

use std::{collections::BTreeSet, path::Path};

use http::Method;
use mtchat_protocol::{DialogId, MessageId, MessageView};
use mtchat_tests::{PATIENCE, System, within};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// The rows of identity, content, webhooks, resources and subjects, and those of infrastructure that are tried already.
const ROWS: [u32; 66] = [
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 15, 16, 18, 19, 20, 21, 22, 24, 25, 26, 28, 29, 30, 32, 34, 35,
    36, 37, 38, 39, 40, 42, 43, 44, 45, 46, 47, 48, 50, 51, 52, 53, 54, 55, 56, 58, 60, 61, 62, 64, 65, 66,
    67, 68, 70, 71, 73, 74, 76, 77, 78, 80, 82, 84,
];

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// Every test function of the tree.
fn tests_below(directory: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() && !name.starts_with('.') && name != "target" {
            tests_below(&path, found);
        } else if name.ends_with(".rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            let mut lines = text.lines().map(str::trim);
            while let Some(line) = lines.next() {
                if !line.starts_with("#[test") && !line.starts_with("#[tokio::test") {
                    continue;
                }
                let function = lines.by_ref().find(|line| line.contains("fn "));
                let name = function.and_then(|line| line.split("fn ").nth(1)?.split('(').next());
                found.extend(name.map(str::to_owned));
            }
        }
    }
}

#[test]
fn every_attack_has_its_row_and_every_test_of_a_row_exists() {
    let text = std::fs::read_to_string(root().join("docs/attacks.md")).unwrap();
    let mut tests = BTreeSet::new();
    tests_below(root(), &mut tests);
    let mut rows = BTreeSet::new();
    for line in text.lines().filter(|line| line.starts_with("| A")) {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let Some(row) = cells[1].strip_prefix('A').and_then(|row| row.parse::<u32>().ok()) else {
            continue;
        };
        rows.insert(row);
        let named: Vec<&str> = cells[3]
            .split('`')
            .skip(1)
            .step_by(2)
            .filter(|word| word.contains('_'))
            .collect();
        assert!(
            !named.is_empty() || cells[3].starts_with("Open: "),
            "A{row} neither names a test nor says that it is open"
        );
        for test in named {
            assert!(tests.contains(test), "A{row}: there is no test {test}");
        }
    }
    let missing: Vec<u32> = ROWS.into_iter().filter(|row| !rows.contains(row)).collect();
    assert!(missing.is_empty(), "attacks without a row: {missing:?}");
}

/// A36: whatever an edge has in its cache, the log says who is a member.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_removal_at_one_edge_holds_at_once_at_another() {
    let system = System::with().edges(2).start().await;
    let [alice, bob] = system.dialog().on_edges([0, 0]).between(["alice", "bob"]).await;
    for _ in 0..20 {
        bob.send_accepted("as a member").await;
        system.admin(1).remove(bob.dialog(), "bob").await;
        let refused = bob.try_send(MessageId::fresh(), "too late").await.unwrap();
        assert_eq!(refused.status.as_u16(), 404, "{refused}");
        system.admin(1).add(bob.dialog(), "bob").await;
    }
    assert!(!alice.reads().await.contains(&"too late".to_owned()));
}

/// A28: what a client says of these is not looked at.
#[tokio::test]
async fn what_the_server_sets_is_not_the_clients_to_say() {
    let system = System::start().await;
    let [alice, bob] = system.dialog().between(["alice", "bob"]).await;
    let path = format!("/api/v1/dialogs/{}/messages", bob.dialog());
    let body = json!({
        "content": "hi", "sender": { "user_id": "alice" }, "sender_id": "alice", "sent_at": "2001-01-01T00:00:00Z",
        "created_at": "2001-01-01T00:00:00Z", "seq": 4711, "system": true, "message_type": "system", "app": "other",
    });
    let sent: MessageView = bob.ask(Method::POST, &path, &body.to_string()).await.data();
    let stored = &alice.history().await[0];
    assert_eq!(stored.id, sent.id);
    assert_eq!(stored.seq, 2);
    assert_eq!(stored.sender_id.as_ref().unwrap().as_str(), "bob");
    assert!(*stored.sent_at.to_string() > *"2026", "{}", stored.sent_at);
    assert_eq!(serde_json::to_value(stored).unwrap()["message_type"], "user");
}

/// A32, A73: refused or clamped, and never anybody's data.
#[tokio::test]
async fn forged_cursors_positions_and_limits_give_no_data() {
    let system = System::start().await;
    let [alice] = system.dialog().between(["alice"]).await;
    let [mallory] = system.dialog().between(["mallory"]).await;
    let secret = alice.send("secret").await;
    let messages = format!("/api/v1/dialogs/{}/messages", mallory.dialog());
    let refused = [
        format!("{messages}?before={}", secret.id),
        format!("{messages}?around={}", secret.id),
        format!("{messages}?after={}", DialogId::fresh()),
        format!("{messages}?limit=99999999999999999999"),
        "/api/v1/dialogs?cursor=AAAA".to_owned(),
        "/api/v1/dialogs?cursor=99999999999999999999.x".to_owned(),
        "/api/v1/dialogs?offset=-1".to_owned(),
        "/api/v1/dialogs?limit=x".to_owned(),
        "/api/v1/search?q=secret&cursor=AAAA".to_owned(),
        format!("/api/v1/search?q=secret&dialog_id={}", alice.dialog()),
    ];
    for path in refused {
        let answer = mallory.ask(Method::GET, &path, "").await;
        let status = answer.status.as_u16();
        let empty = status == 200 && answer.json::<Value>()["data"]["results"] == json!([]);
        assert!(matches!(status, 400 | 404) || empty, "{path}: {answer}");
        assert!(!answer.to_string().contains("secret</mark>"), "{path}: {answer}");
    }
    for path in [
        format!("{messages}?limit=0"),
        format!("{messages}?limit=-1"),
        format!("{messages}?limit=1000000000"),
        "/api/v1/dialogs?limit=1000000000&offset=1000000000".to_owned(),
    ] {
        mallory.ask(Method::GET, &path, "").await.expect(200);
    }
    for position in ["0-99999999999999999999", "-1", "x", "7-1", "0--1"] {
        let bearer = format!("Bearer {}", mallory.token());
        let headers = [("Authorization", bearer.as_str()), ("Mtchat-Position", position)];
        let url = system.edge(0).url(&messages);
        let answer = system.http().ask(Method::GET, &url, &headers, "").await.unwrap();
        assert!(
            matches!(answer.status.as_u16(), 400 | 503),
            "{position}: {answer}"
        );
    }
}

/// A65: what is offered is not taken, so there is nothing to blow up.
#[tokio::test]
async fn compression_is_not_agreed_to() {
    let system = System::start().await;
    let [alice] = system.dialog().between(["alice"]).await;
    let mut stream = TcpStream::connect(("127.0.0.1", system.edge(0).port()))
        .await
        .unwrap();
    let request = format!(
        "GET /api/v1/ws?token={} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
         Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\r\n",
        alice.token()
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let head = within("the handshake", PATIENCE, async {
        while !answer.windows(4).any(|end| end == b"\r\n\r\n") {
            let mut some = [0; 256];
            let read = stream.read(&mut some).await.unwrap();
            assert!(read > 0, "it ended: {}", String::from_utf8_lossy(&answer));
            answer.extend_from_slice(&some[..read]);
        }
        String::from_utf8_lossy(&answer).to_lowercase()
    });
    let head = head.await;
    assert!(head.starts_with("http/1.1 101"), "{head}");
    assert!(!head.contains("sec-websocket-extensions"), "{head}");
}

/// A66: whoever is slow to say what they want holds no connection.
#[tokio::test]
async fn who_does_not_finish_their_headers_is_cut_off() {
    let system = System::start().await;
    let [alice] = system.dialog().between(["alice"]).await;
    let mut slow = Vec::new();
    for _ in 0..50 {
        let mut stream = TcpStream::connect(("127.0.0.1", system.edge(0).port()))
            .await
            .unwrap();
        stream
            .write_all(b"GET /health HTTP/1.1\r\nHost: local")
            .await
            .unwrap();
        slow.push(stream);
    }
    alice.send("meanwhile").await;
    for mut stream in slow {
        let mut answer = Vec::new();
        let _ = within(
            "the end of a slow connection",
            PATIENCE,
            stream.read_to_end(&mut answer),
        )
        .await;
        assert!(!answer.starts_with(b"HTTP/1.1 200"));
    }
    alice.send("afterwards").await;
}
