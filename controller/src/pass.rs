//! One pass: look, decide, act, until the plan is empty or only waits for something that does not come.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::{Duration, Instant};

use campanile_plan::document::values::{EngineName, MemberName};
use campanile_plan::fleet::Desired;
use campanile_plan::observed::Observed;
use campanile_plan::plan::{Lane, Plan, Request, Until, plan};
use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use jiff::Timestamp;

use crate::commands::progress::Progress;
use crate::state::{LeftOut, StateError};
use crate::world::{World, chain};

/// Between two looks while something starts.
const PAUSE: Duration = Duration::from_millis(250);
/// While some lanes take long, the others' next steps are planned this often.
const LOOK_AGAIN: Duration = Duration::from_secs(1);
/// How long an engine that was there before may be away.
const AWAY: Duration = Duration::from_secs(30);
/// How long an engine that is back may take to finish what it was asked before.
const SETTLING: Duration = Duration::from_secs(5);
/// How often one step may be planned again before its lane counts as unsettled.
const REPEATS: u32 = 3;

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

/// What came of a pass.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Steps that were done.
    pub done: usize,
    /// Failures by lane.
    pub failures: BTreeMap<String, String>,
    /// The last look.
    pub observed: Observed,
    /// What would still have to be done after it.
    pub plan: Plan,
    /// Files of the state folder that were left out.
    pub left_out: Vec<LeftOut>,
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
        lanes.queue(&plan, &outcome.failures);
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

/// Lanes that wait for their turn, and those that run side by side.
struct Lanes<'a> {
    world: &'a World<'a>,
    progress: &'a Progress,
    parallel: usize,
    queue: VecDeque<Lane>,
    begun: BTreeMap<(String, String), u32>,
    running: BTreeSet<String>,
    runs: FuturesUnordered<BoxFuture<'a, Run>>,
}

/// A lane that came to its end, or to a step that failed.
struct Run {
    lane: String,
    done: usize,
    failure: Option<String>,
}

impl<'a> Lanes<'a> {
    fn new(world: &'a World<'a>, progress: &'a Progress, parallel: usize) -> Self {
        Self {
            world,
            progress,
            parallel: parallel.max(1),
            queue: VecDeque::new(),
            begun: BTreeMap::new(),
            running: BTreeSet::new(),
            runs: FuturesUnordered::new(),
        }
    }

    fn is_idle(&self) -> bool {
        self.queue.is_empty() && self.running.is_empty()
    }

    /// Takes the lanes of the newest plan in the place of those that have not begun.
    fn queue(&mut self, plan: &Plan, failures: &BTreeMap<String, String>) {
        let open = plan.lanes.iter().filter(|lane| {
            !lane.steps.is_empty() && !self.running.contains(&lane.name) && !failures.contains_key(&lane.name)
        });
        self.queue = open.cloned().collect();
        self.progress.planned(self.queue.iter().map(|lane| lane.steps.len()).sum());
    }

    /// Why a lane is not worth beginning: the same step was done again and again, and is still needed.
    fn unsettled(&mut self, lane: &Lane) -> Option<String> {
        let mut failure = None;
        for step in &lane.steps {
            let count = self.begun.entry((step.title(), step.because.clone())).or_default();
            *count += 1;
            if *count > REPEATS {
                let title = step.title();
                failure = Some(format!("{title}: done {REPEATS} times, and still needed: {}", step.because));
            }
        }
        failure
    }

    /// Runs until all is done, or until it is time for another look because some are done and others take long.
    async fn run(&mut self, now: Timestamp, outcome: &mut Outcome) {
        let begun = Instant::now();
        let mut finished = false;
        loop {
            while self.runs.len() < self.parallel
                && let Some(lane) = self.queue.pop_front()
            {
                if let Some(failure) = self.unsettled(&lane) {
                    outcome.failures.insert(lane.name, failure);
                    continue;
                }
                self.running.insert(lane.name.clone());
                self.runs.push(Box::pin(run(self.world, self.progress, lane, now)));
            }
            let left = LOOK_AGAIN.saturating_sub(begun.elapsed());
            let next = if finished {
                tokio::time::timeout(left, self.runs.next()).await.ok()
            } else {
                Some(self.runs.next().await)
            };
            let Some(Some(Run { lane, done, failure })) = next else { return };
            finished = true;
            self.running.remove(&lane);
            outcome.done += done;
            if let Some(failure) = failure {
                outcome.failures.insert(lane, failure);
            }
        }
    }
}

/// Runs one lane to its end, or to the first step that fails.
async fn run(world: &World<'_>, progress: &Progress, lane: Lane, now: Timestamp) -> Run {
    let mut done = 0;
    for step in &lane.steps {
        let title = step.title();
        progress.step(&lane.name, &title);
        let heard = |far: &str| progress.step(&lane.name, &format!("{title}: {far}"));
        if let Err(error) = world.act(step, now, &heard).await {
            let failure = format!("{title}: {}", chain(&error));
            return Run { lane: lane.name, done, failure: Some(failure) };
        }
        progress.done();
        done += 1;
    }
    Run { lane: lane.name, done, failure: None }
}

/// How long a pass goes on waiting for what.
struct Patience {
    start: Instant,
    time: Duration,
    waiting: BTreeMap<(String, String), Instant>,
    reached: BTreeSet<EngineName>,
    away: BTreeMap<EngineName, Instant>,
    back: BTreeMap<EngineName, Back>,
}

/// An engine that was away; what it was asked before may still be under way.
struct Back {
    since: Instant,
    forgiven: BTreeSet<String>,
}

impl Back {
    fn is_settling(&self) -> bool {
        self.since.elapsed() < SETTLING
    }
}

impl Patience {
    fn new(time: Duration) -> Self {
        Self {
            start: Instant::now(),
            time,
            waiting: BTreeMap::new(),
            reached: BTreeSet::new(),
            away: BTreeMap::new(),
            back: BTreeMap::new(),
        }
    }

    fn is_over(&self) -> bool {
        self.start.elapsed() > self.time
    }

    /// Forgets failures whose step is not needed any more, since the world moved on by itself, and lets lanes whose
    /// engine went away try again once it is back.
    fn forgive(&mut self, observed: &Observed, plan: &Plan, failures: &mut BTreeMap<String, String>) {
        for (name, seen) in &observed.engines {
            if seen.is_ok() {
                self.reached.insert(name.clone());
                if self.away.remove(name).is_some() {
                    self.back.insert(name.clone(), Back { since: Instant::now(), forgiven: BTreeSet::new() });
                }
            } else if self.reached.contains(name) {
                self.away.entry(name.clone()).or_insert_with(Instant::now);
            }
        }
        for lane in &plan.lanes {
            let Some(failure) = failures.get(&lane.name) else { continue };
            let needed = lane.steps.iter().any(|step| failure.starts_with(&step.title()));
            let unreached =
                lane.engine.as_ref().is_some_and(|name| !matches!(observed.engines.get(name), Some(Ok(_))));
            let back = lane
                .engine
                .as_ref()
                .and_then(|name| self.back.get_mut(name))
                .filter(|back| back.is_settling());
            if !needed && !unreached || back.is_some_and(|back| back.forgiven.insert(lane.name.clone())) {
                failures.remove(&lane.name);
            }
        }
        failures.retain(|name, _| plan.lanes.iter().any(|lane| lane.name == *name) || !self.away.is_empty());
    }

    /// Whether anything is still worth waiting for.
    fn waits(&mut self, plan: &Plan, observed: &Observed, failures: &BTreeMap<String, String>) -> bool {
        let back = self.away.iter().any(|(name, since)| {
            observed.engines.get(name).is_some_and(Result::is_err) && since.elapsed() < AWAY
        });
        let mut later = false;
        for lane in plan.lanes.iter().filter(|lane| !failures.contains_key(&lane.name)) {
            for pending in &lane.pending {
                let Until::Later { patience } = pending.until else { continue };
                let key = (lane.name.clone(), pending.object.clone());
                let since = self.waiting.entry(key).or_insert_with(Instant::now);
                later |= since.elapsed() < Duration::from_secs(patience.into());
            }
        }
        let settling = !failures.is_empty() && self.back.values().any(Back::is_settling);
        later || back || settling
    }
}
