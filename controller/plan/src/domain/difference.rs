//! From what a zone should hold and what it holds to the changes between them, as far as the zone's policy lets us.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Serialize, Serializer};

use super::mark::{self, Mark};
use super::observed::ObservedZone;
use super::proof;
use super::record::{Kind, Owner, RrSet};
use super::start;
use super::wanted::Wanted;
use crate::document::values::DomainName;
use crate::plan::Change;

/// So many records may always go from a zone in one plan.
const ALWAYS: usize = 3;
/// Of a hundred records, so many may go in one plan.
const SHARE: usize = 30;

/// The records of one owner and type, before and after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ZoneChange {
    /// Whose.
    pub owner: Owner,
    /// Of which type.
    pub kind: Kind,
    /// What is there, and still has to be when the change is made; none for nothing.
    pub old: Option<RrSet>,
    /// What will be there; none for nothing.
    pub new: Option<RrSet>,
}

/// A change, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reasoned {
    /// The change.
    pub change: ZoneChange,
    /// Why.
    pub because: String,
}

/// What there is to do in a zone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Difference {
    /// Changes.
    pub changes: Vec<Reasoned>,
    /// Records that should be there where others stand that are not ours.
    pub foreign: Vec<ZoneChange>,
}

impl ZoneChange {
    /// How many records go without another one in their place.
    fn removed(&self) -> usize {
        let count = |set: &Option<RrSet>| set.as_ref().map_or(0, |set| set.data.len());
        count(&self.old).saturating_sub(count(&self.new))
    }

    /// Whether the world finds the zone, or a part that was given away, by these records.
    fn delegates(&self) -> bool {
        let data = |set: &Option<RrSet>| set.as_ref().map(|set| set.data.clone());
        matches!(self.kind, Kind::NS | Kind::DS) && self.old.is_some() && data(&self.old) != data(&self.new)
    }

    /// The change as people read it.
    pub fn to_change(&self, zone: &DomainName, because: &str) -> Change {
        let same_data = match (&self.old, &self.new) {
            (Some(old), Some(new)) => old.data == new.data,
            _ => false,
        };
        let text = |set: &RrSet| {
            let data = set.to_text(self.kind);
            if same_data { format!("ttl {}", set.ttl) } else { data }
        };
        let field = format!("{} {} ({because})", self.owner.within(zone), self.kind);
        if let (Kind::SOA, Some(old), Some(new)) = (self.kind, &self.old, &self.new) {
            let (old, new) = start::words(old, new);
            return Change { field, old: Some(old), new: Some(new) };
        }
        Change { field, old: self.old.as_ref().map(text), new: self.new.as_ref().map(text) }
    }

    /// The record as an object of the plan.
    pub fn object(&self) -> String {
        format!("record {} {}", self.owner, self.kind)
    }
}

/// A zone as it was seen.
pub struct Seen<'a> {
    /// Its name.
    pub zone: &'a DomainName,
    /// What it holds.
    pub there: &'a ObservedZone,
    /// Where orders that are under way show whose names are: nothing changes there until they are over.
    pub busy: &'a BTreeSet<Owner>,
}

/// What a zone that is held whole needs: everything that differs.
pub fn own(wanted: &BTreeMap<(Owner, Kind), Wanted>, seen: &Seen) -> Difference {
    let Seen { zone, there, busy } = seen;
    let mut changes = Vec::new();
    for (key, wanted) in wanted.iter().filter(|((owner, _), _)| !busy.contains(owner)) {
        changes.extend(replaced(key, wanted, there.records.get(key)));
    }
    let gone = there.records.iter().filter(|(key, _)| !is_proof(key, zone) && !busy.contains(&key.0));
    for (key, set) in gone.filter(|(key, _)| !wanted.contains_key(*key)) {
        let change = change(key, Some(set), None);
        changes.push(Reasoned { change, because: "no document asks for it".to_owned() });
    }
    Difference { changes, foreign: Vec::new() }
}

/// What a shared zone needs: our records, beside those of others.
pub fn share(wanted: &BTreeMap<(Owner, Kind), Wanted>, ttl: u32, mut mark: Mark, seen: &Seen) -> Difference {
    let Seen { zone, there, busy } = *seen;
    let mut difference = Difference::default();
    let apex = (Owner::from(zone), Kind::NS);
    for (key, wanted) in wanted.iter().filter(|(key, _)| **key != apex && !busy.contains(&key.0)) {
        let set = there.records.get(key);
        let Some(found) = replaced(key, wanted, set) else { continue };
        let ours = set.is_none_or(|set| mark.made(key, set, zone) || set.data == wanted.set.data);
        if !ours || beside_cname(key, there, &mark, zone) {
            difference.foreign.push(found.change);
            continue;
        }
        mark.note(key, &wanted.set, zone);
        difference.changes.push(found);
    }
    let unwanted = |key: &(Owner, Kind)| !wanted.contains_key(key) && !busy.contains(&key.0);
    for (key, set) in there.records.iter().filter(|(key, _)| unwanted(key)) {
        if mark.made(key, set, zone) {
            let because = "no document asks for it any more".to_owned();
            difference.changes.push(Reasoned { change: change(key, Some(set), None), because });
        }
        mark.forget(key, zone);
    }
    let there_is =
        |what: &String| there.records.keys().chain(wanted.keys()).any(|key| mark::what(key, zone) == *what);
    mark.made.retain(|what, _| there_is(what));
    let record = Wanted { set: mark.records(ttl), because: "says which records Campanile made".to_owned() };
    let key = mark::key(zone);
    difference.changes.extend(replaced(&key, &record, there.records.get(&key)));
    difference
}

/// Whether a CNAME that is not ours stands where other records should, or others where a CNAME should.
fn beside_cname((owner, kind): &(Owner, Kind), there: &ObservedZone, mark: &Mark, zone: &DomainName) -> bool {
    let clashes = |other: &(Owner, Kind)| {
        other.0 == *owner && other.1 != *kind && (other.1 == Kind::CNAME || *kind == Kind::CNAME)
    };
    there.records.iter().any(|(other, set)| clashes(other) && !mark.made(other, set, zone))
}

/// The change from what is there to what should be; none where it is the same.
fn replaced(key: &(Owner, Kind), wanted: &Wanted, there: Option<&RrSet>) -> Option<Reasoned> {
    (there != Some(&wanted.set))
        .then(|| Reasoned { change: change(key, there, Some(&wanted.set)), because: wanted.because.clone() })
}

fn change((owner, kind): &(Owner, Kind), old: Option<&RrSet>, new: Option<&RrSet>) -> ZoneChange {
    ZoneChange { owner: owner.clone(), kind: *kind, old: old.cloned(), new: new.cloned() }
}

/// What somebody shows an issuer: the certificate's own lane clears what is ours, and what is another's is left to them.
fn is_proof((owner, kind): &(Owner, Kind), zone: &DomainName) -> bool {
    *kind == Kind::TXT && owner.within(zone).split('.').next() == Some(proof::LABEL)
}

/// Takes out of a difference what a person has to release, and says why.
///
/// A zone that was just made, which nobody was told of yet, has nothing to be careful with.
pub fn hold(
    difference: &mut Difference,
    zone: &DomainName,
    there: &ObservedZone,
) -> Option<(Vec<String>, String)> {
    if there.is_fresh() {
        return None;
    }
    let total: usize = there.records.values().map(|set| set.data.len()).sum();
    let removed: usize = difference.changes.iter().map(|found| found.change.removed()).sum();
    let limit = ALWAYS.max(total * SHARE / 100);
    let too_many = removed > limit;
    let is_held = |change: &ZoneChange| change.delegates() || too_many && change.removed() > 0;
    let owners: BTreeSet<Owner> = difference
        .changes
        .iter()
        .filter(|found| is_held(&found.change))
        .map(|found| found.change.owner.clone())
        .collect();
    if owners.is_empty() {
        return None;
    }
    // what comes to a name from which something else has to go first
    let stays = |change: &ZoneChange| {
        change.old.is_none()
            && change.kind != Kind::CNAME
            && !there.records.contains_key(&(change.owner.clone(), Kind::CNAME))
    };
    let held: Vec<Reasoned> = difference
        .changes
        .extract_if(.., |found| {
            is_held(&found.change) || owners.contains(&found.change.owner) && !stays(&found.change)
        })
        .collect();
    let because = if too_many {
        format!("{removed} of {total} records of {zone} would go at once, and {limit} may")
    } else {
        "the world finds the zone by these records".to_owned()
    };
    Some((held.iter().map(|found| found.change.object()).collect(), because))
}

impl Serialize for ZoneChange {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;
        let Self { owner, kind, old, new } = self;
        let text = |set: &Option<RrSet>| {
            set.as_ref().map(|set| {
                let data: Vec<String> = set.data.iter().map(|data| data.to_text(*kind)).collect();
                (set.ttl, data)
            })
        };
        let mut change = serializer.serialize_struct("ZoneChange", 4)?;
        change.serialize_field("owner", owner)?;
        change.serialize_field("type", kind)?;
        change.serialize_field("old", &text(old))?;
        change.serialize_field("new", &text(new))?;
        change.end()
    }
}
