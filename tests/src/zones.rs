//! A name server in memory: it makes zones by its catalog, and changes them if they are as somebody saw them.

use std::sync::Arc;

use campanile_plan::document::values::DomainName;
use campanile_plan::domain::{Data, Kind, ObservedDns, ObservedZone, Owner, RrSet, ZoneChange, ZoneTrouble};
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
