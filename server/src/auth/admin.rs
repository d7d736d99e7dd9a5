use mtchat_protocol::AppId;
use sha2::{Digest, Sha256};
use subtle::{ConditionallySelectable, ConstantTimeEq};

use super::AuthError;
use crate::AdminToken;

/// The Management API's tokens, kept as hashes.
#[derive(Clone)]
pub struct AdminTokens {
    known: Vec<(AppId, [u8; 32])>,
}

impl AdminTokens {
    /// The tokens of the options.
    pub fn new(tokens: &[AdminToken]) -> Self {
        let known = tokens
            .iter()
            .map(|admin| (admin.app.clone(), hash(admin.token.expose())));
        Self {
            known: known.collect(),
        }
    }

    /// Whose token this is. Hashed first, then compared with every token in the same time, so how long it takes tells
    /// nothing of any token.
    pub fn app(&self, presented: Option<&str>) -> Result<AppId, AuthError> {
        if self.known.is_empty() {
            return Err(AuthError::AdminClosed);
        }
        let presented = hash(presented.ok_or(AuthError::Missing)?);
        let mut found = u64::MAX;
        for (index, (_, known)) in (0u64..).zip(&self.known) {
            found.conditional_assign(&index, known.ct_eq(&presented));
        }
        let found = usize::try_from(found)
            .ok()
            .and_then(|index| self.known.get(index));
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
    }
}
