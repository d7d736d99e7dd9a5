use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, DecodingKey, crypto};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::error::JwksError;

/// Most keys of a document. A host has one or two, and a few more while it changes them.
const MOST_KEYS: usize = 64;
/// The longest name of a key.
const MOST_KID_CHARACTERS: usize = 255;
/// Sizes of RSA keys in bytes: shorter ones can be broken, longer ones cost whoever verifies too much.
const RSA_BYTES: std::ops::RangeInclusive<usize> = 256..=512;
/// The length of a coordinate of either curve.
const POINT_BYTES: usize = 32;
/// Whoever has one of these can sign, so none belongs into a document that everybody can read.
const PRIVATE: &[&str] = &["d", "dp", "dq", "k", "oth", "p", "q", "qi"];

/// A public key as an app publishes it, for one algorithm.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(in crate::auth) struct PublishedKey {
    /// Its name, which a token must say; without one only tokens that say none are tried with it.
    pub(in crate::auth) kid: Option<String>,
    /// The only algorithm that it verifies.
    pub(in crate::auth) algorithm: Algorithm,
    public: Public,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Public {
    Ed25519 { x: String },
    P256 { x: String, y: String },
    Rsa { n: String, e: String },
}

/// Why a key of a document is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
enum Unusable {
    #[error("its algorithm is not one of EdDSA, ES256 and RS256, or not that of its kind")]
    Algorithm,
    #[error("it can not be read")]
    Broken,
    #[error("it is not for verifying")]
    Purpose,
    #[error("it is PRIVATE and everybody can read it: replace it now")]
    Private,
    #[error("it is shorter than 2048 bits, or longer than 4096")]
    Size,
}

#[derive(Deserialize)]
struct Document {
    keys: Vec<Value>,
}

/// The keys of a document that can be used. The others are told and left out, for many a host publishes keys for other purposes too.
/// Keys of the same name stay side by side: a token is good by any of them.
pub(super) fn read(host: &str, document: &[u8]) -> Result<Vec<PublishedKey>, JwksError> {
    let Document { keys } = serde_json::from_slice(document).map_err(|_| JwksError::Malformed)?;
    if keys.len() > MOST_KEYS {
        return Err(JwksError::TooManyKeys);
    }
    let mut usable = Vec::new();
    for (number, key) in (1..).zip(&keys) {
        match PublishedKey::read(key) {
            Ok(key) => usable.push(key),
            Err(why @ Unusable::Private) => {
                tracing::error!(
                    jwks.host = host,
                    key.number = number,
                    "a published key is not taken: {why}"
                );
            }
            Err(why) => tracing::debug!(
                jwks.host = host,
                key.number = number,
                "a published key is not taken: {why}"
            ),
        }
    }
    Ok(usable)
}

impl PublishedKey {
    fn read(jwk: &Value) -> Result<Self, Unusable> {
        let jwk = jwk.as_object().ok_or(Unusable::Broken)?;
        if PRIVATE.iter().any(|name| jwk.contains_key(*name))
            || jwk.get("kty").is_some_and(|kty| kty == "oct")
        {
            return Err(Unusable::Private);
        }
        is_for_verifying(jwk)?;
        let (algorithm, public) = Public::read(jwk)?;
        if jwk.get("alg").is_some_and(|named| !names(named, algorithm)) {
            return Err(Unusable::Algorithm);
        }
        let kid = match jwk.get("kid") {
            None => None,
            Some(Value::String(kid)) if kid.chars().count() <= MOST_KID_CHARACTERS => Some(kid.clone()),
            Some(_) => return Err(Unusable::Broken),
        };
        let key = Self {
            kid,
            algorithm,
            public,
        };
        // A point that is not on its curve is noticed here, not with every token.
        crypto::verify(
            "AA",
            b"",
            &key.decoding_key().map_err(|_| Unusable::Broken)?,
            algorithm,
        )
        .map_err(|_| Unusable::Broken)?;
        Ok(key)
    }

    /// As the library of tokens takes it.
    pub(in crate::auth) fn decoding_key(&self) -> Result<DecodingKey, jsonwebtoken::errors::Error> {
        match &self.public {
            Public::Ed25519 { x } => DecodingKey::from_ed_components(x),
            Public::P256 { x, y } => DecodingKey::from_ec_components(x, y),
            Public::Rsa { n, e } => DecodingKey::from_rsa_components(n, e),
        }
    }
}

impl Public {
    /// The kind of the key fixes its algorithm.
    fn read(jwk: &Map<String, Value>) -> Result<(Algorithm, Self), Unusable> {
        let text = |name: &str| jwk.get(name).and_then(Value::as_str);
        let part = |name: &str| text(name).map(str::to_owned).ok_or(Unusable::Broken);
        let bytes = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| Unusable::Broken);
        // The library takes it for granted that points are as long as they should be, and panics when they are shorter.
        let coordinate = |name: &str| {
            let part = part(name)?;
            let whole = bytes(&part)?.len() == POINT_BYTES;
            if whole { Ok(part) } else { Err(Unusable::Broken) }
        };
        match (text("kty"), text("crv")) {
            (Some("EC"), Some("P-256")) => {
                let (x, y) = (coordinate("x")?, coordinate("y")?);
                Ok((Algorithm::ES256, Self::P256 { x, y }))
            }
            (Some("OKP"), Some("Ed25519")) => {
                let x = coordinate("x")?;
                Ok((Algorithm::EdDSA, Self::Ed25519 { x }))
            }
            (Some("RSA"), None) => {
                let (n, e) = (part("n")?, part("e")?);
                let (modulus, _) = (bytes(&n)?, bytes(&e)?);
                let zeros = modulus.iter().take_while(|byte| **byte == 0).count();
                if !RSA_BYTES.contains(&(modulus.len() - zeros)) {
                    return Err(Unusable::Size);
                }
                Ok((Algorithm::RS256, Self::Rsa { n, e }))
            }
            _ => Err(Unusable::Algorithm),
        }
    }
}

fn names(named: &Value, algorithm: Algorithm) -> bool {
    let name = match algorithm {
        Algorithm::ES256 => "ES256",
        Algorithm::EdDSA => "EdDSA",
        Algorithm::RS256 => "RS256",
        _ => return false,
    };
    // RFC 9864 gave EdDSA with this curve a name of its own; tokens still say EdDSA.
    named == name || (algorithm == Algorithm::EdDSA && named == "Ed25519")
}

fn is_for_verifying(jwk: &Map<String, Value>) -> Result<(), Unusable> {
    let signs = jwk.get("use").is_none_or(|purpose| purpose == "sig");
    let verifies = match jwk.get("key_ops") {
        None => true,
        Some(operations) => operations
            .as_array()
            .is_some_and(|operations| operations.iter().any(|operation| operation == "verify")),
    };
    if signs && verifies {
        Ok(())
    } else {
        Err(Unusable::Purpose)
    }
}

#[cfg(test)]
#[path = "document_tests.rs"]
mod tests;
