//! The rules of MTChat, pure: no IO, no clock, no randomness.
//!
//! [`decide`] judges a command against a dialog's exact state and says which fact follows; [`Dialog::after`] applies a fact
//! to the state. What was decided is never refused later, so applying is total: it does not judge.

mod audience;
mod caller;
mod can;
mod cold;
mod command;
mod decide;
mod dialog;
mod erasure;
mod frames;
mod mentions;
mod notification;
mod offer;
mod own_frames;
mod own_state;
mod plain_text;
mod reactions;
mod reader;
mod rejection;
mod room;
mod scope;
mod snippet;
mod system_message;
mod webhook;
// Nobody in a browser names an endpoint.
#[cfg(not(target_arch = "wasm32"))]
mod webhook_address;
mod webhook_endpoint;
mod webhook_message;
mod webhook_pending;
mod words;

pub use audience::{Audience, audience};
pub use caller::Caller;
pub use can::{Action, can};
pub use cold::{BoxFuture, ColdDialogs, ColdError};
pub use command::{Command, Creation, FoundMessage, KnownMessage};
pub use decide::{Decided, Decision, decide};
pub use dialog::Dialog;
pub use erasure::{erased_name, tells_of, without_person};
pub use frames::{AddressedFrame, To, frames};
pub use notification::{MOST_PUT_OFF, Told, Verdict, preview, verdict};
pub use offer::{Offer, Turn, offer};
pub use own_state::{OwnCommand, Place, own_state};
pub use plain_text::plain_text;
pub use reactions::{KnownReaction, KnownReactions};
pub use reader::Reader;
pub use rejection::Rejection;
pub use room::has_room;
pub use scope::{caller_matches, narrow, same_rules};
pub use snippet::{Snippet, snippet};
pub use system_message::{SystemMessage, system_message};
pub use webhook::{WEBHOOK_EVENTS, WebhookEvent, webhook_event, webhook_name};
#[cfg(not(target_arch = "wasm32"))]
pub use webhook_address::{NotAWebhookUrl, WebhookReach, WebhookUrl, is_public_address};
pub use webhook_endpoint::{
    CONFIGURED_ENDPOINT, WEBHOOK_DISABLED, WEBHOOK_TEST, is_webhook_event, unknown_webhook_events,
};
pub use words::{SearchWords, words_of};
