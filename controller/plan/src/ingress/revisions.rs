//! The ingress's containers: the one that the platform's document wants, and those that are there.

use std::collections::BTreeSet;

use crate::docker::names::{self, Object};
use crate::docker::{
    Configuration, Container, ContainerState, IngressFiles, ObservedContainer, ObservedEngine,
};
use crate::docker::{ingress_container, label};
use crate::document::Ingress;
use crate::document::values::PlatformName;

/// The configuration that the image starts with; it stays for the case that another one breaks.
pub(super) const BUILT_IN: &str = "0000000000000000";
/// What a revision that ends notes in the place of its configuration.
const RETIRED: &str = "retired";

/// A container of the ingress that is there.
#[derive(Debug, Clone)]
pub struct IngressRevision<'a> {
    /// Its name.
    pub name: &'a str,
    /// What parts its notes from those of others; empty on one that lets no other listen beside it.
    pub revision: &'a str,
    /// What was seen of it.
    pub seen: &'a ObservedContainer,
    noted: Option<&'a Configuration>,
}

/// By which configuration a container of the ingress leads visitors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Led<'a> {
    /// By none: nobody gets to a site through it.
    Nowhere,
    /// By the one with this digest.
    By(&'a str),
    /// By any that there are files of: it is changing from one to another.
    Anywhere,
}

impl<'a> IngressRevision<'a> {
    /// Whether its process runs.
    pub fn runs(&self) -> bool {
        self.seen.state == ContainerState::Running
    }

    /// Whether it runs on a configuration that was brought to it.
    pub fn serves(&self) -> bool {
        self.runs() && self.loaded().is_some_and(|loaded| !matches!(loaded, BUILT_IN | RETIRED))
    }

    /// Whether it runs only to answer what it was asked before.
    pub fn ends(&self) -> bool {
        self.runs() && self.loaded() == Some(RETIRED)
    }

    /// By what it leads visitors: now, or when its process is started again.
    pub fn led(&self) -> Led<'a> {
        match (self.begins(), self.loaded()) {
            (None, None | Some(BUILT_IN | RETIRED)) => Led::Nowhere,
            (Some(begins), Some(loaded)) if begins == loaded => Led::By(begins),
            _ => Led::Anywhere,
        }
    }

    fn begins(&self) -> Option<&'a str> {
        self.noted?.begins.as_deref()
    }

    fn loaded(&self) -> Option<&'a str> {
        self.noted?.loaded.as_deref()
    }
}

/// The ingress of an engine: the container that should be, and those that are there.
#[derive(Debug, Clone)]
pub struct IngressRevisions<'a> {
    wanted: Container,
    there: Vec<IngressRevision<'a>>,
}

impl<'a> IngressRevisions<'a> {
    /// Finds the containers by their labels.
    pub fn new(platform: &PlatformName, ingress: &Ingress, seen: &'a ObservedEngine) -> Self {
        Self { wanted: ingress_container(platform, ingress), there: there(platform, seen) }
    }

    /// The container that should be.
    pub fn wanted(&self) -> &Container {
        &self.wanted
    }

    /// Those that are there.
    pub fn there(&self) -> &[IngressRevision<'a>] {
        &self.there
    }

    /// Whether a container is the one that should be.
    pub fn is_wanted(&self, revision: &IngressRevision) -> bool {
        revision.name == self.wanted.name
    }

    /// The one that takes files and new configurations first: of those that serve the one that should be, or the only
    /// one there is; without one that serves, one that runs.
    pub fn leading(&self) -> Option<&IngressRevision<'a>> {
        let running = self.there.iter().filter(|revision| revision.runs() && !revision.ends());
        running.max_by_key(|revision| (revision.serves(), self.is_wanted(revision)))
    }

    /// Those through which a request may be under way.
    pub fn answering(&self) -> impl Iterator<Item = &IngressRevision<'a>> {
        self.there.iter().filter(|revision| revision.serves() || revision.ends())
    }

    /// The digest of the configuration whose routes are the fleet's last word: the leading one's, else what is left of
    /// one whose container is gone.
    pub(super) fn written(&self, files: &'a IngressFiles) -> Option<&'a str> {
        let leading = self.leading().and_then(IngressRevision::begins);
        let there = self.there.iter().filter_map(IngressRevision::begins);
        let left = files.revisions.values().filter_map(|noted| noted.begins.as_deref());
        leading.into_iter().chain(there).chain(left).find(|digest| *digest != BUILT_IN)
    }

    /// Notes of revisions whose container is gone.
    pub(super) fn left_over(&self, files: &'a IngressFiles) -> impl Iterator<Item = &'a str> {
        let wanted = self.wanted.labels.get(label::REVISION).map_or("", String::as_str);
        let there = self.there.iter().map(|revision| revision.revision);
        let kept: BTreeSet<&str> = there.chain(["", wanted]).collect();
        files.revisions.keys().map(String::as_str).filter(move |revision| !kept.contains(revision))
    }
}

fn there<'a>(platform: &PlatformName, seen: &'a ObservedEngine) -> Vec<IngressRevision<'a>> {
    let containers = seen.containers.iter().filter(|(_, container)| {
        names::owned(platform, &container.labels).is_some_and(|owned| owned.object == Object::Ingress)
    });
    let revisions = containers.map(|(name, container)| {
        let revision = container.labels.get(label::REVISION).map_or("", String::as_str);
        let noted = seen.ingress.as_ref().and_then(|files| files.revisions.get(revision));
        IngressRevision { name, revision, seen: container, noted }
    });
    revisions.collect()
}

/// The paths of the routes by which visitors may be led on an engine.
pub fn routes_in_force<'a>(platform: &PlatformName, seen: &'a ObservedEngine) -> BTreeSet<&'a String> {
    let Some(files) = &seen.ingress else { return BTreeSet::new() };
    there(platform, seen).iter().flat_map(|revision| taken(revision, files)).collect()
}

/// The paths of the routes by which one container may lead visitors.
pub(super) fn taken<'a>(revision: &IngressRevision<'a>, files: &'a IngressFiles) -> Vec<&'a String> {
    match revision.led() {
        Led::Nowhere => Vec::new(),
        Led::By(digest) => files.routes.get(digest).into_iter().flatten().collect(),
        // while another configuration may still run, every route that there is a file of
        Led::Anywhere => files.files.keys().filter(|path| path.starts_with("routes/")).collect(),
    }
}
