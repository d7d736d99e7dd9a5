use std::{
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use axum::http::HeaderMap;
use mtchat_domain::{Caller, narrow};
use mtchat_protocol::{AppId, Scopes, Timestamp, UserId};
use tokio::time::Instant;
use url::form_urlencoded;

use super::{
    App, AuthError, Revocations, Signer, TokenError, bearer,
    jwks::{Followed, Published},
    key::Terms,
    scope_header,
    token::{Tokens, Verified, published_name},
};
use crate::{AuthOptions, JwtOptions, OptionsError};

/// How long a caller waits at most for a key that is not known: once with a token, and only while it is being looked for.
const KEY_WAIT: Duration = Duration::from_secs(2);

/// A caller who has been verified, and for how long that holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Authenticated {
    /// Who; the scopes are narrowed to what was asked for.
    pub caller: Caller,
    /// The scopes before narrowing: what the caller may know of at all.
    pub granted: Scopes,
    /// Whether scopes were given in any way; insecure callers must give them for what depends on them.
    pub scopes_given: bool,
    /// Whether the caller asked with scopes in the header.
    pub asked: bool,
    /// When the token ends; `None` for tokens without end and in insecure mode.
    pub expires_at: Option<Timestamp>,
    /// When the token was made, where it says so; in insecure mode now.
    pub issued_at: Option<Timestamp>,
    /// What vouches for the token; `None` in insecure mode.
    pub signer: Option<Signer>,
}

/// Tells who asks.
pub struct Authenticator {
    mode: Mode,
    revocations: Revocations,
}

enum Mode {
    Insecure {
        app: AppId,
    },
    Jwt {
        options: JwtOptions,
        /// Replaced as a whole when the apps change.
        tokens: RwLock<Arc<Tokens>>,
        published: Arc<Published>,
    },
}

impl Authenticator {
    /// After the options; a key that can not be read is an error.
    pub fn new(options: &AuthOptions) -> Result<Self, OptionsError> {
        let mode = match options {
            AuthOptions::Insecure { app, .. } => Mode::Insecure { app: app.clone() },
            AuthOptions::Jwt(jwt) => Mode::Jwt {
                tokens: RwLock::new(Arc::new(Tokens::new(jwt.clone())?)),
                options: jwt.clone(),
                published: Arc::default(),
            },
        };
        Ok(Self {
            mode,
            revocations: Revocations::default(),
        })
    }

    /// Whose tokens are not good any more, whatever they say.
    pub fn revocations(&self) -> &Revocations {
        &self.revocations
    }

    /// The app of all callers where they are who they say they are; `None` where they need a token.
    pub fn insecure_app(&self) -> Option<&AppId> {
        match &self.mode {
            Mode::Insecure { app } => Some(app),
            Mode::Jwt { .. } => None,
        }
    }

    /// Whether the unsigned scope header grants anything to the bearer of a token.
    pub fn trusts_scope_header(&self) -> bool {
        matches!(
            self.mode,
            Mode::Jwt {
                options: JwtOptions {
                    scope_header_trusted: true,
                    ..
                },
                ..
            }
        )
    }

    /// Take the keys of these apps beside the configured ones, and follow what they publish. In insecure mode there are no keys. What
    /// vouches for no tokens any more is answered: of one that was let in by it nothing may go on.
    pub(crate) fn replace_apps(&self, apps: &[App]) -> Vec<(AppId, Signer)> {
        let Mode::Jwt {
            options,
            tokens,
            published,
        } = &self.mode
        else {
            return Vec::new();
        };
        let configured = options.jwks.iter().map(|address| Followed {
            app: address.app.clone(),
            url: address.url.clone(),
            terms: Terms::configured(options),
        });
        // The oldest first, so that no later app takes a key of an earlier one.
        let mut apps_by_age: Vec<&App> = apps.iter().collect();
        apps_by_age.sort_by_key(|app| app.created_at);
        let theirs = apps_by_age.into_iter().filter_map(|app| {
            Some(Followed {
                app: app.id.clone(),
                url: app.jwks_url.clone()?,
                terms: Terms::of(app, options),
            })
        });
        published.follow(configured.chain(theirs).collect());
        let fresh = match Tokens::with_apps(options.clone(), apps) {
            Ok(fresh) => Arc::new(fresh),
            Err(error) => {
                tracing::error!(%error, "the keys of the apps can not be taken");
                return Vec::new();
            }
        };
        let before = std::mem::replace(
            &mut *tokens.write().unwrap_or_else(PoisonError::into_inner),
            fresh.clone(),
        );
        let gone = before
            .signers()
            .iter()
            .filter(|(signer, _)| !fresh.signers().contains_key(signer));
        gone.map(|(signer, app)| (app.clone(), *signer)).collect()
    }

    /// Whether what vouched for a token does so still. A ticket of an edge of before may not say what it was.
    pub(crate) fn vouches(&self, signer: Option<Signer>) -> bool {
        match (&self.mode, signer) {
            (Mode::Insecure { .. }, _) | (_, None) => true,
            (Mode::Jwt { tokens, .. }, Some(signer)) => current(tokens).signers().contains_key(&signer),
        }
    }

    /// Whether anybody of this app may come in at all.
    pub(crate) fn knows_app(&self, app: &AppId) -> bool {
        match &self.mode {
            Mode::Insecure { app: only } => only == app,
            Mode::Jwt { tokens, .. } => current(tokens).signers().values().any(|known| known == app),
        }
    }

    /// Read no published keys any more.
    pub(crate) fn follow_nobody(&self) {
        if let Mode::Jwt { published, .. } = &self.mode {
            published.follow(Vec::new());
        }
    }

    /// The caller of an HTTP request.
    pub async fn request(
        &self,
        headers: &HeaderMap,
        query: Option<&str>,
    ) -> Result<Authenticated, AuthError> {
        match &self.mode {
            Mode::Insecure { .. } => self.query_user(query, scope_header(headers)?),
            Mode::Jwt { .. } => {
                let token = bearer(headers).ok_or(AuthError::Missing)?;
                self.identify(token, scope_header(headers)?).await
            }
        }
    }

    /// The caller of a token, as by [`Authenticator::token`]. When it is signed with a published key that is not known, those are
    /// read again, which the caller waits for, but not for long; a token that is good is never kept waiting.
    pub async fn identify(&self, token: &str, asked: Option<Scopes>) -> Result<Authenticated, AuthError> {
        let Mode::Jwt { published, .. } = &self.mode else {
            return self.token(token, asked);
        };
        let mut seen = published.readings();
        let mut verdict = self.token(token, asked.clone());
        let name = verdict
            .as_ref()
            .err()
            .filter(|refused| lacks_a_key(refused))
            .and_then(|_| published_name(token));
        let Some(name) = name else { return verdict };
        published.ask(&name);
        let deadline = Instant::now() + KEY_WAIT;
        while verdict.as_ref().is_err_and(lacks_a_key) {
            let Some(ended) = published.next_reading(seen, &name, deadline).await else {
                break;
            };
            seen = ended;
            verdict = self.token(token, asked.clone());
        }
        verdict
    }

    /// The caller of a token, narrowed to the scopes asked for. In insecure mode no token is good.
    pub fn token(&self, token: &str, asked: Option<Scopes>) -> Result<Authenticated, AuthError> {
        let Mode::Jwt {
            options,
            tokens,
            published,
        } = &self.mode
        else {
            return Err(AuthError::Missing);
        };
        let Verified { app, signer, claims } = current(tokens).verify(token, &published.index())?;
        let granted = match &asked {
            Some(asked) if claims.scopes.is_empty() && options.scope_header_trusted => asked.clone(),
            _ => claims.scopes,
        };
        let is_asked = asked.is_some();
        let scopes = asked.map_or_else(|| granted.clone(), |asked| narrow(&granted, &asked));
        self.admitted(Authenticated {
            caller: Caller {
                app,
                user: claims.user,
                scopes,
                permissions: claims.permissions,
            },
            granted,
            scopes_given: true,
            asked: is_asked,
            expires_at: claims.expires_at,
            issued_at: claims.issued_at,
            signer: Some(signer),
        })
    }

    /// The caller who the query names; in insecure mode only.
    pub fn query_user(&self, query: Option<&str>, asked: Option<Scopes>) -> Result<Authenticated, AuthError> {
        let Mode::Insecure { app } = &self.mode else {
            return Err(AuthError::Missing);
        };
        let named = |name: &str| {
            let mut pairs = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
            pairs.find(|(key, _)| key == name).map(|(_, value)| value)
        };
        let user = named("user_id")
            .or_else(|| named("sender_id"))
            .ok_or(AuthError::InsecureUser)?;
        let user = UserId::new(&user).map_err(|_| AuthError::InsecureUser)?;
        let scopes_given = asked.is_some();
        let granted = asked.unwrap_or_default();
        self.admitted(Authenticated {
            caller: Caller {
                app: app.clone(),
                user,
                scopes: granted.clone(),
                permissions: Vec::new(),
            },
            granted,
            scopes_given,
            asked: scopes_given,
            expires_at: None,
            issued_at: Some(Timestamp::now()),
            signer: None,
        })
    }

    /// A caller who was verified some moments ago, if that still holds.
    pub(crate) fn still(&self, who: Authenticated) -> Result<Authenticated, AuthError> {
        if who.expires_at.is_some_and(|end| end <= Timestamp::now()) {
            return Err(TokenError::Expired.into());
        }
        if !self.vouches(who.signer) {
            return Err(AuthError::Revoked);
        }
        self.admitted(who)
    }

    fn admitted(&self, who: Authenticated) -> Result<Authenticated, AuthError> {
        let Caller { app, user, .. } = &who.caller;
        if self.revocations.refuses(app, user, who.issued_at) {
            return Err(AuthError::Revoked);
        }
        Ok(who)
    }
}

fn current(tokens: &RwLock<Arc<Tokens>>) -> Arc<Tokens> {
    tokens.read().unwrap_or_else(PoisonError::into_inner).clone()
}

/// Whether a key that is not known could make this token a good one.
fn lacks_a_key(refused: &AuthError) -> bool {
    matches!(
        refused,
        AuthError::Token(TokenError::Algorithm | TokenError::Signature)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn insecure() -> Authenticator {
        let app = AppId::default_app();
        Authenticator::new(&AuthOptions::Insecure {
            app,
            allow_public: false,
        })
        .unwrap()
    }

    #[test]
    fn insecure_callers_are_who_the_query_says() {
        let user = |query| {
            insecure()
                .query_user(Some(query), None)
                .map(|who| who.caller.user.to_string())
        };
        assert_eq!(user("a=1&user_id=%D1%8F%2F1").unwrap(), "я/1");
        assert_eq!(user("sender_id=bob").unwrap(), "bob");
        assert_eq!(user("user_id="), Err(AuthError::InsecureUser));
        assert_eq!(user(""), Err(AuthError::InsecureUser));
        assert_eq!(insecure().query_user(None, None), Err(AuthError::InsecureUser));
    }

    #[test]
    fn no_token_is_good_in_insecure_mode() {
        assert_eq!(insecure().token("a.b.c", None), Err(AuthError::Missing));
    }
}
