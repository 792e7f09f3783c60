//! The routes that an ingress has, by member.

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

use super::files;
use super::revisions::{IngressRevisions, taken};
use crate::docker::{IngressFiles, Lead};
use crate::document::values::{MemberName, WorkloadName};

/// The routes that an ingress has: those in the configuration that was written, and those that visitors may still take.
#[derive(Debug, Clone, Default)]
pub struct RoutesThere<'a> {
    written: ByMember<'a>,
    taken: ByMember<'a>,
    leads: BTreeMap<MemberName, Vec<&'a Lead>>,
}

type ByMember<'a> = BTreeMap<MemberName, Vec<&'a str>>;

impl<'a> RoutesThere<'a> {
    /// Sorts the paths of all routes by their members.
    pub fn new(revisions: &IngressRevisions<'a>, files: Option<&'a IngressFiles>) -> Self {
        let Some(seen) = files else { return Self::default() };
        let written = revisions.written(seen).and_then(|digest| seen.routes.get(digest));
        let written = by_member(written.into_iter().flatten());
        let taken: BTreeSet<&String> =
            revisions.there().iter().flat_map(|revision| taken(revision, seen)).collect();
        let taken = by_member(taken.into_iter());
        let mut leads: BTreeMap<MemberName, Vec<&Lead>> = BTreeMap::new();
        for (path, lead) in &seen.leads {
            if let Some(member) = files::member_of(path) {
                leads.entry(member).or_default().push(lead);
            }
        }
        Self { written, taken, leads }
    }

    /// The paths of a member's routes in the configuration that was written.
    pub(super) fn written(&self, member: &MemberName) -> &[&'a str] {
        self.written.get(member).map_or(&[], Vec::as_slice)
    }

    /// The addresses of a member that visitors may still be sent to.
    pub fn addresses(&self, member: &MemberName) -> impl Iterator<Item = Ipv4Addr> {
        self.leads.get(member).into_iter().flatten().filter_map(|lead| lead.address)
    }

    /// Whether visitors may still be sent to a member.
    pub fn lead_to(&self, member: &MemberName) -> bool {
        self.taken.contains_key(member)
    }

    /// Whether visitors may still be sent to a workload.
    pub fn lead_to_workload(&self, member: &MemberName, workload: &WorkloadName) -> bool {
        let taken = self.taken.get(member);
        taken
            .is_some_and(|paths| paths.iter().any(|path| files::workload_of(path).as_ref() == Some(workload)))
    }
}

fn by_member<'a>(paths: impl Iterator<Item = &'a String>) -> ByMember<'a> {
    let mut routes = ByMember::new();
    for path in paths {
        if let Some(member) = files::member_of(path) {
            routes.entry(member).or_default().push(path);
        }
    }
    routes
}
