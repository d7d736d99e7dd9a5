use std::num::NonZeroU64;

use mtchat_protocol::AppId;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::JwksUrl;
use crate::KeyMaterial;

/// What vouches for a token: a key of an app, or an address where the app publishes its keys, which may come and go there. By a number
/// that is the same on all edges and tells nothing of the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Signer(NonZeroU64);

impl Signer {
    /// A key of this app.
    pub(super) fn key(app: &AppId, material: &KeyMaterial) -> Self {
        let (algorithm, key) = match material {
            KeyMaterial::EdDsa(pem) => ("EdDSA", pem.as_str()),
            KeyMaterial::Es256(pem) => ("ES256", pem.as_str()),
            KeyMaterial::Hs256(secret) => ("HS256", secret.expose()),
            KeyMaterial::Rs256(pem) => ("RS256", pem.as_str()),
        };
        Self::of([app.as_str(), algorithm, key])
    }

    /// An address of this app.
    pub(super) fn address(app: &AppId, url: &JwksUrl) -> Self {
        Self::of([app.as_str(), "JWKS", url.as_str()])
    }

    /// As [`Signer::number`] gave it; `None` for 0.
    pub(crate) fn from_number(number: u64) -> Option<Self> {
        NonZeroU64::new(number).map(Self)
    }

    /// Never 0.
    pub(crate) fn number(self) -> u64 {
        self.0.get()
    }

    fn of(parts: [&str; 3]) -> Self {
        let mut hash = Sha256::new();
        for part in parts {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        let [a, b, c, d, e, f, g, h, ..] = <[u8; 32]>::from(hash.finalize());
        let number = u64::from_be_bytes([a, b, c, d, e, f, g, h]);
        Self(NonZeroU64::new(number).unwrap_or(NonZeroU64::MIN))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Secret;

    #[test]
    fn each_key_of_each_app_is_another_signer_and_always_the_same() {
        let app = |name| AppId::new(name).unwrap();
        let secret = |text| KeyMaterial::Hs256(Secret::new(text));
        let url: JwksUrl = "https://id.example/jwks".parse().unwrap();
        let all = [
            Signer::key(&app("acme"), &secret("first")),
            Signer::key(&app("acme"), &secret("second")),
            Signer::key(&app("umbrella"), &secret("first")),
            Signer::key(&app("acme"), &KeyMaterial::EdDsa("first".to_owned())),
            Signer::address(&app("acme"), &url),
            Signer::address(&app("umbrella"), &url),
        ];
        let different: std::collections::HashSet<_> = all.iter().collect();
        assert_eq!(different.len(), all.len());
        assert_eq!(all[0], Signer::key(&app("acme"), &secret("first")));
        assert_eq!(Signer::from_number(all[0].number()), Some(all[0]));
        assert_eq!(Signer::from_number(0), None);
    }
}
