use std::collections::HashMap;

use jsonwebtoken::{
    Algorithm, decode, decode_header,
    errors::{Error, ErrorKind},
};
use mtchat_protocol::{AppId, Timestamp};

use super::{
    App, Signer, TokenError,
    claims::Claims,
    jwks::Index,
    key::{Key, Terms},
    unique_json::UniqueJson,
};
use crate::{JwtKey, JwtOptions, OptionsError};

/// Larger than any honest token.
const MOST_BYTES: usize = 8 * 1024;

/// Verifies tokens.
pub(super) struct Tokens {
    keys: Vec<Key>,
    /// These and the addresses of published keys, and whose they are.
    signers: HashMap<Signer, AppId>,
    options: JwtOptions,
    leeway: u64,
}

/// A good token.
pub(super) struct Verified {
    pub(super) app: AppId,
    pub(super) signer: Signer,
    pub(super) claims: Claims,
}

impl Tokens {
    /// The configured keys; one that can not be read is an error.
    pub(super) fn new(options: JwtOptions) -> Result<Self, OptionsError> {
        Self::with_apps(options, &[])
    }

    /// The configured keys and those of these apps. A key of an app that can not be read, or that is another app's, is told
    /// and left out: it must not lock everybody else out.
    pub(super) fn with_apps(options: JwtOptions, apps: &[App]) -> Result<Self, OptionsError> {
        let configured = Terms::configured(&options);
        let mut keys = Vec::new();
        for (index, key) in options.keys.iter().enumerate() {
            keys.push(Key::new(index, key, &configured)?);
        }
        let mut taken: Vec<&JwtKey> = options.keys.iter().collect();
        for app in apps {
            let terms = Terms::of(app, &options);
            for (index, key) in app.keys.iter().enumerate() {
                if taken
                    .iter()
                    .any(|other| other.app != key.app && other.material == key.material)
                {
                    tracing::error!(app.id = %app.id, key.index = index, "a key of this app is another app's; it is not taken");
                    continue;
                }
                match Key::new(index, key, &terms) {
                    Ok(key) => keys.push(key),
                    Err(error) => tracing::error!(%error, "a key is not taken"),
                }
                taken.push(key);
            }
        }
        let own = options.jwks.iter().map(|address| (&address.app, &address.url));
        let theirs = apps
            .iter()
            .filter_map(|app| Some((&app.id, app.jwks_url.as_ref()?)));
        let addresses = own
            .chain(theirs)
            .map(|(app, url)| (Signer::address(app, url), app.clone()));
        let signers = keys.iter().map(|key| (key.signer, key.app.clone()));
        Ok(Self {
            signers: signers.chain(addresses).collect(),
            keys,
            leeway: configured.leeway(),
            options,
        })
    }

    /// What vouches for tokens, and whose it is.
    pub(super) fn signers(&self) -> &HashMap<Signer, AppId> {
        &self.signers
    }

    /// The claims of a good token, and the app whose key signed it. What the header says only picks among known keys; its addresses
    /// and keys are not looked at. Those that are published come last, so that nobody can publish a key away that was configured.
    pub(super) fn verify(&self, token: &str, published: &Index) -> Result<Verified, TokenError> {
        if token.len() > MOST_BYTES {
            return Err(TokenError::TooLarge);
        }
        let header = decode_header(token).map_err(|error| refused(&error))?;
        if header.crit.is_some() {
            // An extension that the signer wants understood; none is known here.
            return Err(TokenError::Algorithm);
        }
        let keys = self.keys.iter().chain(published.named(header.kid.as_deref()));
        let mut reason = TokenError::Algorithm;
        for key in keys.filter(|key| key.algorithm == header.alg) {
            match decode::<UniqueJson>(token, &key.key, &key.validation) {
                Ok(token) => {
                    let UniqueJson(claims) = token.claims;
                    Claims::issued_by(&claims, Timestamp::now(), self.leeway)?;
                    return Ok(Verified {
                        app: key.app.clone(),
                        signer: key.signer,
                        claims: Claims::read(&claims, &self.options)?,
                    });
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

/// The name of the key that a token says it is signed with, if it can be one of those that are published.
pub(super) fn published_name(token: &str) -> Option<String> {
    let header = decode_header(token).ok()?;
    let public = matches!(header.alg, Algorithm::EdDSA | Algorithm::ES256 | Algorithm::RS256);
    header.kid.filter(|_| public)
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
