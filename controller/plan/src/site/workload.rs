//! One workload: which of its revisions serves, and the steps to the one that should.

use std::net::Ipv4Addr;

use super::drain::{USUAL_SECONDS, drain_and_remove};
use super::repair;
use crate::docker::names::{self, Object};
use crate::docker::{
    Answer, Build, ContainerState, HealthState, ObservedContainer, changes, hash, label, secret_files,
};
use crate::document::values::{MemberName, Seconds, WorkloadName};
use crate::document::{Update, Workload};
use crate::fleet::DesiredMember;
use crate::plan::{Action, Lane, RESTARTING, Revision, STARTING, Scene};

/// Where visitors of a workload should go now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Serving<'a> {
    /// To the revision that the document asks for.
    Current(&'a str),
    /// To an older one, while the new one is not ready.
    Older(&'a str),
    /// Nobody can take them.
    Nobody,
}

/// The revisions of a workload.
pub(crate) fn revisions<'s, 'a>(
    scene: &'s Scene<'a>,
    build: &Build<'_>,
    name: &WorkloadName,
) -> impl Iterator<Item = &'s Revision<'a>> {
    let object = Object::Workload(name.clone());
    scene.containers(build.member).iter().filter(move |revision| revision.owned.object == object)
}

/// Which revision of a workload takes the visitors.
pub fn serving<'s>(
    scene: &'s Scene<'_>,
    build: &Build<'_>,
    name: &WorkloadName,
    workload: &Workload,
) -> Serving<'s> {
    let wanted = hash(&build.declaration(name, workload));
    let mut ready: Vec<_> =
        revisions(scene, build, name).filter(|revision| revision.seen.is_ready()).collect();
    ready.sort_by_key(|revision| (revision.owned.hash != wanted, revision.name));
    let first = ready.first();
    let address = first.and_then(|revision| revision.seen.labels.get(label::ADDRESS));
    match (first, address) {
        (Some(revision), Some(address)) if revision.owned.hash == wanted => Serving::Current(address),
        (Some(_), Some(address)) => Serving::Older(address),
        _ => Serving::Nobody,
    }
}

/// Why a container that should work does not; none if it does.
pub fn trouble(container: &ObservedContainer) -> Option<String> {
    let reason = match (container.state, container.health, &container.answer) {
        (ContainerState::Created, ..) => "it was never started".to_owned(),
        (ContainerState::Exited, ..) => format!("it ended: {}", container.status),
        (ContainerState::Paused, ..) => "it is paused".to_owned(),
        (ContainerState::Restarting, ..) => format!("it ends again and again: {}", container.status),
        (_, Some(HealthState::Starting), _) => "its health command has not succeeded yet".to_owned(),
        (_, Some(HealthState::Unhealthy), _) => "its health command fails".to_owned(),
        (_, _, Some(answer)) if !container.is_ready() => {
            let page = container.labels.get(label::ASK).map_or("its page", String::as_str);
            match answer {
                Answer::Status(status) => format!("{page} answers {status}"),
                Answer::Nothing(why) => format!("{page} does not answer: {why}"),
            }
        }
        _ => return None,
    };
    Some(reason)
}

/// Plans the steps of one workload. True if the revision that should be is ready.
pub(super) fn steps(
    scene: &Scene,
    build: &Build,
    (name, workload): (&WorkloadName, &Workload),
    address: impl FnOnce() -> Option<Ipv4Addr>,
    lane: &mut Lane,
) -> bool {
    let declaration = build.declaration(name, workload);
    let wanted = hash(&declaration);
    let object = names::container(build.platform, build.member, name, &wanted);
    let (mut current, others): (Vec<&Revision>, Vec<&Revision>) =
        revisions(scene, build, name).partition(|revision| revision.owned.hash == wanted);
    if let Some(current) = current.pop() {
        if is_placed(scene, build, current) {
            return keep(scene, build, (name, workload), current, &others, lane);
        }
        let because = if is_within(scene, build, current) {
            "another container has its address now"
        } else {
            "the member's network has other addresses now"
        };
        lane.stop_and_remove(current.name, because);
    } else if scene.seen.containers.contains_key(&object) {
        lane.foreign("container", &object);
        return false;
    }
    let Some(address) = address() else {
        lane.block(
            format!("container {object}"),
            "the member's network has no free address",
            "remove containers that do not belong on it",
        );
        return false;
    };
    scene.pull(&workload.image.value, &format!("{name} needs it"), lane);
    let serves = match serving(scene, build, name, workload) {
        Serving::Current(address) | Serving::Older(address) => Some(address),
        Serving::Nobody => None,
    };
    for other in &others {
        if update(workload) == Update::Replace {
            lane.stop_and_remove(other.name, "a new version takes its place, and two cannot run at once");
        } else if is_useless(scene, build, other) {
            lane.stop_and_remove(
                other.name,
                "it does not work, nobody is sent to it, and a newer version comes",
            );
        } else if is_spare(scene, build, other, serves) {
            // when versions follow each other fast, they would take all addresses of the network
            lane.stop_and_remove(other.name, "nobody is sent to it, and a newer version comes");
        } else {
            if is_placed(scene, build, other) {
                repair::mend(build, name, other, lane);
            }
            lane.later(|lane| lane.stop_and_remove(other.name, "the new version takes over"));
        }
    }
    let before = others.first().and_then(|other| other.seen.labels.get(label::DECLARATION));
    let changed = changes(before.map(String::as_str), &declaration);
    let because = match (others.is_empty(), changed.is_empty()) {
        (true, _) => format!("{name} is not there"),
        (false, true) => format!("{name} is to be made anew"),
        (false, false) => format!("the document of {name} changed"),
    };
    let container = build.container(name, declaration, address);
    lane.change(
        format!("container {object}"),
        because,
        changed,
        Action::CreateContainer(Box::new(container)),
    );
    start(&object, workload, format!("{name} should run"), lane);
    lane.wait(format!("container {object}"), format!("until {name} is ready"), STARTING);
    false
}

/// Whether a revision has its address, or can be given it back.
fn is_placed(scene: &Scene, build: &Build, revision: &Revision) -> bool {
    is_within(scene, build, revision) && !repair::is_robbed(scene, build, revision)
}

/// Whether the address of a revision lies in its member's network.
fn is_within(scene: &Scene, build: &Build, revision: &Revision) -> bool {
    let subnet = scene.subnets.get(build.member);
    revision.address().zip(subnet).is_some_and(|(address, subnet)| subnet.contains(&address))
}

/// Whether the routes in force lead visitors to a revision.
fn is_led(scene: &Scene, build: &Build, revision: &Revision) -> bool {
    let address = revision.address();
    address.is_some_and(|address| scene.routes().addresses(build.member).any(|led| led == address))
}

/// A revision that runs while another one takes the visitors.
fn is_spare(scene: &Scene, build: &Build, revision: &Revision, serves: Option<&str>) -> bool {
    let address = revision.seen.labels.get(label::ADDRESS);
    let other = serves.is_some_and(|serves| address.is_none_or(|address| address != serves));
    other && revision.seen.state == ContainerState::Running && !is_led(scene, build, revision)
}

/// A revision that ended, or that never became ready, and to which no visitor is sent.
fn is_useless(scene: &Scene, build: &Build, revision: &Revision) -> bool {
    !is_led(scene, build, revision)
        && match revision.seen.state {
            ContainerState::Created | ContainerState::Exited | ContainerState::Restarting => true,
            ContainerState::Running => {
                revision.seen.labels.contains_key(label::ASK) && !revision.seen.is_ready()
            }
            ContainerState::Paused => false,
        }
}

/// How a new version takes over, if the document does not say.
fn update(workload: &Workload) -> Update {
    let usual = if workload.volumes.is_empty() { Update::Beside } else { Update::Replace };
    workload.update.unwrap_or(usual)
}

/// How long a request may take.
fn seconds(workload: &Workload) -> u32 {
    let timeout = workload.requests.as_ref().and_then(|requests| requests.timeout);
    timeout.map_or(USUAL_SECONDS, Seconds::count)
}

fn start(container: &str, workload: &Workload, because: String, lane: &mut Lane) {
    let object = format!("container {container}");
    if !workload.secrets.is_empty() {
        let files = secret_files(workload).map(|(file, secret)| (file.to_string(), secret.clone())).collect();
        let container = container.to_owned();
        lane.step(
            object.clone(),
            "its secrets are read at its start",
            Action::WriteSecrets { container, files },
        );
    }
    lane.step(object, because, Action::StartContainer { name: container.to_owned() });
}

/// Plans around a revision that is there.
fn keep(
    scene: &Scene,
    build: &Build,
    (name, workload): (&WorkloadName, &Workload),
    current: &Revision,
    others: &[&Revision],
    lane: &mut Lane,
) -> bool {
    let object = format!("container {}", current.name);
    let connects = repair::mend(build, name, current, lane);
    let trouble = trouble(current.seen);
    let trouble = trouble.or_else(|| connects.then(|| "it was not on its network".to_owned()));
    let Some(trouble) = trouble else {
        for other in others {
            if workload.hosts.is_empty() {
                lane.stop_and_remove(other.name, "a newer version has taken over");
            } else if crate::ingress::has_moved(scene, build, name, workload) {
                drain_and_remove(scene, other, seconds(workload), "a newer version has taken over", lane);
            } else {
                lane.remove_unrouted(other.name, "a newer version has taken over");
            }
        }
        return true;
    };
    for other in others.iter().filter(|other| is_placed(scene, build, other)) {
        repair::mend(build, name, other, lane);
    }
    match current.seen.state {
        ContainerState::Created | ContainerState::Exited => {
            start(current.name, workload, trouble, lane);
            lane.wait(object, format!("until {name} is ready"), STARTING);
        }
        ContainerState::Running => lane.wait(object, format!("until {name} is ready: {trouble}"), STARTING),
        ContainerState::Restarting => {
            lane.wait(object, format!("until {name} stays up: {trouble}"), RESTARTING);
        }
        ContainerState::Paused => {
            let remedy = format!("run docker unpause {}", current.name);
            lane.block(object, trouble, remedy);
        }
    }
    false
}

/// Whether every workload of a member is there as declared, and its visitors reach it.
pub fn is_settled(scene: &Scene, name: &MemberName, member: &DesiredMember) -> bool {
    let build = scene.build(name, member);
    member.spec.workloads().all(|(name, workload)| {
        let current = matches!(serving(scene, &build, &name, workload), Serving::Current(_));
        current && (workload.hosts.is_empty() || crate::ingress::has_moved(scene, &build, &name, workload))
    })
}
