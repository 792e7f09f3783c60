//! Plans as text: what a sysadmin reads for the changes of everyday life.

use campanile_plan::docker::{ContainerState, ObservedContainer, ObservedNetwork};
use campanile_plan::fleet::Snapshot;
use campanile_plan::plan::{Plan, text};
use campanile_tests::fleets::{desired, member, snapshot};
use campanile_tests::world::World;
use expect_test::{Expect, expect};

const SITE: &str = "campanile/site:1";

fn fleet(members: &[(&str, &str, &str)]) -> Snapshot {
    snapshot(members.iter().map(|(name, image, more)| (*name, member(name, image, more))))
}

/// A plan as text; its digest changes with every byte of a file that it writes.
fn shown(plan: &Plan) -> String {
    text(plan).replace(&plan.digest(), "DIGEST")
}

/// The first plan that leads from one fleet, fully applied, to another.
#[track_caller]
fn check(before: &Snapshot, after: &Snapshot, expected: &Expect) {
    let mut world = World::empty(&["main"]);
    world.converge(&desired(before));
    let plan = world.plan(&desired(after));
    expected.assert_eq(&shown(&plan));
    world.converge(&desired(after));
}

/// Every plan that leads from one fleet, fully applied, to another.
#[track_caller]
fn check_all(before: &Snapshot, after: &Snapshot, expected: &Expect) {
    let mut world = World::empty(&["main"]);
    world.converge(&desired(before));
    let plans: Vec<String> = world.converge(&desired(after)).iter().map(shown).collect();
    expected.assert_eq(&plans.join("-- next look --\n"));
}

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
              ~ upload files to ingress lecco.ingress: new or repaired: the certificate of calco, calco/site
              ~ reload ingress lecco.ingress: routes that should be in force: 1

            Plan: 0 to create, 2 to change, 0 to remove, 0 held.
            Digest: DIGEST
            -- next look --
            main/ingress
              - remove files from ingress lecco.ingress: files that no route needs any more: 1

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
              ~ upload files to ingress lecco.ingress: new or repaired: calco/site
              ~ reload ingress lecco.ingress: routes that should be in force: 2

            main/calco
              … wait for container lecco.calco.site.c66f05fe, until the ingress sends nobody here any more

            Plan: 0 to create, 2 to change, 0 to remove, 0 held.
            Digest: DIGEST
            -- next look --
            main/ingress
              - remove files from ingress lecco.ingress: files that no route needs any more: 2

            main/calco
              ~ stop container lecco.calco.site.c66f05fe: a newer version has taken over
              - remove container lecco.calco.site.c66f05fe: a newer version has taken over

            Plan: 0 to create, 1 to change, 2 to remove, 0 held.
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
              ~ upload files to ingress lecco.ingress: new or repaired: calco/site
              ~ reload ingress lecco.ingress: routes that should be in force: 1

            Plan: 0 to create, 2 to change, 0 to remove, 0 held.
            Digest: DIGEST
            -- next look --
            main/ingress
              - remove files from ingress lecco.ingress: files that no route needs any more: 2

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
              ~ upload files to ingress lecco.ingress: the list of routes changed
              ~ reload ingress lecco.ingress: routes that should be in force: 1

            main/calco
              … wait for network lecco.calco, until the ingress sends nobody here any more
              ~ then stop container lecco.calco.site.328e4abe: the fleet no longer has this member here; its volumes stay
              - then remove container lecco.calco.site.328e4abe: the fleet no longer has this member here; its volumes stay
              - then remove network lecco.calco: the fleet no longer has this member here; its volumes stay

            Plan: 0 to create, 3 to change, 2 to remove, 0 held.
            Digest: DIGEST
            -- next look --
            main/ingress
              - remove files from ingress lecco.ingress: files that no route needs any more: 3

            main/calco
              + create container lecco.calco.retired: it keeps the volumes of the member, with the day it left, and never starts
              ~ stop container lecco.calco.site.328e4abe: the fleet no longer has this member here; its volumes stay
              - remove container lecco.calco.site.328e4abe: the fleet no longer has this member here; its volumes stay
              - remove network lecco.calco: the fleet no longer has this member here; its volumes stay

            Plan: 1 to create, 1 to change, 3 to remove, 0 held.
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
              ~ upload files to ingress lecco.ingress: the list of routes changed
              ~ reload ingress lecco.ingress: routes that should be in force: 1

            main/calco
              … wait for container lecco.calco.albo.1e1a26c8, until the ingress sends nobody here any more

            Plan: 1 to create, 2 to change, 0 to remove, 0 held.
            Digest: DIGEST
            -- next look --
            main/ingress
              ~ upload files to ingress lecco.ingress: new or repaired: the certificate of calco, calco/site
              ~ reload ingress lecco.ingress: routes that should be in force: 1

            main/calco
              ~ stop container lecco.calco.albo.1e1a26c8: the document no longer names it
              - remove container lecco.calco.albo.1e1a26c8: the document no longer names it

            Plan: 0 to create, 3 to change, 1 to remove, 0 held.
            Digest: DIGEST
            -- next look --
            main/ingress
              - remove files from ingress lecco.ingress: files that no route needs any more: 5

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
fn a_container_removed_by_hand_comes_back() {
    let fleet = desired(&fleet(&[("calco", SITE, "")]));
    let mut world = World::empty(&["main"]);
    world.converge(&fleet);
    world.engine("main").containers.retain(|name, _| name == "lecco.ingress");
    expect![[r#"
        main/calco
          + create container lecco.calco.site.c66f05fe: site is not there
          ~ start container lecco.calco.site.c66f05fe: site should run
          … wait for container lecco.calco.site.c66f05fe, until site is ready

        Plan: 1 to create, 1 to change, 0 to remove, 0 held.
        Digest: DIGEST
    "#]]
    .assert_eq(&shown(&world.plan(&fleet)));
    world.converge(&fleet);
}

#[test]
fn what_is_not_ours_is_never_touched() {
    let fleet = desired(&fleet(&[("calco", SITE, ""), ("dorio", SITE, "")]));
    let mut world = World::empty(&["main"]);
    let stranger = ObservedContainer {
        labels: [("it.campanile.platform".to_owned(), "como".to_owned())].into(),
        state: ContainerState::Exited,
        health: None,
        status: "Exited (1) 3 days ago".to_owned(),
        addresses: [].into(),
        answer: None,
    };
    world.engine("main").containers.insert("lecco.ingress".to_owned(), stranger);
    world.engine("main").networks.insert("lecco.calco".to_owned(), ObservedNetwork::default());
    expect![[r#"
        certificate/authority
          + create authority: the platform has no certificate authority yet
          … wait for certificates, until the authority can issue them

        main/ingress
          + create volume lecco.ingress: the ingress keeps its files there
          ! container lecco.ingress: a container of this name is there, and it is not ours; look at it with docker container inspect lecco.ingress; rename or remove it if nobody needs it

        main/calco
          ! network lecco.calco: a network of this name is there, and it is not ours; look at it with docker network inspect lecco.calco; rename or remove it if nobody needs it

        main/dorio
          + create network lecco.dorio: dorio has no network
          ~ pull image campanile/site:1: site needs it
          + create container lecco.dorio.site.1b76e6bc: site is not there
          ~ start container lecco.dorio.site.1b76e6bc: site should run
          … wait for container lecco.dorio.site.1b76e6bc, until site is ready

        Plan: 4 to create, 2 to change, 0 to remove, 0 held.
        Digest: DIGEST
    "#]].assert_eq(&shown(&world.plan(&fleet)));
}

#[test]
fn an_engine_that_is_away_stops_nobody_else() {
    let fleet = desired(&fleet(&[("calco", SITE, "")]));
    let mut world = World::empty(&["main"]);
    let main = "main".parse().unwrap();
    world.observed.engines.insert(main, Err("connection refused".to_owned()));
    expect![[r#"
        certificate/authority
          + create authority: the platform has no certificate authority yet
          … wait for certificates, until the authority can issue them

        main/engine
          ! engine main: it cannot be reached, and 1 members run on it: connection refused; see that Docker runs and that unix:///var/run/docker.sock leads to it

        Plan: 1 to create, 0 to change, 0 to remove, 0 held.
        Digest: DIGEST
    "#]].assert_eq(&shown(&world.plan(&fleet)));
}
