//! Recommendations for TLS, as data.

use serde::{Deserialize, Serialize};

use crate::registry::{Group, SignatureScheme, Suite, Version};

/// A recommendation for TLS.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// Its name: `agid-2020`.
    pub name: String,
    /// What it is, with its year.
    pub source: String,
    /// Versions that must be spoken.
    pub required: Vec<Version>,
    /// Versions that may be spoken.
    pub allowed: Vec<Version>,
    /// Suites that may be taken.
    pub suites: Vec<Suite>,
    /// Groups that may be taken.
    pub groups: Vec<Group>,
    /// Signature schemes that may be used; all where it names none.
    pub signature_schemes: Vec<SignatureScheme>,
    /// Bits of an RSA key, at least.
    pub rsa_bits: u32,
    /// Bits of a finite-field DH prime, at least; none where DHE may not be taken at all.
    pub dh_bits: Option<u32>,
    /// Seconds of HSTS, at least; none where it does not say.
    pub hsts_seconds: Option<u64>,
    /// Days of life of a certificate, at most; none where it does not say.
    pub certificate_days: Option<u32>,
}
