//! What `apply` says at its end: every step that was done, what failed or waits for a person, and how the members are.

use campanile_plan::document::values::MemberName;
use campanile_plan::plan::{Lane, Plan};

use super::arguments::{self, Output};
use super::look::Look;
use super::plan::concerning;
use super::{DONE, FAILED, Failure, print, say};
use crate::fleet::Fleet;
use crate::known::Member;
use crate::pass::{Done, Outcome};

/// Prints what was done and how the members are; gives the exit code.
pub(super) fn conclude(
    command: &arguments::Apply,
    only: Option<&MemberName>,
    fleet: &Fleet,
    outcome: &Outcome,
    look: &Look,
) -> Result<u8, Failure> {
    let unready: Vec<_> = look
        .known
        .members
        .iter()
        .filter(|member| !member.ready && only.is_none_or(|only| *only == member.name))
        .collect();
    let problems = concerning(&fleet.problems, only).count();
    match command.output {
        Output::Json => print(&look.json(outcome)?)?,
        Output::Text => {
            for Done { lane, title, because } in &outcome.done {
                print(&format!("{lane}: {title}: {because}\n"))?;
            }
            for failure in &outcome.failures {
                say(&format!("failed: {}: {}", failure.0, failure.1));
            }
            for lane in outcome.plan.lanes.iter().filter(|lane| lane.is_blocked()) {
                say(&blocked(lane));
            }
            // those whose removal is held are named together below, those of an engine that is away were above
            let held_too = |name: &MemberName| outcome.plan.held.iter().any(|held| held.member == *name);
            let own = |member: &&&Member| !held_too(&member.name) && !member.waits_for_engine();
            for member in unready.iter().filter(own) {
                say(&format!("not ready: {}: {}", member.name, member.first_trouble()));
            }
            held(&outcome.plan);
            print(&summary(outcome, look))?;
        }
    }
    let blocked = outcome.plan.lanes.iter().any(Lane::is_blocked);
    let bad = problems > 0 || !outcome.failures.is_empty() || blocked || !unready.is_empty();
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
            campanile_plan::plan::Until::Later { .. } | campanile_plan::plan::Until::Appointed { .. } => None,
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
    let ready = look.known.members.iter().filter(|member| member.ready).count();
    let all = look.known.members.len();
    let done = match (outcome.done.len(), outcome.failures.len()) {
        (0, 0) => "Nothing to do".to_owned(),
        (done, 0) => format!("Steps done: {done}"),
        (done, failed) => format!("Steps done: {done}, lanes that failed: {failed}"),
    };
    format!("{done}; {ready} of {all} members are ready.\n")
}
