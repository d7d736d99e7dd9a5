//! Tokens, good ones and forged ones.

use std::time::{SystemTime, UNIX_EPOCH};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};

use crate::JWT_SECRET;

/// A good token of this user, valid for an hour.
pub fn of(user: &str) -> String {
    signed(&json!({ "sub": user, "exp": now() + 3_600 }), JWT_SECRET)
}

/// A good token of a user who acts for these tenants.
pub fn scoped(user: &str, tenants: &[&str]) -> String {
    let scopes = json!({ "scope_level0": tenants, "scope_level1": [], "scope_level2": [] });
    signed(
        &json!({ "sub": user, "exp": now() + 3_600, "scopes": scopes }),
        JWT_SECRET,
    )
}

/// These claims under HS256 with this secret.
pub fn signed(claims: &Value, secret: &str) -> String {
    signed_by(Algorithm::HS256, claims, secret)
}

/// These claims under this algorithm with this secret.
pub fn signed_by(algorithm: Algorithm, claims: &Value, secret: &str) -> String {
    let key = EncodingKey::from_secret(secret.as_bytes());
    encode(&Header::new(algorithm), claims, &key).expect("claims can be signed")
}

/// These claims with this header and no signature.
pub fn unsigned(header: &Value, claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.", part(header), part(claims))
}

/// Seconds since the Unix epoch.
pub fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.expect("the clock is after 1970").as_secs()
}
