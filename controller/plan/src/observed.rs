//! What was seen of the world: the engines, the certificates, orders and secrets of the state folder.

use std::collections::{BTreeMap, BTreeSet};

use crate::certificate::budget::Ledger;
use crate::certificate::{ObservedCertificate, ObservedOrder, Refusal};
use crate::docker::ObservedEngine;
use crate::document::values::{EngineName, IssuerName, MemberName, SecretName};
use crate::domain::{ObservedDns, Proofs};

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
    /// Issuers where we have an account.
    pub accounts: BTreeSet<IssuerName>,
    /// Orders that are open, by the member that they are for.
    pub orders: BTreeMap<MemberName, ObservedOrder>,
    /// Records that show issuers whose names are, by the member that they were set for.
    pub proofs: BTreeMap<MemberName, Proofs>,
    /// What issuers last refused, by the member that it was for.
    pub refusals: BTreeMap<MemberName, Refusal>,
    /// What was spent at each issuer.
    pub ledgers: BTreeMap<IssuerName, Ledger>,
    /// Keyed fingerprints of the contents of the secrets that are there.
    pub secrets: BTreeMap<MemberName, BTreeMap<SecretName, String>>,
}
