//! How long a pass waits for what, and which failures it gives another try.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use campanile_plan::document::values::EngineName;
use campanile_plan::observed::Observed;
use campanile_plan::plan::{Lane, Plan, Until};

use super::Failures;
use crate::scope::Scope;

/// How long an engine that was there before may be away.
const AWAY: Duration = Duration::from_secs(30);
/// How long an engine that is back may take to finish what it was asked before.
const SETTLING: Duration = Duration::from_secs(5);

/// The shortest and the longest time between two looks while something is waited for.
const PAUSES: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(2));

/// How long a pass goes on waiting for what.
#[derive(Default)]
pub(super) struct Patience {
    end: Option<Instant>,
    waiting: BTreeMap<(String, String), Instant>,
    waited_for: Scope,
    reached: BTreeSet<EngineName>,
    away: BTreeMap<EngineName, Instant>,
    back: BTreeMap<EngineName, Back>,
}

/// An engine that is there again, or for the first time: what it was asked before, also by a pass that was
/// killed, may still be under way.
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
    /// A pass begins, and may take so long in all.
    pub fn begin(&mut self, time: Duration) {
        self.end = Instant::now().checked_add(time);
    }

    /// Whether nothing new is to be begun or waited for.
    pub fn is_over(&self) -> bool {
        self.end.is_some_and(|end| end < Instant::now())
    }

    /// Waits for some lanes as if it had not waited for them yet.
    pub fn forget(&mut self, is_theirs: impl Fn(&str) -> bool) {
        self.waiting.retain(|(lane, _), _| !is_theirs(lane));
    }

    /// What is waited for, to be looked at.
    pub fn waited_for(&self) -> Scope {
        self.waited_for.clone()
    }

    /// How long to wait before the next look: an eighth of the time since the last thing began to be waited for.
    pub fn pause(&self) -> Duration {
        let (shortest, longest) = PAUSES;
        let newest = self.waiting.values().chain(self.away.values()).map(Instant::elapsed).min();
        newest.map_or(shortest, |waited| (waited / 8).clamp(shortest, longest))
    }

    /// Forgets failures whose step is not needed any more, since the world moved on by itself, and lets lanes whose
    /// engine went away try again once it is back.
    pub fn forgive(&mut self, observed: &Observed, plan: &Plan, failures: &mut Failures) {
        for (name, seen) in &observed.engines {
            if seen.is_ok() {
                let first = self.reached.insert(name.clone());
                if self.away.remove(name).is_some() || first {
                    self.back.insert(name.clone(), Back { since: Instant::now(), forgiven: BTreeSet::new() });
                }
            } else if self.reached.contains(name) {
                self.away.entry(name.clone()).or_insert_with(Instant::now);
            }
        }
        for lane in &plan.lanes {
            let Some(failure) = failures.get(&lane.name) else { continue };
            let needed = lane.steps.iter().any(|step| failure.step == step.title());
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
    pub fn waits(&mut self, plan: &Plan, observed: &Observed, failures: &Failures) -> bool {
        let back = self.away.iter().any(|(name, since)| {
            observed.engines.get(name).is_some_and(Result::is_err) && since.elapsed() < AWAY
        });
        let mut later = false;
        let mut still = BTreeMap::new();
        self.waited_for = Scope::default();
        // without an ingress nobody can ask a site, so that waiting for one leads nowhere
        let shared = plan.lanes.iter().filter(|lane| lane.member.is_none() && lane.is_blocked());
        let blocked: BTreeSet<_> = shared.filter_map(|lane| lane.engine.as_ref()).collect();
        // what is pending behind steps that are still to be done has not begun to be waited for
        let open = |lane: &&Lane| {
            lane.steps.is_empty()
                && !failures.contains_key(&lane.name)
                && lane.engine.as_ref().is_none_or(|name| !blocked.contains(name))
        };
        for lane in plan.lanes.iter().filter(open) {
            for pending in &lane.pending {
                let Until::Later { patience } = pending.until else { continue };
                let key = (lane.name.clone(), pending.object.clone());
                let since = self.waiting.get(&key).copied().unwrap_or_else(Instant::now);
                still.insert(key, since);
                later |= since.elapsed() < Duration::from_secs(patience.into());
                // an engine whose look is under way need not be touched to be seen
                if lane.engine.is_none()
                    || lane.engine.as_ref().is_some_and(|name| observed.engines.contains_key(name))
                {
                    self.waited_for.touch_lane(lane);
                }
            }
        }
        self.waiting = still;
        let settling = !failures.is_empty() && self.back.values().any(Back::is_settling);
        later || back || settling
    }
}
