//! A world in memory: it does what a step says, as the real engine, ingress and state folder would.

use std::collections::BTreeMap;

use campanile_plan::docker::{
    Answer, Attachment, Container, ContainerState, IngressContent, IngressFile, ObservedContainer,
    ObservedEngine, ObservedNetwork, ObservedVolume, label, sha256,
};
use campanile_plan::document::values::{EngineName, MemberName};
use campanile_plan::fleet::Desired;
use campanile_plan::observed::{Observed, ObservedCertificate};
use campanile_plan::plan::{Action, Plan, Request, Step, plan};
use jiff::{SignedDuration, Timestamp};

/// A day and hour for tests.
pub const NOON: &str = "2026-11-22T12:00:00Z";
/// More looks than any change needs.
const ROUNDS: usize = 12;

/// The world, as the next look sees it.
#[derive(Debug, Clone)]
pub struct World {
    /// What a look sees.
    pub observed: Observed,
    /// The clock.
    pub now: Timestamp,
    texts: BTreeMap<String, String>,
}

impl World {
    /// Engines with nothing on them.
    ///
    /// # Panics
    /// Never: the day is a day.
    pub fn empty(engines: &[&str]) -> Self {
        let engines = engines.iter().map(|name| (engine(name), Ok(ObservedEngine::default())));
        Self {
            observed: Observed { engines: engines.collect(), ..Observed::default() },
            now: NOON.parse().unwrap_or_else(|_| panic!("{NOON} is a time")),
            texts: BTreeMap::new(),
        }
    }

    /// What is on an engine.
    ///
    /// # Panics
    /// When there is no such engine.
    pub fn engine(&mut self, name: &str) -> &mut ObservedEngine {
        match self.observed.engines.get_mut(&engine(name)) {
            Some(Ok(seen)) => seen,
            other => panic!("the engine {name} is {other:?}"),
        }
    }

    /// The plan for this moment.
    pub fn plan(&self, desired: &Desired) -> Plan {
        plan(desired, &self.observed, &Request { now: self.now, ..Request::default() })
    }

    /// Looks, decides and acts until there is nothing to do; gives every plan on the way.
    ///
    /// # Panics
    /// When it does not end.
    pub fn converge(&mut self, desired: &Desired) -> Vec<Plan> {
        let mut plans = Vec::new();
        for _ in 0..ROUNDS {
            let plan = self.plan(desired);
            if plan.is_empty() {
                return plans;
            }
            self.apply(&plan);
            plans.push(plan);
        }
        panic!("still something to do after {ROUNDS} looks: {:#?}", plans.last());
    }

    /// Does all steps of a plan.
    pub fn apply(&mut self, plan: &Plan) {
        for step in plan.steps() {
            self.step(step);
        }
    }

    /// Does one step.
    ///
    /// # Panics
    /// When the real world would answer with an error.
    pub fn step(&mut self, step: &Step) {
        let now = self.now;
        match &step.action {
            Action::CreateAuthority => self.observed.authority = Some("authority".to_owned()),
            Action::IssueCertificate { hosts } => {
                let member = step.member.clone().unwrap_or_else(|| panic!("a certificate is a member's"));
                let certificate = ObservedCertificate {
                    hosts: hosts.clone(),
                    not_before: now - SignedDuration::from_hours(1),
                    not_after: now + SignedDuration::from_hours(24 * 90),
                    authority: self.observed.authority.clone().unwrap_or_default(),
                    bundle: sha256(format!("{member}{hosts:?}{now}").as_bytes()),
                };
                self.observed.certificates.insert(member, certificate);
            }
            action => {
                let bundles = self.observed.certificates.clone();
                let name = step.engine.as_ref().map_or("", EngineName::as_str).to_owned();
                self.on_engine(&name, action, &bundles);
            }
        }
    }

    fn on_engine(
        &mut self,
        name: &str,
        action: &Action,
        bundles: &BTreeMap<MemberName, ObservedCertificate>,
    ) {
        let mut texts = std::mem::take(&mut self.texts);
        let seen = self.engine(name);
        match action {
            Action::CreateNetwork(network) => {
                let there = ObservedNetwork { labels: network.labels.clone(), subnets: vec![network.subnet] };
                assert!(seen.networks.insert(network.name.clone(), there).is_none(), "{action:?}");
            }
            Action::RemoveNetwork { name } => assert!(seen.networks.remove(name).is_some(), "{action:?}"),
            Action::CreateVolume(volume) => {
                let there = ObservedVolume { labels: volume.labels.clone() };
                assert!(seen.volumes.insert(volume.name.clone(), there).is_none(), "{action:?}");
            }
            Action::PullImage { image } => {
                seen.images.insert(image.clone());
            }
            Action::CreateContainer(container) => create(seen, container),
            Action::WriteSecrets { container, .. } => {
                assert!(seen.containers.contains_key(container), "{action:?}");
            }
            Action::StartContainer { name } => set_state(seen, name, ContainerState::Running),
            Action::StopContainer { name, .. } => set_state(seen, name, ContainerState::Exited),
            Action::RemoveContainer { name } => assert!(seen.containers.remove(name).is_some(), "{action:?}"),
            Action::UploadIngress { files, .. } => upload(seen, files, bundles, &mut texts),
            Action::ActivateIngress { digest, .. } => {
                let index =
                    texts.get(&format!("index/{digest}.conf")).unwrap_or_else(|| panic!("{action:?}"));
                let routes = index.lines().filter_map(|line| {
                    line.trim().strip_prefix("include /etc/campanile/")?.strip_suffix(';').map(str::to_owned)
                });
                let ingress = seen.ingress.get_or_insert_default();
                ingress.routes = routes.collect();
                ingress.current = Some(digest.clone());
                ingress.loaded = Some(digest.clone());
            }
            Action::RemoveIngressFiles { paths, .. } => {
                let ingress = seen.ingress.get_or_insert_default();
                ingress.files.retain(|path, _| !paths.contains(path));
                ingress.leads.retain(|path, _| !paths.contains(path));
            }
            Action::CreateAuthority | Action::IssueCertificate { .. } => {
                panic!("not an engine's: {action:?}")
            }
        }
        self.texts = texts;
    }
}

fn engine(name: &str) -> EngineName {
    name.parse().unwrap_or_else(|_| panic!("{name:?} is no engine's name"))
}

fn create(seen: &mut ObservedEngine, container: &Container) {
    let addresses = match &container.attachment {
        Attachment::Bridge { name, address, .. } => {
            let used = seen.containers.values().any(|other| other.addresses.get(name) == Some(address));
            assert!(!used, "the address {address} is in use");
            BTreeMap::from([(name.clone(), *address)])
        }
        Attachment::Host => {
            seen.ingress.get_or_insert_default();
            BTreeMap::new()
        }
        Attachment::None => BTreeMap::new(),
    };
    let there = ObservedContainer {
        labels: container.labels.clone(),
        state: ContainerState::Created,
        health: None,
        status: "Created".to_owned(),
        addresses,
        answer: None,
    };
    let name = container.name.clone();
    assert!(seen.containers.insert(name.clone(), there).is_none(), "{name} is there already");
}

fn set_state(seen: &mut ObservedEngine, name: &str, state: ContainerState) {
    let container = seen.containers.get_mut(name).unwrap_or_else(|| panic!("{name} is not there"));
    let runs = state == ContainerState::Running;
    container.state = state;
    container.answer = container.labels.get(label::ASK).filter(|_| runs).map(|_| Answer::Status(200));
}

fn upload(
    seen: &mut ObservedEngine,
    files: &[IngressFile],
    bundles: &BTreeMap<MemberName, ObservedCertificate>,
    texts: &mut BTreeMap<String, String>,
) {
    let ingress = seen.ingress.get_or_insert_default();
    for file in files {
        let hash = match &file.content {
            IngressContent::Text(text) => {
                texts.insert(file.path.clone(), text.clone());
                if file.path.starts_with("routes/") {
                    ingress.leads.insert(file.path.clone(), campanile_plan::ingress::lead(text));
                }
                sha256(text.as_bytes())
            }
            IngressContent::Certificate(member) => bundles[member].bundle.clone(),
        };
        ingress.files.insert(file.path.clone(), hash);
    }
}
