//! What no client should send: the documented answer, nothing appended, nothing secret in the logs.

use bytes::Bytes;
use http::Method;
use mtchat_nats::log_state;
use mtchat_protocol::{DialogId, ErrorBody, MessageId, ShardId};
use mtchat_tests::{ADMIN_TOKEN, Answer, Http, JWT_SECRET, Socket, System, User, token};
use serde_json::{Value, json};

/// Words that stand in message texts, names and tokens of these tests and must not stand in any log.
const SECRET: &str = "zqxjkv";

const DIALOGS: &str = "/api/v1/management/dialogs";
const BAD: (u16, &str) = (400, "BAD_REQUEST");
const SHAPE: (u16, &str) = (422, "BAD_REQUEST");
const INVALID: (u16, &str) = (400, "INVALID_INPUT");

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
    let mut rows = vec![
        send("not JSON", format!("{{\"content\":\"{SECRET}"), BAD),
        send("empty body", String::new(), BAD),
        send("an array", "[]".to_owned(), SHAPE),
        send("a number for text", r#"{"content":7}"#.to_owned(), SHAPE),
        send("null for text", r#"{"content":null}"#.to_owned(), SHAPE),
        send(
            "an id that is none",
            format!(r#"{{"content":"{SECRET}","id":"7"}}"#),
            SHAPE,
        ),
        send("too long", text(&SECRET.repeat(10_000)), INVALID),
        send(
            "too long in characters of four bytes",
            text(&"👍".repeat(50_001)),
            INVALID,
        ),
        send(
            "files where none are kept",
            json!({ "content": SECRET, "attachments": [{ "s3_key": "x", "filename": "x", "size": 1 }] })
                .to_string(),
            (503, "SERVICE_UNAVAILABLE"),
        ),
        send("nothing to say", text(" \n "), INVALID),
        send("only markup", text("<p><br></p><script>x</script>"), INVALID),
        send("deep markup", text(&"<b>".repeat(15_000)), INVALID),
        send(
            "a reply to nothing",
            json!({ "content": SECRET, "reply_to": message }).to_string(),
            BAD,
        ),
        send("deep JSON", format!("{{\"x\":{}", "[".repeat(100_000)), BAD),
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
            BAD,
        ),
        get("a dialog with a dot", "/api/v1/dialogs/a.b", BAD),
        get("a dialog with a star", "/api/v1/dialogs/*", BAD),
        get("a dialog with an arrow", "/api/v1/dialogs/%3E", BAD),
        get("a dialog with a space", "/api/v1/dialogs/%20", BAD),
        get("a dialog that is not UTF-8", "/api/v1/dialogs/%FF", BAD),
        get("a message with a star", &format!("{messages}/*"), BAD),
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
        get("before nonsense", &format!("{messages}?before=x"), BAD),
        get("a limit that is none", &format!("{messages}?limit=many"), BAD),
        get(
            "two places",
            &format!("{messages}?before={message}&after={message}"),
            BAD,
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
            BAD,
        ),
        row(
            "joining without a name",
            Method::POST,
            &format!("{dialog}/join"),
            "{}",
            SHAPE,
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

/// What a host may do wrong when it creates a dialog.
fn creation_rows() -> Vec<Row> {
    let create = |name, body: Value, expected| row(name, Method::POST, DIALOGS, body.to_string(), expected);
    let with = |field: &str, value: Value| {
        let mut body = json!({ "object_type": "order", "object_id": "1" });
        body[field] = value;
        body
    };
    let people = |people: &[Value]| with("participants", json!(people));
    let long = "я".repeat(256);
    vec![
        create("no object", json!({}), SHAPE),
        create(
            "no object id",
            json!({ "object_type": "order", "object_id": "" }),
            INVALID,
        ),
        create("a long object id", with("object_id", json!(long)), INVALID),
        create("a long object type", with("object_type", json!(long)), INVALID),
        create("a long title", with("title", json!("x".repeat(501))), INVALID),
        create("a title of the wrong type", with("title", json!(["x"])), SHAPE),
        create(
            "the same user twice",
            people(&[person("a", "A"), person("a", "B")]),
            INVALID,
        ),
        create("an empty user id", people(&[person("", "A")]), INVALID),
        create("a blank name", people(&[person("a", " ")]), INVALID),
        create("a long name", people(&[person("a", &"x".repeat(201))]), INVALID),
        create(
            "people of the wrong type",
            with("participants", json!("a")),
            SHAPE,
        ),
        create(
            "an empty scope value",
            with("access_scopes", json!([{ "scope_level0": [""] }])),
            INVALID,
        ),
        create("a null byte", with("object_id", json!("a\u{0}b")), INVALID),
        row("not JSON", Method::POST, DIALOGS, "{", BAD),
    ]
}

/// What a host may do wrong with a dialog.
fn management_rows(existing: DialogId) -> Vec<Row> {
    let unknown = DialogId::fresh();
    let not_found = (404, "NOT_FOUND");
    let at = |name, method, path: &str, body: String, expected| {
        row(name, method, &format!("{DIALOGS}/{path}"), body, expected)
    };
    let add = |name, dialog: DialogId, body: Value, expected| {
        let path = format!("{dialog}/participants");
        at(name, Method::POST, &path, body.to_string(), expected)
    };
    let none = String::new;
    let rules = json!({ "access_scopes": [] }).to_string();
    vec![
        at(
            "an unknown dialog",
            Method::GET,
            &unknown.to_string(),
            none(),
            not_found,
        ),
        at("a dialog that is no id", Method::GET, "x.y", none(), BAD),
        at("a subject for a dialog", Method::DELETE, "%3E", none(), BAD),
        at(
            "rules of no dialog",
            Method::PUT,
            &format!("{unknown}/access-scopes"),
            rules,
            not_found,
        ),
        add("a participant of no dialog", unknown, person("a", "A"), not_found),
        add("nobody", existing, json!({}), SHAPE),
        add("a long id", existing, person(&"я".repeat(256), "A"), INVALID),
        add("a blank name", existing, person("a", ""), INVALID),
    ]
}

fn person(id: &str, name: &str) -> Value {
    json!({ "user_id": id, "display_name": name })
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
    let management = creation_rows()
        .into_iter()
        .chain(management_rows(alice.dialog()))
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
    let made = alice.ask(Method::POST, "/api/v1/ws/ticket", "").await.expect(201);
    let made: serde_json::Value = made.data();
    let ticket = made["ticket"].as_str().expect("a ticket");
    for opens in [true, false] {
        let opened = Socket::open(system.edge(0).port(), &format!("?ticket={ticket}")).await;
        assert_eq!(opened.is_ok(), opens);
    }
    let logs = system.logs();
    assert!(logs.lines().count() > 4, "there are logs");
    for secret in [
        SECRET,
        ADMIN_TOKEN,
        JWT_SECRET,
        alice.token(),
        bob.token(),
        ticket,
    ] {
        let line = logs.lines().find(|line| line.contains(secret));
        assert!(
            line.is_none(),
            "a secret stands in the logs: {}",
            line.unwrap_or_default()
        );
    }
}
