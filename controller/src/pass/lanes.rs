//! Lanes that run side by side, as many at once as may.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use campanile_plan::docker::sha256;
use campanile_plan::document::values::{EngineName, ImageReference};
use campanile_plan::plan::{Action, Lane, Plan, Step};
use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use jiff::Timestamp;

use super::{Done, Failure, Guide, Memory, Outcome};
use crate::progress::Progress;
use crate::scope::Scope;
use crate::world::{Hands, chain};

/// While some lanes take long, the others' next steps are planned this often.
const LOOK_AGAIN: Duration = Duration::from_millis(250);
/// How often one step may be planned again before its lane counts as unsettled.
const REPEATS: u32 = 3;

/// Lanes that wait for their turn, and those that run side by side.
pub(super) struct Lanes<'a, H> {
    guide: &'a dyn Guide,
    hands: &'a H,
    progress: &'a Progress,
    parallel: usize,
    /// By what they share: to find the next one must not take a look at each of thousands.
    waiting: BTreeMap<Queue, VecDeque<Lane>>,
    begun: BTreeMap<String, BTreeMap<String, u32>>,
    running: BTreeMap<String, Queue>,
    touched: Scope,
    runs: FuturesUnordered<BoxFuture<'a, Run>>,
}

/// The lanes that share a limit: those of one engine, apart from those that fetch an image, by its registry, and from
/// those that wait for visitors to be answered. A slow engine, registry or visitor holds up nobody else.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Queue {
    engine: Option<EngineName>,
    registry: Option<String>,
    drains: bool,
}

impl Queue {
    fn of(lane: &Lane) -> Self {
        let pulled = lane.steps.iter().find_map(|step| match &step.action {
            Action::PullImage { image } => Some(image.parse::<ImageReference>().ok()),
            _ => None,
        });
        let registry = pulled.map(|image| image.and_then(|image| image.registry().map(str::to_owned)));
        let drains = lane
            .steps
            .iter()
            .any(|step| matches!(step.action, Action::DrainContainer { .. } | Action::RetireIngress { .. }));
        Self { engine: lane.engine.clone(), registry: registry.map(Option::unwrap_or_default), drains }
    }
}

/// A step that was tried.
#[derive(Debug, Clone, Copy)]
pub struct Tried<'s> {
    /// Its lane.
    pub lane: &'s str,
    /// The step.
    pub step: &'s Step,
    /// When it began.
    pub at: Timestamp,
    /// How long it took.
    pub took: Duration,
    /// Why it failed, with its causes.
    pub error: Option<&'s str>,
}

/// A lane that came to its end, or to a step that failed.
struct Run {
    lane: Lane,
    done: Vec<Done>,
    failure: Option<Failure>,
}

impl<'a, H: Hands> Lanes<'a, H> {
    /// No lane yet.
    pub fn new(guide: &'a dyn Guide, hands: &'a H, progress: &'a Progress, parallel: usize) -> Self {
        Self {
            guide,
            hands,
            progress,
            parallel: parallel.max(1),
            waiting: BTreeMap::new(),
            begun: BTreeMap::new(),
            running: BTreeMap::new(),
            touched: Scope::default(),
            runs: FuturesUnordered::new(),
        }
    }

    /// Whether nothing runs and nothing waits for its turn.
    pub fn is_idle(&self) -> bool {
        self.waiting.is_empty() && self.running.is_empty()
    }

    /// What lanes have changed since this was last asked.
    pub fn touched(&mut self) -> Scope {
        std::mem::take(&mut self.touched)
    }

    /// Takes the lanes of the newest plan in the place of those that have not begun.
    pub fn queue(&mut self, plan: &Plan, memory: &Memory) {
        let open = plan.lanes.iter().filter(|lane| {
            !lane.steps.is_empty()
                && !self.running.contains_key(&lane.name)
                && !memory.failures().contains_key(&lane.name)
        });
        self.waiting.clear();
        let mut steps = 0;
        for lane in open {
            steps += lane.steps.len();
            self.waiting.entry(Queue::of(lane)).or_default().push_back(lane.clone());
        }
        self.progress.planned(steps);
    }

    /// Begins no lane that has not begun.
    pub fn give_up(&mut self) {
        self.waiting.clear();
    }

    /// A lane that failed may begin again as if for the first time.
    pub fn forget(&mut self, lane: &str) {
        self.begun.remove(lane);
    }

    /// Why a lane is not worth beginning: the same step was done again and again, and is still needed.
    fn unsettled(&mut self, lane: &Lane) -> Option<Failure> {
        let begun = self.begun.entry(lane.name.clone()).or_default();
        let mut failure = None;
        for step in &lane.steps {
            let what =
                sha256(&serde_json::to_vec(&(&step.engine, &step.member, &step.action)).unwrap_or_default());
            let count = begun.entry(what).or_default();
            *count += 1;
            if *count > REPEATS {
                let why = format!("done {REPEATS} times, and still needed: {}", step.because);
                failure = Some(Failure { step: step.title(), why });
            }
        }
        failure
    }

    /// Takes the first lane that waits and whose limit has room.
    fn next(&mut self) -> Option<(Queue, Lane)> {
        let room =
            |queue: &Queue| self.running.values().filter(|running| *running == queue).count() < self.parallel;
        let queue = self.waiting.keys().find(|queue| room(queue))?.clone();
        let lanes = self.waiting.get_mut(&queue)?;
        let next = lanes.pop_front();
        if lanes.is_empty() {
            self.waiting.remove(&queue);
        }
        Some((queue, next?))
    }

    fn begin(&mut self, now: Timestamp, memory: &mut Memory) {
        if self.guide.is_stopping() {
            self.give_up();
        }
        while let Some((queue, lane)) = self.next() {
            if let Some(failure) = self.unsettled(&lane) {
                memory.fail(self.guide, lane.name, failure);
                continue;
            }
            self.running.insert(lane.name.clone(), queue);
            self.runs.push(Box::pin(run(self.guide, self.hands, self.progress, lane, now)));
        }
    }

    /// Runs until all is done, or until it is time for another look because some are done and others take long.
    /// `most` is how long something else can wait for another look at the most.
    pub async fn run(
        &mut self,
        now: Timestamp,
        most: Option<Duration>,
        outcome: &mut Outcome,
        memory: &mut Memory,
    ) {
        let begun = Instant::now();
        let mut finished = false;
        loop {
            self.begin(now, memory);
            let limit = if finished { Some(LOOK_AGAIN) } else { most };
            let left = limit.map_or(Duration::from_hours(1), |limit| limit.saturating_sub(begun.elapsed()));
            let next = tokio::select! {
                biased;
                next = self.runs.next() => next,
                () = tokio::time::sleep(left) => None,
                () = self.guide.stirred(), if !self.guide.is_stopping() => None,
            };
            let Some(Run { lane, done, failure }) = next else { return };
            finished = true;
            self.running.remove(&lane.name);
            touch(&mut self.touched, &lane);
            outcome.done.extend(done);
            match failure {
                Some(failure) => memory.fail(self.guide, lane.name, failure),
                None => memory.succeed(&lane.name),
            }
        }
    }
}

/// Notes what a lane may have changed.
fn touch(scope: &mut Scope, lane: &Lane) {
    for step in &lane.steps {
        if let Action::SetProofs { zone, .. } | Action::ClearProofs { zone, .. } = &step.action {
            scope.touch_zone(zone);
        }
    }
    let Some(part) = scope.touch_lane(lane) else { return };
    for step in &lane.steps {
        if let Action::UpdateLimits { name, .. } = &step.action {
            part.limits.insert(name.clone());
        }
    }
}

/// Runs one lane to its end, or to the first step that fails, or until nothing more is to be begun.
async fn run<H: Hands>(guide: &dyn Guide, hands: &H, progress: &Progress, lane: Lane, now: Timestamp) -> Run {
    let mut done = Vec::new();
    for step in lane.steps.iter().take_while(|_| !guide.is_stopping()) {
        let title = step.title();
        progress.step(&lane.name, &title);
        let heard = |far: &str| progress.step(&lane.name, &format!("{title}: {far}"));
        guide.begins(step);
        let (at, begun) = (Timestamp::now(), Instant::now());
        let error = hands.act(step, now, &heard).await.err().map(|error| chain(&error));
        let tried = Tried { lane: &lane.name, step, at, took: begun.elapsed(), error: error.as_deref() };
        guide.tried(&tried);
        if let Some(why) = error {
            let failure = Failure { step: title, why };
            return Run { lane, done, failure: Some(failure) };
        }
        progress.done();
        done.push(Done { lane: lane.name.clone(), title, because: step.because.clone() });
    }
    Run { lane, done, failure: None }
}
