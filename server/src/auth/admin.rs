use std::sync::{Arc, PoisonError, RwLock};

use mtchat_protocol::AppId;
use sha2::{Digest, Sha256};
use subtle::{ConditionallySelectable, ConstantTimeEq};

use super::{App, AuthError};
use crate::AdminToken;

/// The Management API's tokens, kept as hashes.
pub struct AdminTokens {
    configured: Vec<Known>,
    /// The configured ones and those of the apps; replaced as a whole.
    known: RwLock<Arc<[Known]>>,
}

type Known = (AppId, [u8; 32]);

impl AdminTokens {
    /// The tokens of the options.
    pub fn new(tokens: &[AdminToken]) -> Self {
        let configured: Vec<Known> = tokens
            .iter()
            .map(|admin| (admin.app.clone(), hash(admin.token.expose())))
            .collect();
        let known = RwLock::new(configured.as_slice().into());
        Self { configured, known }
    }

    /// Take the tokens of these apps beside the configured ones. A token that is known already stays whose it is.
    pub(crate) fn replace_apps(&self, apps: &[App]) {
        let mut known = self.configured.clone();
        for app in apps {
            for token in &app.admin_tokens {
                if known.iter().any(|(_, other)| other == token) {
                    tracing::error!(app.id = %app.id, "a management token of this app is another's; it is not taken");
                } else {
                    known.push((app.id.clone(), *token));
                }
            }
        }
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = known.into();
    }

    /// Whether there is a token of this app.
    pub(crate) fn manages(&self, app: &AppId) -> bool {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner).clone();
        known.iter().any(|(managed, _)| managed == app)
    }

    /// Whose token this is. Hashed first, then compared with every token in the same time, so how long it takes tells
    /// nothing of any token.
    pub fn app(&self, presented: Option<&str>) -> Result<AppId, AuthError> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner).clone();
        if known.is_empty() {
            return Err(AuthError::AdminClosed);
        }
        let presented = hash(presented.ok_or(AuthError::Missing)?);
        let mut found = u64::MAX;
        for (index, (_, known)) in (0u64..).zip(known.iter()) {
            found.conditional_assign(&index, known.ct_eq(&presented));
        }
        let found = usize::try_from(found).ok().and_then(|index| known.get(index));
        found.map(|(app, _)| app.clone()).ok_or(AuthError::AdminToken)
    }
}

fn hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Secret;

    fn token(app: &str, token: &str) -> AdminToken {
        AdminToken {
            app: AppId::new(app).unwrap(),
            token: Secret::new(token),
        }
    }

    #[test]
    fn without_a_token_the_management_api_is_closed() {
        assert_eq!(AdminTokens::new(&[]).app(Some("x")), Err(AuthError::AdminClosed));
        assert_eq!(AdminTokens::new(&[]).app(None), Err(AuthError::AdminClosed));
    }

    #[test]
    fn a_token_is_of_its_app_only() {
        let tokens = AdminTokens::new(&[
            token("one", "first"),
            token("one", "second"),
            token("two", "third"),
        ]);
        assert_eq!(tokens.app(Some("second")).unwrap().as_str(), "one");
        assert_eq!(tokens.app(Some("third")).unwrap().as_str(), "two");
        assert_eq!(tokens.app(Some("thir")), Err(AuthError::AdminToken));
        assert_eq!(tokens.app(None), Err(AuthError::Missing));
        let manages = |app: &str| tokens.manages(&AppId::new(app).unwrap());
        assert!(manages("one") && manages("two") && !manages("three"));
    }
}
