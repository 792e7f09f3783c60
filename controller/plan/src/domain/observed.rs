//! What was seen of the zones: at the server that changes them, at those that serve them, and from a resolver.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;

use super::record::{Kind, Owner, Records, RrSet};
use crate::document::values::DomainName;

/// One look at the zones.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ObservedDns {
    /// Why the server cannot be asked at all.
    pub away: Option<String>,
    /// Every zone that was asked for.
    pub zones: BTreeMap<DomainName, Result<Arc<ObservedZone>, ZoneTrouble>>,
    /// The zones that the catalog has, or why it cannot be read; none where the platform names none.
    pub catalog: Option<Result<BTreeSet<DomainName>, String>>,
    /// What each name server answered for each zone: its serial, or why there was no good answer.
    pub served: BTreeMap<DomainName, BTreeMap<DomainName, Result<u32, String>>>,
    /// What the validating resolver says of each zone; empty without one.
    pub delegations: BTreeMap<DomainName, Delegation>,
    /// The DS records that the parent of each zone has, as the resolver finds them; none where it gives no answer.
    pub signers: BTreeMap<DomainName, BTreeSet<DelegationSigner>>,
    /// Whom the parent of each zone names as its name servers; empty without a resolver, which finds the parents.
    pub referrals: BTreeMap<DomainName, Referral>,
    /// Where names that issuers look at lead, of those that are in no zone here: asked of the resolver.
    pub leads: BTreeMap<Owner, Result<Owner, String>>,
}

/// A zone at the server that changes it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ObservedZone {
    /// Serial of its SOA record.
    pub serial: u32,
    /// The SOA record itself, with 0 for a serial.
    pub start: Option<RrSet>,
    /// Its records, without those that the server keeps by itself.
    pub records: Records,
    /// Records of which not even the outside could be read: they are left as they are.
    pub unread: BTreeSet<(Owner, Kind)>,
    /// When the first of its signatures ends; none where it is not signed.
    pub signed_until: Option<Timestamp>,
    /// What the parent should have as DS, from the zone's own CDS records (RFC 7344).
    pub signers: BTreeSet<DelegationSigner>,
}

impl ObservedZone {
    /// Whether it is as servers make it: nothing but name servers.
    pub fn is_fresh(&self) -> bool {
        self.unread.is_empty()
            && self.records.keys().all(|(_, kind)| *kind == Kind::NS)
            && self.records.len() <= 1
    }
}

/// What vouches for a key of a zone: the content of a DS record, and of a CDS record (RFC 4034, 5.1).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct DelegationSigner {
    /// The key, by its tag.
    pub tag: u16,
    /// The algorithm of the key.
    pub algorithm: u8,
    /// The algorithm of the digest.
    pub digest_type: u8,
    /// The digest of the key.
    pub digest: Vec<u8>,
}

impl DelegationSigner {
    /// Whether both are about one key: each may have digests that the other has not.
    pub fn is_of_key_of(&self, other: &Self) -> bool {
        let same_digest = self.digest_type != other.digest_type || self.digest == other.digest;
        (self.tag, self.algorithm) == (other.tag, other.algorithm) && same_digest
    }
}

/// As a registrar wants it: `12345 13 2 0A1B…`.
impl fmt::Display for DelegationSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { tag, algorithm, digest_type, digest } = self;
        write!(f, "{tag} {algorithm} {digest_type} ")?;
        digest.iter().try_for_each(|byte| write!(f, "{byte:02X}"))
    }
}

/// Why a zone could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ZoneTrouble {
    /// The server does not have it, in its own words.
    Missing(String),
    /// It could not be read.
    Unreadable(String),
}

/// What a validating resolver says of a zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delegation {
    /// The chain of signatures holds.
    Secure,
    /// The parent has no DS, or the zone is reached without signatures.
    Insecure,
    /// The resolver refuses its data: signatures and DS do not agree.
    Bogus(String),
    /// There was no answer to judge by.
    Unknown(String),
}

/// Whom the parent of a zone names as its name servers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Referral {
    /// These; empty where it does not delegate the zone.
    To(BTreeSet<Owner>),
    /// The parent's name servers hold the zone too, and answer for it rather than to say whom the parent names.
    Held,
    /// There was no answer to judge by.
    Unknown(String),
}
