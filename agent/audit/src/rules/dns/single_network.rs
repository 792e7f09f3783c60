//! All name servers in one network.

use crate::rules::prelude::*;
use std::collections::BTreeSet;
use std::net::IpAddr;

pub const RULE: Rule = Rule {
    id: "dns-single-network",
    area: Area::Dns,
    weight: Weight::Minor,
    title: || {
        Text::new("I server dei nomi sono tutti nella stessa rete", "All name servers are in one network")
    },
    citation: "RFC 2182, 3.1 (1997)",
    meaning: || {
        Text::new(
            "Un guasto a quella rete toglie insieme sito e posta.",
            "A failure of that network takes site and mail away together.",
        )
    },
    remedy: || {
        Remedy::by(
            Who::DnsOperator,
            "Spostare un server dei nomi in un’altra rete.",
            "Move a name server to another network.",
        )
        .zone("@ IN NS ns2.altro.example.")
    },
    judge: |facts, _| {
        super::on_domain(facts, |domain| {
            let servers = domain.name_servers.known().filter(|servers| servers.len() > 1)?;
            let all: Vec<IpAddr> =
                servers.iter().flat_map(|server| server.addresses.iter().copied()).collect();
            let v4: BTreeSet<String> = all.iter().filter(|address| address.is_ipv4()).map(network).collect();
            let v6: BTreeSet<String> = all.iter().filter(|address| address.is_ipv6()).map(network).collect();
            let (only, more) = if v4.is_empty() { (v6, 0) } else { (v4, v6.len()) };
            let network = only.first().filter(|_| only.len() == 1 && more < 2)?;
            Some(Found::fails(format!("tutti in {network}"), format!("all in {network}")))
        })
    },
    #[cfg(test)]
    cases: &[
        catches("all in 192.0.2.0/24", |facts| {
            for server in super::servers(facts) {
                server.addresses = vec!["192.0.2.53".parse().unwrap()];
            }
        }),
        passes("one IPv4 network, two of IPv6", |facts| {
            for server in super::servers(facts) {
                server.addresses[0] = "192.0.2.53".parse().unwrap();
            }
        }),
    ],
};

/// The network that an address is most often routed with: 24 bits of IPv4, 48 of IPv6.
fn network(address: &IpAddr) -> String {
    match address {
        IpAddr::V4(address) => {
            let [a, b, c, _] = address.octets();
            format!("{a}.{b}.{c}.0/24")
        }
        IpAddr::V6(address) => {
            let [a, b, c, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}::/48")
        }
    }
}
