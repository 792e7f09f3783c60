//! A plan: lanes of steps, what waits, what is held, and a digest over it all.

mod breaker;
pub mod json;
mod lane;
mod scene;
mod step;
mod text;

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::Serialize;

pub use breaker::{Breaker, Held, is_stale};
pub use lane::{Lane, Pending, RESTARTING, STARTING, Until};
pub use scene::{Revision, Scene};
pub use step::{Action, Change, Step};
pub use text::{Counts, text};

use crate::docker::{ObservedEngine, sha256};
use crate::document::Engine;
use crate::document::values::MemberName;
use crate::fleet::Desired;
use crate::observed::Observed;
use crate::{certificate, ingress, site};

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
    let mut lanes = certificate::lanes(desired, observed, request.only.as_ref(), request.now);
    for engine in desired.engines() {
        match observed.engines.get(&engine.name.value) {
            Some(Ok(seen)) => on_engine(desired, observed, (engine, seen), &breaker, request, &mut lanes),
            Some(Err(why)) => unreachable(desired, engine, why, &mut lanes),
            None => unreachable(desired, engine, "it was not looked at", &mut lanes),
        }
    }
    lanes.retain(|lane| !lane.is_idle());
    Plan { lanes, held: breaker.into_held() }
}

fn on_engine(
    desired: &Desired,
    observed: &Observed,
    (engine, seen): (&Engine, &ObservedEngine),
    breaker: &Breaker,
    request: &Request,
    lanes: &mut Vec<Lane>,
) {
    let scene = Scene::new(desired, observed, (engine, seen), breaker, request.only.as_ref(), request.now);
    lanes.push(ingress::lane(&scene));
    for (name, member) in desired.on_engine(scene.engine_name()) {
        if member.may_change() && scene.in_scope(name) {
            lanes.push(site::lane(&scene, name, member));
        }
    }
    for member in &scene.departed {
        if scene.in_scope(member) && !breaker.holds(member) {
            lanes.push(site::departure(&scene, member));
        }
    }
}

fn unreachable(desired: &Desired, engine: &Engine, why: &str, lanes: &mut Vec<Lane>) {
    let name = &engine.name.value;
    let mut lane = Lane::new(format!("{name}/engine"), None, Some(name));
    let count = desired.on_engine(name).count();
    lane.block(
        format!("engine {name}"),
        format!("it cannot be reached, and {count} members run on it: {why}"),
        format!("see that Docker runs and that {} leads to it", engine.endpoint),
    );
    lanes.push(lane);
}

impl Plan {
    /// All steps, lane by lane.
    pub fn steps(&self) -> impl Iterator<Item = &Step> {
        self.lanes.iter().flat_map(|lane| &lane.steps)
    }

    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.steps().next().is_none()
    }

    /// SHA-256 over what is done and what is held: two plans with one digest do the same, for whatever reason.
    pub fn digest(&self) -> String {
        let steps: Vec<_> = self
            .steps()
            .map(|Step { member, engine, object, because: _, changes: _, action }| {
                (member, engine, object, action)
            })
            .collect();
        let held: Vec<_> =
            self.held.iter().map(|Held { member, objects, because: _ }| (member, objects)).collect();
        // texts, numbers and maps with text keys: there is nothing that JSON could not hold
        sha256(&serde_json::to_vec(&(steps, held)).unwrap_or_default())
    }
}
