//! Whether a member's document is valid, and which one is in force.

use super::index::Index;
use super::{Condition, Facts, Status, condition};
use crate::document::values::MemberName;
use crate::fleet::{Treatment, file_of};

pub(super) fn valid(
    facts: &Facts,
    index: &Index,
    name: &MemberName,
    treatment: Option<Treatment>,
) -> Condition {
    let kind = "DocumentValid";
    let file = file_of(name);
    let problems = index.problems(&file);
    let pinned = facts.desired.pinned.get(name);
    if let Some(first) = problems.first() {
        let stays = match treatment {
            Some(Treatment::LastValid) => "; the last valid document stays in force",
            Some(_) => "",
            None => "; no valid document was ever seen, so whatever is there stays as it is",
        };
        let back = pinned.map_or_else(String::new, |pinned| format!("{}; ", pinned.described()));
        let message = format!("{back}problems: {}, the first: {first}{stays}", problems.len());
        return condition(kind, Status::False, "Problems", message);
    }
    let back =
        pinned.map(|pinned| format!("{}; a new commit that changes {file} ends it", pinned.described()));
    match (treatment, back) {
        (Some(Treatment::Suspended), back) => {
            let back = back.map_or_else(String::new, |back| format!("; {back}"));
            let message = format!("suspended: observed and left as it is{back}");
            condition(kind, Status::True, "Suspended", message)
        }
        (_, Some(back)) => condition(kind, Status::True, "Pinned", back),
        (_, None) => condition(kind, Status::True, "Valid", ""),
    }
}
