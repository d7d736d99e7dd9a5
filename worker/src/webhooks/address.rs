//! Where requests may go is judged by the domain: edges judge with the same rules what hosts name.

pub(super) use mtchat_domain::is_public_address as is_public;
pub use mtchat_domain::{NotAWebhookUrl, WebhookReach, WebhookUrl};
