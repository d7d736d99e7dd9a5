//! Where each endpoint of a host stands in the log, what waits for it, what was given up, its newest tries, and what it is told beside
//! the log.

mod endpoints;
mod notes;
mod place;
mod record;

pub use endpoints::WebhookEndpoint;
pub use notes::WebhookNote;
pub use place::{WebhookPlace, WebhookStanding};
pub use record::{WaitingWebhook, WebhookChanges, WebhookFailing, WebhookOff, WebhookTry};
