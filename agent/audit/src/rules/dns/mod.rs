//! Rules on the domain's zone.

pub mod bogus;
pub mod caa_forbids;
pub mod delegation;
mod issuers;
pub mod no_caa;
pub mod no_ipv6;
pub mod not_told;
pub mod open_resolver;
pub mod serials_differ;
pub mod single_network;
pub mod single_server;
pub mod unsigned;

use super::prelude::{Facts, Found};
use crate::facts::Domain;
#[cfg(test)]
use crate::facts::NameServer;

/// Asks about the domain, where one was looked at.
fn on_domain<I: IntoIterator<Item = Found>>(facts: &Facts, ask: impl Fn(&Domain) -> I) -> Vec<Found> {
    let domain = facts.domain.iter();
    domain.flat_map(|domain| ask(domain).into_iter().map(|found| found.at(&domain.name))).collect()
}

#[cfg(test)]
fn servers(facts: &mut Facts) -> &mut Vec<NameServer> {
    let crate::Answer::Known(servers) = &mut facts.domain.as_mut().unwrap().name_servers else {
        panic!("the name servers are unknown")
    };
    servers
}
