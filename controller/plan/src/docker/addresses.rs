//! Addresses: a network for every member out of the engine's range, a free address for every container.
//!
//! Deterministic: the same members and the same observed networks give the same answer, in whatever
//! order they come. A network that is there keeps what it has.

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

use ipnet::Ipv4Net;

use super::names::{self, Object};
use super::{ObservedEngine, label, sha256};
use crate::document::values::{MemberName, PlatformName};

/// Prefix of a member's network: 16 addresses, of which 13 are for containers.
const PREFIX: u8 = 28;

/// Chooses the network of each member; a member that is missing from the answer found the range exhausted.
pub fn subnets<'a>(
    range: Ipv4Net,
    platform: &PlatformName,
    members: impl Iterator<Item = &'a MemberName>,
    observed: &ObservedEngine,
) -> BTreeMap<&'a MemberName, Ipv4Net> {
    let networks = observed.networks.values().flat_map(|network| network.subnets.iter());
    let networks: Vec<Ipv4Net> = networks.chain(&observed.refused).copied().collect();
    // an address that visitors are still sent to must not become somebody else's
    let led: Vec<(Option<MemberName>, Ipv4Net)> = led(observed).collect();
    let taken: Vec<Ipv4Net> = networks.iter().copied().chain(led.iter().map(|(_, net)| *net)).collect();
    let mut free = Free::new(range, &taken);
    let mut chosen = BTreeMap::new();
    let mut waiting = Vec::new();
    for member in members {
        let there = observed.networks.get(&names::network(platform, member)).filter(|network| {
            names::owned(platform, &network.labels).is_some_and(|owned| owned.object == Object::Network)
        });
        match there.and_then(|network| network.subnets.first()) {
            Some(subnet) => {
                chosen.insert(member, *subnet);
            }
            None => waiting.push(member),
        }
    }
    waiting.sort();
    let before = if waiting.is_empty() { BTreeMap::new() } else { before(platform, observed) };
    for (member, net) in waiting.iter().filter_map(|member| Some((*member, *before.get(*member)?))) {
        let others = led.iter().filter(|(other, _)| other.as_ref() != Some(member)).map(|(_, net)| net);
        let mut others = networks.iter().chain(others).chain(chosen.values());
        if range.contains(&net) && !others.any(|other| overlap(*other, net)) {
            free.mark(net);
            chosen.insert(member, net);
        }
    }
    waiting.retain(|member| !chosen.contains_key(member));
    for member in waiting {
        if let Some(subnet) = free.take(member) {
            chosen.insert(member, subnet);
        }
    }
    chosen
}

/// Networks that routes lead to, with the members whose routes they are.
fn led(observed: &ObservedEngine) -> impl Iterator<Item = (Option<MemberName>, Ipv4Net)> {
    let leads = observed.ingress.iter().flat_map(|ingress| &ingress.leads);
    leads.filter_map(|(path, lead)| {
        let net = Ipv4Net::new(lead.address?, PREFIX).ok()?;
        Some((crate::ingress::member_of(path), net.trunc()))
    })
}

/// The networks that containers of members were made for. Of a network that somebody removed the containers may still
/// run: in one of the same addresses they need not be made anew.
fn before(platform: &PlatformName, observed: &ObservedEngine) -> BTreeMap<MemberName, Ipv4Net> {
    let containers = observed.containers.values().filter_map(|container| {
        let address = container.labels.get(label::ADDRESS)?.parse().ok()?;
        let net = Ipv4Net::new(address, PREFIX).ok()?;
        Some((names::owned(platform, &container.labels)?.member?, net.trunc()))
    });
    containers.collect()
}

fn overlap(one: Ipv4Net, other: Ipv4Net) -> bool {
    one.contains(&other.network()) || other.contains(&one.network())
}

/// The networks of a range that nobody has.
struct Free {
    base: u32,
    count: u32,
    taken: BTreeSet<u32>,
}

impl Free {
    fn new(range: Ipv4Net, taken: &[Ipv4Net]) -> Self {
        let base = u32::from(range.network());
        let count = 1 << (PREFIX - range.prefix_len());
        let last = u32::from(range.broadcast());
        let mut used = BTreeSet::new();
        for net in taken {
            let from = u32::from(net.network()).max(base);
            let to = u32::from(net.broadcast()).min(last);
            if from <= to {
                used.extend((from - base) >> (32 - PREFIX)..=(to - base) >> (32 - PREFIX));
            }
        }
        Self { base, count, taken: used }
    }

    /// Takes a network of the range.
    fn mark(&mut self, net: Ipv4Net) {
        self.taken.insert((u32::from(net.network()) - self.base) >> (32 - PREFIX));
    }

    /// The first free network from the place that the member's name points to.
    fn take(&mut self, member: &MemberName) -> Option<Ipv4Net> {
        if self.taken.len() >= self.count as usize {
            return None;
        }
        let digest = sha256(member.as_str().as_bytes());
        let start = u32::from_str_radix(&digest[..8], 16).unwrap_or_default() % self.count;
        let index = (start..self.count).chain(0..start).find(|index| !self.taken.contains(index))?;
        self.taken.insert(index);
        Ipv4Net::new(Ipv4Addr::from(self.base + (index << (32 - PREFIX))), PREFIX).ok()
    }
}

/// The lowest free address of a network; the first one is the gateway's.
pub fn free_address(subnet: Ipv4Net, taken: &BTreeSet<Ipv4Addr>) -> Option<Ipv4Addr> {
    subnet.hosts().skip(1).find(|address| !taken.contains(address))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::docker::{ObservedContainer, ObservedNetwork};

    fn names(count: usize) -> Vec<MemberName> {
        (0..count).map(|n| format!("m{n}").parse().unwrap()).collect()
    }

    fn world(taken: &[&str]) -> ObservedEngine {
        let networks = taken.iter().map(|net| {
            let network =
                ObservedNetwork { subnets: vec![net.parse().unwrap()], ..ObservedNetwork::default() };
            ((*net).to_owned(), network)
        });
        ObservedEngine { networks: networks.collect(), ..ObservedEngine::default() }
    }

    #[test]
    fn a_range_that_the_engine_refused_is_not_asked_for_again() {
        let platform = "lecco".parse().unwrap();
        let (member, range) = ("calco".parse().unwrap(), "10.77.0.0/24".parse().unwrap());
        let mut observed = ObservedEngine::default();
        let first = subnets(range, &platform, [&member].into_iter(), &observed)[&member];
        observed.refused.insert(first);
        assert_ne!(subnets(range, &platform, [&member].into_iter(), &observed)[&member], first);
    }

    #[test]
    fn no_two_members_overlap_and_foreign_networks_are_skipped() {
        let platform = "p".parse().unwrap();
        let range = "10.77.0.0/24".parse().unwrap();
        let members = names(14);
        let observed = world(&["10.77.0.0/28", "10.77.0.64/27"]);
        let chosen = subnets(range, &platform, members.iter(), &observed);
        assert_eq!(chosen.len(), 13, "16 networks less 3 taken, for 14 members");
        let foreign: Vec<Ipv4Net> = observed.networks.values().flat_map(|n| n.subnets.clone()).collect();
        let mut all: Vec<Ipv4Net> = chosen.values().copied().chain(foreign).collect();
        all.sort();
        assert!(all.windows(2).all(|pair| pair[0].broadcast() < pair[1].network()), "{all:?}");
        let backwards = subnets(range, &platform, members.iter().rev(), &observed);
        assert_eq!(chosen, backwards);
    }

    #[test]
    fn who_lost_a_network_gets_the_same_again_unless_somebody_has_it() {
        let platform = "p".parse().unwrap();
        let members = names(1);
        let labels =
            names::labels(&platform, Some(&members[0]), &Object::Workload("site".parse().unwrap()), "");
        let mut container: ObservedContainer = serde_json::from_value(
            serde_json::json!({"labels": labels, "state": "Running", "status": "", "addresses": {}}),
        )
        .unwrap();
        container.labels.insert(label::ADDRESS.to_owned(), "10.77.0.35".to_owned());
        for (taken, again) in [("10.77.0.48/28", true), ("10.77.0.0/26", false)] {
            let mut observed = world(&[taken]);
            observed.containers.insert("p.m0.site.00000000".to_owned(), container.clone());
            let chosen = subnets("10.77.0.0/24".parse().unwrap(), &platform, members.iter(), &observed);
            assert_eq!(chosen[&members[0]] == "10.77.0.32/28".parse().unwrap(), again, "{chosen:?}");
        }
    }

    #[test]
    fn addresses_start_after_the_gateway() {
        let subnet = "10.77.0.16/28".parse().unwrap();
        let mut taken = BTreeSet::new();
        while let Some(address) = free_address(subnet, &taken) {
            taken.insert(address);
        }
        assert_eq!(taken.len(), 13);
        assert_eq!(taken.first(), Some(&Ipv4Addr::new(10, 77, 0, 18)));
        assert_eq!(taken.last(), Some(&Ipv4Addr::new(10, 77, 0, 30)));
    }
}
