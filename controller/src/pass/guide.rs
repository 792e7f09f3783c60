//! Whom a pass asks what should be, and whom it tells what it does.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use campanile_plan::document::values::MemberName;
use campanile_plan::fleet::Desired;
use campanile_plan::plan::Step;
use futures_util::future::{self, BoxFuture};

use super::{Failures, Outcome, Tried};
use crate::scope::Scope;

/// One look and one plan within a pass.
#[derive(Debug)]
pub struct Turn<'t> {
    /// What came of the pass so far.
    pub outcome: &'t Outcome,
    /// Lanes that failed.
    pub failures: &'t Failures,
    /// What was looked at.
    pub scope: &'t Scope,
    /// How long the look took.
    pub looked: Duration,
    /// How long planning took.
    pub planned: Duration,
}

/// What a pass goes by from its next look on.
#[derive(Debug, Clone)]
pub struct Aim {
    /// What should be.
    pub desired: Arc<Desired>,
    /// What the look is about.
    pub scope: Scope,
    /// Whose lanes may begin again although they failed.
    pub forgiven: Forgiven,
}

/// Members whose failures are forgotten, since what they should be has changed or a person asked for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Forgiven {
    /// These alone.
    Members(BTreeSet<MemberName>),
    /// Everybody, and what all share.
    Everybody,
}

impl Forgiven {
    /// Adds those whom another one names.
    pub fn merge(&mut self, other: Self) {
        match (&mut *self, other) {
            (Self::Members(members), Self::Members(more)) => members.extend(more),
            _ => *self = Self::Everybody,
        }
    }
}

impl Default for Forgiven {
    fn default() -> Self {
        Self::Members(BTreeSet::new())
    }
}

/// What a pass asks and tells while it runs. `apply` has one fleet and looks at everything; the daemon's fleet may
/// change under way, and it knows what was touched.
pub trait Guide: Send + Sync {
    /// What should be, and what the next look is about.
    fn aim(&self) -> Aim;

    /// Hears of a step that begins.
    fn begins(&self, _step: &Step) {}

    /// Hears of a step that was tried.
    fn tried(&self, _tried: &Tried) {}

    /// Hears of a look and its plan, before anything is done.
    fn turned(&self, _turn: &Turn) {}

    /// Hears how long lanes ran before the next look.
    fn acted(&self, _took: Duration) {}

    /// After how long a lane that failed so many times in a row is tried again; none for never in this pass.
    fn retry(&self, _times: u32) -> Option<Duration> {
        None
    }

    /// Whether nothing new is to be begun.
    fn is_stopping(&self) -> bool {
        false
    }

    /// Ends when there is a reason to look again at once.
    fn stirred(&self) -> BoxFuture<'_, ()> {
        Box::pin(future::pending())
    }
}
