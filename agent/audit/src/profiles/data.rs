//! The recommendations, each with where it stands.

use super::Profile;
use crate::registry::{Group, SignatureScheme, Suite, Version};

/// A [`Profile`] as a constant can hold it.
pub struct Data {
    pub name: &'static str,
    source: &'static str,
    required: &'static [Version],
    allowed: &'static [Version],
    suites: &'static [&'static [u32]],
    groups: &'static [u16],
    signature_schemes: &'static [u16],
    rsa_bits: u32,
    dh_bits: Option<u32>,
    hsts_seconds: Option<u64>,
    certificate_days: Option<u32>,
}

impl Data {
    pub fn profile(&self) -> Profile {
        Profile {
            name: self.name.to_owned(),
            source: self.source.to_owned(),
            required: self.required.to_vec(),
            allowed: self.allowed.to_vec(),
            suites: self.suites.iter().copied().flatten().copied().map(Suite).collect(),
            groups: self.groups.iter().copied().map(Group).collect(),
            signature_schemes: self.signature_schemes.iter().copied().map(SignatureScheme).collect(),
            rsa_bits: self.rsa_bits,
            dh_bits: self.dh_bits,
            hsts_seconds: self.hsts_seconds,
            certificate_days: self.certificate_days,
        }
    }
}

/// TLS 1.3: AES-128-GCM, AES-256-GCM, ChaCha20-Poly1305.
const TLS13: &[u32] = &[0x1301, 0x1302, 0x1303];
/// ECDHE with ECDSA or RSA, and the same three ciphers.
const ECDHE: &[u32] = &[0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8];
/// DHE-RSA with AES-GCM.
const DHE: &[u32] = &[0x009e, 0x009f];
/// AES-CCM with a full tag, by TLS 1.3 and 1.2.
const CCM: &[u32] = &[0x1304, 0xc0ac, 0xc0ad];

const P256: u16 = 23;
const P384: u16 = 24;
const P521: u16 = 25;
const X25519: u16 = 29;
const X448: u16 = 30;
const P256_MLKEM768: u16 = 4587;
const X25519_MLKEM768: u16 = 4588;
const P384_MLKEM1024: u16 = 4589;

/// Every signature with SHA-2 or `EdDSA`.
const SHA2: &[u16] = &[
    0x0401, 0x0403, 0x0501, 0x0503, 0x0601, 0x0603, 0x0804, 0x0805, 0x0806, 0x0807, 0x0808, 0x0809, 0x080a,
    0x080b,
];

/// All of them, the default first.
pub const PROFILES: &[Data] = &[
    Data {
        name: "agid-2020",
        source: "AgID, Raccomandazioni in merito allo standard TLS (AgID-RACCSECTLS-01, 2020), \
                 with the suites of Mozilla's Intermediate 5.6 that it names",
        required: &[Version::Tls12],
        allowed: &[Version::Tls12, Version::Tls13],
        suites: &[TLS13, ECDHE, DHE],
        // X25519MLKEM768 came later; nobody means to forbid what is stronger
        groups: &[X25519, P256, P384, X25519_MLKEM768, P256_MLKEM768, P384_MLKEM1024],
        signature_schemes: SHA2,
        rsa_bits: 2048,
        dh_bits: Some(2048),
        hsts_seconds: None,
        certificate_days: None,
    },
    Data {
        name: "mozilla-intermediate-6",
        source: "Mozilla, Server Side TLS, Intermediate, guidelines 6.0 (2026)",
        required: &[Version::Tls12, Version::Tls13],
        allowed: &[Version::Tls12, Version::Tls13],
        suites: &[TLS13, ECDHE],
        groups: &[X25519_MLKEM768, X25519, P256, P384],
        signature_schemes: &[],
        rsa_bits: 2048,
        dh_bits: None,
        hsts_seconds: Some(63_072_000),
        certificate_days: Some(366),
    },
    Data {
        name: "acn-2",
        source: "ACN, Linee guida TLS 2.0, level Compatibility (2025): TLS 1.3 recommended, TLS 1.2 with \
                 ephemeral elliptic curves and authenticated encryption tolerated",
        required: &[Version::Tls13],
        allowed: &[Version::Tls12, Version::Tls13],
        suites: &[TLS13, ECDHE],
        groups: &[X25519_MLKEM768, P256_MLKEM768, P384_MLKEM1024, X25519, X448, P256, P384, P521],
        signature_schemes: SHA2,
        rsa_bits: 2048,
        dh_bits: None,
        hsts_seconds: None,
        certificate_days: None,
    },
    Data {
        name: "ncsc-nl-2025",
        source: "NCSC-NL, ICT-beveiligingsrichtlijnen voor TLS (2025), levels Good and Sufficient",
        required: &[Version::Tls13],
        allowed: &[Version::Tls12, Version::Tls13],
        suites: &[TLS13, ECDHE, CCM],
        groups: &[X25519_MLKEM768, P256_MLKEM768, P384_MLKEM1024, X25519, X448, P256, P384, P521],
        signature_schemes: SHA2,
        rsa_bits: 2048,
        dh_bits: None,
        // Internet.nl, which tests by it, asks for a year
        hsts_seconds: Some(31_536_000),
        certificate_days: None,
    },
];
