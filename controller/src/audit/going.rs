//! An audit under way: looks at everybody, judges, keeps, and says what changed since the last time.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::future::Future;
use std::net::IpAddr;
use std::sync::Arc;

use campanile_audit::changes::{compare, settled};
use campanile_audit::facts::Facts;
use campanile_audit::grades::grades;
use campanile_audit::probes::{Eyes, look, many};
use campanile_audit::report::{Body, Change, Changes, FORMAT, Report, Run};
use campanile_audit::rules::{Context, judge, rule};
use jiff::{SignedDuration, Timestamp};

use super::crowd::Crowd;
use super::settings::{Measure, Settings, SettingsError};
use super::store::{RunId, RunRow, Store, StoreError};
use super::targets::Target;

/// All is asked of a body at least so often, in days: between, only whether it is as it was.
const FULL_DAYS: i64 = 7;
/// A run that was broken off is gone on with for so many hours.
const GOES_ON_HOURS: i64 = 12;
/// The most changes that are kept of one run.
const MOST_CHANGES: usize = 20_000;

/// An audit, ready to begin.
pub struct Audit {
    eyes: Arc<Eyes>,
    /// For bodies that consented to more; none where nobody asked for it.
    intrusive: Option<Arc<Eyes>>,
    crowd: Arc<Crowd>,
    measure: Measure,
    roots: String,
    at_once: usize,
    each: std::time::Duration,
    /// Asks everything, whatever was seen before.
    pub full: bool,
}

/// What went wrong with an audit.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// What it looks by.
    #[error("preparing the audit")]
    Settings {
        /// Why.
        source: SettingsError,
    },
    /// What it keeps.
    #[error("keeping what the audit saw")]
    Store {
        /// Why.
        source: StoreError,
    },
}

impl From<StoreError> for AuditError {
    fn from(source: StoreError) -> Self {
        Self::Store { source }
    }
}

/// An audit that came to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// Its run.
    pub run: RunId,
    /// Bodies that could not be looked at: the program's own fault.
    pub lost: Vec<String>,
}

/// Where an audit is kept.
#[derive(Debug, Clone, Copy)]
pub struct Into<'a> {
    /// What it is kept in.
    pub store: &'a Store,
    /// Under which name.
    pub scope: &'a str,
    /// Bodies that are not looked at for now: they did not leave.
    pub resting: &'a BTreeSet<String>,
}

/// What one look gave.
struct Looked {
    facts: Facts,
    twins: Vec<(String, String)>,
    full_at: Timestamp,
}

impl Audit {
    /// Makes ready. With `intrusive`, bodies that consented are asked what an attacker would.
    ///
    /// # Errors
    /// When a profile or a file is none.
    pub fn new(settings: &Settings, intrusive: bool) -> Result<Self, AuditError> {
        let failed = |source| AuditError::Settings { source };
        let eyes = settings.eyes().map_err(failed)?;
        let consented = if intrusive {
            // one budget for both: an address is asked no faster because somebody consented
            let more =
                Eyes { intrusive: true, budget: eyes.budget.clone(), ..settings.eyes().map_err(failed)? };
            Some(Arc::new(more))
        } else {
            None
        };
        Ok(Self {
            roots: eyes.roots.description(),
            eyes: Arc::new(eyes),
            intrusive: consented,
            crowd: Arc::default(),
            measure: settings.measure().map_err(failed)?,
            at_once: settings.at_once,
            each: settings.each,
            full: false,
        })
    }

    /// Looks at everybody, and goes on with a run that was broken off. `progress` hears of each body; none if `stop` came
    /// first, and what was seen so far is kept.
    ///
    /// # Errors
    /// When nothing can be kept.
    pub async fn go(
        &self,
        targets: Vec<Target>,
        into: Into<'_>,
        mut progress: impl FnMut(&Body),
        stop: impl Future<Output = ()>,
    ) -> Result<Option<Done>, AuditError> {
        // as the store keeps it: what is told now and what is read from there later is the same time
        let now = Timestamp::now();
        let now = Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now);
        let Into { store, scope, resting: _ } = into;
        let since = now.checked_sub(SignedDuration::from_hours(GOES_ON_HOURS)).unwrap_or(now);
        let (run, begun) = match store.unfinished(scope, since)? {
            Some(row) => (row.id, row.begun),
            None => (store.begin(scope, now)?, now),
        };
        let done = store.looked_at(run)?;
        let wanted: BTreeSet<String> = targets.iter().flat_map(names).map(str::to_owned).collect();
        let left = targets.into_iter().filter(|target| !done.contains(&target.subject.name));
        let last = store.last(scope, Some(run))?;
        let mut kept = Ok(());
        let whole = many(
            left,
            self.at_once,
            stop,
            |target| self.look(target, store, last.clone()),
            |looked| {
                kept = self.keep(store, run, begun, looked, &mut progress);
                kept.is_ok()
            },
        );
        let whole = whole.await;
        kept?;
        if !whole {
            return Ok(None);
        }
        let seen = store.looked_at(run)?;
        let about = self.about(begun);
        let changes = last.as_ref().map(|last| changed(into, run, last, &about)).transpose()?;
        store.end(run, &about, changes.as_ref())?;
        settle(into, run, &about)?;
        Ok(Some(Done { run, lost: wanted.difference(&seen).cloned().collect() }))
    }

    /// One look, by what was seen last time.
    fn look(
        &self,
        target: Target,
        store: &Store,
        last: Option<RunRow>,
    ) -> impl Future<Output = Looked> + Send + 'static {
        let consented = self.intrusive.as_ref().filter(|_| target.subject.intrusive);
        let eyes = Arc::clone(consented.unwrap_or(&self.eyes));
        let (each, full, store, crowd) = (self.each, self.full, store.clone(), Arc::clone(&self.crowd));
        async move {
            let _room = match first_address(&eyes, &target).await {
                Some(ip) => crowd.enter(ip).await,
                None => None,
            };
            let now = Timestamp::now();
            let last = last.filter(|last| !full && last.about.as_ref().is_some_and(is_ours));
            // what cannot be read of yesterday is asked anew
            let before = last.and_then(|last| store.body(last.id, &target.subject.name).ok().flatten());
            let before = before.filter(|(_, full_at)| is_fresh(*full_at, now));
            let (before, full_at) = match before {
                Some((body, full_at)) => (Some(body.facts), full_at),
                None => (None, now),
            };
            let facts = look(&eyes, &target.subject, before.as_ref(), each).await;
            Looked { facts, twins: target.twins, full_at }
        }
    }

    fn keep(
        &self,
        store: &Store,
        run: RunId,
        begun: Timestamp,
        looked: Looked,
        progress: &mut impl FnMut(&Body),
    ) -> Result<(), StoreError> {
        let Looked { facts, twins, full_at } = looked;
        let twins = twins.into_iter().map(|(subject, title)| Facts { subject, title, ..facts.clone() });
        let all: Vec<Facts> = twins.chain([facts.clone()]).collect();
        for facts in all {
            let body = self.judged(facts, begun);
            store.put(run, &body, full_at)?;
            progress(&body);
        }
        Ok(())
    }

    /// Judges what was seen; `now` is the same for the whole run.
    fn judged(&self, facts: Facts, now: Timestamp) -> Body {
        let Measure { profile, old_versions, cms_versions } = &self.measure;
        let context = Context { now, profile, old_versions: *old_versions, cms_versions };
        let findings = judge(&facts, &context);
        let grades = grades(&facts, &findings, &context);
        Body { facts, findings, grades }
    }

    fn about(&self, begun: Timestamp) -> Run {
        Run {
            begun,
            ended: Timestamp::now(),
            program: env!("CARGO_PKG_VERSION").to_owned(),
            profile: self.measure.profile.name.clone(),
            old_versions: self.measure.old_versions,
            roots: self.roots.clone(),
            cms_versions: self.measure.cms_versions.as_of,
            connections: self.eyes.budget.opened(),
        }
    }
}

/// The first address of a target's first host; the look finds it again in the resolver's memory.
async fn first_address(eyes: &Eyes, target: &Target) -> Option<IpAddr> {
    let host = target.subject.hosts.first()?;
    eyes.resolver.addresses(&host.name).await.known()?.first().copied()
}

fn names(target: &Target) -> impl Iterator<Item = &str> {
    let twins = target.twins.iter().map(|(name, _)| name.as_str());
    twins.chain([target.subject.name.as_str()])
}

/// Whether the program that made a run asked the same questions.
fn is_ours(run: &Run) -> bool {
    run.program == env!("CARGO_PKG_VERSION")
}

fn is_fresh(full_at: Timestamp, now: Timestamp) -> bool {
    now.duration_since(full_at) < SignedDuration::from_hours(24 * FULL_DAYS)
}

/// A report of one body, or of none: what changed is asked body by body, so that no run is in memory as a whole.
fn alone(body: Option<Body>, about: &Run, begun: Timestamp) -> Report {
    let run = Run { begun, ended: begun, ..about.clone() };
    Report { format: FORMAT.to_owned(), run, changes: None, bodies: body.into_iter().collect() }
}

/// What changed since what was known of a scope.
fn changed(into: Into<'_>, run: RunId, last: &RunRow, about: &Run) -> Result<Changes, StoreError> {
    let Into { store, scope, resting } = into;
    let mut all = Vec::new();
    let (these, known) = (store.looked_at(run)?, store.known(scope)?);
    for subject in these.union(&known).filter(|subject| !resting.contains(*subject)) {
        let now = store.body(run, subject)?.map(|(body, _)| body);
        let then = alone(store.settled(scope, subject)?, about, last.begun);
        all.extend(compare(&then, &alone(now, about, about.begun)).changes);
        if all.len() > MOST_CHANGES {
            break;
        }
    }
    // as each body has them, the weightiest first
    let weight = |change: &Change| change.rule.as_deref().and_then(rule).map(|rule| rule.weight);
    all.sort_by_key(|change| (change.kind, Reverse(weight(change))));
    all.truncate(MOST_CHANGES);
    Ok(Changes { since: last.begun, changes: all })
}

/// Notes what is known from now on: what this run could not tell is as it was.
fn settle(into: Into<'_>, run: RunId, about: &Run) -> Result<(), StoreError> {
    let Into { store, scope, resting } = into;
    let (these, known) = (store.looked_at(run)?, store.known(scope)?);
    for subject in these.union(&known).filter(|subject| !resting.contains(*subject)) {
        let now = store.body(run, subject)?.map(|(body, _)| body);
        let then = store.settled(scope, subject)?;
        let body = match (then, now) {
            (Some(then), Some(now)) => {
                let then = alone(Some(then), about, about.begun);
                settled(&then, alone(Some(now), about, about.begun)).bodies.pop()
            }
            (_, now) => now,
        };
        store.settle(scope, subject, body.as_ref())?;
    }
    Ok(())
}
