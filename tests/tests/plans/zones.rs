//! Zones: made, changed, shared, looked at only, and held.

use std::sync::Arc;

use campanile_plan::document::values::DomainName;
use campanile_plan::domain::{Data, Kind, ObservedZone, RrSet};
use campanile_plan::fleet::{Desired, Snapshot};
use campanile_plan::plan::{Plan, Request, plan, text};
use campanile_tests::fleets::{desired, member, snapshot, with_dns};
use campanile_tests::world::World;
use campanile_tests::zones::{ask_for, put, server};
use expect_test::{Expect, expect};

use super::SITE;

/// calco, with what more its domain has.
fn calco(more: &str) -> Snapshot {
    let text = member("calco", SITE, "");
    let domain = format!("domain: {{name: comune.calco.test{more}}}");
    with_dns(snapshot([("calco", text.replace("domain: {name: comune.calco.test}", &domain))]))
}

fn zone() -> DomainName {
    "comune.calco.test".parse().unwrap()
}

/// A world in which the name server has this of calco's zone, or does not have the zone.
fn world(records: Option<&[(&str, &str, &str)]>) -> World {
    let mut world = World::empty(&["main"]);
    let dns = world.observed.dns.insert(server());
    if let Some(records) = records {
        let mut there = ObservedZone { serial: 1, ..ObservedZone::default() };
        for (name, kind, value) in records {
            put(&mut there, (&zone(), name), kind, value);
        }
        dns.zones.insert(zone(), Ok(Arc::new(there)));
    }
    ask_for(dns, [&zone()]);
    world
}

/// What a plan says of zones.
fn zones(mut plan: Plan) -> String {
    plan.lanes.retain(|lane| lane.name.starts_with("domain/"));
    text(&plan).replace(&plan.digest(), "DIGEST")
}

#[track_caller]
fn check(there: Option<&[(&str, &str, &str)]>, domain: &str, expected: &Expect) {
    expected.assert_eq(&zones(world(there).plan(&desired(&calco(domain)))));
}

/// The plan from one domain section, fully applied, to another.
#[track_caller]
fn check_change(before: &str, after: &str, expected: &Expect) {
    let mut world = world(None);
    world.converge(&desired(&calco(before)));
    let next: Desired = desired(&calco(after));
    expected.assert_eq(&zones(world.plan(&next)));
    world.converge(&next);
}

const OLD: &[(&str, &str, &str)] = &[
    ("@", "NS", "ns.old.test."),
    ("@", "MX", "10 mail"),
    ("www", "A", "192.0.2.99"),
    ("mail", "A", "192.0.2.98"),
    ("@", "TXT", "\"v=spf1 mx -all\""),
    ("albo", "CNAME", "www"),
];

#[test]
fn a_new_zone_is_made_and_then_filled() {
    let mut world = world(None);
    let plans = world.converge(&desired(&calco("")));
    let plans: Vec<String> =
        plans.into_iter().map(zones).filter(|text| !text.starts_with("Nothing")).collect();
    expect![[r#"
        domain/calco
          + create zone comune.calco.test: the name server does not have it: the name server answers REFUSED

        Plan: 1 to create, 0 to change, 0 to remove, 0 held.
        Digest: DIGEST
        -- next look --
        domain/calco
          ~ update zone comune.calco.test: 4 record sets differ
              _campanile TXT (says whose the zone is): + "platform=lecco"
              @ A (a host of site): + 192.0.2.10
              @ NS (the platform's name servers carry the zone): seed.invalid. → ns1.cst.test.
              www A (a host of site): + 192.0.2.10

        Plan: 0 to create, 1 to change, 0 to remove, 0 held.
        Digest: DIGEST
    "#]]
    .assert_eq(&plans.join("-- next look --\n"));
}

#[test]
fn what_the_document_says_wins_over_what_follows() {
    check_change(
        "",
        ", records: [{name: www, type: CNAME, value: '@'}, {name: _dmarc, type: TXT, value: 'v=DMARC1; p=none'}]",
        &expect![[r#"
            domain/calco
              ~ update zone comune.calco.test: 3 record sets differ
                  _dmarc TXT (the document says so): + "v=DMARC1; p=none"
                  www CNAME (the document says so, in place of A 192.0.2.10, a host of site): + comune.calco.test.
                  www A (no document asks for it): - 192.0.2.10

            Plan: 0 to create, 1 to change, 0 to remove, 0 held.
            Digest: DIGEST
        "#]],
    );
}

#[test]
fn one_record_less_is_one_record_less() {
    let two = ", records: [{name: a, type: A, value: 192.0.2.1}, {name: b, type: A, value: [192.0.2.2, 192.0.2.3], ttl: 5m}]";
    check_change(
        two,
        ", records: [{name: b, type: A, value: 192.0.2.2, ttl: 60}]",
        &expect![[r#"
        domain/calco
          ~ update zone comune.calco.test: 2 record sets differ
              b A (the document says so): 192.0.2.2, 192.0.2.3 → 192.0.2.2
              a A (no document asks for it): - 192.0.2.1

        Plan: 0 to create, 1 to change, 0 to remove, 0 held.
        Digest: DIGEST
    "#]],
    );
}

#[test]
fn a_zone_that_was_there_is_only_looked_at() {
    check(
        Some(OLD),
        "",
        &expect![[r#"
        domain/calco
          ! zone comune.calco.test: it was there before, and is only looked at; own would write _campanile TXT, @ A, @ NS, www A; own would delete albo CNAME, @ MX, @ TXT, mail A; write what is to stay into spec.domain.records (campanile import zone does), then let spec.domain.policy be own; or share, or observe

        Plan: 0 to create, 0 to change, 0 to remove, 0 held.
        Digest: DIGEST
    "#]],
    );
    check(
        Some(OLD),
        ", policy: observe",
        &expect![[r#"
        Nothing to do: the world is as the fleet says.
    "#]],
    );
}

#[test]
fn a_zone_that_is_taken_over_keeps_what_would_go_until_it_is_released() {
    let desired = desired(&calco(", policy: own"));
    let mut world = world(Some(OLD));
    expect![[r#"
        domain/calco
          ~ update zone comune.calco.test: 3 record sets differ
              _campanile TXT (says whose the zone is): + "platform=lecco"
              @ A (a host of site): + 192.0.2.10
              www A (a host of site): 192.0.2.99 → 192.0.2.10

        held: calco keeps what would go: 4 of 6 records of comune.calco.test would go at once, and 3 may
          = record comune.calco.test NS
          = record albo.comune.calco.test CNAME
          = record comune.calco.test MX
          = record comune.calco.test TXT
          = record mail.comune.calco.test A
        To let exactly these removals through: campanile apply --release DIGEST

        Plan: 0 to create, 1 to change, 0 to remove, 1 held.
        Digest: DIGEST
    "#]]
    .assert_eq(&zones(world.plan(&desired)));
    world.converge(&desired);
    let request =
        Request { now: world.now, released: ["calco".parse().unwrap()].into(), ..Request::default() };
    let released = plan(&desired, &world.observed, &request);
    expect![[r#"
        domain/calco
          ~ update zone comune.calco.test: 5 record sets differ
              @ NS (the platform's name servers carry the zone): ns.old.test. → ns1.cst.test.
              albo CNAME (no document asks for it): - www.comune.calco.test.
              @ MX (no document asks for it): - 10 mail.comune.calco.test.
              @ TXT (no document asks for it): - "v=spf1 mx -all"
              mail A (no document asks for it): - 192.0.2.98

        Plan: 0 to create, 1 to change, 0 to remove, 0 held.
        Digest: DIGEST
    "#]]
    .assert_eq(&zones(released.clone()));
    world.apply(&released);
    assert!(world.plan(&desired).is_settled());
}

#[test]
fn a_shared_zone_loses_nothing_that_is_not_ours() {
    check(
        Some(OLD),
        ", policy: share",
        &expect![[r#"
        domain/calco
          ~ update zone comune.calco.test: 2 record sets differ
              @ A (a host of site): + 192.0.2.10
              _campanile TXT (says which records Campanile made): + "platform=lecco", "made=@/A 02e5002b094d14d0"
          ! record www.comune.calco.test A: 192.0.2.10 should stand there, and what stands there is not ours: 192.0.2.99; remove it by hand, write it in the document, or let spec.domain.policy be own

        Plan: 0 to create, 1 to change, 0 to remove, 0 held.
        Digest: DIGEST
    "#]],
    );
    let mut world = world(Some(&OLD[..2]));
    world.converge(&desired(&calco(", policy: share, records: [{name: albo, type: A, value: 192.0.2.5}]")));
    // somebody else changes a record that we made
    expect![[r#"
        domain/calco
          ~ update zone comune.calco.test: 2 record sets differ
              albo A (no document asks for it any more): - 192.0.2.5
              _campanile TXT (says which records Campanile made): "platform=lecco", "made=@/A 02e5002b094d14d0", "made=www/A 02e5002b094d14d0", "made=albo/A 94963806a1908be4" → "platform=lecco", "made=@/A 02e5002b094d14d0", "made=www/A 02e5002b094d14d0"

        Plan: 0 to create, 1 to change, 0 to remove, 0 held.
        Digest: DIGEST
    "#]].assert_eq(&zones(world.plan(&desired(&calco(", policy: share")))));
}

#[test]
fn only_the_members_issuer_may_issue() {
    let issuer = "  issuers: [{name: encrypt, directory: 'https://acme.test/dir', caa: encrypt.test}]\n";
    let mut fleet = calco("");
    let files = fleet.files.values_mut().flatten();
    for text in files {
        if text.contains("kind: Platform") {
            text.push_str(issuer);
        } else {
            text.push_str("  certificate: {issuer: encrypt}\n");
        }
    }
    let plan = world(Some(&[("@", "NS", "ns1.cst.test.")])).plan(&desired(&fleet));
    expect![[r#"
        domain/calco
          ~ update zone comune.calco.test: 4 record sets differ
              _campanile TXT (says whose the zone is): + "platform=lecco"
              @ A (a host of site): + 192.0.2.10
              @ CAA (encrypt issues its certificate): + 0 issue "encrypt.test", 0 issuewild ";"
              www A (a host of site): + 192.0.2.10

        Plan: 0 to create, 1 to change, 0 to remove, 0 held.
        Digest: DIGEST
    "#]]
    .assert_eq(&zones(plan));
}

#[test]
fn a_zone_begins_as_the_platform_says() {
    let mut fleet = calco(", policy: own");
    let Some(Ok(platform)) = fleet.files.get_mut("platform.yaml") else { panic!("it has a platform") };
    platform.push_str("    soa: {contact: 'mailto:ops.zone@cst.test', refresh: 4h, minimum: 5m}\n");
    let mut world = world(Some(&[("@", "NS", "ns1.cst.test.")]));
    let Some(Ok(there)) = world.observed.dns.as_mut().unwrap().zones.get_mut(&zone()) else {
        panic!("it is there")
    };
    let soa = Kind::named("SOA").unwrap();
    let data =
        Data::parse(soa, "ns1.cst.test. hostmaster.cst.test. 0 14400 900 1209600 3600", &zone()).unwrap();
    Arc::make_mut(there).start = Some(RrSet::one(3600, data));
    expect![[r#"
        domain/calco
          ~ update zone comune.calco.test: 4 record sets differ
              _campanile TXT (says whose the zone is): + "platform=lecco"
              @ A (a host of site): + 192.0.2.10
              www A (a host of site): + 192.0.2.10
              @ SOA (the platform says so): contact hostmaster.cst.test., minimum 3600 → contact ops\.zone.cst.test., minimum 300

        Plan: 0 to create, 1 to change, 0 to remove, 0 held.
        Digest: DIGEST
    "#]].assert_eq(&zones(world.plan(&desired(&fleet))));
    world.converge(&desired(&fleet));
    let Some(Ok(there)) = world.observed.dns.as_ref().unwrap().zones.get(&zone()) else {
        panic!("it is there")
    };
    expect![[r#"ns1.cst.test. ops\.zone.cst.test. 0 14400 900 1209600 300"#]]
        .assert_eq(&there.start.as_ref().unwrap().to_text(soa));
}

#[test]
fn another_platforms_zone_is_left_alone() {
    check(
        Some(&[("@", "NS", "ns.old.test."), ("_campanile", "TXT", "\"platform=como\"")]),
        ", policy: own",
        &expect![[r#"
            domain/calco
              ! zone comune.calco.test: it is the platform como's; let that platform give it up; then remove the TXT record _campanile by hand

            Plan: 0 to create, 0 to change, 0 to remove, 0 held.
            Digest: DIGEST
        "#]],
    );
}

#[test]
fn delegations_are_changed_by_release_alone() {
    let with =
        |server: &str| format!(", records: [{{name: scuola, type: NS, value: {server}.scuola.test.}}]");
    check_change(
        &with("ns1"),
        &with("ns2"),
        &expect![[r#"
        held: calco keeps what would go: the world finds the zone by these records
          = record scuola.comune.calco.test NS
        To let exactly these removals through: campanile apply --release DIGEST

        Plan: 0 to create, 0 to change, 0 to remove, 1 held.
        Digest: DIGEST
    "#]],
    );
}
