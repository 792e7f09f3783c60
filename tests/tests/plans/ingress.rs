//! A new ingress takes over from the one that serves, or does not.

use campanile_plan::docker::{ContainerState, label};
use campanile_plan::fleet::Snapshot;
use campanile_tests::fleets::desired;
use campanile_tests::world::World;
use expect_test::expect;

use super::{SITE, check_all, fleet, ingress, shown};

/// The same fleet behind another image of the ingress.
fn behind(image: &str, mut fleet: Snapshot) -> Snapshot {
    let platform = fleet.files.get_mut("platform.yaml").unwrap();
    *platform = Ok(platform.clone().unwrap().replace("campanile/ingress:1", image));
    fleet
}

#[test]
fn a_new_image_takes_over_beside_the_old() {
    let fleet = fleet(&[("calco", SITE, "")]);
    check_all(
        &fleet,
        &behind("campanile/ingress:2", fleet.clone()),
        &expect![[r#"
        main/ingress.d525524c
          ~ pull image campanile/ingress:2: the ingress needs it
          + create container lecco.ingress.d525524c: its declaration changed
              image: campanile/ingress:1 → campanile/ingress:2
          ~ start container lecco.ingress.d525524c: the sites are reached through it
          … wait for container lecco.ingress.d525524c, until it can be given its routes
          ~ then retire ingress lecco.ingress.30d3d9ff: the new ingress takes over
          ~ then stop container lecco.ingress.30d3d9ff: the new ingress takes over
          - then remove container lecco.ingress.30d3d9ff: the new ingress takes over

        Plan: 1 to create, 4 to change, 1 to remove, 0 held.
        Digest: DIGEST
        -- next look --
        main/ingress.d525524c
          ~ reload ingress lecco.ingress.d525524c: routes that should be in force: 1
          ~ then retire ingress lecco.ingress.30d3d9ff: the new ingress takes over
          ~ then stop container lecco.ingress.30d3d9ff: the new ingress takes over
          - then remove container lecco.ingress.30d3d9ff: the new ingress takes over

        Plan: 0 to create, 3 to change, 1 to remove, 0 held.
        Digest: DIGEST
        -- next look --
        main/ingress.30d3d9ff
          ~ retire ingress lecco.ingress.30d3d9ff: a newer ingress has taken over
          ~ stop container lecco.ingress.30d3d9ff: a newer ingress has taken over
          - remove container lecco.ingress.30d3d9ff: a newer ingress has taken over

        Plan: 0 to create, 2 to change, 1 to remove, 0 held.
        Digest: DIGEST
        -- next look --
        main/ingress
          - remove files from ingress lecco.ingress.d525524c: files that no route needs any more: 2

        Plan: 0 to create, 0 to change, 1 to remove, 0 held.
        Digest: DIGEST
    "#]],
    );
}

/// Applies a plan, but the container never stays up.
fn apply_in_vain(world: &mut World, plan: &campanile_plan::plan::Plan, name: &str) {
    world.apply(plan);
    if let Some(container) = world.engine("main").containers.get_mut(name) {
        container.state = ContainerState::Restarting;
        "Restarting (0) 1 second ago".clone_into(&mut container.status);
    }
}

#[test]
fn an_image_that_never_runs_leaves_the_old_one_serving() {
    let mut world = World::empty(&["main"]);
    world.converge(&desired(&fleet(&[("calco", SITE, "")])));
    let before = ingress(&mut world);
    let after = desired(&behind("campanile/base:1", fleet(&[("calco", "campanile/site:2", "")])));
    let plan = world.plan(&after);
    let lane = plan.lanes.iter().find(|lane| lane.name.starts_with("main/ingress.")).unwrap();
    let new = format!("lecco.{}", lane.name.trim_start_matches("main/"));
    let mut plans = Vec::new();
    loop {
        let plan = world.plan(&after);
        plans.push(shown(&plan));
        if plan.is_empty() {
            break;
        }
        apply_in_vain(&mut world, &plan, &new);
    }
    expect![[r#"
        main/ingress.d1134912
          ~ pull image campanile/base:1: the ingress needs it
          + create container lecco.ingress.d1134912: its declaration changed
              image: campanile/ingress:1 → campanile/base:1
          ~ start container lecco.ingress.d1134912: the sites are reached through it
          … wait for container lecco.ingress.d1134912, until it can be given its routes
          ~ then retire ingress lecco.ingress.30d3d9ff: the new ingress takes over
          ~ then stop container lecco.ingress.30d3d9ff: the new ingress takes over
          - then remove container lecco.ingress.30d3d9ff: the new ingress takes over

        main/calco
          ~ pull image campanile/site:2: site needs it
          + create container lecco.calco.site.ef0a76b4: the document of site changed
              image: campanile/site:1 → campanile/site:2
          ~ start container lecco.calco.site.ef0a76b4: site should run
          … wait for container lecco.calco.site.ef0a76b4, until site is ready
          ~ then stop container lecco.calco.site.c66f05fe: the new version takes over
          - then remove container lecco.calco.site.c66f05fe: the new version takes over

        Plan: 2 to create, 7 to change, 2 to remove, 0 held.
        Digest: DIGEST
        -- next look --
        main/ingress
          ~ upload files to ingress lecco.ingress.30d3d9ff: new or repaired: calco/site
          ~ reload ingress lecco.ingress.30d3d9ff: routes that should be in force: 1

        main/ingress.d1134912
          … wait for container lecco.ingress.d1134912, until it stays up: Restarting (0) 1 second ago
          ~ then retire ingress lecco.ingress.30d3d9ff: the new ingress takes over
          ~ then stop container lecco.ingress.30d3d9ff: the new ingress takes over
          - then remove container lecco.ingress.30d3d9ff: the new ingress takes over

        main/calco
          … wait for container lecco.calco.site.c66f05fe, until the ingress sends nobody here any more
          ~ then stop container lecco.calco.site.c66f05fe: a newer version has taken over
          - then remove container lecco.calco.site.c66f05fe: a newer version has taken over

        Plan: 0 to create, 5 to change, 2 to remove, 0 held.
        Digest: DIGEST
        -- next look --
        main/ingress
          - remove files from ingress lecco.ingress.30d3d9ff: files that no route needs any more: 2

        main/ingress.d1134912
          … wait for container lecco.ingress.d1134912, until it stays up: Restarting (0) 1 second ago
          ~ then retire ingress lecco.ingress.30d3d9ff: the new ingress takes over
          ~ then stop container lecco.ingress.30d3d9ff: the new ingress takes over
          - then remove container lecco.ingress.30d3d9ff: the new ingress takes over

        main/calco
          ~ drain container lecco.calco.site.c66f05fe: a newer version has taken over
          ~ stop container lecco.calco.site.c66f05fe: a newer version has taken over
          - remove container lecco.calco.site.c66f05fe: a newer version has taken over

        Plan: 0 to create, 4 to change, 3 to remove, 0 held.
        Digest: DIGEST
        -- next look --
        main/ingress.d1134912
          … wait for container lecco.ingress.d1134912, until it stays up: Restarting (0) 1 second ago
          ~ then retire ingress lecco.ingress.30d3d9ff: the new ingress takes over
          ~ then stop container lecco.ingress.30d3d9ff: the new ingress takes over
          - then remove container lecco.ingress.30d3d9ff: the new ingress takes over

        Plan: 0 to create, 2 to change, 1 to remove, 0 held.
        Digest: DIGEST
    "#]]
    .assert_eq(&plans.join("-- next look --\n"));
    assert!(world.engine("main").containers.contains_key(&before));

    let third = desired(&behind("campanile/ingress:3", fleet(&[("calco", "campanile/site:2", "")])));
    world.converge(&third);
    let last = ingress(&mut world);
    assert!(last != before && last != new, "{last}");
}

#[test]
fn one_that_lets_no_other_listen_beside_it_ends_first() {
    let fleet = desired(&fleet(&[("calco", SITE, "")]));
    let mut world = World::empty(&["main"]);
    world.converge(&fleet);
    let name = ingress(&mut world);
    let engine = world.engine("main");
    let mut container = engine.containers.remove(&name).unwrap();
    let revision = container.labels.remove(label::REVISION).unwrap();
    engine.containers.insert("lecco.ingress".to_owned(), container);
    let files = engine.ingress.as_mut().unwrap();
    let noted = files.revisions.remove(&revision).unwrap();
    files.revisions.insert(String::new(), noted);
    let plans: Vec<String> = world.converge(&fleet).iter().map(shown).collect();
    expect![[r#"
        main/ingress
          ~ stop container lecco.ingress: its declaration changed, and it lets no other listen beside it
          - remove container lecco.ingress: its declaration changed, and it lets no other listen beside it
          + create container lecco.ingress.30d3d9ff: its declaration changed
          ~ start container lecco.ingress.30d3d9ff: the sites are reached through it
          … wait for container lecco.ingress.30d3d9ff, until it can be given its routes

        Plan: 1 to create, 2 to change, 1 to remove, 0 held.
        Digest: DIGEST
        -- next look --
        main/ingress
          ~ reload ingress lecco.ingress.30d3d9ff: routes that should be in force: 1

        Plan: 0 to create, 1 to change, 0 to remove, 0 held.
        Digest: DIGEST
    "#]]
    .assert_eq(&plans.join("-- next look --\n"));
}

#[test]
fn a_site_stays_while_any_ingress_leads_to_it() {
    let before = fleet(&[("calco", SITE, "")]);
    let after = behind("campanile/ingress:2", fleet(&[("calco", "campanile/site:2", "")]));
    let mut world = World::empty(&["main"]);
    world.converge(&desired(&before));
    let old = ingress(&mut world);
    loop {
        let plan = world.plan(&desired(&after));
        if plan.is_empty() {
            break;
        }
        for step in plan.steps() {
            world.step(step);
            let engine = world.engine("main").clone();
            let files = engine.ingress.unwrap();
            let begun = files.revisions.values().filter_map(|noted| noted.begins.as_ref());
            for path in begun.flat_map(|digest| &files.routes[digest]) {
                let address = files.leads[path].address.unwrap();
                let leads_to = engine
                    .containers
                    .values()
                    .find(|container| container.addresses.values().any(|there| *there == address));
                assert!(
                    leads_to.is_some_and(|there| there.state == ContainerState::Running),
                    "{path}: {step:?}"
                );
            }
        }
    }
    assert_ne!(ingress(&mut world), old);
}
