use jsonwebtoken::{Algorithm, DecodingKey, Validation, errors::Error};
use mtchat_protocol::AppId;

use super::{App, Signer, jwks::PublishedKey};
use crate::{JwtKey, JwtOptions, KeyMaterial, OptionsError};

/// Clocks may differ by this much and no more, whatever is configured.
const MOST_LEEWAY: u64 = 60;

/// A key; it verifies one algorithm for one app and nothing else.
pub(super) struct Key {
    pub(super) app: AppId,
    pub(super) signer: Signer,
    pub(super) algorithm: Algorithm,
    pub(super) key: DecodingKey,
    pub(super) validation: Validation,
}

/// What the tokens of an app must say, whichever of its keys signed them.
#[derive(Debug, Clone)]
pub(super) struct Terms {
    audience: Vec<String>,
    issuer: Vec<String>,
    require_exp: bool,
    leeway: u64,
}

impl Terms {
    /// As configured for all.
    pub(super) fn configured(options: &JwtOptions) -> Self {
        Self {
            audience: options.audience.clone(),
            issuer: options.issuer.clone(),
            require_exp: options.require_exp,
            leeway: options.leeway.as_secs().min(MOST_LEEWAY),
        }
    }

    /// An app's own, or, where it has none, as configured.
    pub(super) fn of(app: &App, options: &JwtOptions) -> Self {
        let mut terms = Self::configured(options);
        if !app.audience.is_empty() {
            terms.audience.clone_from(&app.audience);
        }
        if !app.issuer.is_empty() {
            terms.issuer.clone_from(&app.issuer);
        }
        terms
    }

    /// How far clocks may differ, in seconds.
    pub(super) fn leeway(&self) -> u64 {
        self.leeway
    }

    fn validation(&self, algorithm: Algorithm) -> Validation {
        let mut validation = Validation::new(algorithm);
        validation.leeway = self.leeway;
        validation.validate_nbf = true;
        validation.required_spec_claims.clear();
        if self.require_exp {
            validation.required_spec_claims.insert("exp".to_owned());
        }
        // Without a configured audience the claim is the host's business; with one a token without it is somebody else's.
        validation.validate_aud = !self.audience.is_empty();
        if !self.audience.is_empty() {
            validation.set_audience(&self.audience);
            validation.required_spec_claims.insert("aud".to_owned());
        }
        if !self.issuer.is_empty() {
            validation.set_issuer(&self.issuer);
            validation.required_spec_claims.insert("iss".to_owned());
        }
        validation
    }
}

impl Key {
    /// A configured key, or one of the table of apps; `index` says which when it can not be read.
    pub(super) fn new(index: usize, key: &JwtKey, terms: &Terms) -> Result<Self, OptionsError> {
        let unreadable = |error: Error| OptionsError::Key {
            app: key.app.clone(),
            index,
            reason: error.to_string(),
        };
        let (algorithm, decoding_key) = match &key.material {
            KeyMaterial::EdDsa(pem) => (Algorithm::EdDSA, DecodingKey::from_ed_pem(pem.as_bytes())),
            KeyMaterial::Es256(pem) => (Algorithm::ES256, DecodingKey::from_ec_pem(pem.as_bytes())),
            KeyMaterial::Hs256(secret) => {
                let secret = DecodingKey::from_secret(secret.expose().as_bytes());
                (Algorithm::HS256, Ok(secret))
            }
            KeyMaterial::Rs256(pem) => (Algorithm::RS256, DecodingKey::from_rsa_pem(pem.as_bytes())),
        };
        Ok(Self {
            app: key.app.clone(),
            signer: Signer::key(&key.app, &key.material),
            algorithm,
            key: decoding_key.map_err(unreadable)?,
            validation: terms.validation(algorithm),
        })
    }

    /// A key that an app publishes; it is the address that vouches for it.
    pub(super) fn published(
        app: &AppId,
        address: Signer,
        key: &PublishedKey,
        terms: &Terms,
    ) -> Result<Self, Error> {
        Ok(Self {
            app: app.clone(),
            signer: address,
            algorithm: key.algorithm,
            key: key.decoding_key()?,
            validation: terms.validation(key.algorithm),
        })
    }
}
