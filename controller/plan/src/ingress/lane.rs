//! The lane of an engine's ingress: its volume and container, then files, then a configuration in force.

use std::collections::BTreeSet;

use super::routes::{Routes, routes};
use super::{files, nginx};
use crate::docker::names::{self, Object};
use crate::docker::{ContainerState, IngressContent, IngressFile, IngressFiles, changes, hash, label};
use crate::docker::{ingress_container, ingress_volume};
use crate::fleet::DesiredMember;
use crate::plan::{Action, Lane, RESTARTING, STARTING, Scene};

/// The configuration that the image starts with; it stays for the case that another one breaks.
const BUILT_IN: &str = "0000000000000000";

/// Plans the ingress of an engine.
pub fn lane(scene: &Scene) -> Lane {
    let name = names::ingress(scene.platform());
    let mut lane = Lane::new(format!("{}/ingress", scene.engine_name()), None, Some(scene.engine_name()));
    if volume(scene, &name, &mut lane)
        && container(scene, &name, &mut lane)
        && let Some(there) = &scene.seen.ingress
    {
        configuration(scene, &name, there, &mut lane);
    }
    lane
}

fn volume(scene: &Scene, name: &str, lane: &mut Lane) -> bool {
    match scene.seen.volumes.get(name) {
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
            lane.foreign("volume", name);
            false
        }
    }
}

/// Plans the container; false if it cannot take files yet.
fn container(scene: &Scene, name: &str, lane: &mut Lane) -> bool {
    let ingress = &scene.engine.ingress;
    let wanted = ingress_container(scene.platform(), ingress);
    let object = format!("container {name}");
    let there = scene.seen.containers.get(name);
    let owned = there.and_then(|there| names::owned(scene.platform(), &there.labels));
    if let Some(there) = there {
        let Some(owned) = owned.filter(|owned| owned.object == Object::Ingress) else {
            lane.foreign("container", name);
            return false;
        };
        if owned.hash == hash(&wanted.declaration) {
            return running(&object, name, there.state, &there.status, lane);
        }
    }
    scene.pull(&ingress.image, "the ingress needs it", lane);
    let before = there.and_then(|there| there.labels.get(label::DECLARATION));
    let changed = changes(before.map(String::as_str), &wanted.declaration);
    let because = if there.is_some() { "its declaration changed" } else { "the engine has no ingress" };
    if there.is_some() {
        lane.stop_and_remove(name, because);
    }
    lane.change(object.clone(), because, changed, Action::CreateContainer(Box::new(wanted)));
    lane.step(
        object.clone(),
        "the sites are reached through it",
        Action::StartContainer { name: name.to_owned() },
    );
    lane.wait(object, "until it can be given its routes", STARTING);
    false
}

fn running(object: &str, name: &str, state: ContainerState, status: &str, lane: &mut Lane) -> bool {
    match state {
        ContainerState::Running => return true,
        ContainerState::Created | ContainerState::Exited => {
            lane.step(
                object,
                format!("it does not run: {status}"),
                Action::StartContainer { name: name.to_owned() },
            );
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

fn configuration(scene: &Scene, name: &str, there: &IngressFiles, lane: &mut Lane) {
    let routes = routes(scene);
    let index = nginx::index(scene.platform(), &scene.engine.ingress, routes.keys());
    let digest = files::digest(&index);
    let mut wanted: Vec<IngressFile> =
        vec![IngressFile { path: files::index(&digest), content: IngressContent::Text(index) }];
    wanted.extend(certificates(scene, &routes));
    let mut named: BTreeSet<String> = wanted.iter().map(|file| file.path.clone()).collect();
    named.extend(certificates_of_kept(&routes, there));
    for (path, text) in routes {
        named.insert(path.clone());
        wanted.extend(text.map(|text| IngressFile { path, content: IngressContent::Text(text) }));
    }
    let missing: Vec<IngressFile> =
        wanted.into_iter().filter(|file| !files::is_whole(there, &file.path)).collect();
    let in_force = there.current.as_deref() == Some(&digest) && there.loaded.as_deref() == Some(&digest);
    let container = name.to_owned();
    let object = format!("ingress {name}");
    if !missing.is_empty() {
        let because = because(&missing);
        lane.step(
            object.clone(),
            because,
            Action::UploadIngress { container: container.clone(), files: missing },
        );
    }
    if !in_force || !lane.steps.is_empty() {
        let count = named.iter().filter(|path| path.starts_with("routes/")).count();
        let because = format!("routes that should be in force: {count}");
        lane.step(object, because, Action::ActivateIngress { container, digest });
        return;
    }
    let paths: Vec<String> =
        there.files.keys().filter(|path| !is_needed(scene, path, &named)).cloned().collect();
    if !paths.is_empty() {
        let because = format!("files that no route needs any more: {}", paths.len());
        lane.step(object, because, Action::RemoveIngressFiles { container, paths });
    }
}

/// The certificates that the routes name, as far as they are in the state folder.
fn certificates(scene: &Scene, routes: &Routes) -> Vec<IngressFile> {
    let members: BTreeSet<_> = routes
        .iter()
        .filter(|(_, text)| text.is_some())
        .filter_map(|(path, _)| files::member_of(path))
        .collect();
    let files = members.into_iter().filter_map(|member| {
        let certificate = scene.observed.certificates.get(&member)?;
        let path = files::certificate(&member, &certificate.bundle);
        Some(IngressFile { path, content: IngressContent::Certificate(member) })
    });
    files.collect()
}

/// A route that stays as it is names a certificate that may be any of its member's.
fn certificates_of_kept(routes: &Routes, there: &IngressFiles) -> Vec<String> {
    let kept = routes.iter().filter(|(_, text)| text.is_none());
    let members: BTreeSet<_> = kept.filter_map(|(path, _)| files::member_of(path)).collect();
    let certificates = there.files.keys().filter(|path| path.starts_with("certificates/"));
    certificates
        .filter(|path| files::member_of(path).is_some_and(|member| members.contains(&member)))
        .cloned()
        .collect()
}

fn because(missing: &[IngressFile]) -> String {
    let names: Vec<String> = missing
        .iter()
        .filter_map(|file| {
            let member = files::member_of(&file.path)?;
            Some(
                files::workload_of(&file.path)
                    .map_or(format!("the certificate of {member}"), |w| format!("{member}/{w}")),
            )
        })
        .collect();
    match names.as_slice() {
        [] => "the list of routes changed".to_owned(),
        names if names.len() <= 6 => format!("new or repaired: {}", names.join(", ")),
        names => format!("new or repaired: {} and {} more", names[..5].join(", "), names.len() - 5),
    }
}

/// Whether a file must stay: named by the configuration in force, the image's own, or of a member that is left alone.
fn is_needed(scene: &Scene, path: &str, named: &BTreeSet<String>) -> bool {
    if named.contains(path) || path == files::index(BUILT_IN) {
        return true;
    }
    let known = ["routes/", "certificates/", "index/"].iter().any(|folder| path.starts_with(folder));
    let left_alone = files::member_of(path).is_some_and(|member| {
        let changes = scene.desired.members.get(&member).is_some_and(DesiredMember::may_change);
        let gone = !scene.desired.members.contains_key(&member) && !scene.desired.unknown.contains(&member);
        !(changes || gone) || scene.breaker.holds(&member) || !scene.in_scope(&member)
    });
    !known || left_alone
}
