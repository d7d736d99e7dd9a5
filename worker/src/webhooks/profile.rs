use std::{collections::BTreeSet, fmt};

use mtchat_domain::CONFIGURED_ENDPOINT;
use mtchat_protocol::{AppId, Timestamp};
use mtchat_storage::WebhookEndpoint;

use super::{ConfiguredEndpoint, NotAWebhookUrl, SigningSecret, WebhookEvents, WebhookReach, WebhookUrl};

/// Which endpoint.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct EndpointKey {
    pub(super) app: AppId,
    pub(super) endpoint: String,
}

/// An endpoint as it wants to be told, whoever named it.
#[derive(Debug, Clone)]
pub(super) struct Profile {
    pub(super) key: EndpointKey,
    pub(super) url: WebhookUrl,
    /// At least one, the newest first.
    secrets: Vec<SigningSecret>,
    /// Until when the second and later ones sign as well; `None`: as long as they are there.
    old_secrets_until: Option<Timestamp>,
    pub(super) events: WebhookEvents,
    /// Only of dialogs with one of these types of object; `None`: of all.
    object_types: Option<BTreeSet<String>>,
    pub(super) with_data: bool,
}

/// Why an endpoint of the database can be told nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Unfit {
    /// What it is told could not be signed.
    #[error("it has no secret that could sign")]
    NoSecret,
    /// Its address is not one of this deployment's.
    #[error("its address: {0}")]
    Url(#[from] NotAWebhookUrl),
}

impl EndpointKey {
    /// Of the one that is configured.
    pub(super) fn configured() -> Self {
        Self {
            app: AppId::default_app(),
            endpoint: CONFIGURED_ENDPOINT.to_owned(),
        }
    }

    /// Whether it is the one that is configured.
    pub(super) fn is_configured(&self) -> bool {
        self.endpoint == CONFIGURED_ENDPOINT
    }
}

impl fmt::Display for EndpointKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.app, self.endpoint)
    }
}

impl Profile {
    /// Of the one that is configured.
    pub(super) fn configured(configured: &ConfiguredEndpoint) -> Self {
        Self {
            key: EndpointKey::configured(),
            url: configured.url.clone(),
            secrets: configured.secrets.clone(),
            old_secrets_until: None,
            events: configured.events.clone(),
            object_types: None,
            with_data: true,
        }
    }

    /// Of one of the database. Its address was judged when it was named, by a deployment that may have allowed more.
    pub(super) fn stored(row: &WebhookEndpoint, reach: WebhookReach) -> Result<Self, Unfit> {
        let url = WebhookUrl::new(&row.url, reach)?;
        let secrets = row.secrets.iter().map(|secret| SigningSecret::new(secret));
        let secrets: Vec<SigningSecret> = secrets.filter_map(Result::ok).collect();
        if secrets.is_empty() {
            return Err(Unfit::NoSecret);
        }
        let named = |names: &Vec<String>| names.iter().cloned().collect::<BTreeSet<_>>();
        Ok(Self {
            key: EndpointKey {
                app: row.app.clone(),
                endpoint: row.endpoint.clone(),
            },
            url,
            secrets,
            old_secrets_until: row.old_secrets_until,
            events: row
                .events
                .as_ref()
                .map_or(WebhookEvents::All, |names| WebhookEvents::Named(named(names))),
            object_types: row.object_types.as_ref().map(named),
            with_data: row.with_data,
        })
    }

    /// What is signed with at this moment, the newest first.
    pub(super) fn secrets(&self, now: Timestamp) -> &[SigningSecret] {
        let both = self.old_secrets_until.is_none_or(|until| now < until);
        if both {
            &self.secrets
        } else {
            &self.secrets[..self.secrets.len().min(1)]
        }
    }

    /// Whether it wants to hear of dialogs of this type of object.
    pub(super) fn wants_object(&self, object_type: &str) -> bool {
        self.object_types
            .as_ref()
            .is_none_or(|types| types.contains(object_type))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const UNTIL: Timestamp = Timestamp::from_micros(9_000_000);

    fn row() -> WebhookEndpoint {
        WebhookEndpoint {
            app: AppId::default_app(),
            endpoint: "one".to_owned(),
            url: "https://host.example/hook".to_owned(),
            secrets: vec!["new".to_owned(), "old".to_owned()],
            old_secrets_until: Some(UNTIL),
            events: Some(vec!["message.new".to_owned()]),
            object_types: Some(vec!["order".to_owned()]),
            with_data: false,
            paused: false,
            disabled: None,
            deleted: false,
            revision: 1,
        }
    }

    #[test]
    fn old_secrets_sign_until_their_time_is_over() {
        let profile = Profile::stored(&row(), WebhookReach::default()).unwrap();
        let before = Timestamp::from_micros(UNTIL.micros() - 1);
        assert_eq!(profile.secrets(before).len(), 2);
        assert_eq!(profile.secrets(UNTIL), [SigningSecret::new("new").unwrap()]);
    }

    #[test]
    fn what_is_not_wanted_is_not_told() {
        let some = Profile::stored(&row(), WebhookReach::default()).unwrap();
        assert!(some.wants_object("order") && !some.wants_object("offer"));
        assert!(some.events.want("message.new") && !some.events.want("message.read"));
        let all = WebhookEndpoint {
            events: None,
            object_types: None,
            ..row()
        };
        let all = Profile::stored(&all, WebhookReach::default()).unwrap();
        assert!(all.wants_object("offer") && all.events.want("message.read"));
    }

    #[test]
    fn an_address_that_is_not_allowed_any_more_is_told_nothing() {
        let private = WebhookEndpoint {
            url: "https://10.0.0.1/hook".to_owned(),
            ..row()
        };
        let refused = Profile::stored(&private, WebhookReach::default()).map(|_| ());
        assert_eq!(refused, Err(Unfit::Url(NotAWebhookUrl::Private)));
        let open = WebhookReach {
            private: true,
            plain: true,
        };
        assert!(Profile::stored(&private, open).is_ok());
        let mute = WebhookEndpoint {
            secrets: vec!["whsec_?".to_owned()],
            ..row()
        };
        let refused = Profile::stored(&mute, WebhookReach::default()).map(|_| ());
        assert_eq!(refused, Err(Unfit::NoSecret));
    }
}
