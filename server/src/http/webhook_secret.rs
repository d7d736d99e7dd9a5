use base64::{Engine, engine::general_purpose::STANDARD};
use mtchat_protocol::{Invalid, Reason, WebhookSecret, limits};

use crate::ApiError;

/// What secrets of Standard Webhooks begin with; the rest is their key in base64.
const PREFIX: &str = "whsec_";
/// As long as what it is hashed to.
const FRESH_BYTES: usize = 32;

/// The secret that a host names, or one that nobody can guess.
pub(super) fn named_or_fresh(named: Option<WebhookSecret>) -> Result<WebhookSecret, ApiError> {
    if let Some(secret) = named {
        check(&secret)?;
        return Ok(secret);
    }
    let mut key = [0; FRESH_BYTES];
    let filled = getrandom::fill(&mut key);
    filled.map_err(|_| ApiError::Unexpected("there is no randomness to make a secret from"))?;
    Ok(WebhookSecret(format!("{PREFIX}{}", STANDARD.encode(key))))
}

/// A shorter key can be guessed offline from a single delivery.
fn check(secret: &WebhookSecret) -> Result<(), Invalid> {
    let (least, most) = limits::WEBHOOK_KEY_BYTES;
    let key = secret
        .0
        .strip_prefix(PREFIX)
        .and_then(|encoded| STANDARD.decode(encoded).ok());
    if key.is_some_and(|key| (least..=most).contains(&key.len())) {
        return Ok(());
    }
    let expected = Reason::Malformed("whsec_ and 24 to 64 bytes in base64");
    Err(Invalid::new("secret", expected))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(bytes: usize) -> WebhookSecret {
        WebhookSecret(format!("{PREFIX}{}", STANDARD.encode(vec![7; bytes])))
    }

    #[test]
    fn secrets_that_can_be_guessed_or_are_none_are_refused() {
        for good in [24, 32, 64] {
            assert_eq!(named_or_fresh(Some(named(good))).unwrap(), named(good));
        }
        for bad in [named(23), named(65)] {
            assert!(check(&bad).is_err(), "{}", bad.0);
        }
        for bad in ["", "whsec_", "whsec_?", "hunter2hunter2hunter2hunter2hunter2"] {
            assert!(check(&WebhookSecret(bad.to_owned())).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_fresh_secret_is_a_good_one_and_never_the_same() {
        let [one, other] = [(); 2].map(|()| named_or_fresh(None).unwrap());
        assert!(check(&one).is_ok() && one != other);
    }
}
