//! Plans as text: what a sysadmin reads for the changes of everyday life.

use campanile_plan::docker::{ContainerState, ObservedContainer, ObservedNetwork};
use campanile_plan::fleet::Snapshot;
use campanile_plan::plan::text;
use campanile_tests::fleets::{desired, member, snapshot};
use campanile_tests::world::World;
use expect_test::{Expect, expect};

const SITE: &str = "campanile/site:1";

fn fleet(members: &[(&str, &str, &str)]) -> Snapshot {
    snapshot(members.iter().map(|(name, image, more)| (*name, member(name, image, more))))
}

/// The first plan that leads from one fleet, fully applied, to another.
#[track_caller]
fn check(before: &Snapshot, after: &Snapshot, expected: Expect) {
    let mut world = World::empty(&["main"]);
    world.converge(&desired(before));
    let plan = world.plan(&desired(after));
    expected.assert_eq(&text(&plan));
    world.converge(&desired(after));
}

/// Every plan that leads from one fleet, fully applied, to another.
#[track_caller]
fn check_all(before: &Snapshot, after: &Snapshot, expected: Expect) {
    let mut world = World::empty(&["main"]);
    world.converge(&desired(before));
    let plans: Vec<String> = world.converge(&desired(after)).iter().map(text).collect();
    expected.assert_eq(&plans.join("-- next look --\n"));
}

#[test]
fn nothing_to_do() {
    let fleet = fleet(&[("calco", SITE, "")]);
    check(
        &fleet,
        &fleet,
        expect![[r#"
        Nothing to do: the world is as the fleet says.
    "#]],
    );
}

#[test]
fn a_first_member() {
    check_all(
        &fleet(&[]),
        &fleet(&[("calco", SITE, "")]),
        expect![[r#"
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
            Digest: 9529c8f98bcd370b2b28bafdaca825aff876d01fc0aab9ac27febf10b013db1b
            -- next look --
            certificate/calco
              + issue certificate calco: its hosts have no certificate

            Plan: 1 to create, 0 to change, 0 to remove, 0 held.
            Digest: 77ed701ead40afef1ceea782bb277bf78dd7d1953267428b6c525ad0854555b0
            -- next look --
            main/ingress
              ~ upload files to ingress lecco.ingress: new or repaired: the certificate of calco, calco/site
              ~ reload ingress lecco.ingress: routes that should be in force: 1

            Plan: 0 to create, 2 to change, 0 to remove, 0 held.
            Digest: 42cd1448b2e5bc3a31a7f35081a37a37c5d5962536b2f97421207c4a9fbd8f9c
            -- next look --
            main/ingress
              - remove files from ingress lecco.ingress: files that no route needs any more: 1

            Plan: 0 to create, 0 to change, 1 to remove, 0 held.
            Digest: 761054c8fef39d35c54bec92964067e5682e82700c279c2c22d72134dc17b372
        "#]],
    );
}

#[test]
fn a_new_image_takes_over_beside_the_old() {
    check_all(
        &fleet(&[("calco", SITE, ""), ("dorio", SITE, "")]),
        &fleet(&[("calco", "campanile/site:2", ""), ("dorio", SITE, "")]),
        expect![[r#"
            main/calco
              ~ pull image campanile/site:2: site needs it
              + create container lecco.calco.site.ef0a76b4: the document of site changed
                  image: campanile/site:1 → campanile/site:2
              ~ start container lecco.calco.site.ef0a76b4: site should run
              … wait for container lecco.calco.site.ef0a76b4, until site is ready

            Plan: 1 to create, 2 to change, 0 to remove, 0 held.
            Digest: b351f6d293b222d5ef7a7ab40132daf8ce75617a6f0669fc359afeb5925b2c1d
            -- next look --
            main/calco
              … wait for container lecco.calco.site.c66f05fe, until the ingress sends nobody here any more

            main/ingress
              ~ upload files to ingress lecco.ingress: new or repaired: calco/site
              ~ reload ingress lecco.ingress: routes that should be in force: 2

            Plan: 0 to create, 2 to change, 0 to remove, 0 held.
            Digest: 6d228062eba769689a14447a61385e6176fce47c87cf667fea14aafa4b809482
            -- next look --
            main/calco
              ~ stop container lecco.calco.site.c66f05fe: a newer version has taken over
              - remove container lecco.calco.site.c66f05fe: a newer version has taken over

            main/ingress
              - remove files from ingress lecco.ingress: files that no route needs any more: 2

            Plan: 0 to create, 1 to change, 2 to remove, 0 held.
            Digest: 2d5a83b607430d013629ece256fc06e6c795bd41e5065aa2d26691adabf203ab
        "#]],
    );
}

#[test]
fn a_workload_with_a_volume_is_replaced() {
    let more = "    volumes: [{name: content, path: /srv/site}]\n";
    check_all(
        &fleet(&[("calco", SITE, more)]),
        &fleet(&[("calco", "campanile/site:2", more)]),
        expect![[r#"
            main/calco
              ~ pull image campanile/site:2: site needs it
              ~ stop container lecco.calco.site.328e4abe: a new version takes its place, and two cannot run at once
              - remove container lecco.calco.site.328e4abe: a new version takes its place, and two cannot run at once
              + create container lecco.calco.site.cb88d6ec: the document of site changed
                  image: campanile/site:1 → campanile/site:2
              ~ start container lecco.calco.site.cb88d6ec: site should run
              … wait for container lecco.calco.site.cb88d6ec, until site is ready

            Plan: 1 to create, 3 to change, 1 to remove, 0 held.
            Digest: 19275d0b620277b0fab4cda4c8d9314f31992a5f475ed37ded9b9d525d057ee2
            -- next look --
            main/ingress
              ~ upload files to ingress lecco.ingress: new or repaired: calco/site
              ~ reload ingress lecco.ingress: routes that should be in force: 1

            Plan: 0 to create, 2 to change, 0 to remove, 0 held.
            Digest: ec7e3f72538ae11fb525c485f44f4fbf9bce504517df7d5ec84f08870b2208d7
            -- next look --
            main/ingress
              - remove files from ingress lecco.ingress: files that no route needs any more: 2

            Plan: 0 to create, 0 to change, 1 to remove, 0 held.
            Digest: 8cda28c77ef10811aa1104a36cb5e7cd7164ee9e466674ad8888958449129df2
        "#]],
    );
}

#[test]
fn a_member_that_leaves_keeps_its_volumes() {
    let more = "    volumes: [{name: content, path: /srv/site}]\n";
    check_all(
        &fleet(&[("calco", SITE, more), ("dorio", SITE, "")]),
        &fleet(&[("dorio", SITE, "")]),
        expect![[r#"
            main/calco
              … wait for network lecco.calco, until the ingress sends nobody here any more

            main/ingress
              ~ upload files to ingress lecco.ingress: the list of routes changed
              ~ reload ingress lecco.ingress: routes that should be in force: 1

            Plan: 0 to create, 2 to change, 0 to remove, 0 held.
            Digest: 5a8bf1e1434548cfead52f406de289a0bb17fbb1b601472a56c111363ef7b469
            -- next look --
            main/calco
              + create container lecco.calco.retired: it keeps the volumes of the member, with the day it left, and never starts
              ~ stop container lecco.calco.site.328e4abe: the fleet no longer has this member here; its volumes stay
              - remove container lecco.calco.site.328e4abe: the fleet no longer has this member here; its volumes stay
              - remove network lecco.calco: the fleet no longer has this member here; its volumes stay

            main/ingress
              - remove files from ingress lecco.ingress: files that no route needs any more: 3

            Plan: 1 to create, 1 to change, 3 to remove, 0 held.
            Digest: 5c9e67e68db07e75523f8a512a9c004c73dd78fd936670d6573cb0476ae00aa0
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
        expect![[r#"
            certificate/calco
              + issue certificate calco: its hosts changed: -albo.comune.calco.test

            main/calco
              … wait for container lecco.calco.albo.1e1a26c8, until the ingress sends nobody here any more

            main/ingress
              ~ upload files to ingress lecco.ingress: the list of routes changed
              ~ reload ingress lecco.ingress: routes that should be in force: 1

            Plan: 1 to create, 2 to change, 0 to remove, 0 held.
            Digest: 69807a506d311fe19700aba90653e5eb7e55478573ab277f8d08840f8afaba20
            -- next look --
            main/calco
              ~ stop container lecco.calco.albo.1e1a26c8: the document no longer names it
              - remove container lecco.calco.albo.1e1a26c8: the document no longer names it

            main/ingress
              ~ upload files to ingress lecco.ingress: new or repaired: the certificate of calco, calco/site
              ~ reload ingress lecco.ingress: routes that should be in force: 1

            Plan: 0 to create, 3 to change, 1 to remove, 0 held.
            Digest: 2fa3604b636e7715cd590ce1c1e5f56d2000dd76ab2552d8eaf5f63d070adc0d
            -- next look --
            main/ingress
              - remove files from ingress lecco.ingress: files that no route needs any more: 5

            Plan: 0 to create, 0 to change, 1 to remove, 0 held.
            Digest: 202e03166e6ead6107971feb335b331f52b127ba42ca0ad9153e32f81aa3ae49
        "#]],
    );
}

#[test]
fn three_of_four_members_gone_are_held() {
    let all = fleet(&[("calco", SITE, ""), ("dorio", SITE, ""), ("erve", SITE, ""), ("lecco", SITE, "")]);
    check(
        &all,
        &fleet(&[("lecco", SITE, "")]),
        expect![[r#"
        held: calco keeps what would go: 3 of 4 members would lose something at once, and 2 may
          = container lecco.calco.site.c66f05fe
          = network lecco.calco
        held: dorio keeps what would go: 3 of 4 members would lose something at once, and 2 may
          = container lecco.dorio.site.1b76e6bc
          = network lecco.dorio
        held: erve keeps what would go: 3 of 4 members would lose something at once, and 2 may
          = container lecco.erve.site.16982d79
          = network lecco.erve
        To let exactly these removals through: campanile apply --release fd085a248742abca6125d25e3f3efd007e5cb8336b2c1377e362a6c1537a1f4f

        Plan: 0 to create, 0 to change, 0 to remove, 3 held.
        Digest: fd085a248742abca6125d25e3f3efd007e5cb8336b2c1377e362a6c1537a1f4f
    "#]],
    );
}

#[test]
fn a_suspended_member_stays_as_it_is() {
    check(
        &fleet(&[("calco", SITE, ""), ("dorio", SITE, "")]),
        &fleet(&[("calco", "campanile/site:2", "  suspend: true\n"), ("dorio", SITE, "")]),
        expect![[r#"
            Nothing to do: the world is as the fleet says.
        "#]],
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
        Digest: c9bebf8755c837548e472d61b584d35f0a760130f527add8d498d991ae4d23e2
    "#]]
    .assert_eq(&text(&world.plan(&fleet)));
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

        main/calco
          ! network lecco.calco: a network of this name is there, and it is not ours; look at it with docker network inspect lecco.calco; rename or remove it if nobody needs it

        main/dorio
          + create network lecco.dorio: dorio has no network
          ~ pull image campanile/site:1: site needs it
          + create container lecco.dorio.site.1b76e6bc: site is not there
          ~ start container lecco.dorio.site.1b76e6bc: site should run
          … wait for container lecco.dorio.site.1b76e6bc, until site is ready

        main/ingress
          + create volume lecco.ingress: the ingress keeps its files there
          ! container lecco.ingress: a container of this name is there, and it is not ours; look at it with docker container inspect lecco.ingress; rename or remove it if nobody needs it

        Plan: 4 to create, 2 to change, 0 to remove, 0 held.
        Digest: bd1df67d15ce172fa78013bf6b9cba7ad2ab37789639f3571a563bfdd9299726
    "#]].assert_eq(&text(&world.plan(&fleet)));
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
        Digest: e6cc361d3bfdad946cea0fdfcd773bde5f14f687c9f7787489e78b591d235c88
    "#]].assert_eq(&text(&world.plan(&fleet)));
}
