//! The records that a zone should hold: those that follow from the rest of the document, and over them those that it writes.

use std::collections::BTreeMap;

use super::mark::{self, Mark};
use super::record::{Data, Kind, Owner, Records, RrSet};
use crate::document::Dns;
use crate::document::values::{DomainName, Ttl};
use crate::fleet::{Desired, DesiredMember};

/// Records that should be there, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// The records.
    pub set: RrSet,
    /// Why, for people.
    pub because: String,
}

/// What a member's zone should hold, without the notes.
pub fn wanted(desired: &Desired, dns: &Dns, member: &DesiredMember) -> BTreeMap<(Owner, Kind), Wanted> {
    let mut wanted = derived(desired, dns, &member.spec.domain.name.value, Some(member));
    for (key, set) in &member.records {
        let (owner, kind) = key;
        // beside a CNAME nothing may stand
        let clash = |other: &(Owner, Kind)| {
            other.0 == *owner && (other.1 == *kind || *kind == Kind::CNAME || other.1 == Kind::CNAME)
        };
        let in_place: Vec<String> = wanted
            .extract_if(.., |other, _| clash(other))
            .filter(|(other, there)| (other, &there.set.data) != (key, &set.data))
            .map(|((_, kind), there)| format!("{kind} {}, {}", there.set.to_text(kind), there.because))
            .collect();
        let because = if in_place.is_empty() {
            "the document says so".to_owned()
        } else {
            format!("the document says so, in place of {}", in_place.join(" and of "))
        };
        wanted.insert(key.clone(), Wanted { set: set.clone(), because });
    }
    wanted
}

/// What a zone holds without anybody writing it: the platform's name servers, and what follows for the member whose zone
/// it is, where there is one.
pub fn implied(desired: &Desired, dns: &Dns, zone: &DomainName) -> Records {
    let member = desired.members.values().find(|member| member.spec.domain.name.value == *zone);
    let derived = derived(desired, dns, zone, member);
    derived.into_iter().map(|(key, wanted)| (key, wanted.set)).collect()
}

/// What follows from the rest of the member's document and from the platform's.
fn derived(
    desired: &Desired,
    dns: &Dns,
    zone: &DomainName,
    member: Option<&DesiredMember>,
) -> BTreeMap<(Owner, Kind), Wanted> {
    let ttl = ttl(dns);
    let mut derived = BTreeMap::new();
    let mut add = |owner: Owner, (kind, data): (Kind, Data), because: String| {
        let wanted = derived
            .entry((owner, kind))
            .or_insert_with(|| Wanted { set: RrSet { ttl, data: [].into() }, because });
        wanted.set.data.insert(data);
    };
    for server in &dns.name_servers.value {
        let target = Data::host(&server.name.value);
        let because = "the platform's name servers carry the zone".to_owned();
        add(Owner::from(zone), (Kind::NS, target), because);
    }
    let Some(member) = member else { return derived };
    for (data, because) in authorities(desired, member) {
        add(Owner::from(zone), (Kind::CAA, data), because);
    }
    let engine = desired.engines().iter().find(|engine| engine.name.value == member.engine);
    let addresses = engine.map_or(&[][..], |engine| &engine.ingress.addresses);
    for (workload, host) in member
        .spec
        .workloads()
        .flat_map(|(name, workload)| workload.hosts.iter().map(move |host| (name.clone(), &host.value)))
    {
        if host.is_within(zone) {
            for address in addresses {
                add(Owner::from(host), Data::address(address.address()), format!("a host of {workload}"));
            }
        }
    }
    derived
}

/// Who may issue certificates for the domain (RFC 8659): the member's issuer, where it says how it is called there. The
/// platform's own authority asks nobody.
fn authorities(desired: &Desired, member: &DesiredMember) -> Vec<(Data, String)> {
    let issuer = desired.issuer(&member.spec.issuer());
    let Some((issuer, caa)) = issuer.and_then(|issuer| Some((issuer, issuer.caa.as_ref()?))) else {
        return Vec::new();
    };
    let wildcard = member.spec.certificate.as_ref().is_some_and(|certificate| certificate.wildcard);
    let others = if wildcard { caa.as_str() } else { ";" };
    let because = format!("{} issues its certificate", issuer.name);
    vec![
        (Data::authority("issue", caa.as_str()), because.clone()),
        (Data::authority("issuewild", others), because),
    ]
}

/// How long resolvers may keep what says nothing else.
pub fn ttl(dns: &Dns) -> u32 {
    dns.ttl.unwrap_or(Ttl::HOUR).seconds()
}

/// The notes of a zone that is held whole.
pub fn own_mark(desired: &Desired, dns: &Dns, member: &DesiredMember) -> ((Owner, Kind), Wanted) {
    let set = Mark::of(desired.name()).records(ttl(dns));
    let because = "says whose the zone is".to_owned();
    (mark::key(&member.spec.domain.name.value), Wanted { set, because })
}
