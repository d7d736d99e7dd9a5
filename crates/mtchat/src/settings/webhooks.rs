use std::{num::NonZeroU32, time::Duration};

use mtchat_worker::{
    ConfiguredEndpoint, NotAWebhookUrl, SigningSecret, WebhookEvents, WebhookOptions, WebhookReach,
    WebhookUrl,
};
use serde::Deserialize;

use super::{Context, Secret};

/// What hosts of older deployments are told.
const EVENTS: [&str; 4] = [
    "message.new",
    "participant.joined",
    "participant.left",
    "notification.pending",
];
/// A shorter one can be guessed offline from a single delivery.
const LEAST_SECRET_BYTES: usize = 24;
/// More at once would be an attack.
const MOST_AT_ONCE: usize = 256;

/// `[webhooks]`: the endpoint of the app `default` that is told what happens, which address and secret together switch on, and what holds
/// for those of the Management API as well.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WebhookSettings {
    /// `WEBHOOK_URL`. Where it takes its requests.
    pub url: Option<String>,
    /// `WEBHOOK_SECRETS` (or `WEBHOOK_SECRET` for a single one). Requests are signed with each of them, so that they can be changed
    /// without a break; `X-Webhook-Signature` holds the first one's.
    pub secrets: Vec<Secret<String>>,
    /// `WEBHOOK_EVENTS`. What it is told; `*` is everything.
    pub events: Vec<String>,
    /// `WEBHOOK_ALLOW_PRIVATE`. Whether endpoints may be on this machine or in a private network, and without TLS.
    pub allow_private: bool,
    /// `WEBHOOK_CONCURRENCY`. Most requests at once to one endpoint; those of one dialog go one after another.
    pub concurrency: NonZeroU32,
    /// `WEBHOOK_DISABLE_AFTER_SECS`. An endpoint that takes nothing for so long, although it is asked, is switched off.
    pub disable_after_secs: NonZeroU32,
}

impl Default for WebhookSettings {
    fn default() -> Self {
        Self {
            url: None,
            secrets: Vec::new(),
            events: EVENTS.map(str::to_owned).into(),
            allow_private: false,
            concurrency: NonZeroU32::MIN.saturating_add(15),
            disable_after_secs: NonZeroU32::MIN.saturating_add(5 * 24 * 3_600 - 1),
        }
    }
}

impl WebhookSettings {
    /// As the worker takes them.
    pub(crate) fn worker_options(&self, development: bool) -> WebhookOptions {
        let reach = self.reach(development);
        WebhookOptions {
            configured: self.configured(reach),
            reach,
            concurrency: usize::try_from(self.concurrency.get()).unwrap_or(MOST_AT_ONCE),
            disable_after: Duration::from_secs(self.disable_after_secs.get().into()),
        }
    }

    /// The endpoint; `None` where it is off.
    fn configured(&self, reach: WebhookReach) -> Option<ConfiguredEndpoint> {
        if !self.is_on() {
            return None;
        }
        // What is none of these is a problem, so a worker never starts with less than was named.
        let secrets = self
            .secrets
            .iter()
            .filter_map(|secret| SigningSecret::new(secret.expose()).ok());
        Some(ConfiguredEndpoint {
            url: WebhookUrl::new(self.url.as_deref()?, reach).ok()?,
            secrets: secrets.collect(),
            events: self.wanted().ok()?,
        })
    }

    /// Whether the configured endpoint is told anything.
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.url.is_some() && !self.secrets.is_empty()
    }

    /// What an operator should know, although it is allowed.
    #[must_use]
    pub fn warnings(&self) -> Vec<&'static str> {
        let mut warnings = Vec::new();
        match (&self.url, self.secrets.is_empty()) {
            (Some(_), true) => warnings.push("WEBHOOK_URL is set without WEBHOOK_SECRET: webhooks are off"),
            (None, false) => warnings.push("WEBHOOK_SECRET is set without WEBHOOK_URL: webhooks are off"),
            (Some(_), false) | (None, true) => {}
        }
        let is_short = |secret: &Secret<String>| secret.expose().len() < LEAST_SECRET_BYTES;
        if self.is_on() && self.secrets.iter().any(is_short) {
            warnings.push(
                "WEBHOOK_SECRET has fewer than 24 bytes and can be guessed: make one with `openssl rand -hex 32`",
            );
        }
        warnings
    }

    pub(super) fn validate(&self, context: &Context, problems: &mut Vec<String>) {
        if usize::try_from(self.concurrency.get()).map_or(true, |at_once| at_once > MOST_AT_ONCE) {
            problems.push(format!("WEBHOOK_CONCURRENCY must be from 1 to {MOST_AT_ONCE}"));
        }
        let Some(url) = self.url.as_deref().filter(|_| self.is_on()) else {
            return;
        };
        match WebhookUrl::new(url, self.reach(context.development)) {
            Ok(_) => {}
            Err(error @ (NotAWebhookUrl::Insecure | NotAWebhookUrl::Port | NotAWebhookUrl::Private)) => {
                problems.push(format!(
                    "WEBHOOK_URL: {error}; WEBHOOK_ALLOW_PRIVATE=true lets it be anywhere"
                ));
            }
            Err(error) => problems.push(format!("WEBHOOK_URL: {error}")),
        }
        let wrong = self
            .secrets
            .iter()
            .filter_map(|secret| SigningSecret::new(secret.expose()).err());
        problems.extend(wrong.map(|error| format!("WEBHOOK_SECRET: {error}")));
        if let Err(error) = self.wanted() {
            problems.push(format!("WEBHOOK_EVENTS: {error}"));
        }
    }

    fn wanted(&self) -> Result<WebhookEvents, mtchat_worker::UnknownEvent> {
        WebhookEvents::new(self.events.iter().map(String::as_str))
    }

    /// Which addresses are let through, the configured one and those that hosts name.
    pub(super) fn reach(&self, development: bool) -> WebhookReach {
        WebhookReach {
            private: self.allow_private,
            plain: self.allow_private || development,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STRONG: &str = "8f1c2d94e0a4c6f8d3b5a7e9c1f2d4b6";

    fn settings(url: &str, secret: &str) -> WebhookSettings {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        WebhookSettings {
            url: some(url),
            secrets: some(secret).map(Secret::new).into_iter().collect(),
            ..WebhookSettings::default()
        }
    }

    fn problems(settings: &WebhookSettings) -> Vec<String> {
        let mut problems = Vec::new();
        settings.validate(&Context { development: false }, &mut problems);
        problems
    }

    #[test]
    fn address_and_secret_switch_webhooks_on_and_one_of_them_is_told() {
        let on = settings("https://host.example/hook", STRONG);
        assert_eq!((problems(&on), on.warnings()), (Vec::new(), Vec::new()));
        let options = on.worker_options(false);
        let host = options.configured.as_ref().map(|endpoint| endpoint.url.host());
        assert_eq!((host, options.concurrency), (Some("host.example"), 16));
        assert_eq!(options.disable_after, Duration::from_secs(432_000));
        assert!(!format!("{options:?} {on:?}").contains(STRONG));

        let off = settings("", "");
        assert_eq!((problems(&off), off.warnings()), (Vec::new(), Vec::new()));
        for half in [settings("https://host.example/hook", ""), settings("", STRONG)] {
            assert!(half.worker_options(false).configured.is_none());
            assert!(problems(&half).is_empty());
            assert!(half.warnings()[0].ends_with("webhooks are off"));
        }
        let short = settings("https://host.example/hook", "short").warnings();
        assert!(
            short.len() == 1 && short[0].contains("fewer than 24 bytes"),
            "{short:?}"
        );
    }

    #[test]
    fn private_and_insecure_addresses_need_a_switch() {
        for url in [
            "https://10.0.0.1/hook",
            "http://host.example/hook",
            "https://backend/hook",
        ] {
            let mut settings = settings(url, STRONG);
            let found = problems(&settings);
            assert!(
                found.len() == 1 && found[0].contains("WEBHOOK_ALLOW_PRIVATE"),
                "{url}: {found:?}"
            );
            settings.allow_private = true;
            assert_eq!(problems(&settings), [""; 0], "{url}");
        }
        let plain = settings("http://host.example/hook", STRONG);
        assert!(plain.worker_options(true).configured.is_some(), "in development");
    }

    #[test]
    fn wrong_secrets_and_events_are_refused() {
        let wrong = WebhookSettings {
            events: vec!["message.new".to_owned(), "message_new".to_owned()],
            concurrency: NonZeroU32::MAX,
            ..settings("https://host.example/hook", "whsec_?")
        };
        let found = problems(&wrong);
        assert_eq!(found.len(), 3, "{found:?}");
        assert!(found[0].starts_with("WEBHOOK_CONCURRENCY") && found[2].starts_with("WEBHOOK_EVENTS:"));
        assert!(found[1].starts_with("WEBHOOK_SECRET:") && !found[1].contains('?'));
    }
}
