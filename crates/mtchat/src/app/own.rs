use clap::Args;
use mtchat_server::auth::JwksUrl;
use mtchat_storage::StoredApp;

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
