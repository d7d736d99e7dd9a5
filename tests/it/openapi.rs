//! The description of the API is complete, up to date, and what the server does.

use std::{collections::HashSet, path::Path, process::Stdio};

use http::Method;
use mtchat::{ROUTES, openapi_json};
use mtchat_tests::{ADMIN_TOKEN, ApiDocument, System, token};
use serde_json::json;
use tokio::process::Command;

/// Where the tool is put by `make test`, and its version.
const SCHEMATHESIS: &str = "../.tools/schemathesis-4.32.5";
/// So many requests at most are made up for each operation in each phase.
const EXAMPLES: &str = "5";
/// Files are not there yet, and a message that has some is told so: 503 is right there and nowhere else.
const EXPECTED: &str = r#"
[[operations]]
include-operation-id = "sendMessage"
[operations.checks.not_a_server_error]
expected-statuses = ["2xx", "3xx", "4xx", "503"]
"#;
/// A position that is made up may be one that the log will only reach: that is waited for, and answered by 503, as is right. Forged
/// ones are tried in `attacks`.
const PARAMETERS: &str = "[parameters]\n\"header.Mtchat-Position\" = \"1\"\n";
const OPTIONS: &[&str] = &[
    "--checks",
    "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance",
    "--phases",
    "coverage,fuzzing",
    "--request-timeout",
    "10",
    "--suppress-health-check",
    "all",
    "--generation-database",
    "none",
    "--warnings",
    "off",
    "--no-color",
    "--no-shrink",
    "--continue-on-failure",
];

#[test]
fn the_checked_in_description_is_that_of_this_build() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/openapi.json");
    let checked_in = std::fs::read_to_string(path).expect("docs/openapi.json is there");
    assert!(
        checked_in == openapi_json(),
        "docs/openapi.json is out of date: target/debug/mtchat openapi > docs/openapi.json"
    );
}

#[test]
fn every_route_is_described_and_nothing_else_is() {
    let document = ApiDocument::generated();
    let described: HashSet<(String, &str)> = document
        .operations()
        .map(|(method, path, _)| (method, path))
        .collect();
    let routes: HashSet<(String, &str)> = ROUTES
        .iter()
        .map(|route| (route.method.to_owned(), route.path))
        .collect();
    let differing: Vec<_> = described.symmetric_difference(&routes).collect();
    assert!(
        differing.is_empty(),
        "routes and description differ: {differing:?}"
    );
    let mut names = HashSet::new();
    for (method, path, operation) in document.operations() {
        let name = operation["operationId"].as_str().unwrap_or_default();
        assert!(
            !name.is_empty() && names.insert(name),
            "{method} {path}: the name {name:?}"
        );
        let summary = operation["summary"].as_str().unwrap_or_default();
        assert!(!summary.is_empty(), "{method} {path} has no summary");
        assert!(
            operation["security"].is_array(),
            "{method} {path} does not say for whom"
        );
        let is_open = operation["security"] == json!([{}]);
        let refused = operation["responses"].get("401").is_some();
        assert!(is_open || refused, "{method} {path} does not say how it refuses");
    }
}

#[test]
fn an_answer_that_is_not_as_described_is_noticed() {
    let document = ApiDocument::generated();
    let judge = |body: &str| document.judge("GET", "/api/v1/unread", 200, body.as_bytes());
    assert_eq!(judge(r#"{"data":{"unread_count":1,"dialogs":1}}"#), None);
    for wrong in [
        r#"{"data":{"unread_count":"1","dialogs":1}}"#,
        r#"{"data":{"dialogs":1}}"#,
        r#"{"data":{"unread_count":1,"dialogs":1,"more":1}}"#,
        r#"{"unread_count":1,"dialogs":1}"#,
        "x",
    ] {
        assert!(judge(wrong).is_some(), "{wrong}");
    }
    assert!(document.judge("GET", "/api/v1/unread", 418, b"{}").is_some());
}

#[tokio::test]
async fn the_description_is_served_and_shown_without_asking_anybody_else() {
    let system = System::start().await;
    let edge = system.edge(0);
    let get = async |path: &str| {
        let answer = system
            .http()
            .ask(Method::GET, &edge.url(path), &[], String::new())
            .await;
        answer.expect("the edge answers").expect(200)
    };
    assert_eq!(get("/api/openapi.json").await.body, openapi_json().as_bytes());
    let page = get("/api/docs").await;
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    let policy = page.header("content-security-policy").expect("a policy");
    assert!(
        policy.starts_with("default-src 'none'; style-src 'sha256-"),
        "{policy}"
    );
    let html = String::from_utf8(page.body.to_vec()).expect("a text");
    for route in ROUTES {
        assert!(
            html.contains(&format!("<code>{}</code>", route.path)),
            "{} is missing",
            route.path
        );
    }
    for foreign in ["<script", "http://", "https://", "@import", "url("] {
        assert!(!html.contains(foreign), "the page holds {foreign}");
    }
}

/// Where made-up requests go to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Who {
    Hosts,
    Users,
}

/// Make up requests and send them; what the tool says when something is wrong.
async fn try_out(system: &System, who: Who, places: Option<&str>, seed: &str) -> Result<(), String> {
    let configuration = system.directory().join("schemathesis.toml");
    let configured = format!("{PARAMETERS}{}{EXPECTED}", places.unwrap_or_default());
    std::fs::write(&configuration, configured).expect("a file can be written");
    let (bearer, filter, paths) = match who {
        Who::Hosts => (
            ADMIN_TOKEN.to_owned(),
            "--include-path-regex",
            "^/api/v1/management",
        ),
        Who::Users => (
            token::scoped("alice", &["acme"]),
            "--exclude-path-regex",
            "^/api/v1/management|^/api/v1/ws$",
        ),
    };
    let mut tool = Command::new("python3");
    tool.args(["-m", "schemathesis.cli", "--config-file"])
        .arg(&configuration)
        .arg("run")
        .arg(system.edge(0).url("/api/openapi.json"))
        .args(["--url", &system.edge(0).url("")])
        .args(["--header", &format!("Authorization: Bearer {bearer}")])
        .args([filter, paths, "--seed", seed, "--max-examples", EXAMPLES])
        .args(OPTIONS);
    if places.is_some() {
        // Who has left finds nothing any more.
        tool.args([
            "--exclude-method",
            "DELETE",
            "--exclude-operation-id",
            "leaveDialog",
        ]);
    }
    let ran = tool
        .env(
            "PYTHONPATH",
            Path::new(env!("CARGO_MANIFEST_DIR")).join(SCHEMATHESIS),
        )
        .current_dir(system.directory())
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .expect("python3 runs");
    let said = String::from_utf8_lossy(&ran.stdout);
    if ran.status.success() && said.contains("passed") {
        return Ok(());
    }
    let complaints = String::from_utf8_lossy(&ran.stderr);
    let what = format!(
        "seed {seed}, {who:?}, places that there are: {}",
        places.is_some()
    );
    Err(format!(
        "{what} (tools/schemathesis.py puts the tool into its place)\n{said}\n{complaints}"
    ))
}

/// Requests made up from the description, well-formed and not, by users and by hosts: no fault of the server, and every answer as
/// described.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_made_up_from_the_description_find_no_fault() {
    let generous = ["address", "user", "app"].map(|of| format!("{of}_rps = 100000\n{of}_burst = 100000\n"));
    let system = System::with()
        .files()
        .edge_configuration(&format!("[limits]\n{}", generous.concat()))
        .start()
        .await;
    let [alice, _bob] = system.dialog().offline().between(["alice", "bob"]).await;
    let message = alice.send("hello").await;
    let places = format!(
        "\"path.dialog\" = \"{}\"\n\"path.message\" = \"{}\"\n",
        alice.dialog(),
        message.id
    );
    let seed = fastrand::u32(..).to_string();
    // What is made up finds next to nothing; what is there is asked for as well, but not deleted.
    for who in [Who::Users, Who::Hosts] {
        for places in [Some(places.as_str()), None] {
            if let Err(trouble) = try_out(&system, who, places, &seed).await {
                panic!("{trouble}");
            }
        }
    }
}
