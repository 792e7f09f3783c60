//! What `status` says of the keys of a zone and of those that its parent vouches for, and of whom the parent names.

use std::sync::Arc;

use campanile_plan::document::values::DomainName;
use campanile_plan::domain::{Delegation, DelegationSigner, ObservedDns, ObservedZone, Owner, Referral};
use campanile_tests::fleets::{desired, with_dns};
use campanile_tests::world::World;
use campanile_tests::zones::{ask_for, put, server};
use expect_test::{Expect, expect};
use jiff::SignedDuration;

use super::conditions::conditions;
use super::{SITE, fleet};

/// A key by its tag, with a digest by an algorithm.
fn signer((tag, digest_type): (u16, u8)) -> DelegationSigner {
    let digest = [tag.to_be_bytes().as_slice(), &[digest_type]].concat();
    DelegationSigner { tag, algorithm: 13, digest_type, digest }
}

/// What a condition says of a zone of which this is seen.
#[track_caller]
fn said(kind: &str, see: impl FnOnce(&DomainName, &mut ObservedDns), expected: &Expect) {
    let zone: DomainName = "comune.calco.test".parse().unwrap();
    let desired = desired(&with_dns(fleet(&[("calco", SITE, "")])));
    let mut world = World::empty(&["main"]);
    ask_for(world.observed.dns.insert(server()), [&zone]);
    world.converge(&desired);
    let until = world.now.checked_add(SignedDuration::from_hours(14 * 24)).ok();
    let dns = world.observed.dns.as_mut().unwrap();
    there(dns, &zone).signed_until = until;
    see(&zone, dns);
    let said = conditions(&world, &desired, &[]);
    let said: Vec<&str> = said.lines().filter(|line| line.starts_with(kind)).collect();
    expected.assert_eq(&said.join("\n"));
}

fn there<'d>(dns: &'d mut ObservedDns, zone: &DomainName) -> &'d mut ObservedZone {
    Arc::make_mut(dns.zones.get_mut(zone).unwrap().as_mut().unwrap())
}

/// What is said of a zone that wants these of its parent, which has those, and of which a resolver says this.
#[track_caller]
fn check(wants: &[(u16, u8)], has: &[(u16, u8)], found: Delegation, expected: &Expect) {
    let see = |zone: &DomainName, dns: &mut ObservedDns| {
        there(dns, zone).signers = wants.iter().copied().map(signer).collect();
        dns.signers.insert(zone.clone(), has.iter().copied().map(signer).collect());
        dns.delegations.insert(zone.clone(), found);
    };
    said("DelegationSecure", see, expected);
}

/// What is said of a zone whose parent says this, and which itself names one more name server than the platform.
#[track_caller]
fn check_named(referral: Referral, expected: &Expect) {
    let see = |zone: &DomainName, dns: &mut ObservedDns| {
        put(there(dns, zone), (zone, "@"), "NS", "more.calco.test.");
        dns.referrals.insert(zone.clone(), referral);
    };
    said("ZoneDelegated", see, expected);
}

fn to(servers: &[&str]) -> Referral {
    Referral::To(servers.iter().map(|server| Owner::from(&server.parse::<DomainName>().unwrap())).collect())
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

#[test]
fn the_name_servers_of_the_platform() {
    check_named(
        to(&["ns1.cst.test"]),
        &expect!["ZoneDelegated True Delegated the parent names ns1.cst.test"],
    );
    // the zone itself has it, and somebody besides Campanile may keep it there
    check_named(
        to(&["more.calco.test", "ns1.cst.test"]),
        &expect!["ZoneDelegated True Delegated the parent names more.calco.test, ns1.cst.test"],
    );
    check_named(
        Referral::Held,
        &expect!["ZoneDelegated True HeldByParent the parent's name servers hold the zone too"],
    );
}

#[test]
fn other_name_servers() {
    check_named(
        to(&["ns1.cst.test", "old.provider.test"]),
        &expect![
            "ZoneDelegated False OtherServers the parent names ns1.cst.test, old.provider.test; give the registrar, and nothing else: ns1.cst.test"
        ],
    );
    check_named(
        to(&["more.calco.test", "old.provider.test"]),
        &expect![
            "ZoneDelegated False OtherServers the parent names more.calco.test, old.provider.test; give the registrar, and nothing else: more.calco.test, ns1.cst.test"
        ],
    );
    check_named(
        to(&[]),
        &expect![
            "ZoneDelegated False NotDelegated the parent does not delegate the zone; give the registrar: ns1.cst.test"
        ],
    );
}

#[test]
fn a_parent_that_does_not_answer() {
    check_named(
        Referral::Unknown("no name server of test answers here: 192.0.2.1:53".to_owned()),
        &expect!["ZoneDelegated Unknown NoAnswer no name server of test answers here: 192.0.2.1:53"],
    );
    // without a resolver nobody is asked
    said("ZoneDelegated", |_, _| {}, &expect![""]);
}
