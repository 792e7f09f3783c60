//! Certificates by dns-01: records that show an issuer whose names are, where they go, and that they go away.

mod endings;
mod running;
mod spots;

use campanile_plan::certificate::OrderStage;
use campanile_plan::document::values::DomainName;
use campanile_plan::fleet::{Desired, Snapshot};
use campanile_plan::plan::Plan;
use campanile_tests::fleets::{desired, member, snapshot, with_dns};
use campanile_tests::world::World;
use campanile_tests::zones::{ask_for, put, server};
use expect_test::{Expect, expect};

use super::{SITE, shown};

const ISSUERS: &str = "  issuers:
    - {name: zones, directory: 'https://acme.test/directory', challenge: dns-01, caa: ca.test}
    - {name: pages, directory: 'https://acme.test/directory', caa: ca.test}
";

/// Members whose certificates and domains say this.
fn files(members: &[(&'static str, &str, &str)]) -> Snapshot {
    let member = |(name, certificate, domain): &(&'static str, &str, &str)| {
        let text = member(name, SITE, &format!("  certificate: {certificate}\n"));
        let old = format!("domain: {{name: comune.{name}.test}}");
        (*name, text.replace(&old, &format!("domain: {{name: comune.{name}.test{domain}}}")))
    };
    let mut files = with_dns(snapshot(members.iter().map(member)));
    let platform = files.files["platform.yaml"].clone().unwrap();
    files.files.insert("platform.yaml".to_owned(), Ok(format!("{platform}{ISSUERS}")));
    files
}

fn fleet(members: &[(&'static str, &str, &str)]) -> Desired {
    desired(&files(members))
}

fn zone(name: &str) -> DomainName {
    format!("comune.{name}.test").parse().unwrap()
}

/// A name server that has none of these members' zones yet.
fn world(members: &[&str]) -> World {
    let mut world = World::empty(&["main"]);
    let zones: Vec<DomainName> = members.iter().map(|name| zone(name)).collect();
    ask_for(world.observed.dns.insert(server()), &zones);
    world
}

/// The lanes of certificates and zones.
fn lanes(mut plan: Plan) -> String {
    let prefixes = ["certificate/", "order/", "domain/"];
    plan.lanes.retain(|lane| prefixes.iter().any(|prefix| lane.name.starts_with(prefix)));
    let text = shown(&plan);
    text.split_inclusive('\n').take_while(|line| !line.starts_with("Plan:")).collect()
}

#[track_caller]
fn check(world: &World, fleet: &Desired, expected: &Expect) {
    expected.assert_eq(&lanes(world.plan(fleet)));
}

/// Goes on until an order is open.
fn until_pending(world: &mut World, fleet: &Desired) {
    let is_pending = |world: &World| {
        world.observed.orders.values().any(|order| matches!(order.stage, OrderStage::Pending(_)))
    };
    while !is_pending(world) {
        world.apply(&world.plan(fleet));
    }
}

const WILD: (&str, &str, &str) = ("calco", "{issuer: zones, wildcard: true}", "");

#[test]
fn a_name_and_all_below_it() {
    let fleet = fleet(&[WILD]);
    let mut world = world(&["calco"]);
    let plans: Vec<String> = world.converge(&fleet).into_iter().map(lanes).collect();
    expect![[r#"
        certificate/account.zones
          + register account zones: there is no account at this issuer yet

        certificate/calco
          … wait for order calco, until there is an account at zones

        domain/calco
          + create zone comune.calco.test: the name server does not have it: the name server answers REFUSED

        -- next look --
        certificate/calco
          … wait for order calco, until comune.calco.test has its first records

        domain/calco
          ~ update zone comune.calco.test: 5 record sets differ
              _campanile TXT (says whose the zone is): + "platform=lecco"
              @ A (a host of site): + 192.0.2.10
              @ NS (the platform's name servers carry the zone): seed.invalid. → ns1.cst.test.
              @ CAA (zones issues its certificate): + 0 issue "ca.test", 0 issuewild "ca.test"
              www A (a host of site): + 192.0.2.10

        -- next look --
        certificate/calco
          ~ look up names of calco: the issuer will ask who may issue for them
          + place order calco: its hosts have no certificate

        -- next look --
        certificate/calco
          ~ set proofs of calco in comune.calco.test: the issuer looks for them there
              _acme-challenge TXT: + any-comune-calco-test.thumb
              _acme-challenge TXT: + comune-calco-test.thumb

        -- next look --
        certificate/calco
          ~ answer order calco: what the issuer looks for is there

        -- next look --
        certificate/calco
          ~ finalize order calco: the issuer has seen that all names are ours

        -- next look --
        certificate/calco
          + take certificate calco: its hosts have no certificate
          ~ clear proofs of calco in comune.calco.test: nobody looks for them any more
              _acme-challenge TXT: - any-comune-calco-test.thumb
              _acme-challenge TXT: - comune-calco-test.thumb

        -- next look --
        Nothing to do: the world is as the fleet says.
        -- next look --
        Nothing to do: the world is as the fleet says.
    "#]]
    .assert_eq(&plans.join("-- next look --\n"));
    assert!(world.observed.certificates.len() == 1 && world.observed.orders.is_empty());
    assert!(world.observed.proofs.is_empty());
    assert!(world.plan(&fleet).is_settled());
}

#[test]
fn the_issuer_is_told_when_every_name_server_has_it() {
    let fleet = fleet(&[WILD]);
    let mut world = world(&["calco"]);
    until_pending(&mut world, &fleet);
    world.apply(&world.plan(&fleet));
    let noted = world.observed.proofs.values_mut().next().unwrap();
    noted
        .values_mut()
        .last()
        .unwrap()
        .values_mut()
        .for_each(|answer| *answer = Err("it answers REFUSED".to_owned()));
    check(
        &world,
        &fleet,
        &expect![[r#"
        certificate/calco
          … wait for order calco, until the name server ns1.cst.test shows _acme-challenge.comune.calco.test TXT: it answers REFUSED

    "#]],
    );
    // somebody removes one of them by hand
    let zone = zone("calco");
    let Some(Ok(there)) = world.observed.dns.as_mut().unwrap().zones.get_mut(&zone) else {
        panic!("no zone")
    };
    let there = std::sync::Arc::make_mut(there);
    let set = there.records.iter_mut().find(|((owner, _), _)| owner.as_str().starts_with("_acme")).unwrap().1;
    set.data.pop_first();
    check(
        &world,
        &fleet,
        &expect![[r#"
        certificate/calco
          ~ set proofs of calco in comune.calco.test: the issuer looks for them there
              _acme-challenge TXT: + comune-calco-test.thumb

    "#]],
    );
}

#[test]
fn what_others_have_there_stays() {
    let fleet = fleet(&[WILD]);
    let mut world = world(&["calco"]);
    until_pending(&mut world, &fleet);
    let zone = zone("calco");
    let Some(Ok(there)) = world.observed.dns.as_mut().unwrap().zones.get_mut(&zone) else {
        panic!("no zone")
    };
    put(std::sync::Arc::make_mut(there), (&zone, "_acme-challenge"), "TXT", "\"of another program\"");
    world.converge(&fleet);
    let Ok(there) = &world.observed.dns.as_ref().unwrap().zones[&zone] else { panic!("no zone") };
    let texts: Vec<String> = there
        .records
        .iter()
        .filter(|((owner, _), _)| owner.as_str().starts_with("_acme-challenge"))
        .map(|((_, kind), set)| set.to_text(*kind))
        .collect();
    assert_eq!(texts, ["\"of another program\""]);
    assert!(world.plan(&fleet).is_settled());
}

/// calco's names are shown in lecco's zone.
const LED: [(&str, &str, &str); 2] = [
    (
        "calco",
        "{issuer: zones}",
        ", records: [{name: _acme-challenge.www, type: CNAME, value: calco.comune.lecco.test.}, \
      {name: _acme-challenge, type: CNAME, value: calco.comune.lecco.test.}]",
    ),
    ("lecco", "{issuer: internal}", ""),
];

#[test]
fn a_record_goes_where_a_cname_leads() {
    let fleet = fleet(&LED);
    let mut world = world(&["calco", "lecco"]);
    until_pending(&mut world, &fleet);
    check(
        &world,
        &fleet,
        &expect![[r#"
        certificate/calco
          ~ set proofs of calco in comune.lecco.test: the issuer looks for them there
              calco TXT: + comune-calco-test.thumb
              calco TXT: + www-comune-calco-test.thumb

    "#]],
    );
    let plan = world.plan(&fleet);
    let json = serde_json::to_value(plan.document(None, None, &[])).unwrap();
    let step = json["steps"].as_array().unwrap().iter().find(|step| step["action"] == "setProofs").unwrap();
    let values = &step["body"]["records"]["calco.comune.lecco.test"];
    assert_eq!(values.as_array().unwrap().len(), 2, "{step}");
    world.apply(&plan);
    // the zone that holds it lets it be while the order is open
    check(
        &world,
        &fleet,
        &expect![[r#"
        certificate/calco
          ~ answer order calco: what the issuer looks for is there

    "#]],
    );
    world.converge(&fleet);
    assert!(world.plan(&fleet).is_settled() && world.observed.proofs.is_empty());
}

#[test]
fn what_is_looked_up_before_an_order_by_a_page() {
    let fleet = fleet(&[("calco", "{issuer: pages}", "")]);
    let mut world = world(&["calco"]);
    let plans: Vec<String> = world.converge(&fleet).into_iter().map(lanes).collect();
    expect![[r#"
        certificate/account.pages
          + register account pages: there is no account at this issuer yet

        certificate/calco
          … wait for order calco, until there is an account at pages

        domain/calco
          + create zone comune.calco.test: the name server does not have it: the name server answers REFUSED

        -- next look --
        certificate/calco
          … wait for order calco, until the ingress can show the issuer whose the names are

        domain/calco
          ~ update zone comune.calco.test: 5 record sets differ
              _campanile TXT (says whose the zone is): + "platform=lecco"
              @ A (a host of site): + 192.0.2.10
              @ NS (the platform's name servers carry the zone): seed.invalid. → ns1.cst.test.
              @ CAA (pages issues its certificate): + 0 issue "ca.test", 0 issuewild ";"
              www A (a host of site): + 192.0.2.10

        -- next look --
        certificate/calco
          ~ look up names of calco: the issuer will ask where they lead, and who may issue for them
          ~ probe names of calco: the issuer will ask them by HTTP
          + place order calco: its hosts have no certificate

        -- next look --
        certificate/calco
          … wait for order calco, until the ingress shows the issuer whose the names are

        -- next look --
        certificate/calco
          ~ answer order calco: what the issuer looks for is there

        -- next look --
        certificate/calco
          ~ finalize order calco: the issuer has seen that all names are ours

        -- next look --
        certificate/calco
          + take certificate calco: its hosts have no certificate

        -- next look --
        Nothing to do: the world is as the fleet says.
        -- next look --
        Nothing to do: the world is as the fleet says.
    "#]]
    .assert_eq(&plans.join("-- next look --\n"));
    world.now += jiff::SignedDuration::from_hours(24 * 70);
    let plan = world.plan(&fleet);
    let json = serde_json::to_value(plan.document(None, None, &[])).unwrap();
    let step = json["steps"].as_array().unwrap().iter().find(|step| step["action"] == "lookUpNames").unwrap();
    expect![[r#"
        {
          "addresses": [
            "192.0.2.10"
          ],
          "caa": "ca.test",
          "challenge": "http-01",
          "names": [
            "comune.calco.test",
            "www.comune.calco.test"
          ],
          "zones": [
            "comune.calco.test"
          ]
        }"#]]
    .assert_eq(&serde_json::to_string_pretty(&step["body"]).unwrap());
}
