mod ending;
mod hub;
mod model;
mod sockets;

use std::{
    hash::{BuildHasher, BuildHasherDefault, DefaultHasher},
    time::Duration,
};

use axum::extract::ws::Utf8Bytes;
use mtchat_domain::{Caller, To};
use mtchat_protocol::{AppId, DialogId, Epoch, Positions, Scopes, ServerFrame, Timestamp, UserId};
use smallvec::SmallVec;
use tokio::sync::watch;
use uuid::Uuid;

use super::{
    GatewayOptions, Hub,
    connection::{Connection, Moment},
    delivery::{Audience, Outbound, OutboundFrame},
    resume::ResumePoint,
    roster::Gathering,
    seat::Seat,
};
use crate::auth::Authenticated;

/// A hub that is ready: the live path was read up to 0 of epoch `e`.
fn ready(options: GatewayOptions) -> Hub {
    let (_, stored) = watch::channel(0);
    let hub = Hub::new(options, stored);
    hub.follow(&epoch(), 0, 0);
    hub.now_caught_up();
    hub
}

fn epoch() -> Epoch {
    Epoch("e".to_owned())
}

fn user(name: &str) -> UserId {
    UserId::new(name).unwrap()
}

fn at(pos: u64) -> ResumePoint {
    ResumePoint::new(epoch(), Positions(vec![pos]))
}

fn moment(seconds: u32) -> Moment {
    Moment {
        seconds,
        wall: Timestamp::from_micros(0),
    }
}

fn who(app: &str, name: &str) -> Authenticated {
    let app = AppId::new(app).unwrap();
    let caller = Caller {
        app,
        user: user(name),
        scopes: Scopes::default(),
        permissions: Vec::new(),
    };
    Authenticated {
        caller,
        granted: Scopes::default(),
        scopes_given: false,
        asked: false,
        expires_at: None,
        issued_at: None,
        signer: None,
    }
}

/// Connect a user, without a socket: what it would be written stands in the connection's queue.
fn connect(hub: &Hub, name: &str, point: Option<&ResumePoint>) -> Seat {
    let mut seat = hub.admit(None).unwrap();
    seat.attach(who("default", name), point).unwrap();
    seat
}

/// A fact of the live path with one frame, for these users.
fn fact(log_seq: u64, members: &[&str]) -> Outbound {
    outbound(
        log_seq,
        Audience::Known {
            members: gathering(1, members),
            former: SmallVec::new(),
        },
        &[false],
    )
}

/// These are the members of a dialog; the same ones are always the same revision of it.
fn gathering(dialog: u128, members: &[&str]) -> Option<Gathering> {
    (!members.is_empty()).then(|| Gathering {
        dialog: DialogId(Uuid::from_u128(dialog)),
        rev: BuildHasherDefault::<DefaultHasher>::default().hash_one(members),
        members: members.iter().map(|name| user(name)).collect(),
    })
}

/// A fact with one frame for each of `also_former`; its text is `<log_seq>.<index>`.
fn outbound(log_seq: u64, audience: Audience, also_former: &[bool]) -> Outbound {
    let frames = also_former
        .iter()
        .enumerate()
        .map(|(index, also_former)| OutboundFrame {
            text: Utf8Bytes::from(format!("{log_seq}.{index}")),
            to: if *also_former { To::All } else { To::Members },
        });
    Outbound {
        log_seq,
        app: AppId::default_app(),
        dialog: DialogId(Uuid::nil()),
        audience,
        offer: None,
        frames: frames.collect(),
    }
}

/// Take everything that waits: frames of the server by what they say, facts by their text.
fn drained(connection: &Connection) -> Vec<String> {
    connection
        .outgoing
        .take(usize::MAX)
        .iter()
        .map(|text| told(text))
        .collect()
}

fn told(text: &str) -> String {
    match serde_json::from_str(text) {
        Ok(ServerFrame::Connected(frame)) => format!("connected {} {:?}", frame.pos, frame.recovered),
        Ok(ServerFrame::Resumed {
            recovered,
            epoch,
            pos,
        }) => format!("resumed {recovered} {epoch} {pos}"),
        Ok(ServerFrame::Pong { pos, stored }) => format!("pong {pos} {stored}"),
        Ok(other) => panic!("unexpected {other:?}"),
        Err(_) => text.to_owned(),
    }
}

/// Bounds that no test meets by accident.
fn roomy() -> GatewayOptions {
    GatewayOptions {
        ring_window: Duration::from_secs(300),
        ..GatewayOptions::default()
    }
}
