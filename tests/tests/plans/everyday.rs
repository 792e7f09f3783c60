//! Members that come, change, wait and leave.

use std::collections::BTreeSet;

use campanile_tests::fleets::desired;
use campanile_tests::world::World;
use expect_test::expect;

use super::{SITE, check, check_all, fleet};

#[test]
fn nothing_to_do() {
    let fleet = fleet(&[("calco", SITE, "")]);
    check(
        &fleet,
        &fleet,
        &expect![[r"
        Nothing to do: the world is as the fleet says.
    "]],
    );
}

#[test]
fn a_first_member() {
    check_all(
        &fleet(&[]),
        &fleet(&[("calco", SITE, "")]),
        &expect![[r#"
            certificate/authority
              + create authority: the platform has no certificate authority yet
              … wait for certificates, until the authority can issue them

            main/calco
              + create network lecco.calco: calco has no network
              ~ pull image campanile/site:1: site needs it
              + create container lecco.calco.site.c66f05fe: site is not there
              ~ start container lecco.calco.site.c66f05fe: site should run
              … wait for container lecco.calco.site.c66f05fe, until site is ready

            Plan: 3 to create, 2 to change, 0 to remove, 0 held.
            Digest: DIGEST
            -- next look --
            certificate/calco
              + issue certificate calco: its hosts have no certificate

            Plan: 1 to create, 0 to change, 0 to remove, 0 held.
            Digest: DIGEST
            -- next look --
            main/ingress
              ~ upload files to ingress lecco.ingress.30d3d9ff: new or repaired: the certificate of calco, calco/site
              ~ reload ingress lecco.ingress.30d3d9ff: routes that should be in force: 1

            Plan: 0 to create, 2 to change, 0 to remove, 0 held.
            Digest: DIGEST
            -- next look --
            main/ingress
              - remove files from ingress lecco.ingress.30d3d9ff: files that no route needs any more: 1

            Plan: 0 to create, 0 to change, 1 to remove, 0 held.
            Digest: DIGEST
        "#]],
    );
}

#[test]
fn a_new_image_takes_over_beside_the_old() {
    check_all(
        &fleet(&[("calco", SITE, ""), ("dorio", SITE, "")]),
        &fleet(&[("calco", "campanile/site:2", ""), ("dorio", SITE, "")]),
        &expect![[r#"
            main/calco
              ~ pull image campanile/site:2: site needs it
              + create container lecco.calco.site.ef0a76b4: the document of site changed
                  image: campanile/site:1 → campanile/site:2
              ~ start container lecco.calco.site.ef0a76b4: site should run
              … wait for container lecco.calco.site.ef0a76b4, until site is ready
              ~ then stop container lecco.calco.site.c66f05fe: the new version takes over
              - then remove container lecco.calco.site.c66f05fe: the new version takes over

            Plan: 1 to create, 3 to change, 1 to remove, 0 held.
            Digest: DIGEST
            -- next look --
            main/ingress
              ~ upload files to ingress lecco.ingress.30d3d9ff: new or repaired: calco/site
              ~ reload ingress lecco.ingress.30d3d9ff: routes that should be in force: 2

            main/calco
              … wait for container lecco.calco.site.c66f05fe, until the ingress sends nobody here any more
              ~ then stop container lecco.calco.site.c66f05fe: a newer version has taken over
              - then remove container lecco.calco.site.c66f05fe: a newer version has taken over

            Plan: 0 to create, 3 to change, 1 to remove, 0 held.
            Digest: DIGEST
            -- next look --
            main/ingress
              - remove files from ingress lecco.ingress.30d3d9ff: files that no route needs any more: 2

            main/calco
              ~ drain container lecco.calco.site.c66f05fe: a newer version has taken over
              ~ stop container lecco.calco.site.c66f05fe: a newer version has taken over
              - remove container lecco.calco.site.c66f05fe: a newer version has taken over

            Plan: 0 to create, 2 to change, 2 to remove, 0 held.
            Digest: DIGEST
        "#]],
    );
}

#[test]
fn a_workload_with_a_volume_is_replaced() {
    let more = "    volumes: [{name: content, path: /srv/site}]\n";
    check_all(
        &fleet(&[("calco", SITE, more)]),
        &fleet(&[("calco", "campanile/site:2", more)]),
        &expect![[r#"
            main/calco
              ~ pull image campanile/site:2: site needs it
              ~ stop container lecco.calco.site.328e4abe: a new version takes its place, and two cannot run at once
              - remove container lecco.calco.site.328e4abe: a new version takes its place, and two cannot run at once
              + create container lecco.calco.site.cb88d6ec: the document of site changed
                  image: campanile/site:1 → campanile/site:2
              ~ start container lecco.calco.site.cb88d6ec: site should run
              … wait for container lecco.calco.site.cb88d6ec, until site is ready

            Plan: 1 to create, 3 to change, 1 to remove, 0 held.
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
fn a_member_that_leaves_keeps_its_volumes() {
    let more = "    volumes: [{name: content, path: /srv/site}]\n";
    check_all(
        &fleet(&[("calco", SITE, more), ("dorio", SITE, "")]),
        &fleet(&[("dorio", SITE, "")]),
        &expect![[r#"
            main/ingress
              ~ upload files to ingress lecco.ingress.30d3d9ff: the list of routes changed
              ~ reload ingress lecco.ingress.30d3d9ff: routes that should be in force: 1

            main/calco
              … wait for network lecco.calco, until the ingress sends nobody here any more
              ~ then stop container lecco.calco.site.328e4abe: the fleet no longer has this member here; its volumes stay
              - then remove container lecco.calco.site.328e4abe: the fleet no longer has this member here; its volumes stay
              - then remove network lecco.calco: the fleet no longer has this member here; its volumes stay

            Plan: 0 to create, 3 to change, 2 to remove, 0 held.
            Digest: DIGEST
            -- next look --
            main/ingress
              - remove files from ingress lecco.ingress.30d3d9ff: files that no route needs any more: 3

            main/calco
              + create container lecco.calco.retired: it keeps the volumes of the member, with the day it left, and never starts
              ~ drain container lecco.calco.site.328e4abe: the fleet no longer has this member here; its volumes stay
              ~ stop container lecco.calco.site.328e4abe: the fleet no longer has this member here; its volumes stay
              - remove container lecco.calco.site.328e4abe: the fleet no longer has this member here; its volumes stay
              - remove network lecco.calco: the fleet no longer has this member here; its volumes stay

            Plan: 1 to create, 2 to change, 3 to remove, 0 held.
            Digest: DIGEST
        "#]],
    );
}

#[test]
fn a_service_that_leaves_the_document() {
    let more =
        "  services:\n    albo: {image: 'campanile/site:1', hosts: [albo.comune.calco.test], port: 8080}\n";
    check_all(
        &fleet(&[("calco", SITE, more)]),
        &fleet(&[("calco", SITE, "")]),
        &expect![[r#"
            certificate/calco
              + issue certificate calco: its hosts changed: -albo.comune.calco.test

            main/ingress
              ~ upload files to ingress lecco.ingress.30d3d9ff: the list of routes changed
              ~ reload ingress lecco.ingress.30d3d9ff: routes that should be in force: 1

            main/calco
              … wait for container lecco.calco.albo.1e1a26c8, until the ingress sends nobody here any more
              ~ then stop container lecco.calco.albo.1e1a26c8: the document no longer names it
              - then remove container lecco.calco.albo.1e1a26c8: the document no longer names it

            Plan: 1 to create, 3 to change, 1 to remove, 0 held.
            Digest: DIGEST
            -- next look --
            main/ingress
              ~ upload files to ingress lecco.ingress.30d3d9ff: new or repaired: the certificate of calco, calco/site
              ~ reload ingress lecco.ingress.30d3d9ff: routes that should be in force: 1

            main/calco
              ~ drain container lecco.calco.albo.1e1a26c8: the document no longer names it
              ~ stop container lecco.calco.albo.1e1a26c8: the document no longer names it
              - remove container lecco.calco.albo.1e1a26c8: the document no longer names it

            Plan: 0 to create, 4 to change, 1 to remove, 0 held.
            Digest: DIGEST
            -- next look --
            main/ingress
              - remove files from ingress lecco.ingress.30d3d9ff: files that no route needs any more: 5

            Plan: 0 to create, 0 to change, 1 to remove, 0 held.
            Digest: DIGEST
        "#]],
    );
}

#[test]
fn three_of_four_members_gone_are_held() {
    let all = fleet(&[("calco", SITE, ""), ("dorio", SITE, ""), ("erve", SITE, ""), ("lecco", SITE, "")]);
    check(
        &all,
        &fleet(&[("lecco", SITE, "")]),
        &expect![[r#"
            held: calco keeps what would go: 3 of 4 members would lose something at once, and 2 may
              = container lecco.calco.site.c66f05fe
              = network lecco.calco
            held: dorio keeps what would go: 3 of 4 members would lose something at once, and 2 may
              = container lecco.dorio.site.1b76e6bc
              = network lecco.dorio
            held: erve keeps what would go: 3 of 4 members would lose something at once, and 2 may
              = container lecco.erve.site.16982d79
              = network lecco.erve
            To let exactly these removals through: campanile apply --release DIGEST

            Plan: 0 to create, 0 to change, 0 to remove, 3 held.
            Digest: DIGEST
        "#]],
    );
}

#[test]
fn a_suspended_member_stays_as_it_is() {
    check(
        &fleet(&[("calco", SITE, ""), ("dorio", SITE, "")]),
        &fleet(&[("calco", "campanile/site:2", "  suspend: true\n"), ("dorio", SITE, "")]),
        &expect![[r"
            Nothing to do: the world is as the fleet says.
        "]],
    );
}

#[test]
fn versions_that_follow_each_other_faster_than_routes_move() {
    let version = |n: usize| desired(&fleet(&[("calco", &format!("campanile/site:{n}"), "")]));
    let sites = |world: &mut World| {
        let names = world.engine("main").containers.keys();
        names.filter(|name| name.starts_with("lecco.calco.site.")).cloned().collect::<BTreeSet<_>>()
    };
    let mut world = World::empty(&["main"]);
    world.converge(&version(0));
    let serving = sites(&mut world);
    for n in 1..20 {
        let plan = world.plan(&version(n));
        for step in plan.lanes.iter().filter(|lane| lane.name == "main/calco").flat_map(|lane| &lane.steps) {
            world.step(step);
        }
        let there = sites(&mut world);
        assert!(there.is_superset(&serving), "the one that visitors are sent to stays: {there:?}");
        assert!(there.len() <= 4, "the others make room: {there:?}");
    }
    world.converge(&version(19));
    assert_eq!(sites(&mut world).len(), 1);
}
