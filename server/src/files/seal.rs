use hmac::{Hmac, Mac, digest::Key};
use sha2::{Digest, Sha256};

/// Bytes of a seal.
pub(super) const SEAL: usize = 16;

/// Marks what this deployment has made, so that nothing else is taken for it. The key follows from the store's secret, which all edges
/// share; when that is replaced, what was sealed before is not known any more.
#[derive(Clone)]
pub(super) struct Seal(Hmac<Sha256>);

impl Seal {
    pub(super) fn new(secret: &str) -> Self {
        let derived = Sha256::new_with_prefix(b"mtchat files v1\0")
            .chain_update(secret)
            .finalize();
        // Shorter keys than a block are filled up with zeros (RFC 2104, section 2).
        let mut key = Key::<Hmac<Sha256>>::default();
        key[..derived.len()].copy_from_slice(&derived);
        Self(<Hmac<Sha256> as Mac>::new(&key))
    }

    /// The seal over these parts, for this purpose. Each part goes with its length, so that no two lists have one text.
    pub(super) fn over(&self, purpose: &str, parts: &[&[u8]]) -> [u8; SEAL] {
        let mut mac = self.0.clone();
        for part in std::iter::once(&purpose.as_bytes()).chain(parts) {
            Mac::update(&mut mac, &(part.len() as u64).to_be_bytes());
            Mac::update(&mut mac, part);
        }
        let full = Mac::finalize(mac).into_bytes();
        let mut seal = [0; SEAL];
        seal.copy_from_slice(&full[..SEAL]);
        seal
    }
}
