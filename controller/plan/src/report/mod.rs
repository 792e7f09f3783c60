//! Report: what can be said of every member after a look, as conditions in Kubernetes' shape.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::Serialize;

use crate::certificate;
use crate::docker::names::{self, Object};
use crate::docker::{Answer, label};
use crate::document::Problem;
use crate::document::values::{DomainName, MemberName};
use crate::fleet::{Desired, DesiredMember, Treatment, file_of};
use crate::observed::Observed;
use crate::plan::{Breaker, Plan, Scene, Until};
use crate::site::{Serving, serving, trouble};

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
    /// Every condition is true.
    pub ready: bool,
    /// Its conditions, always in the same order.
    pub conditions: Vec<Condition>,
}

/// A member that left, whose volumes are still there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Retired {
    /// The member.
    pub name: MemberName,
    /// The day it left.
    pub since: String,
    /// Its volumes.
    pub volumes: Vec<String>,
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
    /// Now.
    pub now: Timestamp,
}

/// Says what can be said of every member.
pub fn report(facts: &Facts) -> Vec<MemberReport> {
    let breaker = Breaker::default();
    let scenes = scenes(facts, &breaker);
    let members =
        facts.desired.members.iter().map(|(name, member)| (name, declared(facts, &scenes, name, member)));
    let unknown = facts.desired.unknown.iter().map(|name| (name, vec![document(facts, name, None)]));
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
            let ready = conditions.iter().all(|condition| condition.status == Status::True);
            MemberReport { name: name.clone(), ready, conditions }
        })
        .collect();
    reports.sort_by(|a, b| a.name.cmp(&b.name));
    reports
}

/// Members that left and whose volumes wait.
pub fn retired(desired: &Desired, observed: &Observed) -> BTreeSet<Retired> {
    let engines = observed.engines.values().filter_map(|engine| engine.as_ref().ok());
    let keepers =
        engines.flat_map(|engine| engine.containers.values().map(move |container| (engine, container)));
    keepers
        .filter_map(|(engine, container)| {
            let owned = names::owned(desired.name(), &container.labels)?;
            let name = owned.member.filter(|_| owned.object == Object::Keeper)?;
            let volumes = engine.volumes.iter().filter(|(_, volume)| {
                let owned = names::owned(desired.name(), &volume.labels);
                owned.is_some_and(|owned| {
                    owned.member.as_ref() == Some(&name) && matches!(owned.object, Object::Volume(_))
                })
            });
            let volumes = volumes.map(|(name, _)| name.clone()).collect();
            let since = container.labels.get(label::RETIRED).cloned().unwrap_or_default();
            Some(Retired { name, since, volumes })
        })
        .collect()
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

fn declared(facts: &Facts, scenes: &[Scene], name: &MemberName, member: &DesiredMember) -> Vec<Condition> {
    let mut conditions = vec![document(facts, name, Some(member.treatment))];
    let Some(scene) = scenes.iter().find(|scene| *scene.engine_name() == member.engine) else {
        let why = match facts.observed.engines.get(&member.engine) {
            Some(Err(why)) => why.as_str(),
            _ => "it was not looked at",
        };
        let message = format!("the engine {} cannot be reached: {why}", member.engine);
        conditions.push(condition("EngineReachable", Status::False, "Unreachable", message));
        conditions.extend(served(facts, member));
        return conditions;
    };
    conditions.push(condition("EngineReachable", Status::True, "Reached", format!("on {}", member.engine)));
    conditions.push(workloads(scene, name, member));
    conditions.extend(certified(facts, name, member));
    conditions.extend(served(facts, member));
    conditions.push(up_to_date(facts, name, member));
    conditions
}

fn document(facts: &Facts, name: &MemberName, treatment: Option<Treatment>) -> Condition {
    let file = file_of(name);
    let problems: Vec<&Problem> = facts.problems.iter().filter(|problem| problem.file == file).collect();
    let stays = match treatment {
        Some(Treatment::LastValid) => "the last valid document stays in force",
        Some(_) => "",
        None => "no valid document was ever seen, so whatever is there stays as it is",
    };
    match problems.first() {
        Some(first) => {
            let count = problems.len();
            let message = format!("problems: {count}, the first: {first}; {stays}");
            condition("DocumentValid", Status::False, "Problems", message)
        }
        None if treatment == Some(Treatment::Suspended) => {
            condition("DocumentValid", Status::True, "Suspended", "suspended: observed and left as it is")
        }
        None => condition("DocumentValid", Status::True, "Valid", ""),
    }
}

fn workloads(scene: &Scene, name: &MemberName, member: &DesiredMember) -> Condition {
    let build = scene.build(name, member);
    let mut troubles = Vec::new();
    let mut older = Vec::new();
    let mut count = 0;
    for (workload_name, workload) in member.spec.workloads() {
        count += 1;
        match serving(scene, &build, &workload_name, workload) {
            Serving::Current(_) => {}
            Serving::Older(_) => older.push(format!("{workload_name}: {}", why(scene, name, &workload_name))),
            Serving::Nobody => {
                troubles.push(format!("{workload_name}: {}", why(scene, name, &workload_name)));
            }
        }
    }
    let kind = "WorkloadsReady";
    if !troubles.is_empty() {
        return condition(kind, Status::False, "NotReady", troubles.join("; "));
    }
    if !older.is_empty() && member.treatment == Treatment::Suspended {
        return condition(kind, Status::True, "Suspended", format!("as they were: {}", older.join("; ")));
    }
    if !older.is_empty() {
        let message =
            format!("an older version serves, since the new one is not ready: {}", older.join("; "));
        return condition(kind, Status::False, "OlderServes", message);
    }
    condition(kind, Status::True, "Ready", format!("{count} ready"))
}

/// What keeps a workload from working, from its newest container.
fn why(scene: &Scene, member: &MemberName, workload: &crate::document::values::WorkloadName) -> String {
    let object = Object::Workload(workload.clone());
    let containers = scene.containers(member).iter().filter(|revision| revision.owned.object == object);
    let troubles: Vec<String> = containers
        .filter_map(|revision| trouble(revision.seen).map(|trouble| format!("{}: {trouble}", revision.name)))
        .collect();
    if troubles.is_empty() { "what is declared is not there".to_owned() } else { troubles.join(", ") }
}

fn certified(facts: &Facts, name: &MemberName, member: &DesiredMember) -> Option<Condition> {
    let hosts = certificate::hosts(&member.spec);
    if hosts.is_empty() {
        return None;
    }
    let there = facts.observed.certificates.get(name);
    let authority = facts.observed.authority.as_deref().unwrap_or_default();
    let kind = "CertificateReady";
    let reason = certificate::reason(there, &hosts, authority, facts.now);
    Some(match (there, reason) {
        (Some(there), None) => {
            let message = format!("until {}", there.not_after.strftime("%Y-%m-%d"));
            condition(kind, Status::True, "Valid", message)
        }
        (_, reason) => condition(kind, Status::False, "NotReady", reason.unwrap_or_default()),
    })
}

fn served(facts: &Facts, member: &DesiredMember) -> Option<Condition> {
    let kind = "SiteServed";
    let mut asked = 0;
    let mut bad = Vec::new();
    for host in member.spec.hosts() {
        match facts.answers.get(&host.value) {
            Some(answer) if answer.is_good() => asked += 1,
            Some(Answer::Status(status)) => bad.push(format!("https://{host} answers {status}")),
            Some(Answer::Nothing(why)) => bad.push(format!("https://{host} does not answer: {why}")),
            None => {}
        }
    }
    if let Some(first) = bad.first() {
        let more = if bad.len() > 1 { format!(" (and {} more)", bad.len() - 1) } else { String::new() };
        return Some(condition(kind, Status::False, "NoAnswer", format!("{first}{more}")));
    }
    member.spec.hosts().next()?;
    Some(if asked > 0 {
        let message = if asked == 1 { "1 host answers".to_owned() } else { format!("{asked} hosts answer") };
        condition(kind, Status::True, "Served", message)
    } else {
        condition(kind, Status::Unknown, "NotAsked", "nobody asked from outside")
    })
}

fn up_to_date(facts: &Facts, name: &MemberName, member: &DesiredMember) -> Condition {
    let kind = "UpToDate";
    let lanes = || facts.plan.lanes.iter().filter(|lane| lane.member.as_ref() == Some(name));
    let shared = || {
        facts.plan.lanes.iter().filter(|lane| {
            lane.member.is_none() && lane.engine.as_ref().is_none_or(|engine| *engine == member.engine)
        })
    };
    let failed = lanes().chain(shared()).find_map(|lane| facts.failures.get(&lane.name));
    if member.treatment == Treatment::Suspended {
        return condition(kind, Status::True, "Suspended", "left as it is");
    }
    if let Some(failure) = failed {
        return condition(kind, Status::False, "Failed", failure.clone());
    }
    let blocked =
        lanes().chain(shared()).flat_map(|lane| &lane.pending).find_map(|pending| match &pending.until {
            Until::Mended { remedy } => Some(format!("{}: {}; {remedy}", pending.object, pending.message)),
            Until::Later { .. } => None,
        });
    if let Some(blocked) = blocked {
        return condition(kind, Status::False, "Blocked", blocked);
    }
    if let Some(held) = facts.plan.held.iter().find(|held| held.member == *name) {
        return condition(kind, Status::False, "Held", held.because.clone());
    }
    let steps = lanes().map(|lane| lane.steps.len()).sum::<usize>();
    let first = lanes().flat_map(|lane| &lane.pending).next();
    match (steps, first) {
        (0, None) => condition(kind, Status::True, "AsDeclared", ""),
        (0, Some(pending)) => {
            let message = format!("{}, {}", pending.object, pending.message);
            condition(kind, Status::False, "Waiting", message)
        }
        (steps, _) => condition(kind, Status::False, "ChangesPlanned", format!("{steps} steps to do")),
    }
}
