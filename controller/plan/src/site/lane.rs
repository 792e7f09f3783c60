//! The lane of one member on its engine: network, volumes, then workload by workload in the order of their needs.

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

use super::drain::{USUAL_SECONDS, drain_and_remove};
use super::workload::steps;
use crate::docker::names::{self, Object};
use crate::docker::{Build, addresses, secret_files};
use crate::document::Workload;
use crate::document::values::{MemberName, WorkloadName};
use crate::fleet::DesiredMember;
use crate::plan::{Action, Lane, Revision, STARTING, Scene};

/// Plans everything of a member on its engine but the routes.
pub fn lane(scene: &Scene, name: &MemberName, member: &DesiredMember) -> Lane {
    let mut lane =
        Lane::new(format!("{}/{name}", scene.engine_name()), Some(name), Some(scene.engine_name()));
    let build = scene.build(name, member);
    welcome_back(scene, &build, &mut lane);
    // the network last: should it have to be made anew, nothing else may be missing
    if !volumes(scene, &build, &mut lane) || !network(scene, &build, &mut lane) {
        return lane;
    }
    workloads(scene, &build, &mut lane);
    stale(scene, &build, &mut lane);
    lane
}

/// A member that left and comes back needs no keeper any more.
fn welcome_back(scene: &Scene, build: &Build, lane: &mut Lane) {
    for keeper in scene.containers(build.member).iter().filter(|c| c.owned.object == Object::Keeper) {
        let name = keeper.name.to_owned();
        lane.step(format!("container {name}"), "the member is back", Action::RemoveContainer { name });
    }
}

/// Plans the network; false if nothing can hang on it yet.
fn network(scene: &Scene, build: &Build, lane: &mut Lane) -> bool {
    let name = names::network(build.platform, build.member);
    let object = format!("network {name}");
    let Some(subnet) = scene.subnets.get(build.member) else {
        lane.block(
            object,
            format!("the range {} has no free network left", scene.engine.range),
            "give the engine a wider range in platform.yaml",
        );
        return false;
    };
    let create = Action::CreateNetwork(build.network(*subnet));
    let Some(there) = scene.seen.networks.get(&name) else {
        lane.step(object, format!("{} has no network", build.member), create);
        return true;
    };
    match names::owned(build.platform, &there.labels) {
        None => {
            lane.foreign("network", &name);
            false
        }
        Some(owned) if owned.hash == build.network_hash() => true,
        // a new network takes every container with it, also those whose removal is held
        Some(_) if scene.breaker.holds(build.member) => {
            let message = "egress changed, but a new network would take containers whose removal is held";
            lane.block(
                object,
                message,
                "look at campanile plan, and release the removals or mend the document",
            );
            false
        }
        Some(_) => {
            let because = "egress changed, and only a new network can follow";
            for (name, workload) in build.spec.workloads() {
                scene.pull(&workload.image.value, &format!("{name} needs it"), lane);
            }
            for revision in scene.containers(build.member) {
                if matches!(revision.owned.object, Object::Workload(_)) {
                    lane.stop_and_remove(revision.name, because);
                }
            }
            lane.step(object.clone(), because, Action::RemoveNetwork { name });
            lane.step(object.clone(), because, create);
            lane.wait(object, "until the network is there again", STARTING);
            false
        }
    }
}

/// Plans the volumes; false if one of them cannot be had.
fn volumes(scene: &Scene, build: &Build, lane: &mut Lane) -> bool {
    let mut right = true;
    let mut planned = BTreeSet::new();
    for (name, workload) in build.spec.workloads() {
        for volume in build.volumes(&name, workload) {
            let object = format!("volume {}", volume.name);
            match scene.seen.volumes.get(&volume.name) {
                Some(there) if names::owned(build.platform, &there.labels).is_none() => {
                    lane.foreign("volume", &volume.name);
                    right = false;
                }
                None if planned.insert(volume.name.clone()) => {
                    lane.step(object, format!("{name} keeps data there"), Action::CreateVolume(volume));
                }
                _ => {}
            }
        }
        right &= secrets(build, workload, lane);
    }
    right
}

/// Notes secrets that are not there; false if one is missing.
fn secrets(build: &Build, workload: &Workload, lane: &mut Lane) -> bool {
    let known = |secret| build.secrets.is_some_and(|known| known.contains_key(secret));
    let missing: Vec<_> = secret_files(workload).filter(|(_, secret)| !known(*secret)).collect();
    for (_, secret) in &missing {
        lane.block(
            format!("secret {secret}"),
            format!("the secret {secret} is not in the folder of secrets"),
            format!(
                "write it to secrets/{}/{secret} in the state folder, readable by the controller alone (chmod 600)",
                build.member
            ),
        );
    }
    missing.is_empty()
}

/// Plans every workload whose needs are ready.
fn workloads(scene: &Scene, build: &Build, lane: &mut Lane) {
    let mut taken: BTreeSet<Ipv4Addr> =
        scene.containers(build.member).iter().filter_map(Revision::address).collect();
    // visitors may still be sent to these; and foreign containers on the member's network have their addresses too
    taken.extend(scene.routes().addresses(build.member));
    let network = names::network(build.platform, build.member);
    taken.extend(scene.addresses(&network));
    let subnet = scene.subnets.get(build.member).copied();
    let mut ready: BTreeSet<WorkloadName> = BTreeSet::new();
    for (name, workload) in in_order(build) {
        let waits: Vec<_> = workload.needs.iter().filter(|need| !ready.contains(&need.value)).collect();
        if let Some(need) = waits.first() {
            lane.wait(
                format!("workload {name}"),
                format!("until {need} is ready, which {name} needs"),
                STARTING,
            );
            continue;
        }
        let address = || {
            let address = addresses::free_address(subnet?, &taken)?;
            taken.insert(address);
            Some(address)
        };
        if steps(scene, build, (&name, workload), address, lane) {
            ready.insert(name);
        }
    }
}

/// The workloads, each after those that it needs; by name where that leaves a choice.
fn in_order<'a>(build: &Build<'a>) -> Vec<(WorkloadName, &'a Workload)> {
    let mut open: BTreeMap<WorkloadName, &Workload> = build.spec.workloads().collect();
    let mut ordered = Vec::new();
    while !open.is_empty() {
        let free = open
            .iter()
            .find(|(_, workload)| workload.needs.iter().all(|need| !open.contains_key(&need.value)));
        // validation refuses circles; should there be one, its members come last and wait
        let Some(name) = free.or_else(|| open.iter().next()).map(|(name, _)| name.clone()) else { break };
        if let Some(workload) = open.remove(&name) {
            ordered.push((name, workload));
        }
    }
    ordered
}

/// Plans the end of workloads that left the document, unless the breaker holds it.
fn stale(scene: &Scene, build: &Build, lane: &mut Lane) {
    if scene.breaker.holds(build.member) {
        return;
    }
    for revision in scene.containers(build.member) {
        if !crate::plan::is_stale(scene.desired, build.member, &revision.owned.object) {
            continue;
        }
        let Object::Workload(workload) = &revision.owned.object else { continue };
        if scene.routes().lead_to_workload(build.member, workload) {
            lane.remove_unrouted(revision.name, "the document no longer names it");
        } else {
            drain_and_remove(scene, revision, USUAL_SECONDS, "the document no longer names it", lane);
        }
    }
}
