//! A world in memory: it does what a step says, as the real engine, ingress and state folder would.

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

use campanile_plan::certificate::{ObservedCertificate, Signer};
use campanile_plan::docker::{
    Answer, Attachment, Configuration, Container, ContainerState, IngressContent, IngressFile,
    ObservedContainer, ObservedEngine, ObservedNetwork, ObservedVolume, label, sha256,
};
use campanile_plan::document::KeyType;
use campanile_plan::document::values::{CertificateName, EngineName, MemberName};
use campanile_plan::fleet::Desired;
use campanile_plan::observed::Observed;
use campanile_plan::plan::{Action, Plan, Request, Step, plan};
use jiff::{SignedDuration, Timestamp};

use crate::acme;
use crate::zones;

/// A day and hour for tests.
pub const NOON: &str = "2026-11-22T12:00:00Z";
/// More looks than any change needs.
const ROUNDS: usize = 12;
/// The configuration that an ingress runs on while it was given none.
const BUILT_IN: &str = "0000000000000000";

/// The world, as the next look sees it.
#[derive(Debug, Clone)]
pub struct World {
    /// What a look sees.
    pub observed: Observed,
    /// The clock.
    pub now: Timestamp,
    /// Issuers of which nobody can read what was spent.
    pub unread: BTreeSet<String>,
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
            unread: BTreeSet::new(),
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
        let request = Request { now: self.now, ..Request::default() };
        let issuers = &desired.platform.spec.issuers;
        if issuers.is_empty() {
            return plan(desired, &self.observed, &request);
        }
        // what was spent can always be read, unless a test says otherwise
        let mut observed = self.observed.clone();
        for issuer in issuers.iter().filter(|issuer| !self.unread.contains(issuer.name.value.as_str())) {
            observed.ledgers.entry(issuer.name.value.clone()).or_default();
        }
        plan(desired, &observed, &request)
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
            Action::IssueCertificate { names, key_type } => {
                let member = step.member.clone().unwrap_or_else(|| panic!("a certificate is a member's"));
                let signer = Signer::Authority(self.observed.authority.clone().unwrap_or_default());
                let certificate = issued(&member, names, *key_type, signer, now);
                self.observed.certificates.insert(member, certificate);
            }
            Action::CreateZone { .. } | Action::UpdateZone { .. } => {
                zones::step(self.observed.dns.get_or_insert_with(zones::server), &step.action);
            }
            Action::SetProofs { zone, records } => {
                let member = step.member.clone().unwrap_or_else(|| panic!("proofs are a member's"));
                zones::add_texts(self.observed.dns.get_or_insert_with(zones::server), zone, records);
                let noted = self.observed.proofs.entry(member).or_default();
                noted.extend(zones::proofs(zone, records));
            }
            Action::ClearProofs { zone, records } => {
                let member = step.member.clone().unwrap_or_else(|| panic!("proofs are a member's"));
                zones::remove_texts(self.observed.dns.get_or_insert_with(zones::server), zone, records);
                let noted = self.observed.proofs.entry(member.clone()).or_default();
                noted.retain(|proof, _| !zones::proofs(zone, records).contains_key(proof));
                if noted.is_empty() {
                    self.observed.proofs.remove(&member);
                }
            }
            action if acme::act(&mut self.observed, step.member.as_ref(), action, now) => {}
            action => {
                let bundles = self.observed.certificates.clone();
                let name = step.engine.as_ref().map_or("", EngineName::as_str).to_owned();
                self.on_engine(&name, action, &bundles, now);
            }
        }
    }

    fn on_engine(
        &mut self,
        name: &str,
        action: &Action,
        bundles: &BTreeMap<MemberName, ObservedCertificate>,
        now: Timestamp,
    ) {
        let mut texts = std::mem::take(&mut self.texts);
        let seen = self.engine(name);
        match action {
            Action::CreateNetwork(network) => {
                let there = ObservedNetwork { labels: network.labels.clone(), subnets: vec![network.subnet] };
                assert!(seen.networks.insert(network.name.clone(), there).is_none(), "{action:?}");
            }
            Action::RemoveNetwork { name } => {
                let on_it = |container: &ObservedContainer| {
                    container.state == ContainerState::Running && container.addresses.contains_key(name)
                };
                assert!(!seen.containers.values().any(on_it), "{name} is in use");
                assert!(remove_network(seen, name), "{action:?}");
            }
            Action::CreateVolume(volume) => {
                let there = ObservedVolume { labels: volume.labels.clone() };
                assert!(seen.volumes.insert(volume.name.clone(), there).is_none(), "{action:?}");
            }
            Action::PullImage { image } => {
                seen.images.insert(image.clone());
            }
            Action::CreateContainer(container) => create(seen, container, now),
            Action::WriteSecrets { container, .. } => {
                assert!(seen.containers.contains_key(container), "{action:?}");
            }
            Action::StartContainer { name } => {
                set_state(seen, name, ContainerState::Running);
                if let Some(noted) = noted(seen, name) {
                    noted.loaded = Some(noted.begins.clone().unwrap_or_else(|| BUILT_IN.to_owned()));
                }
            }
            Action::DrainContainer { ingress, .. } => assert!(runs(seen, ingress), "{action:?}"),
            Action::StopContainer { name, .. } => set_state(seen, name, ContainerState::Exited),
            Action::RemoveContainer { name } => assert!(seen.containers.remove(name).is_some(), "{action:?}"),
            Action::ConnectNetwork { network, container, address, .. } => {
                assert!(seen.networks.contains_key(network), "{action:?}");
                assert!(!in_use(seen, network, *address), "the address {address} is in use");
                let there = container_of(seen, container);
                assert!(there.addresses.insert(network.clone(), *address).is_none(), "{action:?}");
                answer(there);
            }
            Action::DisconnectNetwork { network, container } => {
                let there = container_of(seen, container);
                there.addresses.remove(network);
                answer(there);
            }
            Action::UpdateLimits { name, limits } => container_of(seen, name).limits = Some(*limits),
            Action::UploadIngress { files, .. } => upload(seen, files, bundles, &mut texts),
            Action::ActivateIngress { container, digest } => {
                assert!(
                    runs(seen, container) && texts.contains_key(&format!("index/{digest}.conf")),
                    "{action:?}"
                );
                let noted = noted(seen, container).unwrap_or_else(|| panic!("{action:?}"));
                *noted = Configuration { begins: Some(digest.clone()), loaded: Some(digest.clone()) };
            }
            Action::RetireIngress { container } => {
                let noted = noted(seen, container).unwrap_or_else(|| panic!("{action:?}"));
                *noted = Configuration { begins: None, loaded: Some("retired".to_owned()) };
            }
            Action::RemoveIngressFiles { paths, .. } => {
                let ingress = seen.ingress.get_or_insert_default();
                ingress.files.retain(|path, _| !paths.contains(path));
                ingress.leads.retain(|path, _| !paths.contains(path));
                ingress.routes.retain(|digest, _| !paths.contains(&format!("index/{digest}.conf")));
                ingress.revisions.retain(|revision, _| !paths.contains(&format!("loaded.{revision}")));
            }
            _ => {
                panic!("not an engine's: {action:?}")
            }
        }
        self.texts = texts;
    }
}

/// A certificate of 90 days.
pub(crate) fn issued(
    member: &MemberName,
    names: &BTreeSet<CertificateName>,
    key_type: KeyType,
    signer: Signer,
    now: Timestamp,
) -> ObservedCertificate {
    let hash = |what: &str| sha256(format!("{what} {member} {names:?} {now}").as_bytes());
    ObservedCertificate {
        names: names.clone(),
        not_before: now - SignedDuration::from_hours(1),
        not_after: now + SignedDuration::from_hours(24 * 90),
        signer,
        key_type: Some(key_type),
        window: None,
        leaf: hash("leaf"),
        bundle: hash("bundle"),
    }
}

fn engine(name: &str) -> EngineName {
    name.parse().unwrap_or_else(|_| panic!("{name:?} is no engine's name"))
}

/// What a container of the ingress notes in the volume; none for any other.
fn noted<'s>(seen: &'s mut ObservedEngine, container: &str) -> Option<&'s mut Configuration> {
    let container = &seen.containers[container];
    if container.labels.get(label::OBJECT).map(String::as_str) != Some("ingress") {
        return None;
    }
    let revision = container.labels.get(label::REVISION).cloned().unwrap_or_default();
    Some(seen.ingress.get_or_insert_default().revisions.entry(revision).or_default())
}

fn runs(seen: &ObservedEngine, container: &str) -> bool {
    seen.containers.get(container).is_some_and(|there| there.state == ContainerState::Running)
}

/// Removes a network, as somebody could by force; false if there is none.
pub fn remove_network(seen: &mut ObservedEngine, name: &str) -> bool {
    for container in seen.containers.values_mut() {
        container.addresses.remove(name);
        answer(container);
    }
    seen.networks.remove(name).is_some()
}

fn in_use(seen: &ObservedEngine, network: &str, address: Ipv4Addr) -> bool {
    seen.containers.values().any(|other| other.addresses.get(network) == Some(&address))
}

fn create(seen: &mut ObservedEngine, container: &Container, now: Timestamp) {
    let addresses = match &container.attachment {
        Attachment::Bridge { name, address, .. } => {
            assert!(!in_use(seen, name, *address), "the address {address} is in use");
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
        created: Some(now),
        addresses,
        limits: None,
        answer: None,
    };
    let name = container.name.clone();
    assert!(seen.containers.insert(name.clone(), there).is_none(), "{name} is there already");
}

fn container_of<'a>(seen: &'a mut ObservedEngine, name: &str) -> &'a mut ObservedContainer {
    seen.containers.get_mut(name).unwrap_or_else(|| panic!("{name} is not there"))
}

fn set_state(seen: &mut ObservedEngine, name: &str, state: ContainerState) {
    let container = container_of(seen, name);
    let starts = state == ContainerState::Running && container.labels.contains_key(label::ADDRESS);
    assert!(!starts || !container.addresses.is_empty(), "{name} starts without its network");
    container.state = state;
    answer(container);
}

/// Asks a container for its page anew, at the address in its label.
pub fn answer(container: &mut ObservedContainer) {
    let runs = container.state == ContainerState::Running;
    let asked = container.labels.get(label::ASK).filter(|_| runs);
    let reached = |page: &&String| {
        container.addresses.values().any(|address| page.starts_with(&format!("http://{address}:")))
    };
    container.answer = asked.map(|page| match Some(page).filter(reached) {
        Some(_) => Answer::Status(200),
        None => Answer::Nothing("no route to host".to_owned()),
    });
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
                if let Some(name) = file.path.strip_prefix("index/") {
                    let routes = text.lines().filter_map(|line| {
                        let path = line.trim().strip_prefix("include /etc/campanile/")?;
                        path.strip_suffix(';').map(str::to_owned)
                    });
                    ingress.routes.insert(name.trim_end_matches(".conf").to_owned(), routes.collect());
                }
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
