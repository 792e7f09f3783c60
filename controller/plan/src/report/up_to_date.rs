//! Whether a member is as its document declares it.

use super::index::Index;
use super::{Condition, Facts, Status, condition};
use crate::document::values::MemberName;
use crate::fleet::{DesiredMember, Treatment};
use crate::plan::Until;

pub(super) fn as_declared(
    facts: &Facts,
    index: &Index,
    name: &MemberName,
    member: &DesiredMember,
) -> Condition {
    let kind = "UpToDate";
    let lanes = || index.lanes(name).iter().copied();
    let shared = || index.shared(&member.engine);
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
            Until::Later { .. } | Until::Appointed { .. } => None,
        });
    if let Some(blocked) = blocked {
        return condition(kind, Status::False, "Blocked", blocked);
    }
    if let Some(held) = facts.plan.held.iter().find(|held| held.member == *name) {
        return condition(kind, Status::False, "Held", held.because.clone());
    }
    let steps = lanes().map(|lane| lane.steps.len()).sum::<usize>();
    let first = lanes().chain(shared()).flat_map(|lane| &lane.pending).next();
    match (steps, first) {
        (0, None) => condition(kind, Status::True, "AsDeclared", ""),
        (0, Some(pending)) => {
            let message = format!("{}, {}", pending.object, pending.message);
            condition(kind, Status::False, "Waiting", message)
        }
        (steps, _) => condition(kind, Status::False, "ChangesPlanned", format!("{steps} steps to do")),
    }
}
