//! Certificates by ACME: what is planned while an order goes its way, and what holds it up.

use campanile_plan::certificate::budget::Spent;
use campanile_plan::certificate::{OrderStage, Refusal, Window};
use campanile_plan::fleet::{Accepted, Desired, Snapshot};
use campanile_tests::fleets::{PLATFORM, desired, member, snapshot, validated};
use campanile_tests::world::World;
use expect_test::{Expect, expect};
use jiff::SignedDuration;

use super::{SITE, shown};

const ISSUERS: &str = "  issuers:
    - name: encrypt
      directory: https://acme.test/directory
      contact: ['mailto:ops@provincia.test']
    - {name: zones, directory: 'https://acme.test/directory', challenge: dns-01}
";

/// A fleet of members whose certificates say this.
fn files(members: &[&str], certificate: &str) -> Snapshot {
    let more = format!("  certificate: {certificate}\n");
    let mut files = snapshot(members.iter().map(|name| (*name, member(name, SITE, &more))));
    files.files.insert("platform.yaml".to_owned(), Ok(format!("{PLATFORM}{ISSUERS}")));
    files
}

fn fleet(members: &[&str]) -> Desired {
    desired(&files(members, "{issuer: encrypt}"))
}

/// The lanes of certificates alone.
fn certificates(world: &World, fleet: &Desired) -> String {
    let mut plan = world.plan(fleet);
    plan.lanes.retain(|lane| {
        lane.member.is_some() && lane.engine.is_none() || lane.name.starts_with("certificate/")
    });
    let text = shown(&plan);
    text.split_inclusive('\n').take_while(|line| !line.starts_with("Plan:")).collect()
}

fn problems(certificate: &str) -> String {
    let problems = validated(&files(&["calco", "lecco"], certificate), &Accepted::default()).problems;
    problems.iter().fold(String::new(), |text, problem| text + &problem.to_string() + "\n")
}

#[track_caller]
fn check(world: &World, fleet: &Desired, expected: &Expect) {
    expected.assert_eq(&certificates(world, fleet));
}

#[test]
fn the_first_certificate() {
    let fleet = fleet(&["calco"]);
    let mut world = World::empty(&["main"]);
    let plans = world.converge(&fleet);
    let lines: Vec<String> = plans
        .iter()
        .map(|plan| {
            let mut plan = plan.clone();
            plan.lanes.retain(|lane| {
                lane.member.is_some() && lane.engine.is_none() || lane.name.starts_with("certificate/")
            });
            let text = shown(&plan);
            text.split_inclusive('\n').take_while(|line| !line.contains("DIGEST")).collect()
        })
        .collect();
    expect![[r#"
        certificate/account.encrypt
          + register account encrypt: there is no account at this issuer yet

        certificate/calco
          … wait for order calco, until there is an account at encrypt

        Plan: 1 to create, 0 to change, 0 to remove, 0 held.
        -- next look --
        certificate/calco
          … wait for order calco, until the ingress can show the issuer whose the names are

        Plan: 0 to create, 0 to change, 0 to remove, 0 held.
        -- next look --
        certificate/calco
          ~ probe names of calco: the issuer will ask them by HTTP; where they lead is not looked up, since the platform names no name server
          + place order calco: its hosts have no certificate

        Plan: 1 to create, 1 to change, 0 to remove, 0 held.
        -- next look --
        certificate/calco
          … wait for order calco, until the ingress shows the issuer whose the names are

        Plan: 0 to create, 0 to change, 0 to remove, 0 held.
        -- next look --
        certificate/calco
          ~ answer order calco: what the issuer looks for is there

        Plan: 0 to create, 1 to change, 0 to remove, 0 held.
        -- next look --
        certificate/calco
          ~ finalize order calco: the issuer has seen that all names are ours

        Plan: 0 to create, 1 to change, 0 to remove, 0 held.
        -- next look --
        certificate/calco
          + take certificate calco: its hosts have no certificate

        Plan: 1 to create, 0 to change, 0 to remove, 0 held.
        -- next look --
        Nothing to do: the world is as the fleet says.
        -- next look --
        Nothing to do: the world is as the fleet says.
    "#]]
    .assert_eq(&lines.join("-- next look --\n"));
    assert!(world.observed.certificates.len() == 1 && world.observed.orders.is_empty());
    assert!(world.plan(&fleet).is_settled());
}

#[test]
fn pages_come_and_go_without_a_new_configuration() {
    let fleet = fleet(&["calco"]);
    let mut world = World::empty(&["main"]);
    world.converge(&fleet);
    world.now += SignedDuration::from_hours(24 * 70);
    let activations = |plan: &campanile_plan::plan::Plan| {
        plan.steps().filter(|step| step.title().starts_with("reload")).count()
    };
    // the proof is uploaded, and in the end the certificate is put in force, once
    let plans = world.converge(&fleet);
    assert_eq!(plans.iter().map(activations).collect::<Vec<_>>().iter().sum::<usize>(), 1);
    let paths: Vec<&String> = world
        .engine("main")
        .ingress
        .as_ref()
        .unwrap()
        .files
        .keys()
        .filter(|path| path.starts_with("challenges/"))
        .collect();
    assert_eq!(paths, ["challenges/campanile-probe"]);
}

#[test]
fn a_renewal_announces_what_it_replaces() {
    let fleet = fleet(&["calco"]);
    let mut world = World::empty(&["main"]);
    world.converge(&fleet);
    let window = |from: i64, until: i64| Window {
        certificate: "authority.serial".to_owned(),
        start: world.now + SignedDuration::from_hours(from),
        end: world.now + SignedDuration::from_hours(until),
    };
    let windows = [window(1, 48), window(-48, -1)];
    let [later, now] = windows.map(|window| {
        let mut world = world.clone();
        world.observed.certificates.values_mut().next().unwrap().window = Some(window);
        world
    });
    check(
        &later,
        &fleet,
        &expect![[r#"
        Nothing to do: the world is as the fleet says.
    "#]],
    );
    check(
        &now,
        &fleet,
        &expect![[r#"
            certificate/calco
              ~ probe names of calco: the issuer will ask them by HTTP; where they lead is not looked up, since the platform names no name server
              + place order calco: its issuer would have it renewed between 2026-11-20 12:00 and 2026-11-22 11:00

        "#]],
    );
    let plan = now.plan(&fleet);
    let json = serde_json::to_value(plan.document(None, None, &[])).unwrap();
    let order = json["steps"].as_array().unwrap().iter().find(|step| step["action"] == "placeOrder").unwrap();
    assert_eq!(order["body"]["replaces"], "authority.serial");
}

#[test]
fn a_budget_that_is_spent() {
    let fleet = fleet(&["calco"]);
    let mut world = World::empty(&["main"]);
    world.converge(&fleet);
    world.observed.certificates.clear();
    let ledger = world.observed.ledgers.values_mut().next().unwrap();
    let spent = ledger.orders[0].clone();
    ledger.orders.extend(
        (1..5).map(|hours| Spent { at: world.now - SignedDuration::from_hours(hours), ..spent.clone() }),
    );
    check(
        &world,
        &fleet,
        &expect![[r#"
            certificate/calco
              … order calco: its names have no certificate yet; the same set of names may have 5 in 168 h, not before 2026-11-29T08:00:00Z

        "#]],
    );
    world.unread.insert("encrypt".to_owned());
    world.observed.ledgers.clear();
    check(
        &world,
        &fleet,
        &expect![[r#"
        certificate/calco
          ! order calco: how much encrypt lets us order is not known; see that the history in the state folder can be read and written

    "#]],
    );
}

#[test]
fn an_order_that_fails() {
    let fleet = fleet(&["calco"]);
    let mut world = World::empty(&["main"]);
    while world.observed.orders.is_empty() {
        world.apply(&world.plan(&fleet));
    }
    let order = world.observed.orders.values_mut().next().unwrap();
    order.stage = OrderStage::Unseen { why: "https://acme.test/order/1 does not answer".to_owned() };
    check(
        &world,
        &fleet,
        &expect![[r#"
        certificate/calco
          … wait for order calco, until encrypt answers: https://acme.test/order/1 does not answer

    "#]],
    );
    let order = world.observed.orders.values_mut().next().unwrap();
    let failed = "www.comune.calco.test".parse().unwrap();
    order.stage = OrderStage::Invalid { why: "connection refused".to_owned(), names: [failed].into() };
    check(
        &world,
        &fleet,
        &expect![[r#"
        certificate/calco
          ~ give up order calco: encrypt refused it: connection refused

    "#]],
    );
    world.apply(&world.plan(&fleet));
    check(
        &world,
        &fleet,
        &expect![[r#"
        certificate/calco
          ! order calco: encrypt refused the last one: connection refused; mend that; the next order comes after 2026-11-22T12:12:00Z

    "#]],
    );
    world.now += SignedDuration::from_hours(1);
    check(
        &world,
        &fleet,
        &expect![[r#"
            certificate/calco
              ~ probe names of calco: the issuer will ask them by HTTP; where they lead is not looked up, since the platform names no name server
              + place order calco: its hosts have no certificate

        "#]],
    );
}

#[test]
fn an_issuer_that_wants_to_be_asked_later() {
    let fleet = fleet(&["calco"]);
    let mut world = World::empty(&["main"]);
    while world.observed.orders.is_empty() {
        world.apply(&world.plan(&fleet));
    }
    let calco = "calco".parse().unwrap();
    let order = world.observed.orders.get_mut(&calco).unwrap();
    order.stage = OrderStage::Intended;
    let refusal = Refusal {
        issuer: order.issuer.clone(),
        names: order.names.clone(),
        why: "too many orders".to_owned(),
        at: world.now,
        again: world.now + SignedDuration::from_hours(3),
    };
    world.observed.refusals.insert(calco, refusal);
    check(
        &world,
        &fleet,
        &expect![[r#"
        certificate/calco
          ! order calco: encrypt refused the last one: too many orders; mend that; the next order comes after 2026-11-22T15:00:00Z

    "#]],
    );
    world.now += SignedDuration::from_hours(3);
    check(
        &world,
        &fleet,
        &expect![[r#"
        certificate/calco
          ~ resume order calco: its hosts have no certificate

    "#]],
    );
    world.converge(&fleet);
    assert_eq!(
        world.observed.ledgers.values().next().unwrap().orders.len(),
        1,
        "the same order all the time"
    );
}

#[test]
fn a_key_of_another_kind_is_not_waited_for() {
    let mut world = World::empty(&["main"]);
    world.converge(&fleet(&["calco"]));
    check(
        &world,
        &desired(&files(&["calco"], "{issuer: encrypt, keyType: rsa-2048}")),
        &expect![[r#"
        certificate/calco
          ~ probe names of calco: the issuer will ask them by HTTP; where they lead is not looked up, since the platform names no name server
          + place order calco: its key is of another kind than the document says

    "#]],
    );
}

#[test]
fn an_order_of_which_nothing_more_is_wanted() {
    let before = fleet(&["calco"]);
    let mut world = World::empty(&["main"]);
    while world.observed.orders.is_empty() {
        world.apply(&world.plan(&before));
    }
    check(
        &world,
        &desired(&files(&["calco"], "{issuer: encrypt, keyType: rsa-2048}")),
        &expect![[r#"
        certificate/calco
          ~ forget order calco: its document asks for another certificate

    "#]],
    );
    check(
        &world,
        &desired(&files(&["calco"], "{issuer: internal}")),
        &expect![[r#"
            certificate/authority
              + create authority: the platform has no certificate authority yet
              … wait for certificates, until the authority can issue them

            order/calco
              ~ forget order calco: its document asks for another issuer

        "#]],
    );
    world.observed.orders.values_mut().next().unwrap().in_force = true;
    check(
        &world,
        &before,
        &expect![[r#"
        certificate/calco
          ~ forget order calco: its certificate is in force

    "#]],
    );
}

#[test]
fn documents_that_ask_for_what_cannot_be() {
    expect![[r#"
        members/calco.yaml:12:25: the platform has no issuer encrypted; known are internal, encrypt, zones
        members/lecco.yaml:12:25: the platform has no issuer encrypted; known are internal, encrypt, zones
    "#]]
    .assert_eq(&problems("{issuer: encrypted}"));
    expect![[r#"
        members/calco.yaml:12:25: encrypt issues by http-01, and no page can show whose a wildcard is; remove wildcard, or give the issuer challenge: dns-01 in the platform's document
        members/lecco.yaml:12:25: encrypt issues by http-01, and no page can show whose a wildcard is; remove wildcard, or give the issuer challenge: dns-01 in the platform's document
    "#]].assert_eq(&problems("{issuer: encrypt, wildcard: true}"));
    expect![[r#"
        members/calco.yaml:12:42: the host www.comune.lecco.test is also claimed by lecco (members/lecco.yaml:9); use another name, or remove it there first
        members/calco.yaml:12:42: the host www.comune.lecco.test stands under the domain of lecco (members/lecco.yaml:6); use another name, or remove it there first
        members/lecco.yaml:9:13: the host www.comune.lecco.test is also claimed by calco (members/calco.yaml:12); use another name, or remove it there first
        members/lecco.yaml:12:42: the host www.comune.lecco.test is also claimed by calco (members/calco.yaml:12); use another name, or remove it there first
    "#]].assert_eq(&problems("{issuer: encrypt, names: [www.comune.lecco.test]}"));
    expect![[r#"
        members/calco.yaml:12:25: zones issues by dns-01, and the platform names no name server; add dns to the platform's document, or let the issuer's challenge be http-01
        members/lecco.yaml:12:25: zones issues by dns-01, and the platform names no name server; add dns to the platform's document, or let the issuer's challenge be http-01
    "#]].assert_eq(&problems("{issuer: zones, wildcard: true}"));
    expect![[r#""#]].assert_eq(&problems("{issuer: internal, wildcard: true}"));
}
