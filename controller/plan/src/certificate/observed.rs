//! What was seen of certificates: those in force, orders that are open, and what an issuer refused.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::document::values::{CertificateName, DomainName, IssuerName};
use crate::document::{ChallengeKind, KeyType};

/// A certificate with its key in the state folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObservedCertificate {
    /// The names in it.
    pub names: BTreeSet<CertificateName>,
    /// From when it is valid.
    pub not_before: Timestamp,
    /// Until when it is valid.
    pub not_after: Timestamp,
    /// Who issued it.
    pub signer: Signer,
    /// The kind of its key; none for one that no document can ask for.
    pub key_type: Option<KeyType>,
    /// When its issuer would have it renewed; none where the issuer does not say so.
    pub window: Option<Window>,
    /// SHA-256 of the certificate itself, as a handshake shows it.
    pub leaf: String,
    /// SHA-256 of the file with chain and key, as the ingress takes it.
    pub bundle: String,
}

/// Who issued a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Signer {
    /// The platform's own authority with this fingerprint.
    Authority(String),
    /// An issuer that the platform names.
    Issuer(IssuerName),
}

/// When an issuer would have a certificate renewed (RFC 9773, 4.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    /// What the issuer calls the certificate (RFC 9773, 4.1); an order names it in `replaces`.
    pub certificate: String,
    /// From when.
    pub start: Timestamp,
    /// Until when.
    pub end: Timestamp,
}

/// An order that is open: written down before the issuer is asked, so that no crash costs a second one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObservedOrder {
    /// At whom.
    pub issuer: IssuerName,
    /// For what.
    pub names: BTreeSet<CertificateName>,
    /// The kind of key.
    pub key_type: KeyType,
    /// How it is shown that the names are ours.
    pub challenge: ChallengeKind,
    /// When it was written down.
    pub begun: Timestamp,
    /// How far it is.
    pub stage: OrderStage,
    /// Whether its certificate is the one in force.
    pub in_force: bool,
}

/// How far an order is (RFC 8555, 7.1.6).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OrderStage {
    /// Written down; whether the issuer has it is not known.
    Intended,
    /// The issuer wants to see that the names are ours.
    Pending(Vec<Challenge>),
    /// It has seen that all are.
    Ready,
    /// It makes the certificate.
    Processing,
    /// The certificate can be fetched.
    Valid,
    /// It will give none for this order.
    Invalid {
        /// In its words.
        why: String,
        /// The names at which it failed.
        names: BTreeSet<DomainName>,
    },
    /// It does not know the order any more.
    Gone,
    /// It does not answer.
    Unseen {
        /// Why.
        why: String,
    },
}

/// What an issuer wants to see of one name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge {
    /// The name.
    pub name: DomainName,
    /// The challenge's own name (RFC 8555, 8.1): letters, digits, `-` and `_`.
    pub token: String,
    /// What is to be seen.
    pub answer: String,
    /// Whether the issuer was told to look.
    pub told: bool,
}

/// What an issuer last refused a member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Who.
    pub issuer: IssuerName,
    /// For what.
    pub names: BTreeSet<CertificateName>,
    /// In its words.
    pub why: String,
    /// When.
    pub at: Timestamp,
    /// From when on it may be asked again, as far as it says so.
    pub again: Timestamp,
}

impl ObservedCertificate {
    /// Whether it is good for a host.
    pub fn covers(&self, host: &DomainName) -> bool {
        self.names.iter().any(|name| name.covers(host))
    }
}
