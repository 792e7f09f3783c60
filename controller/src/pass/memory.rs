//! What one pass hands on to the next: which lanes failed and when they may try again, and for how long what was waited for.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use campanile_plan::observed::Observed;
use campanile_plan::plan::Plan;

use super::patience::Patience;
use super::{Failure, Failures, Forgiven, Guide};
use crate::scope::Scope;

/// What is remembered from pass to pass.
#[derive(Default)]
pub struct Memory {
    patience: Patience,
    failures: Failures,
    tries: BTreeMap<String, Tries>,
}

/// How often a lane has failed in a row.
#[derive(Debug, Clone, Copy)]
pub struct Tries {
    /// So many times.
    pub times: u32,
    /// When it may begin again; none for never in this pass.
    pub again: Option<Instant>,
}

impl Memory {
    /// A pass begins, and may take so long.
    pub(super) fn begin(&mut self, time: Duration) {
        self.patience.begin(time);
    }

    /// The lanes that failed and have not begun again.
    pub fn failures(&self) -> &Failures {
        &self.failures
    }

    /// Lanes that failed and have not begun again, with how often they did and when they may.
    pub fn waiting(&self) -> impl Iterator<Item = (&String, &Tries)> {
        self.tries.iter().filter(|(lane, _)| self.failures.contains_key(*lane))
    }

    /// When the first of the lanes that failed may begin again.
    pub fn next_try(&self) -> Option<Instant> {
        self.waiting().filter_map(|(_, tries)| tries.again).min()
    }

    /// Lets the lanes of some begin again at once.
    pub(super) fn forget_failures(&mut self, whose: &Forgiven) {
        let is_theirs = |lane: &str| match whose {
            Forgiven::Everybody => true,
            Forgiven::Members(members) => lane
                .split_once('/')
                .is_some_and(|(_, name)| members.iter().any(|member| member.as_str() == name)),
        };
        self.failures.retain(|lane, _| !is_theirs(lane));
        self.tries.retain(|lane, _| !is_theirs(lane));
        self.patience.forget(is_theirs);
    }

    pub(super) fn fail(&mut self, guide: &dyn Guide, lane: String, failure: Failure) {
        let times = self.tries.get(&lane).map_or(1, |tries| tries.times.saturating_add(1));
        let again = guide.retry(times).map(|delay| Instant::now() + delay);
        self.tries.insert(lane.clone(), Tries { times, again });
        self.failures.insert(lane, failure);
    }

    pub(super) fn succeed(&mut self, lane: &str) {
        self.tries.remove(lane);
        self.failures.remove(lane);
    }

    /// Forgets failures that the world has overtaken, and those whose time has come.
    pub(super) fn forgive(&mut self, observed: &Observed, plan: &Plan) -> Vec<String> {
        self.patience.forgive(observed, plan, &mut self.failures);
        let now = Instant::now();
        let tries = &self.tries;
        let due =
            |lane: &String| tries.get(lane).and_then(|tries| tries.again).is_some_and(|again| again <= now);
        let again: Vec<String> = self.failures.keys().filter(|lane| due(lane)).cloned().collect();
        self.failures.retain(|lane, _| !due(lane));
        // what nobody plans any more is no trouble any more
        self.tries.retain(|lane, _| plan.lanes.iter().any(|planned| planned.name == *lane));
        again
    }

    pub(super) fn is_over(&self) -> bool {
        self.patience.is_over()
    }

    pub(super) fn waits(&mut self, plan: &Plan, observed: &Observed) -> bool {
        self.patience.waits(plan, observed, &self.failures)
    }

    /// What is waited for, to be looked at.
    pub(super) fn waited_for(&self) -> Scope {
        self.patience.waited_for()
    }

    /// How long lanes under way may keep others from another look: something that is waited for may have come, or a lane
    /// that failed may begin again.
    pub(super) fn most(&self, waits: bool) -> Option<Duration> {
        let next = self.next_try().map(|next| next.saturating_duration_since(Instant::now()));
        waits.then(|| self.pause()).into_iter().chain(next).min()
    }

    /// How long to wait before the next look: longer, the longer nothing has come.
    pub(super) fn pause(&self) -> Duration {
        self.patience.pause()
    }
}
