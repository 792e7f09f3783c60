//! Records that show an issuer whose names are (dns-01): set while an order is open, seen at every name server before the issuer
//! is told to look, cleared when the order is over.

use std::collections::{BTreeMap, BTreeSet};

use super::orders::object;
use super::{Asked, Challenge};
use crate::document::values::{DomainName, MemberName};
use crate::domain::{NoSpot, Owner, Proof, spot};
use crate::plan::{Action, Change, Lane, STARTING};

/// Patience with name servers that fetch a zone from another one, in seconds.
const SPREADING: u32 = 30;

/// Plans what shows whose the names are, and waits until every name server has it; true once the issuer may look.
pub(super) fn are_shown(asked: &Asked, name: &MemberName, open: &[&Challenge], lane: &mut Lane) -> bool {
    let noted = asked.observed.proofs.get(name);
    let (mut proofs, mut missing) = (Vec::new(), Vec::new());
    for challenge in open {
        let spot = match spot(asked.desired, asked.observed, &challenge.name) {
            Ok(spot) => spot,
            Err(trouble) => {
                note(trouble, name, lane);
                return false;
            }
        };
        let has = spot.has(&challenge.answer);
        let proof = Proof { zone: spot.zone.clone(), owner: spot.owner, value: challenge.answer.clone() };
        if !has || !noted.is_some_and(|noted| noted.contains_key(&proof)) {
            missing.push(proof.clone());
        }
        proofs.push(proof);
    }
    if !missing.is_empty() {
        for (zone, records) in by_zone(&missing) {
            let action = Action::SetProofs { zone: zone.clone(), records: records.clone() };
            let changes = changes(&zone, &records, |value| (None, Some(value)));
            lane.change(
                format!("proofs of {name} in {zone}"),
                "the issuer looks for them there",
                changes,
                action,
            );
        }
        return false;
    }
    proofs.iter().all(|proof| is_everywhere(asked, name, proof, lane))
}

/// Whether every name server that the platform lists shows a record; notes the first one that does not.
fn is_everywhere(asked: &Asked, name: &MemberName, proof: &Proof, lane: &mut Lane) -> bool {
    let answers = asked.observed.proofs.get(name).and_then(|noted| noted.get(proof));
    let servers = asked.desired.platform.spec.dns.iter().flat_map(|dns| &dns.name_servers.value);
    for server in servers {
        let answer = answers.and_then(|answers| answers.get(&server.name.value));
        let why = match answer {
            Some(Ok(())) => continue,
            Some(Err(why)) => format!(": {why}"),
            None => String::new(),
        };
        let message = format!("until the name server {} shows {} TXT{why}", server.name, proof.owner);
        lane.wait(object(name), message, SPREADING);
        return false;
    }
    true
}

/// Plans to remove what was set for a member whose order is over.
pub(super) fn clear(asked: &Asked, name: &MemberName, lane: &mut Lane) {
    let Some(noted) = asked.observed.proofs.get(name) else { return };
    // they are cleared when it can be asked again; its lane says that it cannot
    if asked.observed.dns.as_ref().is_some_and(|dns| dns.away.is_some()) {
        return;
    }
    let noted: Vec<Proof> = noted.keys().cloned().collect();
    for (zone, records) in by_zone(&noted) {
        let action = Action::ClearProofs { zone: zone.clone(), records: records.clone() };
        let changes = changes(&zone, &records, |value| (Some(value), None));
        lane.change(format!("proofs of {name} in {zone}"), "nobody looks for them any more", changes, action);
    }
}

/// Says why a record cannot be set.
pub(super) fn note(trouble: NoSpot, name: &MemberName, lane: &mut Lane) {
    match trouble {
        NoSpot::Later(message) => lane.wait(object(name), message, STARTING),
        NoSpot::Never { message, remedy } => lane.block(object(name), message, remedy),
    }
}

type Records = BTreeMap<Owner, BTreeSet<String>>;

fn by_zone(proofs: &[Proof]) -> BTreeMap<DomainName, Records> {
    let mut zones: BTreeMap<DomainName, Records> = BTreeMap::new();
    for Proof { zone, owner, value } in proofs {
        zones.entry(zone.clone()).or_default().entry(owner.clone()).or_default().insert(value.clone());
    }
    zones
}

fn changes(
    zone: &DomainName,
    records: &Records,
    which: impl Fn(String) -> (Option<String>, Option<String>),
) -> Vec<Change> {
    let each = records.iter().flat_map(|(owner, values)| values.iter().map(move |value| (owner, value)));
    let change = |(owner, value): (&Owner, &String)| {
        let (old, new) = which(value.clone());
        Change { field: format!("{} TXT", owner.within(zone)), old, new }
    };
    each.map(change).collect()
}
