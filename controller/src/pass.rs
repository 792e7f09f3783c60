//! One pass: look, decide, act, until the plan is empty or only waits for something that does not come.

mod guide;
mod lanes;
mod memory;
mod patience;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use campanile_plan::document::values::MemberName;
use campanile_plan::fleet::Desired;
use campanile_plan::observed::Observed;
use campanile_plan::plan::{Plan, Request, plan};
use jiff::Timestamp;
use serde::Serialize;

pub use guide::{Aim, Forgiven, Guide, Turn};
pub use lanes::Tried;
pub use memory::Memory;

use crate::progress::Progress;
use crate::state::{LeftOut, StateError};
use crate::world::{Hands, Seen};
use lanes::Lanes;

/// What a pass may do.
#[derive(Debug, Clone)]
pub struct Limits {
    /// The only member, if not all.
    pub only: Option<MemberName>,
    /// Members whose held removals a person let through.
    pub released: BTreeSet<MemberName>,
    /// Lanes that run at once on one engine.
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
    /// What should be, as it was last asked; none before the first look.
    pub desired: Option<Arc<Desired>>,
    /// The last look.
    pub observed: Arc<Observed>,
    /// What would still have to be done after it.
    pub plan: Arc<Plan>,
    /// Files of the state folder that were left out.
    pub left_out: Vec<LeftOut>,
}

impl Outcome {
    /// Whether every engine was seen.
    pub fn sees_all(&self) -> bool {
        let engines = &self.observed.engines;
        let all = self.desired.as_ref().is_some_and(|desired| desired.engines().len() == engines.len());
        all && engines.values().all(Result::is_ok)
    }

    /// Whether the whole fleet was seen, nothing failed and nothing is held.
    pub fn is_whole(&self) -> bool {
        self.sees_all() && self.failures.is_empty() && self.plan.held.is_empty()
    }
}

/// Looks, decides and acts until there is nothing left that could be done now.
///
/// # Errors
/// When the state folder cannot be read; everything else stands in the outcome.
pub async fn pass<H: Hands>(
    guide: &dyn Guide,
    hands: &H,
    memory: &mut Memory,
    limits: &Limits,
    progress: &Progress,
) -> Result<Outcome, StateError> {
    memory.begin(limits.time);
    let mut outcome = Outcome::default();
    let mut lanes = Lanes::new(guide, hands, progress, limits.parallel);
    loop {
        let Aim { desired, mut scope, forgiven } = guide.aim();
        memory.forget_failures(&forgiven);
        scope.merge(lanes.touched());
        scope.merge(memory.waited_for());
        let begun = std::time::Instant::now();
        let Seen { observed, left_out } = hands.observe(&desired, &scope).await?; // I/O
        let looked = begun.elapsed();
        let now = Timestamp::now();
        let request = Request { now, only: limits.only.clone(), released: limits.released.clone() };
        let begun = std::time::Instant::now();
        let plan = Arc::new(plan(&desired, &observed, &request));
        let planned = begun.elapsed();
        for lane in memory.forgive(&observed, &plan) {
            lanes.forget(&lane);
        }
        if !memory.is_over() && !guide.is_stopping() {
            lanes.queue(&plan, memory);
        } else {
            lanes.give_up();
        }
        outcome = Outcome { desired: Some(desired), observed, plan, left_out, ..outcome };
        guide.turned(&Turn {
            outcome: &outcome,
            failures: memory.failures(),
            scope: &scope,
            looked,
            planned,
        });
        let idle = lanes.is_idle();
        let waits = memory.waits(&outcome.plan, &outcome.observed) && !guide.is_stopping();
        let begun = std::time::Instant::now();
        lanes.run(now, memory.most(waits), &mut outcome, memory).await; // I/O
        guide.acted(begun.elapsed());
        if idle && (!waits || memory.is_over()) {
            outcome.failures = memory.failures().clone();
            return Ok(outcome);
        }
        if idle {
            progress.waiting(&outcome.plan);
            let pause = tokio::time::sleep(memory.pause());
            tokio::select! { () = pause => {}, () = guide.stirred() => {} }
        }
    }
}
