//! What people change by hand on containers, and how it is put back.

use std::collections::BTreeMap;

use campanile_plan::docker::{ContainerState, Limits, ObservedContainer, ObservedNetwork};
use campanile_plan::fleet::Desired;
use campanile_tests::fleets::desired;
use campanile_tests::world::{World, answer, remove_network};
use expect_test::{Expect, expect};

use super::{SITE, fleet, shown};

const NETWORK: &str = "lecco.calco";
const DATABASE: &str = "    needs: [database]\n  services:\n    database: {image: 'db:1', volumes: [{name: data, path: /data}]}\n";

/// A world with calco, its site and its database.
fn settled() -> (World, Desired) {
    let fleet = desired(&fleet(&[("calco", SITE, DATABASE)]));
    let mut world = World::empty(&["main"]);
    world.converge(&fleet);
    (world, fleet)
}

fn container<'a>(world: &'a mut World, prefix: &str) -> &'a mut ObservedContainer {
    let mut containers = world.engine("main").containers.iter_mut();
    containers.find(|(name, _)| name.starts_with(prefix)).unwrap().1
}

/// Every plan that puts back what happened.
#[track_caller]
fn check(happens: impl FnOnce(&mut World), expected: &Expect) {
    let (mut world, fleet) = settled();
    let volumes = world.engine("main").volumes.clone();
    happens(&mut world);
    let plans: Vec<String> = world.converge(&fleet).iter().map(shown).collect();
    expected.assert_eq(&plans.join("-- next look --\n"));
    assert_eq!(world.engine("main").volumes, volumes);
    assert!(world.plan(&fleet).is_settled());
}

#[test]
fn taken_off_its_network() {
    let disconnect = |world: &mut World| {
        for prefix in ["lecco.calco.site.", "lecco.calco.database."] {
            let there = container(world, prefix);
            there.addresses.clear();
            answer(there);
        }
    };
    check(
        disconnect,
        &expect![[r#"
        main/calco
          ~ connect container lecco.calco.database.ef049919: it is not on the network lecco.calco
          … wait for container lecco.calco.database.ef049919, until database is ready: it was not on its network
          … wait for workload site, until database is ready, which site needs

        Plan: 0 to create, 1 to change, 0 to remove, 0 held.
        Digest: DIGEST
        -- next look --
        main/calco
          ~ connect container lecco.calco.site.c66f05fe: it is not on the network lecco.calco
          … wait for container lecco.calco.site.c66f05fe, until site is ready: http://10.1.158.115:8080/ does not answer: no route to host

        Plan: 0 to create, 1 to change, 0 to remove, 0 held.
        Digest: DIGEST
    "#]],
    );
}

#[test]
fn at_another_address() {
    let elsewhere = |world: &mut World| {
        let there = container(world, "lecco.calco.site.");
        there.addresses.insert(NETWORK.to_owned(), "10.0.0.30".parse().unwrap());
        answer(there);
    };
    check(
        elsewhere,
        &expect![[r#"
        main/calco
          ~ disconnect container lecco.calco.site.c66f05fe: its address is 10.0.0.30, and it should be 10.1.158.115
          ~ connect container lecco.calco.site.c66f05fe: its address is 10.0.0.30, and it should be 10.1.158.115
          … wait for container lecco.calco.site.c66f05fe, until site is ready: http://10.1.158.115:8080/ does not answer: no route to host

        Plan: 0 to create, 2 to change, 0 to remove, 0 held.
        Digest: DIGEST
    "#]],
    );
}

#[test]
fn stopped_and_taken_off_its_network() {
    let stop = |world: &mut World| {
        let there = container(world, "lecco.calco.site.");
        there.addresses.clear();
        there.state = ContainerState::Exited;
        there.status = "Exited (137) 3 seconds ago".to_owned();
        answer(there);
    };
    check(
        stop,
        &expect![[r#"
        main/calco
          ~ connect container lecco.calco.site.c66f05fe: it is not on the network lecco.calco
          ~ start container lecco.calco.site.c66f05fe: it ended: Exited (137) 3 seconds ago
          … wait for container lecco.calco.site.c66f05fe, until site is ready

        Plan: 0 to create, 2 to change, 0 to remove, 0 held.
        Digest: DIGEST
    "#]],
    );
}

#[test]
fn its_network_removed() {
    check(
        |world| assert!(remove_network(world.engine("main"), NETWORK)),
        &expect![[r#"
            main/calco
              + create network lecco.calco: calco has no network
              ~ connect container lecco.calco.database.ef049919: it is not on the network lecco.calco
              … wait for container lecco.calco.database.ef049919, until database is ready: it was not on its network
              … wait for workload site, until database is ready, which site needs

            Plan: 1 to create, 1 to change, 0 to remove, 0 held.
            Digest: DIGEST
            -- next look --
            main/calco
              ~ connect container lecco.calco.site.c66f05fe: it is not on the network lecco.calco
              … wait for container lecco.calco.site.c66f05fe, until site is ready: http://10.1.158.115:8080/ does not answer: no route to host

            Plan: 0 to create, 1 to change, 0 to remove, 0 held.
            Digest: DIGEST
        "#]],
    );
}

#[test]
fn its_address_given_to_a_stranger() {
    let robbed = |world: &mut World| {
        let there = container(world, "lecco.calco.site.");
        let addresses = std::mem::take(&mut there.addresses);
        answer(there);
        let stranger = ObservedContainer {
            labels: BTreeMap::new(),
            state: ContainerState::Running,
            health: None,
            status: "Up 3 seconds".to_owned(),
            created: None,
            addresses,
            limits: None,
            answer: None,
        };
        world.engine("main").containers.insert("stranger".to_owned(), stranger);
    };
    check(
        robbed,
        &expect![[r#"
            main/calco
              ~ stop container lecco.calco.site.c66f05fe: another container has its address now
              - remove container lecco.calco.site.c66f05fe: another container has its address now
              + create container lecco.calco.site.c66f05fe: site is not there
              ~ start container lecco.calco.site.c66f05fe: site should run
              … wait for container lecco.calco.site.c66f05fe, until site is ready

            Plan: 1 to create, 2 to change, 1 to remove, 0 held.
            Digest: DIGEST
            -- next look --
            main/ingress
              ~ upload files to ingress lecco.ingress.30d3d9ff: new or repaired: calco/site
              ~ reload ingress lecco.ingress.30d3d9ff: routes that should be in force: 1

            Plan: 0 to create, 2 to change, 0 to remove, 0 held.
            Digest: DIGEST
            -- next look --
            main/ingress
              - remove files from ingress lecco.ingress.30d3d9ff: files that no route needs any more: 2

            Plan: 0 to create, 0 to change, 1 to remove, 0 held.
            Digest: DIGEST
        "#]],
    );
}

#[test]
fn its_limits_changed() {
    let unlimited = |world: &mut World| {
        let there = container(world, "lecco.calco.site.");
        there.limits = Some(Limits { memory_bytes: 0, cpu_nano: 4_000_000_000, pids: 256 });
    };
    check(
        unlimited,
        &expect![[r#"
        main/calco
          ~ limit container lecco.calco.site.c66f05fe: somebody changed its limits
              memoryBytes: no limit → 268435456
              cpuNano: 4000000000 → 500000000

        Plan: 0 to create, 1 to change, 0 to remove, 0 held.
        Digest: DIGEST
    "#]],
    );
}

#[test]
fn an_older_version_that_serves_is_put_back_too() {
    let mut world = World::empty(&["main"]);
    world.converge(&desired(&fleet(&[("calco", SITE, "")])));
    let older = world.engine("main").containers.keys().find(|name| name.contains(".site.")).unwrap().clone();
    let broken = desired(&fleet(&[("calco", "campanile/site:2", "")]));
    world.apply(&world.plan(&broken));
    for (name, there) in &mut world.engine("main").containers {
        if *name == older {
            there.addresses.clear();
            answer(there);
        } else if name.contains(".site.") {
            there.state = ContainerState::Restarting;
            there.status = "Restarting (1) 4 seconds ago".to_owned();
            answer(there);
        }
    }
    expect![[r#"
        main/calco
          ~ connect container lecco.calco.site.c66f05fe: it is not on the network lecco.calco
          … wait for container lecco.calco.site.ef0a76b4, until site stays up: it ends again and again: Restarting (1) 4 seconds ago

        Plan: 0 to create, 1 to change, 0 to remove, 0 held.
        Digest: DIGEST
    "#]].assert_eq(&shown(&world.plan(&broken)));
}

#[test]
fn a_network_that_is_not_ours_gets_nobody() {
    let (mut world, fleet) = settled();
    remove_network(world.engine("main"), NETWORK);
    world.engine("main").networks.insert(NETWORK.to_owned(), ObservedNetwork::default());
    expect![[r#"
        main/calco
          ! network lecco.calco: a network of this name is there, and it is not ours; look at it with docker network inspect lecco.calco; rename or remove it if nobody needs it

        Plan: 0 to create, 0 to change, 0 to remove, 0 held.
        Digest: DIGEST
    "#]].assert_eq(&shown(&world.plan(&fleet)));
}
