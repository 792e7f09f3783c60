//! The lanes of an engine's ingress: one for its volume, its files and the container that leads, and one for each other
//! container that comes or goes, so that neither holds up the routes.

use super::configuration::Wanted;
use super::files;
use super::revisions::{IngressRevision, Led};
use crate::docker::names::{self, Object};
use crate::docker::{ContainerState, INGRESS_REVISION, IngressFiles, changes, ingress_volume, label};
use crate::plan::{Action, Lane, RESTARTING, STARTING, Scene};

/// Seconds that an ingress has to answer what it was asked: nginx's `worker_shutdown_timeout`, and some to end.
const RETIRE_SECONDS: u32 = 75;

/// Plans the ingress of an engine.
pub fn lanes(scene: &Scene) -> Vec<Lane> {
    let revisions = scene.ingresses();
    let mut shared = lane(scene, "");
    if !volume(scene, &mut shared) {
        return vec![shared];
    }
    let files = scene.seen.ingress.as_ref();
    let wanted = files.map(|files| (Wanted::new(scene, files), files));
    // one without revision holds the ports for itself: it ends before another can begin
    let leading = revisions.leading().filter(|leading| !leading.revision.is_empty());
    let (Some(leading), Some((wanted, files))) = (leading, &wanted) else {
        container(scene, wanted.as_ref().map(|(wanted, _)| wanted), &mut shared);
        return vec![shared];
    };
    wanted.bring(scene, leading, files, &mut shared);
    let mut lanes = vec![shared];
    if !revisions.is_wanted(leading) {
        lanes.push(coming(scene, leading, files, wanted));
    }
    for other in revisions.there() {
        if other.name != leading.name && !revisions.is_wanted(other) {
            lanes.push(beside(scene, leading, other, wanted));
        }
    }
    lanes
}

/// `main/ingress`, or `main/ingress.1a2b3c4d`.
fn lane(scene: &Scene, revision: &str) -> Lane {
    let engine = scene.engine_name();
    let dot = if revision.is_empty() { "" } else { "." };
    Lane::new(format!("{engine}/ingress{dot}{revision}"), None, Some(engine))
}

fn volume(scene: &Scene, lane: &mut Lane) -> bool {
    let name = names::ingress(scene.platform());
    match scene.seen.volumes.get(&name) {
        None => {
            let volume = ingress_volume(scene.platform());
            lane.step(
                format!("volume {name}"),
                "the ingress keeps its files there",
                Action::CreateVolume(volume),
            );
            true
        }
        Some(there) if names::owned(scene.platform(), &there.labels).is_some() => true,
        Some(_) => {
            lane.foreign("volume", &name);
            false
        }
    }
}

/// Plans the container that should be, beside those that serve until it does.
fn coming(scene: &Scene, leading: &IngressRevision, there: &IngressFiles, wanted: &Wanted) -> Lane {
    let revisions = scene.ingresses();
    let name = &revisions.wanted().name;
    let revision = revisions.wanted().labels.get(label::REVISION).map_or("", String::as_str);
    let mut lane = lane(scene, revision);
    let is_there = scene.seen.containers.contains_key(name);
    if !is_there && there.revisions.contains_key(revision) {
        // it would begin with routes of another day
        let (container, paths) = (leading.name.to_owned(), files::notes(revision).to_vec());
        let remove = Action::RemoveIngressFiles { container, paths };
        lane.step(format!("ingress {name}"), "it left notes when it was removed", remove);
    }
    if container(scene, Some(wanted), &mut lane) {
        if wanted.is_whole() {
            wanted.activate(name, &mut lane);
        } else {
            lane.wait(format!("ingress {name}"), "until its files are there", STARTING);
        }
    }
    lane.later(|lane| {
        for other in revisions.there().iter().filter(|other| !revisions.is_wanted(other)) {
            going(other, "the new ingress takes over", lane);
        }
    });
    lane
}

/// Plans a container that neither leads nor should be there.
fn beside(scene: &Scene, leading: &IngressRevision, other: &IngressRevision, wanted: &Wanted) -> Lane {
    let mut lane = lane(scene, if other.revision.is_empty() { "alone" } else { other.revision });
    if scene.ingresses().is_wanted(leading) && leading.serves() {
        going(other, "a newer ingress has taken over", &mut lane);
    } else if leading.serves() && !other.serves() {
        going(other, "it does not serve, and another one is wanted", &mut lane);
    } else if other.serves() && wanted.is_whole() && !wanted.is_in_force(other) {
        wanted.activate(other.name, &mut lane);
    }
    lane
}

/// Plans the end of a container of the ingress; what it was asked is answered first.
fn going(revision: &IngressRevision, because: &str, lane: &mut Lane) {
    let name = revision.name;
    if revision.revision.is_empty() || !(revision.serves() || revision.ends()) {
        lane.stop_and_remove(name, because);
        return;
    }
    if revision.serves() {
        let container = name.to_owned();
        lane.step(format!("ingress {name}"), because, Action::RetireIngress { container });
    }
    lane.stop_and_remove_within(RETIRE_SECONDS, name, because);
}

/// Plans the container that should be; true if it runs.
fn container(scene: &Scene, configuration: Option<&Wanted>, lane: &mut Lane) -> bool {
    let revisions = scene.ingresses();
    let wanted = revisions.wanted();
    let there = scene.seen.containers.get(&wanted.name);
    if let Some(there) = there {
        let owned = names::owned(scene.platform(), &there.labels);
        if owned.is_none_or(|owned| owned.object != Object::Ingress) {
            lane.foreign("container", &wanted.name);
            return false;
        }
    } else {
        scene.pull(&scene.engine.ingress.image, "the ingress needs it", lane);
    }
    for other in revisions.there().iter().filter(|other| other.revision.is_empty()) {
        going(other, "its declaration changed, and it lets no other listen beside it", lane);
    }
    if let Some(there) = revisions.there().iter().find(|there| revisions.is_wanted(there)) {
        return running(there, configuration, lane);
    }
    create(scene, lane);
    false
}

fn create(scene: &Scene, lane: &mut Lane) {
    let revisions = scene.ingresses();
    let wanted = revisions.wanted();
    let object = format!("container {}", wanted.name);
    let before = revisions.leading().or_else(|| revisions.there().first());
    let because = if before.is_some() { "its declaration changed" } else { "the engine has no ingress" };
    let before = before.and_then(|before| before.seen.labels.get(label::DECLARATION));
    let mut changed = changes(before.map(String::as_str), &wanted.declaration);
    // it follows from the others
    changed.retain(|change| change.field != format!("environment.{INGRESS_REVISION}"));
    lane.change(object.clone(), because, changed, Action::CreateContainer(Box::new(wanted.clone())));
    if scene.seen.ingress.is_none() && scene.seen.volumes.contains_key(&names::ingress(scene.platform())) {
        lane.wait(object, "until the files in its volume are seen", STARTING);
        return;
    }
    let start = Action::StartContainer { name: wanted.name.clone() };
    lane.step(object.clone(), "the sites are reached through it", start);
    lane.wait(object, "until it can be given its routes", STARTING);
}

fn running(revision: &IngressRevision, configuration: Option<&Wanted>, lane: &mut Lane) -> bool {
    let name = revision.name;
    let object = format!("container {name}");
    let status = &revision.seen.status;
    match revision.seen.state {
        ContainerState::Running => return true,
        ContainerState::Created | ContainerState::Exited => {
            let start = Action::StartContainer { name: name.to_owned() };
            lane.step(object.clone(), format!("it does not run: {status}"), start);
            // what it noted in its last life stands there until it has begun its next
            let noted = revision.led() != Led::Nowhere;
            if let Some(configuration) = configuration.filter(|wanted| noted && wanted.is_whole()) {
                configuration.activate(name, lane);
            }
            lane.wait(object, "until it runs", STARTING);
        }
        ContainerState::Restarting => {
            lane.wait(object, format!("until it stays up: {status}"), RESTARTING);
        }
        ContainerState::Paused => {
            lane.block(object, "it is paused", format!("run docker unpause {name}"));
        }
    }
    false
}
