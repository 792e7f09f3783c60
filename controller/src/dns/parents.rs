//! Whom the parents of zones name as their name servers: asked of the parents' own servers, which the resolver finds.
//!
//! The resolver itself cannot be asked: it tells what a zone says of itself.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::net::{IpAddr, SocketAddr};

use campanile_plan::document::values::DomainName;
use campanile_plan::domain::{Data, Kind, Owner, Referral};
use domain::base::Rtype;
use domain::base::iana::Rcode;
use futures_util::{StreamExt, stream};

use super::asked::ask;
use super::look_up::{look_up, records};

/// Where name servers answer.
const PORT: u16 = 53;
/// Questions at once.
const QUESTIONS: usize = 64;
/// Most name servers of a parent of which one is looked for that answers, by IPv4 and by IPv6.
const MOST_SERVERS: usize = 3;

/// A zone above others.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Parent {
    name: Owner,
    /// Its name servers.
    servers: BTreeSet<Owner>,
}

/// What is known of a parent: who answers for it, or why nobody is known to.
type Voices = Result<Vec<SocketAddr>, String>;

/// Asks the parents of all zones. The servers of one are looked for once, so that those that are silent cost no time for each zone.
pub(super) async fn referrals(resolver: SocketAddr, zones: &[DomainName]) -> BTreeMap<DomainName, Referral> {
    let above: BTreeSet<Owner> = zones.iter().filter_map(|zone| Owner::from(zone).above()).collect();
    let parents = for_each(above, |above| parent(resolver, above)).await;
    let found: BTreeSet<Parent> = parents.values().flatten().cloned().collect();
    let voices = for_each(found, |parent| voices(resolver, parent)).await;
    let voices_for = |zone: &DomainName| match parents.get(&Owner::from(zone).above()?)? {
        Ok(parent) => voices.get(parent).cloned(),
        Err(why) => Some(Err(why.clone())),
    };
    for_each(zones.iter().cloned(), |zone| {
        let voices = voices_for(&zone);
        async move {
            match voices {
                Some(Ok(voices)) => referral(&voices, &zone).await,
                Some(Err(why)) => Referral::Unknown(why),
                None => Referral::Unknown("there is no zone above".to_owned()),
            }
        }
    })
    .await
}

/// Asks about each key, many at once.
async fn for_each<Key: Ord + Clone, Answer, Asking: Future<Output = Answer>>(
    keys: impl IntoIterator<Item = Key>,
    question: impl Fn(Key) -> Asking,
) -> BTreeMap<Key, Answer> {
    let asked = stream::iter(keys).map(|key| {
        let answer = question(key.clone());
        async { (key, answer.await) }
    });
    asked.buffer_unordered(QUESTIONS).collect().await
}

/// The zone that a name is in, or the nearest above it.
async fn parent(resolver: SocketAddr, name: Owner) -> Result<Parent, String> {
    let mut next = Some(name);
    while let Some(name) = next {
        let found = look_up(resolver, (&name, Kind::NS), true).await;
        let found = found.map_err(|why| format!("the resolver {resolver} was asked for {name}: {why}"))?;
        if found.owner == name && !found.data.is_empty() {
            let servers = found.data.iter().filter_map(|data| data.target(Kind::NS)).collect();
            return Ok(Parent { name, servers });
        }
        next = name.above();
    }
    Err(format!("the resolver {resolver} knows no zone above"))
}

/// The servers of a parent that answer for it.
async fn voices(resolver: SocketAddr, parent: Parent) -> Voices {
    let Parent { name, servers } = parent;
    let mut addresses: Vec<SocketAddr> = Vec::new();
    for kind in [Kind::A, Kind::AAAA] {
        let found = for_each(servers.iter().take(MOST_SERVERS).cloned(), |server| async move {
            let found = look_up(resolver, (&server, kind), true).await;
            found.ok().and_then(|found| found.data.iter().find_map(Data::to_address))
        });
        let found = found.await.into_values().flatten();
        addresses.extend(found.map(|address: IpAddr| SocketAddr::new(address, PORT)));
    }
    let tried = for_each(addresses, |server| {
        let name = &name;
        async move {
            let answer = ask(server, (name, Rtype::SOA), false).await;
            answer.is_ok_and(|answer| answer.header().rcode() == Rcode::NOERROR && answer.header().aa())
        }
    });
    let tried = tried.await;
    if tried.is_empty() {
        return Err(format!("no name server of {name} has an address"));
    }
    let voices: Vec<SocketAddr> = tried.iter().filter(|(_, answers)| **answers).map(|(at, _)| *at).collect();
    if voices.is_empty() {
        let tried: Vec<String> = tried.keys().map(ToString::to_string).collect();
        return Err(format!("no name server of {name} answers here: {}", tried.join(", ")));
    }
    Ok(voices)
}

/// Asks one server after the other, until one says whom the parent names.
async fn referral(voices: &[SocketAddr], zone: &DomainName) -> Referral {
    let mut best = Referral::Unknown("no name server of the parent answers".to_owned());
    for server in voices {
        match (said(*server, zone).await, &best) {
            (said @ Referral::To(_), _) => return said,
            (Referral::Unknown(_), Referral::Held) => {}
            (said, _) => best = said,
        }
    }
    best
}

/// What one server of the parent says.
async fn said(server: SocketAddr, zone: &DomainName) -> Referral {
    let answer = match ask(server, (zone, Rtype::NS), false).await {
        Ok(answer) => answer,
        Err(error) => return Referral::Unknown(format!("{server} does not answer: {error}")),
    };
    let owner = Owner::from(zone);
    let is_theirs = |(of, kind, _): &(Owner, Kind, Data)| *of == owner && *kind == Kind::NS;
    let servers: BTreeSet<Owner> = records(answer.authority())
        .into_iter()
        .filter(is_theirs)
        .filter_map(|(_, kind, data)| data.target(kind))
        .collect();
    match (answer.header().rcode(), answer.header().aa()) {
        (Rcode::NOERROR, true) if records(answer.answer()).iter().any(is_theirs) => Referral::Held,
        (Rcode::NOERROR | Rcode::NXDOMAIN, true) => Referral::To(BTreeSet::new()),
        (Rcode::NOERROR, false) if !servers.is_empty() => Referral::To(servers),
        (Rcode::NOERROR, false) => Referral::Unknown(format!("{server} knows nothing of the zone")),
        (code, _) => Referral::Unknown(format!("{server} answers {code}")),
    }
}
