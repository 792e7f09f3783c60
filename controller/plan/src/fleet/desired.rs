//! What should be: every member that may be acted on, and those that must be left alone.

use std::collections::{BTreeMap, BTreeSet};

use super::Pinned;
use crate::document::values::{EngineName, IssuerName, MemberName, PlatformName};
use crate::document::{Engine, Issuer, MemberSpec, Platform};
use crate::domain::Records;

/// The fleet as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Desired {
    /// Where things run.
    pub platform: Platform,
    /// The members by name.
    pub members: BTreeMap<MemberName, DesiredMember>,
    /// Members whose document was never valid: whatever there is of theirs stays as it is.
    pub unknown: BTreeSet<MemberName>,
    /// Members whose document is an earlier one.
    pub pinned: BTreeMap<MemberName, Pinned>,
    /// Reasons to think that the fleet is not all here; any of them freezes removals.
    pub doubts: Vec<String>,
}

/// A member as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DesiredMember {
    /// What its document says; the last valid one where today's is not.
    pub spec: MemberSpec,
    /// The records that its document writes.
    pub records: Records,
    /// The engine that it runs on.
    pub engine: EngineName,
    /// Whether it may be changed.
    pub treatment: Treatment,
}

/// Whether a member may be changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Treatment {
    /// Made as its document says.
    Change,
    /// Made as its last valid document says, because today's has problems.
    LastValid,
    /// `suspend: true`: observed and reported, unchanged.
    Suspended,
}

impl Desired {
    /// The platform's name.
    pub fn name(&self) -> &PlatformName {
        &self.platform.metadata.name
    }

    /// The platform's engines.
    pub fn engines(&self) -> &[Engine] {
        &self.platform.spec.engines.value
    }

    /// An issuer that the platform names.
    pub fn issuer(&self, name: &IssuerName) -> Option<&Issuer> {
        self.platform.spec.issuers.iter().find(|issuer| issuer.name.value == *name)
    }

    /// The member, where it should be on `engine`.
    pub fn on_engine(&self, engine: &EngineName) -> impl Iterator<Item = (&MemberName, &DesiredMember)> {
        self.members.iter().filter(move |(_, member)| member.engine == *engine)
    }
}

impl DesiredMember {
    /// Whether steps may be planned for it.
    pub fn may_change(&self) -> bool {
        self.treatment != Treatment::Suspended
    }
}
