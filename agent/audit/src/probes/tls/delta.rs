//! Whether anything changed since yesterday, by about five hellos: the newest version answers as it did, with the same
//! certificate, and what was not taken yesterday is refused, all of it at once, by each version. Rare suites and SSL 2 are
//! left to the full look.

use std::collections::BTreeSet;

use tokio::join;

use super::ask::Server;
use super::flight::Flight;
use super::handshake::{self, Handshake};
use super::list::{OLD_SUITES, TLS13_GROUPS, TLS13_SUITES};
use super::old::{Offer, Old, Reply};
use super::server_hello::hexadecimal;
use super::tls13::Tls13;
use super::{TlsOutcome, features};
use crate::facts::{Chain, Tls};
use crate::registry::{Suite, Version};
use crate::{Answer, chain};
use sha2::{Digest, Sha256};

/// A chain as it was served, with the kind of key that got it.
type Served = (String, Vec<Vec<u8>>);

/// Looks; none where something changed, or could not be told.
pub(super) async fn look(server: &Server<'_>, yesterday: &Tls) -> Option<TlsOutcome> {
    let before = Before::of(yesterday)?;
    // The newest first, alone: where it has changed, nothing else has to be asked.
    let mut shown = match before.newest {
        Some(version) => same_answer(&Old::new(server, version), yesterday, &before).await?,
        None => Vec::new(),
    };
    let (added, chains, tls13) = join!(
        Box::pin(nothing_added(server, yesterday, &before)),
        Box::pin(other_chains(server, yesterday, &shown, &before)),
        Box::pin(same_tls13(server, yesterday)),
    );
    (added? && tls13?).then_some(())?;
    shown.extend(chains?);
    Some(outcome(server, yesterday, &shown))
}

/// What was found yesterday, in the form in which it is offered again.
struct Before {
    /// The newest version up to TLS 1.2 that is spoken.
    newest: Option<Version>,
    /// TLS 1.3 is spoken.
    has13: bool,
}

impl Before {
    /// None, where SSL 2 was spoken, or something was not known that another look may tell: then everything is looked at
    /// again. An old version that is never answered is not among that.
    fn of(yesterday: &Tls) -> Option<Self> {
        let mut spoken = Vec::new();
        for version in Version::ALL {
            let facts = yesterday.versions.get(&version)?;
            match facts.offered {
                Answer::Known(true) if facts.complete && version > Version::Ssl2 => spoken.push(version),
                Answer::Known(false) => {}
                Answer::Unknown { .. } if version < Version::Tls12 => {}
                Answer::Known(true) | Answer::Unknown { .. } => return None,
            }
        }
        yesterday.groups.known().and(yesterday.groups_tls13.known())?;
        let newest = spoken.iter().copied().rfind(|version| *version < Version::Tls13);
        Some(Self { newest, has13: spoken.contains(&Version::Tls13) })
    }
}

/// The newest version up to TLS 1.2 answers as it did: the same choice, the same extensions, the same certificate.
async fn same_answer(old: &Old<'_>, yesterday: &Tls, before: &Before) -> Option<Vec<Served>> {
    let Reply::Taken(flight) = features::ask(old).await else { return None };
    let hello = flight.hello.as_ref()?;
    let taken = suites_of(yesterday, old.version);
    let offered = OLD_SUITES.first()?;
    let expected = match yesterday.versions[&old.version].server_preference.known() {
        Some(true) => taken.iter().find(|suite| offered.contains(suite)),
        _ => offered.iter().find(|suite| taken.contains(suite)),
    };
    let mut now = Tls { chains: yesterday.chains.clone(), ..Tls::default() };
    features::note(&mut now, Some(&flight), None, false);
    let same = Some(&hello.suite) == expected
        && now.compression == yesterday.compression
        && now.secure_renegotiation == yesterday.secure_renegotiation
        && now.extended_master_secret == yesterday.extended_master_secret
        && now.session_tickets == yesterday.session_tickets
        && now.heartbeat == yesterday.heartbeat
        && hello.alpn.as_ref() == first_protocol(yesterday)
        && before.has13 == speaks13(old, hello.sentinel).await?;
    let shown: Vec<Served> =
        old.seen().chains.iter().map(|(by, chain)| ((*by).to_owned(), chain.clone())).collect();
    (same && shown.iter().all(|shown| is_as_before(shown, yesterday))).then_some(shown)
}

/// Whether TLS 1.3 is spoken: random bytes may say so, else a hello asks.
async fn speaks13(old: &Old<'_>, sentinel: Option<Version>) -> Option<bool> {
    if sentinel == Some(Version::Tls13) {
        return Some(true);
    }
    Tls13::open(old.server).await.offered.known().copied()
}

/// The protocol that ALPN picks of both: the server's first, as far as it can be told.
fn first_protocol(yesterday: &Tls) -> Option<&String> {
    yesterday.alpn.known().and_then(|protocols| protocols.first())
}

fn suites_of(tls: &Tls, version: Version) -> Vec<u16> {
    let suites = tls.versions.get(&version).map(|facts| facts.suites.as_slice()).unwrap_or_default();
    suites.iter().filter_map(|Suite(number)| u16::try_from(*number).ok()).collect()
}

fn is_as_before((by, chain): &Served, yesterday: &Tls) -> bool {
    let before = yesterday.chains.iter().find(|before| before.by == *by);
    before.is_some_and(|before| is_same(chain, &before.chain))
}

fn is_same(raw: &[Vec<u8>], before: &Chain) -> bool {
    let hashes = raw.iter().map(|certificate| hexadecimal(&Sha256::digest(certificate)));
    hashes.eq(before.certificates.iter().map(|certificate| certificate.sha256.clone()))
}

/// No version takes what it did not take, and none is spoken that was not; those that were still are.
async fn nothing_added(server: &Server<'_>, yesterday: &Tls, before: &Before) -> Option<bool> {
    let versions = [Version::Tls12, Version::Tls11, Version::Tls10, Version::Ssl3];
    let mut newer_is_spoken = true;
    let mut added = false;
    for version in versions {
        let old = Old::new(server, version);
        let taken = suites_of(yesterday, version);
        let is_spoken = !taken.is_empty();
        let was_silent = yesterday.versions.get(&version)?.offered.why_unknown().is_some();
        // A hello offers its version and all older ones: what a newer one was refused, needs no hello of its own.
        if is_spoken || newer_is_spoken {
            let others = OLD_SUITES.first()?.iter().filter(|suite| !taken.contains(suite)).copied().collect();
            match old.ask(Offer { suites: others, ..Offer::default() }).await {
                Reply::Refused | Reply::NotThisVersion => {}
                Reply::Taken(_) => added = true,
                Reply::Unknown(_) if was_silent => {}
                Reply::Unknown(_) => return None,
            }
        }
        if is_spoken && Some(version) != before.newest {
            match old.ask(Offer { suites: taken, ..Offer::default() }).await {
                Reply::Taken(_) => {}
                Reply::Refused | Reply::NotThisVersion => added = true,
                Reply::Unknown(_) => return None,
            }
        }
        newer_is_spoken = is_spoken || was_silent;
    }
    Some(!added)
}

/// TLS 1.3 takes no suite and no group that it did not take.
async fn same_tls13(server: &Server<'_>, yesterday: &Tls) -> Option<bool> {
    let suites = suites_of(yesterday, Version::Tls13);
    if suites.is_empty() {
        return Some(true);
    }
    let groups: BTreeSet<u16> = yesterday.groups_tls13.known()?.iter().map(|group| group.0).collect();
    let other_suites: Vec<u16> =
        TLS13_SUITES.iter().filter(|suite| !suites.contains(suite)).copied().collect();
    let other_groups: Vec<u16> =
        TLS13_GROUPS.iter().filter(|group| !groups.contains(group)).copied().collect();
    let (mut one, mut other) = (Tls13::unasked(server), Tls13::unasked(server));
    let refused = join!(one.refuses(&other_suites, TLS13_GROUPS), other.refuses(&suites, &other_groups));
    Some(*refused.0.known()? && *refused.1.known()?)
}

/// Chains that the newest version's first answer did not show: of another kind of key, or by TLS 1.3 alone.
async fn other_chains(
    server: &Server<'_>,
    yesterday: &Tls,
    shown: &[Served],
    before: &Before,
) -> Option<Vec<Served>> {
    let mut others = Vec::new();
    for missing in yesterday.chains.iter().filter(|chain| shown.iter().all(|(by, _)| *by != chain.by)) {
        let found = match before.newest {
            Some(version) if missing.by != "TLS 1.3" => {
                of_kind(server, yesterday, version, &missing.by).await?
            }
            _ => match handshake::shake(server, server.name, &[]).await {
                Handshake::Shown(seen) => (missing.by.clone(), seen.chain),
                Handshake::Refused | Handshake::Unknown(_) => return None,
            },
        };
        others.push(is_as_before(&found, yesterday).then_some(found)?);
    }
    Some(others)
}

async fn of_kind(server: &Server<'_>, yesterday: &Tls, version: Version, kind: &str) -> Option<Served> {
    let old = Old::new(server, version);
    let suites = suites_of(yesterday, version);
    let suites: Vec<u16> =
        suites.into_iter().filter(|suite| super::old::authentication(*suite) == Some(kind)).collect();
    let Reply::Taken(flight) = old.ask(Offer { suites, ..Offer::default() }).await else { return None };
    let Flight { certificates, .. } = *flight;
    Some((kind.to_owned(), certificates?))
}

/// Yesterday's facts, with the chains judged today.
fn outcome(server: &Server<'_>, yesterday: &Tls, shown: &[Served]) -> TlsOutcome {
    let mut tls = yesterday.clone();
    let (now, roots, name) = (jiff::Timestamp::now(), &server.eyes.roots, server.name_or_address());
    let mut chains = Vec::new();
    for chain in &mut tls.chains {
        let Some((_, raw)) = shown.iter().find(|(by, _)| *by == chain.by) else { continue };
        chain.chain = chain::read(raw, Some(&name), now, roots);
        chains.push(raw.clone());
    }
    if let Some(Some(without)) = tls.without_name.known() {
        let again = shown.iter().find(|(_, raw)| is_same(raw, without));
        if let Some((_, raw)) = again {
            tls.without_name = Some(chain::read(raw, None, now, roots)).into();
        }
    }
    tls.cost = server.cost();
    TlsOutcome { spoken: true.into(), tls: Some(tls), chains, unchanged: true }
}
