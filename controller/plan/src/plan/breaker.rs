//! The breaker: removals that are too many, or that rest on an input that may not be complete, are held.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::scene::departed;
use crate::docker::ObservedEngine;
use crate::docker::names::{self, Object};
use crate::document::values::{EngineName, MemberName};
use crate::fleet::Desired;
use crate::observed::Observed;

/// So many members may always lose something in one plan.
const ALWAYS: usize = 2;
/// One in so many members may lose something in one plan.
const SHARE: usize = 10;

/// Which removals are held, and why.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Breaker {
    held: BTreeMap<MemberName, Held>,
}

/// The removals of one member that are held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Held {
    /// The member.
    pub member: MemberName,
    /// What would go.
    pub objects: Vec<String>,
    /// Why it is held.
    pub because: String,
}

impl Breaker {
    /// Looks at all removals at once. `released` are members whose removals a person let through.
    pub fn judge(desired: &Desired, observed: &Observed, released: &BTreeSet<MemberName>) -> Self {
        let removals = removals(desired, observed);
        let present = present(desired, observed);
        let limit = ALWAYS.max(present / SHARE);
        let because = if let Some(doubt) = desired.doubts.first() {
            format!("the fleet may not be complete: {doubt}")
        } else if let Some(unseen) = unseen(desired, observed) {
            format!("the engine {unseen} cannot be seen, and with it how many members would lose something")
        } else if removals.len() > limit {
            let count = removals.len();
            format!("{count} of {present} members would lose something at once, and {limit} may")
        } else {
            return Self::default();
        };
        let held =
            removals.into_iter().filter(|(member, _)| !released.contains(member)).map(|(member, objects)| {
                let held = Held { member: member.clone(), objects, because: because.clone() };
                (member, held)
            });
        Self { held: held.collect() }
    }

    /// Whether nothing of this member may be removed.
    pub fn holds(&self, member: &MemberName) -> bool {
        self.held.contains_key(member)
    }

    /// What is held, by member.
    pub fn into_held(self) -> Vec<Held> {
        self.held.into_values().collect()
    }
}

/// An engine that could not be looked at.
fn unseen<'a>(desired: &'a Desired, observed: &Observed) -> Option<&'a EngineName> {
    let mut names = desired.engines().iter().map(|engine| &engine.name.value);
    names.find(|name| !matches!(observed.engines.get(*name), Some(Ok(_))))
}

/// How many members have a workload or a network on any engine.
fn present(desired: &Desired, observed: &Observed) -> usize {
    let members: BTreeSet<MemberName> = seen(observed)
        .flat_map(|(_, engine)| {
            let containers = engine.containers.values().map(|container| &container.labels);
            let networks = engine.networks.values().map(|network| &network.labels);
            containers.chain(networks).filter_map(|labels| {
                let owned = names::owned(desired.name(), labels)?;
                owned.member.filter(|_| owned.object != Object::Keeper)
            })
        })
        .collect();
    members.len()
}

/// Everything that this input would remove, by member: members that left, and workloads that left a document.
fn removals(desired: &Desired, observed: &Observed) -> BTreeMap<MemberName, Vec<String>> {
    let mut removals: BTreeMap<MemberName, Vec<String>> = BTreeMap::new();
    for (name, engine) in seen(observed) {
        let departed = departed(desired, name, engine);
        for member in &departed {
            removals.entry(member.clone()).or_default();
        }
        let objects =
            engine.containers.iter().map(|(name, container)| ("container", name, &container.labels));
        let networks = engine.networks.iter().map(|(name, network)| ("network", name, &network.labels));
        for (kind, name, labels) in objects.chain(networks) {
            let Some(owned) = names::owned(desired.name(), labels) else { continue };
            let Some(member) = owned.member else { continue };
            if departed.contains(&member) && owned.object != Object::Keeper
                || is_stale(desired, &member, &owned.object)
            {
                removals.entry(member).or_default().push(format!("{kind} {name}"));
            }
        }
    }
    removals
}

/// A workload of a member that stays, but whose document no longer names it.
pub fn is_stale(desired: &Desired, member: &MemberName, object: &Object) -> bool {
    let Object::Workload(workload) = object else { return false };
    let Some(desired) = desired.members.get(member).filter(|member| member.may_change()) else {
        return false;
    };
    desired.spec.workloads().all(|(name, _)| name != *workload)
}

fn seen(observed: &Observed) -> impl Iterator<Item = (&EngineName, &ObservedEngine)> {
    observed.engines.iter().filter_map(|(name, engine)| engine.as_ref().ok().map(|engine| (name, engine)))
}
