//! Where no record can be set, and where it can be set though the domain is another server's.

use campanile_plan::domain::{Owner, ZoneTrouble, proof_owner};
use campanile_tests::zones::put;
use expect_test::expect;

use super::{check, fleet, world, zone};

#[test]
fn where_no_record_can_be_set_nothing_is_ordered() {
    let domain = |policy: &str| fleet(&[("calco", "{issuer: zones}", policy)]);
    let mut world = world(&["calco"]);
    world.converge(&domain(""));
    world.observed.certificates.clear();
    check(
        &world,
        &domain(", policy: observe"),
        &expect![[r#"
        certificate/calco
          ! order calco: the record _acme-challenge.comune.calco.test cannot be set by us: its policy is observe; let the policy of comune.calco.test be share or own, lead _acme-challenge.comune.calco.test by a CNAME into a zone that is, or take an issuer with challenge: http-01

    "#]],
    );
    // a part of the domain that was given away
    let away = ", records: [{name: www, type: NS, value: ns.provider.test.}]";
    let mut given = world.clone();
    let zone = zone("calco");
    let Some(Ok(there)) = given.observed.dns.as_mut().unwrap().zones.get_mut(&zone) else {
        panic!("no zone")
    };
    put(std::sync::Arc::make_mut(there), (&zone, "www"), "NS", "ns.provider.test.");
    check(
        &given,
        &domain(away),
        &expect![[r#"
        certificate/calco
          ! order calco: _acme-challenge.www.comune.calco.test is below www.comune.calco.test, which comune.calco.test gives to other name servers; let a CNAME there lead to a name in a zone that is kept here

    "#]],
    );
    // the domain is another server's
    let dns = world.observed.dns.as_mut().unwrap();
    dns.catalog = None;
    dns.zones.insert(zone.clone(), Err(ZoneTrouble::Missing("the name server answers REFUSED".to_owned())));
    check(
        &world,
        &domain(", policy: observe"),
        &expect![[r#"
        certificate/calco
          ! order calco: _acme-challenge.comune.calco.test is in no zone that is kept here; let a CNAME there lead to a name in a zone that is kept here, or take an issuer with challenge: http-01

        domain/calco
          ! zone comune.calco.test: the name server does not have it: the name server answers REFUSED; make it there, or let spec.domain.policy be own

    "#]],
    );
    let dns = world.observed.dns.as_mut().unwrap();
    let owners = [proof_owner(&zone), proof_owner(&"www.comune.calco.test".parse().unwrap())];
    dns.leads.extend(owners.iter().map(|owner| (owner.clone(), Ok(owner.clone()))));
    check(
        &world,
        &domain(", policy: observe"),
        &expect![[r#"
        certificate/calco
          ! order calco: _acme-challenge.comune.calco.test is in no zone that is kept here; let a CNAME there lead to a name in a zone that is kept here, or take an issuer with challenge: http-01

        domain/calco
          ! zone comune.calco.test: the name server does not have it: the name server answers REFUSED; make it there, or let spec.domain.policy be own

    "#]],
    );
}

#[test]
fn a_domain_of_another_server_leads_into_a_zone_of_ours() {
    let fleet =
        fleet(&[("calco", "{issuer: zones}", ", policy: observe"), ("lecco", "{issuer: internal}", "")]);
    let mut world = world(&["calco", "lecco"]);
    let lecco = zone("lecco");
    let owners = [proof_owner(&zone("calco")), proof_owner(&"www.comune.calco.test".parse().unwrap())];
    let dns = world.observed.dns.as_mut().unwrap();
    dns.leads.extend(owners.map(|owner| (owner, Ok(Owner::under("calco", &lecco)))));
    world.converge(&fleet);
    // no catalog makes a zone whose policy is observe
    assert_eq!(world.observed.certificates.len(), 2);
    assert!(world.observed.proofs.is_empty());
}
