//! The suites of this client.

use aws_lc_rs::hmac::{self, HMAC_SHA1_FOR_LEGACY_USE_ONLY, HMAC_SHA256, HMAC_SHA384};
use tls_parser::{TlsCipherAu, TlsCipherEnc, TlsCipherEncMode, TlsCipherKx, TlsCipherMac, TlsPRF};

use super::secrets::Prf;
use crate::registry::{self, Version};

/// What it offers, the best first.
pub const OFFERED: [u16; 28] = [
    0xc02b, 0xc02f, 0xc02c, 0xc030, 0x009e, 0x009f, 0xc023, 0xc027, 0xc024, 0xc028, 0xc009, 0xc013, 0xc00a,
    0xc014, 0x0067, 0x006b, 0x0033, 0x0039, 0x00a2, 0x00a3, 0x0032, 0x0038, 0x009c, 0x009d, 0x003c, 0x003d,
    0x002f, 0x0035,
];

/// One of them, taken apart.
#[derive(Debug, Clone, Copy)]
pub struct Suite {
    /// How keys are exchanged.
    pub exchange: Exchange,
    /// How records are encrypted.
    pub cipher: Cipher,
    /// Bytes of its key.
    pub key: usize,
    /// How secrets are expanded.
    pub prf: Prf,
}

/// How keys are exchanged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exchange {
    /// A secret, encrypted for the server's key.
    Rsa,
    /// Diffie-Hellman over a prime.
    Dhe,
    /// Diffie-Hellman over a curve.
    Ecdhe,
}

/// How records are encrypted.
#[derive(Debug, Clone, Copy)]
pub enum Cipher {
    /// By CBC, with this code of authentication before it.
    Cbc(hmac::Algorithm),
    /// By GCM.
    Gcm,
}

impl Suite {
    /// A suite that was offered, as a version has it.
    pub fn offered(number: u16, version: u16) -> Option<Self> {
        let is_tls12 = version == Version::Tls12.number();
        let parts = registry::Suite(u32::from(number)).parts().filter(|_| OFFERED.contains(&number))?;
        let exchange = match parts.kx {
            TlsCipherKx::Rsa => Exchange::Rsa,
            TlsCipherKx::Dhe => Exchange::Dhe,
            TlsCipherKx::Ecdhe => Exchange::Ecdhe,
            _ => return None,
        };
        let cipher = match (parts.enc_mode, parts.mac) {
            (TlsCipherEncMode::Cbc, TlsCipherMac::HmacSha1) => Cipher::Cbc(HMAC_SHA1_FOR_LEGACY_USE_ONLY),
            (TlsCipherEncMode::Cbc, TlsCipherMac::HmacSha256) if is_tls12 => Cipher::Cbc(HMAC_SHA256),
            (TlsCipherEncMode::Cbc, TlsCipherMac::HmacSha384) if is_tls12 => Cipher::Cbc(HMAC_SHA384),
            (TlsCipherEncMode::Gcm, _) if is_tls12 => Cipher::Gcm,
            _ => return None,
        };
        let prf = match parts.prf {
            _ if !is_tls12 => Prf::Old,
            TlsPRF::Sha384 => Prf::Sha384,
            _ => Prf::Sha256,
        };
        (parts.enc == TlsCipherEnc::Aes && parts.au != TlsCipherAu::Null).then_some(Self {
            exchange,
            cipher,
            key: parts.enc_key_size(),
            prf,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_offered_is_spoken_by_tls12() {
        for number in OFFERED {
            assert!(Suite::offered(number, Version::Tls12.number()).is_some(), "{number:#06x}");
        }
        assert!(Suite::offered(0x009c, Version::Tls11.number()).is_none(), "GCM is newer than TLS 1.1");
        assert!(Suite::offered(0x0005, Version::Tls12.number()).is_none(), "RC4 was not offered");
    }
}
