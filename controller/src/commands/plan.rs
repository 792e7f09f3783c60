//! `campanile plan`: what would be done, and why.

use std::collections::BTreeMap;

use campanile_plan::document::Problem;
use campanile_plan::document::values::MemberName;
use campanile_plan::fleet::{PLATFORM_FILE, file_of};
use campanile_plan::plan::{Plan, Request, plan, text};

use super::arguments::{self, Output};
use super::{CHANGES, DONE, FAILED, Failure, print, say};
use crate::fleet::Fleet;
use crate::git::{Fetcher, Source};
use crate::history::History;
use crate::problems::{Layout, render};
use crate::scope::Scope;
use crate::state::{State, write_atomically};
use crate::world::{Hands, Manner, Seen, World, chain};

pub(super) async fn run(command: arguments::Plan) -> Result<u8, Failure> {
    let (state, source, fetcher) = command.at.open()?;
    let fleet = load(&fetcher, &source, &state).await?;
    complain(&fleet, command.member.as_ref());
    let Some(desired) = &fleet.desired else { return Ok(FAILED) };
    known(&fleet, command.member.as_ref())?;
    let world = World::new(&state, Manner::default());
    let Seen { observed, left_out } = world.observe(desired, &Scope::everything()).await?;
    for file in fleet.left_out.iter().chain(&left_out) {
        say(&format!("left out: {}: {}", file.path.display(), file.reason));
    }
    let request = Request { now: jiff::Timestamp::now(), only: command.member.clone(), ..Request::default() };
    let plan = plan(desired, &observed, &request);
    let json = json(&plan, &fleet, command.member.as_ref())?;
    match command.output {
        Output::Text => print(&text(&plan))?,
        Output::Json => print(&json)?,
    }
    if let Some(file) = &command.out {
        write_atomically(file, json.as_bytes(), 0o600)
            .map_err(|error| format!("saving the plan to {}: {error}", file.display()))?;
    }
    let problems = concerning(&fleet.problems, command.member.as_ref()).count();
    Ok(exit_code(&plan, problems, command.detailed_exitcode))
}

/// Loads the fleet, with the earlier documents that members were rolled back to.
pub(super) async fn load(fetcher: &Fetcher, source: &Source, state: &State) -> Result<Fleet, Failure> {
    let read =
        History::read(state.folder()).and_then(|history| history.map_or(Ok(BTreeMap::new()), |it| it.pins()));
    let pins = read.unwrap_or_else(|error| {
        say(&format!("nobody is taken for rolled back, since the history cannot be read: {}", chain(&error)));
        BTreeMap::new()
    });
    Ok(Fleet::load(fetcher, source, state, &pins).await?)
}

/// The plan as JSON, with a line break.
pub(super) fn json(plan: &Plan, fleet: &Fleet, member: Option<&MemberName>) -> Result<String, Failure> {
    let document = plan.document(fleet.snapshot.commit.as_deref(), member, &fleet.problems);
    Ok(serde_json::to_string_pretty(&document)? + "\n")
}

/// The problems that concern a member, or all; those of the platform concern everybody.
pub(super) fn concerning<'a>(
    problems: &'a [Problem],
    only: Option<&MemberName>,
) -> impl Iterator<Item = &'a Problem> {
    let file = only.map(file_of);
    problems.iter().filter(move |problem| {
        problem.file == PLATFORM_FILE || file.as_ref().is_none_or(|file| problem.file == *file)
    })
}

/// Prints the problems and doubts of a fleet.
pub(super) fn complain(fleet: &Fleet, only: Option<&MemberName>) {
    let problems: Vec<Problem> = concerning(&fleet.problems, only).cloned().collect();
    if !problems.is_empty() {
        say(&render(&Layout::default(), &problems, &fleet.snapshot));
    }
    let doubts = fleet.desired.as_ref().map_or(&fleet.snapshot.doubts, |desired| &desired.doubts);
    for doubt in doubts {
        say(&format!("doubt: {doubt}; removals are held"));
    }
}

/// Refuses a member that the fleet does not know.
pub(super) fn known(fleet: &Fleet, member: Option<&MemberName>) -> Result<(), Failure> {
    let (Some(member), Some(desired)) = (member, &fleet.desired) else { return Ok(()) };
    if desired.members.contains_key(member) {
        return Ok(());
    }
    if desired.unknown.contains(member) {
        return Err(format!("the document of {member} has problems, and it was never valid before").into());
    }
    Err(format!("the fleet has no member {member}; its members are those of members/").into())
}

fn exit_code(plan: &Plan, problems: usize, detailed: bool) -> u8 {
    let blocked = plan.lanes.iter().any(campanile_plan::plan::Lane::is_blocked);
    if problems > 0 || blocked {
        FAILED
    } else if detailed && !plan.is_settled() {
        CHANGES
    } else {
        DONE
    }
}
