//! The zones of a platform: what was last seen of each, looked at again where something was touched.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::Arc;

use campanile_plan::document::Dns;
use campanile_plan::document::values::{DomainName, Listen, MemberName};
use campanile_plan::domain::{ObservedDns, ObservedZone, ZoneTrouble};
use campanile_plan::fleet::Desired;
use futures_util::StreamExt;
use futures_util::stream;
use tokio::sync::Mutex;

use super::asked::{delegation, served, signers};
use super::error::DnsError;
use super::leads::lead;
use super::parents::referrals;
use super::server::{Connection, Server};
use super::transfer::{serial, transfer};
use crate::scope::Scope;
use crate::world::chain;

/// Connections at once to the server that is read and changed.
const CONNECTIONS: usize = 4;
/// Questions at once to the servers that are asked for proof.
const QUESTIONS: usize = 64;

/// What is known of the zones between two looks.
#[derive(Default)]
pub struct Zones {
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    /// The server that it is known from.
    dns: Option<Dns>,
    seen: ObservedDns,
}

/// What was found of one zone.
type Found = Result<Arc<ObservedZone>, ZoneTrouble>;

impl Zones {
    /// Looks at the zones of the members that the scope names, and tells of the others what it saw last; none where the
    /// platform has no name server.
    pub async fn observe(&self, desired: &Desired, scope: &Scope) -> Option<ObservedDns> {
        let dns = desired.platform.spec.dns.as_ref()?;
        let mut known = self.known.lock().await;
        if known.dns.as_ref() != Some(dns) {
            *known = Known { dns: Some(dns.clone()), seen: ObservedDns::default() };
        }
        let all: BTreeMap<&DomainName, &MemberName> =
            desired.members.iter().map(|(name, member)| (&member.spec.domain.name.value, name)).collect();
        let seen = &mut known.seen;
        let is_there = |zone: &DomainName| all.contains_key(zone);
        seen.zones.retain(|zone, _| is_there(zone));
        seen.served.retain(|zone, _| is_there(zone));
        seen.delegations.retain(|zone, _| is_there(zone));
        seen.signers.retain(|zone, _| is_there(zone));
        seen.referrals.retain(|zone, _| is_there(zone));
        let whole = scope.is_everything() || seen.away.is_some();
        let is_named =
            |zone: &DomainName, member: &MemberName| scope.has_zone_of(member) || scope.has_zone(zone);
        let touched: Vec<DomainName> = all
            .into_iter()
            .filter(|(zone, member)| whole || is_named(zone, member) || !seen.zones.contains_key(*zone))
            .map(|(zone, _)| zone.clone())
            .collect();
        if !touched.is_empty() || whole {
            look(dns, seen, touched).await;
        }
        lead(dns, seen, desired, whole).await;
        Some(seen.clone())
    }
}

/// Looks at some zones: at the server first, then at those who serve them.
async fn look(dns: &Dns, seen: &mut ObservedDns, zones: Vec<DomainName>) {
    seen.away = None;
    let server = match Server::open(dns) {
        Ok(server) => server,
        Err(error) => return seen.away = Some(chain(&error)),
    };
    if let Some(catalog) = &dns.catalog {
        match entries(&server, catalog).await {
            Err(error) if error.is_away() => return seen.away = Some(chain(&error)),
            found => seen.catalog = Some(found.map_err(|error| chain(&error))),
        }
    }
    let share = zones.len().div_ceil(CONNECTIONS).max(1);
    let before = &seen.zones;
    let parts = zones.chunks(share).map(|zones| read(&server, before, zones));
    let mut found = BTreeMap::new();
    for part in futures_util::future::join_all(parts).await {
        match part {
            Ok(part) => found.extend(part),
            Err(error) => return seen.away = Some(chain(&error)),
        }
    }
    seen.zones.extend(found);
    prove(dns, seen, &zones).await;
}

/// The zones that a catalog has (RFC 9432): the targets of the PTR records under its label `zones`.
async fn entries(server: &Server, catalog: &DomainName) -> Result<BTreeSet<DomainName>, DnsError> {
    let mut connection = server.connect().await?;
    let zone = transfer(&mut connection, catalog).await?;
    let below = format!("zones.{catalog}");
    let entries = zone.records.iter().filter(|((owner, _), _)| owner.is_within(&below));
    let targets = entries.flat_map(|((_, kind), set)| set.data.iter().filter_map(|data| data.target(*kind)));
    Ok(targets.filter_map(|target| target.as_str().parse().ok()).collect())
}

/// Reads some zones by one connection; one whose serial is as it was is not transferred again.
async fn read(
    server: &Server,
    before: &BTreeMap<DomainName, Found>,
    zones: &[DomainName],
) -> Result<Vec<(DomainName, Found)>, DnsError> {
    let mut connection = server.connect().await?;
    let mut found = Vec::with_capacity(zones.len());
    for zone in zones {
        let known = before.get(zone).and_then(|known| known.as_ref().ok());
        let answer = match one(&mut connection, known, zone).await {
            Ok(answer) => Ok(answer),
            Err(error) if error.is_away() => return Err(error),
            Err(error) => {
                connection = server.connect().await?;
                Err(if error.is_missing() {
                    ZoneTrouble::Missing(chain(&error))
                } else {
                    ZoneTrouble::Unreadable(chain(&error))
                })
            }
        };
        found.push((zone.clone(), answer));
    }
    Ok(found)
}

async fn one(
    connection: &mut Connection,
    known: Option<&Arc<ObservedZone>>,
    zone: &DomainName,
) -> Result<Arc<ObservedZone>, DnsError> {
    let serial = serial(connection, zone).await?;
    match known {
        Some(known) if known.serial == serial => Ok(Arc::clone(known)),
        _ => match transfer(connection, zone).await {
            // it is there, and may be asked for: to refuse it whole is about rights
            Err(error) if error.is_missing() => {
                Err(DnsError::Malformed(format!("it lets this key ask, but not transfer the zone: {error}")))
            }
            transferred => transferred.map(Arc::new),
        },
    }
}

/// Asks from outside: every name server for every zone, and the resolver.
async fn prove(dns: &Dns, seen: &mut ObservedDns, zones: &[DomainName]) {
    let is_there = |zone: &DomainName| matches!(seen.zones.get(zone), Some(Ok(_)));
    let (there, gone): (Vec<DomainName>, Vec<DomainName>) = zones.iter().cloned().partition(is_there);
    for zone in &gone {
        seen.served.remove(zone);
        seen.delegations.remove(zone);
        seen.signers.remove(zone);
        seen.referrals.remove(zone);
    }
    let mut questions = Vec::with_capacity(there.len() * dns.name_servers.value.len());
    for zone in &there {
        seen.served.insert(zone.clone(), BTreeMap::new());
        for server in &dns.name_servers.value {
            questions.push((zone.clone(), server.name.value.clone(), server.address.socket()));
        }
    }
    let asked =
        stream::iter(questions).map(async |(zone, server, address): (DomainName, DomainName, SocketAddr)| {
            let answer = served(address, &zone).await;
            (zone, server, answer)
        });
    let answers: Vec<_> = asked.buffer_unordered(QUESTIONS).collect().await;
    for (zone, server, answer) in answers {
        seen.served.entry(zone).or_default().insert(server, answer);
    }
    let Some(resolver) = dns.resolver.map(Listen::socket) else { return };
    let asked = stream::iter(there.clone()).map(async |zone: DomainName| {
        let (found, parents) = tokio::join!(delegation(resolver, &zone), signers(resolver, &zone));
        (zone, found, parents)
    });
    let chains = asked.buffer_unordered(QUESTIONS).collect::<Vec<_>>();
    let (found, referrals) = tokio::join!(chains, referrals(resolver, &there));
    seen.referrals.extend(referrals);
    for (zone, found, parents) in found {
        match parents {
            Some(parents) => seen.signers.insert(zone.clone(), parents),
            None => seen.signers.remove(&zone),
        };
        seen.delegations.insert(zone, found);
    }
}
