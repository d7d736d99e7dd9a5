use std::{collections::BTreeSet, time::Duration};

use mtchat_domain::{WEBHOOK_EVENTS, is_webhook_event};

use super::{SigningSecret, WebhookReach, WebhookUrl};

/// How hosts are told what happens.
#[derive(Debug, Clone)]
pub struct WebhookOptions {
    /// The endpoint that is configured; those of the Management API stand in the database.
    pub configured: Option<ConfiguredEndpoint>,
    /// Where endpoints may be.
    pub reach: WebhookReach,
    /// Most requests at once to one endpoint.
    pub concurrency: usize,
    /// An endpoint that takes nothing for so long, although it is asked, is switched off.
    pub disable_after: Duration,
}

impl Default for WebhookOptions {
    fn default() -> Self {
        Self {
            configured: None,
            reach: WebhookReach::default(),
            concurrency: 16,
            disable_after: Duration::from_secs(5 * 24 * 3_600),
        }
    }
}

/// The endpoint that is configured, of the app `default`.
#[derive(Debug, Clone)]
pub struct ConfiguredEndpoint {
    /// Where it takes its requests.
    pub url: WebhookUrl,
    /// What they are signed with, at least one: with each of them, so that they can be changed without a break.
    pub secrets: Vec<SigningSecret>,
    /// What it wants to hear of.
    pub events: WebhookEvents,
}

/// Which events an endpoint wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WebhookEvents {
    /// All there are, and will be.
    All,
    /// Those with these names.
    Named(BTreeSet<String>),
}

/// A name that no event has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no event {0:?}; there are {names} and *", names = WEBHOOK_EVENTS.join(", "))]
pub struct UnknownEvent(pub String);

impl WebhookEvents {
    /// Read a list of names; `*` is all of them.
    pub fn new<'a>(names: impl IntoIterator<Item = &'a str>) -> Result<Self, UnknownEvent> {
        let mut named = BTreeSet::new();
        let mut all = false;
        for name in names {
            all |= name == "*";
            if name != "*" && !is_webhook_event(name) {
                return Err(UnknownEvent(name.to_owned()));
            }
            named.insert(name.to_owned());
        }
        Ok(if all { Self::All } else { Self::Named(named) })
    }

    /// Whether it wants an event of this name.
    pub(super) fn want(&self, name: &str) -> bool {
        match self {
            Self::All => true,
            Self::Named(names) => names.contains(name),
        }
    }
}

#[cfg(test)]
mod tests {
    use mtchat_domain::WEBHOOK_DISABLED;

    use super::*;

    #[test]
    fn events_are_wanted_by_name_or_all() {
        let some = WebhookEvents::new(["message.new", "participant.left"]).unwrap();
        assert!(some.want("message.new") && !some.want("message.read"));
        assert_eq!(WebhookEvents::new(["message.new", "*"]), Ok(WebhookEvents::All));
        assert!(WebhookEvents::All.want("message.read") && WebhookEvents::All.want(WEBHOOK_DISABLED));
        assert!(!some.want(WEBHOOK_DISABLED) && WebhookEvents::new([WEBHOOK_DISABLED]).is_ok());
        let unknown = WebhookEvents::new(["message_new"]);
        assert_eq!(unknown, Err(UnknownEvent("message_new".to_owned())));
    }
}
