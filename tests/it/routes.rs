//! Every route, tried by everybody: the table of routes comes from the router, and a route without its rows fails here.

mod people;
mod rows;

use std::collections::HashSet;

use http::Method;
use mtchat::ROUTES;
use mtchat_protocol::ErrorBody;
use mtchat_tests::{Answer, HostApp, Socket, System, token};

use people::{BANNED, CANARY, Fixture, HOSTS, Host, USERS};
use rows::{Kind, ROWS, Row};

#[test]
fn every_route_has_its_row_and_every_row_its_route() {
    let routes: HashSet<(&str, &str)> = ROUTES.iter().map(|route| (route.method, route.path)).collect();
    let rows: HashSet<(&str, &str)> = ROWS.iter().map(|row| (row.method, row.path)).collect();
    assert_eq!(rows.len(), ROWS.len(), "a row stands twice");
    let without_row: Vec<_> = routes.difference(&rows).collect();
    assert!(without_row.is_empty(), "routes without a row: {without_row:?}");
    let without_route: Vec<_> = rows.difference(&routes).collect();
    assert!(
        without_route.is_empty(),
        "rows without a route: {without_route:?}"
    );
}

/// From those who may least to those who may most, so that whoever is refused finds everything as it was.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_route_answers_everybody_as_it_should() {
    // All of them come from one address, and many without a good identity.
    let system = System::with()
        .edge_configuration("[limits]\naddress_rps = 10000\naddress_burst = 10000\n")
        .files()
        .start()
        .await;
    let other = HostApp::create(&system, "other").await;
    let ban = format!("/users/{BANNED}/ban");
    system.admin(0).ask(Method::POST, &ban, "").await.expect(204);
    let mut outside = [
        listen(&system, &other.token("alice")).await,
        listen(&system, &token::scoped("mallory", &["umbrella"])).await,
    ];
    let mut wrong = Vec::new();
    for row in ROWS {
        match row.kind {
            Kind::Chat(expected) => {
                let mut fixture = Fixture::make(&system).await;
                for (user, expected) in USERS.into_iter().zip(expected) {
                    if row.method == "DELETE" {
                        // What one has deleted is there again for the next.
                        fixture = Fixture::make(&system).await;
                    }
                    let answer = row.try_as(&system, &fixture, user.token(&other).as_deref()).await;
                    wrong.extend(judge(row, &format!("{user:?}"), expected, &answer));
                    wrong.extend(leak(row, &format!("{user:?}"), user.may_know(), &answer));
                    if expected == 404 {
                        let unknown = row
                            .try_as(&system, &fixture.unknown(), user.token(&other).as_deref())
                            .await;
                        if unknown.body != answer.body {
                            wrong.push(format!(
                                "{row}: {user:?} can tell it from one that does not exist"
                            ));
                        }
                    }
                }
            }
            Kind::Management(expected) => {
                let fixture = Fixture::make(&system).await;
                for (host, expected) in HOSTS.into_iter().zip(expected) {
                    let answer = row.try_as(&system, &fixture, host.token(&other).as_deref()).await;
                    wrong.extend(judge(row, &format!("{host:?}"), expected, &answer));
                    wrong.extend(leak(row, &format!("{host:?}"), host == Host::Own, &answer));
                }
            }
            Kind::Open(expected) => {
                let answer = row.try_as(&system, &Fixture::make(&system).await, None).await;
                wrong.extend(judge(row, "anybody", expected, &answer));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    for socket in &mut outside {
        socket.say(r#"{"type":"ping"}"#).await;
        assert_eq!(
            socket.hears().await["type"],
            "pong",
            "somebody outside heard something of the dialogs"
        );
    }
}

async fn listen(system: &System, token: &str) -> Socket {
    let mut socket = Socket::open(system.edge(0).port(), &format!("?token={token}"))
        .await
        .unwrap();
    assert_eq!(socket.hears().await["type"], "connected");
    socket
}

/// Nothing of the dialog may stand in the answer to somebody who may not know of it.
fn leak(row: &Row, who: &str, may_know: bool, answer: &Answer) -> Option<String> {
    let body = String::from_utf8_lossy(&answer.body);
    (!may_know && body.contains(CANARY)).then(|| format!("{row} tells {who} of the dialog: {answer}"))
}

fn judge(row: &Row, who: &str, expected: u16, answer: &Answer) -> Option<String> {
    if answer.status.as_u16() != expected {
        return Some(format!("{row} as {who}: {answer}, expected {expected}"));
    }
    let is_error = !answer.status.is_success();
    let has_body = serde_json::from_slice::<ErrorBody>(&answer.body).is_ok();
    (is_error && !has_body).then(|| format!("{row} as {who}: {expected} without the error body: {answer}"))
}

impl std::fmt::Display for Row {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}
