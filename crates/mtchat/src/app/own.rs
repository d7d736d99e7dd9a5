use std::num::NonZeroU32;

use clap::Args;
use mtchat_server::{auth::JwksUrl, gateway::Origin};
use mtchat_storage::StoredApp;

use super::choice::{Choice, RateText};

/// What an app can have of its own. What is not named stays as it is.
#[derive(Debug, Clone, Default, Args)]
pub(super) struct Own {
    /// Tokens of its users must be meant for this; repeated: one of these
    #[arg(long, value_name = "AUDIENCE")]
    audience: Vec<String>,
    /// Tokens of its users must come from this; repeated: one of these
    #[arg(long, value_name = "ISSUER")]
    issuer: Vec<String>,
    /// Where it publishes the keys of its users' tokens: a JWKS document, by https
    #[arg(long, value_name = "URL", conflicts_with = "no_jwks_url")]
    jwks_url: Option<JwksUrl>,
    /// It publishes its keys nowhere any more
    #[arg(long)]
    no_jwks_url: bool,
    /// A web page that may call and open sockets, like https://shop.example; repeated for several, which replace those before;
    /// `default`: as configured for all
    #[arg(long = "cors-origin", value_name = "ORIGIN")]
    cors_origins: Vec<Choice<Origin>>,
    /// Requests of its users and its backend: a second over time, and at once; `default`: as configured for all
    #[arg(long, value_name = "RPS:BURST")]
    app_rate: Option<Choice<RateText>>,
    /// Requests of each of its users: a second over time, and at once; `default`: as configured for all
    #[arg(long, value_name = "RPS:BURST")]
    user_rate: Option<Choice<RateText>>,
    /// Open sockets of the app on one edge; `default`: as configured for all
    #[arg(long, value_name = "NUMBER")]
    sockets: Option<Choice<NonZeroU32>>,
    /// Dialogs that the app creates in a minute; `default`: as configured for all
    #[arg(long, value_name = "NUMBER")]
    dialogs_per_minute: Option<Choice<NonZeroU32>>,
    /// Participants of one of its dialogs; `default`: as configured for all
    #[arg(long, value_name = "NUMBER")]
    participants: Option<Choice<NonZeroU32>>,
    /// Bytes of one of its files, up to what holds for all; `default`: as configured for all
    #[arg(long, value_name = "NUMBER")]
    file_bytes: Option<Choice<NonZeroU32>>,
}

impl Own {
    /// Whether its keys are published, so that it needs no secret.
    pub(super) fn publishes(&self) -> bool {
        self.jwks_url.is_some()
    }

    /// Write it into an app.
    pub(super) fn apply(&self, app: &mut StoredApp) {
        if !self.audience.is_empty() {
            app.audience.clone_from(&self.audience);
        }
        if !self.issuer.is_empty() {
            app.issuer.clone_from(&self.issuer);
        }
        if self.no_jwks_url {
            app.jwks_url = None;
        }
        if let Some(url) = &self.jwks_url {
            app.jwks_url = Some(url.as_str().to_owned());
        }
        if !self.cors_origins.is_empty() {
            let own = self.cors_origins.iter().cloned().filter_map(Choice::own);
            app.origins = own.map(|origin| origin.to_string()).collect();
        }
        let limits = &mut app.limits;
        if let Some(rate) = self.app_rate {
            limits.app = rate.own().map(|RateText(rate)| rate);
        }
        if let Some(rate) = self.user_rate {
            limits.user = rate.own().map(|RateText(rate)| rate);
        }
        if let Some(sockets) = self.sockets {
            limits.sockets = sockets.own();
        }
        if let Some(dialogs) = self.dialogs_per_minute {
            limits.dialogs_per_minute = dialogs.own();
        }
        if let Some(participants) = self.participants {
            limits.participants = participants.own();
        }
        if let Some(bytes) = self.file_bytes {
            limits.file_bytes = bytes.own();
        }
    }
}

/// What is allowed and yet worth a second look; empty when nothing is.
pub(super) fn advice(app: &StoredApp) -> String {
    if app.jwks_url.is_some() && app.audience.is_empty() {
        return format!(
            "Every token that is signed with these keys is good for {}, also those made for other services: consider --audience.\n",
            app.id
        );
    }
    String::new()
}
