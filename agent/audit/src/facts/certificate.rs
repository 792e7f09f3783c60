//! Certificates as they were served, and what verifying them says.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Answer;

/// A chain, the site's own certificate first, as it was served.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Chain {
    /// The certificates in the order that they came in.
    pub certificates: Vec<Certificate>,
    /// The verdict against the pinned roots.
    pub trust: Trust,
}

/// One certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Certificate {
    /// SHA-256 of its DER, in hexadecimal.
    pub sha256: String,
    /// SHA-256 of its public key's DER, in hexadecimal.
    pub key_sha256: String,
    /// Its serial number, in hexadecimal.
    pub serial: String,
    /// Its subject, as RFC 4514 writes it.
    pub subject: String,
    /// Its issuer, as RFC 4514 writes it.
    pub issuer: String,
    /// The organisation, else the common name, of its issuer: `Let's Encrypt`.
    pub authority: String,
    /// DNS names in its subject alternative names, as they stand there.
    pub names: Vec<String>,
    /// IP addresses in its subject alternative names.
    pub addresses: Vec<std::net::IpAddr>,
    /// From when it is valid.
    pub not_before: Timestamp,
    /// Until when.
    pub not_after: Timestamp,
    /// The kind of its key.
    pub key: KeyKind,
    /// Bits of its key: of the modulus for RSA, of the curve for EC.
    pub key_bits: u32,
    /// The hash in its signature.
    pub signature_hash: SignatureHash,
    /// It may sign other certificates.
    pub is_authority: bool,
    /// Subject and issuer are the same, and it signed itself.
    pub is_self_signed: bool,
    /// It demands a stapled OCSP response (RFC 7633).
    pub must_staple: bool,
    /// Signed certificate timestamps in it.
    pub timestamps: u32,
    /// Where its issuer's CRL is.
    pub crl_urls: Vec<String>,
    /// Where its issuer's OCSP responder is.
    pub ocsp_urls: Vec<String>,
    /// Where its issuer's own certificate is.
    pub issuer_urls: Vec<String>,
    /// Its key is one that Debian's OpenSSL of 2006 to 2008 made, or another that is publicly known; unknown where no list was asked.
    pub key_is_compromised: Answer<bool>,
}

/// The kind of a public key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum KeyKind {
    /// RSA.
    Rsa,
    /// An elliptic curve.
    Ec,
    /// Ed25519 or Ed448.
    Eddsa,
    /// DSA.
    Dsa,
    /// Another, by its object identifier.
    Other(String),
}

/// The hash that a signature is made over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum SignatureHash {
    /// MD2.
    Md2,
    /// MD5.
    Md5,
    /// SHA-1.
    Sha1,
    /// SHA-224.
    Sha224,
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512, also where it is part of Ed25519.
    Sha512,
    /// Another, by its object identifier.
    Other(String),
}

/// What verifying a chain says: webpki's verdict, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Trust {
    /// A public root, or one of `--extra-roots`, vouches for it, now and for this name; revocation aside.
    pub trusted: bool,
    /// Everything that is wrong with it, the weightiest first; empty where nothing is.
    pub diagnoses: Vec<Diagnosis>,
    /// What the issuer's revocation list says.
    pub revocation: Revocation,
}

/// One thing that is wrong with a chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum Diagnosis {
    /// Its time is over.
    Expired {
        /// Since when.
        since: Timestamp,
        /// Which certificate of the chain: 0 is the site's own.
        position: usize,
    },
    /// Its time has not come.
    NotYetValid {
        /// From when it is valid.
        from: Timestamp,
        /// Which certificate of the chain.
        position: usize,
    },
    /// It is for other names.
    WrongName {
        /// Those that it has.
        has: Vec<String>,
    },
    /// It has no subject alternative name, only a common name, which no browser looks at.
    OnlyCommonName,
    /// It vouches for itself.
    SelfSigned,
    /// An intermediate is missing between the chain and a root.
    Incomplete {
        /// The issuer that is missing, as RFC 4514 writes it.
        missing: String,
        /// With the intermediate fetched or known, it would be trusted; unknown where that was not tried.
        would_be_trusted: Answer<bool>,
    },
    /// The certificates came in an order that is not the chain's, or with others that are none of it.
    Disordered,
    /// It ends at a root that is not one of the pinned ones.
    UnknownAuthority {
        /// That root, as RFC 4514 writes it.
        root: String,
    },
    /// A signature does not fit.
    BadSignature {
        /// Of which certificate of the chain.
        position: usize,
    },
    /// A certificate that may not sign others did, or against its constraints.
    NotAnAuthority {
        /// Which certificate of the chain.
        position: usize,
    },
    /// Its use is not that of a server.
    WrongUse,
    /// It cannot be read.
    Unreadable {
        /// Which certificate of the chain.
        position: usize,
    },
    /// Another reason, in webpki's words.
    Other {
        /// The words.
        reason: String,
    },
}

/// What the issuer's revocation list says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum Revocation {
    /// It is on the list.
    Revoked {
        /// Since when.
        since: Timestamp,
        /// The reason by RFC 5280, 5.3.1: `keyCompromise`.
        reason: String,
    },
    /// It is not on the list.
    NotRevoked,
    /// It names no list.
    NoList,
    /// Nobody asked, or nobody answered.
    Unknown {
        /// Why.
        why: String,
    },
}
