//! Laws for containers that are ready at one look and not at the next.

use std::collections::BTreeSet;

use campanile_plan::docker::{Answer, ContainerState, HealthState, ObservedContainer, label};
use campanile_plan::fleet::Snapshot;
use campanile_plan::plan::Action;
use campanile_tests::fleets::{desired, member, snapshot};
use campanile_tests::world::{World, answer};
use proptest::prelude::*;

use super::{NAMES, applied, desired as desired_of, files, fleet};

/// What becomes of a container until the next look.
#[derive(Debug, Clone, Copy)]
enum Flap {
    Ready,
    Answers(u16),
    Unhealthy,
    Restarting,
}

fn flap() -> impl Strategy<Value = Flap> {
    let bad = prop_oneof![Just(Flap::Answers(503)), Just(Flap::Unhealthy), Just(Flap::Restarting)];
    prop_oneof![Just(Flap::Ready), bad]
}

impl Flap {
    fn strike(self, container: &mut ObservedContainer) {
        container.state = ContainerState::Running;
        container.health = Some(HealthState::Healthy);
        answer(container);
        match self {
            Flap::Ready => {}
            Flap::Answers(status) => container.answer = Some(Answer::Status(status)),
            Flap::Unhealthy => container.health = Some(HealthState::Unhealthy),
            Flap::Restarting => {
                container.state = ContainerState::Restarting;
                container.answer = None;
            }
        }
    }
}

/// A fleet of all names with these images.
fn images(images: &[u8]) -> Snapshot {
    let text =
        |(name, image): (&&'static str, &u8)| (*name, member(name, &format!("campanile/site:{image}"), ""));
    snapshot(NAMES.iter().zip(images).map(text))
}

/// The containers of the member's site: name, image, and whether it is ready.
fn sites(world: &mut World, member: &str) -> Vec<(String, String, bool)> {
    let prefix = format!("lecco.{member}.site.");
    let containers = world.engine("main").containers.iter().filter(|(name, _)| name.starts_with(&prefix));
    containers
        .map(|(name, seen)| {
            let declaration: serde_json::Value =
                serde_json::from_str(&seen.labels[label::DECLARATION]).unwrap();
            (name.clone(), declaration["image"].as_str().unwrap().to_owned(), seen.is_ready())
        })
        .collect()
}

fn routes(world: &mut World) -> BTreeSet<String> {
    let files = world.engine("main").ingress.clone().unwrap_or_default();
    let loaded = files.revisions.values().filter_map(|revision| revision.loaded.as_ref());
    loaded.filter_map(|digest| files.routes.get(digest)).flatten().cloned().collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    /// Where nothing changed, a container that comes and goes causes no step: no restart, and no reload of the ingress.
    #[test]
    fn flapping_causes_no_step(
        fleet in fleet(),
        flaps in prop::collection::vec(prop::collection::vec(flap(), 7), 1..6),
    ) {
        let mut world = applied(&fleet);
        let desired = desired_of(&files(&fleet));
        world.converge(&desired);
        for flaps in flaps {
            for engine in super::ENGINES {
                let containers = world.engine(engine).containers.iter_mut();
                let of_members = containers.filter(|(_, seen)| seen.labels.contains_key(label::ASK));
                for ((_, container), flap) in of_members.zip(flaps.iter().cycle()) {
                    flap.strike(container);
                }
            }
            let plan = world.plan(&desired);
            prop_assert!(plan.is_empty(), "{:#?}", plan.lanes);
        }
    }

    /// While a new version flaps, the older one that is ready stays and is not restarted; where none is ready, the
    /// route stays where it is.
    #[test]
    fn a_flapping_version_costs_the_older_one_nothing(
        before in prop::collection::vec(0..3_u8, NAMES.len()),
        after in prop::collection::vec(0..3_u8, NAMES.len()),
        flaps in prop::collection::vec(prop::collection::vec(flap(), NAMES.len()), 1..10),
    ) {
        let mut world = World::empty(&["main"]);
        world.converge(&desired(&images(&before)));
        let fleet = desired(&images(&after));
        for flaps in flaps {
            let plan = world.plan(&fleet);
            let ended: BTreeSet<&String> = plan.steps().filter_map(|step| match &step.action {
                Action::StopContainer { name, .. } | Action::RemoveContainer { name } => Some(name),
                _ => None,
            }).collect();
            let held = routes(&mut world);
            for (name, image) in NAMES.iter().zip(&after) {
                let image = format!("campanile/site:{image}");
                let sites = sites(&mut world, name);
                let current = sites.iter().any(|(_, of, ready)| *of == image && *ready);
                let older = sites.iter().filter(|(_, of, ready)| *of != image && *ready);
                for (container, ..) in older {
                    prop_assert!(current || !ended.contains(container), "{} ends: {:?}", container, sites);
                }
            }
            let nobody: Vec<&str> = NAMES.into_iter().filter(|name| sites(&mut world, name).iter().all(|site| !site.2)).collect();
            world.apply(&plan);
            let now = routes(&mut world);
            for name in nobody {
                let of = |routes: &BTreeSet<String>| routes.iter().filter(|path| path.starts_with(&format!("routes/{name}."))).cloned().collect::<Vec<_>>();
                prop_assert_eq!(of(&held), of(&now));
            }
            for ((name, image), flap) in NAMES.iter().zip(&after).zip(&flaps) {
                let image = format!("campanile/site:{image}");
                for (container, ..) in sites(&mut world, name).into_iter().filter(|(_, of, _)| *of == image) {
                    flap.strike(world.engine("main").containers.get_mut(&container).unwrap());
                }
            }
        }
        for container in world.engine("main").containers.values_mut().filter(|seen| seen.labels.contains_key(label::ASK)) {
            Flap::Ready.strike(container);
        }
        world.converge(&fleet);
    }
}
