//! What must hold across members: a domain, a host and an identity belong to one member alone.

use std::collections::{BTreeMap, BTreeSet};

use super::parse::file_of;
use crate::document::values::{DomainName, MemberName};
use crate::document::{Member, Place, Problem};

/// Something that only one member can have.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Claim<'a> {
    Domain(&'a DomainName),
    Host(&'a DomainName),
    Istat(String),
    Ipa(String),
}

impl std::fmt::Display for Claim<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Claim::Domain(name) => write!(f, "the domain {name}"),
            Claim::Host(name) => write!(f, "the host {name}"),
            Claim::Istat(code) => write!(f, "the ISTAT code {code}"),
            Claim::Ipa(code) => write!(f, "the IPA code {code}"),
        }
    }
}

fn claims(member: &Member) -> Vec<(Claim<'_>, Place)> {
    let spec = &member.spec;
    let mut claims = vec![(Claim::Domain(&spec.domain.name.value), spec.domain.name.place)];
    claims.extend(spec.names().map(|host| (Claim::Host(&host.value), host.place)));
    if let Some(identity) = &spec.identity {
        claims.extend(identity.istat.iter().map(|code| (Claim::Istat(code.to_string()), code.place)));
        claims.extend(identity.ipa.iter().map(|code| (Claim::Ipa(code.to_string()), code.place)));
    }
    claims
}

/// Finds what two members claim. Who had it before keeps it; if nobody had, a host is theirs under whose domain it
/// stands; else none gets it.
///
/// `holders` are the members as they were last accepted.
pub(super) fn conflicts(
    members: &BTreeMap<MemberName, &Member>,
    holders: &BTreeMap<MemberName, Member>,
) -> Vec<(MemberName, Problem)> {
    let mut claimed: BTreeMap<Claim, Vec<(&MemberName, Place)>> = BTreeMap::new();
    for (name, member) in members {
        for (claim, place) in claims(member) {
            claimed.entry(claim).or_default().push((name, place));
        }
    }
    let mut problems = Vec::new();
    for (claim, claimants) in claimed.iter().filter(|(_, claimants)| several(claimants)) {
        let held = |name: &MemberName| {
            let holder = holders.get(name);
            holder.is_some_and(|holder| claims(holder).iter().any(|(held, _)| held == claim))
        };
        let before: Vec<_> = claimants.iter().filter(|(name, _)| held(name)).collect();
        let keeper = match before.as_slice() {
            [one] => Some(one.0),
            [] => rightful(claim, claimants, members),
            _ => None,
        };
        for (name, place) in claimants.iter().filter(|(name, _)| Some(*name) != keeper) {
            let other = claimants.iter().find(|(other, _)| match keeper {
                Some(keeper) => *other == keeper,
                None => other != name,
            });
            let Some((other, at)) = other else { continue };
            let verb = if keeper.is_some() { "belongs to" } else { "is also claimed by" };
            problems.push(problem(name, *place, &format!("{claim} {verb}"), other, *at));
        }
    }
    problems.extend(strangers(members, holders));
    problems
}

/// The only one under whose own domain a host stands.
fn rightful<'a>(
    claim: &Claim,
    claimants: &[(&'a MemberName, Place)],
    members: &BTreeMap<MemberName, &Member>,
) -> Option<&'a MemberName> {
    let Claim::Host(host) = claim else { return None };
    let own = |name: &MemberName| {
        members.get(name).is_some_and(|member| host.is_within(&member.spec.domain.name.value))
    };
    let mut rightful = claimants.iter().map(|(name, _)| *name).filter(|name| own(name));
    rightful.next().filter(|_| rightful.next().is_none())
}

fn several(claimants: &[(&MemberName, Place)]) -> bool {
    claimants.iter().any(|(name, _)| *name != claimants[0].0)
}

/// Hosts and domains that stand under another member's domain. The lower one is in the wrong, unless it was there
/// before the upper one.
fn strangers(
    members: &BTreeMap<MemberName, &Member>,
    holders: &BTreeMap<MemberName, Member>,
) -> Vec<(MemberName, Problem)> {
    let domains: BTreeMap<&str, (&MemberName, Place)> = members
        .iter()
        .map(|(name, member)| (member.spec.domain.name.value.as_str(), (name, member.spec.domain.name.place)))
        .collect();
    let mut problems = Vec::new();
    let mut covering = BTreeSet::new();
    for (name, member) in members {
        let domain = &member.spec.domain.name;
        let names = std::iter::once(("domain", domain)).chain(member.spec.names().map(|host| ("host", host)));
        for (what, placed) in names {
            if what == "host" && placed.value.is_within(&domain.value) {
                continue;
            }
            let mut above = suffixes(placed.value.as_str()).skip(usize::from(what == "domain"));
            let owner = above.find_map(|suffix| domains.get(suffix).filter(|(owner, _)| *owner != name));
            let Some((other, at)) = owner else { continue };
            let lower_before = holders.get(name).is_some_and(|holder| has(holder, &placed.value));
            let upper = &members[*other].spec.domain.name.value;
            let upper_before =
                holders.get(*other).is_some_and(|holder| holder.spec.domain.name.value == *upper);
            if !lower_before || upper_before {
                let text = format!("the {what} {placed} stands under the domain of");
                problems.push(problem(name, placed.place, &text, other, *at));
            } else if covering.insert(*other) {
                let text = format!("the domain {upper} covers the {what} {placed} of");
                problems.push(problem(other, *at, &text, name, placed.place));
            }
        }
    }
    problems
}

/// Whether a document has a name as its domain or as a host.
fn has(member: &Member, name: &DomainName) -> bool {
    member.spec.domain.name.value == *name || member.spec.names().any(|host| host.value == *name)
}

/// `www.a.test`, `a.test`, `test`.
fn suffixes(name: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(name), |name| name.split_once('.').map(|(_, rest)| rest))
}

fn problem(
    name: &MemberName,
    place: Place,
    what: &str,
    other: &MemberName,
    at: Place,
) -> (MemberName, Problem) {
    let problem = Problem {
        file: file_of(name),
        place,
        message: format!("{what} {other} ({}:{})", file_of(other), at.line),
        remedy: "use another name, or remove it there first".to_owned(),
    };
    (name.clone(), problem)
}

/// Whether two documents speak of one body: the same ISTAT code, IPA code or domain.
pub(super) fn is_same_body(one: &Member, other: &Member) -> bool {
    let body = |member: &Member| -> BTreeSet<String> {
        let claims = claims(member).into_iter().map(|(claim, _)| claim);
        claims.filter(|claim| !matches!(claim, Claim::Host(_))).map(|claim| claim.to_string()).collect()
    };
    !body(one).is_disjoint(&body(other))
}

/// The members that a list of conflicts concerns.
pub(super) fn losers(conflicts: &[(MemberName, Problem)]) -> BTreeSet<MemberName> {
    conflicts.iter().map(|(name, _)| name.clone()).collect()
}
