//! The name servers of a zone: those that it names, what each says, and those that its parent names.

use std::net::IpAddr;

use domain::base::Rtype;
use domain::base::iana::Rcode;
use futures_util::future::join_all;

use super::super::Eyes;
use super::super::resolver::Reply;
use crate::Answer;
use crate::facts::NameServer;

/// Most name servers of a zone that are asked.
const MOST_SERVERS: usize = 13;
/// Most name servers of the parent that are asked until one answers.
const MOST_PARENTS: usize = 4;

/// The name servers that the zone names.
pub(super) async fn of(eyes: &Eyes, zone: &str) -> Answer<Vec<NameServer>> {
    match named(eyes, zone).await {
        Answer::Known(names) => {
            let servers = names.into_iter().take(MOST_SERVERS).map(|name| one(eyes, zone, name));
            Answer::Known(join_all(servers).await)
        }
        Answer::Unknown { unknown } => Answer::unknown(unknown),
    }
}

/// The name servers that the parent delegates the zone to, in alphabetical order.
pub(super) async fn at_parent(eyes: &Eyes, zone: &str) -> Answer<Vec<String>> {
    let Some((_, above)) = zone.split_once('.').or((!zone.is_empty()).then_some(("", "."))) else {
        return Answer::unknown("the root has no parent");
    };
    let parent = match super::zone(eyes, above).await {
        Answer::Known(parent) => parent,
        Answer::Unknown { unknown } => return Answer::unknown(unknown),
    };
    let servers = match named(eyes, if parent.is_empty() { "." } else { &parent }).await {
        Answer::Known(servers) => servers,
        Answer::Unknown { unknown } => return Answer::unknown(unknown),
    };
    let mut last = format!("{parent} names no name server");
    for name in servers.into_iter().take(MOST_PARENTS) {
        match addresses(eyes, &name).await.known().and_then(|all| all.first().copied()) {
            Some(address) => match delegation(eyes, address, zone).await {
                Answer::Known(servers) => return Answer::Known(servers),
                Answer::Unknown { unknown } => last = unknown,
            },
            None => last = format!("the address of {name} is not known"),
        }
    }
    Answer::unknown(last)
}

/// What a name server of the parent says: it delegates, or it serves the zone as well.
async fn delegation(eyes: &Eyes, server: IpAddr, zone: &str) -> Answer<Vec<String>> {
    match eyes.resolver.ask_at(server, zone, Rtype::NS, false).await {
        Ok(reply) => {
            let delegates = reply.delegates(zone);
            let itself = reply.name_servers();
            let servers = if delegates.is_empty() { itself } else { delegates };
            match (reply.code(), servers.is_empty()) {
                (Rcode::NOERROR | Rcode::NXDOMAIN, false) => Answer::Known(servers),
                (Rcode::NOERROR | Rcode::NXDOMAIN, true) if reply.is_authoritative() => {
                    Answer::Known(servers)
                }
                (code, _) => Answer::unknown(format!("{server} answers {code} for the delegation of {zone}")),
            }
        }
        Err(error) => Answer::failed(&error),
    }
}

async fn named(eyes: &Eyes, zone: &str) -> Answer<Vec<String>> {
    eyes.resolver.query(zone, Rtype::NS).await.map(|reply: Reply| reply.name_servers())
}

/// Addresses of a name server that may be asked.
async fn addresses(eyes: &Eyes, name: &str) -> Answer<Vec<IpAddr>> {
    match eyes.resolver.addresses(name).await {
        Answer::Known(all) => {
            let refused = all.iter().find_map(|address| eyes.guard.check_for(name, *address).err());
            match refused {
                Some(refusal) => Answer::unknown(refusal.to_string()),
                None => Answer::Known(all),
            }
        }
        unknown @ Answer::Unknown { .. } => unknown,
    }
}

/// One name server, asked at its first address.
async fn one(eyes: &Eyes, zone: &str, name: String) -> NameServer {
    let found = addresses(eyes, &name).await;
    let (serial, recursive) = match found.known().map(|all| all.first()) {
        Some(Some(address)) => tokio::join!(serial(eyes, *address, zone), recursive(eyes, *address)),
        Some(None) => (Answer::unknown("it has no address"), Answer::unknown("it has no address")),
        None => {
            let why = found.why_unknown().unwrap_or_default();
            (Answer::unknown(why), Answer::unknown(why))
        }
    };
    let addresses = eyes.resolver.addresses(&name).await.known().cloned().unwrap_or_default();
    NameServer { name, addresses, serial, recursive }
}

async fn serial(eyes: &Eyes, server: IpAddr, zone: &str) -> Answer<u32> {
    match eyes.resolver.ask_at(server, zone, Rtype::SOA, false).await {
        Ok(reply) => match (reply.code(), reply.is_authoritative(), reply.serial()) {
            (Rcode::NOERROR, true, Some(serial)) => Answer::Known(serial),
            (Rcode::NOERROR, ..) => Answer::unknown("it does not serve the zone"),
            (code, ..) => Answer::unknown(format!("it answers {code}")),
        },
        Err(error) => Answer::failed(&error),
    }
}

/// Whether it finds out for others: asked about the root, which is in nobody's zone but the root's own.
async fn recursive(eyes: &Eyes, server: IpAddr) -> Answer<bool> {
    match eyes.resolver.ask_at(server, ".", Rtype::NS, true).await {
        Ok(reply) => match (reply.code(), reply.offers_recursion()) {
            (_, false) | (Rcode::REFUSED, true) => Answer::Known(false),
            (Rcode::NOERROR, true) => Answer::Known(!reply.name_servers().is_empty()),
            (code, true) => Answer::unknown(format!("it offers to, and answers {code}")),
        },
        Err(error) => Answer::failed(&error),
    }
}
