//! The client of MTChat without IO: what happens goes in, what is to be done comes out.
//!
//! A [`Client`] is one user's view: the connection and how it comes back, what was missed meanwhile, messages on their way, the
//! timelines of the dialogs that are looked at, the list of dialogs and what is unread. It has no clock, no sockets and no
//! randomness of its own, so the same inputs always give the same outputs: the browser, bots and simulations run the same code.
//!
//! **How it stays right.** Every part that is loaded carries the place of the log up to which it is known (the answers' header
//! `Mtchat-Position`), and every fact that is heard has such a place. A fact is applied to a part exactly when it is later than the
//! part. Pages are asked for with the place where the socket stands, so they are never older than what was heard before; what is
//! heard while they are on their way is remembered and applied to them when they come.

mod asking;
mod backoff;
mod client;
mod connection;
mod dialogs;
mod drafts;
mod flaw;
mod hearing;
mod input;
mod map;
mod message;
mod moment;
mod outbox;
mod output;
mod people;
mod placed;
mod row;
mod stretch;
mod tasks;
mod timeline;
mod typing;
mod uploads;
mod wanting;

pub use client::{Client, Options};
pub use drafts::Draft;
#[cfg(feature = "flaws")]
pub use flaw::Flaw;
#[cfg(not(feature = "flaws"))]
pub(crate) use flaw::Flaw;
pub use input::{Answer, Input, Intent, Kept, Response};
pub use moment::Moment;
/// Reading what a driver is told as JSON.
pub use mtchat_protocol::{NotJson, from_json};
pub use outbox::{OutboxEntry, Sending};
pub use output::{ConnectionState, Diff, Ending, Output, Request, RequestId, SocketId};
pub use row::{Change, DialogRow, ParticipantRow, Row};
