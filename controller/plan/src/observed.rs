//! What was seen of the world: the engines, and the certificates and secrets of the state folder.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::docker::ObservedEngine;
use crate::document::values::{DomainName, EngineName, MemberName, SecretName};
use crate::domain::ObservedDns;

/// One look at everything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Observed {
    /// Each engine, or why it could not be seen; absent while a look at it is under way.
    pub engines: BTreeMap<EngineName, Result<ObservedEngine, String>>,
    /// Fingerprint of the platform's own authority; none before the first start.
    pub authority: Option<String>,
    /// The members' certificates in the state folder; damaged ones are left out.
    pub certificates: BTreeMap<MemberName, ObservedCertificate>,
    /// The zones; none where the platform names no name server.
    pub dns: Option<ObservedDns>,
    /// Keyed fingerprints of the contents of the secrets that are there.
    pub secrets: BTreeMap<MemberName, BTreeMap<SecretName, String>>,
}

/// A certificate with its key in the state folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObservedCertificate {
    /// The names in it.
    pub hosts: BTreeSet<DomainName>,
    /// From when it is valid.
    pub not_before: Timestamp,
    /// Until when it is valid.
    pub not_after: Timestamp,
    /// Fingerprint of the authority that issued it.
    pub authority: String,
    /// SHA-256 of the file with chain and key, as the ingress takes it.
    pub bundle: String,
}
