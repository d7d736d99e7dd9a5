//! `mtchat token`: a token for a user, as a host would make it.

use std::{path::PathBuf, time::Duration};

use clap::Args;
use jsonwebtoken::{EncodingKey, Header, encode, get_current_timestamp};
use mtchat_protocol::{AppId, ScopeValue, UserId};
use serde_json::{Map, Value};

use crate::{
    Failure,
    credentials::Credentials,
    duration,
    settings::{AuthSettings, Purpose, Settings, Sources},
};

/// What `mtchat token` is asked for.
#[derive(Debug, Clone, Args)]
pub struct TokenArguments {
    /// For whom
    #[arg(long)]
    user: UserId,
    /// Of which app
    #[arg(long, default_value = "default")]
    app: AppId,
    /// For how long: 90s, 30m, 12h, 7d
    #[arg(long, default_value = "12h", value_parser = duration::parse)]
    ttl: Duration,
    /// Tenants that the user belongs to, separated by commas
    #[arg(long, value_delimiter = ',', value_name = "VALUES")]
    scope0: Vec<ScopeValue>,
    /// Values of the second level, departments for example
    #[arg(long, value_delimiter = ',', value_name = "VALUES")]
    scope1: Vec<ScopeValue>,
    /// Values of the third level, permissions for example
    #[arg(long, value_delimiter = ',', value_name = "VALUES")]
    scope2: Vec<ScopeValue>,
    /// The data directory of an `mtchat up`, which holds the secret
    #[arg(long, value_name = "DIR", conflicts_with = "secret")]
    data: Option<PathBuf>,
    /// The secret itself; better through JWT_SECRET, because others on this machine can see command lines
    #[arg(long)]
    secret: Option<String>,
}

/// No token could be made.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// The configuration has keys for one app only.
    #[error("there is no key for app `{0}`: what is configured here is a key of app `default`")]
    App(AppId),
    /// It could not be signed.
    #[error("the token can not be signed: {0}")]
    Sign(#[from] jsonwebtoken::errors::Error),
    /// There is nothing to sign with.
    #[error("there is no secret to sign with: use --data DIR, or set JWT_SECRET")]
    NoSecret,
}

/// What a token says.
#[derive(Debug, Clone)]
pub struct TokenRequest {
    /// For whom.
    pub user: UserId,
    /// For how long.
    pub ttl: Duration,
    /// The three levels of scopes; an empty one is left out.
    pub scopes: [Vec<ScopeValue>; 3],
}

pub(crate) fn token(arguments: &TokenArguments, sources: &Sources) -> Result<String, Failure> {
    if arguments.app != AppId::default_app() {
        return Err(TokenError::App(arguments.app.clone()).into());
    }
    let auth = Settings::load(sources, Purpose::Inspect)?.auth;
    let secret = match (&arguments.data, &arguments.secret) {
        (Some(directory), _) => Credentials::of(directory)?.jwt_secret,
        (None, Some(secret)) => secret.clone(),
        (None, None) => auth
            .jwt_secrets
            .first()
            .ok_or(TokenError::NoSecret)?
            .expose()
            .clone(),
    };
    let request = TokenRequest {
        user: arguments.user.clone(),
        ttl: arguments.ttl,
        scopes: [
            arguments.scope0.clone(),
            arguments.scope1.clone(),
            arguments.scope2.clone(),
        ],
    };
    Ok(mint(&request, &auth, &secret)?)
}

/// Makes a token that an edge with these settings and this secret takes.
///
/// # Errors
/// When it can not be signed.
pub fn mint(request: &TokenRequest, auth: &AuthSettings, secret: &str) -> Result<String, TokenError> {
    let now = get_current_timestamp();
    let mut claims = Map::new();
    claims.insert("iat".to_owned(), now.into());
    claims.insert("exp".to_owned(), now.saturating_add(request.ttl.as_secs()).into());
    if let Some(audience) = &auth.audience {
        claims.insert("aud".to_owned(), audience.as_str().into());
    }
    if let Some(issuer) = &auth.issuer {
        claims.insert("iss".to_owned(), issuer.as_str().into());
    }
    let levels: Map<String, Value> = ["scope_level0", "scope_level1", "scope_level2"]
        .into_iter()
        .zip(&request.scopes)
        .filter(|(_, values)| !values.is_empty())
        .map(|(level, values)| {
            let values: Vec<&str> = values.iter().map(ScopeValue::as_str).collect();
            (level.to_owned(), values.into())
        })
        .collect();
    if !levels.is_empty() {
        claims.insert(auth.scopes_claim.clone(), levels.into());
    }
    // Last, so that the user stays the user however the host named the claim.
    claims.insert(auth.user_id_claim.clone(), request.user.as_str().into());
    Ok(encode(
        &Header::default(),
        &claims,
        &EncodingKey::from_secret(secret.as_bytes()),
    )?)
}

#[cfg(test)]
mod tests {
    use mtchat_server::auth::Authenticator;

    use super::*;
    use crate::settings::Secret;

    const SECRET: &str = "4b1f0c6d9a7e8835f2aa60c1d39b47e5";

    fn auth() -> AuthSettings {
        AuthSettings {
            jwt_enabled: true,
            jwt_secrets: vec![Secret::new(SECRET.to_owned())],
            user_id_claim: "uid".to_owned(),
            scopes_claim: "access".to_owned(),
            audience: Some("chat".to_owned()),
            issuer: Some("shop".to_owned()),
            ..AuthSettings::default()
        }
    }

    fn request() -> TokenRequest {
        TokenRequest {
            user: UserId::new("alice / я").unwrap(),
            ttl: Duration::from_secs(60),
            scopes: [
                vec![ScopeValue::new("acme").unwrap()],
                Vec::new(),
                vec![ScopeValue::new("sales").unwrap()],
            ],
        }
    }

    #[test]
    fn an_edge_with_the_same_settings_takes_the_token() {
        let token = mint(&request(), &auth(), SECRET).unwrap();
        let verified = Authenticator::new(&auth().auth_options())
            .unwrap()
            .token(&token, None)
            .unwrap();
        assert_eq!(verified.caller.user.as_str(), "alice / я");
        assert_eq!(verified.caller.app, AppId::default_app());
        assert_eq!(verified.caller.scopes.scope_level0, request().scopes[0]);
        assert!(verified.caller.scopes.scope_level1.is_empty());
        assert_eq!(verified.caller.scopes.scope_level2, request().scopes[2]);
        assert!(verified.expires_at.is_some());
    }

    #[test]
    fn an_edge_with_other_settings_does_not() {
        let token = mint(&request(), &auth(), SECRET).unwrap();
        let others = [
            AuthSettings {
                jwt_secrets: vec![Secret::new("0f9e8d7c6b5a49382716051423324150".to_owned())],
                ..auth()
            },
            AuthSettings {
                audience: Some("mail".to_owned()),
                ..auth()
            },
            AuthSettings {
                issuer: Some("bank".to_owned()),
                ..auth()
            },
        ];
        for other in others {
            assert!(
                Authenticator::new(&other.auth_options())
                    .unwrap()
                    .token(&token, None)
                    .is_err()
            );
        }
    }
}
