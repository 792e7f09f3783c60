//! Orders that end otherwise than by a certificate: their records go all the same.

use campanile_plan::certificate::OrderStage;
use campanile_plan::document::values::MemberName;
use campanile_tests::zones::ask_for;
use expect_test::expect;

use super::{WILD, check, fleet, until_pending, world, zone};

#[test]
fn an_order_that_ends_otherwise_leaves_nothing() {
    let fleet = fleet(&[WILD]);
    let mut world = world(&["calco"]);
    until_pending(&mut world, &fleet);
    world.apply(&world.plan(&fleet));
    let mut failed = world.clone();
    let order = failed.observed.orders.values_mut().next().unwrap();
    order.stage = OrderStage::Invalid { why: "no such record".to_owned(), names: [zone("calco")].into() };
    check(
        &failed,
        &fleet,
        &expect![[r#"
        certificate/calco
          ~ give up order calco: zones refused it: no such record
          ~ clear proofs of calco in comune.calco.test: nobody looks for them any more
              _acme-challenge TXT: - any-comune-calco-test.thumb
              _acme-challenge TXT: - comune-calco-test.thumb

    "#]],
    );
    check(
        &world,
        &super::fleet(&[("calco", "{issuer: internal}", "")]),
        &expect![[r#"
        certificate/authority
          + create authority: the platform has no certificate authority yet
          … wait for certificates, until the authority can issue them

        order/calco
          ~ forget order calco: its document asks for another issuer
          ~ clear proofs of calco in comune.calco.test: nobody looks for them any more
              _acme-challenge TXT: - any-comune-calco-test.thumb
              _acme-challenge TXT: - comune-calco-test.thumb

        domain/calco
          ~ update zone comune.calco.test: one record set differs
              @ CAA (no document asks for it): - 0 issue "ca.test", 0 issuewild "ca.test"

    "#]],
    );
    // it left the fleet, but is not known to be gone while its document has problems
    let mut without = super::fleet(&[("lecco", "{issuer: internal}", "")]);
    ask_for(world.observed.dns.as_mut().unwrap(), [&zone("lecco")]);
    check(
        &world,
        &without,
        &expect![[r#"
        certificate/authority
          + create authority: the platform has no certificate authority yet
          … wait for certificates, until the authority can issue them

        order/calco
          ~ clear proofs of calco in comune.calco.test: nobody looks for them any more
              _acme-challenge TXT: - any-comune-calco-test.thumb
              _acme-challenge TXT: - comune-calco-test.thumb

        domain/lecco
          + create zone comune.lecco.test: the name server does not have it: the name server answers REFUSED

    "#]],
    );
    let calco: MemberName = "calco".parse().unwrap();
    without.unknown.insert(calco.clone());
    assert!(!world.plan(&without).lanes.iter().any(|lane| lane.member.as_ref() == Some(&calco)));
    // while the name server is away nobody tries
    world.observed.orders.clear();
    world.observed.dns.as_mut().unwrap().away = Some("no route".to_owned());
    check(
        &world,
        &without,
        &expect![[r#"
        certificate/authority
          + create authority: the platform has no certificate authority yet
          … wait for certificates, until the authority can issue them

        domain/server
          ! name server 127.0.0.1:5300: it cannot be asked for the zones of 1 members: no route; see that it runs, that spec.dns.server leads to it, and that it knows the key

    "#]],
    );
}
