//! `mtchat up`: everything in one command, twice on the same data.

use std::{fs::Permissions, os::unix::fs::PermissionsExt, path::Path, time::Duration};

use http::Method;
use mtchat_files::FileStore;
use mtchat_protocol::{DialogView, MessageView};
use mtchat_tests::{ADMIN_TOKEN, Answer, Http, JWT_SECRET, Program, Socket, eventually, own_store, token};
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
    program: Program,
}

impl Up {
    async fn start(directory: &Path) -> Self {
        Self::start_with(directory, &[]).await
    }

    async fn start_with(directory: &Path, variables: &[(&str, &str)]) -> Self {
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
        let program = variables
            .iter()
            .fold(program, |program, (name, value)| program.with(name, value));
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
        Self {
            child,
            port,
            http,
            program,
        }
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

    fn signal(&self, signal: Signal) {
        let pid = Pid::from_raw(self.child.id().unwrap().cast_signed());
        kill(pid, signal).unwrap();
    }

    async fn kill(mut self) {
        self.signal(Signal::SIGKILL);
        mtchat_tests::within("mtchat up to end", START, self.child.wait())
            .await
            .unwrap();
    }

    async fn stop(mut self) {
        self.signal(Signal::SIGTERM);
        let status = mtchat_tests::within("mtchat up to stop", START, self.child.wait())
            .await
            .unwrap();
        assert!(status.success(), "it ended with {status}");
        let printed = self.program.printed();
        assert!(
            !printed.contains("disconnected"),
            "what was to end is news: {printed}"
        );
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

#[tokio::test]
async fn files_survive_every_end_of_the_file_server_and_of_mtchat_up() {
    let directory = tempfile_for_postgres();
    let data = directory.path().join("data");
    let pid_file = data.join("files/seaweedfs.pid");
    let up = Up::start(directory.path()).await;
    let store = own_store(&data);
    eventually("the bucket to be there", START, async || {
        store.prepare(&["*".to_owned()]).await.ok()
    })
    .await;
    store.put("order.txt", "text/plain", "4711".into()).await.unwrap();

    let first = std::fs::read_to_string(&pid_file).unwrap();
    kill(Pid::from_raw(first.trim().parse().unwrap()), Signal::SIGKILL).unwrap();
    eventually("another file server", START, async || {
        let now = std::fs::read_to_string(&pid_file).ok()?;
        (now != first).then_some(())
    })
    .await;
    is_there(&store).await;

    up.kill().await;
    let up = Up::start(directory.path()).await;
    // At the same address, so that links which somebody has still lead there.
    is_there(&store).await;
    up.stop().await;

    let up = Up::start(directory.path()).await;
    is_there(&own_store(&data)).await;
    up.stop().await;
}

async fn is_there(store: &FileStore) {
    let bytes = eventually("the file to be there", START, async || {
        store.read("order.txt", 1_000).await.ok()
    })
    .await;
    assert_eq!(bytes, "4711");
}

#[tokio::test]
async fn the_chat_is_ready_without_a_file_server() {
    let directory = tempfile_for_postgres();
    let missing = directory.path().join("missing");
    let hangs = directory.path().join("hangs");
    std::fs::write(&hangs, "#!/bin/sh\nexec tail -f /dev/null\n").unwrap();
    std::fs::set_permissions(&hangs, Permissions::from_mode(0o755)).unwrap();
    for (program, says) in [
        (&missing, "off: SeaweedFS was not found"),
        (&hangs, "starting; the chat does not wait"),
    ] {
        let variables = [("SEAWEEDFS_BIN", program.to_str().unwrap())];
        let up = Up::start_with(directory.path(), &variables).await;
        let printed = up.program.printed();
        assert!(printed.contains(says), "{says} is missing in {printed}");
        up.stop().await;
    }
}

#[tokio::test]
async fn a_store_of_the_operators_is_taken_instead_of_an_own_one() {
    let directory = tempfile_for_postgres();
    let variables = [
        ("S3_ENDPOINT", "http://127.0.0.1:1"),
        ("S3_BUCKET", "theirs"),
        ("S3_ACCESS_KEY_ID", "key"),
        ("S3_SECRET_ACCESS_KEY", "secret"),
    ];
    let up = Up::start_with(directory.path(), &variables).await;
    assert!(!directory.path().join("data/files").exists());
    let printed = up.program.printed();
    assert!(printed.contains("Files        http://127.0.0.1:1"), "{printed}");
    up.stop().await;
}

fn tempfile_for_postgres() -> tempfile::TempDir {
    let mode = Permissions::from_mode(0o711);
    tempfile::Builder::new().permissions(mode).tempdir().unwrap()
}
