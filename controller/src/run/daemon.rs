//! What the daemon's tasks share: the fleet in force, the world, and what there is to tell.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use campanile_plan::document::values::MemberName;
use campanile_plan::fleet::{Desired, Pin};
use jiff::Timestamp;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::clock;
use super::own::Own;
use super::reporter::Reporting;
use super::stirring::{Stirring, Why};
use crate::audit::known::KnownAudit;
use crate::board::{Backoff, Board, Fetched};
use crate::fleet::Fleet;
use crate::git::{Fetcher, Source};
use crate::history::History;
use crate::http::{HttpError, Listen, TOKEN_FILE, serve};
use crate::locked::locked;
use crate::metrics::Metrics;
use crate::pass::{Forgiven, Memory, Outcome, Turn};
use crate::state::{DaemonRecord, State, StateError};
use crate::world::{Manner, World, chain};

/// A look at an engine is waited for so long before the others go on without it.
const LOOK: Duration = Duration::from_secs(4);
/// Containers of an engine whose limits are read at each look at everything.
const INSPECTED: usize = 8;
/// The longest that a pass waits until its commit is kept.
const KEEP: Duration = Duration::from_secs(2);
/// The loop counts as standing still when it has not turned for so long beyond the interval.
const STILL: Duration = Duration::from_mins(2);

/// How the daemon runs.
#[derive(Debug, Clone)]
pub struct Options {
    /// Between two looks at everything, and two fetches that nobody asked for.
    pub interval: Duration,
    /// Lanes that run at once on one engine.
    pub parallel: usize,
    /// Where HTTP is taken, and what its callers have to show.
    pub listen: Listen,
    /// Days that the history goes back.
    pub history_days: u32,
}

/// Why the daemon cannot begin.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The state folder.
    #[error("opening the state folder")]
    State {
        /// Why.
        source: StateError,
    },
    /// The metrics contradict each other.
    #[error("preparing the metrics")]
    Metrics {
        /// Why.
        source: prometheus::Error,
    },
    /// HTTP cannot be taken.
    #[error("preparing HTTP")]
    Http {
        /// Why.
        source: HttpError,
    },
}

/// The fleet that is in force.
#[derive(Debug, Clone)]
pub struct InForce {
    /// As it was fetched.
    pub fleet: Arc<Fleet>,
    /// What should be.
    pub desired: Arc<Desired>,
}

/// What the daemon's tasks share.
pub struct Daemon {
    pub(super) options: Options,
    pub(super) state: State,
    source: Source,
    pub(super) fetcher: Fetcher,
    pub(super) world: World,
    pub(super) board: Board,
    pub(super) metrics: Arc<Metrics>,
    pub(super) history: Mutex<Option<History>>,
    pub(super) stirring: Stirring,
    pub(super) own: Own,
    pub(super) reporting: Reporting,
    pub(super) histories: AtomicU64,
    pub(super) fetching: tokio::sync::Mutex<()>,
    in_force: Mutex<Option<InForce>>,
    accepted: Mutex<Option<Arc<Fleet>>>,
    pub(super) pins: Mutex<BTreeMap<MemberName, Pin>>,
    pub(super) audit: Mutex<Option<Arc<KnownAudit>>>,
    standing: Mutex<Standing>,
    stop: watch::Sender<bool>,
}

/// What is told beside the members.
#[derive(Debug, Clone, Default)]
pub(super) struct Standing {
    pub started: Timestamp,
    /// When it was last asked to begin anew with all it knows: at the start, and by SIGHUP.
    pub reloaded: Timestamp,
    pub fetched: Fetched,
    pub looked: Option<Timestamp>,
    pub passed: Option<Timestamp>,
    pub backoff: Vec<Backoff>,
    pub troubles: BTreeMap<&'static str, String>,
}

impl Daemon {
    /// Makes ready; nothing runs yet.
    ///
    /// # Errors
    /// When a metric is declared that Prometheus would not take.
    pub fn new(options: Options, state: State, source: Source, fetcher: Fetcher) -> Result<Self, RunError> {
        let metrics =
            Metrics::new(env!("CARGO_PKG_VERSION")).map_err(|source| RunError::Metrics { source })?;
        let started = Timestamp::now();
        let board = Board::new(started, options.interval + STILL);
        Ok(Self {
            world: World::new(&state, Manner { grace: Some(LOOK), inspected: INSPECTED }),
            options,
            state,
            source,
            fetcher,
            board,
            metrics: Arc::new(metrics),
            history: Mutex::default(),
            stirring: Stirring::default(),
            own: Own::default(),
            reporting: Reporting::default(),
            histories: AtomicU64::default(),
            fetching: tokio::sync::Mutex::default(),
            in_force: Mutex::default(),
            accepted: Mutex::default(),
            pins: Mutex::default(),
            audit: Mutex::default(),
            standing: Mutex::new(Standing { started, reloaded: started, ..Standing::default() }),
            stop: watch::Sender::new(false),
        })
    }

    /// Takes HTTP, until the daemon stops.
    pub(super) async fn serve(self: &Arc<Self>) -> Result<JoinHandle<()>, RunError> {
        let failed = |source| RunError::Http { source };
        let listen = &self.options.listen;
        let app = listen.app(self.state.folder(), self.board.clone(), Arc::clone(&self.metrics));
        let app = app.map_err(failed)?;
        let listener = listen.bind().await.map_err(failed)?;
        // --listen may leave the choice of the port to the system
        let address = listener.local_addr().unwrap_or(listen.listen);
        let own = || self.state.folder().join(TOKEN_FILE);
        let token_file = listen.token_file.clone().unwrap_or_else(own);
        let record = DaemonRecord { process: std::process::id(), listen: address, token_file };
        let noted = self.state.record_daemon(&record);
        self.trouble("daemon", noted.err().map(|error| chain(&error)));
        tracing::info!(listen = %address, fleet = self.source_name(), "campanile runs");
        let daemon = Arc::clone(self);
        Ok(tokio::spawn(async move { serve(listener, app, daemon.stopped()).await }))
    }

    /// Looks at everything and fetches anew, and lets what failed try again: SIGHUP.
    pub fn reload(&self) {
        locked(&self.standing).reloaded = Timestamp::now();
        clock::reloading();
        self.board.want_fetch();
        self.stirring.stir(Why::Signal, |stirred| {
            stirred.scope.touch_everything();
            stirred.forgiven = Forgiven::Everybody;
        });
    }

    /// Begins nothing new from now on.
    pub(super) fn stop(&self) {
        self.stop.send_replace(true);
    }

    /// Whether nothing new is to be begun.
    pub(super) fn is_stopping(&self) -> bool {
        *self.stop.borrow()
    }

    /// Ends when the daemon is asked to.
    pub(super) async fn stopped(&self) {
        // the sender lives as long as the daemon
        let _ = self.stop.subscribe().wait_for(|stop| *stop).await;
    }

    /// Where the fleet is read from. A path of this machine that was away at the start is taken for a folder, and may
    /// be a repository once it is there.
    pub(super) fn source(&self) -> Source {
        match &self.source {
            Source::Folder(path) => {
                Source::parse(&path.to_string_lossy()).unwrap_or_else(|_| self.source.clone())
            }
            Source::Git(_) => self.source.clone(),
        }
    }

    /// The source without credentials.
    pub(super) fn source_name(&self) -> String {
        self.fetcher.credentials.redact(&self.source().to_string())
    }

    /// The fleet that is in force; none before the first that was valid.
    pub(super) fn in_force(&self) -> Option<InForce> {
        locked(&self.in_force).clone()
    }

    pub(super) fn put_in_force(&self, fleet: InForce) {
        *locked(&self.in_force) = Some(fleet);
    }

    /// Notes today's valid documents as the last valid ones, once for each fleet.
    pub(super) fn accept(&self, fleet: &InForce) {
        let mut accepted = locked(&self.accepted);
        if accepted.as_ref().is_some_and(|accepted| Arc::ptr_eq(accepted, &fleet.fleet)) {
            return;
        }
        match fleet.fleet.accept(&self.state) {
            Ok(()) => {
                *accepted = Some(Arc::clone(&fleet.fleet));
                self.trouble("accepted", None);
            }
            // the work goes on: what was last valid before stays so
            Err(error) => {
                self.trouble("accepted", Some(format!("not noted as last valid: {}", chain(&error))));
            }
        }
    }

    /// Notes how a fetch ended.
    pub(super) fn fetched(&self, error: Option<String>) {
        let mut standing = locked(&self.standing);
        if standing.fetched.error != error {
            if let Some(error) = &error {
                tracing::warn!(error, "the fleet cannot be fetched");
            } else {
                tracing::info!("the fleet can be fetched again");
            }
        }
        if error.is_none() {
            standing.fetched.at = Some(Timestamp::now());
        }
        standing.fetched.error = error;
        drop(standing);
        self.reporting.wake();
    }

    /// Notes that something is wrong with the daemon itself, or no longer; told when it changes.
    pub(super) fn trouble(&self, about: &'static str, trouble: Option<String>) {
        let mut standing = locked(&self.standing);
        if standing.troubles.get(about) == trouble.as_ref() {
            return;
        }
        if let Some(trouble) = trouble {
            tracing::warn!(about, trouble, "trouble");
            standing.troubles.insert(about, trouble);
        } else {
            tracing::info!(about, "mended");
            standing.troubles.remove(about);
        }
        drop(standing);
        self.reporting.wake();
    }

    /// What is told beside the members.
    pub(super) fn standing(&self) -> Standing {
        locked(&self.standing).clone()
    }

    /// The loop has turned.
    pub(super) fn turned(&self) {
        self.board.turned();
    }

    /// Hands a look and its plan to the reporter.
    pub(super) fn report(&self, turn: &Turn, fleet: InForce, is_routine: bool) {
        if turn.scope.is_everything() {
            locked(&self.standing).looked = Some(Timestamp::now());
        }
        self.reporting.give(turn, fleet, is_routine);
    }

    /// The fleet as it was last valid, for a start while its source cannot be read.
    pub(super) fn last_valid(&self) -> Option<Fleet> {
        match Fleet::last_valid(&self.state) {
            Ok(fleet) => fleet,
            Err(error) => {
                self.trouble("accepted", Some(chain(&error)));
                None
            }
        }
    }

    /// What comes after a pass: notes a fleet that is in force in full, and which lanes wait.
    pub(super) async fn passed(&self, fleet: &InForce, outcome: &Outcome, memory: &Memory) {
        self.trouble("state", None);
        let now = Timestamp::now();
        {
            let mut standing = locked(&self.standing);
            standing.backoff = backoff(memory, now);
            if outcome.failures.is_empty() {
                standing.passed = Some(now);
            }
        }
        if outcome.is_whole() {
            let source = self.source();
            let kept = fleet.fleet.keep(outcome, (&self.state, &source, &self.fetcher));
            // a fetch that hangs has the private repository, and the next pass does not wait for it
            let trouble = match tokio::time::timeout(KEEP, kept).await {
                Ok(kept) => kept.err().map(|error| chain(&error)),
                Err(_) => Some("the private repository is busy with a fetch".to_owned()),
            };
            self.trouble("record", trouble.map(|why| format!("not noted: {why}")));
        }
        self.reporting.wake();
    }
}

/// The lanes that wait after a failure.
fn backoff(memory: &Memory, now: Timestamp) -> Vec<Backoff> {
    let instant = std::time::Instant::now();
    let backoff = memory.waiting().filter_map(|(lane, tries)| {
        let left = tries.again?.saturating_duration_since(instant);
        let until = now.checked_add(left).unwrap_or(now);
        Some(Backoff { lane: lane.clone(), attempts: tries.times, until })
    });
    backoff.collect()
}
