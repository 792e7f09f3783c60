//! `campanile apply`: makes the world as the fleet says, once.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use campanile_plan::document::values::MemberName;
use campanile_plan::fleet::Desired;
use campanile_plan::plan::{Lane, Plan, Request, plan, text};
use jiff::Timestamp;
use serde::Deserialize;

use super::arguments::{self, Output};
use super::look::{Look, look};
use super::plan::{complain, json, known};
use super::{DONE, FAILED, Failure, print, say};
use crate::fleet::Fleet;
use crate::git::{Fetcher, Source};
use crate::pass::{Limits, Outcome, pass};
use crate::progress::Progress;
use crate::state::State;
use crate::world::{World, chain};

pub(super) async fn run(command: arguments::Apply) -> Result<u8, Failure> {
    let (state, source, fetcher) = command.at.open()?;
    let _lock = if command.dry_run { None } else { Some(state.lock()?) };
    let fleet = Fleet::load(&fetcher, &source, &state).await?;
    complain(&fleet);
    let Some(desired) = &fleet.desired else { return Ok(FAILED) };
    let agreed = Agreed::read(&command)?;
    known(&fleet, agreed.only.as_ref())?;
    let world = World::new(desired, &state);
    if command.dry_run {
        return show(&command, &agreed.plan(desired, &world).await?, &fleet);
    }
    let released = agreed.released(desired, &world).await?;
    fleet.accept(&state)?;
    let time = Duration::from_secs(command.timeout);
    let limits = Limits { only: agreed.only, released, parallel: command.parallel, time };
    let progress = Progress::new(command.output == Output::Text);
    let outcome = pass(desired, &world, &limits, &progress).await?;
    progress.finish();
    let whole = limits.only.is_none() && outcome.is_whole();
    let kept = if whole { keep(&fleet, &outcome, (&state, &source, &fetcher)).await } else { Ok(()) };
    let look = look(&fleet, desired, &world, &state, &outcome).await;
    let noted = [kept, look.record(&state)].into_iter().fold(DONE, note);
    let code = conclude(&command, limits.only.as_ref(), &fleet, &outcome, &look)?;
    Ok(code.max(noted))
}

/// Says what could not be noted: the work is done, and its summary still wanted.
fn note(code: u8, noted: Result<(), Failure>) -> u8 {
    let Err(error) = noted else { return code };
    say(&format!("not noted in the state folder: {}", chain(error.as_ref())));
    FAILED
}

/// What a person looked at and agreed to.
struct Agreed {
    /// The only member, if not all.
    only: Option<MemberName>,
    /// The plan that must still be the one.
    digest: Option<String>,
    /// Held removals go through.
    release: bool,
}

impl Agreed {
    /// From the arguments, or from the plan that they name.
    fn read(command: &arguments::Apply) -> Result<Self, Failure> {
        let (only, digest) = match &command.file {
            None => (command.member.clone(), command.release.clone()),
            Some(file) => {
                let Saved { digest, member } = Saved::read(file)?;
                (member, Some(digest))
            }
        };
        Ok(Self { only, digest, release: command.release.is_some() })
    }

    async fn plan(&self, desired: &Desired, world: &World<'_>) -> Result<Plan, Failure> {
        let (observed, _) = world.observe().await?;
        let request = Request { now: Timestamp::now(), only: self.only.clone(), ..Request::default() };
        Ok(plan(desired, &observed, &request))
    }

    /// The members whose held removals go through; refuses if the plan is no longer the one that was agreed to.
    async fn released(&self, desired: &Desired, world: &World<'_>) -> Result<BTreeSet<MemberName>, Failure> {
        let Some(agreed) = &self.digest else { return Ok(BTreeSet::new()) };
        let plan = self.plan(desired, world).await?;
        if plan.digest() != *agreed {
            say(&text(&plan));
            let moved = format!(
                "the world or the fleet moved since the plan {agreed} was made, and nothing was done; \
                 the plan is now the one above: look at it, then apply {}",
                plan.digest()
            );
            return Err(moved.into());
        }
        let held = plan.held.into_iter().map(|held| held.member);
        Ok(held.filter(|_| self.release).collect())
    }
}

/// What counts of a plan that was saved with `plan --out`.
#[derive(Deserialize)]
struct Saved {
    digest: String,
    member: Option<MemberName>,
}

impl Saved {
    fn read(file: &Path) -> Result<Self, Failure> {
        let failed = |why: String| {
            format!("reading the plan {}: {why}; make one with campanile plan --out FILE", file.display())
        };
        let text = std::fs::read_to_string(file).map_err(|error| failed(error.to_string()))?;
        Ok(serde_json::from_str(&text).map_err(|error| failed(error.to_string()))?)
    }
}

fn show(command: &arguments::Apply, plan: &Plan, fleet: &Fleet) -> Result<u8, Failure> {
    match command.output {
        Output::Text => print(&text(plan))?,
        Output::Json => print(&json(plan, fleet, command.member.as_ref())?)?,
    }
    Ok(if fleet.problems.is_empty() { DONE } else { FAILED })
}

/// Notes the commit of a fleet that is in force, and forgets who left it once nothing of them waits for anything.
async fn keep(
    fleet: &Fleet,
    outcome: &Outcome,
    (state, source, fetcher): (&State, &Source, &Fetcher),
) -> Result<(), Failure> {
    fleet.record(state, source, Timestamp::now())?;
    if outcome.plan.lanes.is_empty() {
        fleet.forget_gone(state)?;
    }
    if let Some(commit) = &fleet.snapshot.commit {
        fetcher.keep(commit).await?;
    }
    Ok(())
}

fn conclude(
    command: &arguments::Apply,
    only: Option<&MemberName>,
    fleet: &Fleet,
    outcome: &Outcome,
    look: &Look,
) -> Result<u8, Failure> {
    let unready: Vec<_> = look
        .members
        .iter()
        .filter(|member| !member.ready && only.is_none_or(|only| *only == member.name))
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
            // those whose removal is held are named together below
            let held_too = |name: &MemberName| outcome.plan.held.iter().any(|held| held.member == *name);
            for member in unready.iter().filter(|member| !held_too(&member.name)) {
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
