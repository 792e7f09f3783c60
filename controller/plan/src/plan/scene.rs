//! One engine as the rooms of the kinds look at it: what should be there and what is.

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

use ipnet::Ipv4Net;
use jiff::Timestamp;

use super::breaker::Breaker;
use super::{Action, Lane};
use crate::docker::names::{self, Object, Owned};
use crate::docker::{Build, ObservedContainer, ObservedEngine, addresses, label};
use crate::document::Engine;
use crate::document::values::{EngineName, ImageReference, MemberName, PlatformName};
use crate::fleet::{Desired, DesiredMember};
use crate::ingress::{IngressRevisions, RoutesThere};
use crate::observed::Observed;

/// One engine, desired and observed.
pub struct Scene<'a> {
    /// The fleet as it should be.
    pub desired: &'a Desired,
    /// Everything that was seen.
    pub observed: &'a Observed,
    /// The engine's document.
    pub engine: &'a Engine,
    /// What was seen on it.
    pub seen: &'a ObservedEngine,
    /// Which removals are held.
    pub breaker: &'a Breaker,
    /// The member that the plan is narrowed to.
    pub only: Option<&'a MemberName>,
    /// Now.
    pub now: Timestamp,
    /// Each member's network, chosen or there.
    pub subnets: BTreeMap<&'a MemberName, Ipv4Net>,
    /// Members with something on this engine that serves or could serve, whose document does not put them here.
    pub departed: BTreeSet<MemberName>,
    /// Those of the departed that must stay until they are served from another engine, with what is missing there.
    pub moving: BTreeMap<MemberName, String>,
    containers: BTreeMap<MemberName, Vec<Revision<'a>>>,
    volumes: BTreeMap<MemberName, Vec<&'a str>>,
    addresses: BTreeMap<&'a str, Vec<Ipv4Addr>>,
    ingresses: IngressRevisions<'a>,
    routes: RoutesThere<'a>,
}

/// A container of ours.
#[derive(Debug, Clone)]
pub struct Revision<'a> {
    /// Its name.
    pub name: &'a str,
    /// What its labels say.
    pub owned: Owned<'a>,
    /// What was seen of it.
    pub seen: &'a ObservedContainer,
}

impl Revision<'_> {
    /// Its fixed address, also while it is stopped.
    pub fn address(&self) -> Option<Ipv4Addr> {
        self.seen.labels.get(label::ADDRESS)?.parse().ok()
    }
}

impl<'a> Scene<'a> {
    /// Looks at one engine.
    pub fn new(
        desired: &'a Desired,
        observed: &'a Observed,
        (engine, seen): (&'a Engine, &'a ObservedEngine),
        breaker: &'a Breaker,
        only: Option<&'a MemberName>,
        now: Timestamp,
    ) -> Self {
        let platform = desired.name();
        let members = desired.on_engine(&engine.name.value).map(|(name, _)| name);
        let subnets = addresses::subnets(engine.range.value.net(), platform, members, seen);
        let departed = departed(desired, &engine.name.value, seen);
        let ingresses = IngressRevisions::new(platform, &engine.ingress, seen);
        let routes = RoutesThere::new(&ingresses, seen.ingress.as_ref());
        Self {
            desired,
            observed,
            engine,
            seen,
            breaker,
            only,
            now,
            subnets,
            departed,
            moving: BTreeMap::new(),
            containers: containers(platform, seen),
            volumes: volumes(platform, seen),
            addresses: addresses_in_use(seen),
            ingresses,
            routes,
        }
    }

    /// The platform's name.
    pub fn platform(&self) -> &'a PlatformName {
        self.desired.name()
    }

    /// The engine's name.
    pub fn engine_name(&self) -> &'a EngineName {
        &self.engine.name.value
    }

    /// What builds the objects of a member.
    pub fn build<'s>(&'s self, name: &'s MemberName, member: &'s DesiredMember) -> Build<'s> {
        let secrets = self.observed.secrets.get(name);
        Build { platform: self.platform(), member: name, spec: &member.spec, secrets }
    }

    /// Plans to fetch an image, if the engine does not have it.
    pub fn pull(&self, image: &ImageReference, because: &str, lane: &mut Lane) {
        if !self.seen.images.contains(&image.listed()) && !self.seen.images.contains(image.as_str()) {
            let image = image.to_string();
            lane.step(format!("image {image}"), because, Action::PullImage { image });
        }
    }

    /// The containers of a member.
    pub fn containers(&self, member: &MemberName) -> &[Revision<'a>] {
        self.containers.get(member).map_or(&[], Vec::as_slice)
    }

    /// The volumes with a member's data.
    pub fn volumes(&self, member: &MemberName) -> &[&'a str] {
        self.volumes.get(member).map_or(&[], Vec::as_slice)
    }

    /// The addresses that containers, ours and foreign, have on a network.
    pub fn addresses(&self, network: &str) -> &[Ipv4Addr] {
        self.addresses.get(network).map_or(&[], Vec::as_slice)
    }

    /// The revisions of the ingress.
    pub fn ingresses(&self) -> &IngressRevisions<'a> {
        &self.ingresses
    }

    /// The routes that the ingress has.
    pub fn routes(&self) -> &RoutesThere<'a> {
        &self.routes
    }

    /// Whether steps for this member belong in the plan.
    pub fn in_scope(&self, member: &MemberName) -> bool {
        self.only.is_none_or(|only| only == member)
    }
}

fn containers<'a>(
    platform: &PlatformName,
    seen: &'a ObservedEngine,
) -> BTreeMap<MemberName, Vec<Revision<'a>>> {
    let mut containers: BTreeMap<MemberName, Vec<Revision>> = BTreeMap::new();
    for (name, container) in &seen.containers {
        if let Some(owned) = names::owned(platform, &container.labels)
            && let Some(member) = owned.member.clone()
        {
            containers.entry(member).or_default().push(Revision { name, owned, seen: container });
        }
    }
    containers
}

fn volumes<'a>(platform: &PlatformName, seen: &'a ObservedEngine) -> BTreeMap<MemberName, Vec<&'a str>> {
    let mut volumes: BTreeMap<MemberName, Vec<&str>> = BTreeMap::new();
    for (name, volume) in &seen.volumes {
        if let Some(Owned { member: Some(member), object: Object::Volume(_), .. }) =
            names::owned(platform, &volume.labels)
        {
            volumes.entry(member).or_default().push(name);
        }
    }
    volumes
}

fn addresses_in_use(seen: &ObservedEngine) -> BTreeMap<&str, Vec<Ipv4Addr>> {
    let mut addresses: BTreeMap<&str, Vec<Ipv4Addr>> = BTreeMap::new();
    for (network, address) in seen.containers.values().flat_map(|container| &container.addresses) {
        addresses.entry(network).or_default().push(*address);
    }
    addresses
}

/// Members with a container, a network or a route on an engine, whose document does not put them there.
pub fn departed(desired: &Desired, engine: &EngineName, seen: &ObservedEngine) -> BTreeSet<MemberName> {
    let platform = desired.name();
    let stays = |member: &MemberName| {
        let here = |desired: &DesiredMember| desired.engine == *engine || !desired.may_change();
        desired.unknown.contains(member) || desired.members.get(member).is_some_and(here)
    };
    let serving = |object: &Object| matches!(object, Object::Workload(_) | Object::Network);
    let containers = seen.containers.values().map(|container| &container.labels);
    let networks = seen.networks.values().map(|network| &network.labels);
    let owners = containers.chain(networks).filter_map(|labels| {
        let owned = names::owned(platform, labels)?;
        owned.member.filter(|_| serving(&owned.object))
    });
    let routes = crate::ingress::routes_in_force(platform, seen);
    let leading_to = routes.into_iter().filter_map(|path| crate::ingress::member_of(path));
    owners.chain(leading_to).filter(|member| !stays(member)).collect()
}
