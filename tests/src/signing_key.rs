//! A key pair of a host that publishes its public half.

use jsonwebtoken::{Algorithm, EncodingKey, Header, encode, jwk::Jwk};
use serde_json::{Value, json};

use crate::token;

/// PKCS #8 up to the 32 bytes of the key, which are its end.
const ED25519: &[u8] = &[
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];
const P256: &[u8] = &[
    0x30, 0x41, 0x02, 0x01, 0x00, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06,
    0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x04, 0x27, 0x30, 0x25, 0x02, 0x01, 0x01, 0x04,
    0x20,
];

/// A key that signs tokens, made for one test.
#[derive(Clone)]
pub struct SigningKey {
    algorithm: Algorithm,
    key: EncodingKey,
    kid: String,
}

impl SigningKey {
    /// A fresh key for EdDSA with this name.
    pub fn ed25519(kid: &str) -> Self {
        let der = [ED25519, &fresh()].concat();
        Self::new(Algorithm::EdDSA, EncodingKey::from_ed_der(&der), kid)
    }

    /// A fresh key for ES256 with this name.
    pub fn es256(kid: &str) -> Self {
        let der = [P256, &fresh()].concat();
        Self::new(Algorithm::ES256, EncodingKey::from_ec_der(&der), kid)
    }

    /// The same key under another name.
    #[must_use]
    pub fn named(&self, kid: &str) -> Self {
        Self::new(self.algorithm, self.key.clone(), kid)
    }

    /// What the host publishes of it.
    pub fn public(&self) -> Value {
        let jwk = Jwk::from_encoding_key(&self.key, self.algorithm).expect("the key has a public half");
        let mut jwk = serde_json::to_value(jwk).expect("a key is JSON");
        jwk["kid"] = json!(self.kid);
        jwk["use"] = json!("sig");
        jwk
    }

    /// A good token of this user.
    pub fn token(&self, user: &str) -> String {
        self.signs(&json!({ "sub": user, "iat": token::now(), "exp": token::now() + 3_600 }))
    }

    /// A token with these claims.
    pub fn signs(&self, claims: &Value) -> String {
        self.signs_under(Header::default(), claims)
    }

    /// A token with these claims, whose header says more.
    pub fn signs_under(&self, header: Header, claims: &Value) -> String {
        let header = Header {
            alg: self.algorithm,
            kid: header.kid.or_else(|| Some(self.kid.clone())),
            ..header
        };
        encode(&header, claims, &self.key).expect("claims can be signed")
    }

    fn new(algorithm: Algorithm, key: EncodingKey, kid: &str) -> Self {
        Self {
            algorithm,
            key,
            kid: kid.to_owned(),
        }
    }
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SigningKey({:?}, {})", self.algorithm, self.kid)
    }
}

/// Bytes that are a key of either kind: as a number they are below the order of P-256.
fn fresh() -> [u8; 32] {
    std::array::from_fn(|index| if index == 0 { 0x11 } else { fastrand::u8(..) })
}
