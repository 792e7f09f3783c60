//! How the members are: asked from outside, judged, and since when it is so.

use std::sync::Arc;

use campanile_plan::document::values::MemberName;
use campanile_plan::fleet::Desired;
use campanile_plan::report::MemberReport;
use jiff::Timestamp;

use super::{Failure, say};
use crate::audit::known::KnownAudit;
use crate::audit::store::Store;
use crate::fleet::Fleet;
use crate::history::{Conditions, History};
use crate::known::{Evidence, Known, LastWords, times, words, working};
use crate::outside::{Trusted, Visitor};
use crate::pass::Outcome;
use crate::state::State;
use crate::world::{World, chain};

/// The members as they are now, and what was said of them.
pub(super) struct Look {
    /// What is known.
    pub known: Known,
    /// What was judged.
    pub reports: Vec<MemberReport>,
    /// When.
    pub at: Timestamp,
}

/// Asks every site from outside and says what can be said of every member; `noted` is what was last said.
pub(super) async fn look(
    fleet: &Fleet,
    desired: &Desired,
    (world, state): (&World, &State),
    outcome: &Outcome,
    noted: &Conditions,
) -> Look {
    let answers = Visitor::new(&Trusted::of(state, &desired.platform)).ask_all(desired).await;
    let at = Timestamp::now();
    let audit = audited(state);
    let evidence = Evidence {
        fleet,
        desired,
        observed: &outcome.observed,
        plan: &outcome.plan,
        failures: &outcome.failures,
        answers: &answers,
        audit: audit.as_ref(),
        now: at,
    };
    let mut reports = evidence.judge();
    LastWords::default().hear(&mut reports, desired, &outcome.observed, world).await;
    for file in fleet.left_out.iter().chain(&outcome.left_out) {
        say(&format!("left out: {}: {}", file.path.display(), file.reason));
    }
    let known = evidence.known(reports.clone(), &times(noted));
    Look { known, reports, at }
}

/// The last audit of the fleet; one that cannot be read is told, and nothing hangs on it.
fn audited(state: &State) -> Option<Arc<KnownAudit>> {
    let read = Store::read(state.folder()).and_then(|store| match store {
        Some(store) => KnownAudit::read(&store),
        None => Ok(None),
    });
    let known = read.unwrap_or_else(|error| {
        say(&format!("nothing is said of the last audit: {}", chain(&error)));
        None
    });
    known.map(Arc::new)
}

impl Look {
    /// Notes since when each condition is as it is, and under which documents members work.
    pub fn record(&self, history: &History, fleet: &Fleet) -> Result<(), Failure> {
        let commit = self.known.commit.as_deref();
        history.note_conditions(self.at, commit, &self.reports)?;
        for member in working(&self.reports) {
            if let Some(text) = fleet.text(member) {
                history.note_good(member, text, commit, self.at)?;
            }
        }
        Ok(())
    }

    /// The members as JSON, with what was done.
    pub fn json(&self, outcome: &Outcome) -> Result<String, Failure> {
        let mut json = serde_json::to_value(&self.known)?;
        json["done"] = serde_json::to_value(&outcome.done)?;
        json["failures"] = serde_json::to_value(words(&outcome.failures))?;
        json["held"] = serde_json::to_value(&outcome.plan.held)?;
        Ok(serde_json::to_string_pretty(&json)? + "\n")
    }
}

/// Forgets everybody but one member.
pub(super) fn only(known: &mut Known, member: Option<&MemberName>) {
    if let Some(only) = member {
        known.members.retain(|member| member.name == *only);
        known.retired.clear();
    }
}
