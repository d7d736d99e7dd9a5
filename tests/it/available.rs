//! The list of dialogs that one may join, live: creating a dialog, changing its rules or deleting it reaches exactly those for whom
//! something changes.

use futures_util::future::join_all;
use http::Method;
use mtchat_protocol::DialogId;
use mtchat_tests::{Socket, System, token};
use serde_json::{Value, json};

/// Somebody's socket, and what they call the dialogs in it.
struct Candidate {
    socket: Socket,
    place: (String, String),
}

impl Candidate {
    async fn connect(system: &System, edge: usize, token: &str) -> Self {
        Self::open(system, edge, &format!("?token={token}")).await
    }

    async fn open(system: &System, edge: usize, query: &str) -> Self {
        let mut socket = Socket::open(system.edge(edge).port(), query).await.unwrap();
        let hello = socket.hears().await;
        assert_eq!(hello["type"], "connected");
        let text = |field: &str| hello[field].as_str().unwrap().to_owned();
        Self {
            socket,
            place: (text("epoch"), text("pos")),
        }
    }

    /// What became of which dialog, up to and with this dialog's becoming available.
    async fn hears_until(&mut self, marker: DialogId) -> Vec<(String, DialogId)> {
        let mut heard = Vec::new();
        loop {
            let frame = self.socket.hears().await;
            if let Some(pos) = frame["pos"].as_str() {
                self.place.1 = pos.to_owned();
            }
            let Some(dialog) = frame["dialog_id"].as_str() else {
                continue;
            };
            let dialog: DialogId = dialog.parse().unwrap();
            if dialog == marker {
                return heard;
            }
            heard.push((frame["type"].as_str().unwrap().to_owned(), dialog));
        }
    }
}

fn rules(tenants: &[&str]) -> Value {
    tenants
        .iter()
        .map(|tenant| json!({ "scope_level0": [tenant], "scope_level1": [], "scope_level2": [] }))
        .collect()
}

async fn offer(system: &System, tenants: &[&str], participants: &[&str]) -> DialogId {
    let participants: Value = participants
        .iter()
        .map(|name| json!({ "user_id": name, "display_name": name }))
        .collect();
    let request = json!({
        "object_type": "tender", "object_id": "7", "title": "Pumps",
        "participants": participants, "access_scopes": rules(tenants),
    });
    system.admin(0).create(&request).await.id
}

async fn change(system: &System, edge: usize, dialog: DialogId, tenants: &[&str]) {
    let body = json!({ "access_scopes": rules(tenants) }).to_string();
    let path = format!("/dialogs/{dialog}/access-scopes");
    system
        .admin(edge)
        .ask(Method::PUT, &path, &body)
        .await
        .expect(200);
}

#[tokio::test]
async fn each_change_reaches_exactly_those_for_whom_something_changes() {
    let system = System::with().edges(2).start().await;
    let wendy = token::scoped("wendy", &["acme"]);
    let mut wendys = [
        Candidate::connect(&system, 0, &wendy).await,
        Candidate::connect(&system, 1, &wendy).await,
    ];
    let mut xaver = Candidate::connect(&system, 1, &token::scoped("xaver", &["umbrella", "other"])).await;
    let mut nobody = Candidate::connect(&system, 0, &token::of("nobody")).await;
    // A member who could also join hears of the dialog as its member only.
    let mut alice = Candidate::connect(&system, 0, &token::scoped("alice", &["acme"])).await;

    let dialog = offer(&system, &["acme"], &["alice"]).await;
    change(&system, 0, dialog, &["umbrella"]).await;
    change(&system, 1, dialog, &["acme", "umbrella"]).await;
    system.admin(1).delete(dialog).await;
    let marker = offer(&system, &["acme", "umbrella"], &["nobody"]).await;

    let told = |what: &[&str]| -> Vec<(String, DialogId)> {
        what.iter().map(|what| ((*what).to_owned(), dialog)).collect()
    };
    let [available, unavailable] = ["dialog.available", "dialog.unavailable"];
    for wendy in &mut wendys {
        assert_eq!(
            wendy.hears_until(marker).await,
            told(&[available, unavailable, available, unavailable])
        );
    }
    assert_eq!(xaver.hears_until(marker).await, told(&[available, unavailable]));
    assert_eq!(nobody.hears_until(marker).await, []);
    assert_eq!(
        alice.hears_until(marker).await,
        told(&["message.new", "dialog.deleted"])
    );
}

#[tokio::test]
async fn an_offer_says_what_the_dialog_is_about() {
    let system = System::start().await;
    let mut wendy = Candidate::connect(&system, 0, &token::scoped("wendy", &["acme"])).await;
    let dialog = offer(&system, &["acme"], &["alice"]).await;
    let frame = wendy.socket.hears().await;
    assert_eq!(frame["pos"].as_str(), Some("1"));
    assert_eq!(
        frame,
        json!({
            "type": "dialog.available", "dialog_id": dialog, "object_type": "tender", "object_id": "7",
            "title": "Pumps", "seq": 1, "pos": "1",
        })
    );
}

#[tokio::test]
async fn who_was_away_hears_it_when_they_come_back_at_another_edge() {
    let system = System::with().edges(2).start().await;
    let token = token::scoped("wendy", &["acme"]);
    let mut wendy = Candidate::connect(&system, 0, &token).await;
    let first = offer(&system, &["acme"], &["alice"]).await;
    assert_eq!(wendy.hears_until(first).await, []);
    let (epoch, pos) = wendy.place.clone();
    drop(wendy);
    let [gone, kept] = [
        offer(&system, &["acme"], &["alice"]).await,
        offer(&system, &["umbrella"], &["alice"]).await,
    ];
    change(&system, 0, gone, &[]).await;
    change(&system, 0, kept, &["acme"]).await;
    let query = format!("?token={token}&epoch={epoch}&pos={pos}");
    let mut back = Candidate::open(&system, 1, &query).await;
    assert_eq!(
        back.hears_until(kept).await,
        [
            ("dialog.available".to_owned(), gone),
            ("dialog.unavailable".to_owned(), gone)
        ]
    );
}

#[tokio::test]
async fn a_fresh_token_with_other_scopes_counts_at_once() {
    let system = System::start().await;
    let mut wendy = Candidate::connect(&system, 0, &token::scoped("wendy", &["acme"])).await;
    let fresh = json!({ "type": "auth", "token": token::scoped("wendy", &["umbrella"]) });
    wendy.socket.say(&fresh.to_string()).await;
    wendy.socket.say(r#"{"type":"ping"}"#).await;
    while wendy.socket.hears().await["type"] != "pong" {}
    offer(&system, &["acme"], &["alice"]).await;
    let marker = offer(&system, &["umbrella"], &["alice"]).await;
    assert_eq!(wendy.hears_until(marker).await, []);
}

/// Whoever replaces rules knows those that were replaced, however many replace them at once: so nobody is told twice.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn changes_at_once_on_two_edges_are_told_without_a_contradiction() {
    let system = System::with().edges(2).start().await;
    let mut wendy = Candidate::connect(&system, 0, &token::scoped("wendy", &["acme"])).await;
    let dialog = offer(&system, &["umbrella"], &["alice"]).await;
    let changes = (0..16_usize).map(|number| {
        let tenants: &[&str] = if number % 3 == 0 { &["acme"] } else { &["umbrella"] };
        change(&system, number % 2, dialog, tenants)
    });
    join_all(changes).await;
    change(&system, 0, dialog, &["acme"]).await;
    let marker = offer(&system, &["acme"], &["alice"]).await;
    let heard = wendy.hears_until(marker).await;
    let turns: Vec<bool> = heard.iter().map(|(what, _)| what == "dialog.available").collect();
    assert!(turns.windows(2).all(|pair| pair[0] != pair[1]), "{heard:?}");
    assert_eq!(turns.first(), Some(&true), "{heard:?}");
    assert_eq!(turns.last(), Some(&true), "{heard:?}");
}
