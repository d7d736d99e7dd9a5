//! Who is online: told to those who share a dialog, over any number of edges, and to nobody else.
//!
//! Devices ask for everybody in the dialog that they look at, and what a user is told all of their sockets hear. So what is told
//! unasked, or to who asks for something else, is heard on bare sockets of users who have no device there.

use std::time::Duration;

use http::Method;
use mtchat_protocol::{ParticipantView, ServerFrame};
use mtchat_tests::{Device, Journal, Socket, System, User, eventually};
use serde_json::{Value, json};

/// Beyond the lease of an edge that dies without a word, its grace, and what a busy machine adds.
const LONG: Duration = Duration::from_secs(60);

/// Short, so that tests need not wait for long.
const GRACE: &str = "[gateway]\npresence_grace_secs = 2\n";

async fn two_edges() -> System {
    System::with().edges(2).edge_configuration(GRACE).start().await
}

/// What a device was told of somebody, in order.
fn told_of(journal: &Journal, user: &str) -> Vec<bool> {
    let frames = journal.frames.iter();
    frames
        .filter_map(|seen| match &seen.frame {
            ServerFrame::PresenceUpdate {
                user_id, is_online, ..
            } if user_id.as_str() == user => Some(*is_online),
            _ => None,
        })
        .collect()
}

/// Everybody of whom a device was told.
fn known_to(device: &Device) -> Vec<String> {
    let mut known: Vec<String> = device
        .journal()
        .frames
        .iter()
        .filter_map(|seen| match &seen.frame {
            ServerFrame::PresenceUpdate { user_id, .. } => Some(user_id.to_string()),
            _ => None,
        })
        .collect();
    known.sort();
    known.dedup();
    known
}

async fn hears(device: &Device, user: &str, online: bool) {
    let what = format!("{user} online: {online}");
    device
        .until(&what, |journal| told_of(journal, user).last() == Some(&online))
        .await;
}

/// A bare socket of a user. It asks for nothing.
async fn socket(system: &System, edge: usize, user: &User) -> Socket {
    let query = format!("?token={}", user.token());
    let mut socket = Socket::open(system.edge(edge).port(), &query).await.unwrap();
    assert_eq!(socket.hears().await["type"], "connected");
    socket
}

fn told_by(frame: &Value) -> Option<(String, bool)> {
    let user = frame["user_id"].as_str().unwrap_or_default().to_owned();
    (frame["type"] == "presence.update").then(|| (user, frame["is_online"].as_bool().unwrap()))
}

/// Listen on until a bare socket is told this, and add everything that it is told to what is known.
async fn is_told(socket: &mut Socket, told: &mut Vec<(String, bool)>, user: &str, online: bool) {
    let wanted = (user.to_owned(), online);
    while !told.contains(&wanted) {
        told.extend(told_by(&socket.hears().await));
    }
}

/// Somebody as the list of participants shows them to a member.
async fn shown_to(member: &User, user: &str) -> ParticipantView {
    let path = format!("/api/v1/dialogs/{}/participants", member.dialog());
    let list: Vec<ParticipantView> = member.ask(Method::GET, &path, "").await.data();
    let found = list
        .into_iter()
        .find(|participant| participant.user_id.as_str() == user);
    found.expect("they are in the dialog")
}

async fn is_shown(member: &User, user: &str, online: bool) {
    eventually(
        &format!("{user} to be shown online: {online}"),
        LONG,
        async || (shown_to(member, user).await.is_online == Some(online)).then_some(()),
    )
    .await;
}

#[tokio::test]
async fn members_hear_who_comes_and_who_goes_with_the_last_of_their_connections() {
    let system = two_edges().await;
    let [alice, bob] = system
        .dialog()
        .offline()
        .on_edges([0, 1])
        .between(["alice", "bob"])
        .await;
    let [mallory] = system.dialog().on_edges([1]).between(["mallory"]).await;
    let (mut bare, mut told) = (socket(&system, 1, &bob).await, Vec::new());
    assert_eq!(shown_to(&bob, "alice").await.is_online, Some(false));
    alice.connect().await;
    is_told(&mut bare, &mut told, "alice", true).await;
    let other = alice.another_device(1).await;
    for member in [&bob, &bob.at_edge(0)] {
        is_shown(member, "alice", true).await;
        assert_eq!(shown_to(member, "alice").await.last_seen, None);
    }

    alice.drop_connection().await;
    // Long enough for the first connection's grace to be over: somebody else who left after it is told to be gone.
    let [carol] = system.dialog().on_edges([0]).between(["carol"]).await;
    system.admin(0).add(bob.dialog(), "carol").await;
    is_shown(&bob, "carol", true).await;
    carol.drop_connection().await;
    is_told(&mut bare, &mut told, "carol", false).await;
    let of_alice: Vec<_> = told.iter().filter(|(user, _)| user == "alice").collect();
    assert_eq!(of_alice, [&("alice".to_owned(), true)]);
    assert_eq!(shown_to(&bob, "alice").await.is_online, Some(true));

    other.drop_connection().await;
    is_told(&mut bare, &mut told, "alice", false).await;
    let shown = shown_to(&bob, "alice").await;
    assert_eq!(shown.is_online, Some(false));
    assert!(shown.last_seen.is_some(), "nobody knows when alice was here");
    assert_eq!(known_to(mallory.device()), Vec::<String>::new());
}

#[tokio::test]
async fn a_reconnect_does_not_flicker() {
    let system = two_edges().await;
    let [alice, bob, carol] = system
        .dialog()
        .on_edges([0, 1, 0])
        .between(["alice", "bob", "carol"])
        .await;
    is_shown(&bob, "alice", true).await;
    is_shown(&bob, "carol", true).await;
    hears(bob.device(), "alice", true).await;
    // When bob came, his edge may not have known of alice yet.
    let before = told_of(&bob.device().journal(), "alice").len();
    alice.drop_connection().await;
    alice.use_edge(1);
    alice.reconnect().await;
    // Whoever left later is told to be gone, so alice's leaving would have been told by now.
    carol.drop_connection().await;
    hears(bob.device(), "carol", false).await;
    assert!(!told_of(&bob.device().journal(), "alice")[before..].contains(&false));
    assert_eq!(shown_to(&bob, "alice").await.is_online, Some(true));
}

#[tokio::test]
async fn an_edge_that_is_killed_takes_its_users_offline() {
    let system = two_edges().await;
    let [alice, bob] = system.dialog().on_edges([0, 1]).between(["alice", "bob"]).await;
    is_shown(&bob, "alice", true).await;
    hears(bob.device(), "alice", true).await;
    system.edge(0).kill().await;
    is_shown(&bob, "alice", false).await;
    hears(bob.device(), "alice", false).await;
    let shown = eventually("when alice was here", LONG, async || {
        shown_to(&bob, "alice").await.last_seen
    });
    shown.await;
    assert_eq!(shown_to(&bob, "bob").await.is_online, Some(true));
    drop(alice);
}

#[tokio::test]
async fn an_edge_that_stops_in_order_says_so() {
    let system = two_edges().await;
    let [alice, bob] = system.dialog().on_edges([0, 1]).between(["alice", "bob"]).await;
    is_shown(&bob, "alice", true).await;
    hears(bob.device(), "alice", true).await;
    system.edge(0).stop().await;
    hears(bob.device(), "alice", false).await;
    drop(alice);
}

#[tokio::test]
async fn an_edge_that_starts_later_learns_who_is_online() {
    let system = System::with().edges(2).edge_configuration(GRACE).start().await;
    let [alice, bob] = system.dialog().on_edges([0, 0]).between(["alice", "bob"]).await;
    system.edge(1).stop().await;
    system.edge(1).restart().await;
    is_shown(&bob.at_edge(1), "alice", true).await;
    drop(alice);
}

#[tokio::test]
async fn who_watches_is_told_at_once_and_strangers_do_not_exist() {
    let system = two_edges().await;
    let [alice, bob, carol] = system
        .dialog()
        .offline()
        .on_edges([0, 1, 0])
        .between(["alice", "bob", "carol"])
        .await;
    for user in [&alice, &carol] {
        user.connect().await;
    }
    let [mallory] = system.dialog().on_edges([1]).between(["mallory"]).await;
    is_shown(&bob, "alice", true).await;
    is_shown(&bob, "carol", true).await;
    carol.drop_connection().await;
    is_shown(&bob, "carol", false).await;
    let (mut bare, mut told) = (socket(&system, 1, &bob).await, Vec::new());
    let watch = json!({"type": "watch", "user_ids": ["mallory", "nobody", "carol", "alice"]});
    bare.say(&watch.to_string()).await;
    is_told(&mut bare, &mut told, "alice", true).await;
    is_told(&mut bare, &mut told, "carol", false).await;

    // After what the device asks for by itself.
    mallory.device().settles().await;
    let asked = json!({"type": "watch", "user_ids": ["alice", "bob", "mallory"]});
    mallory.device().say(&asked.to_string()).await;
    let more: Vec<String> = (0..201).map(|number| format!("user-{number}")).collect();
    let too_many = json!({"type": "watch", "user_ids": more});
    mallory.device().say(&too_many.to_string()).await;
    mallory
        .device()
        .until("a complaint", |journal| {
            let frames = journal.frames.iter();
            frames
                .filter(|seen| matches!(seen.frame, ServerFrame::Error { .. }))
                .count()
                == 1
        })
        .await;

    alice.drop_connection().await;
    is_told(&mut bare, &mut told, "alice", false).await;
    let mut known: Vec<&str> = told.iter().map(|(user, _)| user.as_str()).collect();
    known.sort_unstable();
    known.dedup();
    assert_eq!(known, ["alice", "carol"]);
    assert_eq!(known_to(mallory.device()), Vec::<String>::new());
}

#[tokio::test]
async fn whoever_was_removed_hears_nothing_more() {
    let system = System::with().edge_configuration(GRACE).start().await;
    let [alice, bob, carol] = system.dialog().offline().between(["alice", "bob", "carol"]).await;
    for user in [&alice, &carol] {
        user.connect().await;
    }
    let (mut bare, mut told) = (socket(&system, 0, &bob).await, Vec::new());
    let watch = json!({"type": "watch", "user_ids": ["alice"]});
    bare.say(&watch.to_string()).await;
    is_told(&mut bare, &mut told, "alice", true).await;
    hears(carol.device(), "alice", true).await;
    system.admin(0).remove(alice.dialog(), "bob").await;
    alice.drop_connection().await;
    hears(carol.device(), "alice", false).await;
    bare.say(r#"{"type":"ping"}"#).await;
    loop {
        let frame = bare.hears().await;
        if frame["type"] == "pong" {
            break;
        }
        told.extend(told_by(&frame));
    }
    assert!(!told.contains(&("alice".to_owned(), false)), "{told:?}");
}
