//! `campanile apply`: makes the world as the fleet says, once.

use std::time::Duration;

use campanile_plan::plan::{Plan, text};
use jiff::Timestamp;
use tokio::signal::unix::{SignalKind, signal};

use super::agreed::Agreed;
use super::arguments::{self, Output};
use super::look::look;
use super::plan::{complain, concerning, json, known};
use super::summary::conclude;
use super::{DONE, FAILED, Failure, INTERRUPTED, print, say};
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
    let agreed = Agreed::read(&command)?;
    complain(&fleet, agreed.only.as_ref());
    let Some(desired) = &fleet.desired else { return Ok(FAILED) };
    known(&fleet, agreed.only.as_ref())?;
    let world = World::new(desired, &state);
    if command.dry_run {
        return show(&command, &agreed.plan(desired, &world).await?, &fleet);
    }
    let released = agreed.released(desired, &world).await?;
    fleet.accept(&state)?;
    let time = Duration::from_secs(command.timeout);
    let limits = Limits { only: agreed.only, released, parallel: command.parallel.into(), time };
    let progress = Progress::new(command.output == Output::Text);
    let outcome = tokio::select! {
        outcome = pass(desired, &world, &limits, &progress) => outcome?,
        signal = interrupted() => {
            progress.finish();
            say(&format!("{signal}: interrupted between two steps; apply again goes on from here"));
            return Ok(INTERRUPTED);
        }
    };
    progress.finish();
    let whole = limits.only.is_none() && outcome.is_whole();
    let kept = if whole { keep(&fleet, &outcome, (&state, &source, &fetcher)).await } else { Ok(()) };
    let look = look(&fleet, desired, &world, &state, &outcome).await;
    let noted = [kept, look.record(&state)].into_iter().fold(DONE, note);
    let code = conclude(&command, limits.only.as_ref(), &fleet, &outcome, &look)?;
    Ok(code.max(noted))
}

/// The signal that asks to stop. What a step asked an engine for may still be done: the next look sees it.
async fn interrupted() -> &'static str {
    let Ok(mut terminate) = signal(SignalKind::terminate()) else { return std::future::pending().await };
    tokio::select! {
        Ok(()) = tokio::signal::ctrl_c() => "SIGINT",
        Some(()) = terminate.recv() => "SIGTERM",
        else => std::future::pending().await,
    }
}

/// Says what could not be noted: the work is done, and its summary still wanted.
fn note(code: u8, noted: Result<(), Failure>) -> u8 {
    let Err(error) = noted else { return code };
    say(&format!("not noted in the state folder: {}", chain(error.as_ref())));
    FAILED
}

fn show(command: &arguments::Apply, plan: &Plan, fleet: &Fleet) -> Result<u8, Failure> {
    match command.output {
        Output::Text => print(&text(plan))?,
        Output::Json => print(&json(plan, fleet, command.member.as_ref())?)?,
    }
    let only = command.member.as_ref();
    Ok(if concerning(&fleet.problems, only).count() == 0 { DONE } else { FAILED })
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
