//! A plan: lanes of steps, what waits, what is held, and a digest over it all.

mod breaker;
pub mod json;
mod lane;
mod scene;
mod step;
mod text;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::Serialize;

pub use breaker::{Breaker, Held, is_stale};
pub use lane::{Lane, Pending, RESTARTING, STARTING, Until};
pub use scene::{Revision, Scene};
pub use step::{Action, Change, LookUp, OrderRequest, Step};
pub use text::{Counts, text};

use crate::docker::sha256;
use crate::document::Engine;
use crate::document::values::MemberName;
use crate::fleet::Desired;
use crate::observed::Observed;
use crate::{certificate, domain, ingress, site};

/// What would be done, in lanes that run side by side.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Plan {
    /// Lanes with something to do or to wait for.
    pub lanes: Vec<Lane>,
    /// Removals that are held.
    pub held: Vec<Held>,
}

/// What a plan is asked for.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// Now.
    pub now: Timestamp,
    /// The only member to plan for, if not all.
    pub only: Option<MemberName>,
    /// Members whose held removals a person let through.
    pub released: BTreeSet<MemberName>,
}

/// Decides: what should be against what was seen. Total and deterministic.
pub fn plan(desired: &Desired, observed: &Observed, request: &Request) -> Plan {
    let breaker = Breaker::judge(desired, observed, &request.released);
    let (zones, held_in_zones) = domain::lanes(desired, observed, request);
    let mut lanes = certificate::lanes(desired, observed, request, &zones);
    lanes.extend(zones);
    let mut scenes = Vec::new();
    for engine in desired.engines() {
        match observed.engines.get(&engine.name.value) {
            Some(Ok(seen)) => {
                let only = request.only.as_ref();
                scenes.push(Scene::new(desired, observed, (engine, seen), &breaker, only, request.now));
            }
            Some(Err(why)) => lanes.push(unreachable(desired, engine, why)),
            None => lanes.push(looked_at(engine)),
        }
    }
    let moving: Vec<_> = scenes.iter().map(|scene| moving(scene, &scenes)).collect();
    for (scene, moving) in scenes.iter_mut().zip(moving) {
        scene.moving = moving;
        on_engine(scene, &mut lanes);
    }
    lanes.retain(|lane| !lane.is_idle());
    let mut held = breaker.into_held();
    held.extend(held_in_zones);
    Plan { lanes, held }
}

/// Members that leave this engine for another one and are not served from there yet.
fn moving(scene: &Scene, scenes: &[Scene]) -> BTreeMap<MemberName, String> {
    let unsettled = scene.departed.iter().filter_map(|name| {
        let member = scene.desired.members.get(name)?;
        let there = scenes.iter().find(|other| *other.engine_name() == member.engine);
        let missing = match there {
            None => format!("until the engine {} can be reached, where it is to go", member.engine),
            Some(there) if !site::is_settled(there, name, member) => {
                format!("until it is served from the engine {}", member.engine)
            }
            Some(_) => return None,
        };
        Some((name.clone(), missing))
    });
    unsettled.collect()
}

fn on_engine(scene: &Scene, lanes: &mut Vec<Lane>) {
    lanes.extend(ingress::lanes(scene));
    for (name, member) in scene.desired.on_engine(scene.engine_name()) {
        if member.may_change() && scene.in_scope(name) {
            lanes.push(site::lane(scene, name, member));
        }
    }
    for member in &scene.departed {
        if scene.in_scope(member) && !scene.breaker.holds(member) {
            lanes.push(site::departure(scene, member));
        }
    }
}

/// A look at an engine is under way; until it ends nothing is planned there.
fn looked_at(engine: &Engine) -> Lane {
    let name = &engine.name.value;
    let mut lane = Lane::new(format!("{name}/engine"), None, Some(name));
    lane.wait(format!("engine {name}"), "until it answers", STARTING);
    lane
}

fn unreachable(desired: &Desired, engine: &Engine, why: &str) -> Lane {
    let name = &engine.name.value;
    let mut lane = Lane::new(format!("{name}/engine"), None, Some(name));
    let count = desired.on_engine(name).count();
    lane.block(
        format!("engine {name}"),
        format!("it cannot be reached, and {count} members run on it: {why}"),
        format!("see that Docker runs and that {} leads to it", engine.endpoint),
    );
    lane
}

impl Plan {
    /// All steps, lane by lane.
    pub fn steps(&self) -> impl Iterator<Item = &Step> {
        self.lanes.iter().flat_map(|lane| &lane.steps)
    }

    /// Whether there is nothing to do now.
    pub fn is_empty(&self) -> bool {
        self.steps().next().is_none()
    }

    /// Whether the world is as it should be: nothing to do, nothing to wait for, nothing held.
    pub fn is_settled(&self) -> bool {
        self.lanes.is_empty() && self.held.is_empty()
    }

    /// SHA-256 over what is done, now and later, and what is held: two plans with one digest do the same, for
    /// whatever reason.
    pub fn digest(&self) -> String {
        let what = |Step { member, engine, object, because: _, changes: _, action }| {
            (member, engine, object, action)
        };
        let now: Vec<_> = self.steps().cloned().map(what).collect();
        let later: Vec<_> = self.lanes.iter().flat_map(|lane| lane.later.clone()).map(what).collect();
        let held: Vec<_> =
            self.held.iter().map(|Held { member, objects, because: _ }| (member, objects)).collect();
        // texts, numbers and maps with text keys: there is nothing that JSON could not hold
        sha256(&serde_json::to_vec(&(now, later, held)).unwrap_or_default())
    }
}
