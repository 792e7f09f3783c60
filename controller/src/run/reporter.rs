//! What is told: after each look the members are judged, asked from outside, and hung up for everybody to read. It runs
//! beside the passes, so that a host that does not answer holds up nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use campanile_plan::document::values::MemberName;
use campanile_plan::observed::Observed;
use campanile_plan::plan::Plan;
use campanile_plan::report::{MemberReport, Status};
use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use jiff::Timestamp;
use sd_notify::NotifyState;
use serde_json::Value;
use tokio::sync::Notify;

use super::asking::Asking;
use super::daemon::Standing;
use super::{Daemon, InForce, clock};
use crate::board::Published;
use crate::history::{Bounds, History, Transition};
use crate::known::{Evidence, Known, LastWords, Spoke, Times, listen, times, working};
use crate::locked::locked;
use crate::metrics::Stage;
use crate::outside::{Trusted, hosts};
use crate::pass::{Failures, Turn};

/// Answers that come within this time are told together.
const TOGETHER: Duration = Duration::from_millis(300);
/// The first answers are waited for so long before anything is said.
const FIRST_ANSWERS: Duration = Duration::from_secs(5);
/// A host that did not answer well is asked again after so long: no event tells that it does.
const AGAIN: Duration = Duration::from_secs(5);
/// The history is pruned this often.
const PRUNE: Duration = Duration::from_hours(1);
/// The most that the history may take, in bytes.
const HISTORY_BYTES: u64 = 256 << 20;

/// A look that waits to be told.
#[derive(Default)]
pub struct Reporting {
    given: Mutex<Option<Given>>,
    notify: Notify,
}

/// A look and its plan.
#[derive(Clone)]
struct Given {
    fleet: InForce,
    observed: Arc<Observed>,
    plan: Arc<Plan>,
    failures: Failures,
    /// Members that were touched; none for all.
    touched: Option<BTreeSet<MemberName>>,
    /// Whether nothing happened, and it was only time for another look.
    is_routine: bool,
}

impl Reporting {
    /// Takes the place of the look before, if that still waits.
    pub fn give(&self, turn: &Turn, fleet: InForce, is_routine: bool) {
        let mut given = locked(&self.given);
        let before = given.take();
        let is_routine = is_routine && before.as_ref().is_none_or(|before| before.is_routine);
        let touched = match (before.map(|before| before.touched), turn.scope.members()) {
            (Some(None), _) | (_, None) => None,
            (Some(Some(mut before)), Some(touched)) => {
                before.extend(touched);
                Some(before)
            }
            (None, touched) => touched,
        };
        *given = Some(Given {
            fleet,
            observed: Arc::clone(&turn.outcome.observed),
            plan: Arc::clone(&turn.outcome.plan),
            failures: turn.failures.clone(),
            touched,
            is_routine,
        });
        drop(given);
        self.wake();
    }

    /// Something beside the members is to be told.
    pub fn wake(&self) {
        self.notify.notify_one();
    }

    fn take(&self) -> Option<Given> {
        locked(&self.given).take()
    }
}

/// Tells, as long as the daemon runs.
pub async fn report_always(daemon: Arc<Daemon>) {
    let mut reporter = Reporter::new(&daemon);
    loop {
        tokio::select! {
            () = daemon.reporting.notify.notified() => {
                if let Some(given) = daemon.reporting.take() {
                    reporter.look(given);
                }
            }
            () = reporter.heard() => {
                // what comes soon after it is told with it
                let end = tokio::time::Instant::now() + TOGETHER;
                while tokio::time::timeout_at(end, reporter.heard()).await.is_ok() {}
            }
            () = tokio::time::sleep(AGAIN), if reporter.asking.has_silent() => reporter.asking.ask_silent(),
        }
        reporter.tell();
    }
}

struct Reporter<'d> {
    daemon: &'d Arc<Daemon>,
    trusted: Option<Trusted>,
    given: Option<Given>,
    /// The plan of that look as JSON.
    plan: Arc<Value>,
    asking: Asking,
    words: LastWords,
    reading: FuturesUnordered<BoxFuture<'d, (Spoke, String)>>,
    read_for: BTreeSet<Spoke>,
    times: Times,
    known: Arc<Known>,
    good: BTreeMap<MemberName, String>,
    /// For which start or reload systemd was told that it is done.
    ready: Option<Timestamp>,
    status: String,
    begun: Option<Instant>,
    pruned: Option<Instant>,
}

impl<'d> Reporter<'d> {
    fn new(daemon: &'d Arc<Daemon>) -> Self {
        let noted = daemon.recall(History::conditions).unwrap_or_default();
        Self {
            daemon,
            trusted: None,
            given: None,
            plan: Arc::default(),
            asking: Asking::new(),
            words: LastWords::default(),
            reading: FuturesUnordered::new(),
            read_for: BTreeSet::new(),
            times: times(&noted),
            known: Arc::default(),
            good: BTreeMap::new(),
            ready: None,
            status: String::new(),
            begun: None,
            pruned: None,
        }
    }

    /// Takes a look, and begins to ask from outside what it concerns.
    fn look(&mut self, given: Given) {
        let trusted = Trusted::of(&self.daemon.state, &given.fleet.desired.platform);
        if self.trusted.as_ref() != Some(&trusted) {
            self.asking.trust(&trusted);
            self.trusted = Some(trusted);
        }
        self.asking.turn_to(hosts(&given.fleet.desired));
        let unready = self.known.members.iter().filter(|member| !member.ready).map(|member| &member.name);
        let unready: BTreeSet<&MemberName> = unready.collect();
        let turn = if given.is_routine { self.asking.next_turn() } else { BTreeSet::new() };
        self.asking.ask_where(|name, host| {
            let touched = match &given.touched {
                None if given.is_routine => turn.contains(name),
                None => true,
                Some(touched) => touched.contains(&host.member),
            };
            touched || unready.contains(&host.member)
        });
        let Given { fleet, plan, .. } = &given;
        let document = plan.document(fleet.fleet.snapshot.commit.as_deref(), None, &fleet.fleet.problems);
        // texts, numbers and maps with text keys: there is nothing that JSON could not hold
        self.plan = Arc::new(serde_json::to_value(document).unwrap_or_default());
        self.given = Some(given);
    }

    /// Waits for an answer or for last words, and notes them; for ever where there is nothing to wait for.
    async fn heard(&mut self) {
        tokio::select! {
            Some(seconds) = self.asking.answered() => {
                self.daemon.metrics.stage(Stage::Ask, Duration::from_secs_f64(seconds));
            }
            Some((spoke, words)) = self.reading.next() => {
                self.read_for.remove(&spoke);
                self.words.note(spoke, words);
            }
            else => std::future::pending().await,
        }
    }

    /// Judges the members by what is known now, and hangs it up.
    fn tell(&mut self) {
        // the first time, nothing is said of hosts before they had the time to answer
        let begun = *self.begun.get_or_insert_with(Instant::now);
        if self.known.members.is_empty() && self.asking.is_waiting() && begun.elapsed() < FIRST_ANSWERS {
            return;
        }
        let begun = Instant::now();
        let standing = self.daemon.standing();
        if let Some(given) = self.given.clone() {
            self.judge(&given);
            self.daemon.board.publish(self.published(&standing, &given));
        } else {
            let before = (*self.daemon.board.read()).clone();
            self.daemon.board.publish(with_standing(before, &standing));
        }
        self.daemon.metrics.stage(Stage::Report, begun.elapsed());
        self.systemd(&standing);
        self.prune();
    }

    fn judge(&mut self, given: &Given) {
        let Given { fleet, observed, plan, failures, touched: _, is_routine: _ } = given;
        // as the history keeps it: what is told now and what is read from there later is the same time
        let now = Timestamp::now();
        let now = Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now);
        let audit = self.daemon.audited();
        let evidence = Evidence {
            fleet: &fleet.fleet,
            desired: &fleet.desired,
            observed,
            plan,
            failures,
            answers: self.asking.answers(),
            audit: audit.as_ref(),
            now,
        };
        let mut reports = evidence.judge();
        for spoke in self.words.missing(&reports, &fleet.desired, observed) {
            if self.read_for.insert(spoke.clone()) {
                let daemon = self.daemon;
                self.reading.push(Box::pin(async move {
                    let words = listen(&daemon.world, &spoke).await;
                    (spoke, words)
                }));
            }
        }
        self.words.put(&mut reports, &fleet.desired, observed);
        keep(&self.known, &mut reports, given);
        let commit = fleet.fleet.snapshot.commit.as_deref();
        let noted = self.daemon.remember(|history| history.note_conditions(now, commit, &reports));
        noted.iter().flatten().for_each(told);
        let working: Vec<MemberName> = working(&reports).cloned().collect();
        self.known = Arc::new(evidence.known(reports, &self.times));
        self.note_good(&working, fleet, now);
        self.times = self.known.times();
    }

    /// Notes the documents under which members work: what a rollback goes back to.
    fn note_good(&mut self, working: &[MemberName], fleet: &InForce, now: Timestamp) {
        for member in working {
            let Some(text) = fleet.fleet.text(member) else { continue };
            if self.good.get(member).is_some_and(|good| good == text) {
                continue;
            }
            let commit = fleet.fleet.snapshot.commit.as_deref();
            let noted = self.daemon.remember(|history| history.note_good(member, text, commit, now));
            if noted.is_some() {
                self.good.insert(member.clone(), text.to_owned());
            }
        }
    }

    fn published(&self, standing: &Standing, given: &Given) -> Published {
        let Given { fleet, observed, plan, failures: _, touched: _, is_routine: _ } = given;
        let published = Published {
            known: Arc::clone(&self.known),
            plan: Arc::clone(&self.plan),
            held: plan.held.clone(),
            problems: fleet.fleet.problems.len(),
            engines: observed.engines.iter().map(|(name, seen)| (name.clone(), seen.is_ok())).collect(),
            ..Published::default()
        };
        let mut published = with_standing(published, standing);
        published.fetched.commit.clone_from(&fleet.fleet.snapshot.commit);
        published
    }

    fn systemd(&mut self, standing: &Standing) {
        let asked = Some(standing.reloaded);
        if standing.looked >= asked && self.ready < asked {
            self.ready = asked;
            clock::tell(&[NotifyState::Ready]);
        }
        let ready = self.known.members.iter().filter(|member| member.ready).count();
        let all = self.known.members.len();
        let trouble = standing.troubles.values().next().map(|trouble| format!("; {trouble}"));
        let status = format!("{ready} of {all} members are ready{}", trouble.unwrap_or_default());
        // it is told where it changed: a socket that nobody reads would hold up whoever writes to it
        if self.status != status {
            clock::tell(&[NotifyState::Status(&status)]);
            self.status = status;
        }
    }

    fn prune(&mut self) {
        if self.pruned.is_some_and(|pruned| pruned.elapsed() < PRUNE) {
            return;
        }
        self.pruned = Some(Instant::now());
        let bounds = Bounds { days: self.daemon.options.history_days, bytes: HISTORY_BYTES };
        self.daemon.remember(|history| history.prune(Timestamp::now(), &bounds));
    }
}

/// While a look at an engine is under way, what was last said of its members holds.
fn keep(known: &Known, reports: &mut [MemberReport], given: &Given) {
    for report in reports {
        let engine = given.fleet.desired.members.get(&report.name).map(|member| &member.engine);
        if engine.is_none_or(|engine| given.observed.engines.contains_key(engine)) {
            continue;
        }
        // as a report, members stand in the order of their names
        if let Ok(at) = known.members.binary_search_by(|member| member.name.cmp(&report.name)) {
            *report = known.members[at].report();
        }
    }
}

/// Tells that a condition changed; what is as it should be from the start is no news.
fn told(transition: &Transition) {
    let Transition { at: _, member, kind, was, becomes, reason, message, commit: _ } = transition;
    if was.is_none() && *becomes == Some(Status::True) {
        return;
    }
    let word = |status: &Option<Status>| status.map_or("none".to_owned(), |status| format!("{status:?}"));
    let (was, status) = (word(was), word(becomes));
    tracing::info!(member, condition = kind, was, status, reason, message, "condition changed");
}

fn with_standing(published: Published, standing: &Standing) -> Published {
    let Standing { started, reloaded: _, fetched, looked, passed, backoff, troubles } = standing.clone();
    let troubles = troubles.into_values().collect();
    Published { started, fetched, looked, passed, backoff, troubles, ..published }
}
