use mtchat_protocol::AppId;
use mtchat_server::{AdminToken, AuthOptions, JwksAddress, JwtKey, JwtOptions, KeyMaterial, auth::JwksUrl};
use serde::Deserialize;

use super::{Context, HttpSettings, Secret};

/// Shorter ones can be guessed offline from a single token.
const LEAST_SECRET_BYTES: usize = 32;
/// What examples, templates and tutorials contain, without case, dashes and underscores.
const KNOWN_DEFAULTS: &[&str] = &[
    "changeme",
    "changethis",
    "defaultsecret",
    "developmentsecret",
    "devsecret",
    "examplesecret",
    "jwtsecret",
    "mysecret",
    "replaceme",
    "secretkey",
    "supersecret",
    "topsecret",
    "verysecret",
    "yoursecret",
    "yoursupersecret",
];

/// `[auth]`: who may come in.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AuthSettings {
    /// `ADMIN_API_TOKEN`. Opens the Management API; without it that stays closed.
    pub admin_api_token: Option<Secret<String>>,
    /// `JWT_AUTH_ENABLED`. Off, everybody is who they say they are: for a machine of one's own.
    pub jwt_enabled: bool,
    /// `JWT_SECRETS` (or `JWT_SECRET` for a single one). A token signed with any of them is good, so that they can be
    /// changed without a break.
    pub jwt_secrets: Vec<Secret<String>>,
    /// `JWT_JWKS_URL`. Where further keys are published, by https. No token ever names an address.
    pub jwks_url: Option<String>,
    /// `JWT_USER_ID_CLAIM`. The claim that holds the user's id.
    pub user_id_claim: String,
    /// `JWT_SCOPES_CLAIM`. The object claim that may hold the scopes.
    pub scopes_claim: String,
    /// `JWT_REQUIRE_EXP`. Whether tokens that never expire are refused.
    pub require_exp: bool,
    /// `JWT_AUDIENCE`. The `aud` that tokens must carry.
    pub audience: Option<String>,
    /// `JWT_ISSUER`. The `iss` that tokens must carry.
    pub issuer: Option<String>,
    /// `SCOPE_HEADER_TRUSTED`. Whether the unsigned `X-Scope-Config` header gives scopes to tokens without any.
    pub scope_header_trusted: bool,
    /// `WS_QUERY_TOKEN`. Whether a WebSocket may carry its token in the address.
    pub ws_query_token: bool,
    /// `AUTH_INSECURE_ALLOW_PUBLIC`. Lets a server without authentication listen to other machines.
    pub insecure_allow_public: bool,
}

impl Default for AuthSettings {
    fn default() -> Self {
        Self {
            admin_api_token: None,
            jwt_enabled: false,
            jwt_secrets: Vec::new(),
            jwks_url: None,
            user_id_claim: "sub".to_owned(),
            scopes_claim: "scopes".to_owned(),
            require_exp: true,
            audience: None,
            issuer: None,
            scope_header_trusted: false,
            ws_query_token: true,
            insecure_allow_public: false,
        }
    }
}

impl AuthSettings {
    /// As the edge takes it.
    #[must_use]
    pub fn auth_options(&self) -> AuthOptions {
        let app = AppId::default_app();
        if !self.jwt_enabled {
            return AuthOptions::Insecure {
                app,
                allow_public: self.insecure_allow_public,
            };
        }
        let key = |secret: &Secret<String>| JwtKey {
            app: app.clone(),
            material: KeyMaterial::Hs256(mtchat_server::Secret::new(secret.expose())),
        };
        // One that is none is a problem, so an edge never starts with fewer keys than were named.
        let jwks = self.jwks_url.iter().filter_map(|url| url.parse().ok());
        AuthOptions::Jwt(JwtOptions {
            keys: self.jwt_secrets.iter().map(key).collect(),
            jwks: jwks
                .map(|url| JwksAddress {
                    app: app.clone(),
                    url,
                })
                .collect(),
            user_id_claim: self.user_id_claim.clone(),
            scopes_claim: self.scopes_claim.clone(),
            require_exp: self.require_exp,
            audience: self.audience.iter().cloned().collect(),
            issuer: self.issuer.iter().cloned().collect(),
            scope_header_trusted: self.scope_header_trusted,
            ..JwtOptions::default()
        })
    }

    /// As the edge takes it.
    #[must_use]
    pub fn admin_tokens(&self) -> Vec<AdminToken> {
        let token = |token: &Secret<String>| AdminToken {
            app: AppId::default_app(),
            token: mtchat_server::Secret::new(token.expose()),
        };
        self.admin_api_token.iter().map(token).collect()
    }

    /// What is weak about the secrets, a sentence each; nothing is said of what is not set.
    #[must_use]
    pub fn weak_secrets(&self) -> Vec<String> {
        let token = self
            .admin_api_token
            .iter()
            .map(|token| ("ADMIN_API_TOKEN".to_owned(), token));
        let several = self.jwt_secrets.len() > 1;
        let secrets = self.jwt_secrets.iter().enumerate().map(|(index, secret)| {
            let name = if several {
                format!("JWT_SECRETS (number {})", index + 1)
            } else {
                "JWT_SECRET".to_owned()
            };
            (name, secret)
        });
        token
            .chain(secrets)
            .filter_map(|(name, secret)| weakness(&name, secret.expose()))
            .collect()
    }

    /// What an operator should know, although it is allowed.
    #[must_use]
    pub fn warnings(&self) -> Vec<&'static str> {
        let mut warnings = Vec::new();
        if self.jwt_enabled && !self.require_exp {
            warnings.push("JWT_REQUIRE_EXP is off: tokens without an end are taken for ever");
        }
        if self.jwt_enabled && self.jwks_url.is_some() && self.audience.is_none() {
            warnings.push(
                "JWT_JWKS_URL is set without JWT_AUDIENCE: tokens that its keys sign for other services are taken too",
            );
        }
        if !self.jwt_enabled && self.jwks_url.is_some() {
            warnings.push("JWT_JWKS_URL is set, but JWT_AUTH_ENABLED is not true: it is not used");
        }
        if !self.jwt_enabled && !self.jwt_secrets.is_empty() {
            warnings.push("a JWT secret is set, but JWT_AUTH_ENABLED is not true: it is not used");
        }
        if self.admin_api_token.is_none() {
            warnings.push("ADMIN_API_TOKEN is not set: the Management API is closed");
        }
        warnings
    }

    pub(super) fn validate(&self, context: &Context, problems: &mut Vec<String>) {
        if self.jwt_enabled && self.jwt_secrets.is_empty() && self.jwks_url.is_none() {
            problems.push(
                "JWT_AUTH_ENABLED is true, so JWT_SECRET, JWT_SECRETS or JWT_JWKS_URL must be set".to_owned(),
            );
        }
        if let Some(Err(error)) = self.jwks_url.as_ref().map(|url| url.parse::<JwksUrl>()) {
            problems.push(format!("JWT_JWKS_URL: {error}"));
        }
        if self.jwt_secrets.iter().any(|secret| secret.expose().is_empty()) {
            problems.push("auth.jwt_secrets holds an empty secret".to_owned());
        }
        if self
            .admin_api_token
            .as_ref()
            .is_some_and(|token| token.expose().is_empty())
        {
            problems
                .push("auth.admin_api_token is empty: leave it out to close the Management API".to_owned());
        }
        if !context.development {
            problems.extend(self.weak_secrets());
        }
        for (name, claim) in [
            ("JWT_USER_ID_CLAIM", &self.user_id_claim),
            ("JWT_SCOPES_CLAIM", &self.scopes_claim),
        ] {
            if claim.trim().is_empty() {
                problems.push(format!("{name} must name a claim"));
            }
        }
    }

    pub(super) fn validate_bind(&self, http: &HttpSettings, problems: &mut Vec<String>) {
        if self.jwt_enabled || self.insecure_allow_public || http.host.is_loopback() {
            return;
        }
        problems.push(format!(
            "authentication is off and {} is open to other machines: set JWT_AUTH_ENABLED=true and JWT_SECRET, or \
             BIND_HOST=127.0.0.1, or, knowing that everybody can then be anybody, AUTH_INSECURE_ALLOW_PUBLIC=true",
            http.host
        ));
    }
}

fn weakness(name: &str, secret: &str) -> Option<String> {
    let how = "make one with `openssl rand -hex 32`";
    let plain: String = secret
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect::<String>()
        .to_ascii_lowercase();
    let same_all_over = secret
        .bytes()
        .all(|byte| secret.as_bytes().first() == Some(&byte));
    if !secret.is_empty() && (same_all_over || KNOWN_DEFAULTS.iter().any(|known| plain.contains(known))) {
        return Some(format!("{name} is a known default: {how}"));
    }
    (secret.len() < LEAST_SECRET_BYTES).then(|| {
        format!(
            "{name} has {} bytes, fewer than {LEAST_SECRET_BYTES}: {how}",
            secret.len()
        )
    })
}
