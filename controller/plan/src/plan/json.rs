//! A plan as JSON: what `plan --output json` prints and `plan --out FILE` saves.

use serde::Serialize;

use super::{Counts, Held, Pending, Plan, Step};
use crate::document::Problem;
use crate::document::values::MemberName;

/// A plan as JSON.
#[derive(Debug, Serialize)]
pub struct Document<'a> {
    /// The digest of steps and held removals.
    pub digest: String,
    /// The commit that the plan is for.
    pub commit: Option<&'a str>,
    /// The member that the plan is narrowed to.
    pub member: Option<&'a MemberName>,
    /// Every step with its lane, in order.
    pub steps: Vec<Entry<'a>>,
    /// Steps that follow what is pending, with their lanes.
    pub later: Vec<Entry<'a>>,
    /// What could not be planned yet.
    pub pending: Vec<Waiting<'a>>,
    /// Removals that are held.
    pub held: &'a [Held],
    /// Problems of the documents.
    pub problems: &'a [Problem],
    /// How many objects are made, changed and removed.
    pub counts: Counts,
}

/// A step with its lane.
#[derive(Debug, Serialize)]
pub struct Entry<'a> {
    lane: &'a str,
    #[serde(flatten)]
    step: &'a Step,
}

/// Something pending with its lane.
#[derive(Debug, Serialize)]
pub struct Waiting<'a> {
    lane: &'a str,
    #[serde(flatten)]
    pending: &'a Pending,
}

impl Plan {
    /// The plan as JSON.
    pub fn document<'a>(
        &'a self,
        commit: Option<&'a str>,
        member: Option<&'a MemberName>,
        problems: &'a [Problem],
    ) -> Document<'a> {
        let lanes = || self.lanes.iter();
        Document {
            digest: self.digest(),
            commit,
            member,
            steps: lanes()
                .flat_map(|lane| lane.steps.iter().map(|step| Entry { lane: &lane.name, step }))
                .collect(),
            later: lanes()
                .flat_map(|lane| lane.later.iter().map(|step| Entry { lane: &lane.name, step }))
                .collect(),
            pending: lanes()
                .flat_map(|lane| lane.pending.iter().map(|pending| Waiting { lane: &lane.name, pending }))
                .collect(),
            held: &self.held,
            problems,
            counts: self.counts(),
        }
    }
}
