use jsonwebtoken::{
    Algorithm, DecodingKey, Validation, decode, decode_header,
    errors::{Error, ErrorKind},
};
use mtchat_protocol::{AppId, Timestamp};

use super::{App, TokenError, claims::Claims, unique_json::UniqueJson};
use crate::{JwtKey, JwtOptions, KeyMaterial, OptionsError};

/// Larger than any honest token.
const MOST_BYTES: usize = 8 * 1024;

/// Clocks may differ by this much and no more, whatever is configured.
const MOST_LEEWAY: u64 = 60;

/// Verifies tokens.
pub(super) struct Tokens {
    keys: Vec<Key>,
    options: JwtOptions,
    leeway: u64,
}

/// A key; it verifies one algorithm for one app and nothing else.
struct Key {
    app: AppId,
    algorithm: Algorithm,
    key: DecodingKey,
    validation: Validation,
}

impl Tokens {
    /// The configured keys; one that can not be read is an error.
    pub(super) fn new(options: JwtOptions) -> Result<Self, OptionsError> {
        Self::with_apps(options, &[])
    }

    /// The configured keys and those of these apps. A key of an app that can not be read, or that is another app's, is told
    /// and left out: it must not lock everybody else out.
    pub(super) fn with_apps(options: JwtOptions, apps: &[App]) -> Result<Self, OptionsError> {
        let leeway = options.leeway.as_secs().min(MOST_LEEWAY);
        let mut keys = Vec::new();
        for (index, key) in options.keys.iter().enumerate() {
            let (audience, issuer) = (&options.audience, &options.issuer);
            keys.push(Key::new(
                index,
                key,
                validation(key, &options, audience, issuer, leeway),
            )?);
        }
        let mut taken: Vec<&JwtKey> = options.keys.iter().collect();
        for app in apps {
            let or_configured = |own: &'_ Vec<String>, configured: &'_ Vec<String>| {
                if own.is_empty() {
                    configured.clone()
                } else {
                    own.clone()
                }
            };
            let audience = or_configured(&app.audience, &options.audience);
            let issuer = or_configured(&app.issuer, &options.issuer);
            for (index, key) in app.keys.iter().enumerate() {
                if taken
                    .iter()
                    .any(|other| other.app != key.app && other.material == key.material)
                {
                    tracing::error!(app.id = %app.id, key.index = index, "a key of this app is another app's; it is not taken");
                    continue;
                }
                match Key::new(index, key, validation(key, &options, &audience, &issuer, leeway)) {
                    Ok(key) => keys.push(key),
                    Err(error) => tracing::error!(%error, "a key is not taken"),
                }
                taken.push(key);
            }
        }
        Ok(Self {
            keys,
            options,
            leeway,
        })
    }

    /// The claims of a good token, and the app whose key signed it.
    pub(super) fn verify(&self, token: &str) -> Result<(AppId, Claims), TokenError> {
        if token.len() > MOST_BYTES {
            return Err(TokenError::TooLarge);
        }
        let header = decode_header(token).map_err(|error| refused(&error))?;
        if header.crit.is_some() {
            // An extension that the signer wants understood; none is known here.
            return Err(TokenError::Algorithm);
        }
        let mut reason = TokenError::Algorithm;
        for key in self.keys.iter().filter(|key| key.algorithm == header.alg) {
            match decode::<UniqueJson>(token, &key.key, &key.validation) {
                Ok(token) => {
                    let UniqueJson(claims) = token.claims;
                    Claims::issued_by(&claims, Timestamp::now(), self.leeway)?;
                    return Ok((key.app.clone(), Claims::read(&claims, &self.options)?));
                }
                Err(error) => reason = refused(&error),
            }
            if reason != TokenError::Signature {
                break;
            }
        }
        Err(reason)
    }
}

impl Key {
    fn new(index: usize, key: &JwtKey, validation: Validation) -> Result<Self, OptionsError> {
        let unreadable = |error: Error| OptionsError::Key {
            app: key.app.clone(),
            index,
            reason: error.to_string(),
        };
        let decoding_key = match &key.material {
            KeyMaterial::EdDsa(pem) => DecodingKey::from_ed_pem(pem.as_bytes()),
            KeyMaterial::Es256(pem) => DecodingKey::from_ec_pem(pem.as_bytes()),
            KeyMaterial::Hs256(secret) => Ok(DecodingKey::from_secret(secret.expose().as_bytes())),
            KeyMaterial::Rs256(pem) => DecodingKey::from_rsa_pem(pem.as_bytes()),
        };
        Ok(Self {
            app: key.app.clone(),
            algorithm: algorithm(&key.material),
            key: decoding_key.map_err(unreadable)?,
            validation,
        })
    }
}

fn algorithm(material: &KeyMaterial) -> Algorithm {
    match material {
        KeyMaterial::EdDsa(_) => Algorithm::EdDSA,
        KeyMaterial::Es256(_) => Algorithm::ES256,
        KeyMaterial::Hs256(_) => Algorithm::HS256,
        KeyMaterial::Rs256(_) => Algorithm::RS256,
    }
}

fn validation(
    key: &JwtKey,
    options: &JwtOptions,
    audience: &[String],
    issuer: &[String],
    leeway: u64,
) -> Validation {
    let mut validation = Validation::new(algorithm(&key.material));
    validation.leeway = leeway;
    validation.validate_nbf = true;
    validation.required_spec_claims.clear();
    if options.require_exp {
        validation.required_spec_claims.insert("exp".to_owned());
    }
    // Without a configured audience the claim is the host's business; with one a token without it is somebody else's.
    validation.validate_aud = !audience.is_empty();
    if !audience.is_empty() {
        validation.set_audience(audience);
        validation.required_spec_claims.insert("aud".to_owned());
    }
    if !issuer.is_empty() {
        validation.set_issuer(issuer);
        validation.required_spec_claims.insert("iss".to_owned());
    }
    validation
}

fn refused(error: &Error) -> TokenError {
    match error.kind() {
        ErrorKind::ExpiredSignature => TokenError::Expired,
        ErrorKind::ImmatureSignature => TokenError::NotYet,
        ErrorKind::InvalidAlgorithm | ErrorKind::MissingAlgorithm | ErrorKind::InvalidAlgorithmName => {
            TokenError::Algorithm
        }
        ErrorKind::InvalidAudience | ErrorKind::InvalidIssuer => TokenError::Audience,
        ErrorKind::InvalidClaimFormat(_) => TokenError::Claims,
        ErrorKind::InvalidSignature => TokenError::Signature,
        ErrorKind::MissingRequiredClaim(claim) if claim == "exp" => TokenError::NoExpiry,
        ErrorKind::MissingRequiredClaim(_) => TokenError::Audience,
        // The kinds are not a closed list; what is not named above says that it is no token.
        _ => TokenError::Malformed,
    }
}

#[cfg(test)]
#[path = "token_tests.rs"]
mod tests;
