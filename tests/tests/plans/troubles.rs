//! Things that vanish, engines that are away, strangers in the way, versions that never work.

use campanile_plan::docker::{ContainerState, ObservedContainer, ObservedNetwork};
use campanile_tests::fleets::{desired, member, snapshot, with_second_engine};
use campanile_tests::world::World;
use expect_test::expect;

use super::{SITE, fleet, shown};

#[test]
fn a_container_removed_by_hand_comes_back() {
    let fleet = desired(&fleet(&[("calco", SITE, "")]));
    let mut world = World::empty(&["main"]);
    world.converge(&fleet);
    world.engine("main").containers.retain(|name, _| name.starts_with("lecco.ingress."));
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
        created: None,
        addresses: [].into(),
        limits: None,
        answer: None,
    };
    let mut other = World::empty(&["main"]);
    other.converge(&desired(&super::fleet(&[])));
    let ingress = super::ingress(&mut other);
    world.engine("main").containers.insert(ingress, stranger);
    world.engine("main").networks.insert("lecco.calco".to_owned(), ObservedNetwork::default());
    expect![[r#"
        certificate/authority
          + create authority: the platform has no certificate authority yet
          … wait for certificates, until the authority can issue them

        main/ingress
          + create volume lecco.ingress: the ingress keeps its files there
          ! container lecco.ingress.30d3d9ff: a container of this name is there, and it is not ours; look at it with docker container inspect lecco.ingress.30d3d9ff; rename or remove it if nobody needs it

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

#[test]
fn nobody_leaves_for_an_engine_that_is_away() {
    let before = with_second_engine(fleet(&[("calco", SITE, ""), ("dorio", SITE, "")]));
    let after = with_second_engine(fleet(&[("calco", SITE, "    engine: valle\n"), ("dorio", SITE, "")]));
    let mut world = World::empty(&["main", "valle"]);
    world.converge(&desired(&before));
    let valle = world.observed.engines.insert("valle".parse().unwrap(), Err("no route to host".to_owned()));
    expect![[r#"
        valle/engine
          ! engine valle: it cannot be reached, and 1 members run on it: no route to host; see that Docker runs and that unix:///run/valle.sock leads to it

        held: calco keeps what would go: the engine valle cannot be seen, and with it how many members would lose something
          = container lecco.calco.site.c66f05fe
          = network lecco.calco
        To let exactly these removals through: campanile apply --release DIGEST

        Plan: 0 to create, 0 to change, 0 to remove, 1 held.
        Digest: DIGEST
    "#]].assert_eq(&shown(&world.plan(&desired(&after))));
    world.observed.engines.insert("valle".parse().unwrap(), valle.unwrap());
    let plans: Vec<String> = world.converge(&desired(&after)).iter().map(shown).collect();
    expect![[r#"
        main/calco
          … wait for network lecco.calco, until it is served from the engine valle
          ~ then stop container lecco.calco.site.c66f05fe: the fleet no longer has this member here; its volumes stay
          - then remove container lecco.calco.site.c66f05fe: the fleet no longer has this member here; its volumes stay
          - then remove network lecco.calco: the fleet no longer has this member here; its volumes stay

        valle/calco
          + create network lecco.calco: calco has no network
          ~ pull image campanile/site:1: site needs it
          + create container lecco.calco.site.c66f05fe: site is not there
          ~ start container lecco.calco.site.c66f05fe: site should run
          … wait for container lecco.calco.site.c66f05fe, until site is ready

        Plan: 2 to create, 3 to change, 2 to remove, 0 held.
        Digest: DIGEST
        -- next look --
        main/calco
          … wait for network lecco.calco, until it is served from the engine valle
          ~ then stop container lecco.calco.site.c66f05fe: the fleet no longer has this member here; its volumes stay
          - then remove container lecco.calco.site.c66f05fe: the fleet no longer has this member here; its volumes stay
          - then remove network lecco.calco: the fleet no longer has this member here; its volumes stay

        valle/ingress
          ~ upload files to ingress lecco.ingress.30d3d9ff: new or repaired: the certificate of calco, calco/site
          ~ reload ingress lecco.ingress.30d3d9ff: routes that should be in force: 1

        Plan: 0 to create, 3 to change, 2 to remove, 0 held.
        Digest: DIGEST
        -- next look --
        main/ingress
          ~ upload files to ingress lecco.ingress.30d3d9ff: the list of routes changed
          ~ reload ingress lecco.ingress.30d3d9ff: routes that should be in force: 1

        main/calco
          … wait for network lecco.calco, until the ingress sends nobody here any more
          ~ then stop container lecco.calco.site.c66f05fe: the fleet no longer has this member here; its volumes stay
          - then remove container lecco.calco.site.c66f05fe: the fleet no longer has this member here; its volumes stay
          - then remove network lecco.calco: the fleet no longer has this member here; its volumes stay

        valle/ingress
          - remove files from ingress lecco.ingress.30d3d9ff: files that no route needs any more: 1

        Plan: 0 to create, 3 to change, 3 to remove, 0 held.
        Digest: DIGEST
        -- next look --
        main/ingress
          - remove files from ingress lecco.ingress.30d3d9ff: files that no route needs any more: 3

        main/calco
          ~ drain container lecco.calco.site.c66f05fe: the fleet no longer has this member here; its volumes stay
          ~ stop container lecco.calco.site.c66f05fe: the fleet no longer has this member here; its volumes stay
          - remove container lecco.calco.site.c66f05fe: the fleet no longer has this member here; its volumes stay
          - remove network lecco.calco: the fleet no longer has this member here; its volumes stay

        Plan: 0 to create, 2 to change, 3 to remove, 0 held.
        Digest: DIGEST
    "#]].assert_eq(&plans.join("-- next look --\n"));
}

#[test]
fn an_engine_out_of_sight_freezes_removals() {
    let names: Vec<String> = (0..10).map(|n| format!("m{n}")).collect();
    let member = |name: &str, n: usize| member(name, SITE, if n < 2 { "" } else { "    engine: valle\n" });
    let all = names.iter().enumerate().map(|(n, name)| (name.as_str(), member(name, n)));
    let before = with_second_engine(snapshot(all.clone()));
    let after = with_second_engine(snapshot(all.skip(9)));
    let mut world = World::empty(&["main", "valle"]);
    world.converge(&desired(&before));
    world.observed.engines.insert("valle".parse().unwrap(), Err("no route to host".to_owned()));
    expect![[r#"
        valle/engine
          ! engine valle: it cannot be reached, and 1 members run on it: no route to host; see that Docker runs and that unix:///run/valle.sock leads to it

        held: m0 keeps what would go: the engine valle cannot be seen, and with it how many members would lose something
          = container lecco.m0.site.13d549c8
          = network lecco.m0
        held: m1 keeps what would go: the engine valle cannot be seen, and with it how many members would lose something
          = container lecco.m1.site.ce2f27eb
          = network lecco.m1
        To let exactly these removals through: campanile apply --release DIGEST

        Plan: 0 to create, 0 to change, 0 to remove, 2 held.
        Digest: DIGEST
    "#]].assert_eq(&shown(&world.plan(&desired(&after))));
}

/// The container of a member that runs a version.
fn version(world: &mut World, name: &str, image: &str) -> String {
    let containers = &world.engine("main").containers;
    let mut found = containers.iter().filter(|(container, seen)| {
        let declaration = seen.labels.get("it.campanile.declaration");
        container.starts_with(name) && declaration.is_some_and(|text| text.contains(&format!("\"{image}\"")))
    });
    found.next().unwrap().0.clone()
}

#[test]
fn versions_that_never_worked_do_not_pile_up() {
    let mut world = World::empty(&["main"]);
    world.converge(&desired(&fleet(&[("calco", SITE, "")])));
    for n in 2..20 {
        let image = format!("campanile/site:{n}");
        let broken = desired(&fleet(&[("calco", &image, "")]));
        world.apply(&world.plan(&broken));
        let name = version(&mut world, "lecco.calco.site", &image);
        let container = world.engine("main").containers.get_mut(&name).unwrap();
        container.state = ContainerState::Restarting;
        container.answer = None;
    }
    assert_eq!(
        world.engine("main").containers.len(),
        3,
        "ingress, the one that serves, the last that does not"
    );
    world.converge(&desired(&fleet(&[("calco", "campanile/site:20", "")])));
}

#[test]
fn a_container_that_lost_its_network_is_made_anew() {
    let fleet = desired(&fleet(&[("calco", SITE, "")]));
    let mut world = World::empty(&["main"]);
    world.converge(&fleet);
    let subnets = world.engine("main").networks.remove("lecco.calco").unwrap().subnets;
    let stranger = ObservedNetwork { labels: [].into(), subnets };
    world.engine("main").networks.insert("stranger".to_owned(), stranger);
    for container in world.engine("main").containers.values_mut() {
        container.addresses.clear();
    }
    let plans: Vec<String> = world.converge(&fleet).iter().map(shown).collect();
    expect![[r#"
        main/calco
          + create network lecco.calco: calco has no network
          ~ stop container lecco.calco.site.c66f05fe: the member's network has other addresses now
          - remove container lecco.calco.site.c66f05fe: the member's network has other addresses now
          + create container lecco.calco.site.c66f05fe: site is not there
          ~ start container lecco.calco.site.c66f05fe: site should run
          … wait for container lecco.calco.site.c66f05fe, until site is ready

        Plan: 2 to create, 2 to change, 1 to remove, 0 held.
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
    "#]]
    .assert_eq(&plans.join("-- next look --\n"));
}

#[test]
fn egress_changes_only_when_nothing_is_missing() {
    let secret = "    secrets: [{name: key}]\n  egress: true\n";
    let mut world = World::empty(&["main"]);
    world.converge(&desired(&fleet(&[("calco", SITE, "")])));
    let after = desired(&fleet(&[("calco", "campanile/site:2", secret)]));
    expect![[r#"
        main/calco
          + create volume lecco.calco.site.secrets: site keeps data there
          ! secret key: the secret key is not in the folder of secrets; write it to secrets/calco/key in the state folder, readable by the controller alone (chmod 600)

        Plan: 1 to create, 0 to change, 0 to remove, 0 held.
        Digest: DIGEST
    "#]].assert_eq(&shown(&world.plan(&after)));
}
