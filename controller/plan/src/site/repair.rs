//! What people change by hand on a container that stays, and the steps that put it back without a restart.

use crate::docker::names;
use crate::docker::{Build, ContainerState, Declaration, Limits, label};
use crate::document::values::WorkloadName;
use crate::plan::{Action, Change, Lane, Revision, Scene};

/// Plans to put a revision back on its member's network, at its address, and to give it its limits. True if it is
/// not where it should be.
pub(super) fn mend(build: &Build, workload: &WorkloadName, revision: &Revision, lane: &mut Lane) -> bool {
    // a person froze it, and has to wake it first
    if revision.seen.state == ContainerState::Paused {
        return false;
    }
    limit(revision, lane);
    connect(build, workload, revision, lane)
}

fn connect(build: &Build, workload: &WorkloadName, revision: &Revision, lane: &mut Lane) -> bool {
    let network = names::network(build.platform, build.member);
    let Some(address) = revision.address() else { return false };
    let there = revision.seen.addresses.get(&network);
    if there == Some(&address) {
        return false;
    }
    let (object, container) = (format!("container {}", revision.name), revision.name.to_owned());
    let because = match there {
        Some(there) => format!("its address is {there}, and it should be {address}"),
        None => format!("it is not on the network {network}"),
    };
    if there.is_some() {
        let (network, container) = (network.clone(), container.clone());
        lane.step(object.clone(), because.clone(), Action::DisconnectNetwork { network, container });
    }
    let aliases = vec![workload.to_string()];
    lane.step(object, because, Action::ConnectNetwork { network, container, address, aliases });
    true
}

fn limit(revision: &Revision, lane: &mut Lane) {
    let declaration = revision.seen.labels.get(label::DECLARATION);
    let declaration = declaration.and_then(|text| serde_json::from_str::<Declaration>(text).ok());
    let (Some(declared), Some(there)) = (declaration.map(|it| it.limits()), revision.seen.limits) else {
        return;
    };
    if declared != there {
        let name = revision.name.to_owned();
        lane.change(
            format!("container {name}"),
            "somebody changed its limits",
            differences(there, declared),
            Action::UpdateLimits { name, limits: declared },
        );
    }
}

fn differences(there: Limits, declared: Limits) -> Vec<Change> {
    let pairs = [
        ("memoryBytes", there.memory_bytes, declared.memory_bytes),
        ("cpuNano", there.cpu_nano, declared.cpu_nano),
        ("pids", there.pids.into(), declared.pids.into()),
    ];
    let changed = pairs.into_iter().filter(|(_, old, new)| old != new);
    let text = |value: u64| Some(if value == 0 { "no limit".to_owned() } else { value.to_string() });
    changed
        .map(|(field, old, new)| Change { field: field.to_owned(), old: text(old), new: text(new) })
        .collect()
}

/// Whether another container has the address of a revision that lost it.
pub(super) fn is_robbed(scene: &Scene, build: &Build, revision: &Revision) -> bool {
    let network = names::network(build.platform, build.member);
    let Some(address) = revision.address() else { return false };
    let has_it = revision.seen.addresses.get(&network) == Some(&address);
    !has_it && scene.addresses(&network).contains(&address)
}
