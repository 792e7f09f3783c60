//! What was seen of the zones: at the server that changes them, at those that serve them, and from a resolver.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;

use super::record::{Kind, Owner, Records};
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
    /// Where names that issuers look at lead, of those that are in no zone here: asked of the resolver.
    pub leads: BTreeMap<Owner, Result<Owner, String>>,
}

/// A zone at the server that changes it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ObservedZone {
    /// Serial of its SOA record.
    pub serial: u32,
    /// Its records, without those that the server keeps by itself.
    pub records: Records,
    /// Records of which not even the outside could be read: they are left as they are.
    pub unread: BTreeSet<(Owner, Kind)>,
    /// When the first of its signatures ends; none where it is not signed.
    pub signed_until: Option<Timestamp>,
    /// What the registrar should have as DS, from the zone's own CDS records: `12345 13 2 0A1B…`.
    pub ds: Vec<String>,
}

impl ObservedZone {
    /// Whether it is as servers make it: nothing but name servers.
    pub fn is_fresh(&self) -> bool {
        self.unread.is_empty()
            && self.records.keys().all(|(_, kind)| *kind == Kind::NS)
            && self.records.len() <= 1
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
