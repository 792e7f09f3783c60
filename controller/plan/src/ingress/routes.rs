//! Routes: to which address the hosts of each workload lead.

use std::collections::{BTreeMap, BTreeSet};

use super::revisions::{IngressRevision, Led};
use super::{files, nginx};
use crate::docker::Build;
use crate::document::Workload;
use crate::document::values::{MemberName, WorkloadName};
use crate::fleet::DesiredMember;
use crate::observed::Observed;
use crate::plan::Scene;
use crate::site::{Serving, serving};

/// The routes of an engine as they should be: text by path, or none for a file that stays as it is.
pub(super) type Routes = BTreeMap<String, Option<String>>;

/// Plans the routes of every member.
pub(super) fn routes(scene: &Scene) -> Routes {
    let mut routes = Routes::new();
    for (name, member) in &scene.desired.members {
        let changes = member.may_change() && scene.in_scope(name);
        if !changes {
            keep(scene, name, |_| true, &mut routes);
        }
    }
    for name in &scene.desired.unknown {
        keep(scene, name, |_| true, &mut routes);
    }
    for name in &scene.departed {
        if scene.breaker.holds(name) || scene.moving.contains_key(name) || !scene.in_scope(name) {
            keep(scene, name, |_| true, &mut routes);
        }
    }
    let taken = hosts(scene, &routes);
    for (name, member) in scene.desired.on_engine(scene.engine_name()) {
        if member.may_change() && scene.in_scope(name) {
            changing(scene, (name, member), &taken, &mut routes);
        }
    }
    routes
}

/// The hosts of routes that stay as they are: nobody else gets them before those go.
fn hosts<'a>(scene: &'a Scene, kept: &Routes) -> BTreeSet<&'a str> {
    let leads = scene.seen.ingress.iter().flat_map(|files| &files.leads);
    let kept = leads.filter(|(path, _)| kept.contains_key(*path));
    kept.flat_map(|(_, lead)| lead.hosts.iter().map(String::as_str)).collect()
}

fn changing(
    scene: &Scene,
    (name, member): (&MemberName, &DesiredMember),
    taken: &BTreeSet<&str>,
    routes: &mut Routes,
) {
    let build = scene.build(name, member);
    for (workload_name, workload) in
        member.spec.workloads().filter(|(_, workload)| !workload.hosts.is_empty())
    {
        let free = workload.hosts.iter().all(|host| !taken.contains(host.value.as_str()));
        match route(scene, &build, &workload_name, workload).filter(|_| free) {
            Some((path, text)) => {
                routes.insert(path, Some(text));
            }
            // the lanes of the workload and of the certificate say what is missing
            None => {
                keep(scene, name, |path| files::workload_of(path).as_ref() == Some(&workload_name), routes);
            }
        }
    }
    if scene.breaker.holds(name) {
        let gone = |path: &str| {
            files::workload_of(path).is_some_and(|gone| member.spec.workloads().all(|(name, _)| name != gone))
        };
        keep(scene, name, gone, routes);
    }
}

/// Keeps those routes of a member that are in force, as far as their files are whole.
fn keep(scene: &Scene, name: &MemberName, which: impl Fn(&str) -> bool, routes: &mut Routes) {
    let whole = |path: &str| scene.seen.ingress.as_ref().is_some_and(|there| files::is_whole(there, path));
    let own = scene.routes().written(name).iter().filter(|path| which(path) && whole(path));
    routes.extend(own.map(|path| ((*path).to_owned(), None)));
}

/// The route of a workload with its path; none while the workload or its certificate is not there.
fn route(scene: &Scene, build: &Build, name: &WorkloadName, workload: &Workload) -> Option<(String, String)> {
    let (Serving::Current(address) | Serving::Older(address)) = serving(scene, build, name, workload) else {
        return None;
    };
    let certificate = certificate(scene.observed, build.member, workload)?;
    let text = nginx::route((build.member, name), workload, address, &certificate, &scene.engine.ingress);
    Some((files::route(build.member, name, &text), text))
}

/// The file of a certificate that has all hosts of a workload.
fn certificate(observed: &Observed, member: &MemberName, workload: &Workload) -> Option<String> {
    let certificate = observed.certificates.get(member)?;
    let all = workload.hosts.iter().all(|host| certificate.covers(&host.value));
    all.then(|| files::certificate(member, &certificate.bundle))
}

/// Whether the ingress, all of it, sends the visitors of a workload to the revision that the document asks for.
pub fn has_moved(scene: &Scene, build: &Build, name: &WorkloadName, workload: &Workload) -> bool {
    let current = matches!(serving(scene, build, name, workload), Serving::Current(_));
    let (Some((path, _)), Some(files)) = (route(scene, build, name, workload), &scene.seen.ingress) else {
        return false;
    };
    let led = scene.ingresses().there().iter().map(IngressRevision::led);
    let mut led = led.filter(|led| *led != Led::Nowhere).peekable();
    let somewhere = led.peek().is_some();
    let there = |digest| files.routes.get(digest).is_some_and(|routes| routes.contains(&path));
    current && somewhere && led.all(|led| matches!(led, Led::By(digest) if there(digest)))
}
