//! A domain: its zone, who serves it, whether it is signed, who may issue certificates for it.

mod caa;
mod dnssec;
mod name_servers;

use domain::base::Rtype;
use futures_util::future::join_all;

use super::Eyes;
use super::resolver::Reply;
use crate::Answer;
use crate::facts::Domain;

/// Most hosts of a domain that are asked about.
const MOST_HOSTS: usize = 64;

/// Looks at a domain, and at which of its hosts have an IPv6 address. Name servers are asked at the resolver's port for them.
pub async fn look(eyes: &Eyes, domain: &str, hosts: &[String]) -> Domain {
    let zone = zone(eyes, domain).await;
    let zone_name = zone.known().map(String::as_str);
    let ((name_servers, delegated_to), dnssec, caa, (with, without)) = tokio::join!(
        of_zone(eyes, zone_name),
        dnssec::of(eyes, zone_name.unwrap_or(domain)),
        caa::of(eyes, domain),
        by_ipv6(eyes, hosts),
    );
    Domain {
        name: domain.to_owned(),
        zone,
        name_servers,
        delegated_to,
        dnssec,
        caa,
        hosts_with_ipv6: with,
        hosts_without_ipv6: without,
    }
}

/// The zone that a name is in: its SOA record says, in the answer or beside "there is nothing".
pub(super) async fn zone(eyes: &Eyes, name: &str) -> Answer<String> {
    match eyes.resolver.query(name, Rtype::SOA).await {
        Answer::Known(reply) => match reply.zone() {
            Some(zone) => Answer::Known(zone),
            None => Answer::unknown(format!("the answer about {name} does not say in which zone it is")),
        },
        Answer::Unknown { unknown } => Answer::unknown(unknown),
    }
}

async fn of_zone(
    eyes: &Eyes,
    zone: Option<&str>,
) -> (Answer<Vec<crate::facts::NameServer>>, Answer<Vec<String>>) {
    let Some(zone) = zone else {
        let unknown = "its zone is not known";
        return (Answer::unknown(unknown), Answer::unknown(unknown));
    };
    tokio::join!(name_servers::of(eyes, zone), name_servers::at_parent(eyes, zone))
}

/// Hosts with an IPv6 address, and hosts without; those about which nothing could be told are in neither.
async fn by_ipv6(eyes: &Eyes, hosts: &[String]) -> (Answer<Vec<String>>, Answer<Vec<String>>) {
    let hosts = &hosts[..hosts.len().min(MOST_HOSTS)];
    let has = |host: String| async move {
        if eyes.resolver.pinned(&host).is_some() {
            let addresses = eyes.resolver.addresses(&host).await;
            return addresses.map(|all| all.iter().any(std::net::IpAddr::is_ipv6));
        }
        let reply = eyes.resolver.query(&host, Rtype::AAAA).await;
        reply.map(|reply: Reply| !reply.addresses().is_empty())
    };
    let answers = join_all(hosts.iter().map(|host| has(host.clone()))).await;
    if let (Some(why), true) =
        (answers.iter().find_map(Answer::why_unknown), answers.iter().all(|answer| answer.known().is_none()))
    {
        return (Answer::unknown(why), Answer::unknown(why));
    }
    let those = |wanted: bool| {
        let pairs = hosts.iter().zip(&answers);
        pairs.filter(|(_, has)| has.known() == Some(&wanted)).map(|(host, _)| host.clone()).collect()
    };
    (Answer::Known(those(true)), Answer::Known(those(false)))
}
