//! The lane of a member that left an engine: routes, containers and network go, its volumes stay.

use super::drain::{USUAL_SECONDS, drain};
use crate::docker::keeper;
use crate::docker::names::{self, Object};
use crate::document::values::MemberName;
use crate::plan::{Action, Lane, Revision, STARTING, Scene};

const BECAUSE: &str = "the fleet no longer has this member here; its volumes stay";

/// Plans the end of what serves a member that left; the breaker was asked before.
pub fn departure(scene: &Scene, member: &MemberName) -> Lane {
    let mut lane =
        Lane::new(format!("{}/{member}", scene.engine_name()), Some(member), Some(scene.engine_name()));
    let network = names::network(scene.platform(), member);
    if let Some(missing) = scene.moving.get(member) {
        lane.wait(format!("network {network}"), missing, STARTING);
        lane.later(|lane| removals(scene, member, network, lane));
    } else if scene.routes().lead_to(member) {
        lane.wait(format!("network {network}"), "until the ingress sends nobody here any more", STARTING);
        lane.later(|lane| removals(scene, member, network, lane));
    } else {
        keep_volumes(scene, member, &mut lane);
        for revision in workloads(scene, member) {
            drain(scene, revision, USUAL_SECONDS, BECAUSE, &mut lane);
        }
        removals(scene, member, network, &mut lane);
    }
    lane
}

fn workloads<'s, 'a>(
    scene: &'s Scene<'a>,
    member: &MemberName,
) -> impl Iterator<Item = &'s Revision<'a>> + use<'s, 'a> {
    let all = scene.containers(member).iter();
    all.filter(|revision| matches!(revision.owned.object, Object::Workload(_)))
}

fn removals(scene: &Scene, member: &MemberName, network: String, lane: &mut Lane) {
    for revision in workloads(scene, member) {
        lane.stop_and_remove(revision.name, BECAUSE);
    }
    let there = scene.seen.networks.get(&network);
    if there.is_some_and(|there| names::owned(scene.platform(), &there.labels).is_some()) {
        lane.step(format!("network {network}"), BECAUSE, Action::RemoveNetwork { name: network });
    }
}

/// A container that never starts says since when the volumes wait, and keeps a prune from taking them.
fn keep_volumes(scene: &Scene, member: &MemberName, lane: &mut Lane) {
    let there = scene.containers(member).iter().any(|revision| revision.owned.object == Object::Keeper);
    let volumes = scene.volumes(member);
    let image = &scene.engine.ingress.image.listed();
    if there || volumes.is_empty() {
        return;
    }
    scene.pull(&scene.engine.ingress.image, "the keeper of the volumes needs it", lane);
    let day = scene.now.strftime("%Y-%m-%d").to_string();
    let names = volumes.iter().map(|name| (*name).to_owned());
    let container = keeper(scene.platform(), member, names, image, &day);
    let object = format!("container {}", container.name);
    let because = "it keeps the volumes of the member, with the day it left, and never starts";
    lane.step(object, because, Action::CreateContainer(Box::new(container)));
}
