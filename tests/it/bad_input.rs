//! What no client should send: the documented answer, nothing appended, nothing secret in the logs.

use bytes::Bytes;
use http::Method;
use mtchat_nats::log_state;
use mtchat_protocol::{DialogId, ErrorBody, MessageId, ShardId};
use mtchat_tests::{ADMIN_TOKEN, Answer, Http, JWT_SECRET, Socket, System, User, token};
use serde_json::json;
use tokio_tungstenite::tungstenite::Message;

/// Words that stand in message texts, names and tokens of these tests and must not stand in any log.
const SECRET: &str = "zqxjkv";

struct Row {
    name: &'static str,
    method: Method,
    path: String,
    content_type: Option<&'static str>,
    body: Bytes,
    expected: (u16, &'static str),
}

fn row(
    name: &'static str,
    method: Method,
    path: &str,
    body: impl Into<Bytes>,
    expected: (u16, &'static str),
) -> Row {
    Row {
        name,
        method,
        path: path.to_owned(),
        content_type: Some("application/json"),
        body: body.into(),
        expected,
    }
}

/// What a member may do wrong.
fn chat_rows(user: &User) -> Vec<Row> {
    let dialog = format!("/api/v1/dialogs/{}", user.dialog());
    let messages = format!("{dialog}/messages");
    let (unknown, message) = (DialogId::fresh(), MessageId::fresh());
    let send = |name, body: String, expected| row(name, Method::POST, &messages, body, expected);
    let get = |name, path: &str, expected| row(name, Method::GET, path, "", expected);
    let text = |content: &str| json!({ "content": content }).to_string();
    let bad = (400, "BAD_REQUEST");
    let shape = (422, "BAD_REQUEST");
    let invalid = (400, "INVALID_INPUT");
    let mut rows = vec![
        send("not JSON", format!("{{\"content\":\"{SECRET}"), bad),
        send("empty body", String::new(), bad),
        send("an array", "[]".to_owned(), shape),
        send("a number for text", r#"{"content":7}"#.to_owned(), shape),
        send("null for text", r#"{"content":null}"#.to_owned(), shape),
        send(
            "an id that is none",
            format!(r#"{{"content":"{SECRET}","id":"7"}}"#),
            shape,
        ),
        send("too long", text(&SECRET.repeat(10_000)), invalid),
        send(
            "too long in characters of four bytes",
            text(&"👍".repeat(50_001)),
            invalid,
        ),
        send("nothing to say", text(" \n "), invalid),
        send("only markup", text("<p><br></p><script>x</script>"), invalid),
        send("deep markup", text(&"<b>".repeat(15_000)), invalid),
        send(
            "a reply to nothing",
            json!({ "content": SECRET, "reply_to": message }).to_string(),
            bad,
        ),
        send("deep JSON", format!("{{\"x\":{}", "[".repeat(100_000)), bad),
        row(
            "ten megabytes",
            Method::POST,
            &messages,
            vec![b'x'; 10 << 20],
            (413, "PAYLOAD_TOO_LARGE"),
        ),
        row(
            "ten megabytes of JSON",
            Method::POST,
            &messages,
            text(&"x".repeat(10 << 20)),
            (413, "PAYLOAD_TOO_LARGE"),
        ),
        row(
            "not UTF-8",
            Method::POST,
            &messages,
            &b"{\"content\":\"\xff\xfe\"}"[..],
            bad,
        ),
        get("a dialog with a dot", "/api/v1/dialogs/a.b", bad),
        get("a dialog with a star", "/api/v1/dialogs/*", bad),
        get("a dialog with an arrow", "/api/v1/dialogs/%3E", bad),
        get("a dialog with a space", "/api/v1/dialogs/%20", bad),
        get("a dialog that is not UTF-8", "/api/v1/dialogs/%FF", bad),
        get("a message with a star", &format!("{messages}/*"), bad),
        get(
            "an unknown dialog",
            &format!("/api/v1/dialogs/{unknown}"),
            (404, "DIALOG_NOT_FOUND"),
        ),
        get(
            "an unknown message",
            &format!("{messages}/{message}"),
            (404, "MESSAGE_NOT_FOUND"),
        ),
        get(
            "before an unknown message",
            &format!("{messages}?before={message}"),
            (404, "MESSAGE_NOT_FOUND"),
        ),
        get("before nonsense", &format!("{messages}?before=x"), bad),
        get("a limit that is none", &format!("{messages}?limit=many"), bad),
        get(
            "two places",
            &format!("{messages}?before={message}&after={message}"),
            bad,
        ),
        get("an unknown route", "/api/v1/nothing", (404, "NOT_FOUND")),
        get("outside the API", "/../../etc/passwd", (404, "NOT_FOUND")),
        row(
            "a wrong method",
            Method::PATCH,
            &messages,
            "{}",
            (405, "METHOD_NOT_ALLOWED"),
        ),
        row(
            "an edit of nothing",
            Method::PUT,
            &format!("{messages}/{message}"),
            text("x"),
            (404, "MESSAGE_NOT_FOUND"),
        ),
        row(
            "a deletion of nothing",
            Method::DELETE,
            &format!("{messages}/{message}"),
            "",
            (404, "MESSAGE_NOT_FOUND"),
        ),
        row(
            "joining again",
            Method::POST,
            &format!("{dialog}/join"),
            r#"{"display_name":"A","company":"B"}"#,
            bad,
        ),
        row(
            "joining without a name",
            Method::POST,
            &format!("{dialog}/join"),
            "{}",
            shape,
        ),
    ];
    for content_type in [
        None,
        Some("text/plain"),
        Some("application/x-www-form-urlencoded"),
    ] {
        let mut row = send("another type of body", text(SECRET), (415, "BAD_REQUEST"));
        row.content_type = content_type;
        rows.push(row);
    }
    rows
}

/// What a host may do wrong.
fn management_rows(existing: DialogId) -> Vec<Row> {
    let dialogs = "/api/v1/management/dialogs";
    let create = |name, body: serde_json::Value, expected| {
        row(name, Method::POST, dialogs, body.to_string(), expected)
    };
    let with = |field: &str, value: serde_json::Value| {
        let mut body = json!({ "object_type": "order", "object_id": "1" });
        body[field] = value;
        body
    };
    let person = |id: &str, name: &str| json!({ "user_id": id, "display_name": name });
    let invalid = (400, "INVALID_INPUT");
    let bad = (400, "BAD_REQUEST");
    let shape = (422, "BAD_REQUEST");
    let not_found = (404, "NOT_FOUND");
    let unknown = DialogId::fresh();
    let long = "я".repeat(256);
    let add = |name, body: serde_json::Value, expected| {
        let path = format!("{dialogs}/{existing}/participants");
        row(name, Method::POST, &path, body.to_string(), expected)
    };
    vec![
        create("no object", json!({}), shape),
        create(
            "an empty object id",
            json!({ "object_type": "order", "object_id": "" }),
            invalid,
        ),
        create("a long object id", with("object_id", json!(long)), invalid),
        create("a long object type", with("object_type", json!(long)), invalid),
        create("a long title", with("title", json!("x".repeat(501))), invalid),
        create("a title of the wrong type", with("title", json!(["x"])), shape),
        create(
            "the same user twice",
            with("participants", json!([person("a", "A"), person("a", "B")])),
            invalid,
        ),
        create(
            "an empty user id",
            with("participants", json!([person("", "A")])),
            invalid,
        ),
        create(
            "a blank name",
            with("participants", json!([person("a", " ")])),
            invalid,
        ),
        create(
            "a long name",
            with("participants", json!([person("a", &"x".repeat(201))])),
            invalid,
        ),
        create(
            "participants of the wrong type",
            with("participants", json!("a")),
            shape,
        ),
        create(
            "an empty scope value",
            with("access_scopes", json!([{ "scope_level0": [""] }])),
            invalid,
        ),
        create("a null byte", with("object_id", json!("a\u{0}b")), invalid),
        row("not JSON", Method::POST, dialogs, "{", bad),
        row(
            "an unknown dialog",
            Method::GET,
            &format!("{dialogs}/{unknown}"),
            "",
            not_found,
        ),
        row(
            "a dialog that is no id",
            Method::GET,
            &format!("{dialogs}/x.y"),
            "",
            bad,
        ),
        row(
            "a subject for a dialog",
            Method::DELETE,
            &format!("{dialogs}/%3E"),
            "",
            bad,
        ),
        row(
            "rules of an unknown dialog",
            Method::PUT,
            &format!("{dialogs}/{unknown}/access-scopes"),
            r#"{"access_scopes":[]}"#,
            not_found,
        ),
        row(
            "a participant of an unknown dialog",
            Method::POST,
            &format!("{dialogs}/{unknown}/participants"),
            r#"{"user_id":"a","display_name":"A"}"#,
            not_found,
        ),
        add("nobody", json!({}), shape),
        add("a long id", person(&long, "A"), invalid),
        add("a blank name", person("a", ""), invalid),
    ]
}

async fn ask(http: &Http, system: &System, row: &Row, bearer: &str) -> Answer {
    let bearer = format!("Bearer {bearer}");
    let mut headers = vec![("Authorization", bearer.as_str())];
    if !row.body.is_empty() || row.method == Method::POST {
        headers.extend(
            row.content_type
                .map(|content_type| ("Content-Type", content_type)),
        );
    }
    let url = system.edge(0).url(&row.path);
    match http
        .ask(row.method.clone(), &url, &headers, row.body.clone())
        .await
    {
        Ok(answer) => answer,
        Err(error) => panic!("{}: no answer: {error:?}", row.name),
    }
}

#[tokio::test]
async fn bad_requests_get_the_documented_answer_and_append_nothing() {
    let system = System::start().await;
    let [alice] = system.dialog().between(["alice"]).await;
    let broker = system.broker().await;
    let before = log_state(&broker, ShardId(0)).await.unwrap();
    let mut wrong = Vec::new();
    let chat = chat_rows(&alice).into_iter().map(|row| (row, alice.token()));
    let management = management_rows(alice.dialog())
        .into_iter()
        .map(|row| (row, ADMIN_TOKEN));
    for (row, bearer) in chat.chain(management) {
        let answer = ask(system.http(), &system, &row, bearer).await;
        let code = serde_json::from_slice::<ErrorBody>(&answer.body).map(|body| body.error.code.as_str());
        let got = (answer.status.as_u16(), code.unwrap_or("no error body"));
        if got != row.expected {
            wrong.push(format!(
                "{} {} ({}): {answer}, expected {:?}",
                row.method, row.path, row.name, row.expected
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let after = log_state(&broker, ShardId(0)).await.unwrap();
    assert_eq!(before.last_seq, after.last_seq, "something was appended");
    alice.send("still here").await;
    alice.sees("still here").await;
}

#[tokio::test]
async fn a_socket_answers_nonsense_and_stays() {
    let system = System::start().await;
    let [alice, bob] = system.dialog().between(["alice", "bob"]).await;
    let query = format!("?token={}", bob.token());
    let mut socket = Socket::open(system.edge(0).port(), &query).await.unwrap();
    assert_eq!(socket.hears().await["type"], "connected");
    for nonsense in ["", "x", "[]", "7", "{\"type\""] {
        socket.say(nonsense).await;
        let error = socket.hears().await;
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
    assert_eq!(socket.hears().await["type"], "pong");
    alice.send("hi").await;
    assert_eq!(socket.hears().await["content"], "hi");
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
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let system = System::start().await;
    let [alice] = system.dialog().between(["alice"]).await;
    for garbage in [
        &b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"[..],
        b"GET / HTTP/9.9\r\n\r\n",
        b"\0\0\0\0\r\n\r\n",
    ] {
        let mut stream = tokio::net::TcpStream::connect(("127.0.0.1", system.edge(0).port()))
            .await
            .unwrap();
        stream.write_all(garbage).await.unwrap();
        let _ = stream.shutdown().await;
        let mut answer = Vec::new();
        let _ = mtchat_tests::within("an end", mtchat_tests::PATIENCE, stream.read_to_end(&mut answer)).await;
        assert!(!answer.starts_with(b"HTTP/1.1 200"), "{garbage:?}");
    }
    alice.send("still here").await;
}

#[tokio::test]
async fn nothing_secret_stands_in_the_logs() {
    let system = System::with()
        .edges(1)
        .variable("RUST_LOG", "debug")
        .start()
        .await;
    let [alice, bob] = system
        .dialog()
        .with("title", json!(SECRET))
        .between(["alice", "bob"])
        .await;
    let carol =
        json!({ "user_id": "carol", "display_name": SECRET, "email": SECRET, "phone": SECRET }).to_string();
    let path = format!("/dialogs/{}/participants", alice.dialog());
    system.admin(0).ask(Method::POST, &path, &carol).await.expect(201);
    let sent = alice.send(&format!("text {SECRET}")).await;
    alice.edit(sent.id, &format!("other text {SECRET}")).await;
    let texts = |journal: &mtchat_tests::Journal| journal.edits.len() == 1;
    bob.device().until("the edit", texts).await;
    for row in chat_rows(&bob) {
        ask(system.http(), &system, &row, bob.token()).await;
    }
    let forged = format!("{}{SECRET}", token::of("mallory"));
    let refused = row(
        "forged",
        Method::GET,
        "/api/v1/dialogs/x",
        "",
        (401, "UNAUTHORIZED"),
    );
    ask(system.http(), &system, &refused, &forged).await.expect(401);
    let query = format!("?token={forged}");
    assert!(Socket::open(system.edge(0).port(), &query).await.is_err());
    let logs = system.logs();
    assert!(logs.lines().count() > 4, "there are logs");
    for secret in [SECRET, ADMIN_TOKEN, JWT_SECRET, alice.token(), bob.token()] {
        let line = logs.lines().find(|line| line.contains(secret));
        assert!(
            line.is_none(),
            "a secret stands in the logs: {}",
            line.unwrap_or_default()
        );
    }
}
