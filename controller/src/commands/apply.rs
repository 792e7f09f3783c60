//! `campanile apply`: makes the world as the fleet says, once.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use campanile_plan::document::values::MemberName;
use campanile_plan::fleet::Desired;
use campanile_plan::plan::{Lane, Plan, Request, plan, text};
use jiff::Timestamp;

use super::arguments::{self, Output};
use super::plan::{complain, json, known};
use super::progress::Progress;
use super::status::{Look, look};
use super::{DONE, FAILED, Failure, print, say};
use crate::fleet::Fleet;
use crate::git::{Fetcher, Source};
use crate::pass::{Limits, Outcome, pass};
use crate::state::State;
use crate::world::World;

pub(super) async fn run(command: arguments::Apply) -> Result<u8, Failure> {
    let (state, source, fetcher) = command.at.open()?;
    let _lock = if command.dry_run { None } else { Some(state.lock()?) };
    let fleet = Fleet::load(&fetcher, &source, &state).await?;
    complain(&fleet);
    let Some(desired) = &fleet.desired else { return Ok(FAILED) };
    known(&fleet, command.member.as_ref())?;
    let world = World::new(desired, &state);
    let released = match agreed(&command, desired, &world, &fleet).await? {
        Agreed::Go { released } => released,
        Agreed::Shown => return Ok(DONE),
    };
    fleet.accept(&state)?;
    let limits = Limits {
        only: command.member.clone(),
        released,
        parallel: command.parallel,
        time: Duration::from_secs(command.timeout),
    };
    let progress = Progress::new(command.output == Output::Text);
    let outcome = pass(desired, &world, &limits, &progress).await?;
    progress.finish();
    finish(&command, &fleet, (&state, &source, &fetcher), &outcome).await?;
    let look = look(&fleet, desired, &world, &state, &outcome).await?;
    look.record(&state)?;
    conclude(&command, &fleet, &outcome, &look)
}

/// Whether to go on.
enum Agreed {
    Go { released: BTreeSet<MemberName> },
    Shown,
}

/// Compares with the plan that a person saw, where there is one.
async fn agreed(
    command: &arguments::Apply,
    desired: &Desired,
    world: &World<'_>,
    fleet: &Fleet,
) -> Result<Agreed, Failure> {
    let wanted = match (&command.file, &command.release) {
        (Some(file), _) => Some(saved_digest(file)?),
        (None, Some(digest)) => Some(digest.clone()),
        (None, None) if command.dry_run => None,
        (None, None) => return Ok(Agreed::Go { released: BTreeSet::new() }),
    };
    let (observed, _) = world.observe().await?;
    let request = Request { now: Timestamp::now(), only: command.member.clone(), ..Request::default() };
    let plan = plan(desired, &observed, &request);
    let Some(wanted) = wanted else {
        match command.output {
            Output::Text => print(&text(&plan))?,
            Output::Json => print(&json(&plan, fleet)?)?,
        }
        return Ok(Agreed::Shown);
    };
    if plan.digest() != wanted {
        say(&text(&plan));
        return Err(format!(
            "the world or the fleet moved since the plan {wanted} was made; the plan is now the one above: \
             look at it, then apply {}",
            plan.digest()
        )
        .into());
    }
    let held = plan.held.iter().map(|held| held.member.clone());
    let released = if command.release.is_some() { held.collect() } else { BTreeSet::new() };
    Ok(Agreed::Go { released })
}

fn saved_digest(file: &Path) -> Result<String, Failure> {
    let read = |why: String| {
        format!("reading the plan {}: {why}; make one with campanile plan --out FILE", file.display())
    };
    let text = std::fs::read_to_string(file).map_err(|error| read(error.to_string()))?;
    let plan: serde_json::Value = serde_json::from_str(&text).map_err(|error| read(error.to_string()))?;
    let digest = plan.get("digest").and_then(serde_json::Value::as_str);
    Ok(digest.ok_or_else(|| read("it has no digest".to_owned()))?.to_owned())
}

/// Notes the commit, once nothing of it is held back.
async fn finish(
    command: &arguments::Apply,
    fleet: &Fleet,
    (state, source, fetcher): (&State, &Source, &Fetcher),
    outcome: &Outcome,
) -> Result<(), Failure> {
    if command.member.is_some() || !outcome.plan.held.is_empty() {
        return Ok(());
    }
    fleet.record(state, source, Timestamp::now())?;
    if let Some(commit) = &fleet.snapshot.commit {
        fetcher.keep(commit).await?;
    }
    Ok(())
}

fn conclude(
    command: &arguments::Apply,
    fleet: &Fleet,
    outcome: &Outcome,
    look: &Look,
) -> Result<u8, Failure> {
    let unready: Vec<_> = look
        .members
        .iter()
        .filter(|member| !member.ready && command.member.as_ref().is_none_or(|only| *only == member.name))
        .collect();
    match command.output {
        Output::Json => print(&look.json(Some(outcome))?)?,
        Output::Text => {
            for failure in &outcome.failures {
                say(&format!("failed: {}: {}", failure.0, failure.1));
            }
            for lane in outcome.plan.lanes.iter().filter(|lane| lane.is_blocked()) {
                say(&blocked(lane));
            }
            for member in &unready {
                say(&format!("not ready: {}: {}", member.name, member.first_trouble()));
            }
            held(&outcome.plan);
            print(&summary(outcome, look))?;
        }
    }
    let blocked = outcome.plan.lanes.iter().any(Lane::is_blocked);
    let bad = !fleet.problems.is_empty() || !outcome.failures.is_empty() || blocked || !unready.is_empty();
    Ok(if bad { FAILED } else { DONE })
}

fn blocked(lane: &Lane) -> String {
    let lines: Vec<String> = lane
        .pending
        .iter()
        .filter_map(|pending| match &pending.until {
            campanile_plan::plan::Until::Mended { remedy } => {
                Some(format!("blocked: {}: {}: {}; {remedy}", lane.name, pending.object, pending.message))
            }
            campanile_plan::plan::Until::Later { .. } => None,
        })
        .collect();
    lines.join("\n")
}

fn held(plan: &Plan) {
    let Some(first) = plan.held.first() else { return };
    let names: Vec<&str> = plan.held.iter().map(|held| held.member.as_str()).collect();
    say(&format!("held: nothing of {} was removed: {}", names.join(", "), first.because));
    say(&format!(
        "      look at campanile plan; to let exactly these removals through: campanile apply --release {}",
        plan.digest()
    ));
}

fn summary(outcome: &Outcome, look: &Look) -> String {
    let ready = look.members.iter().filter(|member| member.ready).count();
    let all = look.members.len();
    let done = match (outcome.done, outcome.failures.len()) {
        (0, 0) => "Nothing to do".to_owned(),
        (done, 0) => format!("{done} steps done"),
        (done, failed) => format!("{done} steps done, {failed} lanes failed"),
    };
    format!("{done}; {ready} of {all} members are ready.\n")
}
