//! What the daemon tells its passes, and what it hears from them.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use campanile_plan::plan::Step;
use futures_util::future::BoxFuture;

use super::stirring::{Stirred, Why};
use super::{Daemon, InForce};
use crate::history::{Beginning, PassId, StepRecord};
use crate::locked::locked;
use crate::metrics::Stage;
use crate::pass::{Aim, Guide, Tried, Turn};

/// The first delay after a failure, and the longest.
const DELAYS: (Duration, Duration) = (Duration::from_secs(5), Duration::from_mins(5));

/// One pass of the daemon.
pub struct Passing<'d> {
    daemon: &'d Arc<Daemon>,
    /// What the pass was begun for; taken by its first look.
    first: Mutex<Option<Stirred>>,
    /// Every reason so far.
    why: Mutex<BTreeSet<Why>>,
    /// The fleet of the last look.
    fleet: Mutex<InForce>,
    /// The pass in the history, once something was done, and which of the histories that is.
    noted: Mutex<Option<(u64, PassId)>>,
}

impl<'d> Passing<'d> {
    /// A pass that begins for these reasons.
    pub fn new(daemon: &'d Arc<Daemon>, fleet: InForce, stirred: Stirred) -> Self {
        let why = Mutex::new(stirred.why.clone());
        let first = Mutex::new(Some(stirred));
        Self { daemon, first, why, fleet: Mutex::new(fleet), noted: Mutex::default() }
    }

    /// The fleet of the last look.
    pub fn fleet(&self) -> InForce {
        locked(&self.fleet).clone()
    }

    /// The weightiest reason, in one word.
    pub fn why(&self) -> &'static str {
        let why = locked(&self.why);
        why.first().map_or("waiting", |why| why.name())
    }

    /// Whether nothing happened, and it was only time for another look.
    fn is_routine(&self) -> bool {
        let why = locked(&self.why);
        why.iter().all(|why| matches!(why, Why::Interval | Why::Waiting | Why::Retry))
    }

    /// The pass in the history, if anything was done.
    pub fn noted(&self) -> Option<PassId> {
        let noted = *locked(&self.noted);
        noted.filter(|(history, _)| *history == self.daemon.history_number()).map(|(_, pass)| pass)
    }

    /// The pass in the history, begun with its first step; begun again where the history has begun anew.
    fn note(&self, tried: &Tried) -> Option<PassId> {
        let mut noted = locked(&self.noted);
        if noted.is_none_or(|(history, _)| history != self.daemon.history_number()) {
            let fleet = self.fleet();
            let beginning = Beginning {
                at: tried.at,
                by: "run",
                why: self.why(),
                commit: fleet.fleet.snapshot.commit.as_deref(),
            };
            let begun = self.daemon.remember(|history| history.begin_pass(&beginning));
            *noted = begun.map(|pass| (self.daemon.history_number(), pass));
        }
        noted.map(|(_, pass)| pass)
    }
}

impl Guide for Passing<'_> {
    fn aim(&self) -> Aim {
        let first = locked(&self.first).take();
        let Stirred { why, scope, forgiven, .. } = first.unwrap_or_else(|| self.daemon.stirring.take());
        locked(&self.why).extend(why);
        if let Some(fleet) = self.daemon.in_force() {
            self.daemon.accept(&fleet);
            *locked(&self.fleet) = fleet;
        }
        Aim { desired: self.fleet().desired, scope, forgiven }
    }

    fn begins(&self, step: &Step) {
        self.daemon.own.expect(step);
    }

    fn tried(&self, tried: &Tried) {
        let Tried { lane, step, at: _, took, error } = *tried;
        let action = step.action.name();
        self.daemon.metrics.step(action, error.is_none(), took);
        match error {
            None => tracing::info!(lane, object = step.object, action, because = step.because, "step done"),
            Some(error) => {
                tracing::warn!(lane, object = step.object, action, error, "step failed");
            }
        }
        let Some(pass) = self.note(tried) else { return };
        self.daemon.remember(|history| history.step(pass, &StepRecord::from(tried)));
    }

    fn turned(&self, turn: &Turn) {
        self.daemon.metrics.stage(Stage::Look, turn.looked);
        self.daemon.metrics.stage(Stage::Plan, turn.planned);
        self.daemon.turned();
        self.daemon.report(turn, self.fleet(), self.is_routine());
    }

    fn acted(&self, took: Duration) {
        self.daemon.metrics.stage(Stage::Act, took);
    }

    fn retry(&self, times: u32) -> Option<Duration> {
        let (first, longest) = DELAYS;
        let delay = first.saturating_mul(1 << times.saturating_sub(1).min(16)).min(longest);
        Some(jittered(delay))
    }

    fn is_stopping(&self) -> bool {
        self.daemon.is_stopping()
    }

    fn stirred(&self) -> BoxFuture<'_, ()> {
        Box::pin(async {
            tokio::select! {
                () = self.daemon.stirring.stirred() => {}
                () = self.daemon.stopped() => {}
            }
        })
    }
}

/// The delay, up to a fifth shorter or longer: what failed together is not tried again all at once.
fn jittered(delay: Duration) -> Duration {
    let mut byte = [128];
    // without chance from the system there is no jitter
    let _ = getrandom::fill(&mut byte);
    delay.mul_f64(0.8 + 0.4 * f64::from(byte[0]) / 255.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jitter_stays_near() {
        for _ in 0..100 {
            let delay = jittered(Duration::from_secs(10));
            assert!(delay >= Duration::from_secs(8) && delay <= Duration::from_secs(12), "{delay:?}");
        }
    }
}
