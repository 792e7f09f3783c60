//! A name server in memory: it makes zones by its catalog, and changes them if they are as somebody saw them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use campanile_plan::document::values::DomainName;
use campanile_plan::domain::{
    Data, Kind, ObservedDns, ObservedZone, Owner, Proof, Proofs, RrSet, ZoneChange, ZoneTrouble,
};
use campanile_plan::plan::Action;

/// A name server with an empty catalog.
pub fn server() -> ObservedDns {
    ObservedDns { catalog: Some(Ok([].into())), ..ObservedDns::default() }
}

/// Says of every zone of some that the server does not have it, unless it does.
pub fn ask_for<'z>(dns: &mut ObservedDns, zones: impl IntoIterator<Item = &'z DomainName>) {
    for zone in zones {
        let missing = || Err(ZoneTrouble::Missing("the name server answers REFUSED".to_owned()));
        dns.zones.entry(zone.clone()).or_insert_with(missing);
    }
}

/// Does a step on zones.
///
/// # Panics
/// When a real server would refuse.
pub fn step(dns: &mut ObservedDns, action: &Action) {
    match action {
        Action::CreateZone { zone, .. } => {
            let Some(Ok(catalog)) = &mut dns.catalog else { panic!("there is no catalog: {action:?}") };
            assert!(catalog.insert(zone.clone()), "it is there: {action:?}");
            dns.zones.insert(zone.clone(), Ok(Arc::new(fresh(zone))));
        }
        Action::UpdateZone { zone, changes } => {
            let Some(Ok(there)) = dns.zones.get_mut(zone) else { panic!("it is not there: {action:?}") };
            let there = Arc::make_mut(there);
            for change in changes {
                update(there, change);
            }
            there.serial += 1;
        }
        other => panic!("not about a zone: {other:?}"),
    }
}

/// Adds TXT records beside whatever is there.
///
/// # Panics
/// When a real server would refuse.
pub fn add_texts(dns: &mut ObservedDns, zone: &DomainName, records: &BTreeMap<Owner, BTreeSet<String>>) {
    let Some(Ok(there)) = dns.zones.get_mut(zone) else { panic!("{zone} is not there") };
    let there = Arc::make_mut(there);
    for (owner, values) in records {
        assert!(!there.records.contains_key(&(owner.clone(), Kind::CNAME)), "{owner} is a CNAME");
        let key = (owner.clone(), Kind::TXT);
        let set = there.records.entry(key).or_insert_with(|| RrSet { ttl: 60, data: [].into() });
        set.data.extend(values.iter().map(|value| Data::text(value)));
    }
    there.serial += 1;
}

/// Removes just these TXT records, if the zone is there.
pub fn remove_texts(dns: &mut ObservedDns, zone: &DomainName, records: &BTreeMap<Owner, BTreeSet<String>>) {
    let Some(Ok(there)) = dns.zones.get_mut(zone) else { return };
    let there = Arc::make_mut(there);
    for (owner, values) in records {
        let key = (owner.clone(), Kind::TXT);
        let Some(set) = there.records.get_mut(&key) else { continue };
        set.data.retain(|data| !values.iter().any(|value| *data == Data::text(value)));
        if set.data.is_empty() {
            there.records.remove(&key);
        }
    }
    there.serial += 1;
}

/// What is noted of records, and that the name server of tests shows them.
///
/// # Panics
/// Never: its name is a name.
pub fn proofs(zone: &DomainName, records: &BTreeMap<Owner, BTreeSet<String>>) -> Proofs {
    let each = records.iter().flat_map(|(owner, values)| values.iter().map(move |value| (owner, value)));
    let server: DomainName = "ns1.cst.test".parse().unwrap_or_else(|_| panic!("it is a name"));
    let proof = |(owner, value): (&Owner, &String)| {
        let proof = Proof { zone: zone.clone(), owner: owner.clone(), value: value.clone() };
        (proof, [(server.clone(), Ok(()))].into())
    };
    each.map(proof).collect()
}

/// A zone as the server makes it from its seed.
fn fresh(zone: &DomainName) -> ObservedZone {
    let mut there = ObservedZone { serial: 1, ..ObservedZone::default() };
    put(&mut there, (zone, "@"), "NS", "seed.invalid.");
    there
}

/// Puts one record into a zone, as somebody could by hand.
///
/// # Panics
/// When it is no record.
pub fn put(there: &mut ObservedZone, (zone, name): (&DomainName, &str), kind: &str, value: &str) {
    let kind = Kind::named(kind).unwrap_or_else(|| panic!("{kind} is no type"));
    let data = Data::parse(kind, value, zone).unwrap_or_else(|why| panic!("{value}: {why}"));
    let set = there
        .records
        .entry((Owner::under(name, zone), kind))
        .or_insert_with(|| RrSet { ttl: 3600, data: [].into() });
    set.data.insert(data);
}

fn update(there: &mut ObservedZone, change: &ZoneChange) {
    if change.kind == Kind::SOA {
        assert_eq!(there.start, change.old, "it does not begin as it was seen");
        there.start.clone_from(&change.new);
        return;
    }
    let key = (change.owner.clone(), change.kind);
    assert_eq!(there.records.get(&key), change.old.as_ref(), "it is not as it was seen: {key:?}");
    match &change.new {
        Some(new) => there.records.insert(key, new.clone()),
        None => there.records.remove(&key),
    };
}
