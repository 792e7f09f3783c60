//! How the members are: asked from outside, judged, and since when it is so.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use campanile_plan::document::values::MemberName;
use campanile_plan::fleet::Desired;
use campanile_plan::report::{self, Condition, Facts, MemberReport, Retired, Status};
use futures_util::{StreamExt, stream};
use jiff::Timestamp;
use serde::Serialize;

use super::{Failure, say};
use crate::fleet::Fleet;
use crate::outside;
use crate::pass::{Failures, Outcome};
use crate::state::{Conditions, Current, State};
use crate::world::{World, chain};

/// What one container's log may take.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// Logs that are read at once.
const AT_ONCE: usize = 32;

/// The members as they are now.
pub(super) struct Look {
    /// Every member.
    pub members: Vec<Member>,
    /// Members that left and whose volumes wait.
    pub retired: BTreeSet<Retired>,
    /// The commit of the fleet.
    pub commit: Option<String>,
    conditions: Conditions,
}

/// A member as JSON and tables show it.
#[derive(Debug, Serialize)]
pub(super) struct Member {
    /// The member.
    pub name: MemberName,
    /// Every condition is true.
    pub ready: bool,
    commit: Option<String>,
    /// Its conditions.
    pub conditions: Vec<Since>,
}

/// A condition, and since when it is so.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Since {
    /// The condition.
    #[serde(flatten)]
    pub condition: Condition,
    /// Since when its status is what it is.
    pub last_transition_time: Timestamp,
}

impl Member {
    /// Whether its engine is away: then nothing else can be said.
    pub fn waits_for_engine(&self) -> bool {
        self.is("EngineReachable", "Unreachable")
    }

    /// Whether its document says `suspend: true`.
    pub fn is_suspended(&self) -> bool {
        self.is("DocumentValid", "Suspended")
    }

    fn is(&self, kind: &str, reason: &str) -> bool {
        self.conditions.iter().any(|since| since.condition.kind == kind && since.condition.reason == reason)
    }

    /// The first condition that is not as it should be.
    pub fn first_trouble(&self) -> String {
        let troubled = self.conditions.iter().find(|since| since.condition.status != Status::True);
        troubled.map_or_else(String::new, |since| {
            format!("{} ({})", since.condition.message, since.condition.kind)
        })
    }
}

/// Asks every site from outside and says what can be said of every member.
pub(super) async fn look(
    fleet: &Fleet,
    desired: &Desired,
    world: &World<'_>,
    state: &State,
    outcome: &Outcome,
) -> Look {
    let authority = std::fs::read(state.authority_path()).unwrap_or_default();
    let answers = outside::ask(desired, &authority).await;
    let now = Timestamp::now();
    let failures = words(&outcome.failures);
    let mut reports = report::report(&Facts {
        desired,
        observed: &outcome.observed,
        plan: &outcome.plan,
        problems: &fleet.problems,
        failures: &failures,
        answers: &answers,
        now,
    });
    last_words(&mut reports, desired, world, outcome).await;
    let read = state.conditions();
    let (mut conditions, notice) = read.unwrap_or_else(|error| (Conditions::default(), Some(chain(&error))));
    if let Some(notice) = notice {
        say(&notice);
    }
    for file in fleet.left_out.iter().chain(&outcome.left_out) {
        say(&format!("left out: {}: {}", file.path.display(), file.reason));
    }
    conditions.merge(now, current(&reports));
    let commit = fleet.snapshot.commit.clone();
    let members = reports.into_iter().map(|report| since(report, &conditions, commit.as_ref(), now));
    let retired = report::retired(desired, &outcome.observed);
    Look { members: members.collect(), retired, commit, conditions }
}

/// Each failure as people read it, by lane.
fn words(failures: &Failures) -> BTreeMap<String, String> {
    failures.iter().map(|(lane, failure)| (lane.clone(), failure.to_string())).collect()
}

/// Adds the last log lines of containers that end again and again.
async fn last_words(reports: &mut [MemberReport], desired: &Desired, world: &World<'_>, outcome: &Outcome) {
    let troubled = reports.iter_mut().filter(|report| !report.ready).filter_map(|report| {
        let engine = &desired.members.get(&report.name)?.engine;
        let seen = outcome.observed.engines.get(engine)?.as_ref().ok()?;
        let wrong = |kind: &Condition| kind.kind == "WorkloadsReady" && kind.status == Status::False;
        let condition = report.conditions.iter_mut().find(|condition| wrong(condition))?;
        let name = seen.containers.keys().find(|name| condition.message.contains(name.as_str()))?;
        Some((condition, engine, name))
    });
    let asked = troubled.map(|(condition, engine, name)| async move {
        let lines = tokio::time::timeout(LAST_WORDS, world.last_lines(engine, name)).await;
        if let Ok(Some(lines)) = lines {
            condition.message.push_str("; it last said: ");
            condition.message.push_str(&lines.trim().replace('\n', " | "));
        }
    });
    stream::iter(asked).for_each_concurrent(AT_ONCE, |asking| asking).await;
}

fn current(reports: &[MemberReport]) -> Current {
    let conditions = |report: &MemberReport| -> BTreeMap<String, (String, String)> {
        let pairs = report.conditions.iter().map(|condition| {
            let status = format!("{:?}", condition.status);
            (condition.kind.to_owned(), (status, condition.reason.to_owned()))
        });
        pairs.collect()
    };
    reports.iter().map(|report| (report.name.to_string(), conditions(report))).collect()
}

fn since(report: MemberReport, known: &Conditions, commit: Option<&String>, now: Timestamp) -> Member {
    let member = known.members.get(report.name.as_str());
    let conditions = report.conditions.into_iter().map(|condition| {
        let noted = member.and_then(|member| member.get(condition.kind));
        let last_transition_time = noted.map_or(now, |noted| noted.last_transition_time);
        Since { condition, last_transition_time }
    });
    Member {
        name: report.name,
        ready: report.ready,
        commit: commit.cloned(),
        conditions: conditions.collect(),
    }
}

impl Look {
    /// Notes since when each condition is as it is.
    pub fn record(&self, state: &State) -> Result<(), Failure> {
        Ok(state.record_conditions(&self.conditions)?)
    }

    /// Forgets everybody but one member.
    pub fn only(&mut self, member: Option<&MemberName>) {
        if let Some(only) = member {
            self.members.retain(|member| member.name == *only);
            self.retired.clear();
        }
    }

    /// The members as JSON, with what was done where something was.
    pub fn json(&self, outcome: Option<&Outcome>) -> Result<String, Failure> {
        let mut json = serde_json::json!({
            "commit": self.commit,
            "members": self.members,
            "retired": self.retired,
        });
        if let Some(outcome) = outcome {
            json["done"] = serde_json::to_value(&outcome.done)?;
            json["failures"] = serde_json::to_value(words(&outcome.failures))?;
            json["held"] = serde_json::to_value(&outcome.plan.held)?;
        }
        Ok(serde_json::to_string_pretty(&json)? + "\n")
    }
}
