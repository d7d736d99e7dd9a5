use jsonwebtoken::{
    Algorithm, DecodingKey, Validation, decode, decode_header,
    errors::{Error, ErrorKind},
};
use mtchat_protocol::{AppId, Timestamp};

use super::{TokenError, claims::Claims, unique_json::UniqueJson};
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
    pub(super) fn new(options: JwtOptions) -> Result<Self, OptionsError> {
        let leeway = options.leeway.as_secs().min(MOST_LEEWAY);
        let keys = options
            .keys
            .iter()
            .enumerate()
            .map(|(index, key)| Key::new(index, key, &options, leeway))
            .collect::<Result<_, _>>()?;
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
    fn new(index: usize, key: &JwtKey, options: &JwtOptions, leeway: u64) -> Result<Self, OptionsError> {
        let unreadable = |error: Error| OptionsError::Key {
            app: key.app.clone(),
            index,
            reason: error.to_string(),
        };
        let (algorithm, decoding_key) = match &key.material {
            KeyMaterial::EdDsa(pem) => (Algorithm::EdDSA, DecodingKey::from_ed_pem(pem.as_bytes())),
            KeyMaterial::Es256(pem) => (Algorithm::ES256, DecodingKey::from_ec_pem(pem.as_bytes())),
            KeyMaterial::Hs256(secret) => (
                Algorithm::HS256,
                Ok(DecodingKey::from_secret(secret.expose().as_bytes())),
            ),
            KeyMaterial::Rs256(pem) => (Algorithm::RS256, DecodingKey::from_rsa_pem(pem.as_bytes())),
        };
        let validation = validation(algorithm, options, leeway);
        Ok(Self {
            app: key.app.clone(),
            algorithm,
            key: decoding_key.map_err(unreadable)?,
            validation,
        })
    }
}

fn validation(algorithm: Algorithm, options: &JwtOptions, leeway: u64) -> Validation {
    let mut validation = Validation::new(algorithm);
    validation.leeway = leeway;
    validation.validate_nbf = true;
    validation.required_spec_claims.clear();
    if options.require_exp {
        validation.required_spec_claims.insert("exp".to_owned());
    }
    // Without a configured audience the claim is the host's business; with one a token without it is somebody else's.
    validation.validate_aud = !options.audience.is_empty();
    if !options.audience.is_empty() {
        validation.set_audience(&options.audience);
        validation.required_spec_claims.insert("aud".to_owned());
    }
    if !options.issuer.is_empty() {
        validation.set_issuer(&options.issuer);
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
