//! What `status` says of the keys of a zone and of those that its parent vouches for.

use std::sync::Arc;

use campanile_plan::document::values::DomainName;
use campanile_plan::domain::{Delegation, DelegationSigner};
use campanile_tests::fleets::{desired, with_dns};
use campanile_tests::world::World;
use campanile_tests::zones::{ask_for, server};
use expect_test::{Expect, expect};
use jiff::SignedDuration;

use super::conditions::conditions;
use super::{SITE, fleet};

/// A key by its tag, with a digest by an algorithm.
fn signer((tag, digest_type): (u16, u8)) -> DelegationSigner {
    let digest = [tag.to_be_bytes().as_slice(), &[digest_type]].concat();
    DelegationSigner { tag, algorithm: 13, digest_type, digest }
}

/// What is said of a zone that wants these of its parent, which has those, and of which a resolver says this.
#[track_caller]
fn check(wants: &[(u16, u8)], has: &[(u16, u8)], found: Delegation, expected: &Expect) {
    let zone: DomainName = "comune.calco.test".parse().unwrap();
    let desired = desired(&with_dns(fleet(&[("calco", SITE, "")])));
    let mut world = World::empty(&["main"]);
    ask_for(world.observed.dns.insert(server()), [&zone]);
    world.converge(&desired);
    let dns = world.observed.dns.as_mut().unwrap();
    let there = Arc::make_mut(dns.zones.get_mut(&zone).unwrap().as_mut().unwrap());
    there.signed_until = world.now.checked_add(SignedDuration::from_hours(14 * 24)).ok();
    there.signers = wants.iter().copied().map(signer).collect();
    dns.signers.insert(zone.clone(), has.iter().copied().map(signer).collect());
    dns.delegations.insert(zone, found);
    let said = conditions(&world, &desired, &[]);
    let said: Vec<&str> = said.lines().filter(|line| line.starts_with("DelegationSecure")).collect();
    expected.assert_eq(&said.join("\n"));
}

#[test]
fn the_same_keys() {
    check(
        &[(1, 2)],
        &[(1, 2)],
        Delegation::Secure,
        &expect!["DelegationSecure True Secure the chain of signatures holds"],
    );
    // registries choose which digests they publish
    check(
        &[(1, 2)],
        &[(1, 2), (1, 4)],
        Delegation::Secure,
        &expect!["DelegationSecure True Secure the chain of signatures holds"],
    );
    check(
        &[(1, 2), (1, 4)],
        &[(1, 4)],
        Delegation::Secure,
        &expect!["DelegationSecure True Secure the chain of signatures holds"],
    );
    // a server without CDS records says nothing of what it wants
    check(
        &[],
        &[(1, 2)],
        Delegation::Secure,
        &expect!["DelegationSecure True Secure the chain of signatures holds"],
    );
}

#[test]
fn other_keys() {
    check(
        &[(2, 2)],
        &[(1, 2)],
        Delegation::Secure,
        &expect![
            "DelegationSecure False DsDiffers the zone's key is rolled over; give the registrar: 2 13 2 000202; to go from the parent: 1 13 2 000102; when the parent has it, tell the name server (Knot: knotc zone-ksk-submitted)"
        ],
    );
    check(
        &[(2, 2)],
        &[(1, 2), (2, 2)],
        Delegation::Secure,
        &expect![
            "DelegationSecure False DsDiffers the zone has given up a key that the parent still vouches for; to go from the parent: 1 13 2 000102"
        ],
    );
    check(
        &[(1, 2), (2, 2)],
        &[(1, 2)],
        Delegation::Secure,
        &expect![
            "DelegationSecure False DsDiffers the zone's key is rolled over; give the registrar: 2 13 2 000202; when the parent has it, tell the name server (Knot: knotc zone-ksk-submitted)"
        ],
    );
    check(
        &[(2, 2)],
        &[(1, 2)],
        Delegation::Bogus("it says SERVFAIL".to_owned()),
        &expect![
            "DelegationSecure False Bogus it says SERVFAIL: signatures and the parent's DS do not agree; the parent has 1 13 2 000102; the zone's are 2 13 2 000202"
        ],
    );
    check(
        &[(2, 2)],
        &[],
        Delegation::Insecure,
        &expect!["DelegationSecure False NoDs the parent has no DS; give the registrar: 2 13 2 000202"],
    );
}
