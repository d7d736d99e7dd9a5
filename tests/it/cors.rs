//! Web pages of apps: which may read an answer, and which may open a socket.

use http::Method;
use mtchat_protocol::DialogId;
use mtchat_tests::{Answer, Heard, HostApp, PATIENCE, Refused, Socket, System, eventually};
use serde_json::{Value, json};

const ACME: &str = "https://acme.example";
const UMBRELLA: &str = "http://localhost:5173";
const ADMIN: &str = "https://admin.example";

/// Pages that are not acme's, however much they look like it.
const FOREIGN: &[&str] = &[
    "https://acme.example.evil.example",
    "https://evilacme.example",
    "https://sub.acme.example",
    "https://acme.example:8443",
    "http://acme.example",
    "https://acme.example@evil.example",
    "https://acme.example/",
    "https://evil.example/https://acme.example",
    "null",
    "*",
    "https://",
];

async fn ask(system: &System, method: Method, headers: &[(&str, &str)]) -> Answer {
    let url = system
        .edge(0)
        .url(&format!("/api/v1/dialogs/{}", DialogId::fresh()));
    system.http().ask(method, &url, headers, "").await.unwrap()
}

/// The origin that an answer allows; every answer says that it depends on the page.
fn allowed(answer: &Answer) -> Option<&str> {
    let vary = answer.header("Vary").unwrap_or_default();
    assert!(vary.to_ascii_lowercase().contains("origin"), "{answer}");
    let allowed = answer.header("Access-Control-Allow-Origin");
    let credentials = answer.header("Access-Control-Allow-Credentials");
    assert!(credentials.is_none() || allowed != Some("*"), "{answer}");
    allowed
}

async fn preflight(system: &System, origin: &str) -> Answer {
    let headers = [
        ("Origin", origin),
        ("Access-Control-Request-Method", "POST"),
        ("Access-Control-Request-Headers", "authorization"),
    ];
    ask(system, Method::OPTIONS, &headers).await.expect(200)
}

async fn with_token(system: &System, token: &str, origin: &str) -> Answer {
    let bearer = format!("Bearer {token}");
    ask(
        system,
        Method::GET,
        &[("Origin", origin), ("Authorization", &bearer)],
    )
    .await
}

#[tokio::test]
async fn answers_are_for_pages_of_the_callers_app_and_preflights_for_those_of_every_app() {
    let system = System::with()
        .variable("CORS_ALLOWED_ORIGINS", ADMIN)
        .variable("CORS_ALLOW_CREDENTIALS", "true")
        .start()
        .await;
    let acme = HostApp::create_with(&system, "acme", &["--cors-origin", ACME]).await;
    let umbrella = HostApp::create_with(&system, "umbrella", &["--cors-origin", UMBRELLA]).await;
    let plain = HostApp::create(&system, "plain").await;
    for page in [ACME, UMBRELLA, ADMIN] {
        let answer = preflight(&system, page).await;
        assert_eq!(allowed(&answer), Some(page));
        assert_eq!(
            answer.header("Access-Control-Allow-Headers"),
            Some("authorization")
        );
    }
    for page in FOREIGN {
        assert_eq!(allowed(&preflight(&system, page).await), None, "{page}");
    }
    for (app, pages) in [(&acme, [ACME]), (&umbrella, [UMBRELLA]), (&plain, [ADMIN])] {
        for page in [ACME, UMBRELLA, ADMIN].iter().chain(FOREIGN) {
            let expected = pages.contains(page).then_some(*page);
            let user = with_token(&system, &app.token("alice"), page).await.expect(404);
            assert_eq!(allowed(&user), expected, "{}: {page}", app.id());
            let credentials = expected.map(|_| "true");
            assert_eq!(user.header("Access-Control-Allow-Credentials"), credentials);
        }
    }
    let url = system.edge(0).url("/api/v1/management/dialogs");
    let bearer = format!("Bearer {}", acme.admin_token());
    for (page, expected) in [(ACME, Some(ACME)), (UMBRELLA, None), (ADMIN, None)] {
        let headers = [("Origin", page), ("Authorization", bearer.as_str())];
        let answer = system.http().ask(Method::GET, &url, &headers, "").await.unwrap();
        assert_eq!(allowed(&answer.expect(200)), expected, "{page}");
    }
    assert_eq!(
        allowed(&acme.ask(Method::GET, "/health", "alice", &Value::Null).await),
        None
    );
}

/// Nobody was verified, so nothing of any app is in the answer; a page must learn that its token has ended.
#[tokio::test]
async fn a_refusal_without_identity_can_be_read_by_pages_of_apps() {
    let system = System::with()
        .variable("CORS_ALLOWED_ORIGINS", ADMIN)
        .start()
        .await;
    HostApp::create_with(&system, "acme", &["--cors-origin", ACME]).await;
    for (page, expected) in [
        (ACME, Some(ACME)),
        (ADMIN, Some(ADMIN)),
        (UMBRELLA, None),
        ("null", None),
    ] {
        let answer = with_token(&system, "x", page).await;
        assert!(matches!(answer.status.as_u16(), 401 | 429), "{answer}");
        assert_eq!(allowed(&answer), expected, "{page}");
    }
    let url = system.edge(0).url("/health");
    for (page, expected) in [(ACME, None), (ADMIN, Some(ADMIN))] {
        let answer = system
            .http()
            .ask(Method::GET, &url, &[("Origin", page)], "")
            .await;
        assert_eq!(allowed(&answer.unwrap().expect(200)), expected, "{page}");
    }
}

#[tokio::test]
async fn pages_of_an_app_change_while_everything_runs() {
    let system = System::start().await;
    let acme = HostApp::create(&system, "acme").await;
    let answer = with_token(&system, &acme.token("alice"), ACME).await;
    assert_eq!(allowed(&answer), Some("*"), "as configured");
    acme.change(&system, &["--cors-origin", ACME, "--cors-origin", UMBRELLA])
        .await;
    let becomes = async |page: &str, expected: Option<&str>| {
        let what = format!("{page} to be {expected:?}");
        eventually(&what, PATIENCE, async || {
            let answer = with_token(&system, &acme.token("alice"), page).await;
            (allowed(&answer) == expected).then_some(())
        })
        .await;
    };
    becomes(ACME, Some(ACME)).await;
    becomes(UMBRELLA, Some(UMBRELLA)).await;
    becomes(ADMIN, None).await;
    acme.change(&system, &["--cors-origin", ADMIN]).await;
    becomes(ACME, None).await;
    acme.change(&system, &["--cors-origin", "default"]).await;
    becomes(ACME, Some("*")).await;
}

fn is_forbidden(opened: &Result<Socket, Refused>) -> bool {
    matches!(opened, Err(Refused::Answer(status, ..)) if status.as_u16() == 403)
}

/// Say whose socket it is in the first frame: what comes back.
async fn says_whose(mut socket: Socket, app: &HostApp) -> Heard {
    let auth = json!({ "type": "auth", "token": app.token("alice") });
    socket.say(&auth.to_string()).await;
    match socket.hear().await {
        Heard::Text(text) if text.contains("\"connected\"") => Heard::Text("connected".to_owned()),
        Heard::Text(text) => {
            assert!(text.contains("FORBIDDEN"), "{text}");
            socket.ends().await
        }
        end => end,
    }
}

#[tokio::test]
async fn a_socket_is_for_pages_of_its_app() {
    let system = System::start().await;
    let acme = HostApp::create_with(&system, "acme", &["--cors-origin", ACME]).await;
    let plain = HostApp::create(&system, "plain").await;
    let port = system.edge(0).port();
    let [acmes, plains] = [&acme, &plain].map(|app| format!("?token={}", app.token("alice")));
    assert!(Socket::open_from(port, &acmes, ACME).await.is_ok());
    for page in FOREIGN {
        assert!(
            is_forbidden(&Socket::open_from(port, &acmes, page).await),
            "{page}"
        );
        assert!(Socket::open_from(port, &plains, page).await.is_ok(), "{page}");
        let late = Socket::open_from(port, "", page).await.unwrap();
        assert_eq!(says_whose(late, &acme).await, Heard::Closed(Some(4105)), "{page}");
    }
    assert!(is_forbidden(&Socket::open(port, &acmes).await), "without a page");
    let late = Socket::open(port, "").await.unwrap();
    assert_eq!(says_whose(late, &acme).await, Heard::Closed(Some(4105)));
    let connected = Heard::Text("connected".to_owned());
    let late = Socket::open_from(port, "", ACME).await.unwrap();
    assert_eq!(says_whose(late, &acme).await, connected);
    let late = Socket::open_from(port, "", ADMIN).await.unwrap();
    assert_eq!(says_whose(late, &plain).await, connected);
}

#[tokio::test]
async fn a_page_that_nobody_allows_opens_no_socket_at_all() {
    let system = System::with()
        .edge_configuration(&format!("[gateway]\nallowed_origins = [\"{ADMIN}\"]\n"))
        .start()
        .await;
    let acme = HostApp::create_with(&system, "acme", &["--cors-origin", ACME]).await;
    let plain = HostApp::create(&system, "plain").await;
    let port = system.edge(0).port();
    for page in FOREIGN.iter().chain(&[UMBRELLA]) {
        assert!(is_forbidden(&Socket::open_from(port, "", page).await), "{page}");
        let bad = Socket::open_from(port, "?token=x", page).await;
        assert!(is_forbidden(&bad), "{page} learns nothing of the token");
    }
    assert!(is_forbidden(&Socket::open(port, "").await));
    // Whose socket it will be is not known yet; then the other app's page is not good enough.
    let late = Socket::open_from(port, "", ACME).await.unwrap();
    assert_eq!(says_whose(late, &plain).await, Heard::Closed(Some(4105)));
    let late = Socket::open_from(port, "", ADMIN).await.unwrap();
    assert_eq!(says_whose(late, &acme).await, Heard::Closed(Some(4105)));
    let plains = format!("?token={}", plain.token("alice"));
    assert!(is_forbidden(&Socket::open_from(port, &plains, ACME).await));
    assert!(Socket::open_from(port, &plains, ADMIN).await.is_ok());
}
