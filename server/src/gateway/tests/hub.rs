use std::{collections::HashMap, sync::Arc};

use mtchat_domain::frames;
use mtchat_protocol::{
    Actor, AppId, DialogId, DisplayName, Fact, FactData, FactId, Head, ObjectId, ObjectType, ParticipantGone,
    Positions, ServerFrame, Timestamp,
};
use smallvec::smallvec;

use super::*;
use crate::gateway::{Close, delivery::outbound_frames, hub::NotAdmitted, roster::Follows};

#[test]
fn members_get_each_frame_once_on_each_connection_and_nobody_else_does() {
    let hub = ready(roomy());
    let alice = [connect(&hub, "alice", None), connect(&hub, "alice", None)];
    let (bob, carol) = (connect(&hub, "bob", None), connect(&hub, "carol", None));
    let mut elsewhere = hub.admit(None).unwrap();
    elsewhere.attach(who("other", "alice"), None).unwrap();
    hub.deliver(fact(1, &["alice", "bob"]));
    for seat in [&alice[0], &alice[1], &bob] {
        assert_eq!(drained(&seat.connection), ["connected 0 None", "1.0"]);
    }
    assert_eq!(drained(&carol.connection), ["connected 0 None"]);
    assert_eq!(drained(&elsewhere.connection), ["connected 0 None"]);
}

#[test]
fn a_mention_reaches_all_sockets_of_the_others_and_is_not_kept() {
    let hub = ready(roomy());
    let alice = connect(&hub, "alice", None);
    let bob = [connect(&hub, "bob", None), connect(&hub, "bob", None)];
    let carol = connect(&hub, "carol", None);
    let mut elsewhere = hub.admit(None).unwrap();
    elsewhere.attach(who("other", "bob"), None).unwrap();
    let (members, bytes) = ([user("alice"), user("bob")], "typing".into());
    hub.mention(&AppId::default_app(), &members, &user("alice"), &bytes);
    for seat in &bob {
        assert_eq!(drained(&seat.connection), ["connected 0 None", "typing"]);
    }
    for seat in [&alice, &carol, &elsewhere] {
        assert_eq!(drained(&seat.connection), ["connected 0 None"]);
    }
    let again = connect(&hub, "bob", Some(&at(0)));
    assert_eq!(drained(&again.connection), ["connected 0 Some(true)"]);
    assert_eq!(hub.position(), 0);
}

#[test]
fn who_resumes_gets_exactly_what_was_missed() {
    let hub = ready(roomy());
    for log_seq in 1..=5 {
        hub.deliver(fact(
            log_seq,
            if log_seq % 2 == 1 { &["alice"] } else { &["bob"] },
        ));
    }
    let alice = connect(&hub, "alice", Some(&at(1)));
    hub.deliver(fact(6, &["alice"]));
    assert_eq!(
        drained(&alice.connection),
        ["connected 1 Some(true)", "3.0", "5.0", "6.0"]
    );
    let nothing_missed = connect(&hub, "bob", Some(&at(6)));
    assert_eq!(drained(&nothing_missed.connection), ["connected 6 Some(true)"]);
}

#[test]
fn somebody_who_left_gets_only_what_is_for_them_also_after_a_resume() {
    let hub = ready(roomy());
    let bob = connect(&hub, "bob", None);
    let audience = Audience::Known {
        members: gathering(1, &["alice"]),
        former: smallvec![user("bob")],
    };
    hub.deliver(outbound(1, audience, &[false, true]));
    assert_eq!(drained(&bob.connection), ["connected 0 None", "1.1"]);
    let again = connect(&hub, "bob", Some(&at(0)));
    assert_eq!(drained(&again.connection), ["connected 0 Some(true)", "1.1"]);
    let alice = connect(&hub, "alice", Some(&at(0)));
    assert_eq!(
        drained(&alice.connection),
        ["connected 0 Some(true)", "1.0", "1.1"]
    );
}

#[test]
fn a_member_who_is_concerned_in_particular_gets_only_what_is_for_those() {
    let hub = ready(roomy());
    let bob = connect(&hub, "bob", None);
    let alice = connect(&hub, "alice", None);
    let audience = Audience::Known {
        members: gathering(1, &["alice", "bob"]),
        former: smallvec![user("bob")],
    };
    let mut read = outbound(1, audience, &[false, false]);
    read.frames[1].to = mtchat_domain::To::Concerned;
    hub.deliver(read);
    assert_eq!(drained(&bob.connection), ["connected 0 None", "1.1"]);
    assert_eq!(drained(&alice.connection), ["connected 0 None", "1.0"]);
    let again = connect(&hub, "bob", Some(&at(0)));
    assert_eq!(drained(&again.connection), ["connected 0 Some(true)", "1.1"]);
}

#[test]
fn a_client_ahead_of_this_edge_is_not_told_twice() {
    let hub = ready(roomy());
    let alice = connect(&hub, "alice", Some(&at(2)));
    for log_seq in 1..=3 {
        hub.deliver(fact(log_seq, &["alice"]));
        hub.pong(&alice.connection);
    }
    let told = [
        "connected 2 Some(true)",
        "pong 2 0",
        "pong 2 0",
        "3.0",
        "pong 3 0",
    ];
    assert_eq!(drained(&alice.connection), told);
}

#[test]
fn a_resume_on_an_open_socket_brings_everything_after_it_again() {
    let hub = ready(roomy());
    let alice = connect(&hub, "alice", None);
    for log_seq in 1..=3 {
        hub.deliver(fact(log_seq, &["alice"]));
    }
    hub.resume(&alice.connection, &at(1));
    hub.deliver(fact(4, &["alice"]));
    assert_eq!(
        drained(&alice.connection),
        ["resumed true e 1", "2.0", "3.0", "4.0"]
    );
    hub.resume(&alice.connection, &ResumePoint::unreachable());
    assert_eq!(drained(&alice.connection), ["resumed false e 4"]);
}

#[test]
fn too_much_to_replay_is_a_reload() {
    let hub = ready(GatewayOptions {
        replay_frames: 3,
        ..roomy()
    });
    for log_seq in 1..=4 {
        hub.deliver(fact(log_seq, &["alice"]));
    }
    assert_eq!(drained(&connect(&hub, "alice", Some(&at(1))).connection).len(), 4);
    assert_eq!(
        drained(&connect(&hub, "alice", Some(&at(0))).connection),
        ["connected 4 Some(false)"]
    );
}

#[test]
fn a_gap_and_a_new_epoch_are_told_to_everybody() {
    let hub = ready(roomy());
    let alice = connect(&hub, "alice", None);
    assert_eq!(hub.follow(&epoch(), 0, 3), Follows::Next);
    hub.advance(3);
    assert_eq!(hub.follow(&epoch(), 1, 3), Follows::Stale);
    assert_eq!(hub.follow(&epoch(), 2, 4), Follows::Next);
    hub.advance(4);
    assert_eq!(hub.follow(&epoch(), 7, 9), Follows::Reset);
    let anew = Epoch("f".to_owned());
    assert_eq!(hub.follow(&anew, 2, 3), Follows::Reset);
    hub.deliver(fact(3, &["alice"]));
    assert_eq!(hub.follow(&epoch(), 9, 20), Follows::Stale);
    assert_eq!(hub.position(), 3);
    let told = [
        "connected 0 None",
        "resumed false e 7",
        "resumed false f 2",
        "3.0",
    ];
    assert_eq!(drained(&alice.connection), told);
    assert_eq!(
        drained(&connect(&hub, "alice", Some(&at(3))).connection),
        ["connected 3 Some(false)"]
    );
}

#[test]
fn an_unknown_audience_is_told_to_the_app_and_never_skipped_silently() {
    let hub = ready(roomy());
    let alice = connect(&hub, "alice", None);
    let mut elsewhere = hub.admit(None).unwrap();
    elsewhere.attach(who("other", "bob"), None).unwrap();
    hub.deliver(outbound(1, Audience::Unknown, &[false]));
    hub.deliver(outbound(2, Audience::Unknown, &[false]));
    hub.deliver(fact(3, &["alice"]));
    // The second is within the pause: held back, and until it is told nobody resumes.
    assert_eq!(
        drained(&alice.connection),
        ["connected 0 None", "resumed false e 1", "3.0"]
    );
    assert_eq!(
        drained(&connect(&hub, "alice", Some(&at(3))).connection),
        ["connected 3 Some(false)"]
    );
    hub.tick(moment(2));
    assert_eq!(drained(&alice.connection), ["resumed false e 3"]);
    assert_eq!(
        drained(&connect(&hub, "alice", Some(&at(2))).connection),
        ["connected 3 Some(false)"]
    );
    assert_eq!(
        drained(&connect(&hub, "alice", Some(&at(3))).connection),
        ["connected 3 Some(true)"]
    );
    assert_eq!(drained(&elsewhere.connection), ["connected 0 None"]);
}

#[test]
fn a_reader_who_does_not_read_is_closed_and_disturbs_nobody() {
    let hub = ready(GatewayOptions {
        outgoing_frames: 3,
        ..roomy()
    });
    let (slow, quick) = (connect(&hub, "slow", None), connect(&hub, "quick", None));
    for log_seq in 1..=10 {
        hub.deliver(fact(log_seq, &["slow", "quick"]));
        drained(&quick.connection);
    }
    assert_eq!(slow.connection.was_kicked(), Some(Close::SlowReader));
    assert!(slow.connection.outgoing.is_empty());
    assert_eq!(quick.connection.was_kicked(), None);
}

#[test]
fn places_are_bounded_and_given_back() {
    let hub = ready(GatewayOptions {
        max_connections: 4,
        max_connections_per_user: 2,
        max_unauthenticated: 2,
        ..roomy()
    });
    let anonymous = [hub.admit(None).unwrap(), hub.admit(None).unwrap()];
    assert_eq!(hub.admit(None).unwrap_err(), NotAdmitted::Full);
    drop(anonymous);
    let alice = [connect(&hub, "alice", None), connect(&hub, "alice", None)];
    assert_eq!(
        hub.admit(alice[0].connection.owner()).unwrap_err(),
        NotAdmitted::TooMany
    );
    let mut third = hub.admit(None).unwrap();
    assert!(third.attach(who("default", "alice"), None).is_err());
    let _bob = hub.admit(None).unwrap();
    assert_eq!(hub.admit(None).unwrap_err(), NotAdmitted::Full);
    drop(alice);
    assert_eq!(hub.sockets(), 2);
    assert!(third.attach(who("default", "alice"), None).is_ok());
}

#[test]
fn an_app_may_have_fewer_sockets_than_the_others_and_keeps_those_that_are_open() {
    let hub = ready(roomy());
    let two = HashMap::from([(AppId::default_app(), 2)]);
    hub.replace_own_most(two);
    let seats = [connect(&hub, "alice", None), connect(&hub, "bob", None)];
    let owner = seats[0].connection.owner().cloned();
    assert_eq!(hub.admit(owner.as_ref()).unwrap_err(), NotAdmitted::AppFull);
    assert!(
        hub.admit(None)
            .unwrap()
            .attach(who("default", "carol"), None)
            .is_err()
    );
    assert!(
        hub.admit(None)
            .unwrap()
            .attach(who("other", "carol"), None)
            .is_ok()
    );
    hub.replace_own_most(HashMap::from([(AppId::default_app(), 1)]));
    assert_eq!(seats[1].connection.was_kicked(), None);
    hub.replace_own_most(HashMap::new());
    assert!(hub.admit(owner.as_ref()).is_ok());
}

#[test]
fn nobody_is_admitted_before_the_live_path_was_read() {
    let (_, stored) = watch::channel(0);
    let hub = Hub::new(roomy(), stored);
    assert_eq!(hub.admit(None).unwrap_err(), NotAdmitted::NotReady);
}

#[tokio::test(start_paused = true)]
async fn a_drain_tells_everybody_and_waits_for_them() {
    let hub = ready(roomy());
    let seats: Vec<_> = (0..120).map(|n| connect(&hub, &format!("u{n}"), None)).collect();
    let leave = async {
        for seat in seats {
            assert_eq!(seat.connection.kicked().await, Close::Moving);
        }
    };
    let begun = tokio::time::Instant::now();
    tokio::join!(hub.drain(Duration::from_secs(10)), leave);
    assert!(begun.elapsed() <= Duration::from_secs(11));
    assert_eq!(hub.admit(None).unwrap_err(), NotAdmitted::Draining);
    assert_eq!(hub.sockets(), 0);
}

#[test]
fn the_position_stands_on_the_last_frame_of_a_fact() {
    let gone = ParticipantGone {
        user: user("bob"),
        display_name: DisplayName::new("Bob").unwrap(),
    };
    let fact = Fact {
        id: FactId::fresh(),
        app: AppId::default_app(),
        dialog: DialogId::fresh(),
        at: Timestamp::now(),
        actor: Actor::Host,
        head: Head {
            seq: 2,
            count: 0,
            object_type: ObjectType::new("order").unwrap(),
            object_id: ObjectId::new("7").unwrap(),
            title: None,
            frozen: false,
            deleted: false,
            members_rev: 2,
            members: Some(Arc::new([])),
        },
        data: FactData::ParticipantRemoved(gone),
    };
    let frames = outbound_frames(42, frames(fact)).unwrap();
    let sent: Vec<ServerFrame> = frames
        .iter()
        .map(|frame| serde_json::from_str(&frame.text).unwrap())
        .collect();
    let positions: Vec<_> = sent.iter().map(|frame| frame.pos().cloned()).collect();
    assert_eq!(positions, [None, Some(Positions(vec![42]))]);
    assert!(frames[1].to.reaches(true) && !frames[0].to.reaches(true));
}
