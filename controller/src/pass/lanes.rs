//! Lanes that run side by side, as many at once as may.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::{Duration, Instant};

use campanile_plan::docker::sha256;
use campanile_plan::plan::{Lane, Plan};
use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use jiff::Timestamp;

use super::{Failure, Failures, Outcome};
use crate::progress::Progress;
use crate::world::{World, chain};

/// While some lanes take long, the others' next steps are planned this often.
const LOOK_AGAIN: Duration = Duration::from_secs(1);
/// How often one step may be planned again before its lane counts as unsettled.
const REPEATS: u32 = 3;

/// Lanes that wait for their turn, and those that run side by side.
pub(super) struct Lanes<'a> {
    world: &'a World<'a>,
    progress: &'a Progress,
    parallel: usize,
    queue: VecDeque<Lane>,
    begun: BTreeMap<String, u32>,
    running: BTreeSet<String>,
    runs: FuturesUnordered<BoxFuture<'a, Run>>,
}

/// A lane that came to its end, or to a step that failed.
struct Run {
    lane: String,
    done: usize,
    failure: Option<Failure>,
}

impl<'a> Lanes<'a> {
    /// No lane yet.
    pub fn new(world: &'a World<'a>, progress: &'a Progress, parallel: usize) -> Self {
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

    /// Whether nothing runs and nothing waits for its turn.
    pub fn is_idle(&self) -> bool {
        self.queue.is_empty() && self.running.is_empty()
    }

    /// Takes the lanes of the newest plan in the place of those that have not begun.
    pub fn queue(&mut self, plan: &Plan, failures: &Failures) {
        let open = plan.lanes.iter().filter(|lane| {
            !lane.steps.is_empty() && !self.running.contains(&lane.name) && !failures.contains_key(&lane.name)
        });
        self.queue = open.cloned().collect();
        self.progress.planned(self.queue.iter().map(|lane| lane.steps.len()).sum());
    }

    /// Why a lane is not worth beginning: the same step was done again and again, and is still needed.
    fn unsettled(&mut self, lane: &Lane) -> Option<Failure> {
        let mut failure = None;
        for step in &lane.steps {
            let what =
                sha256(&serde_json::to_vec(&(&step.engine, &step.member, &step.action)).unwrap_or_default());
            let count = self.begun.entry(what).or_default();
            *count += 1;
            if *count > REPEATS {
                let why = format!("done {REPEATS} times, and still needed: {}", step.because);
                failure = Some(Failure { step: step.title(), why });
            }
        }
        failure
    }

    /// Runs until all is done, or until it is time for another look because some are done and others take long.
    pub async fn run(&mut self, now: Timestamp, outcome: &mut Outcome) {
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
            let failure = Failure { step: title.clone(), why: chain(&error) };
            return Run { lane: lane.name, done, failure: Some(failure) };
        }
        progress.done();
        done += 1;
    }
    Run { lane: lane.name, done, failure: None }
}
