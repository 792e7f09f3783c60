//! Laws of planning, for any fleet, any change and any trouble.

#![expect(clippy::unwrap_used, reason = "what stops a test stops it with a panic")]

mod flapping;
mod trouble;

use std::collections::{BTreeMap, BTreeSet};

use campanile_plan::docker::{ContainerState, Declaration, ObservedEngine, label};
use campanile_plan::document::values::MemberName;
use campanile_plan::fleet::{Desired, Snapshot};
use campanile_plan::plan::{Action, Plan, Request, Step, plan};
use campanile_tests::fleets::{desired, member, snapshot, with_second_engine};
use campanile_tests::world::World;
use proptest::prelude::*;
use trouble::{Trouble, trouble};

const NAMES: [&str; 8] = ["barzio", "calco", "colico", "dervio", "dorio", "erve", "lecco", "varenna"];

const ENGINES: [&str; 2] = ["main", "valle"];

/// One member: its image, and what more it has.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "any of them with any other")]
struct Shape {
    image: u8,
    albo: bool,
    database: bool,
    volume: bool,
    egress: bool,
    suspended: bool,
    valle: bool,
}

fn shape() -> impl Strategy<Value = Option<Shape>> {
    let any = any::<bool>;
    let shape = (0..3_u8, any(), any(), any(), any(), prop::bool::weighted(0.1), prop::bool::weighted(0.3));
    let shape = shape.prop_map(|(image, albo, database, volume, egress, suspended, valle)| Shape {
        image,
        albo,
        database,
        volume,
        egress,
        suspended,
        valle,
    });
    prop::option::weighted(0.8, shape)
}

fn fleet() -> impl Strategy<Value = Vec<Option<Shape>>> {
    prop::collection::vec(shape(), NAMES.len())
}

fn text(name: &str, shape: &Shape) -> String {
    let albo =
        format!("    albo: {{image: 'campanile/site:1', hosts: [albo.comune.{name}.test], port: 8080}}\n");
    let settings = format!("  egress: {}\n  suspend: {}\n", shape.egress, shape.suspended);
    let parts = [
        (shape.valle, "    engine: valle\n"),
        (shape.volume, "    volumes: [{name: content, path: /srv/site}]\n"),
        (shape.database, "    needs: [database]\n"),
        (shape.albo || shape.database, "  services:\n"),
        (shape.albo, &albo),
        (shape.database, "    database: {image: 'db:1', volumes: [{name: data, path: /data}]}\n"),
        (true, &settings),
    ];
    let more: String = parts.into_iter().filter(|(there, _)| *there).map(|(_, part)| part).collect();
    member(name, &format!("campanile/site:{}", shape.image), &more)
}

fn files(fleet: &[Option<Shape>]) -> Snapshot {
    let members =
        NAMES.iter().zip(fleet).filter_map(|(name, shape)| Some((*name, text(name, shape.as_ref()?))));
    with_second_engine(snapshot(members))
}

/// A world that a fleet was applied to, with nothing suspended at the time.
fn applied(fleet: &[Option<Shape>]) -> World {
    let awake: Vec<Option<Shape>> =
        fleet.iter().map(|shape| shape.clone().map(|shape| Shape { suspended: false, ..shape })).collect();
    let mut world = World::empty(&ENGINES);
    world.converge(&desired(&files(&awake)));
    world
}

/// Engine and name of everything that is not ours.
fn strangers(world: &mut World) -> BTreeSet<(&'static str, String)> {
    let ours = |labels: &BTreeMap<String, String>| {
        labels.get(label::PLATFORM).is_some_and(|platform| platform == "lecco")
    };
    let mut names = BTreeSet::new();
    for name in ENGINES {
        let engine = world.engine(name);
        let containers = engine.containers.iter().map(|(name, container)| (name, &container.labels));
        let networks = engine.networks.iter().map(|(name, network)| (name, &network.labels));
        let volumes = engine.volumes.iter().map(|(name, volume)| (name, &volume.labels));
        let foreign = containers.chain(networks).chain(volumes).filter(|(_, labels)| !ours(labels));
        names.extend(foreign.map(|(object, _)| (name, object.clone())));
    }
    names
}

/// Every route in force, on any engine.
fn routes(world: &mut World) -> BTreeSet<String> {
    let engines = ENGINES.map(|engine| world.engine(engine).ingress.clone().unwrap_or_default());
    let in_force = engines.into_iter().flat_map(|ingress| {
        let begun: Vec<String> = ingress.revisions.into_values().filter_map(|noted| noted.begins).collect();
        ingress.routes.into_iter().filter(move |(digest, _)| begun.contains(digest))
    });
    in_force.flat_map(|(_, routes)| routes).collect()
}

/// Whether an ingress runs on a configuration that was brought to it.
fn serves(engine: &ObservedEngine) -> bool {
    let Some(files) = &engine.ingress else { return false };
    engine.containers.values().filter(|container| container.state == ContainerState::Running).any(
        |container| {
            let noted =
                container.labels.get(label::REVISION).and_then(|revision| files.revisions.get(revision));
            noted
                .and_then(|noted| noted.loaded.as_ref())
                .is_some_and(|loaded| files.routes.contains_key(loaded))
        },
    )
}

/// Every volume, on any engine.
fn volumes(world: &mut World) -> BTreeSet<(&'static str, String)> {
    let on = |engine: &'static str| {
        world.engine(engine).volumes.keys().map(|name| (engine, name.clone())).collect::<Vec<_>>()
    };
    ENGINES.map(on).into_iter().flatten().collect()
}

/// Engine and name of the existing object that a step changes or removes, if it does.
fn touched(step: &Step) -> Option<(&'static str, String)> {
    let name = match &step.action {
        Action::RemoveNetwork { name }
        | Action::StartContainer { name }
        | Action::StopContainer { name, .. }
        | Action::RemoveContainer { name }
        | Action::UpdateLimits { name, .. } => name,
        Action::DrainContainer { ingress: container, .. }
        | Action::RetireIngress { container }
        | Action::WriteSecrets { container, .. }
        | Action::ConnectNetwork { container, .. }
        | Action::DisconnectNetwork { container, .. }
        | Action::UploadIngress { container, .. }
        | Action::ActivateIngress { container, .. }
        | Action::RemoveIngressFiles { container, .. } => container,
        Action::CreateNetwork(_)
        | Action::CreateVolume(_)
        | Action::PullImage { .. }
        | Action::CreateContainer(_)
        | Action::CreateAuthority
        | Action::CreateZone { .. }
        | Action::UpdateZone { .. }
        | Action::IssueCertificate { .. }
        | Action::RegisterAccount { .. }
        | Action::ProbeNames { .. }
        | Action::LookUpNames(_)
        | Action::SetProofs { .. }
        | Action::ClearProofs { .. }
        | Action::PlaceOrder(_)
        | Action::ResumeOrder { .. }
        | Action::AnswerChallenges { .. }
        | Action::FinalizeOrder { .. }
        | Action::TakeCertificate { .. }
        | Action::GiveUpOrder { .. }
        | Action::ForgetOrder => return None,
    };
    let engine =
        ENGINES.into_iter().find(|engine| step.engine.as_ref().is_some_and(|name| name.as_str() == *engine));
    engine.map(|engine| (engine, name.clone()))
}

fn removes(step: &Step) -> bool {
    matches!(step.action, Action::RemoveNetwork { .. } | Action::RemoveContainer { .. })
}

/// How many containers a member has, on any engine.
fn left(world: &mut World, member: &str) -> usize {
    let prefix = format!("lecco.{member}.");
    let on = |engine| world.engine(engine).containers.keys().filter(|name| name.starts_with(&prefix)).count();
    ENGINES.map(on).into_iter().sum()
}

/// Sites of members that may change and wait for nobody, away from their address or with limits that nobody declared.
fn astray(world: &mut World, desired: &Desired, plan: &Plan) -> Vec<String> {
    let blocked: BTreeSet<&MemberName> =
        plan.lanes.iter().filter(|lane| lane.is_blocked()).filter_map(|lane| lane.member.as_ref()).collect();
    let mut astray = Vec::new();
    for engine in ENGINES {
        let members = desired.members.iter().filter(|(name, member)| {
            member.may_change() && member.engine.as_str() == engine && !blocked.contains(name)
        });
        for (name, _) in members {
            let (network, prefix) = (format!("lecco.{name}"), format!("lecco.{name}.site."));
            let sites = world.engine(engine).containers.iter().filter(|(name, _)| name.starts_with(&prefix));
            for (name, seen) in sites {
                let declared: Declaration = serde_json::from_str(&seen.labels[label::DECLARATION]).unwrap();
                let there = seen.addresses.get(&network).map(ToString::to_string);
                let limits = seen.limits.is_none_or(|limits| limits == declared.limits());
                if there.as_ref() != Some(&seen.labels[label::ADDRESS]) || !limits {
                    astray.push(name.clone());
                }
            }
        }
    }
    astray
}

fn with_doubts(mut desired: Desired, doubts: &[&str]) -> Desired {
    desired.doubts = doubts.iter().map(|doubt| (*doubt).to_owned()).collect();
    desired
}

fn released(world: &World, desired: &Desired, members: BTreeSet<MemberName>) -> Plan {
    plan(desired, &world.observed, &Request { now: world.now, released: members, ..Request::default() })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    /// Planning against the planned result is empty, from any fleet to any other, through any trouble.
    #[test]
    fn plans_come_to_an_end(before in fleet(), after in fleet(), troubles in prop::collection::vec(trouble(), 0..4)) {
        let mut world = applied(&before);
        for trouble in &troubles {
            trouble.strike(&mut world);
        }
        let after = desired(&files(&after));
        world.converge(&after);
        let plan = world.plan(&after);
        prop_assert!(plan.is_empty());
        prop_assert_eq!(astray(&mut world, &after, &plan), Vec::<String>::new());
    }

    /// The same fleet, read in any order, gives the same plan.
    #[test]
    fn order_does_not_matter(before in fleet(), after in fleet()) {
        let world = applied(&before);
        let forwards = desired(&files(&after));
        let mut members: Vec<(&str, String)> = NAMES.iter().zip(&after)
            .filter_map(|(name, shape)| Some((*name, text(name, shape.as_ref()?))))
            .collect();
        members.reverse();
        let backwards = desired(&with_second_engine(snapshot(members)));
        prop_assert_eq!(world.plan(&forwards).digest(), world.plan(&backwards).digest());
        prop_assert_eq!(world.plan(&forwards), world.plan(&forwards));
    }

    /// What lacks our label is never in a step.
    #[test]
    fn strangers_are_never_touched(before in fleet(), after in fleet(), troubles in prop::collection::vec(trouble(), 1..6)) {
        let mut world = applied(&before);
        for trouble in &troubles {
            trouble.strike(&mut world);
        }
        let strangers = strangers(&mut world);
        let plans = world.converge(&desired(&files(&after)));
        for step in plans.iter().flat_map(Plan::steps) {
            prop_assert!(touched(step).is_none_or(|touched| !strangers.contains(&touched)), "{:?}", step);
        }
        let still = self::strangers(&mut world);
        prop_assert!(still.is_superset(&strangers));
    }

    /// While the fleet may not be complete, nothing that is declared nowhere is removed.
    #[test]
    fn doubts_freeze_removals(before in fleet(), after in fleet()) {
        let mut world = applied(&before);
        let gone: Vec<&str> = NAMES.iter().zip(before.iter().zip(&after))
            .filter(|(_, (before, after))| before.is_some() && after.is_none())
            .map(|(name, _)| *name)
            .collect();
        let counts: Vec<usize> = gone.iter().map(|name| left(&mut world, name)).collect();
        let doubtful = with_doubts(desired(&files(&after)), &["half of it is missing"]);
        world.converge(&doubtful);
        for (name, count) in gone.iter().zip(counts) {
            prop_assert_eq!(left(&mut world, name), count, "{}", name);
        }
        let routes = routes(&mut world);
        for name in gone {
            prop_assert!(routes.iter().any(|path| path.starts_with(&format!("routes/{name}."))), "{} lost its route", name);
        }
    }

    /// More than the breaker lets through is never removed, unless a person released it.
    #[test]
    fn the_breaker_is_never_passed_by(before in fleet(), after in fleet()) {
        let world = applied(&before);
        let after = desired(&files(&after));
        let mut going = world.clone();
        let plans = going.converge(&after);
        let held: BTreeSet<&MemberName> = plans.iter().flat_map(|plan| &plan.held).map(|held| &held.member).collect();
        let leaving = |step: &&Step| step.member.as_ref().is_some_and(|member| !after.members.contains_key(member));
        let removed: BTreeSet<_> = plans.iter().flat_map(Plan::steps).filter(|step| removes(step)).filter(leaving)
            .filter_map(|step| step.member.as_ref()).collect();
        prop_assert!(removed.len() <= 2, "{:?}", removed);
        prop_assert!(removed.is_disjoint(&held));
        let release: BTreeSet<MemberName> = world.plan(&after).held.into_iter().map(|held| held.member).collect();
        prop_assert!(released(&world, &after, release).held.is_empty());
    }

    /// A suspended member is never in a step.
    #[test]
    fn suspended_members_stay(before in fleet(), after in fleet()) {
        let mut world = applied(&before);
        let after = desired(&files(&after));
        let plans = world.converge(&after);
        for step in plans.iter().flat_map(Plan::steps) {
            let suspended = step.member.as_ref().and_then(|member| after.members.get(member)).is_some_and(|m| !m.may_change());
            prop_assert!(!suspended, "{:?}", step);
        }
    }

    /// Volumes outlive everything: no step removes one, and none is lost.
    #[test]
    fn volumes_stay(before in fleet(), after in fleet()) {
        let mut world = applied(&before);
        let volumes = self::volumes(&mut world);
        world.converge(&desired(&files(&after)));
        let still = self::volumes(&mut world);
        prop_assert!(still.is_superset(&volumes));
    }

    /// Whoever stays in the fleet keeps a route, whatever changes, moves or waits; and no address is led to for two.
    #[test]
    fn routes_stay_and_lead_home(before in fleet(), after in fleet()) {
        let mut world = applied(&before);
        let desired = desired(&files(&after));
        let stay: Vec<&str> = NAMES.iter().zip(before.iter().zip(&after))
            .filter(|(_, (before, after))| before.is_some() && after.is_some())
            .map(|(name, _)| *name)
            .collect();
        loop {
            let plan = world.plan(&desired);
            if plan.is_empty() {
                break;
            }
            world.apply(&plan);
            let routes = routes(&mut world);
            for name in &stay {
                let prefix = format!("routes/{name}.site.");
                prop_assert!(routes.iter().any(|path| path.starts_with(&prefix)), "{} has no route", name);
            }
            for engine in ENGINES.map(|engine| world.engine(engine).clone()) {
                for (path, lead) in engine.ingress.unwrap_or_default().leads {
                    let mut parts = path.trim_start_matches("routes/").split('.');
                    let home = format!("lecco.{}.{}.", parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
                    let there = engine.containers.iter().find(|(_, container)| {
                        container.addresses.values().any(|address| Some(*address) == lead.address)
                    });
                    prop_assert!(there.is_none_or(|(name, _)| name.starts_with(&home)), "{} leads to {:?}", path, there);
                }
            }
        }
    }

    /// A new image of the ingress takes over without a moment in which nobody serves, whatever else changes and strikes.
    #[test]
    fn an_ingress_always_serves(before in fleet(), after in fleet(), troubles in prop::collection::vec(trouble(), 0..3)) {
        let mut world = applied(&before);
        for trouble in troubles.iter().filter(|trouble| !matches!(trouble, Trouble::ContainerRemoved(_) | Trouble::ContainerStopped(_))) {
            trouble.strike(&mut world);
        }
        let mut files = files(&after);
        let platform = files.files.get_mut("platform.yaml").unwrap();
        *platform = Ok(platform.clone().unwrap().replace("campanile/ingress:1", "campanile/ingress:2"));
        let desired = desired(&files);
        for _ in 0..12 {
            let plan = world.plan(&desired);
            if plan.is_empty() {
                break;
            }
            for step in plan.steps() {
                world.step(step);
                for engine in ENGINES {
                    prop_assert!(serves(world.engine(engine)), "nobody serves after {:?}", step);
                }
            }
        }
        prop_assert!(world.plan(&desired).is_empty());
        for engine in ENGINES {
            let ingresses = world.engine(engine).containers.keys().filter(|name| name.starts_with("lecco.ingress.")).count();
            prop_assert_eq!(ingresses, 1);
        }
    }
}
