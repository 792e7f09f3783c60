//! While an order is open, no plan of a zone touches the names where its records are.

use std::collections::{BTreeMap, BTreeSet};

use campanile_plan::document::values::DomainName;
use campanile_plan::domain::{Data, Kind, Owner};
use campanile_plan::plan::{Action, Plan};
use campanile_tests::world::World;

use super::{LED, fleet, until_pending, world, zone};

/// Where records of orders are noted.
fn busy(world: &World) -> BTreeSet<Owner> {
    world.observed.proofs.values().flat_map(BTreeMap::keys).map(|proof| proof.owner.clone()).collect()
}

/// The names that a plan changes in zones, but for the records of orders.
fn changed(plan: &Plan) -> BTreeSet<Owner> {
    let updates = plan.steps().filter_map(|step| match &step.action {
        Action::UpdateZone { changes, .. } => Some(changes),
        _ => None,
    });
    updates.flatten().map(|change| change.owner.clone()).collect()
}

fn texts(world: &World, zone: &DomainName, owner: &Owner) -> BTreeSet<Data> {
    let there = world.observed.dns.as_ref().unwrap().zones[zone].as_ref().unwrap();
    there.records.get(&(owner.clone(), Kind::TXT)).map(|set| set.data.clone()).unwrap_or_default()
}

/// The record of calco's order is where lecco's document, changed in the midst of it, wants other records.
#[track_caller]
fn check(policy: &str, wanted: &str) {
    let [calco, (lecco, certificate, _)] = LED;
    let held = format!(", policy: {policy}");
    let before = fleet(&[calco, (lecco, certificate, &held)]);
    let after = format!("{held}, records: [{{name: calco, type: {wanted}}}]");
    let after = fleet(&[calco, (lecco, certificate, &after)]);
    let mut world = world(&["calco", "lecco"]);
    until_pending(&mut world, &before);
    world.apply(&world.plan(&before));
    let owner = Owner::under("calco", &zone("lecco"));
    assert_eq!(busy(&world), [owner.clone()].into());
    let proofs = texts(&world, &zone("lecco"), &owner);
    let mut plans = 0;
    while !busy(&world).is_empty() {
        let plan = world.plan(&after);
        assert!(changed(&plan).is_disjoint(&busy(&world)), "{policy} {wanted}: {plan:#?}");
        assert!(proofs.is_subset(&texts(&world, &zone("lecco"), &owner)));
        world.apply(&plan);
        plans += 1;
        assert!(plans < 10, "the order comes to its end");
    }
    world.converge(&after);
    assert!(proofs.is_disjoint(&texts(&world, &zone("lecco"), &owner)), "{policy} {wanted}");
    assert!(world.plan(&after).is_settled(), "{policy} {wanted}");
}

#[test]
fn a_zone_lets_the_records_of_an_order_be() {
    for policy in ["own", "share"] {
        for wanted in ["TXT, value: other", "A, value: 192.0.2.1", "CNAME, value: '@'"] {
            check(policy, wanted);
        }
    }
}
