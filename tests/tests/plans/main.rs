//! Plans as text: what a sysadmin reads for the changes of everyday life, and for its troubles.

#![expect(clippy::unwrap_used, reason = "what stops a test stops it with a panic")]

mod by_hand;
mod conditions;
mod delegations;
mod everyday;
mod ingress;
mod orders;
mod proofs;
mod troubles;
mod zones;

use campanile_plan::fleet::Snapshot;
use campanile_plan::plan::{Plan, text};
use campanile_tests::fleets::{desired, member, snapshot};
use campanile_tests::world::World;
use expect_test::Expect;

/// The image of the sites.
pub const SITE: &str = "campanile/site:1";

/// A fleet of members with name, image and what more they have.
pub fn fleet(members: &[(&str, &str, &str)]) -> Snapshot {
    snapshot(members.iter().map(|(name, image, more)| (*name, member(name, image, more))))
}

/// The names of the ingress's containers, parted by spaces: one that serves is alone.
pub fn ingress(world: &mut World) -> String {
    let containers = world.engine("main").containers.keys();
    let names: Vec<&str> =
        containers.map(String::as_str).filter(|name| name.starts_with("lecco.ingress")).collect();
    names.join(" ")
}

/// A plan as text; its digest changes with every byte of a file that it writes.
pub fn shown(plan: &Plan) -> String {
    text(plan).replace(&plan.digest(), "DIGEST")
}

/// The first plan that leads from one fleet, fully applied, to another.
#[track_caller]
pub fn check(before: &Snapshot, after: &Snapshot, expected: &Expect) {
    let mut world = World::empty(&["main"]);
    world.converge(&desired(before));
    let plan = world.plan(&desired(after));
    expected.assert_eq(&shown(&plan));
    world.converge(&desired(after));
}

/// Every plan that leads from one fleet, fully applied, to another.
#[track_caller]
pub fn check_all(before: &Snapshot, after: &Snapshot, expected: &Expect) {
    let mut world = World::empty(&["main"]);
    world.converge(&desired(before));
    let plans: Vec<String> = world.converge(&desired(after)).iter().map(shown).collect();
    expected.assert_eq(&plans.join("-- next look --\n"));
}
