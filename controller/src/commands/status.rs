//! `campanile status`: how the members are, from what is seen now.

use std::collections::{BTreeMap, BTreeSet};

use campanile_plan::document::values::MemberName;
use campanile_plan::fleet::Desired;
use campanile_plan::plan::{Request, plan};
use campanile_plan::report::{self, Condition, Facts, MemberReport, Retired, Status};
use jiff::Timestamp;
use serde::Serialize;

use super::arguments::{self, Output};
use super::plan::{complain, known};
use super::{DONE, FAILED, Failure, print, say};
use crate::fleet::Fleet;
use crate::outside;
use crate::pass::Outcome;
use crate::state::{Conditions, Current, State};
use crate::world::World;

pub(super) async fn run(command: arguments::Status) -> Result<u8, Failure> {
    let (state, source, fetcher) = command.at.open()?;
    let fleet = Fleet::load(&fetcher, &source, &state).await?;
    let Some(desired) = &fleet.desired else {
        complain(&fleet);
        return Ok(FAILED);
    };
    known(&fleet, command.member.as_ref())?;
    let world = World::new(desired, &state);
    let (observed, left_out) = world.observe().await?;
    let now = Timestamp::now();
    let plan = plan(desired, &observed, &Request { now, ..Request::default() });
    let outcome = Outcome { observed, plan, left_out, ..Outcome::default() };
    let mut look = look(&fleet, desired, &world, &state, &outcome).await?;
    look.only(command.member.as_ref());
    match command.output {
        Output::Json => print(&look.json(None)?)?,
        Output::Text => print(&look.text(command.member.is_some()))?,
    }
    Ok(if fleet.problems.is_empty() { DONE } else { FAILED })
}

/// The members as they are now.
pub(super) struct Look {
    /// Every member.
    pub members: Vec<Member>,
    /// Members that left and whose volumes wait.
    retired: BTreeSet<Retired>,
    commit: Option<String>,
    conditions: Conditions,
}

/// A member as JSON and tables show it.
#[derive(Debug, Serialize)]
pub(super) struct Member {
    /// The member.
    pub name: MemberName,
    /// No condition is false.
    pub ready: bool,
    commit: Option<String>,
    conditions: Vec<Since>,
}

/// A condition, and since when it is so.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Since {
    #[serde(flatten)]
    condition: Condition,
    last_transition_time: Timestamp,
}

impl Member {
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
) -> Result<Look, Failure> {
    let authority = std::fs::read(state.authority_path()).unwrap_or_default();
    let answers = outside::ask(desired, &authority).await;
    let now = Timestamp::now();
    let mut reports = report::report(&Facts {
        desired,
        observed: &outcome.observed,
        plan: &outcome.plan,
        problems: &fleet.problems,
        failures: &outcome.failures,
        answers: &answers,
        now,
    });
    last_words(&mut reports, desired, world, outcome).await;
    let (mut conditions, notice) = state.conditions()?;
    if let Some(notice) = notice {
        say(&notice);
    }
    for file in &outcome.left_out {
        say(&format!("left out: {}: {}", file.path.display(), file.reason));
    }
    conditions.merge(now, current(&reports));
    let commit = fleet.snapshot.commit.clone();
    let members = reports.into_iter().map(|report| since(report, &conditions, commit.as_ref(), now));
    let retired = report::retired(desired, &outcome.observed);
    Ok(Look { members: members.collect(), retired, commit, conditions })
}

/// Adds the last log lines of containers that end again and again.
async fn last_words(reports: &mut [MemberReport], desired: &Desired, world: &World<'_>, outcome: &Outcome) {
    for report in reports.iter_mut().filter(|report| !report.ready) {
        let Some(member) = desired.members.get(&report.name) else { continue };
        let Some(Ok(seen)) = outcome.observed.engines.get(&member.engine) else { continue };
        let wrong = |kind: &Condition| kind.kind == "WorkloadsReady" && kind.status == Status::False;
        let Some(condition) = report.conditions.iter_mut().find(|condition| wrong(condition)) else {
            continue;
        };
        let troubled = seen.containers.keys().find(|name| condition.message.contains(name.as_str()));
        if let Some(name) = troubled
            && let Some(lines) = world.last_lines(&member.engine, name).await
        {
            condition.message.push_str(&format!("; it last said: {}", lines.trim().replace('\n', " | ")));
        }
    }
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

    fn only(&mut self, member: Option<&MemberName>) {
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
            json["done"] = outcome.done.into();
            json["failures"] = serde_json::to_value(&outcome.failures)?;
            json["held"] = serde_json::to_value(&outcome.plan.held)?;
        }
        Ok(serde_json::to_string_pretty(&json)? + "\n")
    }

    fn text(&self, every: bool) -> String {
        let mut text = table(&self.members, every);
        let ready = self.members.iter().filter(|member| member.ready).count();
        let commit =
            self.commit.as_ref().map_or(String::new(), |commit| format!(" at commit {}", &commit[..12]));
        text.push_str(&format!("\n{ready} of {} members are ready{commit}.\n", self.members.len()));
        for Retired { name, since, volumes } in &self.retired {
            text.push_str(&format!("{name} left on {since}; its volumes stay: {}\n", volumes.join(", ")));
        }
        text
    }
}

/// A line per member; with `every`, a line per condition.
fn table(members: &[Member], every: bool) -> String {
    let width = members.iter().map(|member| member.name.as_str().len()).max().unwrap_or(0).max(6);
    let mut text = format!("{:width$}  {:5}  {:10}  {}\n", "MEMBER", "READY", "SINCE", "");
    for member in members {
        let changed = member.conditions.iter().map(|since| since.last_transition_time).max();
        let since = changed.map_or(String::new(), |time| time.strftime("%Y-%m-%d").to_string());
        let ready = if member.ready { "yes" } else { "no" };
        let message = if member.ready { served(member) } else { member.first_trouble() };
        text.push_str(&format!("{:width$}  {ready:5}  {since:10}  {message}\n", member.name));
        for Since { condition, last_transition_time } in member.conditions.iter().filter(|_| every) {
            let Condition { kind, status, reason, message } = condition;
            let time = last_transition_time.strftime("%Y-%m-%d %H:%M");
            text.push_str(&format!("  {kind:17} {:7} {time}  {reason}: {message}\n", format!("{status:?}")));
        }
    }
    text
}

fn served(member: &Member) -> String {
    let served = member.conditions.iter().find(|since| since.condition.kind == "SiteServed");
    served.map_or_else(String::new, |since| since.condition.message.clone())
}
