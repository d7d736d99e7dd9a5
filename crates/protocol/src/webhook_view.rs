//! How hosts see their webhook endpoints.

use serde::{Deserialize, Serialize};

use crate::{DialogId, Timestamp, WebhookSecret};

/// Whether an endpoint is told what happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum WebhookState {
    /// It is.
    Active,
    /// It was switched off because it took nothing, or asked for it.
    Disabled,
    /// The host has told it to wait.
    Paused,
}

/// How far an endpoint is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WebhookPosition {
    /// Everything up to this entry of the log was delivered, waits, or was given up.
    pub log_seq: u64,
    /// How many entries of the log come after it, whatever they are; `null` while the log does not say.
    pub behind: Option<u64>,
}

/// An endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WebhookView {
    /// Its id; `configured` is the one of the configuration.
    pub id: String,
    /// Where it takes its requests.
    pub url: String,
    /// In the host's own words.
    pub description: String,
    /// The events that it wants; `null`: all. What the one of the configuration wants stands there only.
    pub events: Option<Vec<String>>,
    /// Only events of dialogs with one of these types of object; `null`: of all.
    pub object_types: Option<Vec<String>>,
    /// Whether bodies have `data` beside `payload`.
    pub with_data: bool,
    /// Whether it is told anything.
    pub state: WebhookState,
    /// Why it is switched off.
    pub disabled_reason: Option<String>,
    /// Since when it takes nothing although something was tried.
    pub failing_since: Option<Timestamp>,
    /// Until when requests are signed with the old secret as well.
    pub old_secret_until: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub changed_at: Timestamp,
    /// How far it is; `null` while it has no place in the log.
    pub position: Option<WebhookPosition>,
    /// How many events wait for it beside the log.
    pub pending: u64,
    /// How many events were given up; counted up to 10,000.
    pub dead_letters: u64,
    /// Whether it is told again what it was told before.
    pub replaying: bool,
}

/// An endpoint with its secret: what creation and rotation answer, and nothing else does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WebhookWithSecretView {
    /// The endpoint.
    #[serde(flatten)]
    pub webhook: WebhookView,
    /// What its requests are signed with from now on.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub secret: WebhookSecret,
}

/// From where an endpoint is told again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReplayView {
    /// The first entry of the log; older ones than were asked for may be gone.
    pub from_log_seq: u64,
    /// The last entry that it had passed before.
    pub to_log_seq: u64,
}

/// How many events are tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RetriedView {
    /// So many wait to be delivered now.
    pub retried: u64,
}

/// A test event that waits to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WebhookTestView {
    /// The event's id, as in its headers and body.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub event_id: uuid::Uuid,
}

/// A try to deliver an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DeliveryView {
    /// Its number, growing.
    pub no: u64,
    /// The event's id, the same on every try.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub event_id: uuid::Uuid,
    /// The event's name.
    pub event: String,
    /// The dialog; `null` for what stands in no log.
    pub dialog_id: Option<DialogId>,
    /// Where its fact stands in the log, as in the event; `null` for what stands in none.
    pub position: Option<String>,
    /// The how many-th try it was.
    pub attempt: u64,
    /// What became of it, in a word.
    pub outcome: String,
    /// What the endpoint answered.
    pub status: Option<u16>,
    /// What went wrong, in words of MTChat.
    pub error: Option<String>,
    /// How long it took.
    pub latency_ms: u64,
    /// SHA-256 of the body, in hexadecimal.
    pub body_sha256: String,
    /// When it ended.
    pub at: Timestamp,
}

/// An event that was given up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DeadLetterView {
    /// Where its fact stands in the log.
    pub log_seq: u64,
    /// The event's name.
    pub event: String,
    /// The dialog.
    pub dialog_id: DialogId,
    /// How often it failed.
    pub failures: u64,
    /// When it failed first.
    pub failing_since: Option<Timestamp>,
    /// What the endpoint answered last.
    pub status: Option<u16>,
    /// What went wrong last, in words of MTChat.
    pub error: Option<String>,
    /// When it was given up.
    pub at: Timestamp,
}
