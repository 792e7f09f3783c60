//! Report: what can be said of every member after a look, as conditions in Kubernetes' shape.

mod audited;
mod document;
mod index;
mod retired;
mod served;
mod up_to_date;
mod workloads;
mod zone;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

use crate::docker::Answer;
use crate::document::Problem;
use crate::document::values::{DomainName, MemberName};
use crate::fleet::{Desired, DesiredMember};
use crate::observed::Observed;
use crate::plan::{Breaker, Plan, Scene};
pub use audited::{Audited, Said};
use index::Index;
pub use retired::{Retired, retired};

/// What a condition says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Status {
    /// It is so.
    True,
    /// It is not so.
    False,
    /// Nobody could see.
    Unknown,
}

/// One thing that can be said of a member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Condition {
    /// What it is about: `SiteServed`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Whether it is so.
    pub status: Status,
    /// Why, in one word for programs: `NoAnswer`.
    pub reason: &'static str,
    /// Why, for people.
    pub message: String,
}

/// A member with its conditions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MemberReport {
    /// The member.
    pub name: MemberName,
    /// Every condition that counts is true.
    pub ready: bool,
    /// Its conditions, always in the same order.
    pub conditions: Vec<Condition>,
}

/// What a report is made of.
pub struct Facts<'a> {
    /// What should be.
    pub desired: &'a Desired,
    /// What was seen.
    pub observed: &'a Observed,
    /// What would still have to be done.
    pub plan: &'a Plan,
    /// Problems of the documents.
    pub problems: &'a [Problem],
    /// Steps that failed, by lane.
    pub failures: &'a BTreeMap<String, String>,
    /// What each host answered from outside.
    pub answers: &'a BTreeMap<DomainName, Answer>,
    /// The certificate that each host showed from outside, by its SHA-256.
    pub shown: &'a BTreeMap<DomainName, String>,
    /// What the last audit said of each member that it looked at.
    pub audits: &'a BTreeMap<MemberName, Audited>,
    /// Now.
    pub now: Timestamp,
}

/// Says what can be said of every member.
pub fn report(facts: &Facts) -> Vec<MemberReport> {
    let breaker = Breaker::default();
    let scenes = scenes(facts, &breaker);
    let index = Index::new(facts);
    let members = facts
        .desired
        .members
        .iter()
        .map(|(name, member)| (name, declared(facts, &index, &scenes, name, member)));
    let unknown =
        facts.desired.unknown.iter().map(|name| (name, vec![document::valid(facts, &index, name, None)]));
    let held = facts.plan.held.iter().filter(|held| {
        !facts.desired.members.contains_key(&held.member) && !facts.desired.unknown.contains(&held.member)
    });
    let held = held.map(|held| {
        let message = format!("it left the fleet, and its removal is held: {}", held.because);
        (&held.member, vec![condition("DocumentValid", Status::False, "Held", message)])
    });
    let mut reports: Vec<MemberReport> = members
        .chain(unknown)
        .chain(held)
        .map(|(name, conditions)| {
            let ready = conditions.iter().filter(|it| it.counts()).all(|it| it.status == Status::True);
            MemberReport { name: name.clone(), ready, conditions }
        })
        .collect();
    reports.sort_by(|a, b| a.name.cmp(&b.name));
    reports
}

fn condition(
    kind: &'static str,
    status: Status,
    reason: &'static str,
    message: impl Into<String>,
) -> Condition {
    Condition { kind, status, reason, message: message.into() }
}

/// Every engine that was seen, looked at once for all its members.
fn scenes<'a>(facts: &Facts<'a>, breaker: &'a Breaker) -> Vec<Scene<'a>> {
    let Facts { desired, observed, now, .. } = *facts;
    let seen = desired.engines().iter().filter_map(|engine| {
        let seen = observed.engines.get(&engine.name.value)?.as_ref().ok()?;
        Some(Scene::new(desired, observed, (engine, seen), breaker, None, now))
    });
    seen.collect()
}

fn declared(
    facts: &Facts,
    index: &Index,
    scenes: &[Scene],
    name: &MemberName,
    member: &DesiredMember,
) -> Vec<Condition> {
    let mut conditions = vec![document::valid(facts, index, name, Some(member.treatment))];
    let Some(scene) = scenes.iter().find(|scene| *scene.engine_name() == member.engine) else {
        let why = match facts.observed.engines.get(&member.engine) {
            Some(Err(why)) => why.as_str(),
            _ => "it was not looked at",
        };
        let message = format!("the engine {} cannot be reached: {why}", member.engine);
        conditions.push(condition("EngineReachable", Status::False, "Unreachable", message));
        conditions.extend(served::from_outside(facts, member));
        conditions.extend(zone::conditions(facts, member));
        conditions.extend(audited::conditions(facts, name));
        return conditions;
    };
    conditions.push(condition("EngineReachable", Status::True, "Reached", format!("on {}", member.engine)));
    conditions.extend(workloads::conditions(facts, index, scene, (name, member)));
    conditions.extend(served::certified(facts, index, name, member));
    conditions.extend(served::shown(facts, name, member));
    conditions.extend(served::from_outside(facts, member));
    conditions.extend(zone::conditions(facts, member));
    conditions.push(up_to_date::as_declared(facts, index, name, member));
    conditions.extend(audited::conditions(facts, name));
    conditions
}
