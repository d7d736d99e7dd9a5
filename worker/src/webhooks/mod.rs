//! Telling hosts what happens: an endpoint is a position in the log.
//!
//! What is to be done is decided without IO: [`roster`] knows which endpoints are told, [`queue`] what may go out and how far that makes an
//! endpoint in the log, [`pace`] what follows from an answer, [`streak`] when it has failed for too long, [`address`] where requests may go.
//! A [`Supervisor`] has each endpoint told by a [`Deliverer`](deliverer::Deliverer) of its own.

mod address;
mod body;
mod charge;
mod client;
mod deliverer;
mod endpoint;
mod notes;
mod options;
mod outcome;
mod pace;
mod post;
mod profile;
mod queue;
mod roster;
mod serve;
mod signature;
mod streak;
mod supervisor;

use std::convert::Infallible;

use mtchat_storage::Storage;

pub use address::{NotAWebhookUrl, WebhookReach, WebhookUrl};
pub use options::{ConfiguredEndpoint, UnknownEvent, WebhookEvents, WebhookOptions};
pub use signature::{NotASecret, SigningSecret};

use self::supervisor::Supervisor;
use crate::{departure::Departure, duty::Duty};

/// Tell the endpoint that is configured and those of the Management API, each from where it stands in the log.
pub(crate) async fn session(storage: &Storage, duty: &Duty) -> Result<Infallible, Departure> {
    Supervisor::new(storage, duty).run().await
}
