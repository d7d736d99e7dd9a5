//! The harness of the whole-system tests. Its words are the domain's:
//!
//! ```no_run
//! # use mtchat_tests::System;
//! # async fn example() {
//! let system = System::start().await;
//! let [alice, bob] = system.dialog().between(["alice", "bob"]).await;
//! alice.send("hi").await;
//! bob.sees("hi").await;
//! # }
//! ```
//!
//! A [`System`] is a private nats-server and Postgres, where it is asked for a [`FileServer`] too, with real `mtchat server` and `mtchat worker` processes. A [`User`] is a
//! real client: it makes message ids and retries with the same id, and its [`Device`] is the client core on a real socket
//! ([`Driver`]) with a [`Journal`] of what it was given. What is waited for has a deadline and is told by an event wherever there
//! is one.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a harness says what is wrong by failing the test"
)]

mod access;
mod admin;
mod api_document;
mod appends;
mod balancer;
mod binary;
mod bot;
mod browser;
mod collector;
mod database;
mod device;
mod dialog;
mod driver;
mod endpoint;
mod endpoint_lock;
mod file_server;
mod host_app;
mod host_webhooks;
mod http;
mod journal;
mod key_server;
mod legacy;
mod official_receiver;
mod patience;
mod picture;
mod process;
mod program;
mod proxy;
mod receiver;
mod rolling;
mod script;
mod seed;
mod signing_key;
mod socket;
mod system;
pub mod token;
mod traffic;
mod upload;
mod usage;
mod user;
mod webhook;

pub use self::http::{Answer, Http, HttpError};
pub use access::Access;
pub use admin::Admin;
pub use api_document::ApiDocument;
pub use appends::{
    NoDatabase, Race, append_handles, append_in_turn, append_together, race_archiver, read_all,
};
pub use balancer::Balancer;
pub use binary::mtchat_binary;
pub use bot::{Bot, show_the_same};
pub use browser::in_a_browser;
pub use collector::{Collector, SeenSpan};
pub use database::{Database, StoredMessage, StoredRun};
pub use device::Device;
pub use dialog::DialogBuilder;
pub use driver::{Driver, Tap};
pub use endpoint_lock::HeldEndpoints;
pub use file_server::{FileServer, own_store};
pub use host_app::HostApp;
pub use host_webhooks::HostWebhook;
pub use journal::{Journal, SeenFrame, SeenMessage};
pub use key_server::KeyServer;
pub use legacy::{Chat, Chats, Legacy, LegacyFile, Look, Person, Said};
pub use official_receiver::OfficialReceiver;
pub use patience::{PATIENCE, eventually, within};
pub use picture::{claiming_png, png};
pub use process::Process;
pub use program::Program;
pub use proxy::Proxy;
pub use receiver::{Delivery, Held, Receiver, Reply};
pub use rolling::{Rolled, Rolling, Stop};
pub use script::Script;
pub use seed::{READER, Seed};
pub use signing_key::SigningKey;
pub use socket::{Heard, Refused, Socket};
pub use system::{ADMIN_TOKEN, JWT_SECRET, System, SystemBuilder};
pub use traffic::{Acknowledged, Traffic};
pub use upload::NewFile;
pub use usage::{Usage, resident_bytes};
pub use user::User;
pub use webhook::Webhook;
