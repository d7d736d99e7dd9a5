//! Nonsense over sockets and below HTTP: answered or refused, and everybody else goes on.

use bytes::Bytes;
use mtchat_tests::{PATIENCE, Socket, System, within};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tokio_tungstenite::tungstenite::Message;

/// The next frame that is not about who is online: that may come at any time.
async fn hears(socket: &mut Socket) -> Value {
    loop {
        let frame = socket.hears().await;
        if frame["type"] != "presence.update" {
            return frame;
        }
    }
}

#[tokio::test]
async fn a_socket_answers_nonsense_and_stays() {
    let system = System::start().await;
    let [alice, bob] = system.dialog().between(["alice", "bob"]).await;
    let query = format!("?token={}", bob.token());
    let mut socket = Socket::open(system.edge(0).port(), &query).await.unwrap();
    assert_eq!(hears(&mut socket).await["type"], "connected");
    for nonsense in ["", "x", "{\"type\"", "{} {}", "[\"ping\"]", "7"] {
        socket.say(nonsense).await;
        let error = hears(&mut socket).await;
        assert_eq!(
            (&error["type"], error["code"].is_string()),
            (&json!("error"), true),
            "{nonsense}: {error}"
        );
    }
    for ignored in [
        r#"{"type":"subscribe","dialog_id":"*"}"#,
        r#"{"type":"later","x":[]}"#,
    ] {
        socket.say(ignored).await;
    }
    socket.send(Message::binary(vec![0, 1, 2])).await;
    socket.send(Message::Ping(Bytes::from_static(b"p"))).await;
    socket.say(r#"{"type":"ping"}"#).await;
    assert_eq!(hears(&mut socket).await["type"], "pong");
    alice.send("hi").await;
    let said = hears(&mut socket).await;
    assert_eq!(said["content"], "hi", "{said}");
}

#[tokio::test]
async fn a_frame_that_is_too_large_ends_only_its_own_socket() {
    let system = System::start().await;
    let [alice, bob] = system.dialog().between(["alice", "bob"]).await;
    let query = format!("?token={}", bob.token());
    let mut socket = Socket::open(system.edge(0).port(), &query).await.unwrap();
    socket.hears().await;
    socket
        .say(&format!("{{\"type\":\"{}\"}}", "x".repeat(200_000)))
        .await;
    socket.ends().await;
    alice.send("hi").await;
    bob.sees("hi").await;
}

/// Bytes that are no HTTP at all.
#[tokio::test]
async fn garbage_on_the_port_is_refused_and_the_edge_lives() {
    let system = System::start().await;
    let [alice] = system.dialog().between(["alice"]).await;
    for garbage in [
        &b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"[..],
        b"GET / HTTP/9.9\r\n\r\n",
        b"\0\0\0\0\r\n\r\n",
    ] {
        let mut stream = TcpStream::connect(("127.0.0.1", system.edge(0).port()))
            .await
            .unwrap();
        stream.write_all(garbage).await.unwrap();
        let _ = stream.shutdown().await;
        let mut answer = Vec::new();
        let _ = within("an end", PATIENCE, stream.read_to_end(&mut answer)).await;
        assert!(!answer.starts_with(b"HTTP/1.1 200"), "{garbage:?}");
    }
    alice.send("still here").await;
}
