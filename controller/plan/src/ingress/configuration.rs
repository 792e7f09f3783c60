//! The files of an engine's ingress, and which configuration should be in force.

use std::collections::BTreeSet;

use super::revisions::{BUILT_IN, IngressRevision, Led};
use super::routes::{Routes, routes};
use super::{files, nginx};
use crate::certificate;
use crate::docker::{IngressContent, IngressFile, IngressFiles};
use crate::fleet::DesiredMember;
use crate::plan::{Action, Lane, Scene};

/// The configuration that every revision should run on.
pub(super) struct Wanted {
    digest: String,
    /// Paths of everything that it names.
    named: BTreeSet<String>,
    /// Those of its files that are not there.
    missing: Vec<IngressFile>,
}

impl Wanted {
    /// What should be in force on an engine, beside the files that are there.
    pub(super) fn new(scene: &Scene, there: &IngressFiles) -> Self {
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
        for (path, text) in certificate::shown(scene.desired, scene.observed, scene.engine_name()) {
            named.insert(path.clone());
            wanted.push(IngressFile { path, content: IngressContent::Text(text) });
        }
        wanted.retain(|file| !files::is_there(there, file));
        Self { digest, named, missing: wanted }
    }

    /// Plans the files, the configuration of the container that takes it first, and the end of files that none needs.
    pub(super) fn bring(
        &self,
        scene: &Scene,
        leading: &IngressRevision,
        there: &IngressFiles,
        lane: &mut Lane,
    ) {
        let container = leading.name.to_owned();
        let object = format!("ingress {container}");
        if !self.is_whole() {
            let files = self.missing.clone();
            let only_pages = files.iter().all(|file| files::is_challenge(&file.path));
            lane.step(object, because(&files), Action::UploadIngress { container, files });
            if !only_pages || !self.is_in_force(leading) {
                self.activate(leading.name, lane);
            }
        } else if !self.is_in_force(leading) {
            self.activate(leading.name, lane);
        } else if scene.ingresses().there().iter().all(|other| self.is_enough_for(other)) {
            let paths = not_needed(scene, there, &self.named);
            if !paths.is_empty() {
                let because = format!("files that no route needs any more: {}", paths.len());
                lane.step(object, because, Action::RemoveIngressFiles { container, paths });
            }
        }
    }

    /// Plans to put it in force in one container.
    pub(super) fn activate(&self, name: &str, lane: &mut Lane) {
        let routes = self.named.iter().filter(|path| path.starts_with("routes/")).count();
        let because = format!("routes that should be in force: {routes}");
        let action = Action::ActivateIngress { container: name.to_owned(), digest: self.digest.clone() };
        lane.step(format!("ingress {name}"), because, action);
    }

    /// Whether all its files are there.
    pub(super) fn is_whole(&self) -> bool {
        self.missing.is_empty()
    }

    /// Whether a container leads visitors by it.
    pub(super) fn is_in_force(&self, revision: &IngressRevision) -> bool {
        revision.led() == Led::By(&self.digest)
    }

    /// Whether a container needs no other files than those that it names.
    fn is_enough_for(&self, revision: &IngressRevision) -> bool {
        !revision.runs() || revision.ends() || self.is_in_force(revision)
    }
}

/// Files that no configuration names, and the notes of revisions that are gone.
fn not_needed(scene: &Scene, there: &IngressFiles, named: &BTreeSet<String>) -> Vec<String> {
    let files = there.files.keys().filter(|path| !is_needed(scene, path, named)).cloned();
    let notes = scene.ingresses().left_over(there).flat_map(files::notes);
    files.chain(notes).collect()
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
        [] if missing.iter().all(|file| files::is_challenge(&file.path)) => {
            "pages that an issuer of certificates asks for".to_owned()
        }
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
    let known =
        ["routes/", "certificates/", "index/", "challenges/"].iter().any(|folder| path.starts_with(folder));
    let left_alone = files::member_of(path).is_some_and(|member| {
        let changes = scene.desired.members.get(&member).is_some_and(DesiredMember::may_change);
        let gone = !scene.desired.members.contains_key(&member) && !scene.desired.unknown.contains(&member);
        !(changes || gone) || scene.breaker.holds(&member) || !scene.in_scope(&member)
    });
    !known || left_alone
}
