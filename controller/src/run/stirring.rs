//! Why the daemon looks again, and at what: collected from everywhere, and taken all at once.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

use crate::locked::locked;
use crate::pass::Forgiven;
use crate::scope::Scope;

/// What comes within this time of the first reason belongs to the same look.
const TOGETHER: Duration = Duration::from_millis(100);

/// Why the daemon looks again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// The fleet changed.
    Commit,
    /// Somebody asked for it by SIGHUP.
    Signal,
    /// Something happened on an engine.
    Event,
    /// A lane that failed may try again.
    Retry,
    /// Something that is waited for may have come.
    Waiting,
    /// It is time for a look at everything.
    Interval,
}

impl Why {
    /// In one word, for metrics and the history.
    pub fn name(self) -> &'static str {
        match self {
            Self::Commit => "commit",
            Self::Signal => "signal",
            Self::Event => "event",
            Self::Retry => "retry",
            Self::Waiting => "waiting",
            Self::Interval => "interval",
        }
    }
}

/// Reasons that have come together.
#[derive(Debug, Default)]
pub struct Stirred {
    /// Every reason; none if nothing came.
    pub why: BTreeSet<Why>,
    /// What is to be looked at.
    pub scope: Scope,
    /// Whose lanes may begin again although they failed.
    pub forgiven: Forgiven,
    since: Option<Instant>,
}

/// Where reasons are collected.
#[derive(Debug, Default)]
pub struct Stirring {
    stirred: Mutex<Stirred>,
    notify: Notify,
}

impl Stirring {
    /// Notes a reason, and what it concerns.
    pub fn stir(&self, why: Why, concern: impl FnOnce(&mut Stirred)) {
        {
            let mut stirred = locked(&self.stirred);
            stirred.why.insert(why);
            stirred.since.get_or_insert_with(Instant::now);
            concern(&mut stirred);
        }
        self.notify.notify_waiters();
    }

    /// Takes all reasons that have come.
    pub fn take(&self) -> Stirred {
        std::mem::take(&mut *locked(&self.stirred))
    }

    /// Ends a moment after the first reason has come, so that those that come with it are taken together.
    pub async fn stirred(&self) {
        loop {
            // made before the look: a reason that comes in between is not missed
            let notified = self.notify.notified();
            let since = locked(&self.stirred).since;
            match since {
                Some(since) => return sleep_until(since + TOGETHER).await,
                None => notified.await,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn reasons_that_come_together_are_taken_together() {
        let stirring = Stirring::default();
        let waiting = tokio::time::timeout(Duration::from_millis(50), stirring.stirred());
        assert!(waiting.await.is_err(), "nothing has come");
        for n in 0..1000 {
            stirring.stir(if n % 2 == 0 { Why::Event } else { Why::Commit }, |stirred| {
                stirred.scope.touch_everything();
            });
        }
        stirring.stirred().await;
        let taken = stirring.take();
        assert_eq!(taken.why, [Why::Commit, Why::Event].into());
        assert!(taken.scope.is_everything());
        assert!(stirring.take().why.is_empty());
    }
}
