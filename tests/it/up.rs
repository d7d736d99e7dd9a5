//! `mtchat up`: everything in one command, twice on the same data.

use std::{fs::Permissions, os::unix::fs::PermissionsExt, path::Path, time::Duration};

use http::Method;
use mtchat_protocol::{DialogView, MessageView};
use mtchat_tests::{ADMIN_TOKEN, Answer, Http, JWT_SECRET, Program, Socket, eventually, token};
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use serde_json::json;
use tokio::process::Child;

const START: Duration = Duration::from_secs(60);

struct Up {
    child: Child,
    port: u16,
    http: Http,
}

impl Up {
    async fn start(directory: &Path) -> Self {
        let port_file = directory.join("port");
        let data = directory.join("data");
        let _ = std::fs::remove_file(&port_file);
        let arguments = [
            "up",
            "--data",
            data.to_str().unwrap(),
            "--port",
            "0",
            "--port-file",
            port_file.to_str().unwrap(),
        ];
        let program = Program::new(arguments, directory.join("up.log"))
            .with("JWT_AUTH_ENABLED", "true")
            .with("JWT_SECRET", JWT_SECRET)
            .with("ADMIN_API_TOKEN", ADMIN_TOKEN)
            .with("BIND_HOST", "127.0.0.1")
            .with("WORKER_PORT", "0");
        let mut child = program.spawn();
        let http = Http::default();
        let port = eventually("mtchat up to be ready", START, async || {
            if let Some(status) = child.try_wait().unwrap() {
                panic!("it ended with {status}:\n{}", program.printed());
            }
            let port: u16 = std::fs::read_to_string(&port_file).ok()?.trim().parse().ok()?;
            let url = format!("http://127.0.0.1:{port}/health/ready");
            let answer = http.ask(Method::GET, &url, &[], "").await.ok()?;
            answer.status.is_success().then_some(port)
        });
        let port = port.await;
        Self { child, port, http }
    }

    async fn ask(&self, method: Method, path: &str, token: &str, body: &str) -> Answer {
        let bearer = format!("Bearer {token}");
        let headers = [
            ("Authorization", bearer.as_str()),
            ("Content-Type", "application/json"),
        ];
        let url = format!("http://127.0.0.1:{}/api/v1{path}", self.port);
        self.http
            .ask(method, &url, &headers, body.to_owned())
            .await
            .expect("it answers")
    }

    async fn stop(mut self) {
        let pid = Pid::from_raw(self.child.id().unwrap().cast_signed());
        kill(pid, Signal::SIGTERM).unwrap();
        let status = mtchat_tests::within("mtchat up to stop", START, self.child.wait())
            .await
            .unwrap();
        assert!(status.success(), "it ended with {status}");
    }
}

#[tokio::test]
async fn a_first_conversation_is_still_there_after_a_restart() {
    let directory = tempfile_for_postgres();
    let (alice, bob) = (token::of("alice"), token::of("bob"));
    let up = Up::start(directory.path()).await;
    let order = json!({
        "object_type": "order", "object_id": "4711", "title": "Order 4711",
        "participants": [
            { "user_id": "alice", "display_name": "Alice", "company": "Buyer" },
            { "user_id": "bob", "display_name": "Bob", "company": "Seller" },
        ],
    });
    let created = up
        .ask(
            Method::POST,
            "/management/dialogs",
            ADMIN_TOKEN,
            &order.to_string(),
        )
        .await;
    let dialog = created.data::<DialogView>().id;
    let mut socket = Socket::open(up.port, &format!("?token={bob}")).await.unwrap();
    assert_eq!(socket.hears().await["type"], "connected");
    let messages = format!("/dialogs/{dialog}/messages");
    let sent = up
        .ask(Method::POST, &messages, &alice, r#"{"content":"Hello"}"#)
        .await;
    let sent: MessageView = sent.data();
    let heard = socket.hears().await;
    assert_eq!(
        (&heard["type"], &heard["content"]),
        (&json!("message.new"), &json!("Hello"))
    );
    drop(socket);
    up.stop().await;

    let up = Up::start(directory.path()).await;
    let page = up.ask(Method::GET, &messages, &bob, "").await.expect(200);
    let page: serde_json::Value = page.json();
    let last = page["data"]["messages"]
        .as_array()
        .unwrap()
        .last()
        .unwrap()
        .clone();
    assert_eq!(
        (&last["id"], &last["content"]),
        (&json!(sent.id), &json!("Hello"))
    );
    let again = up
        .ask(Method::POST, &messages, &bob, r#"{"content":"Hello again"}"#)
        .await;
    assert_eq!(again.data::<MessageView>().seq, sent.seq + 1);
    up.stop().await;
}

fn tempfile_for_postgres() -> tempfile::TempDir {
    let mode = Permissions::from_mode(0o711);
    tempfile::Builder::new().permissions(mode).tempdir().unwrap()
}
