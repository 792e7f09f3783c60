//! One pass: look, decide, act, until the plan is empty or only waits for something that does not come.

mod lanes;
mod patience;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::time::Duration;

use campanile_plan::document::values::MemberName;
use campanile_plan::fleet::Desired;
use campanile_plan::observed::Observed;
use campanile_plan::plan::{Plan, Request, plan};
use jiff::Timestamp;
use serde::Serialize;

use crate::progress::Progress;
use crate::state::{LeftOut, StateError};
use crate::world::World;
use lanes::Lanes;
use patience::Patience;

/// Between two looks while something starts.
const PAUSE: Duration = Duration::from_millis(250);

/// What a pass may do.
#[derive(Debug, Clone)]
pub struct Limits {
    /// The only member, if not all.
    pub only: Option<MemberName>,
    /// Members whose held removals a person let through.
    pub released: BTreeSet<MemberName>,
    /// Lanes that run at once.
    pub parallel: usize,
    /// For the whole pass.
    pub time: Duration,
}

/// A step that was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Done {
    /// Its lane.
    pub lane: String,
    /// What it was.
    pub title: String,
    /// Why.
    pub because: String,
}

/// Failures by lane.
pub type Failures = BTreeMap<String, Failure>;

/// The step at which a lane stopped, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The step's title.
    pub step: String,
    /// Why, with its causes.
    pub why: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { step, why } = self;
        write!(f, "{step}: {why}")
    }
}

/// What came of a pass.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Steps that were done.
    pub done: Vec<Done>,
    /// Failures by lane.
    pub failures: Failures,
    /// The last look.
    pub observed: Observed,
    /// What would still have to be done after it.
    pub plan: Plan,
    /// Files of the state folder that were left out.
    pub left_out: Vec<LeftOut>,
}

impl Outcome {
    /// Whether the whole fleet was seen, nothing failed and nothing is held.
    pub fn is_whole(&self) -> bool {
        let seen = self.observed.engines.values().all(Result::is_ok);
        seen && self.failures.is_empty() && self.plan.held.is_empty()
    }
}

/// Looks, decides and acts until there is nothing left that could be done.
///
/// # Errors
/// When the state folder cannot be read; everything else stands in the outcome.
pub async fn pass(
    desired: &Desired,
    world: &World<'_>,
    limits: &Limits,
    progress: &Progress,
) -> Result<Outcome, StateError> {
    let mut outcome = Outcome::default();
    let mut patience = Patience::new(limits.time);
    let mut lanes = Lanes::new(world, progress, limits.parallel);
    loop {
        let now = Timestamp::now();
        let (observed, left_out) = world.observe().await?; // I/O
        let request = Request { now, only: limits.only.clone(), released: limits.released.clone() };
        let plan = plan(desired, &observed, &request);
        patience.forgive(&observed, &plan, &mut outcome.failures);
        if !patience.is_over() {
            lanes.queue(&plan, &outcome.failures);
        }
        let idle = lanes.is_idle();
        lanes.run(now, &mut outcome).await; // I/O
        let waits = patience.waits(&plan, &observed, &outcome.failures);
        outcome = Outcome { observed, plan, left_out, ..outcome };
        if idle && (!waits || patience.is_over()) {
            return Ok(outcome);
        }
        if idle {
            progress.waiting(&outcome.plan);
            tokio::time::sleep(PAUSE).await;
        }
    }
}
