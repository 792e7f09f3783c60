//! Secrets made longer: the pseudo-random functions of TLS 1.0 and 1.1 (RFC 2246, 5) and of TLS 1.2 (RFC 5246, 5).

use ::hmac::{Hmac, KeyInit, Mac};
use aws_lc_rs::{digest, hmac};
use md5::{Digest, Md5};

/// A function, with the hash of what was said that goes with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prf {
    /// MD5 and SHA-1 together.
    Old,
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
}

impl Prf {
    /// So many bytes of a secret for a purpose.
    pub fn expand(self, secret: &[u8], purpose: &str, seed: &[u8], length: usize) -> Vec<u8> {
        let seed = [purpose.as_bytes(), seed].concat();
        match self {
            Self::Old => {
                let half = secret.len().div_ceil(2);
                let (first, _) = secret.split_at(half);
                let (_, second) = secret.split_at(secret.len() - half);
                let by_md5 = stretch(&|data| by_md5(first, data), &seed, length);
                let by_sha1 =
                    stretch(&|data| by(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, second, data), &seed, length);
                by_md5.iter().zip(by_sha1).map(|(one, other)| one ^ other).collect()
            }
            Self::Sha256 => stretch(&|data| by(hmac::HMAC_SHA256, secret, data), &seed, length),
            Self::Sha384 => stretch(&|data| by(hmac::HMAC_SHA384, secret, data), &seed, length),
        }
    }

    /// The hash of what was said.
    pub fn digest(self, said: &[u8]) -> Vec<u8> {
        let of = |algorithm| digest::digest(algorithm, said).as_ref().to_vec();
        match self {
            Self::Old => [Md5::digest(said).to_vec(), of(&digest::SHA1_FOR_LEGACY_USE_ONLY)].concat(),
            Self::Sha256 => of(&digest::SHA256),
            Self::Sha384 => of(&digest::SHA384),
        }
    }
}

fn by(algorithm: hmac::Algorithm, secret: &[u8], data: &[u8]) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(algorithm, secret), data).as_ref().to_vec()
}

fn by_md5(secret: &[u8], data: &[u8]) -> Vec<u8> {
    // a key of any length is taken
    let mac = Hmac::<Md5>::new_from_slice(secret).map(|mac| mac.chain_update(data));
    mac.map(|mac| mac.finalize().into_bytes().to_vec()).unwrap_or_default()
}

/// `P_hash`.
fn stretch(mac: &dyn Fn(&[u8]) -> Vec<u8>, seed: &[u8], length: usize) -> Vec<u8> {
    let mut chain = mac(seed);
    let mut bytes = Vec::with_capacity(length + 64);
    while bytes.len() < length && !chain.is_empty() {
        bytes.extend(mac(&[&chain, seed].concat()));
        chain = mac(&chain);
    }
    bytes.truncate(length);
    bytes
}
