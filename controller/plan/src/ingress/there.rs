//! The routes that an ingress has, by member.

use std::collections::BTreeMap;

use super::files;
use crate::docker::IngressFiles;
use crate::document::values::{MemberName, WorkloadName};

/// The routes that an ingress has: those in the configuration that was written, and those that visitors may still take.
#[derive(Debug, Clone, Default)]
pub struct RoutesThere<'a> {
    written: ByMember<'a>,
    taken: ByMember<'a>,
}

type ByMember<'a> = BTreeMap<MemberName, Vec<&'a str>>;

impl<'a> RoutesThere<'a> {
    /// Sorts the paths of all routes by their members.
    pub fn new(files: Option<&'a IngressFiles>) -> Self {
        let Some(files) = files else { return Self::default() };
        let written = by_member(files.routes.iter());
        // while another configuration may still run, every route that there is a file of
        let taken = if in_force(files) {
            written.clone()
        } else {
            by_member(files.files.keys().filter(|path| path.starts_with("routes/")))
        };
        Self { written, taken }
    }

    /// The paths of a member's routes in the configuration that was written.
    pub(super) fn written(&self, member: &MemberName) -> &[&'a str] {
        self.written.get(member).map_or(&[], Vec::as_slice)
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

/// Whether the configuration that was written is the one that nginx runs.
pub(super) fn in_force(files: &IngressFiles) -> bool {
    files.current.is_some() && files.current == files.loaded
}
