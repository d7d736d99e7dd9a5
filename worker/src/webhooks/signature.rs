use std::fmt;

use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, Mac, digest::Key};
use sha2::{Digest, Sha256};

/// What secrets of Standard Webhooks begin with; the rest is their key in base64.
const PREFIX: &str = "whsec_";

/// A secret that an endpoint's requests are signed with.
#[derive(Clone, PartialEq, Eq)]
pub struct SigningSecret {
    /// The bytes of the text: the key of `X-Webhook-Signature`.
    text: Vec<u8>,
    /// The key of `webhook-signature`.
    key: Vec<u8>,
}

/// Text that is no secret to sign with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotASecret {
    /// Anybody could sign with it.
    #[error("it is empty")]
    Empty,
    /// It looks like a secret of Standard Webhooks and is none.
    #[error("it begins with {PREFIX}, but what follows is not base64")]
    Malformed,
}

/// The values of the headers that prove where a request comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Signatures {
    /// `X-Webhook-Signature`: over the body, with the first secret.
    pub(super) plain: String,
    /// `webhook-signature`: over id, time and body, with each of the secrets.
    pub(super) standard: String,
}

impl SigningSecret {
    /// Read a secret as operators write it: `whsec_…`, or any text.
    pub fn new(text: &str) -> Result<Self, NotASecret> {
        let key = match text.strip_prefix(PREFIX) {
            Some(encoded) => STANDARD.decode(encoded).map_err(|_| NotASecret::Malformed)?,
            None => text.as_bytes().to_vec(),
        };
        if key.is_empty() {
            return Err(NotASecret::Empty);
        }
        Ok(Self {
            text: text.as_bytes().to_vec(),
            key,
        })
    }
}

impl fmt::Debug for SigningSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningSecret(…)")
    }
}

/// Sign a body that is sent now, in seconds since the Unix epoch.
pub(super) fn sign(secrets: &[SigningSecret], id: &str, timestamp: i64, body: &[u8]) -> Signatures {
    let time = timestamp.to_string();
    let standard = secrets.iter().map(|secret| {
        let parts: [&[u8]; 5] = [id.as_bytes(), b".", time.as_bytes(), b".", body];
        format!("v1,{}", STANDARD.encode(mac(&secret.key, &parts)))
    });
    let plain = secrets.first().map(|secret| mac(&secret.text, &[body]));
    Signatures {
        standard: standard.collect::<Vec<_>>().join(" "),
        plain: format!("sha256={}", plain.map_or_else(String::new, |mac| hex(&mac))),
    }
}

fn mac(secret: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    // Shorter keys than a block are filled up with zeros, and longer ones stand for their hash (RFC 2104, section 2).
    let mut key = Key::<Hmac<Sha256>>::default();
    if secret.len() <= key.len() {
        key[..secret.len()].copy_from_slice(secret);
    } else {
        let hashed = Sha256::digest(secret);
        key[..hashed.len()].copy_from_slice(&hashed);
    }
    let mut mac = <Hmac<Sha256> as Mac>::new(&key);
    for part in parts {
        Mac::update(&mut mac, part);
    }
    Mac::finalize(mac).into_bytes().into()
}

fn hex(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(u32::from(value), 16).unwrap_or('0');
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    const BODY: &[u8] = br#"{"test": 2432232314}"#;

    fn secret(text: &str) -> SigningSecret {
        SigningSecret::new(text).unwrap()
    }

    #[test]
    fn a_body_is_signed_as_standard_webhooks_says() {
        let signed = sign(&[secret(SECRET)], ID, 1_614_265_330, BODY);
        assert_eq!(signed.standard, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    /// RFC 4231, test case 2, and one with a key longer than a block (test case 6).
    #[test]
    fn the_body_alone_is_signed_with_the_bytes_of_the_secret() {
        let signed = sign(&[secret("Jefe")], ID, 0, b"what do ya want for nothing?");
        assert_eq!(
            signed.plain,
            "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
        let long = mac(
            &[0xaa; 131],
            &[b"Test Using Larger Than Block-Size Key - Hash Key First"],
        );
        assert_eq!(
            hex(&long),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        );
    }

    #[test]
    fn while_secrets_change_both_sign() {
        let (old, new) = (secret("old secret"), secret(SECRET));
        let both = sign(&[new.clone(), old.clone()], ID, 7, BODY);
        let alone = [sign(&[new], ID, 7, BODY), sign(&[old], ID, 7, BODY)];
        assert_eq!(
            both.standard,
            format!("{} {}", alone[0].standard, alone[1].standard)
        );
        assert_eq!(both.plain, alone[0].plain);
    }

    #[test]
    fn what_is_signed_can_not_be_altered() {
        let signed = sign(&[secret(SECRET)], ID, 7, BODY);
        for altered in [
            sign(&[secret(SECRET)], "msg_other", 7, BODY),
            sign(&[secret(SECRET)], ID, 8, BODY),
            sign(&[secret(SECRET)], ID, 7, b"{}"),
            sign(&[secret("another")], ID, 7, BODY),
        ] {
            assert_ne!(altered.standard, signed.standard);
        }
    }

    #[test]
    fn what_is_no_secret_is_refused_and_none_is_shown() {
        assert_eq!(SigningSecret::new(""), Err(NotASecret::Empty));
        assert_eq!(SigningSecret::new("whsec_"), Err(NotASecret::Empty));
        assert_eq!(SigningSecret::new("whsec_?"), Err(NotASecret::Malformed));
        assert!(!format!("{:?}", secret("hunter2")).contains("hunter2"));
    }
}
